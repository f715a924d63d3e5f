"""Whatever a sampler returns, as a flat list of named NumPy arrays."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnglint.verify.messages import Series

#: Kinds of dtype that hold samples; V is what bfloat16 and its relatives say.
_SAMPLES = "biufcVSU"

#: How many arrays of a result, and how many elements of each, go into a picture.
_MOST_SERIES, _MOST_SAMPLES = 8, 256

#: As many digits as a picture can show.
_DIGITS = 6


class NotSamplesError(TypeError):
    """A result that is no array, nor a tree of arrays."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One array of a result. `path` is where it stands, such as `[0]['noise']`.

    `traceable` says that JAX made it, `is_key` that it holds the bits of keys.
    """

    path: str
    array: NDArray[Any]
    traceable: bool = False
    is_key: bool = False


def leaves_of(result: object, *, traced: bool = False) -> list[Leaf]:
    """The arrays of `result`; raises NotSamplesError for anything else.

    With `traced`, Python numbers become what they would under jit: arrays of JAX's dtypes.
    """
    found = _flatten(result)
    if traced:
        found = ((path, _as_under_jit(value)) for path, value in found)
    leaves = [_leaf(path, value) for path, value in found]
    if not leaves:
        raise NotSamplesError("returned nothing to compare")
    return leaves


def is_key(value: Any) -> bool:
    """Whether it is a typed JAX key, or an array of such, traced or not."""
    jax = sys.modules.get("jax")
    if not jax or not hasattr(value, "dtype"):
        return False
    return bool(jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key))


def mantissa_bits(dtype: np.dtype[Any]) -> int | None:
    """How many bits of a float of this type are stored after the leading one; None for others."""
    if dtype.kind in "fc":
        info: Any = np.finfo(dtype)
        return int(info.nmant)
    if dtype.kind == "V" and "jax" in sys.modules:
        import jax

        if jax.numpy.issubdtype(dtype, jax.numpy.floating):
            wide: Any = jax.numpy.finfo
        return int(wide(dtype).nmant)
    return None


def not_a_number(leaves: list[Leaf]) -> str:
    """How many elements are NaN, and where the first of them is; "" if none."""
    for leaf in leaves:
        if mantissa_bits(leaf.array.dtype) is not None:
            wide = leaf.array.astype(complex if leaf.array.dtype.kind == "c" else float)
            if (count := int(np.isnan(wide).sum())) > 0:
                return f"returned NaN: {count} of {wide.size} elements of result{leaf.path}"
    return ""


def series_of(draws: list[list[Leaf]]) -> tuple[Series, ...]:
    """The start of the first arrays of some results, one per key, as numbers for a picture.

    Results that are not of the structure of the first one are left out.
    """
    first = draws[0]
    alike = [leaves for leaves in draws if _structure(leaves) == _structure(first)]
    numbers = [
        place
        for place, leaf in enumerate(first)
        if not leaf.is_key and leaf.array.dtype.kind in "biufV"
    ]
    return tuple(_series([leaves[place] for leaves in alike]) for place in numbers[:_MOST_SERIES])


def _structure(leaves: list[Leaf]) -> list[tuple[Any, ...]]:
    return [(leaf.path, leaf.array.dtype, leaf.array.shape) for leaf in leaves]


def _series(leaves: list[Leaf]) -> Series:
    """One array of the results, of as many keys as have finite numbers."""
    most = _MOST_SAMPLES // len(leaves)
    starts = [leaf.array.ravel()[:most].astype(float) for leaf in leaves]
    finite = [start for start in starts if np.isfinite(start).all()]
    values = tuple(float(f"{value:.{_DIGITS}g}") for start in finite for value in start)
    first = leaves[0]
    return Series(first.path, str(first.array.dtype), first.array.shape, values, len(finite))


def digest(leaves: list[Leaf]) -> str:
    """Equal for equal samples, bit for bit, and only for those."""
    total = hashlib.sha256()
    for leaf in leaves:
        total.update(f"{leaf.path} {leaf.array.dtype} {leaf.array.shape} ".encode())
        total.update(leaf.array.tobytes())
    return total.hexdigest()


def _flatten(value: object) -> Iterator[tuple[str, Any]]:
    if "jax" in sys.modules:
        import jax

        for path, leaf in jax.tree_util.tree_flatten_with_path(value)[0]:
            yield jax.tree_util.keystr(path), leaf
    else:
        yield from _walk("", value)


def _walk(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """What jax.tree_util does, where there is no JAX."""
    if isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from _walk(f"{path}[{key!r}]", value[key])
    elif isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from _walk(f"{path}[{index}]", item)
    elif value is not None:
        yield path, value


def _as_under_jit(value: Any) -> Any:
    import jax

    return jax.numpy.asarray(value) if type(value) in (bool, int, float, complex) else value


def _leaf(path: str, value: Any) -> Leaf:
    jax = sys.modules.get("jax")
    keys = is_key(value)
    traceable = bool(jax and isinstance(value, jax.Array))
    array = _array(jax.random.key_data(value) if jax and keys else value)
    if array is None:
        raise NotSamplesError(f"returned {type(value).__name__}{path and f' at {path}'}, no array")
    return Leaf(path, array, traceable, keys)


def _array(value: Any) -> NDArray[Any] | None:
    """The value as an array; numbers count, text and bytes only where NumPy made them."""
    if not (hasattr(value, "__array__") or isinstance(value, (int, float, complex, bytes))):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in _SAMPLES else None
