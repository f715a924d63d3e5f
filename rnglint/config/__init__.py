"""The settings: where they are read from, and what they select."""
