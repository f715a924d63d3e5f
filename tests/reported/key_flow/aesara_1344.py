"""aesara-devs/aesara#1344: a key in a state is sampled with, and split for the next state after."""

import jax


def make_sampler(draw):
    def sample(state, size, *parameters):
        key = state["jax_state"]
        value = draw(key, *parameters, shape=size)
        state["jax_state"] = jax.random.split(key, num=1)[0]  # expect: RNG201
        return state, value

    return sample


# --- repaired ---


def make_sampler_repaired(draw):
    def sample(state, size, *parameters):
        key, sample_key = jax.random.split(state["jax_state"], 2)
        value = draw(sample_key, *parameters, shape=size)
        state["jax_state"] = key
        return state, value

    return sample
