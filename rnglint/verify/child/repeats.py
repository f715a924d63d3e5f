"""Samples that ought to be independent and are not: repeated values, and perfect dependence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnglint.verify.child.leaves import Leaf
from rnglint.verify.messages import Measurement

#: Below so many elements a perfect rank correlation may be chance.
_ENOUGH = 16

#: A rank correlation beyond this is dependence.
_DEPENDENT = 0.999

#: Comparing each leaf with each other grows quickly.
_MOST_LEAVES = 40

#: Of a large result, so many values are looked at.
_MOST_VALUES = 100_000


def measure_repeats(leaves: list[Leaf]) -> Iterator[Measurement]:
    """How many values and rows turn up twice, and how far one array follows from another."""
    found = _equal_values(leaves), _equal_rows(leaves)
    repeats = max(found, key=lambda each: (each.value, each.total))
    if repeats.total:
        yield repeats
    if (dependence := _dependence(leaves)) and not repeats.defect:
        yield dependence


def _equal_values(leaves: list[Leaf]) -> Measurement:
    """A continuous sampler practically never draws the same float twice.

    Whole numbers are left out: those of masks, of counts, of a binomial sampler.
    """
    seen: dict[float, str] = {}
    first, count, total = "", 0, 0
    for place, value in _continuous_values(leaves):
        total += 1
        if value in seen:
            count += 1
            first = first or f"{value:.9g} stands at {seen[value]} and at {place}"
        seen.setdefault(value, place)
    return Measurement("equal-samples", count, first, total, count > 0)


def _continuous_values(leaves: list[Leaf]) -> Iterator[tuple[str, float]]:
    left = _MOST_VALUES
    for leaf in leaves:
        if leaf.array.dtype.kind != "f" or leaf.array.dtype.itemsize < 4:
            continue
        for index in np.ndindex(leaf.array.shape):
            value = float(leaf.array[index])
            if (left := left - 1) < 0:
                return
            if np.isfinite(value) and not value.is_integer():
                yield _place(leaf.path, index), value


def _equal_rows(leaves: list[Leaf]) -> Measurement:
    """Discrete samples and keys repeat as whole rows."""
    seen: dict[bytes, str] = {}
    first, count, total = "", 0, 0
    for place, bits in _telling_rows(leaves):
        total += 1
        if bits in seen:
            count += 1
            first = first or f"the same row stands at {seen[bits]} and at {place}"
        seen.setdefault(bits, place)
    return Measurement("equal-samples", count, first, total, count > 0)


def _telling_rows(leaves: list[Leaf]) -> Iterator[tuple[str, bytes]]:
    for leaf in leaves:
        array = leaf.array
        if array.dtype.kind not in "iuV" or array.ndim == 0 or not 0 < array.size <= _MOST_VALUES:
            continue
        rows = array.reshape(-1, array.shape[-1])
        for index, row in zip(np.ndindex(array.shape[:-1]), rows, strict=True):
            if leaf.is_key or (row.size >= 4 and len(set(row.tolist())) >= 3):
                yield _place(leaf.path, index), row.tobytes()


def _dependence(leaves: list[Leaf]) -> Measurement | None:
    """The two arrays of which one follows most from the other, by the order of their elements."""
    floats = [
        leaf for leaf in leaves if leaf.array.dtype.kind == "f" and leaf.array.size >= _ENOUGH
    ]
    found = [
        (_rank_correlation(left.array, right.array), left.path, right.path)
        for left, right in combinations(floats[:_MOST_LEAVES], 2)
        if left.array.size == right.array.size
    ]
    if not found:
        return None
    rho, left, right = max(found, key=lambda each: abs(each[0]))
    detail = f"result{left} and result{right} have rank correlation {rho:+.3f}"
    return Measurement("dependent-samples", round(rho, 6), detail, None, abs(rho) > _DEPENDENT)


def _rank_correlation(left: NDArray[Any], right: NDArray[Any]) -> float:
    ranks = np.stack([np.argsort(np.argsort(array, axis=None)) for array in (left, right)])
    return float(np.corrcoef(ranks.astype(float))[0, 1])


def _place(path: str, index: tuple[int, ...]) -> str:
    return f"result{path}{list(index) if index else ''}"
