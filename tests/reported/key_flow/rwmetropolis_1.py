"""rlouf/blog-benchmark-rwmetropolis#1: one key for the move and its acceptance, and for every step.

The sampler proposes the same move for ever, and whether it is accepted depends on the move.
"""

import jax
import jax.numpy as jnp


def kernel(key, position, log_density):
    move = 0.1 * jax.random.normal(key, position.shape)
    gain = log_density(position + move) - log_density(position)
    accepted = jnp.log(jax.random.uniform(key, position.shape)) < gain  # expect: RNG201
    return jnp.where(accepted, position + move, position), move


def chain(key, position, log_density):
    while True:
        position, move = kernel(key, position, log_density)  # expect: RNG202
        yield move


def reported():
    moves = chain(jax.random.key(0), jnp.zeros(3), lambda x: -(x**2))
    return next(moves), next(moves)


# --- repaired ---


def kernel_repaired(key, position, log_density):
    move_key, accept_key = jax.random.split(key)
    move = 0.1 * jax.random.normal(move_key, position.shape)
    gain = log_density(position + move) - log_density(position)
    accepted = jnp.log(jax.random.uniform(accept_key, position.shape)) < gain
    return jnp.where(accepted, position + move, position), move


def chain_repaired(key, position, log_density):
    while True:
        key, step_key = jax.random.split(key)
        position, move = kernel_repaired(step_key, position, log_density)
        yield move


def repaired():
    moves = chain_repaired(jax.random.key(0), jnp.zeros(3), lambda x: -(x**2))
    return next(moves), next(moves)
