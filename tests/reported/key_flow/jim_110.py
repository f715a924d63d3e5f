"""GW-JAX-Team/Jim#110: an object keeps one key for its sampler and uses it in each run."""

import jax


class Inference:
    def __init__(self, seed):
        self.key, self.sampler_key = jax.random.split(jax.random.key(seed))

    def sample(self, count):
        return jax.random.normal(self.sampler_key, (count,))


def reported():
    inference = Inference(0)
    first = inference.sample(4)
    second = inference.sample(4)  # expect: RNG201
    return first, second


# --- repaired ---


class RepairedInference:
    def __init__(self, seed):
        self.key = jax.random.key(seed)

    def sample(self, count):
        self.key, run_key = jax.random.split(self.key)
        return jax.random.normal(run_key, (count,))


def repaired():
    inference = RepairedInference(0)
    first = inference.sample(4)
    second = inference.sample(4)
    return first, second
