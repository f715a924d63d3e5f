"""The output of `--statistics`: how often each rule was broken."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rnglint.diagnostics import Diagnostic
from rnglint.fixes.fixpoint import may_apply
from rnglint.report.style import paint


@dataclass(frozen=True, slots=True)
class Statistic:
    """How often a rule was broken, and how often `--fix` would help."""

    code: str
    name: str
    count: int
    fixable_count: int

    @property
    def fixable(self) -> bool:
        """Whether every finding of the rule would be fixed."""
        return self.fixable_count == self.count


def statistics(diagnostics: Sequence[Diagnostic], *, unsafe_fixes: bool) -> list[Statistic]:
    """One statistic per rule, the most frequent first."""
    counts = Counter((each.code, each.name) for each in diagnostics)
    fixable = Counter(each.code for each in diagnostics if may_apply(each, unsafe=unsafe_fixes))
    found = [
        Statistic(code, name, number, fixable[code]) for (code, name), number in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.count, each.code))


def as_text(statistics: Sequence[Statistic], color: bool) -> str:
    """A line per rule: count, code, what `--fix` would do (all, some, nothing), name."""
    digits = max((len(str(each.count)) for each in statistics), default=0)
    some = any(each.fixable_count for each in statistics)
    lines = []
    for each in statistics:
        number = paint(f"{each.count:>{digits}}", "strong", color)
        mark = f"[{_sign(each)}] " if some else ""
        lines.append(f"{number}\t{paint(each.code, 'code', color)}\t{mark}{each.name}\n")
    return "".join(lines)


def as_json(statistics: Sequence[Statistic]) -> str:
    """A list with one object per rule."""
    objects = [
        {
            "code": each.code,
            "name": each.name,
            "count": each.count,
            "fixable": each.fixable,
            "fixable_count": each.fixable_count,
        }
        for each in statistics
    ]
    return json.dumps(objects, indent=2) + "\n"


def _sign(statistic: Statistic) -> str:
    if statistic.fixable:
        return "*"
    return "-" if statistic.fixable_count else " "
