"""Experiments of a test that never meet: each result is checked, and nothing is made of both.

Numbers that repeat do harm where they are used together. A test that calls `f(key, "low")`, checks
what it returns, calls `f(key, "high")` and checks that, is as good with one key as with two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import libcst as cst

from rnglint.facts.intent.comparisons import is_check
from rnglint.facts.intent.dependence import changed, read
from rnglint.facts.layout import Layout
from rnglint.facts.model import Consumption, KeyReuse
from rnglint.facts.walk import dotted

_TEST = re.compile(r"_*test", re.IGNORECASE)
#: In a function with more statements than this nobody looks where its results go.
_MOST = 400


def never_meet(reuse: KeyReuse, first: int, again: int, layout: Layout) -> bool:
    """Whether a test checks both results, and no statement reads both."""
    home = layout.statements[first].scope
    if _draws(reuse.first) and _draws(reuse.again) and reuse.first.by != reuse.again.by:
        return False
    if layout.statements[again].scope != home or not is_in_a_test(home, layout):
        return False
    indices = _statements(home, layout)
    ones, others = _Trail(first), _Trail(again)
    # Twice, for what a loop carries to its next round.
    for _ in range(2 if reuse.first.loops else 1):
        for index in indices:
            node = layout.nodes[index]
            if ones.reaches(index, node) and others.reaches(index, node):
                return False
            for trail in (ones, others):
                if not trail.follow(index, node):
                    return False
    return ones.checked and others.checked


def rounds_never_meet(reuse: KeyReuse, loop: int, layout: Layout) -> bool:
    """Whether a test checks what each round of a loop makes, and carries nothing on."""
    again = reuse.again.statement
    if again is None or again != reuse.first.statement or _draws(reuse.again):
        return False
    home = layout.statements[again].scope
    inside = [i for i in _statements(home, layout) if loop in layout.statements[i].loops]
    counted = layout.loops[loop].last
    if isinstance(counted, cst.Call) and dotted(counted.func) == "range":
        return False  # so many trials, and all of them are one
    if again not in inside or not is_in_a_test(home, layout):
        return False
    trail = _Trail(again)
    if not all(trail.follow(index, layout.nodes[index]) for index in inside):
        return False
    left = set(trail.names)
    for index in inside:
        node = layout.nodes[index]
        if read(node) & left:
            return False
        left -= changed(node)
    return trail.checked


def _draws(place: Consumption) -> bool:
    """Whether a sampler of JAX consumes a key, at first hand."""
    return place.by.startswith("jax.random.")


def is_in_a_test(scope: int, layout: Layout) -> bool:
    """Whether a scope is that of a test, or inside of one."""
    current = layout.scopes[scope] if scope else None
    while current is not None:
        if current.parent is not None and _TEST.match(current.name):
            return True
        current = current.parent
    return False


def _statements(scope: int, layout: Layout) -> list[int]:
    """The statements of a scope, in source order; none if there are too many."""
    found = [item.index for item in layout.statements if item.scope == scope]
    return found if len(found) <= _MOST else []


@dataclass(slots=True)
class _Trail:
    """What depends on the result of the statement `source`, and whether that is checked."""

    source: int
    names: set[str] = field(default_factory=set)
    checked: bool = False

    def reaches(self, index: int, node: cst.CSTNode) -> bool:
        """Whether a statement depends on the result."""
        return index == self.source or not self.names.isdisjoint(read(node))

    def follow(self, index: int, node: cst.CSTNode) -> bool:
        """Goes on to a statement. Not, if the trail is lost there: in `self`, or returned."""
        bound = changed(node)
        if not self.reaches(index, node):
            self.names -= bound
            return True
        self.names |= bound
        self.checked = self.checked or _checks(node)
        return "self" not in bound and not isinstance(node, (cst.Return, cst.Global, cst.Nonlocal))


def _checks(node: cst.CSTNode) -> bool:
    """Whether a statement is an assertion."""
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        return is_check(node.value)
    return isinstance(node, cst.Assert)
