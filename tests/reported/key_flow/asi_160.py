"""SlopDotCash/asi#160: a scanned dream gives its key to a rollout and carries it on as well.

Both split it: the first imagined action of a dream is what the next dream's candidate is made of.
"""

import jax


def rollout(behavior):
    key, action_key = jax.random.split(behavior["key"])
    return {"key": key}, jax.random.normal(action_key, (3,))


def dream(key, count):
    def step(key, _):
        key, candidate_key = jax.random.split(key)  # expect: RNG202
        candidate = jax.random.normal(candidate_key, (3,))
        _, action = rollout({"key": key})
        return key, (candidate, action)

    return jax.lax.scan(step, key, None, length=count)


def reported():
    _, (candidates, actions) = dream(jax.random.key(0), 2)
    return candidates[1], actions[0]


# --- repaired ---


def dream_repaired(key, count):
    def step(key, _):
        key, candidate_key, behavior_key = jax.random.split(key, 3)
        candidate = jax.random.normal(candidate_key, (3,))
        _, action = rollout({"key": behavior_key})
        return key, (candidate, action)

    return jax.lax.scan(step, key, None, length=count)


def repaired():
    _, (candidates, actions) = dream_repaired(jax.random.key(0), 2)
    return candidates[1], actions[0]
