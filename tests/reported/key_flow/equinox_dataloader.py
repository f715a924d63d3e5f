"""patrick-kidger/equinox@e906718: a generator of batches shuffles with a key, then splits it."""

import jax.numpy as jnp
import jax.random as jr


def batches(data, size, *, key):
    indices = jnp.arange(len(data))
    while True:
        order = jr.permutation(key, indices)
        (key,) = jr.split(key, 1)  # expect: RNG201
        for start in range(0, len(data) - size + 1, size):
            yield data[order[start : start + size]]


# --- repaired ---


def batches_repaired(data, size, *, key):
    indices = jnp.arange(len(data))
    while True:
        key, shuffle_key = jr.split(key)
        order = jr.permutation(shuffle_key, indices)
        for start in range(0, len(data) - size + 1, size):
            yield data[order[start : start + size]]
