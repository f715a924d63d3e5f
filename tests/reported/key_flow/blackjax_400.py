"""blackjax-devs/blackjax#400: of a row of keys the seventh is used for two parameters."""

import jax
import jax.numpy as jnp


def initial_parameters(seed):
    keys = jax.random.split(jax.random.key(seed), 8)
    return {
        "u_mean": jax.random.normal(keys[4], (3,)),
        "v_mean": jax.random.normal(keys[5], (3,)),
        "u_sigma": jnp.abs(jax.random.normal(keys[6], (3,))),
        "v_sigma": jnp.abs(jax.random.normal(keys[6], (3,))),  # expect: RNG201
    }


def reported():
    parameters = initial_parameters(0)
    return parameters["u_sigma"], parameters["v_sigma"]


# --- repaired ---


def initial_parameters_repaired(seed):
    keys = jax.random.split(jax.random.key(seed), 8)
    return {
        "u_mean": jax.random.normal(keys[4], (3,)),
        "v_mean": jax.random.normal(keys[5], (3,)),
        "u_sigma": jnp.abs(jax.random.normal(keys[6], (3,))),
        "v_sigma": jnp.abs(jax.random.normal(keys[7], (3,))),
    }


def repaired():
    parameters = initial_parameters_repaired(0)
    return parameters["u_sigma"], parameters["v_sigma"]
