"""Takes codes, or the whole of it, out of a comment that suppresses findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Facts
from rnglint.suppress.comments import UnusedSuppression

_CODES = re.compile(r"[A-Z]+[0-9]+")


def suppression_fix(facts: Facts, unused: UnusedSuppression) -> Fix:
    """Removes what is not used, of an `enable` too; text that explains it stays as a comment."""
    comment = unused.comment
    spans = [comment.span, *([comment.partner] if comment.partner else [])]
    kept = [
        selector
        for selector in dict.fromkeys(comment.selectors or ())
        if selector not in (unused.selectors or ())
    ]
    if kept:
        edits = tuple(Edit(span, _naming(facts.text(span), kept)) for span in spans)
        return Fix("Remove the unused codes", edits, Applicability.SAFE)
    edits = tuple(edit for span in spans for edit in _removal(facts, span))
    return Fix("Remove the comment", edits, Applicability.SAFE)


def _naming(directive: str, selectors: list[str]) -> str:
    """The directive, with these selectors instead of its own."""
    if "[" in directive:
        return f"{directive[: directive.index('[')]}[{', '.join(selectors)}]"
    start = directive.index(":", directive.lower().index("noqa"))
    first = _CODES.search(directive, start)
    return directive[: first.start() if first else start + 1] + ", ".join(selectors)


def _removal(facts: Facts, span: Span) -> Iterator[Edit]:
    """Takes out a directive: with its line where it is alone there, else with the space before."""
    cell, row = span.cell, span.start.row
    line = facts.source.line(cell, row).rstrip("\r\n")
    before, after = line[: span.start.column - 1], line[span.end.column - 1 :]
    rest = after.lstrip(" \t,:;-")
    if rest:
        begin = span.start.column
        content = "" if rest.startswith("#") else "# "
        end = len(line) - len(rest) + 1
    elif before.strip():
        begin, content, end = len(before.rstrip()) + 1, "", len(line) + 1
    else:
        yield Edit(Span(Position(row, 1), Position(row + 1, 1), cell), "")
        return
    yield Edit(Span(Position(row, begin), Position(row, end), cell), content)
