"""eserie/wax-ml#45: the body of a scan reads the key of the function around it.

All steps of the unrolled network draw the same noise.
"""

import jax
import jax.numpy as jnp


def unroll(key, inputs):
    def step(state, value):
        noise = jax.random.normal(key, (3,))  # expect: RNG203
        return state + value, noise

    _, noises = jax.lax.scan(step, 0.0, inputs)
    return noises


def reported():
    first, second = unroll(jax.random.key(0), jnp.ones(2))
    return first, second


# --- repaired ---


def unroll_repaired(key, inputs):
    def step(carry, value):
        state, key = carry
        key, step_key = jax.random.split(key)
        noise = jax.random.normal(step_key, (3,))
        return (state + value, key), noise

    _, noises = jax.lax.scan(step, (0.0, key), inputs)
    return noises


def repaired():
    first, second = unroll_repaired(jax.random.key(0), jnp.ones(2))
    return first, second
