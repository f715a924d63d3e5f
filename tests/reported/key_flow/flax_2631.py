"""google/flax#2631: a training loop applies the network with one key for dropout in all its steps.

Each step loses the same units, which makes a smaller network of it.
"""

import jax


def train(key, model, batches):
    params_key, dropout_key = jax.random.split(key)
    variables = model.init({"params": params_key, "dropout": dropout_key}, batches[0])
    outputs = []
    for batch in batches:
        output = model.apply(variables, batch, rngs={"dropout": dropout_key})  # expect: RNG202
        outputs.append(output)
    return outputs


# --- repaired ---


def train_repaired(key, model, batches):
    params_key, init_key, dropout_key = jax.random.split(key, 3)
    variables = model.init({"params": params_key, "dropout": init_key}, batches[0])
    outputs = []
    for step, batch in enumerate(batches):
        rngs = {"dropout": jax.random.fold_in(dropout_key, step)}
        outputs.append(model.apply(variables, batch, rngs=rngs))
    return outputs
