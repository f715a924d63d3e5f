"""pyro-ppl/numpyro#205: every chain starts from the key of the enclosing function.

The chains are mapped over their starting points only, so that all of them make the same moves.
"""

import jax
import jax.numpy as jnp


def run_chains(key, starts):
    def single_chain(start):
        moves = jax.random.normal(key, (8,))  # expect: RNG203
        return start + jnp.cumsum(moves)

    return jax.vmap(single_chain)(starts)


def reported():
    first, second = run_chains(jax.random.key(0), jnp.zeros(2))
    return first, second


# --- repaired ---


def run_chains_repaired(key, starts):
    def single_chain(key, start):
        moves = jax.random.normal(key, (8,))
        return start + jnp.cumsum(moves)

    return jax.vmap(single_chain)(jax.random.split(key, len(starts)), starts)


def repaired():
    first, second = run_chains_repaired(jax.random.key(0), jnp.zeros(2))
    return first, second
