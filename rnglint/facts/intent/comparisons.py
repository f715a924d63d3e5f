"""What a piece of program compares: `a == b`, `a - b`, `assert_allclose(a, b)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.layout import Layout
from rnglint.facts.model import KeyReuse
from rnglint.facts.walk import descendants, dotted

_COMPARING = re.compile(
    r"assert|allclose|isclose|equal|same|identical|match|compare", re.IGNORECASE
)

#: Functions that call another one for the leaves of several trees.
_MAPPING = re.compile(r"map|tree_?map|tree_multimap|map_structure")


def compared_within(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether the statement that consumes a key twice compares what comes of it."""
    assert reuse.first.statement is not None
    tree = layout.tree
    for left, right in comparisons(layout.nodes[reuse.first.statement]):
        sides = tree.span(left), tree.span(right)
        if _apart(sides, reuse.first.span, reuse.again.span):
            return True
    return False


def _apart(sides: tuple[Span, Span], first: Span, again: Span) -> bool:
    left, right = sides
    return (left.contains(first) and right.contains(again)) or (
        left.contains(again) and right.contains(first)
    )


def comparisons(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """The two sides of everything below `node` that compares two values."""
    for item in descendants(node):
        if isinstance(item, cst.Comparison):
            sides = [item.left, *(target.comparator for target in item.comparisons)]
            yield from pairwise(sides)
        elif isinstance(item, cst.BinaryOperation) and isinstance(item.operator, cst.Subtract):
            yield item.left, item.right
        elif isinstance(item, cst.Call) and item.args:
            if is_comparing(dotted(item.func) or ""):
                yield from pairwise(_compared(item))
            elif is_check(item):
                yield from pairwise([argument.value for argument in item.args[1:3]])


def is_comparing(name: str) -> bool:
    """Whether a function of this dotted name compares its arguments."""
    return _COMPARING.search(name.rpartition(".")[2]) is not None


def is_check(call: cst.Call) -> bool:
    """Whether a call compares: `assert_allclose(x, y)`, `tree.map(assert_allclose, x, y)`."""
    name = dotted(call.func) or ""
    if is_comparing(name):
        return True
    maps = _MAPPING.fullmatch(name.rpartition(".")[2]) is not None
    return maps and bool(call.args) and _compares(call.args[0].value)


def _compares(function: cst.BaseExpression) -> bool:
    """Whether a function that is handed on compares what it gets."""
    if isinstance(function, cst.Lambda):
        called = function.body
        return isinstance(called, cst.Call) and is_comparing(dotted(called.func) or "")
    if isinstance(function, cst.Call):
        # `partial(assert_allclose, atol=0.1)`
        return bool(function.args) and _compares(function.args[0].value)
    return is_comparing(dotted(function) or "")


def _compared(call: cst.Call) -> list[cst.BaseExpression]:
    """What a call compares: its first two arguments, or the members of a list."""
    first = call.args[0].value
    if isinstance(first, (cst.List, cst.Tuple)) and len(call.args) == 1:
        return [element.value for element in first.elements]
    return [argument.value for argument in call.args[:2]]
