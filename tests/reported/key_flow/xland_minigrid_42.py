"""dunnolab/xland-minigrid#42: subkeys are made and left unused; their parent is split twice.

Rules and start positions of a world come from one and the same set of keys.
"""

import jax


def worlds(key, count):
    key, rules_key, start_key = jax.random.split(key, 3)  # expect: RNG204
    rules = jax.vmap(jax.random.normal)(jax.random.split(key, count))
    starts = jax.vmap(jax.random.normal)(jax.random.split(key, count))  # expect: RNG201
    return rules, starts


def reported():
    return worlds(jax.random.key(0), 4)


# --- repaired ---


def worlds_repaired(key, count):
    rules_key, start_key = jax.random.split(key)
    rules = jax.vmap(jax.random.normal)(jax.random.split(rules_key, count))
    starts = jax.vmap(jax.random.normal)(jax.random.split(start_key, count))
    return rules, starts


def repaired():
    return worlds_repaired(jax.random.key(0), 4)
