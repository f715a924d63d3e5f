"""Making one generator or key of a seed, and children of it, where the seed was used twice."""

from __future__ import annotations

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import DuplicateSeed, Facts, Statement

#: How children are made: the text before the call that takes the seed, and behind it.
_CHILDREN = {
    "numpy.random.default_rng": ("", ".spawn({count})"),
    "jax.random.key": ("{module}.split(", "{number})"),
    "jax.random.PRNGKey": ("{module}.split(", "{number})"),
}


def spawn_fix(facts: Facts, group: DuplicateSeed) -> Fix | None:
    """`a, b = make(seed).spawn(2)` for `a = make(seed)` and `b = make(seed)`.

    Offered where the statements are whole lines that follow one another, all with the same call.
    """
    form = _CHILDREN.get(group.entry.qualified)
    lines = [facts.statements[stream.statement] for stream in group.streams]
    calls = {facts.text(stream.call) for stream in group.streams}
    if form is None or len(calls) > 1 or not _follow_one_another(lines):
        return None
    call = calls.pop()
    module = call.partition("(")[0].rpartition(".")[0]
    if "{module}" in form[0] and not module:
        return None
    count = len(lines)
    number = f", {count}" if count > 2 else ""
    before, behind = (each.format(module=module, count=count, number=number) for each in form)
    targets = ", ".join(stream.name for stream in group.streams)
    first, last = lines[0], lines[-1]
    edits = [Edit(first.span, f"{targets} = {before}{call}{behind}"), _removal(first, last)]
    return Fix("Make one of the seed, and children of it", tuple(edits), Applicability.UNSAFE)


def _follow_one_another(lines: list[Statement]) -> bool:
    """Whether statements are assignments on consecutive rows, one each, with no comments."""
    rows = [line.span.start.row for line in lines]
    return (
        all(line.alone and line.kind == "Assign" for line in lines)
        and all(line.span.end.row == line.span.start.row for line in lines)
        and len({line.block for line in lines}) == 1
        and rows == list(range(rows[0], rows[0] + len(rows)))
    )


def _removal(first: Statement, last: Statement) -> Edit:
    """Takes away the lines below the first one."""
    cell = first.span.cell
    start, end = Position(first.span.start.row + 1, 1), Position(last.span.end.row + 1, 1)
    return Edit(Span(start, end, cell), "")
