"""JonathanShor/DoubletDetection#170: a method makes its generator anew from the seed of the object.

Each iteration of the fit creates the same doublets.
"""

import numpy as np


class Classifier:
    def __init__(self, random_state=0, iterations=2):
        self.random_state = random_state
        self.iterations = iterations

    def create_doublets(self, cells, count):
        rng = np.random.default_rng(self.random_state)
        return rng.choice(cells, size=(count, 2))

    def fit(self, cells):
        parents = []
        for _ in range(self.iterations):
            parents.append(self.create_doublets(cells, 4))  # expect: RNG302
        return parents


def reported():
    first, second = Classifier().fit(100)
    return first, second


# --- repaired ---


class RepairedClassifier:
    def __init__(self, random_state=0, iterations=2):
        self.rng = np.random.default_rng(random_state)
        self.iterations = iterations

    def create_doublets(self, cells, count):
        return self.rng.choice(cells, size=(count, 2))

    def fit(self, cells):
        parents = []
        for _ in range(self.iterations):
            parents.append(self.create_doublets(cells, 4))
        return parents


def repaired():
    first, second = RepairedClassifier().fit(100)
    return first, second
