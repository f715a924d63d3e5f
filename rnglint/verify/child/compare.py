"""Two runs of a sampler, compared bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnglint.verify.child.leaves import Leaf
from rnglint.verify.messages import Comparison

Lanes = list[list[Leaf]]


def compare_leaves(mode: str, eager: Lanes, other: Lanes) -> Comparison:
    """Compares lane by lane and leaf by leaf; tells the first difference and the largest."""
    first, largest = "", None
    for lane, (wanted, given) in enumerate(zip(eager, other, strict=True)):
        if [leaf.path for leaf in wanted] != [leaf.path for leaf in given]:
            return Comparison(mode, False, f"lane {lane}: a result of another structure")
        for left, right in zip(wanted, given, strict=True):
            if detail := _difference(left.array, right.array):
                first = first or f"lane {lane}, result{left.path}: {detail}"
                largest = _larger(largest, ulps_apart(left.array, right.array))
    return Comparison(mode, not first, first, largest)


def ulps_apart(left: NDArray[Any], right: NDArray[Any]) -> int | None:
    """The largest distance in units in the last place; None unless both are alike and floats."""
    if left.dtype != right.dtype or left.shape != right.shape or left.dtype.kind != "f":
        return None
    if not left.size or not (np.isfinite(left).all() and np.isfinite(right).all()):
        return None
    return max(abs(a - b) for a, b in zip(_steps(left), _steps(right), strict=True))


def _steps(array: NDArray[Any]) -> list[int]:
    """Each float as its place in the ordered row of all floats of its type."""
    bits: list[int] = array.ravel().view(f"i{array.dtype.itemsize}").tolist()
    lowest = -(1 << (8 * array.dtype.itemsize - 1))
    return [lowest - bit if bit < 0 else bit for bit in bits]


def _difference(left: NDArray[Any], right: NDArray[Any]) -> str:
    if left.dtype != right.dtype:
        return f"{left.dtype} eagerly, {right.dtype} here"
    if left.shape != right.shape:
        return f"shape {left.shape} eagerly, {right.shape} here"
    if left.tobytes() == right.tobytes():
        return ""
    unequal = np.argwhere(_bytes(left) != _bytes(right))
    index = tuple(int(i) for i in unequal[0][: left.ndim])
    place = f"{list(index)}: " if index else ""
    return f"{place}{left[index]} eagerly, {right[index]} here"


def _bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The array's bytes, one row of them per element."""
    flat = np.frombuffer(array.tobytes(), np.uint8)
    return flat.reshape(*array.shape, array.dtype.itemsize)


def _larger(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)
