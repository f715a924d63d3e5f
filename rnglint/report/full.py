"""The format for people: each diagnostic with its source, both places underlined, and help."""

from __future__ import annotations

from collections.abc import Iterator

from rnglint.diagnostics import Diagnostic
from rnglint.report import Report, place
from rnglint.report.concise import headline
from rnglint.report.excerpt import Mark, draw, last_row
from rnglint.report.style import paint, visible
from rnglint.source.reading import Source, line_starts

#: A file and the cell in it: what one excerpt can show.
_Home = tuple[str, int | None]


def render(report: Report) -> str:
    """A block for each diagnostic, followed by a blank line."""
    return "".join(f"{_block(report, each)}\n\n" for each in report.diagnostics)


def _block(report: Report, diagnostic: Diagnostic) -> str:
    homes = {
        home: marks
        for home, marks in _marks(diagnostic).items()
        if _can_show(report.read(home[0]), home[1], marks)
    }
    gutter = len(str(max(map(last_row, homes.values()), default=1)))
    lines = [headline(report, diagnostic)]
    for home, marks in homes.items():
        lines += _excerpt(report, diagnostic, home, marks, gutter)
    if diagnostic.help:
        equals = paint("=", "frame", report.color)
        title = paint("help", "help", report.color)
        lines.append(f"{' ' * gutter} {equals} {title}: {visible(diagnostic.help)}")
    return "\n".join(lines)


def _marks(diagnostic: Diagnostic) -> dict[_Home, list[Mark]]:
    """What to underline where, the diagnostic's own place first."""
    homes: dict[_Home, list[Mark]] = {}
    for filename, mark in _labelled(diagnostic):
        homes.setdefault((filename, mark.span.cell), []).append(mark)
    return homes


def _labelled(diagnostic: Diagnostic) -> Iterator[tuple[str, Mark]]:
    yield diagnostic.filename, Mark(diagnostic.span, diagnostic.label, primary=True)
    for related in diagnostic.related:
        filename = related.filename or diagnostic.filename
        yield filename, Mark(related.span, related.message, primary=False)


def _can_show(source: Source, cell: int | None, marks: list[Mark]) -> bool:
    """Whether the text is there: a file may be unreadable, or have changed in between."""
    texts = [chunk.text for chunk in source.chunks if chunk.cell == cell]
    return bool(texts) and last_row(marks) <= len(line_starts(texts[0]))


def _excerpt(
    report: Report, diagnostic: Diagnostic, home: _Home, marks: list[Mark], gutter: int
) -> Iterator[str]:
    """The lines of one excerpt; one that is not at the headline's place says where it is."""
    filename, cell = home
    source = report.read(filename)
    if home != (diagnostic.filename, diagnostic.span.cell):
        where = place(visible(filename), marks[0].span)
        yield f"{' ' * gutter}{paint(':::', 'frame', report.color)} {where}"
    yield f"{' ' * gutter} {paint('|', 'frame', report.color)}"
    yield from draw(lambda row: source.line(cell, row), marks, gutter, report.color)
