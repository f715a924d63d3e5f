"""patrick-kidger/equinox#316: dropout gets one key for all tokens of a sequence.

The key goes to every lane of the `vmap`, so that each token loses the same units.
"""

import jax
import jax.numpy as jnp


def feed_forward(token, enabled, key):
    keep = jax.random.bernoulli(key, 0.5, token.shape)
    return jnp.where(keep | (not enabled), token, 0.0)


def layer(tokens, key):
    attention_key, feed_key = jax.random.split(key)
    tokens = tokens + jax.random.normal(attention_key, tokens.shape[1:])
    lanes = jax.vmap(feed_forward, in_axes=(0, None, None))
    return lanes(tokens, True, feed_key)  # expect: RNG205


def reported():
    first, second = layer(jnp.ones((2, 32)), jax.random.key(0))
    return first, second


# --- repaired ---


def layer_repaired(tokens, key):
    attention_key, feed_key = jax.random.split(key)
    tokens = tokens + jax.random.normal(attention_key, tokens.shape[1:])
    lanes = jax.vmap(feed_forward, in_axes=(0, None, 0))
    return lanes(tokens, True, jax.random.split(feed_key, len(tokens)))


def repaired():
    first, second = layer_repaired(jnp.ones((2, 32)), jax.random.key(0))
    return first, second
