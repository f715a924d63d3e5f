"""Calls that are written twice in the same words, to start from the same once more."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rnglint.facts.intent.apart import is_in_a_test
from rnglint.facts.layout import Layout
from rnglint.facts.model import Consumption, KeyReuse
from rnglint.facts.walk import descendants, dotted

#: Samplers of which the same key makes the same order of different arrays.
_ORDERING = frozenset({"jax.random.choice", "jax.random.permutation", "jax.random.shuffle"})


def starts_anew(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether the same call initialises something once more: a new run from the same start.

    It does so for the same variables, in the rounds of a loop, or in another cell.
    """
    first, again = (_calls_around(place, layout) for place in (reuse.first, reuse.again))
    if not first or not again or _text(first[0], layout) != _text(again[0], layout):
        return False
    if "init" not in (dotted(again[0].func) or "").rpartition(".")[2].lower():
        return False
    if reuse.first.span.cell != reuse.again.span.cell:
        return True
    outer, inner = reuse.first.loops, reuse.again.loops
    if len(inner) > len(outer) and inner[: len(outer)] == outer:
        return True
    return _targets(reuse.first, layout) == _targets(reuse.again, layout) != ""


def is_in_unison(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether arrays that belong together are shuffled, or drawn from, in one order.

    `x = permutation(key, x)` and `y = permutation(key, y)`, or with `choice`.
    """
    arrays = set[str]()
    for place in (reuse.first, reuse.again):
        calls = _calls_around(place, layout)
        if not calls or place.by not in _ORDERING or len(calls[0].args) < len(("key", "array")):
            return False
        array = calls[0].args[1]
        name = (dotted(array.value) or "").rpartition(".")[2]
        if array.keyword or not name or name not in _targets(place, layout):
            return False
        arrays.add(name)
    return reuse.first.by == reuse.again.by and len(arrays) == len(("one", "other"))


def is_for_alike_objects(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether a test makes two objects with one argument alike: `Model(start=f(key), n=3)`."""
    statement = reuse.again.statement
    if statement is None or not is_in_a_test(layout.statements[statement].scope, layout):
        return False
    first, again = (_calls_around(place, layout) for place in (reuse.first, reuse.again))
    if len(first) != 2 or len(again) != 2 or dotted(first[1].func) != dotted(again[1].func):
        return False
    shared = _argument(first[1], reuse.first, layout)
    return shared != "" and shared == _argument(again[1], reuse.again, layout)


def _calls_around(place: Consumption, layout: Layout) -> list[cst.Call]:
    """The calls of a statement that have a place in their arguments, from the innermost out."""
    if place.statement is None:
        return []
    return list(_around(layout.nodes[place.statement], place, layout))[::-1]


def _around(node: cst.CSTNode, place: Consumption, layout: Layout) -> Iterator[cst.Call]:
    for item in descendants(node):
        if isinstance(item, cst.Call) and layout.tree.span(item).contains(place.span):
            yield item


def _argument(call: cst.Call, place: Consumption, layout: Layout) -> str:
    """The keyword argument that has a place in it, with its keyword; nothing for any other."""
    for item in call.args:
        if item.keyword and layout.tree.span(item.value).contains(place.span):
            return f"{item.keyword.value}={_text(item.value, layout)}"
    return ""


def _targets(place: Consumption, layout: Layout) -> str:
    """What the statement of a place assigns, as it is written."""
    node = layout.nodes[place.statement] if place.statement is not None else None
    if not isinstance(node, cst.Assign):
        return ""
    return " = ".join(_text(item.target, layout) for item in node.targets)


def _text(node: cst.CSTNode, layout: Layout) -> str:
    return layout.tree.source.text_at(layout.tree.span(node))
