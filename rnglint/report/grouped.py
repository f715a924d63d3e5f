"""The diagnostics of each file below its name."""

from __future__ import annotations

from itertools import groupby

from rnglint.report import Report, place
from rnglint.report.concise import verdict
from rnglint.report.style import paint, visible


def render(report: Report) -> str:
    """A block per file: its name, then a line for each diagnostic in it."""
    blocks = []
    for filename, group in groupby(report.diagnostics, key=lambda each: each.filename):
        diagnostics = list(group)
        places = [place("", each.span)[1:] for each in diagnostics]
        column = max(map(len, places))
        lines = [
            f"  {where:<{column}} {verdict(report, each)}\n"
            for where, each in zip(places, diagnostics, strict=True)
        ]
        blocks.append(f"{paint(visible(filename), 'strong', report.color)}:\n{''.join(lines)}\n")
    return "".join(blocks)
