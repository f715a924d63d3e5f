"""thomaspinder/GPJax#99: a scanned step draws its batch, then splits the key it drew with."""

import jax
import jax.numpy as jnp
import jax.random as jr


def fit(key, data, size, steps):
    def step(carry, _):
        weight, key = carry
        batch = data[jr.choice(key, len(data), (size,), replace=True)]
        key, _ = jr.split(key)  # expect: RNG201
        return (weight + batch.mean(), key), batch

    (weight, _), batches = jax.lax.scan(step, (0.0, key), jnp.arange(steps))
    return weight, batches


# --- repaired ---


def fit_repaired(key, data, size, steps):
    def step(carry, _):
        weight, key = carry
        key, batch_key = jr.split(key)
        batch = data[jr.choice(batch_key, len(data), (size,), replace=True)]
        return (weight + batch.mean(), key), batch

    (weight, _), batches = jax.lax.scan(step, (0.0, key), jnp.arange(steps))
    return weight, batches
