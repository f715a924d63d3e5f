"""jax-ml/jax#2009: two draws with the key that a beginner makes at the top of a script."""

import jax

key = jax.random.PRNGKey(0)
first = jax.random.uniform(key, (2, 3))
second = jax.random.uniform(key, (2, 3))  # expect: RNG201


def reported():
    return first, second


# --- repaired ---

root = jax.random.PRNGKey(1)
left_key, right_key = jax.random.split(root)
left = jax.random.uniform(left_key, (2, 3))
right = jax.random.uniform(right_key, (2, 3))


def repaired():
    return left, right
