"""TorchTrade/torchtrade#351: the streams of an environment have seeds that follow one another.

Workers are numbered by adding to the seed too: one worker's second stream is the next one's first.
"""

import numpy as np


class Environment:
    def set_seed(self, seed):
        self.start_rng = np.random.default_rng(seed)
        self.cash_rng = np.random.default_rng(seed + 1)  # expect: RNG107
        self.price_rng = np.random.default_rng(seed + 2)  # expect: RNG107

    def draw(self):
        return self.start_rng.random(4), self.cash_rng.random(4)


def workers(seed, count):
    environments = []
    for worker in range(count):
        environment = Environment()
        environment.set_seed(seed + worker)
        environments.append(environment)
    return environments


def reported():
    first, second = workers(0, 2)
    _, cash = first.draw()
    start, _ = second.draw()
    return cash, start


# --- repaired ---


class RepairedEnvironment:
    def set_seed(self, seed):
        self.start_rng, self.cash_rng, self.price_rng = np.random.default_rng(seed).spawn(3)

    def draw(self):
        return self.start_rng.random(4), self.cash_rng.random(4)


def workers_repaired(seed, count):
    environments = []
    for child in np.random.SeedSequence(seed).spawn(count):
        environment = RepairedEnvironment()
        environment.set_seed(child)
        environments.append(environment)
    return environments


def repaired():
    first, second = workers_repaired(0, 2)
    _, cash = first.draw()
    start, _ = second.draw()
    return cash, start
