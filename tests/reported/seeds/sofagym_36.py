"""SofaDefrost/SofaGym#36: resetting an environment seeds it again with the number in its settings.

Every episode has the same goal.
"""

import numpy as np


class Environment:
    def __init__(self, config):
        self.config = config
        self.seed(config["seed"])

    def seed(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.seed(self.config["seed"])
        return self.rng.uniform(size=2)


def episodes(count):
    environment = Environment({"seed": 0})
    goals = []
    for _ in range(count):
        goals.append(environment.reset())  # expect: RNG302
    return goals


def reported():
    first, second = episodes(2)
    return first, second


# --- repaired ---


class RepairedEnvironment:
    def __init__(self, config):
        self.config = config
        self.seed(config["seed"])

    def seed(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        return self.rng.uniform(size=2)


def episodes_repaired(count):
    environment = RepairedEnvironment({"seed": 0})
    goals = []
    for _ in range(count):
        goals.append(environment.reset())
    return goals


def repaired():
    first, second = episodes_repaired(2)
    return first, second
