"""jax-ml/jax#3646: noise for private gradients is added leaf by leaf, with one key for all leaves.

Parameters of the same shape get the same noise, which takes the privacy away.
"""

import jax
import jax.numpy as jnp


@jax.jit
def privatize(key, step, gradients):
    key = jax.random.fold_in(key, step)
    noisy = lambda leaf: leaf + jax.random.normal(key, leaf.shape)  # expect: RNG203
    return jax.tree.map(noisy, gradients)


def reported():
    noisy = privatize(jax.random.key(0), 3, {"left": jnp.zeros(4), "right": jnp.zeros(4)})
    return noisy["left"], noisy["right"]


# --- repaired ---


@jax.jit
def privatize_repaired(key, step, gradients):
    key = jax.random.fold_in(key, step)
    leaves, structure = jax.tree.flatten(gradients)
    keys = jax.random.split(key, len(leaves))
    noisy = [
        leaf + jax.random.normal(leaf_key, leaf.shape)
        for leaf, leaf_key in zip(leaves, keys, strict=True)
    ]
    return jax.tree.unflatten(structure, noisy)


def repaired():
    noisy = privatize_repaired(jax.random.key(0), 3, {"left": jnp.zeros(4), "right": jnp.zeros(4)})
    return noisy["left"], noisy["right"]
