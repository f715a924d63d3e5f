"""How wide the lines of a source are: what a fix writes keeps to that, where it can.

It takes shorter names, a line of its own for a split, and, where a call with its arguments would
become too long, the line break that formatters put there:

    rng, obs = env.step(rng, state, action)        rng, obs = env.step(
                                                       step_rng, state, action
                                                   )
"""

from __future__ import annotations

import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import StringIO

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts

#: The widths, in columns, that projects agree on.
_USUAL = (80, 88, 100, 120)
#: A statement that consists of one call, up to its arguments.
_CALL = re.compile(r"\s*(?:[\w., ]+ = |return )?(?:await )?[\w.]+\(")
#: A row that begins with a closing bracket, and a row in the middle of a call.
_CLOSING = re.compile(r"^\s*\)", re.MULTILINE)
_MIDDLE = re.compile(r"[(,]$", re.MULTILINE)
_UNIT = " " * 4


def overhang(facts: Facts, columns: int) -> int:
    """How many of so many columns are beyond the width that nearly all rows keep to."""
    return max(0, columns - _width(facts.source.program))


def columns_with(facts: Facts, span: Span, added: int) -> int:
    """The columns of the row on which `span` starts, with so many more."""
    return len(facts.source.line(span.cell, span.start.row)) + added


def is_breakable(facts: Facts, span: Span, added: int) -> bool:
    """Whether the row on which `span` starts is a call whose arguments fit on a row of their own.

    They have so many columns more then.
    """
    row = facts.source.line(span.cell, span.start.row)
    opening = _opening(row)
    if opening is None or not _fits(facts, row, row[opening + 1 : -1], added):
        return False
    return _is_statement(facts, span.cell, span.start.row)


def within_width(facts: Facts, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, with line breaks in the calls that they would make too long for one row."""
    edits = tuple(edits)
    rows: defaultdict[tuple[int | None, int], list[Edit]] = defaultdict(list)
    for edit in edits:
        if not edit.content.endswith("\n"):
            rows[edit.span.cell, edit.span.start.row].append(edit)
    breaks = [_breaks(facts, cell, row, found) for (cell, row), found in rows.items()]
    # What is put at one place is put there in this order.
    openings = [pair[0] for pair in breaks if pair]
    return *openings, *edits, *(pair[1] for pair in breaks if pair)


def _breaks(
    facts: Facts, cell: int | None, number: int, edits: Sequence[Edit]
) -> tuple[Edit, Edit] | None:
    """The edits that put the arguments of the call on a row on a row of their own, if need be."""
    row = facts.source.line(cell, number)
    opening = _opening(row)
    if opening is None or overhang(facts, len(row)):
        return None
    begin, end = Position(number, opening + 2), Position(number, len(row))
    inside = all(
        begin <= item.span.start and item.span.end <= end and "\n" not in item.content
        for item in edits
    )
    added = sum(
        len(item.content) - (item.span.end.column - item.span.start.column) for item in edits
    )
    if not inside or not overhang(facts, len(row) + added):
        return None
    if not _fits(facts, row, row[opening + 1 : -1], added):
        return None
    if not _is_statement(facts, cell, number):
        return None
    indent = row[: len(row) - len(row.lstrip())]
    program = facts.source.program
    closes_apart = _CLOSING.search(program) or not _MIDDLE.search(program)
    return (
        Edit(Span(begin, begin, cell), f"\n{indent}{_UNIT}"),
        Edit(Span(end, end, cell), f"\n{indent}" if closes_apart else ""),
    )


def _is_statement(facts: Facts, cell: int | None, row: int) -> bool:
    """Whether a row is a statement, and no part of a longer one."""
    return any(
        item.alone and (item.span.cell, item.span.start.row, item.span.end.row) == (cell, row, row)
        for item in facts.statements
    )


def _fits(facts: Facts, row: str, arguments: str, added: int) -> bool:
    """Whether arguments fit on a row of their own, with so many columns more."""
    indent = len(row) - len(row.lstrip())
    wide = indent + len(_UNIT) + len(arguments) + added
    return not overhang(facts, wide) and not arguments.rstrip().endswith(",")


def _opening(row: str) -> int | None:
    """Where the arguments begin, if a row is a statement that is nothing but one call."""
    match = _CALL.match(row)
    if match is None or not row.endswith(")") or "\t" in row:
        return None
    depth = 0
    try:
        for token in tokenize.generate_tokens(StringIO(row.strip()).readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
                if not depth and token.end[1] != len(row.strip()):
                    return None
    except (tokenize.TokenError, SyntaxError):
        return None
    return match.end() - 1 if not depth else None


@lru_cache(maxsize=8)
def _width(program: str) -> int:
    """The narrowest usual width that all but a twentieth of the rows keep to; none: any.

    Rows of comments do not count: notebooks kept as scripts hold their metadata in such.
    """
    rows = [len(row) for row in program.splitlines() if not row.lstrip().startswith("#")]
    fitting = (width for width in _USUAL if 20 * sum(row > width for row in rows) <= len(rows))
    return next(fitting, len(program))
