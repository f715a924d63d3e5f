"""jcmgray/autoray#27: a key that a module renews behind the scenes is renewed only while tracing.

The compiled function holds the key of its first call; ten calls print one number ten times.
"""

import jax

_key = None


def next_key():
    global _key
    if _key is None:
        _key = jax.random.key(0)
    _key, subkey = jax.random.split(_key)
    return subkey


@jax.jit
def noise():
    return jax.random.normal(next_key(), (3,))  # expect: RNG207


def reported():
    return noise(), noise()


# --- repaired ---


@jax.jit
def noise_repaired(key):
    return jax.random.normal(key, (3,))


def repaired():
    first_key, second_key = jax.random.split(jax.random.key(0))
    return noise_repaired(first_key), noise_repaired(second_key)
