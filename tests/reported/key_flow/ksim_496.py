"""kscalelabs/ksim#496: the same key starts all rewards, and both carries of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax

if TYPE_CHECKING:
    from jaxtyping import PRNGKeyArray


class Reward:
    def __init__(self, scale):
        self.scale = scale

    def initial_carry(self, rng):
        return self.scale * jax.random.normal(rng, (3,))


def reward_carries(rewards: dict[str, Reward], rng: PRNGKeyArray):
    carries = {}
    for name, reward in rewards.items():
        carries[name] = reward.initial_carry(rng)  # expect: RNG202
    return carries


def initial_state(rng, environments):
    command_rng, carry_rng, reset_rng, next_rng = jax.random.split(rng, 4)
    return {
        "command": jax.random.normal(command_rng),
        "model": jax.vmap(jax.random.normal)(jax.random.split(carry_rng, environments)),
        "observation": jax.vmap(jax.random.normal)(
            jax.random.split(carry_rng, environments)  # expect: RNG201
        ),
        "physics": jax.random.normal(reset_rng),
        "rng": next_rng,
    }


def reported():
    state = initial_state(jax.random.key(0), 4)
    return state["model"], state["observation"]


# --- repaired ---


def reward_carries_repaired(rewards: dict[str, Reward], rng: PRNGKeyArray):
    carries = {}
    for name, reward in rewards.items():
        rng, reward_rng = jax.random.split(rng)
        carries[name] = reward.initial_carry(reward_rng)
    return carries


def initial_state_repaired(rng, environments):
    command_rng, model_rng, observation_rng, reset_rng, next_rng = jax.random.split(rng, 5)
    return {
        "command": jax.random.normal(command_rng),
        "model": jax.vmap(jax.random.normal)(jax.random.split(model_rng, environments)),
        "observation": jax.vmap(jax.random.normal)(jax.random.split(observation_rng, environments)),
        "physics": jax.random.normal(reset_rng),
        "rng": next_rng,
    }


def repaired():
    state = initial_state_repaired(jax.random.key(0), 4)
    return state["model"], state["observation"]
