"""scipy/scipy#24412: a compiled function draws from a NumPy generator while traced."""

import jax
import numpy as np


def random_value(low, rng):
    return low + rng.random(3)  # expect: RNG207


def estimates(seed):
    rng = np.random.default_rng(seed)
    estimate = jax.jit(lambda low: random_value(low, rng))
    return estimate(0.0), estimate(0.0)


def reported():
    return estimates(0)


# --- repaired ---


def random_value_repaired(low, key):
    return low + jax.random.uniform(key, (3,))


def estimates_repaired(seed):
    estimate = jax.jit(random_value_repaired)
    first_key, second_key = jax.random.split(jax.random.key(seed))
    return estimate(0.0, first_key), estimate(0.0, second_key)


def repaired():
    return estimates_repaired(0)
