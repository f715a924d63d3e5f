"""genlayerlabs/genlayer-studio#1736: a generator, seeded by the clock, as a default.

It is made when the module is imported: who knows that second knows all later choices.
"""

from datetime import datetime

import numpy as np


def choose_validators(
    stakes,
    count,
    rng=np.random.default_rng(seed=int(datetime.now().timestamp())),  # expect: RNG108, RNG304
):
    weights = np.asarray(stakes, dtype=float)
    return rng.choice(len(stakes), size=count, replace=False, p=weights / weights.sum())


# --- repaired ---


def choose_validators_repaired(stakes, count, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    weights = np.asarray(stakes, dtype=float)
    return rng.choice(len(stakes), size=count, replace=False, p=weights / weights.sum())
