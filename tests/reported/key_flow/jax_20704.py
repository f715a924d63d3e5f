"""jax-ml/jax#20704: a compiled function closes over a key of the module and is called again.

The key is a constant of the compiled program: each call returns the same bits.
"""

import jax

KEY = jax.random.key(0)


@jax.jit
def roll():
    return jax.random.bits(KEY, (4,))  # expect: RNG203


def reported():
    return roll(), roll()


# --- repaired ---


@jax.jit
def roll_repaired(key):
    return jax.random.bits(key, (4,))


def repaired():
    first_key, second_key = jax.random.split(jax.random.key(0))
    return roll_repaired(first_key), roll_repaired(second_key)
