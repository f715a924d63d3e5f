"""Sums up what a compiled function does with keys, to be applied to each of its calls."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from rnglint.verify.watch.avals import is_key, is_random, is_raw
from rnglint.verify.watch.numbering import Value
from rnglint.verify.watch.reading import Reader
from rnglint.verify.watch.summaries import Chain, Consumed, Summary

#: Of a key: the index of the input that holds it, and its index in there if there are several.
_Homes = Mapping[int, tuple[int, int | None]]


def summarize(jaxpr: Any) -> Summary:
    """What a jaxpr does to its inputs and constants, and what comes out of it."""
    if not is_random(jaxpr):
        return Summary()
    reader = Reader()
    inputs = [*jaxpr.invars, *jaxpr.constvars]
    values = [_input(reader, index, var.aval) for index, var in enumerate(inputs)]
    count = len(jaxpr.invars)
    outputs = reader.run(jaxpr, values[:count], values[count:])
    summary = Summary(repeated=reader.repetitions())
    homes = _homes(reader, inputs, values)
    summary.consumed += _consumed(reader, homes)
    summary.consumed += _folded(reader, homes)
    for index, (var, value) in enumerate(zip(jaxpr.outvars, outputs, strict=True)):
        _add_output(summary, reader, index, var.aval, value)
    return summary


def _input(reader: Reader, index: int, aval: Any) -> Value:
    """The value of an input: keys by elements, raw ones by words, others as a whole."""
    numbers = reader.numbers
    number = numbers.of("input", index)
    if is_key(aval):
        return numbers.spread(number, aval.shape)
    if is_raw(aval):
        return numbers.unwrap(numbers.spread(number, aval.shape[:-1]), aval.shape[-1])
    return number


def _homes(reader: Reader, inputs: Sequence[Any], values: Sequence[Value]) -> _Homes:
    homes: dict[int, tuple[int, int | None]] = {}
    for index, (var, value) in enumerate(zip(inputs, values, strict=True)):
        keys = _keys(reader, var.aval, value)
        if isinstance(keys, np.ndarray):
            homes.update({key: (index, at) for at, key in enumerate(keys.flatten().tolist())})
        else:
            homes[keys] = (index, None)
    return homes


def _keys(reader: Reader, aval: Any, value: Value) -> Value:
    """The keys that a value consists of, if it is raw; else the value itself."""
    return reader.numbers.wrap(value, aval.shape[-1]) if is_raw(aval) else value


def _consumed(reader: Reader, homes: _Homes) -> list[Consumed]:
    """The consumed keys of the inputs, those together that are consumed by one equation."""
    found: dict[Hashable, tuple[int, Chain, list[int]]] = {}
    for key, use in reader.used.items():
        if key in homes:
            index, element = homes[key]
            identity = (index, *map(id, use.chain))
            elements = found.setdefault(identity, (index, use.chain, []))[2]
            elements += [] if element is None else [element]
    return [
        Consumed(index, tuple(elements) or None, chain) for index, chain, elements in found.values()
    ]


def _folded(reader: Reader, homes: _Homes) -> list[Consumed]:
    """The consumed keys that were folded out of an input's, if it is known what was folded in."""
    found = []
    for number, (key, data) in reader.folds.items():
        if number not in reader.used or key not in homes:
            continue
        index, element = homes[key]
        chain = reader.used[number].chain
        elements = None if element is None else (element,)
        if data in reader.literals:
            found.append(Consumed(index, elements, chain, folded=reader.literals[data]))
        elif data in homes and homes[data][1] is None:
            found.append(Consumed(index, elements, chain, folded_input=homes[data][0]))
    return found


def _add_output(summary: Summary, reader: Reader, index: int, aval: Any, value: Value) -> None:
    if not (is_key(aval) or is_raw(aval)):
        return
    keys = np.atleast_1d(_keys(reader, aval, value)).flatten().tolist()
    used = [reader.used[key] for key in keys if key in reader.used]
    if used:
        summary.used.append((index, used[0].chain))
    elif keys and all(key in reader.made for key in keys):
        summary.made.append(index)
