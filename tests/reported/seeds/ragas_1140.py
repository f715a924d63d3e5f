"""vibrantlabsai/ragas#1140: each experiment of a script makes its generator of the same number."""

import numpy as np


def experiments(count):
    choices = []
    for _ in range(count):
        rng = np.random.default_rng(seed=42)  # expect: RNG301
        choices.append(rng.choice(4, size=10))
    return choices


def reported():
    first, second = experiments(2)
    return first, second


# --- repaired ---


def experiments_repaired(count, seed=None):
    rng = np.random.default_rng(seed)
    return [rng.choice(4, size=10) for _ in range(count)]


def repaired():
    first, second = experiments_repaired(2, seed=42)
    return first, second
