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
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import pairwise

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts

#: The widths, in columns, that projects agree on.
_USUAL = (80, 88, 100, 120)
#: A statement that consists of one call, or of one list or dictionary, up to what is in it.
_CALL = re.compile(r"\s*(?:[\w., ]+ = |return )?(?:(?:await )?[\w.]+\(|[\[{])")
#: A row that begins with a closing bracket, and a row in the middle of a call.
_CLOSING = re.compile(r"^\s*\)", re.MULTILINE)
_MIDDLE = re.compile(r"[(,]$", re.MULTILINE)
_UNIT = " " * 4
#: A comment, or a text.
_TEXT = re.compile(r"[#'\"]")


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
    inside = _inside(row)
    if inside is None or inside.loop is not None:
        return False
    wide = _indented(row, inside.end - inside.begin + added)
    return not overhang(facts, wide) and _is_statement(facts, span.cell, span.start.row)


def within_width(facts: Facts, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, with line breaks in the calls that they would make too long for one row."""
    edits = tuple(edits)
    rows: defaultdict[tuple[int | None, int], list[Edit]] = defaultdict(list)
    for edit in edits:
        if not edit.content.endswith("\n"):
            rows[edit.span.cell, edit.span.start.row].append(edit)
    breaks = [_breaks(facts, cell, row, found) for (cell, row), found in rows.items()]
    # What is put at one place is put there in this order.
    before = [found[0] for found in breaks if found]
    return *before, *edits, *(edit for found in breaks for edit in found[1:])


def _breaks(facts: Facts, cell: int | None, number: int, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that give what is between the brackets of a row rows of its own, if need be."""
    row = facts.source.line(cell, number)
    inside = _inside(row)
    if inside is None or overhang(facts, len(row)):
        return []
    between = all(
        inside.begin < item.span.start.column
        and item.span.end.column <= inside.end + 1
        and item.span.end.row == number
        and "\n" not in item.content
        for item in edits
    )
    if not between or not overhang(facts, len(row) + _added(edits, 0, len(row))):
        return []
    marks = [inside.begin, inside.end]
    if overhang(facts, _indented(row, inside.end - inside.begin + _added(edits, *marks))):
        marks[1:1] = [inside.loop] if inside.loop else []
    parts = list(pairwise(marks))
    fits = not any(
        overhang(facts, _indented(row, end - begin + _added(edits, begin, end)))
        for begin, end in parts
    )
    if not fits or not _is_statement(facts, cell, number):
        return []
    indent = row[: len(row) - len(row.lstrip())]
    program = facts.source.program
    closes_apart = _CLOSING.search(program) or not _MIDDLE.search(program)
    made = [(begin, begin, f"\n{indent}{_UNIT}") for begin, _ in parts]
    if inside.loop in marks:
        made[1] = (inside.loop - 1, inside.loop, made[1][2])
    made.append((inside.end, inside.end, f"\n{indent}" if closes_apart else ""))
    return [
        Edit(Span(Position(number, begin + 1), Position(number, end + 1), cell), content)
        for begin, end, content in made
    ]


def _added(edits: Sequence[Edit], begin: int, end: int) -> int:
    """How many columns some edits add between two places of their row."""
    return sum(
        len(item.content) - (item.span.end.column - item.span.start.column)
        for item in edits
        if begin <= item.span.start.column - 1 < end or begin == item.span.end.column - 1 == end
    )


def _indented(row: str, columns: int) -> int:
    """The columns of a row of its own for a part of a row."""
    return len(row) - len(row.lstrip()) + len(_UNIT) + columns


def _is_statement(facts: Facts, cell: int | None, row: int) -> bool:
    """Whether a row is a statement, and no part of a longer one."""
    return any(
        item.alone and (item.span.cell, item.span.start.row, item.span.end.row) == (cell, row, row)
        for item in facts.statements
    )


@dataclass(frozen=True, slots=True)
class _Inside:
    """What is between the brackets of a row: where it begins and ends, and the `for` in it."""

    begin: int
    end: int
    loop: int | None


def _inside(row: str) -> _Inside | None:
    """The arguments or the elements, if a row is a statement that is nothing but one bracket."""
    match, indent = _CALL.match(row), len(row) - len(row.lstrip())
    if match is None or row[-1:] not in ")]}" or "\t" in row:
        return None
    depth, loops, filtered, last = 0, list[int](), False, ""
    try:
        for token in tokenize.generate_tokens(StringIO(row.strip()).readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
                if not depth and (token.end[1] != len(row.strip()) or last == ","):
                    return None
            elif depth == 1 and token.string == "for":
                loops.append(indent + token.start[1])
            filtered = filtered or (bool(loops) and depth == 1 and token.string == "if")
            last = token.string
    except (tokenize.TokenError, SyntaxError):
        return None
    loop = loops[0] if len(loops) == 1 and not filtered else None
    return _Inside(match.end(), len(row) - 1, loop) if not depth else None


@lru_cache(maxsize=8)
def _width(program: str) -> int:
    """The narrowest usual width that all but a hundredth of the rows keep to; none: any.

    Rows with comments and texts do not count: such may be too long to be broken, and notebooks
    kept as scripts hold their metadata in comments.
    """
    rows = [len(row) for row in program.splitlines() if not _TEXT.search(row)]
    fitting = (width for width in _USUAL if 100 * sum(row > width for row in rows) <= len(rows))
    return next(fitting, len(program))
