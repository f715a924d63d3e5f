"""Functions that seed what they draw themselves, with literals, arguments and in loops."""

import numpy as np


def fixed_seed():
    np.random.seed(0)

    def inner():
        return np.random.laplace(size=2)

    return np.concatenate([inner(), np.random.rand(3)])


def given_seed(seed=None):
    if seed is not None:
        np.random.seed(seed)
    return np.random.gamma(2.0, size=3000)


def many_seeds():
    found = []
    for seed in range(4):
        np.random.seed(seed)
        found.append(np.random.poisson(3.0, 5))
    return np.array(found)


def twice():
    np.random.seed(1)
    first = np.random.uniform(-1, 1, 4)
    np.random.seed(1)
    return first, np.random.uniform(-1, 1, 4)


def sample():
    first, second = twice()
    assert (first == second).all()
    return {
        "fixed": fixed_seed(),
        "given": given_seed(3),
        "many": many_seeds(),
        "twice": first,
    }
