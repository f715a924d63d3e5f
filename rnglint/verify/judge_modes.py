"""What is thought of the samples that one mode gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rnglint.verify.evidence import documented
from rnglint.verify.messages import Answer, Comparison
from rnglint.verify.programs import Program
from rnglint.verify.results import STATUSES, Options, Verdict

#: What stands in the table; for close samples it is the number of ULPs.
_SHORT = {
    "bitwise": "=",
    "documented": "doc",
    "skipped": "-",
    "unsupported": "no",
    "untraceable": "no",
    "different": "≠",
    "failed": "!",
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One function's comparison, its status, and why it is excused if it is."""

    function: str
    comparison: Comparison
    status: str
    excuse: str

    def __str__(self) -> str:
        compared = self.comparison
        parts = [compared.detail]
        if self.status in ("untraceable", "unsupported"):
            parts = [f"{STATUSES[self.status]}: {compared.detail}"]
        if self.status == "close":
            parts.append(f"at most {compared.ulps} ULPs apart")
        if compared.unequal:
            parts.append(f"{compared.unequal} of {compared.total} elements differ")
        return f"{self.function}: {'; '.join(filter(None, (*parts, self.excuse)))}"


def judge_mode(program: Program, answer: Answer, mode: str, options: Options) -> Verdict:
    """Whether all functions that were run in `mode` gave their eager samples.

    The worst of them decides. Equal bits always pass and other samples never; what lies between
    passes unless only equal bits may.
    """
    judged = list(_judged(answer, mode))
    if not judged:
        return Verdict(mode, "none", None, "-")
    worst = max((each.status for each in judged), key=list(STATUSES).index)
    close = [each.comparison.ulps or 0 for each in judged if each.status == "close"]
    ulps = max(close, default=None)
    short = _SHORT.get(worst, f"{ulps} ULP")
    details = tuple(str(each) for each in judged if each.status not in ("bitwise", "skipped"))
    return Verdict(mode, worst, _passes(worst, program, options), short, details, ulps)


def _passes(status: str, program: Program, options: Options) -> bool | None:
    """A fixed program must be traceable; a function of someone's own need not be."""
    if status == "bitwise":
        return True
    if options.strict or status in ("different", "failed"):
        return False
    if status == "untraceable":
        return None if program.call else False
    return None if status in ("skipped", "unsupported") else True


def _judged(answer: Answer, mode: str) -> Iterator[_Judged]:
    impl = answer.environment.get("PRNG")
    for outcome in answer.outcomes:
        for comparison in outcome.comparisons:
            if comparison.mode != mode:
                continue
            excuse = documented(mode, impl) if comparison.outcome == "different" else ""
            status = {"error": "failed"}.get(comparison.outcome, comparison.outcome)
            yield _Judged(outcome.function, comparison, "documented" if excuse else status, excuse)
