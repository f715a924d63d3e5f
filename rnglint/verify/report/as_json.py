"""The whole verification as one JSON object: the result model, field by field."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rnglint.verify.results import Result, Verification


def render_json(verification: Verification) -> str:
    """The verification, with what is derived from it: passed, summary, environment."""
    content = {
        "environment": dict(verification.environment),
        "options": asdict(verification.options),
        "results": [_result(result) for result in verification.results],
        "summary": verification.summary,
        "notes": list(verification.notes),
    }
    return json.dumps(content, indent=2)


def _result(result: Result) -> dict[str, Any]:
    fields = asdict(result)
    verdicts = {verdict.pop("check"): verdict for verdict in fields.pop("verdicts")}
    return {"name": result.name, "passed": result.passed, "verdicts": verdicts} | fields
