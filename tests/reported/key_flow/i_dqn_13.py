"""theovincent/i-DQN#13: the key that decides whether to explore also chooses the action.

Where the uniform number is small, so is the one that the action is made of.
"""

import jax
import jax.numpy as jnp


class Game:
    def __init__(self, actions):
        self.actions = actions

    def random_action(self, key):
        return jax.random.choice(key, jnp.arange(self.actions))

    def best_action(self, values, key):
        return jnp.argmax(values + 1e-6 * jax.random.uniform(key, values.shape))

    def play(self, key, values, epsilon, horizon):
        actions = []
        for _ in range(horizon):
            key, step_key = jax.random.split(key)
            if jax.random.uniform(step_key) < epsilon:
                action = self.random_action(step_key)  # expect: RNG201
            else:
                action = self.best_action(values, step_key)  # expect: RNG201
            actions.append(action)
        return actions


# --- repaired ---


class RepairedGame:
    def __init__(self, actions):
        self.actions = actions

    def random_action(self, key):
        return jax.random.choice(key, jnp.arange(self.actions))

    def best_action(self, values, key):
        return jnp.argmax(values + 1e-6 * jax.random.uniform(key, values.shape))

    def play(self, key, values, epsilon, horizon):
        actions = []
        for _ in range(horizon):
            key, explore_key, action_key = jax.random.split(key, 3)
            if jax.random.uniform(explore_key) < epsilon:
                action = self.random_action(action_key)
            else:
                action = self.best_action(values, action_key)
            actions.append(action)
        return actions
