"""pytorch/pytorch#5059: a data set draws with NumPy in each worker of its loader.

Neither the data set nor its transformation has a base class: only the loader shows what they are.
"""

import numpy as np
from torch.utils.data import DataLoader


class Shift:
    def __call__(self, item):
        return item + np.random.randint(10000, 20000)  # expect: RNG102, RNG109


class Numbers:
    def __init__(self, transform):
        self.transform = transform

    def __getitem__(self, index):
        return self.transform(index + np.random.randint(1, 10000))  # expect: RNG102, RNG109

    def __len__(self):
        return 20


loader = DataLoader(Numbers(Shift()), 10, shuffle=False, num_workers=4)


# --- repaired ---


class RepairedNumbers:
    def __init__(self, seed):
        self.seed = seed

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, index])
        return index + rng.integers(1, 10000)

    def __len__(self):
        return 20


repaired_loader = DataLoader(RepairedNumbers(0), 10, shuffle=False, num_workers=4)
