"""jmschrei/pomegranate#235: building a model resets the global state, so that trials repeat.

The first trial differs from the second; from the second on all draw the same data.
"""

import numpy as np


def bake(states):
    np.random.seed(0)  # expect: RNG101
    return sorted(states)


def trials(count):
    data = []
    for _ in range(count):
        data.append(np.random.normal(size=4))  # expect: RNG102
        bake(["rain", "sun"])  # expect: RNG302
    return data


def reported():
    _, second, third = trials(3)
    return second, third


# --- repaired ---


def bake_repaired(states):
    return sorted(states)


def trials_repaired(count, seed):
    rng = np.random.default_rng(seed)
    data = []
    for _ in range(count):
        data.append(rng.normal(size=4))
        bake_repaired(["rain", "sun"])
    return data


def repaired():
    _, second, third = trials_repaired(3, seed=0)
    return second, third
