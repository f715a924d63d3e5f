"""Defaults that are made when they are needed, and not once for all."""

from __future__ import annotations

import re

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Default, Facts, Reference, ScopeKind, Statement
from rnglint.rewrite.naming import spelling
from rnglint.rewrite.words import words

_DOCUMENTATION = re.compile(r"[rRuUbB]?[\"']")
#: Makers of generators that take None for a seed, and whether they also take a generator.
_MAKERS = {
    "numpy.random.default_rng": True,
    "numpy.random.RandomState": False,
    "random.Random": False,
}
_DATACLASS = re.compile(r"(?:dataclasses\.)?dataclass")


def late_fix(facts: Facts, default: Default, held: Reference) -> Fix | None:
    """The fix that makes the value of a default anew each time; None where that is not sure.

    In a function, `None` becomes the default, and the body begins with what makes the value. In a
    dataclass, the field gets a factory. A generator that is made each time is made without a seed,
    since all of them would draw the same numbers.
    """
    if held.call is None or held.call.span != default.value:
        return None
    makes = held.entry.effect == "make"
    if makes and held.entry.qualified not in _MAKERS:
        return None
    if default.value.start.row != default.value.end.row:
        return None
    value = f"{held.text}()" if makes else facts.text(default.value)
    if facts.scopes[default.owner].kind is ScopeKind.FUNCTION:
        if _MAKERS.get(held.entry.qualified):
            return _in_body(facts, default, f"{default.name} = {held.text}({default.name})", "")
        return _in_body(facts, default, f"{default.name} = {value}", f"if {default.name} is None:")
    if facts.scopes[default.owner].kind is ScopeKind.CLASS:
        return _by_factory(facts, default, value)
    return None


def _in_body(facts: Facts, default: Default, line: str, condition: str) -> Fix | None:
    first = _first_statement(facts, default.owner)
    annotation = _optional(facts, default)
    if first is None or annotation is None or not _means_the_same(facts, default):
        return None
    lines = f"{first.indent}{line}\n"
    if condition:
        lines = f"{first.indent}{condition}\n{_step(facts, first)}{lines}"
    start = Position(first.span.start.row, 1)
    edits = (
        *annotation,
        Edit(default.value, "None"),
        Edit(Span(start, start, first.span.cell), lines),
    )
    return Fix(f"Make `{default.name}` in the body", edits, Applicability.UNSAFE)


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


def _step(facts: Facts, first: Statement) -> str:
    """The white space by which a suite of this file is indented."""
    if first.parent is None:
        return "    "
    outer = facts.statements[first.parent].indent
    return first.indent[len(outer) :] or "    "


def _by_factory(facts: Facts, default: Default, value: str) -> Fix | None:
    owner = facts.scopes[default.owner]
    if not any(_DATACLASS.fullmatch(name) for name in owner.decorators):
        return None
    if default.annotation is None or not _read_outside(facts, default):
        return None
    holders = [item for item in facts.statements if item.span.contains(default.value)]
    known = spelling(facts, "dataclasses.field", default.owner, holders[-1].index)
    if known is None:
        return None
    made = value.removesuffix("()")
    factory = made if made.replace(".", "").isidentifier() else f"lambda: {value}"
    content = f"{known.text}(default_factory={factory})"
    edits = (*known.edits, Edit(default.value, content))
    return Fix(f"Make `{default.name}` anew for each object", edits, Applicability.UNSAFE)


def _read_outside(facts: Facts, default: Default) -> bool:
    """Whether a value reads no name of its class body, which no lambda there can see."""
    return facts.scopes[default.owner].names.isdisjoint(words(facts.text(default.value)))
