"""Reads branches and loops of jaxprs.

A loop is read twice, the second time with what the first round hands on: what repeats then
repeats in every round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rnglint.verify.watch.numbering import Value

if TYPE_CHECKING:
    from rnglint.verify.watch.reading import Reader


@dataclass(slots=True)
class Loop:
    """A loop whose body is being read, for the how manieth time.

    `depth` is the index of its equation in the chain, `constants` are the values that all of
    its rounds get.
    """

    token: int
    depth: int
    constants: frozenset[int]
    round: int = 0


@contextmanager
def _loop(reader: Reader, constants: Sequence[Value]) -> Iterator[Loop]:
    """While the body of a loop is read."""
    numbers = {key for value in constants for key in np.atleast_1d(value).flatten().tolist()}
    keys = {reader.numbers.words[word][0] for word in numbers if word in reader.numbers.words}
    loop = Loop(reader.numbers.new(), len(reader.chain) - 1, frozenset(numbers | keys))
    reader.loops.append(loop)
    yield loop
    reader.loops.pop()


def _cond(reader: Reader, equation: Any, values: list[Value]) -> list[Value]:
    """Reads each branch as if it were the one taken; after that a key may have been consumed."""
    before, after = dict(reader.used), {}
    results = []
    for branch in equation.params["branches"]:
        reader.used = dict(before)
        results.append(reader.inside(branch, values[1:]))
        after.update(reader.used)
    reader.used = after | before
    return [
        options[0] if all(_equal(options[0], other) for other in options) else reader.numbers.new()
        for options in zip(*results, strict=True)
    ]


def _while(reader: Reader, equation: Any, values: list[Value]) -> list[Value]:
    params = equation.params
    first, second = params["cond_nconsts"], params["body_nconsts"]
    tested, kept = values[:first], values[first : first + second]
    carry = values[first + second :]
    with _loop(reader, [*tested, *kept]) as loop:
        for loop.round in range(2):
            reader.inside(params["cond_jaxpr"], [*tested, *carry])
            carry = reader.inside(params["body_jaxpr"], [*kept, *carry])
    return carry


def _scan(reader: Reader, equation: Any, values: list[Value]) -> list[Value]:
    params = equation.params
    first, length = params["num_consts"], params["length"]
    second = first + params["num_carry"]
    kept, carry, arrays = values[:first], values[first:second], values[second:]
    rows: list[Value] = []
    with _loop(reader, kept) as loop:
        for loop.round in range(min(length, 2)):
            rows = [_row(reader, array, loop.round) for array in arrays]
            carry = reader.inside(params["jaxpr"], [*kept, *carry, *rows])[: len(carry)]
    for array, row in zip(arrays, rows, strict=False):
        _consume_rest(reader, array, row, length)
    return [*carry, *(reader.numbers.new() for _ in equation.outvars[len(carry) :])]


def _row(reader: Reader, array: Value, index: int) -> Value:
    """What one round gets of an array that a scan goes through."""
    if isinstance(array, np.ndarray):
        return np.asarray(array[index])
    return reader.numbers.of("row", array, index)


def _consume_rest(reader: Reader, array: Value, row: Value, length: int) -> None:
    """Does with the other rows of an array what the last round that was read did with its own."""
    if isinstance(array, np.ndarray):
        for at, number in np.ndenumerate(np.asarray(row)):
            if (use := reader.used.get(_key(reader, number))) is not None:
                for other in array[(slice(2, length), *at)].tolist():
                    reader.used.setdefault(_key(reader, other), use)
    elif isinstance(row, int) and row in reader.used:
        reader.used.setdefault(array, reader.used[row])


def _key(reader: Reader, number: int) -> int:
    """The key that a number belongs to as a word, or the number itself."""
    return reader.numbers.words.get(int(number), (int(number), 0))[0]


def _equal(one: Value, other: Value) -> bool:
    return np.shape(one) == np.shape(other) and bool(np.all(one == other))


#: How equations are read that run parts of the program sometimes, or many times.
CONTROL_FLOW: dict[str, Callable[[Reader, Any, list[Value]], list[Value]]] = {
    "cond": _cond,
    "while": _while,
    "scan": _scan,
}
