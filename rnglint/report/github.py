"""Workflow commands that GitHub Actions turns into annotations."""

from __future__ import annotations

from rnglint.diagnostics import Diagnostic
from rnglint.report import Report, place
from rnglint.report.json_ import absolute

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """An `::error` command for each diagnostic."""
    return "".join(f"{_command(each)}\n" for each in report.diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {
        "title": f"rnglint ({diagnostic.code})",
        "file": absolute(diagnostic.filename),
        **_lines(diagnostic),
    }
    listed = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    return f"::error {listed}::{_message(diagnostic).translate(_DATA)}"


def _lines(diagnostic: Diagnostic) -> dict[str, str]:
    """The place, as far as GitHub can show it.

    It takes columns only for a span on one line, and knows nothing of notebook cells.
    """
    span = diagnostic.span
    if span.cell is not None:
        return {"line": "1"}
    lines = {"line": str(span.start.row), "endLine": str(span.end.row)}
    if span.start.row == span.end.row:
        lines |= {"col": str(span.start.column), "endColumn": str(span.end.column)}
    return lines


def _message(diagnostic: Diagnostic) -> str:
    filename = diagnostic.filename
    lines = [f"{place(filename, diagnostic.span)}: {diagnostic.code} {diagnostic.message}"]
    lines += [
        f"  {place(related.filename or filename, related.span)}: {related.message}"
        for related in diagnostic.related
    ]
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)
