"""thomaspinder/GPJax#191: the inputs of a regression and its noise come from one key.

Both rank alike, so that the noise is a function of the input.
"""

import jax.numpy as jnp
import jax.random as jr

key = jr.PRNGKey(123)
inputs = jr.uniform(key=key, minval=-3.0, maxval=3.0, shape=(50,))
noise = 0.3 * jr.normal(key, shape=inputs.shape)  # expect: RNG201
outputs = jnp.sin(4 * inputs) + noise


def reported():
    return jnp.argsort(inputs), jnp.argsort(noise)


# --- repaired ---

data_key, noise_key = jr.split(jr.PRNGKey(124))
good_inputs = jr.uniform(key=data_key, minval=-3.0, maxval=3.0, shape=(50,))
good_noise = 0.3 * jr.normal(noise_key, shape=good_inputs.shape)
good_outputs = jnp.sin(4 * good_inputs) + good_noise


def repaired():
    return jnp.argsort(good_inputs), jnp.argsort(good_noise)
