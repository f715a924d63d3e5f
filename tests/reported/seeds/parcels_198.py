"""Parcels-code/Parcels#198: the step of a particle seeds when time begins, once for each particle.

In the first step all particles move the same way.
"""

import random

SEED = 123456


def move(position, time):
    if time == 0:
        random.seed(SEED)
    return position + random.normalvariate(0, 1)


def step(positions, time):
    moved = []
    for position in positions:
        moved.append(move(position, time))  # expect: RNG302
    return moved


def reported():
    first, second = step([0.0, 0.0], time=0)
    return first, second


# --- repaired ---


def move_repaired(position, rng):
    return position + rng.normalvariate(0, 1)


def step_repaired(positions, rng):
    moved = []
    for position in positions:
        moved.append(move_repaired(position, rng))
    return moved


def repaired():
    first, second = step_repaired([0.0, 0.0], random.Random(SEED))
    return first, second
