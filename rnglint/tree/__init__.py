"""Text to syntax trees: what can matter, parsed with libcst, and where it stands."""
