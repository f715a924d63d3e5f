"""joblib/joblib#36: permutations come in equal pairs, as many of each as there are jobs."""

import joblib
import numpy as np


def permuted(row):
    return np.random.permutation(row)  # expect: RNG102, RNG109


def permutations(rows, count):
    parallel = joblib.Parallel(n_jobs=2)
    return parallel(joblib.delayed(permuted)(rows[0]) for _ in range(count))


# --- repaired ---


def permuted_repaired(row, rng):
    return rng.permutation(row)


def permutations_repaired(rows, count, seed):
    parallel = joblib.Parallel(n_jobs=2)
    generators = np.random.default_rng(seed).spawn(count)
    return parallel(joblib.delayed(permuted_repaired)(rows[0], rng) for rng in generators)
