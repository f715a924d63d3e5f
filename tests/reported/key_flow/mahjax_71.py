"""nissymori/mahjax#71: a subkey is dropped; dealer and wall share the other one."""

import jax
import jax.numpy as jnp


def deal(rng):
    rng, subkey = jax.random.split(rng)  # expect: RNG204
    dealer = jax.random.randint(rng, (), 0, 4)
    wall = jax.random.permutation(rng, jnp.arange(136))  # expect: RNG201
    return {"dealer": dealer, "wall": wall}


# --- repaired ---


def deal_repaired(rng):
    dealer_key, wall_key = jax.random.split(rng)
    dealer = jax.random.randint(dealer_key, (), 0, 4)
    wall = jax.random.permutation(wall_key, jnp.arange(136))
    return {"dealer": dealer, "wall": wall}
