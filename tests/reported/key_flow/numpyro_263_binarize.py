"""pyro-ppl/numpyro#263: a helper samples with the key that it then hands back for the next use.

`split(key, 1)` renews the key, but the renewed one is consumed before it is returned.
"""

import jax


def binarize(key, probabilities):
    (key,) = jax.random.split(key, 1)
    pixels = jax.random.bernoulli(key, probabilities)
    return key, pixels  # expect: RNG209


# --- repaired ---


def binarize_repaired(key, probabilities):
    return jax.random.bernoulli(key, probabilities)


def epoch_repaired(key, batches):
    images = []
    for batch in batches:
        key, binarize_key = jax.random.split(key)
        images.append(binarize_repaired(binarize_key, batch))
    return images
