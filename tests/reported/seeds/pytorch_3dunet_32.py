"""wolny/pytorch-3dunet#32: all workers rotate by the same angle, read from one random state.

The state has a fixed seed and belongs to the module, of which each worker gets a copy.
"""

import numpy as np
from torch.utils.data import Dataset

STATE = np.random.RandomState(47)  # expect: RNG103


class Slices(Dataset):
    def __init__(self, volume):
        self.volume = volume

    def __len__(self):
        return len(self.volume)

    def __getitem__(self, index):
        turns = STATE.randint(0, 4)  # expect: RNG109
        return np.rot90(self.volume[index], turns)


# --- repaired ---


class RepairedSlices(Dataset):
    def __init__(self, volume, seed):
        self.volume = volume
        self.seed = seed
        self.epoch = 0

    def __len__(self):
        return len(self.volume)

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, self.epoch, index])
        return np.rot90(self.volume[index], rng.integers(0, 4))
