"""PyORBIT-Collaboration/py-orbit#73: particles are injected with the same coordinates.

The standard library's generator is seeded in the method that each injection calls.
"""

import random


class Transverse:
    def coordinates(self):
        random.seed(100)
        return random.random(), random.random()


def inject(count):
    distribution = Transverse()
    return [distribution.coordinates() for _ in range(count)]  # expect: RNG302


def reported():
    first, second = inject(2)
    return first, second


# --- repaired ---


class RepairedTransverse:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def coordinates(self):
        return self.rng.random(), self.rng.random()


def inject_repaired(count):
    distribution = RepairedTransverse(100)
    return [distribution.coordinates() for _ in range(count)]


def repaired():
    first, second = inject_repaired(2)
    return first, second
