"""One file per format; each reads a `results.Verification`, and nothing else."""
