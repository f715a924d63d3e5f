"""patrick-kidger/equinox#498: a block keeps its key as an attribute, to be spared passing it on.

Its two dropouts, one after the other, lose the same units: they drop no more than one does.
"""

import jax
import jax.numpy as jnp


def dropout(values, *, key):
    return jnp.where(jax.random.bernoulli(key, 0.5, values.shape), values, 0.0)


class Block:
    def __init__(self, key):
        self.key = key

    def __call__(self, values):
        values = dropout(values, key=self.key)
        values = dropout(values, key=self.key)  # expect: RNG201
        return values


def one_dropout(seed):
    return dropout(jnp.ones(32), key=jax.random.key(seed))


def two_dropouts(seed):
    return Block(jax.random.key(seed))(jnp.ones(32))


def reported():
    return one_dropout(0), two_dropouts(0)


# --- repaired ---


class RepairedBlock:
    def __call__(self, values, *, key):
        first_key, second_key = jax.random.split(key)
        values = dropout(values, key=first_key)
        values = dropout(values, key=second_key)
        return values


def two_repaired(seed):
    return RepairedBlock()(jnp.ones(32), key=jax.random.key(seed))


def repaired():
    return one_dropout(0), two_repaired(0)
