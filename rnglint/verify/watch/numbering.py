"""Names for values that are not known: two values with one number are equal.

A value is an array of numbers, one for each element, or (where it is too large for that) one
number for the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: An array of numbers, or one number for an array.
Value = NDArray[np.int64] | int

#: Arrays of more elements than this are one number.
_MOST_ELEMENTS = 8192


class Numbering:
    """Gives numbers to values by how they were computed."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._last = 0
        #: The key and the index of the word in it, for the words of raw keys.
        self.words: dict[int, tuple[int, int]] = {}

    def new(self) -> int:
        """A number of a value that is equal to no other."""
        self._last += 1
        return self._last

    def of(self, *how: Hashable) -> int:
        """The number of the value that is computed so."""
        if how not in self._numbers:
            self._numbers[how] = self.new()
        return self._numbers[how]

    def spread(self, value: Value, shape: tuple[int, ...]) -> Value:
        """The value by elements, if these are few enough."""
        if isinstance(value, np.ndarray):
            return value
        size = _size(shape)
        if size > _MOST_ELEMENTS:
            return value
        numbers = [self.of("element", value, index) for index in range(size)]
        return np.array(numbers, dtype=np.int64).reshape(shape)

    def pack(self, value: Value) -> int:
        """One number for a value."""
        if not isinstance(value, np.ndarray):
            return value
        return int(value.flat[0]) if value.size == 1 else self.of("pack", value.tobytes())

    def wrap(self, value: Value, width: int) -> Value:
        """The keys whose words are given: `width` of them for each."""
        if not isinstance(value, np.ndarray):
            return self.of("wrap", value)
        rows = value.reshape(-1, width)
        keys = [self._key(tuple(row)) for row in rows.tolist()]
        return np.array(keys, dtype=np.int64).reshape(value.shape[:-1])

    def unwrap(self, value: Value, width: int) -> Value:
        """The words of keys."""
        if not isinstance(value, np.ndarray):
            return self.of("unwrap", value)
        keys = value.flatten().tolist()
        rows = [[self._word(key, index) for index in range(width)] for key in keys]
        return np.array(rows, dtype=np.int64).reshape(*value.shape, width)

    def _word(self, key: int, index: int) -> int:
        word = self.of("word", key, index)
        self.words[word] = key, index
        return word

    def _key(self, words: tuple[int, ...]) -> int:
        known = [self.words.get(word) for word in words]
        key = known[0][0] if known[0] else -1
        if known == [(key, index) for index in range(len(words))]:
            return key
        return self.of("wrap", words)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def move(name: str, values: list[Value], params: Mapping[str, Any]) -> Value | None:
    """What an operation makes that only moves elements about; None for any other."""
    value = values[0]
    if name in _UNCHANGED:
        return value
    if name not in _MOVES or not all(isinstance(item, np.ndarray) for item in values):
        return None
    moved: NDArray[np.int64] = _MOVES[name](values, params)
    return moved if moved.size <= _MOST_ELEMENTS else None


_UNCHANGED = frozenset(
    {
        "convert_element_type",
        "copy",
        "copy_p",
        "device_put",
        "layout_constraint",
        "optimization_barrier",
        "pvary",
        "reshard",
        "sharding_constraint",
        "stage",
    }
)


def _broadcast(values: list[Any], params: Mapping[str, Any]) -> Any:
    shape, dimensions = params["shape"], params["broadcast_dimensions"]
    lengths = [1] * len(shape)
    for axis, dimension in enumerate(dimensions):
        lengths[dimension] = values[0].shape[axis]
    if _size(shape) > _MOST_ELEMENTS:
        return np.empty(_MOST_ELEMENTS + 1, dtype=np.int64)
    return np.broadcast_to(values[0].reshape(lengths), shape)


def _slice(values: list[Any], params: Mapping[str, Any]) -> Any:
    starts, limits = params["start_indices"], params["limit_indices"]
    strides = params["strides"] or (1,) * len(starts)
    return values[0][tuple(map(slice, starts, limits, strides))]


_MOVES: Mapping[str, Any] = {
    "broadcast_in_dim": _broadcast,
    "concatenate": lambda values, params: np.concatenate(values, params["dimension"]),
    "reshape": lambda values, params: values[0].reshape(params["new_sizes"]),
    "rev": lambda values, params: np.flip(values[0], params["dimensions"]),
    "slice": _slice,
    "squeeze": lambda values, params: np.squeeze(values[0], tuple(params["dimensions"])),
    "stack": lambda values, params: np.stack(values, params["axis"]),
    "transpose": lambda values, params: np.transpose(values[0], params["permutation"]),
}
