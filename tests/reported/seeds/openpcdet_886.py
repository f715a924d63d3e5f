"""open-mmlab/OpenPCDet#886: augmentation with NumPy's global state repeats among the workers.

The loader is made in another file; that this is a data set shows in its base class alone.
"""

import numpy as np
from torch.utils.data import Dataset


def flipped(points):
    if np.random.choice([False, True]):  # expect: RNG102, RNG109
        return points[::-1]
    return points


class Scenes(Dataset):
    def __init__(self, scenes):
        self.scenes = scenes

    def __len__(self):
        return len(self.scenes)

    def __getitem__(self, index):
        points = flipped(self.scenes[index])
        return points * np.random.uniform(0.95, 1.05)  # expect: RNG102, RNG109


# --- repaired ---


def flipped_repaired(points, rng):
    return points[::-1] if rng.random() < 0.5 else points


class RepairedScenes(Dataset):
    def __init__(self, scenes, seed):
        self.scenes = scenes
        self.seed = seed
        self.epoch = 0

    def __len__(self):
        return len(self.scenes)

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, self.epoch, index])
        return flipped_repaired(self.scenes[index], rng) * rng.uniform(0.95, 1.05)
