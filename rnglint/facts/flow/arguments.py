"""The arguments of a call, evaluated, and where they land."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from rnglint.facts.flow.values import Value
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
