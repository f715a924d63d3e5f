"""noxdafox/pebble#39: an imported `uniform`, drawn from in processes, gives one number."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
from numpy.random import uniform


def power(value):
    noise = uniform()  # expect: RNG102, RNG109
    return noise**2, value**2


def main(values):
    with ProcessPoolExecutor() as pool:
        return list(pool.map(power, values))


# --- repaired ---


def power_repaired(value, rng):
    noise = rng.uniform()
    return noise**2, value**2


def main_repaired(values, seed):
    generators = np.random.default_rng(seed).spawn(len(values))
    with ProcessPoolExecutor() as pool:
        return list(pool.map(power_repaired, values, generators))
