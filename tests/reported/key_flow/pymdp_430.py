"""infer-actively/pymdp#430: actions of all control factors are sampled with one key.

A lambda that reads the key is mapped over the factors, which then choose alike.
"""

import jax
import jax.numpy as jnp


class Controller:
    def __init__(self, heat):
        self.heat = heat

    def act(self, factors, mode, key=None):
        if mode == "deterministic":
            return jax.tree.map(lambda logits: jnp.argmax(logits, -1), factors)
        return jax.tree.map(
            lambda logits: jax.random.categorical(key, logits / self.heat),  # expect: RNG203
            factors,
        )


def reported():
    factors = [jnp.zeros((32, 3)), jnp.zeros((32, 3))]
    return Controller(1.0).act(factors, "stochastic", jax.random.key(0))


# --- repaired ---


class RepairedController:
    def __init__(self, heat):
        self.heat = heat

    def act(self, factors, mode, key=None):
        if mode == "deterministic":
            return jax.tree.map(lambda logits: jnp.argmax(logits, -1), factors)
        keys = list(jax.random.split(key, len(factors)))
        return jax.tree.map(
            lambda logits, factor_key: jax.random.categorical(factor_key, logits / self.heat),
            factors,
            keys,
        )


def repaired():
    factors = [jnp.zeros((32, 3)), jnp.zeros((32, 3))]
    return RepairedController(1.0).act(factors, "stochastic", jax.random.key(0))
