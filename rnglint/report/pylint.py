"""The format of Pylint's parseable output, which many build servers read."""

from __future__ import annotations

from rnglint.report import Report
from rnglint.report.style import visible


def render(report: Report) -> str:
    """A line `path:row: [CODE] message` for each diagnostic."""
    lines = []
    for each in report.diagnostics:
        cell = "" if each.span.cell is None else f"cell {each.span.cell}:"
        where = f"{visible(each.filename)}:{cell}{each.span.start.row}"
        lines.append(f"{where}: [{each.code}] {visible(each.message)}\n")
    return "".join(lines)
