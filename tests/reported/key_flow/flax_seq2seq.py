"""google/flax@64a7cb54: the training loop hands one key to every step.

All steps sample the same tokens, or drop the same units.
"""

import jax
import jax.numpy as jnp


@jax.jit
def train_step(weights, batch, key):
    keep = jax.random.bernoulli(key, 0.5, batch.shape)
    return weights + jnp.where(keep, batch, 0.0).mean(), keep


def train(batches):
    init_key, key = jax.random.split(jax.random.PRNGKey(0), 2)
    weights = jax.random.normal(init_key, (4,))
    masks = []
    for batch in batches:
        weights, mask = train_step(weights, batch, key)  # expect: RNG202
        masks.append(mask)
    return masks


def reported():
    first, second = train([jnp.ones(32), jnp.ones(32)])
    return first, second


# --- repaired ---


def train_repaired(batches):
    init_key, key = jax.random.split(jax.random.PRNGKey(0), 2)
    weights = jax.random.normal(init_key, (4,))
    masks = []
    for step, batch in enumerate(batches):
        weights, mask = train_step(weights, batch, jax.random.fold_in(key, step))
        masks.append(mask)
    return masks


def repaired():
    first, second = train_repaired([jnp.ones(32), jnp.ones(32)])
    return first, second
