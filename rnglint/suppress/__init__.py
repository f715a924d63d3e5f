"""The comments that suppress findings."""
