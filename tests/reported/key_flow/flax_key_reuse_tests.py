"""google/flax@6f2b08e0: two inputs of an attention layer are drawn from one key.

A third thing, the initialization, gets the other half of the split.
"""

import jax
import jax.numpy as jnp


def inputs(seed):
    input_key, init_key = jax.random.split(jax.random.key(seed), 2)
    query = jax.random.uniform(input_key, (3, 5))
    memory = jax.random.uniform(input_key, (3, 5))  # expect: RNG201
    weights = jax.random.normal(init_key, (5, 5))
    return query, memory, jnp.dot(query, weights)


def reported():
    query, memory, _ = inputs(0)
    return query, memory


# --- repaired ---


def inputs_repaired(seed):
    query_key, memory_key, init_key = jax.random.split(jax.random.key(seed), 3)
    query = jax.random.uniform(query_key, (3, 5))
    memory = jax.random.uniform(memory_key, (3, 5))
    weights = jax.random.normal(init_key, (5, 5))
    return query, memory, jnp.dot(query, weights)


def repaired():
    query, memory, _ = inputs_repaired(0)
    return query, memory
