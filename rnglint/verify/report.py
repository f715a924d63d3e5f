"""What a verification prints: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO

from rnglint.verify.messages import Answer
from rnglint.verify.verdicts import CHECKS, Report, Verdict

_STYLES = {True: "green", False: "bold red", None: "dim"}

#: The narrowest table that shows every verdict, for output that is no terminal.
_WIDTH = 140


def exit_code(reports: Sequence[Report]) -> int:
    """1 where any fixture failed, else 0."""
    return int(any(report.passed is False for report in reports))


def environment_of(reports: Sequence[Report]) -> Mapping[str, str]:
    """What the children told about where they ran; the one that had jax loaded knows most."""
    told = [
        answer.environment
        for report in reports
        for answer in (report.runs.fixed, report.runs.again, report.runs.before)
    ]
    return max(told, key=len, default={})


def render_json(reports: Sequence[Report]) -> str:
    """The whole verification as one JSON object."""
    content = {
        "environment": dict(environment_of(reports)),
        "fixtures": [_as_json(report) for report in reports],
        "summary": _counts(reports),
    }
    return json.dumps(content, indent=2)


def print_table(reports: Sequence[Report], stream: IO[str]) -> None:
    """One row per fixture, one column per check, and under the table what failed and why."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _WIDTH
    table = Table(caption=_caption(environment_of(reports)), caption_justify="left")
    for heading in ("fixture", *CHECKS):
        table.add_column(heading, no_wrap=heading == "fixture")
    for report in reports:
        cells = [Text(v.short, _STYLES[v.passed]) for v in _in_order(report)]
        table.add_row(Text(report.program.fixture.name, _STYLES[report.passed]), *cells)
    console.print(table)
    for line in _lines(reports):
        console.print(line, markup=False, soft_wrap=True)


def _caption(environment: Mapping[str, str]) -> str:
    """What the samples may depend on, in words."""
    versions = ("jax", "jaxlib", "numpy", "python")
    others = ("backend", "device", "PRNG", "flags", "XLA_FLAGS")
    lines = [", ".join(f"{name} {environment[name]}" for name in versions if name in environment)]
    lines += [f"{name} {environment[name]}" for name in others if name in environment]
    return "\n".join(filter(None, lines))


def _lines(reports: Sequence[Report]) -> list[str]:
    lines = []
    for report in reports:
        name = report.program.fixture.name
        for check, verdict in zip(CHECKS, _in_order(report), strict=True):
            lines += [f"{name}: {check}: {detail}" for detail in verdict.details]
        lines += [f"{name}: note: {note}" for note in report.notes]
    counts = _counts(reports)
    lines.append(", ".join(f"{count} {what}" for what, count in counts.items()))
    return lines


def _counts(reports: Sequence[Report]) -> dict[str, int]:
    passed = [report.passed for report in reports]
    return {
        "passed": passed.count(True),
        "failed": passed.count(False),
        "without a fix": passed.count(None),
    }


def _in_order(report: Report) -> list[Verdict]:
    return [report.verdicts[check] for check in CHECKS]


def _as_json(report: Report) -> dict[str, object]:
    return {
        "fixture": report.program.fixture.name,
        "path": str(report.program.fixture.folder),
        "code": report.program.fixture.code,
        "passed": report.passed,
        "verdicts": {
            check: {
                "passed": verdict.passed,
                "summary": verdict.short,
                "details": list(verdict.details),
            }
            for check, verdict in zip(CHECKS, _in_order(report), strict=True)
        },
        "before": _functions(report.runs.before),
        "after": _functions(report.runs.fixed),
        "notes": list(report.notes),
    }


def _functions(answer: Answer) -> list[dict[str, object]]:
    return [
        {
            "function": outcome.function,
            "error": outcome.error,
            "defects": [{"kind": d.kind, "detail": d.detail} for d in outcome.defects],
            "modes": {
                c.mode: {"equal": c.equal, "ulps": c.ulps, "detail": c.detail}
                for c in outcome.comparisons
            },
        }
        for outcome in answer.outcomes
    ]
