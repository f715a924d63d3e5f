"""Text to syntax trees: what can matter, as nodes of libcst, and where it stands."""
