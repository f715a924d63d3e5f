"""One line per diagnostic, as compilers print them."""

from __future__ import annotations

from rnglint.diagnostics import Diagnostic
from rnglint.report import Report, place
from rnglint.report.style import paint, visible


def render(report: Report) -> str:
    """A line `path:row:column: CODE [*] message` for each diagnostic."""
    return "".join(f"{headline(report, each)}\n" for each in report.diagnostics)


def headline(report: Report, diagnostic: Diagnostic) -> str:
    """The place, the code and the message of a diagnostic on one line."""
    where = place(visible(diagnostic.filename), diagnostic.span)
    return f"{paint(where, 'strong', report.color)}: {verdict(report, diagnostic)}"


def verdict(report: Report, diagnostic: Diagnostic) -> str:
    """The code, the mark of a fix that would be applied, and the message."""
    code = paint(diagnostic.code, "code", report.color)
    mark = f"[{paint('*', 'mark', report.color)}] " if report.is_fixable(diagnostic) else ""
    return f"{code} {mark}{visible(diagnostic.message)}"
