"""Programs written at random, JAX's verdict on them, and how ours compares."""
