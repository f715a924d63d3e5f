"""makgyver/gossipy#11: what deals the data sets its own seed, and takes the caller's away.

Whichever seed a simulation is given, it goes on from 42.
"""

import numpy as np


def set_seed(seed):
    np.random.seed(seed)  # expect: RNG101


def assign(labels, clients, seed=42):
    np.random.seed(seed)  # expect: RNG101
    return np.random.permutation(labels)[:clients]  # expect: RNG102


def simulations(labels, seeds):
    walks = []
    for seed in seeds:
        set_seed(seed)
        assign(labels, 2)  # expect: RNG302
        walks.append(np.random.random(3))  # expect: RNG102
    return walks


def reported():
    first, second = simulations([1, 2, 3, 4], [1, 2])
    return first, second


# --- repaired ---


def assign_repaired(labels, clients, rng):
    return rng.permutation(labels)[:clients]


def simulations_repaired(labels, seeds):
    walks = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        assign_repaired(labels, 2, rng)
        walks.append(rng.random(3))
    return walks


def repaired():
    first, second = simulations_repaired([1, 2, 3, 4], [1, 2])
    return first, second
