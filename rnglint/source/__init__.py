"""Bytes to text and back: encodings, newlines, notebooks, and the places of rows."""
