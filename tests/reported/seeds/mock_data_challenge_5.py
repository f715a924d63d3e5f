"""gwastro/ml-mock-data-challenge-1#5: the noise of both detectors is made of one seed.

A comprehension makes a generator for each detector, and gives all of them the same number.
"""

import numpy as np


def noise(detectors, length, seed):
    return {
        name: np.random.default_rng(seed).normal(size=length)  # expect: RNG301
        for name in detectors
    }


def reported():
    both = noise(["H1", "L1"], 8, seed=7)
    return both["H1"], both["L1"]


# --- repaired ---


def noise_repaired(detectors, length, seed):
    generators = np.random.default_rng(seed).spawn(len(detectors))
    return {name: rng.normal(size=length) for name, rng in zip(detectors, generators, strict=True)}


def repaired():
    both = noise_repaired(["H1", "L1"], 8, seed=7)
    return both["H1"], both["L1"]
