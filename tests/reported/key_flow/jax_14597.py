"""jax-ml/jax#14597: of two subkeys one is used twice, the other never.

The numerator and the denominator of Student's t ought to be independent.
"""

import jax
import jax.numpy as jnp


def ratio(key, shape):
    top_key, bottom_key = jax.random.split(key)  # expect: RNG204
    top = jax.random.normal(top_key, shape)
    bottom = jax.random.exponential(top_key, shape)  # expect: RNG201
    return top, bottom


def reported():
    top, bottom = ratio(jax.random.key(0), (100,))
    return jnp.argsort(top), jnp.argsort(bottom)


# --- repaired ---


def ratio_repaired(key, shape):
    top_key, bottom_key = jax.random.split(key)
    top = jax.random.normal(top_key, shape)
    bottom = jax.random.exponential(bottom_key, shape)
    return top, bottom


def repaired():
    top, bottom = ratio_repaired(jax.random.key(0), (100,))
    return jnp.argsort(top), jnp.argsort(bottom)
