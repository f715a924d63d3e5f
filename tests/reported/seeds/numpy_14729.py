"""numpy/numpy#14729: a simulation in a pool of processes draws the same points in each."""

from multiprocessing import Pool

import numpy as np


def dots(arguments):
    count, dimensions = arguments
    points = np.random.random_sample((count, dimensions)) - 0.5  # expect: RNG102, RNG109
    return points[np.linalg.norm(points, axis=1) < 0.5]


def simulate(count, dimensions, processes):
    with Pool(processes=processes) as pool:
        return pool.map(dots, [(count, dimensions)] * processes)


# --- repaired ---


def dots_repaired(arguments):
    count, dimensions, seed = arguments
    rng = np.random.default_rng(seed)
    points = rng.random((count, dimensions)) - 0.5
    return points[np.linalg.norm(points, axis=1) < 0.5]


def simulate_repaired(count, dimensions, processes, seed):
    seeds = np.random.SeedSequence(seed).spawn(processes)
    with Pool(processes=processes) as pool:
        return pool.map(dots_repaired, [(count, dimensions, child) for child in seeds])
