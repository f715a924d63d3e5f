"""Two runs of a sampler, compared bit for bit, and where they differ in units in the last place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnglint.verify.child.leaves import Leaf, mantissa_bits
from rnglint.verify.messages import Comparison, Place

Lanes = list[list[Leaf]]

#: What rounding explains at most, in ULPs of a wide float: a batched singular value decomposition
#: is some 600 apart. Of narrow floats two ULPs or more must remain a small part of the number.
_MOST_ULPS = 1024


@dataclass(frozen=True, slots=True)
class _Difference:
    """How two arrays of one dtype and shape differ. `ulps` is None where they are no floats."""

    place: Place
    unequal: int
    ulps: int | None
    close: bool
    bins: tuple[int, ...] = ()


def compare_leaves(mode: str, eager: Lanes, other: Lanes) -> Comparison:
    """Compares lane by lane and leaf by leaf, and tells where the difference is largest."""
    for lane, (wanted, given) in enumerate(zip(eager, other, strict=True)):
        if mismatch := _mismatch(wanted, given):
            return Comparison(mode, "different", f"lane {lane}{mismatch}")
    total = sum(leaf.array.size for lane in eager for leaf in lane)
    found = list(_differences(eager, other))
    if not found:
        return Comparison(mode, "bitwise", total=total)
    worst = max(found, key=lambda each: (not each.close, each.ulps is None, each.ulps))
    detail = f"{worst.place}: {worst.place.eager} eagerly, {worst.place.other} here"
    unequal = sum(each.unequal for each in found)
    outcome = "close" if all(each.close for each in found) else "different"
    bins = _added([each.bins for each in found]) if all(each.bins for each in found) else ()
    return Comparison(mode, outcome, detail, worst.ulps, worst.place, unequal, total, bins)


def ulps_apart(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any] | None:
    """Each element's distance in units in the last place; None unless both are finite floats."""
    if left.dtype.kind == "c":
        left, right = _parts(left), _parts(right)
    if mantissa_bits(left.dtype) is None:
        return None
    if not all(np.isfinite(array.astype(float)).all() for array in (left, right)):
        return None
    steps = zip(_steps(left), _steps(right), strict=True)
    return np.array([abs(a - b) for a, b in steps], object)


def _mismatch(wanted: list[Leaf], given: list[Leaf]) -> str:
    """What makes a comparison of elements impossible."""
    if [leaf.path for leaf in wanted] != [leaf.path for leaf in given]:
        return ": a result of another structure"
    for left, right in zip(wanted, given, strict=True):
        if left.array.dtype != right.array.dtype:
            what = f"{left.array.dtype} eagerly, {right.array.dtype} here"
        elif left.array.shape != right.array.shape:
            what = f"shape {left.array.shape} eagerly, {right.array.shape} here"
        else:
            continue
        return f", result{left.path}: {what}"
    return ""


def _differences(eager: Lanes, other: Lanes) -> Iterator[_Difference]:
    for lane, (wanted, given) in enumerate(zip(eager, other, strict=True)):
        for left, right in zip(wanted, given, strict=True):
            if left.array.tobytes() != right.array.tobytes():
                yield _difference(lane, left.path, left.array, right.array)


def _difference(lane: int, path: str, left: NDArray[Any], right: NDArray[Any]) -> _Difference:
    unequal = np.argwhere((_bytes(left) != _bytes(right)).any(axis=-1))
    rows = tuple(unequal.T)
    ulps = ulps_apart(left[rows], right[rows])
    worst = 0 if ulps is None else int(np.argmax(ulps)) % len(unequal)
    index = tuple(int(i) for i in unequal[worst])
    place = Place(lane, path, index, str(left[index]), str(right[index]))
    largest = None if ulps is None else int(max(ulps))
    close = largest is not None and largest <= _most_ulps(left.dtype)
    bins = () if ulps is None else _bins(ulps.reshape(-1, len(unequal)).max(axis=0).tolist())
    return _Difference(place, len(unequal), largest, close, bins)


def _bins(ulps: list[int]) -> tuple[int, ...]:
    """How many of the numbers have no bit, one bit, two bits, and so on."""
    counted = Counter(number.bit_length() for number in ulps)
    return tuple(counted[bits] for bits in range(max(counted) + 1))


def _added(rows: list[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip_longest(*rows, fillvalue=0)))


def _most_ulps(dtype: np.dtype[Any]) -> int:
    bits = mantissa_bits(dtype) or 0
    return int(min(_MOST_ULPS, 2 ** max(bits - 6, 1)))


def _parts(array: NDArray[Any]) -> NDArray[Any]:
    """The real parts of complex numbers, and then the imaginary ones."""
    return np.concatenate([array.real, array.imag])


def _steps(array: NDArray[Any]) -> list[int]:
    """Each float as its place in the ordered row of all floats of its type."""
    bits: list[int] = array.ravel().view(f"i{array.dtype.itemsize}").tolist()
    lowest = -(1 << (8 * array.dtype.itemsize - 1))
    return [lowest - bit if bit < 0 else bit for bit in bits]


def _bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The array's bytes, one row of them per element."""
    flat = np.frombuffer(array.tobytes(), np.uint8)
    return flat.reshape(*array.shape, array.dtype.itemsize)
