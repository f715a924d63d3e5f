"""Splitting a JAX key before it is consumed: `key, subkey = jax.random.split(key)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Consumption, Facts, KeyReuse, ScopeKind, Statement
from rnglint.rewrite.naming import spelling

_NAMES = ("subkey", "sub_key", "split_key", "next_key")
#: Statements that are no place for a line of their own before a key inside of them.
_DEFINITIONS = frozenset({"FunctionDef", "ClassDef"})


def split_fix(facts: Facts, reuse: KeyReuse) -> Fix | None:
    """The fix that splits the key where it is first consumed; the later use gets a fresh one.

    If the later use stands in a loop that the first does not, it is split there as well, for the
    next round. None where no line can be put before a place, or the key has no plain name there.
    """
    if not reuse.same_binding:
        return None
    places = [reuse.first]
    if reuse.loop is None and not _shares_loops(reuse) and not renews(facts, reuse.again):
        places.append(reuse.again)
    edits: list[Edit] = []
    for place in places:
        found = split_edits(facts, place)
        if found is None:
            return None
        edits += found
    name = reuse.first.text
    return Fix(f"Split `{name}` before it is consumed", tuple(edits), Applicability.UNSAFE)


def split_edits(facts: Facts, place: Consumption) -> list[Edit] | None:
    """The edits that put a split before the statement of `place` and use the subkey there."""
    if not place.rewritable or place.statement is None:
        return None
    statement = facts.statements[place.statement]
    if not statement.alone or statement.kind in _DEFINITIONS:
        return None
    if _is_captured(facts, place.scope, place.text):
        return None
    split = spelling(facts, "jax.random.split", place.scope, statement.index)
    subkey = _subkey(facts, statement)
    if split is None or subkey is None:
        return None
    start = Position(statement.span.start.row, 1)
    line = f"{statement.indent}{place.text}, {subkey} = {split.text}({place.text})\n"
    return [
        *split.edits,
        Edit(Span(start, start, statement.span.cell), line),
        Edit(place.span, subkey),
    ]


def renews(facts: Facts, place: Consumption) -> bool:
    """Whether the statement of `place` is `key, … = split(key)`: it leaves a fresh key behind."""
    if place.statement is None or place.by != "jax.random.split":
        return False
    left, equals, _ = facts.text(facts.statements[place.statement].span).partition("=")
    return bool(equals) and place.text in [name.strip() for name in left.split(",")]


def _shares_loops(reuse: KeyReuse) -> bool:
    """Whether every loop around the later use is also around the first."""
    return reuse.again.loops == reuse.first.loops[: len(reuse.again.loops)]


def _subkey(facts: Facts, statement: Statement) -> str | None:
    """A name that may be bound right before `statement` without hurting another use of it."""
    return next((name for name in _NAMES if _may_bind(facts, name, statement)), None)


def _may_bind(facts: Facts, name: str, statement: Statement) -> bool:
    scope = facts.scopes[statement.scope]
    if name in scope.outer or _is_captured(facts, scope.index, name):
        return False
    if name not in scope.mentioned:
        return True
    return name in scope.names and not _is_read_later(facts, name, statement)


def _is_captured(facts: Facts, scope: int, name: str) -> bool:
    """Whether a function or class inside of `scope` reads its `name`."""
    inside = {scope}
    for item in facts.scopes:
        if item.parent not in inside or item.index == scope:
            continue
        inside.add(item.index)
        own = item.kind is ScopeKind.COMPREHENSION or name in item.names
        if name in item.mentioned and not own:
            return True
    return False


def _is_read_later(facts: Facts, name: str, statement: Statement) -> bool:
    """Whether a value that `name` already has may still be read after `statement`.

    It is not if the next mention of the name, in source order, binds it in the statement's own
    suite or one around it; in a loop, the first mention in the loop has to bind it as well.
    """
    mentions = list(_mentions(facts, name, statement.scope))
    suites = {item.block for item in _around(facts, statement)}
    later = [item for item in mentions if item.index > statement.index]
    if later and not (_binds(facts, later[0], name) and later[0].block in suites):
        return True
    if not statement.loops:
        return False
    start = facts.loops[statement.loops[0]].statement
    inside = [item for item in mentions if start is not None and item.index > start]
    return bool(inside) and not _binds(facts, inside[0], name)


def _mentions(facts: Facts, name: str, scope: int) -> Iterator[Statement]:
    word = re.compile(rf"\b{name}\b")
    for item in facts.statements:
        if item.scope == scope and word.search(_own_text(facts, item)):
            yield item


def _own_text(facts: Facts, statement: Statement) -> str:
    """The text of a simple statement, or of the first row of a compound one."""
    text = facts.text(statement.span)
    compound = any(
        item.parent == statement.index
        for item in facts.statements[statement.index + 1 : statement.index + 2]
    )
    return text.partition("\n")[0] if compound else text


def _binds(facts: Facts, statement: Statement, name: str) -> bool:
    target, equals, value = facts.text(statement.span).partition("=")
    if statement.kind != "Assign" or not equals or value.startswith("="):
        return False
    words = [word.strip() for word in target.split(",")]
    return name in words and not re.search(rf"\b{name}\b", value)


def _around(facts: Facts, statement: Statement) -> Iterator[Statement]:
    current: int | None = statement.index
    while current is not None:
        yield facts.statements[current]
        current = facts.statements[current].parent
