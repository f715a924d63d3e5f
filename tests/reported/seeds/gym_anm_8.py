"""robinhenry/gym-anm#8: a method of the legacy generator is called on a new one.

`'numpy.random._generator.Generator' object has no attribute 'randint'`.
"""

import numpy as np


class Environment:
    def __init__(self, step):
        self.step = step
        self.np_random = np.random.default_rng()

    def seed(self, seed=None):
        self.np_random = np.random.default_rng(seed)

    def initial_time(self):
        return self.np_random.randint(0, int(24 / self.step))  # expect: RNG105


# --- repaired ---


class RepairedEnvironment:
    def __init__(self, step):
        self.step = step
        self.np_random = np.random.default_rng()

    def seed(self, seed=None):
        self.np_random = np.random.default_rng(seed)

    def initial_time(self):
        return self.np_random.integers(0, int(24 / self.step))
