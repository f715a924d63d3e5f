"""ihmeuw/pseudopeople#280: all shards of a data set are noised with the seed of the whole."""

import numpy as np


def noised(values, seed):
    rng = np.random.default_rng(seed)
    return values + rng.normal(size=len(values))


def noise_all(shards, seed):
    done = []
    for values in shards:
        if len(values) == 0:
            continue
        done.append(noised(values, seed))  # expect: RNG302
    return done


def reported():
    first, second = noise_all([np.zeros(5), np.zeros(5)], seed=0)
    return first, second


# --- repaired ---


def noise_all_repaired(shards, seed):
    done = []
    for index, values in enumerate(shards):
        if len(values) == 0:
            continue
        done.append(noised(values, [seed, index]))
    return done


def repaired():
    first, second = noise_all_repaired([np.zeros(5), np.zeros(5)], seed=0)
    return first, second
