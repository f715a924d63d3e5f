"""patrick-kidger/equinox#498: a block keeps its key as an attribute, to be spared passing it on.

Both of its dropouts, and each later call, lose the same units.
"""

import jax
import jax.numpy as jnp


def dropout(values, *, key):
    return jnp.where(jax.random.bernoulli(key, 0.5, values.shape), values, 0.0)


class Block:
    def __init__(self, key):
        self.key = key

    def __call__(self, values):
        attended = dropout(values, key=self.key)
        fed = dropout(values, key=self.key)  # expect: RNG201
        return attended, fed


def reported():
    return Block(jax.random.key(0))(jnp.ones(32))


# --- repaired ---


class RepairedBlock:
    def __call__(self, values, *, key):
        attention_key, feed_key = jax.random.split(key)
        attended = dropout(values, key=attention_key)
        fed = dropout(values, key=feed_key)
        return attended, fed


def repaired():
    return RepairedBlock()(jnp.ones(32), key=jax.random.key(0))
