"""seohongpark/ogbench#36: the key is made in the default of a parameter, once for all callers.

Each wrapped function counts its calls from the same key on.
"""

import jax


def supply_key(function, key=jax.random.key(0)):  # expect: RNG108
    def wrapped(*args):
        nonlocal key
        key, call_key = jax.random.split(key)
        return function(*args, call_key)

    return wrapped


def explore(scale, key):
    return scale * jax.random.normal(key, (3,))


def reported():
    first, second = supply_key(explore), supply_key(explore)
    return first(1.0), second(1.0)


# --- repaired ---


def supply_key_repaired(function, key):
    def wrapped(*args):
        nonlocal key
        key, call_key = jax.random.split(key)
        return function(*args, call_key)

    return wrapped


def repaired():
    first_key, second_key = jax.random.split(jax.random.key(0))
    first = supply_key_repaired(explore, first_key)
    second = supply_key_repaired(explore, second_key)
    return first(1.0), second(1.0)
