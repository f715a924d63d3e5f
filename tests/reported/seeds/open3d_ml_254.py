"""isl-org/Open3D-ML#254: workers are seeded by their number and the clock.

Nobody can repeat such a run, and runs that start in one second repeat each other.
"""

import time

import numpy as np
from torch.utils.data import DataLoader


def loader(dataset, size):
    return DataLoader(
        dataset,
        batch_size=size,
        num_workers=4,
        worker_init_fn=lambda i: np.random.seed(i + int(time.time())),  # expect: RNG101, RNG304
    )


# --- repaired ---


def loader_repaired(dataset, size, seed):
    dataset.streams = np.random.SeedSequence(seed).spawn(4)
    return DataLoader(dataset, batch_size=size, num_workers=4)
