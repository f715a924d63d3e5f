"""The modes in which a sampler must give the samples that it gives eagerly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnglint.verify.child.compare import compare_leaves
from rnglint.verify.child.leaves import Leaf, leaves_of
from rnglint.verify.messages import Comparison

Call = Callable[[Any], Any]

#: In how many lanes a sampler is run: each gets a key of its own.
LANES = 4


def key_lanes() -> tuple[Any, ...]:
    """One key per lane."""
    import jax

    return tuple(jax.random.split(jax.random.key(0), LANES))


def compare(mode: str, call: Call, eager: list[list[Leaf]], *, takes_key: bool) -> Comparison:
    """Runs all lanes in `mode` and compares each with its eager run."""
    import jax

    lanes = jax.random.split(jax.random.key(0), LANES) if takes_key else jax.numpy.arange(LANES)
    results = MODES[mode](call, lanes)
    return compare_leaves(mode, eager, [leaves_of(result) for result in results])


def _jit(call: Call, lanes: Any) -> list[Any]:
    import jax

    # A fresh function: jax.jit would find the eager run's cache by the function's identity.
    jitted = jax.jit(lambda lane: call(lane))
    return [jitted(lane) for lane in lanes]


def _vmap(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.vmap(call)(lanes))


def _jit_vmap(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.jit(jax.vmap(call))(lanes))


def _unstack(batch: Any) -> list[Any]:
    import jax

    return [jax.tree.map(lambda leaf, lane=lane: leaf[lane], batch) for lane in range(LANES)]


#: Each mode by the name that the report gives it: takes a sampler and stacked lanes, returns
#: one result per lane.
MODES: dict[str, Callable[[Call, Any], list[Any]]] = {
    "jit": _jit,
    "vmap": _vmap,
    "jit(vmap)": _jit_vmap,
}
