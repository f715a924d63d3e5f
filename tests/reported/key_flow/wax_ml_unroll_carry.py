"""eserie/wax-ml@b1b4488: the carry of a scan hands a key on that the step has sampled with.

`split(key, 1)` at the start of each round makes the next key of a consumed one.
"""

from typing import Any, NamedTuple

import jax


class ScanState(NamedTuple):
    total: Any
    key: Any


def unroll(key, inputs):
    def step(state, value):
        total, key = state
        (key,) = jax.random.split(key, 1)  # expect: RNG202
        total = total + value * jax.random.normal(key)
        return ScanState(total, key), total

    return jax.lax.scan(step, ScanState(0.0, key), inputs)


# --- repaired ---


def unroll_repaired(key, inputs):
    def step(state, value):
        total, key = state
        key, step_key = jax.random.split(key)
        total = total + value * jax.random.normal(step_key)
        return ScanState(total, key), total

    return jax.lax.scan(step, ScanState(0.0, key), inputs)
