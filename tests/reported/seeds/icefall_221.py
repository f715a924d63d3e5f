"""k2-fsa/icefall#221: a helper that seeds every library is called at the start of each epoch.

The review asked for a seed that changes with the epoch.
"""

import random

import numpy as np


def fix_random_seed(seed):
    random.seed(seed)
    np.random.seed(seed)  # expect: RNG101


def run(epochs):
    fix_random_seed(42)
    orders = []
    for _ in range(epochs):
        fix_random_seed(42)  # expect: RNG302
        orders.append(random.sample(range(100), 10))
    return orders


def reported():
    first, second = run(2)
    return first, second


# --- repaired ---


def run_repaired(epochs, seed):
    orders = []
    for epoch in range(epochs):
        rng = random.Random(f"{seed} {epoch}")
        orders.append(rng.sample(range(100), 10))
    return orders


def repaired():
    first, second = run_repaired(2, 42)
    return first, second
