"""Defaults that are made when they are needed, and not once for all."""

from __future__ import annotations

import re

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Default, Facts, ScopeKind, Statement
from rnglint.rewrite.naming import spelling
from rnglint.rewrite.words import words

_DOCUMENTATION = re.compile(r"[rRuUbB]?[\"']")
_UNSEEDED = re.compile(r"((?:[\w.]+\.)?default_rng)\(\)")
_DATACLASS = re.compile(r"(?:dataclasses\.)?dataclass")


def late_fix(facts: Facts, default: Default) -> Fix | None:
    """The fix that makes the value of a default anew each time; None where that is not sure.

    In a function, `None` becomes the default, and the body begins with what makes the value. In a
    dataclass, the field gets a factory.
    """
    if default.value.start.row != default.value.end.row:
        return None
    if facts.scopes[default.owner].kind is ScopeKind.FUNCTION:
        return _in_body(facts, default)
    if facts.scopes[default.owner].kind is ScopeKind.CLASS:
        return _by_factory(facts, default)
    return None


def _in_body(facts: Facts, default: Default) -> Fix | None:
    first = _first_statement(facts, default.owner)
    annotation = _optional(facts, default)
    if first is None or annotation is None or not _means_the_same(facts, default):
        return None
    value, name, indent = facts.text(default.value), default.name, first.indent
    unseeded = _UNSEEDED.fullmatch(value)
    if unseeded:
        lines = f"{indent}{name} = {unseeded[1]}({name})\n"
    else:
        step = _step(facts, default, first)
        lines = f"{indent}if {name} is None:\n{indent}{step}{name} = {value}\n"
    start = Position(first.span.start.row, 1)
    edits = (
        *annotation,
        Edit(default.value, "None"),
        Edit(Span(start, start, first.span.cell), lines),
    )
    return Fix(f"Make `{name}` in the body", edits, Applicability.UNSAFE)


def _first_statement(facts: Facts, owner: int) -> Statement | None:
    """The first line of a function's body, its documentation left out, if lines fit before it."""
    body = [item for item in facts.statements if item.scope == owner]
    suite = [item for item in body if item.block == body[0].block]
    for item in suite[:2]:
        if item.kind == "Expr" and _DOCUMENTATION.match(facts.text(item.span)):
            continue
        plain = item.alone and item.kind not in ("FunctionDef", "ClassDef")
        return item if plain and item.span.start.row > facts.scopes[owner].span.start.row else None
    return None


def _means_the_same(facts: Facts, default: Default) -> bool:
    """Whether the value may be made in the body: it reads no name that the body or a class binds.

    The default of a function within a function may hold what a variable was at that time.
    """
    read = set(words(facts.text(default.value)))
    scope = facts.scopes[default.scope]
    if scope.kind is ScopeKind.CLASS:
        return scope.parent == 0 and read.isdisjoint(
            scope.names | facts.scopes[default.owner].names
        )
    return scope.kind is ScopeKind.MODULE and read.isdisjoint(facts.scopes[default.owner].names)


def _optional(facts: Facts, default: Default) -> tuple[Edit, ...] | None:
    """The edits that allow None in the annotation; None where they might not run."""
    if default.annotation is None:
        return ()
    text = facts.text(default.annotation)
    if "None" in text or "Optional" in text:
        return ()
    late = any(item.qualified == "__future__.annotations" for item in facts.imports)
    if not late or not re.fullmatch(r"[\w.]+", text):
        return None
    end = Span(default.annotation.end, default.annotation.end, default.annotation.cell)
    return (Edit(end, " | None"),)


def _step(facts: Facts, default: Default, first: Statement) -> str:
    """The white space by which a suite of this file is indented."""
    if first.parent is None:
        return "    "
    outer = facts.statements[first.parent].indent
    return first.indent[len(outer) :] or "    "


def _by_factory(facts: Facts, default: Default) -> Fix | None:
    owner = facts.scopes[default.owner]
    if not any(_DATACLASS.fullmatch(name) for name in owner.decorators):
        return None
    if default.annotation is None or not _read_outside(facts, default):
        return None
    holders = [item for item in facts.statements if item.span.contains(default.value)]
    known = spelling(facts, "dataclasses.field", default.owner, holders[-1].index)
    if known is None:
        return None
    content = f"{known.text}(default_factory=lambda: {facts.text(default.value)})"
    edits = (*known.edits, Edit(default.value, content))
    return Fix(f"Make `{default.name}` anew for each object", edits, Applicability.UNSAFE)


def _read_outside(facts: Facts, default: Default) -> bool:
    """Whether a value reads no name of its class body, which no lambda there can see."""
    return facts.scopes[default.owner].names.isdisjoint(words(facts.text(default.value)))
