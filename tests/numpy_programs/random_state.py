"""Objects of the legacy class: variables, parameters, on the spot."""

import numpy as np

SHARED = np.random.RandomState(8)


def _noise(n, rs):
    return rs.randn(n)


def stand_in(rng=None):
    if rng is None:
        rng = np.random.RandomState(4)
    return rng.normal(size=3)


def _mixed(rs):
    order = rs.permutation(5)
    return np.sort(order), rs.random_sample(2)


def sample():
    rs = np.random.RandomState(0)
    order, pair = _mixed(rs)
    for seed in (1, 2):
        state = np.random.RandomState(seed)
        pair = pair + state.rand(2)
    return {
        "noise": _noise(3000, rs),
        "stand_in": stand_in(),
        "order": order,
        "pair": pair,
        "shared": SHARED.uniform(size=(2, 2)),
        "spot": np.random.RandomState(2).rand(2, 3),
    }
