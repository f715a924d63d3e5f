"""Results that are compared with each other, statements after they were made."""

from __future__ import annotations

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.intent.comparisons import comparisons
from rnglint.facts.intent.dependence import changed, targets, value_names
from rnglint.facts.layout import Layout
from rnglint.facts.model import KeyReuse
from rnglint.facts.walk import descendants, dotted, names_in

#: Results that are compared are compared within so many statements.
_FARTHEST = 400


def compared_later(reuse: KeyReuse, first: int, again: int, layout: Layout) -> bool:
    """Whether what came of one statement is later compared with what came of the other.

    Follows names through assignments, in source order: one side of the comparison must depend on
    the first result alone, the other on the second alone.
    """
    home = layout.statements[first].scope
    start, end = min(first, again), max(first, again)
    if layout.statements[again].scope != home or end - start > _FARTHEST:
        return False
    pair = reuse.first.by == reuse.again.by
    alike = pair and not reuse.first.by.startswith("jax.random.")
    ones: set[str] = set()
    others: set[str] = set()
    for index in range(start, min(end + _FARTHEST, len(layout.statements))):
        if layout.statements[index].scope != home:
            continue
        node = layout.nodes[index]
        if index > end and _tells_apart(node, ones, others, alike=alike):
            return True
        if index > end and pair and _subtracts(node, ones, others):
            return True
        if index == again and _compares_with(node, reuse.again.span, ones, layout):
            return True
        _carry(node, index, (first, again), ones, others)
    return False


def _compares_with(node: cst.CSTNode, span: Span, ones: set[str], layout: Layout) -> bool:
    """Whether an assertion compares what stands at `span` with what depends on the names `ones`."""
    if not isinstance(node, (cst.Assert, cst.Expr)):
        return False
    for sides in comparisons(node):
        for side, other in (sides, sides[::-1]):
            if layout.tree.span(side).contains(span) and names_in(other) & ones:
                return True
    return False


def _subtracts(node: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    """Whether a statement takes the difference of two results: the noise in them cancels."""
    if not isinstance(node, (cst.Assign, cst.Return)):
        return False
    return any(
        isinstance(item, cst.BinaryOperation)
        and isinstance(item.operator, cst.Subtract)
        and _are_apart(item.left, item.right, ones, others)
        for item in descendants(node)
    )


def _tells_apart(node: cst.CSTNode, ones: set[str], others: set[str], *, alike: bool) -> bool:
    """Whether a statement asserts something of the one result and the other.

    If they are `alike`, made by one function, the second may have been made out of the first.
    """
    if isinstance(node, cst.BaseCompoundStatement):
        return False
    if not isinstance(node, (cst.Assert, cst.Expr)):
        return False
    return any(
        _are_apart(left, right, ones, others) or (alike and _follows(left, right, ones, others))
        for left, right in comparisons(node)
    )


def _follows(left: cst.CSTNode, right: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    """Whether one side depends on the first result alone, and the other on the second."""
    sides = names_in(left), names_in(right)
    first_alone = [bool(side & ones) and not side & others for side in sides]
    return any(
        alone and bool(other & others)
        for alone, other in zip(first_alone, reversed(sides), strict=True)
    )


def _are_apart(left: cst.CSTNode, right: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    """Whether one side depends on the first result alone, the other on the second alone."""
    left_names, right_names = names_in(left), names_in(right)
    for side, other_side in ((left_names, right_names), (right_names, left_names)):
        only_ones = side & ones and not side & others
        only_others = other_side & others and not other_side & ones
        if only_ones and only_others:
            return True
    return False


def _carry(
    node: cst.CSTNode,
    index: int,
    places: tuple[int, int],
    ones: set[str],
    others: set[str],
) -> None:
    if isinstance(node, cst.For) and _is_zip(node):
        _carry_pairs(node, ones, others)
        return
    # `sampler.run(key)` leaves its result in the object.
    bound = set(targets(node)) or (set(changed(node)) if index in places else set())
    mentioned = value_names(node)
    for place, names in zip(places, (ones, others), strict=True):
        if index == place or names & mentioned:
            names |= bound
        elif not isinstance(node, cst.AugAssign):
            names -= bound


def _is_zip(node: cst.For) -> bool:
    """Whether a loop goes through `zip(…)` with a variable for each part."""
    return (
        isinstance(node.iter, cst.Call)
        and dotted(node.iter.func) == "zip"
        and isinstance(node.target, (cst.Tuple, cst.List))
        and len(node.target.elements) == len(node.iter.args)
    )


def _carry_pairs(node: cst.For, ones: set[str], others: set[str]) -> None:
    """What a loop over `zip(a, b)` takes out of `a` depends on what `a` does."""
    assert isinstance(node.iter, cst.Call) and isinstance(node.target, (cst.Tuple, cst.List))
    parts = [names_in(argument.value) for argument in node.iter.args]
    for element, mentioned in zip(node.target.elements, parts, strict=True):
        for names in (ones, others):
            if names & mentioned:
                names |= names_in(element.value)
