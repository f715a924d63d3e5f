"""facebookresearch/data_decomposition#2: data and noise are drawn by two generators of one seed.

The noise is a function of the data.
"""

import numpy as np


def generate(count, seed):
    data_rng = np.random.default_rng(seed)
    noise_rng = np.random.default_rng(seed)  # expect: RNG303
    features = data_rng.normal(size=count)
    noise = noise_rng.normal(size=count)
    return features, noise


def reported():
    return generate(6, seed=0)


# --- repaired ---


def generate_repaired(count, seed):
    data_rng, noise_rng = np.random.default_rng(seed).spawn(2)
    features = data_rng.normal(size=count)
    noise = noise_rng.normal(size=count)
    return features, noise


def repaired():
    return generate_repaired(6, seed=0)
