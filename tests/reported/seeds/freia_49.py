"""vislearn/FrEIA#49: a module seeds for one permutation, and unseeds all who draw after it.

The second call, without a number, takes away the seed that a user has set.
"""

import numpy as np


class PermuteRandom:
    def __init__(self, channels, seed):
        np.random.seed(seed)  # expect: RNG101
        self.order = np.random.permutation(channels)  # expect: RNG102
        np.random.seed()  # expect: RNG101


# --- repaired ---


class RepairedPermuteRandom:
    def __init__(self, channels, seed=None):
        self.order = np.random.default_rng(seed).permutation(channels)
