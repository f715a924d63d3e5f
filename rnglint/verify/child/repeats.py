"""Samples that ought to be independent and are not: repeated values, and perfect dependence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnglint.verify.child.leaves import Leaf
from rnglint.verify.messages import Defect

#: Values that a sampler or a mask may well produce twice.
_ORDINARY = (0.0, 1.0, -1.0)

#: Below so many elements a perfect rank correlation may be chance.
_ENOUGH = 16

#: Comparing each leaf with each other grows quickly.
_MOST_LEAVES = 40


def repeated_samples(leaves: list[Leaf]) -> Iterator[Defect]:
    """At most one defect: where the same samples turn up twice, or one follows from another."""
    found = _equal_values(leaves) or _equal_rows(leaves)
    if found:
        yield Defect("equal-samples", found)
    elif found := _dependent(leaves):
        yield Defect("dependent-samples", found)


def _equal_values(leaves: list[Leaf]) -> str:
    """A continuous sampler practically never draws the same float twice."""
    seen: dict[float, str] = {}
    for leaf in leaves:
        if leaf.array.dtype.kind != "f" or leaf.array.dtype.itemsize < 4:
            continue
        for index in np.ndindex(leaf.array.shape):
            value = float(leaf.array[index])
            if value in _ORDINARY or not np.isfinite(value):
                continue
            place = _place(leaf.path, index)
            if value in seen:
                return f"{value:.9g} stands at {seen[value]} and at {place}"
            seen[value] = place
    return ""


def _equal_rows(leaves: list[Leaf]) -> str:
    """Discrete samples and keys repeat as whole rows."""
    seen: dict[bytes, str] = {}
    for leaf in leaves:
        if leaf.array.dtype.kind not in "iuV" or leaf.array.ndim == 0:
            continue
        rows = leaf.array.reshape(-1, leaf.array.shape[-1])
        for index, row in zip(np.ndindex(leaf.array.shape[:-1]), rows, strict=True):
            place = _place(leaf.path, index)
            if not leaf.is_key and (row.size < 4 or len(set(row.tolist())) < 3):
                continue
            if (bits := row.tobytes()) in seen:
                return f"the same row stands at {seen[bits]} and at {place}"
            seen[bits] = place
    return ""


def _dependent(leaves: list[Leaf]) -> str:
    """Two leaves of which one orders its elements exactly as, or against, the other."""
    floats = [
        leaf for leaf in leaves if leaf.array.dtype.kind == "f" and leaf.array.size >= _ENOUGH
    ]
    for left, right in combinations(floats[:_MOST_LEAVES], 2):
        if left.array.size == right.array.size:
            rho = _rank_correlation(left.array, right.array)
            if abs(rho) > 0.999:
                return f"{left.path} and {right.path} have rank correlation {rho:+.3f}"
    return ""


def _rank_correlation(left: NDArray[Any], right: NDArray[Any]) -> float:
    ranks = np.stack([np.argsort(np.argsort(array, axis=None)) for array in (left, right)])
    return float(np.corrcoef(ranks.astype(float))[0, 1])


def _place(path: str, index: tuple[int, ...]) -> str:
    return f"result{path}{list(index) if index else ''}"
