"""blackjax-devs/blackjax#53: one key builds a subtree, weighs the proposal, goes on in the state.

The next expansion splits the key that the last one has sampled with twice.
"""

import jax


def subtree(key, position, size):
    return position + size * jax.random.normal(key)


def expand(key, position):
    def keep_expanding(state):
        _, step, _ = state
        return step < 10

    def expand_once(state):
        key, step, position = state
        key, direction_key = jax.random.split(key)  # expect: RNG202
        sign = jax.random.rademacher(direction_key, ())
        proposal = subtree(key, position, sign * 2.0**step)
        taken = jax.random.bernoulli(key)  # expect: RNG201
        position = jax.lax.select(taken, proposal, position)
        return key, step + 1, position

    return jax.lax.while_loop(keep_expanding, expand_once, (key, 0, position))


# --- repaired ---


def expand_repaired(key, position):
    def keep_expanding(state):
        _, step, _ = state
        return step < 10

    def expand_once(state):
        key, step, position = state
        key, direction_key, tree_key, accept_key = jax.random.split(key, 4)
        sign = jax.random.rademacher(direction_key, ())
        proposal = subtree(tree_key, position, sign * 2.0**step)
        taken = jax.random.bernoulli(accept_key)
        position = jax.lax.select(taken, proposal, position)
        return key, step + 1, position

    return jax.lax.while_loop(keep_expanding, expand_once, (key, 0, position))
