"""pyro-ppl/numpyro#263: the key that seeds model and guide is split for the next step afterwards.

A sampler that splits its key itself then draws the numbers of the next step.
"""

import jax


def seeded(model, guide, key):
    model_key, guide_key = jax.random.split(key)
    return model(model_key), guide(guide_key)


def update(step, key, state, model, guide, loss):
    seeded_model, seeded_guide = seeded(model, guide, key)
    value, gradients = jax.value_and_grad(loss)(state, seeded_model, seeded_guide, step)
    state = jax.tree.map(lambda leaf, gradient: leaf - 0.01 * gradient, state, gradients)
    (key,) = jax.random.split(key, 1)  # expect: RNG201
    return value, state, key


# --- repaired ---


def update_repaired(step, key, state, model, guide, loss):
    key, seed_key = jax.random.split(key)
    seeded_model, seeded_guide = seeded(model, guide, seed_key)
    value, gradients = jax.value_and_grad(loss)(state, seeded_model, seeded_guide, step)
    state = jax.tree.map(lambda leaf, gradient: leaf - 0.01 * gradient, state, gradients)
    return value, state, key
