"""Edits applied to a source, again and again until nothing is left to fix."""
