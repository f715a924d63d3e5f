"""Fixes that give each run of a transformed function a key of its own.

jax.vmap(noisy, in_axes=(None, 0))(key, xs)    jax.vmap(noisy, in_axes=(0, 0))(
                                                   jax.random.split(key, xs.shape[0]), xs)
jax.vmap(lambda x: x + normal(key))(xs)        jax.vmap(lambda key, x: x + normal(key))(
                                                   jax.random.split(key, xs.shape[0]), xs)
fori_loop(0, n, lambda i, x: normal(key), 0)   … lambda i, x: normal(fold_in(key, i)) …
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Argument, Call, Facts, KeyBroadcast, KeyCapture, Scope, ScopeKind
from rnglint.rewrite.naming import Spelling, assigned_name, spelling
from rnglint.rewrite.words import code, words

#: What only arrays have, and how arrays are made.
_OF_ARRAYS = r"\.(?:shape|ndim|dtype|at|T|sum|mean|reshape|astype)\b"
_MADE = r"(?:jnp|jax\.numpy|np|numpy|jax\.random|random|jr)\.\w+\("
_ANNOTATED = r"[\w.]*(?:Array|ndarray|Float|Int)\b"
_ARANGE = re.compile(r"(?:\w+\.)*arange\((?!.*(?:\d\.|float))")
#: The parameter that counts the runs of a function, by what runs it.
_COUNTED = {"jax.lax.fori_loop": 0, "jax.lax.map": 0, "jax.vmap": 0, "jax.lax.scan": 1}
_RUNNING = frozenset({*_COUNTED, "jax.pmap"})


@dataclass(frozen=True, slots=True)
class _Applied:
    """The call of what a transformation makes: the place after its "(", and its arguments."""

    start: Position
    arguments: tuple[tuple[str, Span], ...]


def broadcast_fix(facts: Facts, broadcast: KeyBroadcast) -> Fix | None:
    """Splits the key and maps over the keys, where the call and the number of lanes are seen."""
    key, call = broadcast.argument, _call(facts, broadcast.span)
    applied = _applied(facts, call) if call else None
    if call is None or applied is None or facts.text(key.span) != key.text:
        return None
    spans = [span for _, span in applied.arguments]
    axes = _axes(facts, call)
    if key.span not in spans or axes is None or len(axes) != len(spans):
        return None
    lane, place = axes[spans.index(key.span)]
    others = [
        text
        for index, (text, _) in enumerate(applied.arguments)
        if axes[index][0] == 0 and _is_array(facts, key.scope, text, _mapped(facts, call), index)
    ]
    split = _spelled(facts, "split", key.scope, call)
    if lane is not None or not others or split is None:
        return None
    keys = f"{split.text}({key.text}, {others[0]}.shape[0])"
    return _fix(key.text, split, Edit(place, "0"), Edit(key.span, keys))


def captured_fix(facts: Facts, capture: KeyCapture) -> Fix | None:
    """Folds the number of the run into the key, or makes the key a parameter to be mapped over."""
    key, call = capture.consumption, _call(facts, capture.span)
    if call is None or capture.loop is not None or not key.text.isidentifier():
        return None
    body, function = facts.scopes[key.scope], _mapped(facts, call, only=True)
    if facts.text(key.span) != key.text or function is None or function != body:
        return None
    applied = _applied(facts, call) if capture.by == "jax.vmap" else None
    if index := _index(facts, capture, call, body, applied):
        fold_in = _spelled(facts, "fold_in", key.scope, call)
        if fold_in is None or words(facts.text(body.span))[key.text] != 1:
            return None
        return _fix(key.text, fold_in, Edit(key.span, f"{fold_in.text}({key.text}, {index})"))
    if applied is None or len(call.arguments) != 1 or key.text in body.parameters:
        return None
    first = _parameters(facts, body)
    sizes = [
        text
        for index, (text, _) in enumerate(applied.arguments)
        if _is_array(facts, body.parent or 0, text, body, index)
    ]
    split = _spelled(facts, "split", body.parent or 0, call)
    if first is None or not sizes or split is None:
        return None
    start = Span(applied.start, applied.start, call.span.cell)
    keys = f"{split.text}({key.text}, {sizes[0]}.shape[0]), "
    return _fix(key.text, split, Edit(first, f"{key.text}, "), Edit(start, keys))


def _fix(name: str, spelled: Spelling, *edits: Edit) -> Fix:
    message = f"Make a key of `{name}` for each run"
    return Fix(message, (*spelled.edits, *edits), Applicability.UNSAFE)


def _spelled(facts: Facts, name: str, scope: int, call: Call) -> Spelling | None:
    """How a function of `jax.random` is written in a scope, when a transformation is called."""
    before = [item.index for item in facts.statements if item.span.contains(call.span)]
    return spelling(facts, f"jax.random.{name}", scope, before[-1]) if before else None


def _call(facts: Facts, span: Span) -> Call | None:
    """The call of a transformation at a place, where it is written out."""
    for reference in facts.references:
        if (
            reference.call
            and reference.call.span == span
            and reference.qualified in (*_COUNTED, "jax.pmap")
        ):
            return reference.call
    return None


def _mapped(facts: Facts, call: Call, *, only: bool = False) -> Scope | None:
    """The lambda, or the function of this file (used `only` here), that a transformation gets."""
    inside = [
        scope
        for scope in facts.scopes
        if scope.kind is ScopeKind.LAMBDA and call.arguments_span.contains(scope.span)
    ]
    if inside:
        return inside[0]
    named = [item.text for item in call.arguments if item.kind == "Name"]
    found = [
        scope
        for scope in facts.scopes
        if scope.kind is ScopeKind.FUNCTION and scope.name in named and not scope.decorators
        if _holder_text(facts, scope, call) is not None
    ]
    if not found:
        return None
    text = _holder_text(facts, found[-1], call) or ""
    return found[-1] if not only or words(text)[found[-1].name] == 2 else None


def _holder_text(facts: Facts, function: Scope, call: Call) -> str | None:
    """The text of the scope in which a function is defined, if a call stands in it as well."""
    if not function.parent:
        return facts.source.program
    holder = facts.scopes[function.parent].span
    return facts.text(holder) if holder.contains(call.span) else None


def _applied(facts: Facts, call: Call) -> _Applied | None:
    """What the result of a call is called with, in one row.

    `vmap(f)(x, y)`, `jit(vmap(f))(x, y)`, or `g(x, y)` after `g = vmap(f)` that nobody else uses.
    """
    end, cell = call.span.end, call.span.cell
    row = facts.source.line(cell, end.row)
    for bracket in ("(", ")("):
        if row.startswith(bracket, end.column - 1):
            before = facts.source.line(cell, call.span.start.row)[: call.span.start.column - 1]
            if bracket == "(" or before.endswith("jit("):
                return _arguments(facts, Position(end.row, end.column + len(bracket) - 1), cell)
    statement = next((item for item in facts.statements if item.span.end == end), None)
    if statement is None or statement.kind != "Assign" or statement.span.cell != cell:
        return None
    name = assigned_name(facts, statement.index, call.span)
    scope = facts.scopes[statement.scope]
    if name is None or scope.parent is None or words(facts.text(scope.span))[name] != 2:
        return None
    for item in facts.statements[statement.index + 1 :]:
        if item.scope == scope.index and item.span.start.row == item.span.end.row:
            found = re.search(rf"\b{name}\(", facts.text(item.span))
            if found:
                start = item.span.start
                bracket_at = Position(start.row, start.column + found.end() - 1)
                return _arguments(facts, bracket_at, cell)
    return None


def _arguments(facts: Facts, bracket: Position, cell: int | None) -> _Applied | None:
    """The positional arguments of a call whose bracket opens at a place, if they end in its row."""
    row = facts.source.line(cell, bracket.row)
    rest = row[bracket.column - 1 :]
    for close in re.finditer(r"\)", rest) if row.isascii() else ():
        try:
            node = ast.parse("f" + rest[: close.end()], mode="eval").body
        except SyntaxError:
            continue
        if not isinstance(node, ast.Call) or node.keywords:
            return None
        ends = [(item.col_offset - 1, item.end_col_offset) for item in node.args]
        spans = [_within(bracket, first, last, cell) for first, last in ends]
        start = Position(bracket.row, bracket.column + 1)
        return _Applied(start, tuple((facts.text(span), span) for span in spans))
    return None


def _within(start: Position, first: int, last: int | None, cell: int | None) -> Span:
    """A stretch of a row by its offsets, of which the second counts one letter more."""
    end = first if last is None else last - 1
    return Span(
        Position(start.row, start.column + first), Position(start.row, start.column + end), cell
    )


def _axes(facts: Facts, call: Call) -> list[tuple[int | None, Span]] | None:
    """The `in_axes` of a call, and where each stands; None where they are not written out."""
    given: Sequence[Argument] = [item for item in call.arguments if item.keyword == "in_axes"]
    given = given or [item for item in call.arguments[1:2] if not item.keyword]
    if len(given) != 1 or given[0].kind not in ("Tuple", "List") or "\n" in given[0].text:
        return None
    text, start = facts.text(given[0].value), given[0].value.start
    node = ast.parse(text, mode="eval").body
    items = node.elts if isinstance(node, (ast.Tuple, ast.List)) and text.isascii() else []
    found: list[tuple[int | None, Span]] = []
    for item in items:
        value = item.value if isinstance(item, ast.Constant) else -1
        if not isinstance(value, (int, type(None))):
            return None
        end = (item.end_col_offset or 0) + 1
        found.append((value, _within(start, item.col_offset, end, call.span.cell)))
    return found


def _index(
    facts: Facts, capture: KeyCapture, call: Call, body: Scope, applied: _Applied | None
) -> str | None:
    """The parameter that is another number in each run."""
    position = _COUNTED.get(capture.by)
    if position is None or len(body.parameters) <= position:
        return None
    if capture.by == "jax.vmap":
        over = [text for text, _ in applied.arguments] if applied else []
        if len(call.arguments) != 1:
            return None
    else:
        over = [item.text for item in call.arguments[position + 1 :] if not item.keyword]
    counts = capture.by == "jax.lax.fori_loop" or (over and _ARANGE.match(over[0]))
    name = body.parameters[position]
    bound = re.search(rf"^\s*{name}\b\s*[+*-]?=(?!=)", facts.text(body.span), re.MULTILINE)
    return name if counts and not bound and not name.startswith("_") else None


def _parameters(facts: Facts, body: Scope) -> Span | None:
    """The place of the first parameter of a function that has one."""
    text, start = facts.text(body.span), body.span.start
    pattern = r"lambda\s+" if body.kind is ScopeKind.LAMBDA else rf"def\s+{body.name}\s*\(\s*"
    found = re.match(pattern, text)
    if found is None or "\n" in found[0] or not body.parameters:
        return None
    place = Position(start.row, start.column + found.end())
    return Span(place, place, body.span.cell)


def _is_array(facts: Facts, scope: int, text: str, function: Scope | None, index: int) -> bool:
    """Whether what is mapped over is an array, whose length is the number of lanes."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*", text):
        return False
    name, home = re.escape(text), code(facts.text(facts.scopes[scope].span))
    if re.search(rf"\b{name}{_OF_ARRAYS}|\b{name}\s*=\s*{_MADE}|\b{name}\s*:\s*{_ANNOTATED}", home):
        return True
    if function is None or index >= len(function.parameters):
        return False
    parameter = re.escape(function.parameters[index])
    return re.search(rf"\b{parameter}{_OF_ARRAYS}", code(facts.text(function.span))) is not None
