"""Many files: in processes, from the cache, and written back whole."""
