"""AUTODIAL/AutoEIS#46: one pair of keys serves all models of a loop.

Prior predictions and posterior samples of all candidates are made of the same numbers.
"""

import jax


class Predictive:
    def __init__(self, model):
        self.model = model

    def __call__(self, key, count):
        return self.model + jax.random.normal(key, (count,))


def posterior(key, model, count):
    return model * jax.random.uniform(key, (count,))


def compare(models):
    key = jax.random.PRNGKey(0)
    key, posterior_key = jax.random.split(key)
    results = []
    for model in models:
        predictive = Predictive(model)
        prior = predictive(key, 4)  # expect: RNG202
        samples = posterior(posterior_key, model, 4)  # expect: RNG202
        results.append((prior, samples))
    return results


def reported():
    (_, first), (_, second) = compare([1.0, 1.0])
    return first, second


# --- repaired ---


def compare_repaired(models):
    key = jax.random.PRNGKey(0)
    results = []
    for model in models:
        key, prior_key, posterior_key = jax.random.split(key, 3)
        predictive = Predictive(model)
        prior = predictive(prior_key, 4)
        samples = posterior(posterior_key, model, 4)
        results.append((prior, samples))
    return results


def repaired():
    (_, first), (_, second) = compare_repaired([1.0, 1.0])
    return first, second
