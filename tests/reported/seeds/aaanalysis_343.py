"""breimanntools/aaanalysis#343: with a fixed random state every round fits the same estimators.

Their spread, which ought to measure how sure the model is, is exactly zero.
"""

import numpy as np


class TreeModel:
    def __init__(self, random_state=None):
        self.random_state = random_state

    def importances(self, features, rounds):
        found = []
        for _ in range(rounds):
            rng = np.random.default_rng(self.random_state)  # expect: RNG301
            found.append(rng.dirichlet(np.ones(features)))
        return found


def reported():
    first, second = TreeModel(random_state=1).importances(4, 2)
    return first, second


# --- repaired ---


class RepairedTreeModel:
    def __init__(self, random_state=None):
        self.random_state = random_state

    def importances(self, features, rounds):
        streams = np.random.SeedSequence(self.random_state).spawn(rounds)
        return [np.random.default_rng(each).dirichlet(np.ones(features)) for each in streams]


def repaired():
    first, second = RepairedTreeModel(random_state=1).importances(4, 2)
    return first, second
