"""funkelab/gunpowder#77: processes, started one by one, inherit the parent's random state."""

import multiprocessing

import numpy as np


def worker():
    return np.random.randint(100, size=10)  # expect: RNG102, RNG109


def start(count):
    processes = []
    for _ in range(count):
        process = multiprocessing.Process(target=worker)
        process.start()
        processes.append(process)
    return processes


# --- repaired ---


def worker_repaired(rng):
    return rng.integers(100, size=10)


def start_repaired(count, seed):
    processes = []
    for rng in np.random.default_rng(seed).spawn(count):
        process = multiprocessing.Process(target=worker_repaired, args=(rng,))
        process.start()
        processes.append(process)
    return processes
