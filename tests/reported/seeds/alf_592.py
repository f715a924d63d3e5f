"""HorizonRobotics/alf#592: a seed is the number of the process plus the second in which it starts.

Two processes get the same seed where the one starts as much later as its number is lower.
"""

import os
import time

import numpy as np


def make_generator(seed=None):
    if seed is None:
        return np.random.default_rng(os.getpid() + int(time.time()))  # expect: RNG304
    return np.random.default_rng(seed)


# --- repaired ---


def make_generator_repaired(seed=None):
    if seed is None:
        seed = np.random.SeedSequence().entropy
        print(f"seed: {seed}")
    return np.random.default_rng(seed)
