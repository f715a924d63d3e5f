"""A keyword argument more: at the end of a function's parameters, or of a call's arguments.

Works on tokens, because an insertion has to respect trailing commas, comments and line breaks.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from itertools import pairwise

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts, Scope

_IDLE = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def with_parameter(facts: Facts, function: Scope, text: str) -> Edit | None:
    """The edit that gives a function one more keyword-only parameter; None if it cannot be made."""
    brackets = next(_bracketed(facts, function, frozenset({function.name}), defined=True), None)
    if brackets is None:
        return None
    inside = brackets[1:-1]
    top = [token for token, depth in inside if depth == 1]
    starred = any(token.string == "*" for token in top)
    addition = text if starred else f"*, {text}"
    double = next((token for token in top if token.string == "**"), None)
    if double is not None:
        return _edit(function, double.start, f"{addition}, ")
    return _appended(function, brackets, addition)


def with_argument(
    facts: Facts, function: Scope, called: frozenset[str], text: str
) -> Iterator[Edit]:
    """The edits that pass one more keyword argument in each call of `called` in a function."""
    keyword = text.partition("=")[0]
    for brackets in _bracketed(facts, function, called, defined=False):
        words = {token.string for token, depth in brackets if depth == 1}
        if keyword not in words and "for" not in words:
            yield _appended(function, brackets, text)


_Token = tuple[tokenize.TokenInfo, int]


def _appended(function: Scope, brackets: list[_Token], text: str) -> Edit:
    last, _ = brackets[-2]
    if len(brackets) == 2:
        return _edit(function, brackets[-1][0].start, text)
    return _edit(function, last.end, f" {text}," if last.string == "," else f", {text}")


def _bracketed(
    facts: Facts, function: Scope, names: frozenset[str], *, defined: bool
) -> Iterator[list[_Token]]:
    """What stands from "(" to ")" behind each of `names`, with its depth: called, or defined."""
    tokens = _tokens(facts.text(function.span))
    for index, (before, token) in enumerate(pairwise(tokens)):
        if token.string not in names or (before.string == "def") != defined:
            continue
        follows = tokens[index + 2] if index + 2 < len(tokens) else None
        if before.string != "." and follows and follows.string == "(":
            found = list(_until_closed(tokens[index + 2 :]))
            if found[-1][1] == 0:
                yield found


def _until_closed(tokens: list[tokenize.TokenInfo]) -> Iterator[_Token]:
    depth = 0
    for token in tokens:
        depth += (token.string in _OPENING) - (token.string in _CLOSING)
        yield token, depth
        if depth == 0:
            return


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    """The tokens of a function, as far as they can be told apart; line breaks left out."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in _IDLE:
                found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _edit(function: Scope, place: tuple[int, int], text: str) -> Edit:
    start = function.span.start
    column = place[1] + (start.column if place[0] == 1 else 1)
    position = Position(start.row + place[0] - 1, column)
    return Edit(Span(position, position, function.span.cell), text)
