"""numpy/numpy#27814: the parent seeds, and all forked children print the same line."""

import multiprocessing as mp

import numpy as np


def show(job):
    print(job, np.random.randint(0, 10, 10))  # expect: RNG102, RNG109


def main():
    np.random.seed(69)  # expect: RNG101
    with mp.Pool(4) as pool:
        pool.map(show, [1, 2, 3, 4])


# --- repaired ---


def show_repaired(rng):
    print(rng.integers(0, 10, 10))


def main_repaired():
    with mp.Pool(4) as pool:
        pool.map(show_repaired, np.random.default_rng(69).spawn(4))
