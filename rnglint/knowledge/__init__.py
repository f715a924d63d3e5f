"""What libraries do with random numbers, as data: one table per library, and their loader."""
