"""Moving a statement that seeds out of the loop that repeats it."""

from __future__ import annotations

import re

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Facts, Loop, SeedReset, Statement
from rnglint.rewrite.key_line import split_edits
from rnglint.rewrite.key_places import renews

_TARGET = re.compile(r"(\w+)\s*=\s*$")


def hoist_fix(facts: Facts, reset: SeedReset) -> Fix | None:
    """The fix that sets the seed once, before the loop.

    Offered where the seeding is a line of its own right in the loop's suite, and nothing
    before it in a round depends on what it sets. A key that is moved out and consumed in the loop
    is split there in the same step. None otherwise.
    """
    statement = _line(facts, reset)
    header = _destination(facts, reset, statement) if statement else None
    if statement is None or header is None:
        return None
    splits = _splits(facts, reset, statement)
    if splits is None:
        return None
    move = _move(facts, statement, header)
    return Fix("Set the seed once, before the loop", (*move, *splits), Applicability.UNSAFE)


def _destination(facts: Facts, reset: SeedReset, statement: Statement) -> Statement | None:
    """The outermost loop that repeats the seed; None if the line may not move in front of it."""
    words = set(re.findall(r"\w+", reset.seed))
    moving, destination = statement, None
    for index in reversed(statement.loops):
        loop = facts.loops[index]
        if loop.varying & words:
            return destination
        if loop.statement is None or moving.parent != loop.statement:
            return None
        header = facts.statements[loop.statement]
        if not header.alone or not _can_move(facts, reset, statement, moving, loop):
            return None
        moving = destination = header
    return destination


def _line(facts: Facts, reset: SeedReset) -> Statement | None:
    """The statement, if it is one line that only seeds: `seed(0)` or `name = make(0)`."""
    if reset.statement is None:
        return None
    statement = facts.statements[reset.statement]
    one_row = statement.span.start.row == statement.span.end.row
    if not statement.alone or not one_row or statement.span.end != reset.call.end:
        return None
    is_call = statement.span.start == reset.call.start
    return statement if is_call or _target(facts, reset, statement) else None


def _target(facts: Facts, reset: SeedReset, statement: Statement) -> str | None:
    """`rng` in `rng = np.random.default_rng(0)`."""
    before = Span(statement.span.start, reset.call.start, statement.span.cell)
    match = _TARGET.fullmatch(facts.text(before))
    return match[1] if match else None


def _can_move(
    facts: Facts, reset: SeedReset, statement: Statement, moving: Statement, loop: Loop
) -> bool:
    """Whether what seeds may run before `loop`, in whose suite `moving` is or holds it."""
    suite = [item for item in facts.statements if item.block == moving.block]
    if moving is statement and len(suite) == 1:
        return False
    target = _target(facts, reset, statement)
    if target is None:
        return moving.position == 0 and not _draws(facts, loop)
    earlier = [facts.text(item.span) for item in suite if item.position < moving.position]
    word = re.compile(rf"\b{target}\b")
    if any(word.search(text) for text in (*earlier, facts.text(loop.header))):
        return False
    others = [item for item in suite if item.position > moving.position]
    return not any(_rebinds(facts.text(item.span), target) for item in others)


def _draws(facts: Facts, loop: Loop) -> bool:
    """Whether the header of a loop draws, before the seed in its suite is set."""
    return any(
        loop.header.contains(item.span) and item.entry.effect in ("draw", "seed", "state")
        for item in facts.references
    )


def _rebinds(text: str, target: str) -> bool:
    """Whether a statement gives `target` a value that does not come from its present one."""
    for line in text.splitlines():
        left, equals, right = line.partition("=")
        names = [name.strip() for name in left.split(",")]
        if equals and target in names and not re.search(rf"\b{target}\b", right):
            return True
    return False


def _splits(facts: Facts, reset: SeedReset, statement: Statement) -> list[Edit] | None:
    """The splits that a moved key needs where the loop consumes it."""
    target = _target(facts, reset, statement)
    pending = [place for place in reset.consumptions if not renews(facts, place)]
    if reset.entry.effect == "key" and not reset.consumptions:
        return None
    if not pending:
        return []
    if len(reset.consumptions) > 1 or pending[0].text != target:
        return None
    return split_edits(facts, pending[0])


def _move(facts: Facts, statement: Statement, header: Statement) -> tuple[Edit, Edit]:
    """Takes the whole line, with its comment, to the loop's own indentation before the loop."""
    cell, row = statement.span.cell, statement.span.start.row
    line = facts.source.line(cell, row)[len(statement.indent) :]
    start = Position(header.span.start.row, 1)
    return (
        Edit(Span(start, start, cell), f"{header.indent}{line}\n"),
        Edit(Span(Position(row, 1), Position(row + 1, 1), cell), ""),
    )
