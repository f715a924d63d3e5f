"""Qiskit/qiskit#2850: a seeded function of a library resets the numbers of its user."""

import numpy as np


def random_state(dimension, seed=None):
    if seed is not None:
        np.random.seed(seed)  # expect: RNG101
    return np.random.rand(dimension)  # expect: RNG102


def experiment():
    random_state(4, seed=3)
    first = np.random.randint(1000, size=8)  # expect: RNG102
    random_state(4, seed=3)  # expect: RNG302
    second = np.random.randint(1000, size=8)  # expect: RNG102
    return first, second


def reported():
    return experiment()


# --- repaired ---


def random_state_repaired(dimension, rng):
    return rng.random(dimension)


def experiment_repaired(seed):
    library_rng, rng = np.random.default_rng(seed).spawn(2)
    random_state_repaired(4, library_rng)
    first = rng.integers(1000, size=8)
    random_state_repaired(4, library_rng)
    second = rng.integers(1000, size=8)
    return first, second


def repaired():
    return experiment_repaired(3)
