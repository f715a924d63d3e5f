"""JSON for programs: everything that is known of each diagnostic."""

from __future__ import annotations

import json
import os
from typing import Any

from rnglint.diagnostics import Diagnostic, Fix, Position, Span
from rnglint.report import Report
from rnglint.rules import all_rules


def render(report: Report) -> str:
    """A list with one object per diagnostic."""
    return json.dumps([as_object(each) for each in report.diagnostics], indent=2) + "\n"


def as_object(diagnostic: Diagnostic) -> dict[str, Any]:
    """The JSON object of a diagnostic: rows and columns count from 1, ends are exclusive."""
    span = diagnostic.span
    filename = absolute(diagnostic.filename)
    row = diagnostic.noqa_row
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": diagnostic.message,
        "filename": filename,
        "cell": span.cell,
        **_locations(span),
        "related": [
            {
                "message": related.message,
                "filename": absolute(related.filename) if related.filename else filename,
                "cell": related.span.cell,
                **_locations(related.span),
            }
            for related in diagnostic.related
        ],
        "fix": diagnostic.fix and _fix(diagnostic.fix),
        "noqa_row": span.end.row if row is None else row,
        "severity": "error",
        "url": url(diagnostic.code),
    }


def absolute(filename: str) -> str:
    """The absolute path of a file; standard input without a name stays `-`."""
    return filename if filename == "-" else os.path.abspath(filename)


def url(code: str) -> str | None:
    """Where the manual page of a rule is published."""
    return next((rule.url() for rule in all_rules() if rule.code == code), None)


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {"content": edit.content, "cell": edit.span.cell, **_locations(edit.span)}
        for edit in fix.edits
    ]
    return {"applicability": fix.applicability.value, "message": fix.message, "edits": edits}


def _locations(span: Span) -> dict[str, dict[str, int]]:
    return {"location": _position(span.start), "end_location": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}
