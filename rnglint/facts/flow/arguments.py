"""The arguments of a call, evaluated, and where they land."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from rnglint.facts.flow.places import count_of
from rnglint.facts.flow.values import Entity, Identity, Literal, Value
from rnglint.knowledge.loader import Entry


@dataclass(frozen=True, slots=True)
class Given:
    """One argument of a call, evaluated.

    `earlier` if a `partial` bound it; `shared` if it is the same in all lanes of a transformed
    function, `varied` if it is not.
    """

    value: Value
    node: cst.BaseExpression
    keyword: str | None = None
    star: str = ""
    earlier: bool = False
    shared: bool = False
    varied: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """What stands for a parameter in one call: the argument and where it is written."""

    value: Value
    node: cst.BaseExpression | None
    shared: bool = False
    earlier: bool = False


def argument(entry: Entry, given: Sequence[Given], name: str | None) -> Given | None:
    """The argument that lands in the parameter `name` of a library function."""
    if name is None:
        return None
    position = entry.position(name)
    plain = [item for item in given if item.keyword is None and not item.star]
    if position is not None and position < len(plain):
        return plain[position]
    return next((item for item in given if item.keyword == name), None)


def rest(entry: Entry, given: Sequence[Given], name: str) -> list[Given]:
    """The arguments that land in the variadic parameter `name` of a library function."""
    position = entry.position(name)
    plain = [item for item in given if item.keyword is None and not item.star]
    return plain[position:] if position is not None else []


def integer_of(value: Value) -> int | None:
    """The number that a value is known to be."""
    if isinstance(value, Literal) and isinstance(value.value, (int, bool)):
        return int(value.value)
    return None


def folded_data(value: Value) -> int | Identity | None:
    """What a `fold_in` folds in, as far as it can be compared with the elements of a split.

    A number, also that of a loop over a range in this round; or what only a caller can know.
    """
    if isinstance(value, Entity):
        count = count_of(value.identity)
        if count:
            return count[0]
        return value.identity if value.identity.root.is_variable else None
    return integer_of(value)
