"""JSON with one diagnostic per line, for programs that read as we write."""

from __future__ import annotations

import json

from rnglint.report import Report
from rnglint.report.json_ import as_object


def render(report: Report) -> str:
    """An object per line and diagnostic."""
    return "".join(f"{json.dumps(as_object(each))}\n" for each in report.diagnostics)
