"""The modes in which a sampler must give the samples that it gives eagerly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rnglint.verify.child.compare import Lanes, compare_leaves
from rnglint.verify.child.leaves import is_key, leaves_of
from rnglint.verify.messages import Comparison

Call = Callable[[Any], Any]

#: In how many lanes a sampler is run: each gets a key of its own.
LANES = 4

#: How many more keys it gets for a picture.
FURTHER = 15


class SkipMode(Exception):
    """A mode that does not exist here; the message says why."""


def key_lanes() -> Any:
    """One key per lane, stacked."""
    import jax

    return jax.random.split(jax.random.key(0), LANES)


def further_keys() -> Any:
    """Keys for some more samples, in no lane."""
    import jax

    return jax.random.split(jax.random.key(1), FURTHER)


def compare(mode: str, call: Call, eager: Lanes, *, takes_key: bool) -> Comparison:
    """Runs the lanes in `mode` and compares each with its eager run.

    Where nothing is compiled it takes long, and fewer lanes are run.
    """
    import jax

    lanes = key_lanes() if takes_key else jax.numpy.arange(LANES)
    run = MODES[mode] if mode in MODES else _on_backend(mode)
    results = run(_without_keys(call), lanes)
    return compare_leaves(mode, eager[: len(results)], [leaves_of(each) for each in results])


def _without_keys(call: Call) -> Call:
    """The same function, with the bits of keys in the place of keys: not every mode returns those.

    It is a new function each time, so that no mode finds what another one compiled.
    """
    import jax

    def raw(leaf: Any) -> Any:
        return jax.random.key_data(leaf) if is_key(leaf) else leaf

    return lambda lane: jax.tree.map(raw, call(lane))


def _disable_jit(call: Call, lanes: Any) -> list[Any]:
    import jax

    with jax.disable_jit():
        return [call(lanes[0])]


def _jit(call: Call, lanes: Any) -> list[Any]:
    import jax

    jitted = jax.jit(call)
    return [jitted(lane) for lane in lanes]


def _vmap(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.vmap(call)(lanes))


def _jit_vmap(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.jit(jax.vmap(call))(lanes))


def _lax_map(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.lax.map(call, lanes))


def _scan(call: Call, lanes: Any) -> list[Any]:
    import jax

    return _unstack(jax.lax.scan(lambda carry, lane: (carry, call(lane)), None, lanes)[1])


def _fori_loop(call: Call, lanes: Any) -> list[Any]:
    import jax
    import jax.numpy as jnp

    def body(index: Any, stacked: Any) -> Any:
        return jax.tree.map(lambda row, new: row.at[index].set(new), stacked, call(lanes[index]))

    shapes = jax.eval_shape(call, lanes[0])
    empty = jax.tree.map(lambda leaf: jnp.zeros((LANES, *leaf.shape), leaf.dtype), shapes)
    return _unstack(jax.lax.fori_loop(0, LANES, body, empty))


def _pmap(call: Call, lanes: Any) -> list[Any]:
    import jax

    devices = _devices()
    return _unstack(jax.pmap(call, devices=devices)(lanes[: len(devices)]))


def _shard_map(call: Call, lanes: Any) -> list[Any]:
    import jax
    import numpy as np

    devices = _devices()
    across = _partition("lane")

    def shard(part: Any) -> Any:
        return jax.tree.map(lambda leaf: jax.numpy.asarray(leaf)[None], call(part[0]))

    mesh = jax.sharding.Mesh(np.array(devices), ("lane",))
    mapped = _shard_map_of_jax()(shard, mesh=mesh, in_specs=across, out_specs=across)
    # Without jit it goes operation by operation, which takes three times as long.
    return _unstack(jax.jit(mapped)(lanes[: len(devices)]))


def _shard_map_of_jax() -> Callable[..., Any]:
    import jax

    if hasattr(jax, "shard_map"):
        return partial(jax.shard_map, check_vma=False)
    from jax.experimental import shard_map

    old: Callable[..., Any] = vars(shard_map)["shard_map"]
    return partial(old, check_rep=False)


def _partition(axis: str) -> Any:
    import jax

    spec: Any = jax.sharding.PartitionSpec
    return spec(axis)


def _devices() -> list[Any]:
    """Where the lanes go, one lane to each device."""
    import jax

    devices = jax.devices()[:LANES]
    if len(devices) < 2:
        raise SkipMode("there is only one device")
    return devices


def _on_backend(name: str) -> Callable[[Call, Any], list[Any]]:
    """Runs eagerly on another backend."""
    import jax

    def run(call: Call, lanes: Any) -> list[Any]:
        try:
            device = jax.devices(name)[0]
        except RuntimeError:
            raise SkipMode(f"there is no {name} here") from None
        with jax.default_device(device):
            return [call(lane) for lane in jax.device_put(lanes, device)]

    return run


def _unstack(batch: Any) -> list[Any]:
    import jax

    count = len(jax.tree.leaves(batch)[0])
    return [jax.tree.map(lambda leaf, lane=lane: leaf[lane], batch) for lane in range(count)]


#: Each mode by the name that the report gives it: takes a sampler and stacked lanes, returns
#: one result per lane, for all lanes or for the first of them.
MODES: dict[str, Callable[[Call, Any], list[Any]]] = {
    "disable_jit": _disable_jit,
    "jit": _jit,
    "vmap": _vmap,
    "jit(vmap)": _jit_vmap,
    "lax.map": _lax_map,
    "scan": _scan,
    "fori_loop": _fori_loop,
    "pmap": _pmap,
    "shard_map": _shard_map,
}
