"""From what was observed to verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rnglint.verify.evidence import KINDS, shown_by
from rnglint.verify.messages import Answer, Comparison, Defect, Outcome
from rnglint.verify.programs import Program
from rnglint.verify.sessions import Runs

#: The modes that are compared with the eager run, in the order of the report.
MODES = ("jit", "vmap", "jit(vmap)")

#: All that is judged, in the order of the report.
CHECKS = ("fix", "before", "after", "eager", *MODES, "replay")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`passed` is None where there was nothing to judge; `details` has a line per failure."""

    passed: bool | None
    short: str
    details: tuple[str, ...] = ()


NOTHING = Verdict(None, "-")


@dataclass(frozen=True, slots=True)
class Report:
    """One fixture's verdicts, by the names in `CHECKS`, and notes that fail nothing."""

    program: Program
    runs: Runs
    verdicts: Mapping[str, Verdict]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether all went well; None where nothing was judged."""
        judged = [verdict.passed for verdict in self.verdicts.values()]
        return None if set(judged) <= {None} else False not in judged


def judge(program: Program, runs: Runs | None) -> Report:
    """All verdicts on one program; without `runs` it was not run."""
    verdicts = dict.fromkeys(CHECKS, NOTHING) | {"fix": judge_fix(program)}
    if runs is None:
        return Report(program, Runs(), verdicts)
    verdicts |= {
        "before": judge_before(program, runs.before),
        "after": judge_after(runs),
        "eager": judge_eager(runs.fixed),
        **{mode: judge_mode(runs.fixed, mode) for mode in MODES},
        "replay": judge_replay(runs),
    }
    return Report(program, runs, verdicts, tuple(_notes(runs)))


def judge_fix(program: Program) -> Verdict:
    """Whether the fixes arrive at `after.py`, to the letter."""
    if program.error:
        return Verdict(False, "error", (program.error,))
    if program.after is None:
        return Verdict(None, "no fix")
    if program.difference:
        detail = f"the fixed program is not after.py:\n{program.difference}"
        return Verdict(False, "differs", (detail,))
    return Verdict(True, "= after.py")


def judge_before(program: Program, answer: Answer) -> Verdict:
    """Whether each misuse that `before.py` expects shows itself when it is run."""
    if answer.error:
        return Verdict(False, "failed", (answer.error,))
    details = tuple(_unshown(program, answer))
    shown = sum(bool(outcome.defects) for outcome in answer.outcomes)
    return Verdict(False, "not shown", details) if details else Verdict(True, f"{shown} shown")


def judge_after(runs: Runs) -> Verdict:
    """Whether the fixed program is free of every kind of defect that is watched for."""
    defects = tuple(dict.fromkeys((*_all_defects(runs.fixed), *_all_defects(runs.again))))
    if defects:
        return Verdict(False, "still there", defects)
    if runs.fixed.error:
        return Verdict(False, "failed")
    return Verdict(True, "gone")


def judge_eager(answer: Answer) -> Verdict:
    """Whether each function of the fixed program runs and returns samples."""
    errors = [f"{item.function}: {item.error}" for item in answer.outcomes if item.error]
    if answer.error:
        errors.insert(0, answer.error)
    if errors:
        return Verdict(False, "failed", tuple(errors))
    return Verdict(True, f"{len(answer.outcomes)} ran")


def judge_mode(answer: Answer, mode: str) -> Verdict:
    """Whether all functions that were run in `mode` gave their eager samples, bit for bit."""
    found = [
        (outcome.function, comparison)
        for outcome in answer.outcomes
        for comparison in outcome.comparisons
        if comparison.mode == mode
    ]
    details = tuple(f"{name}: {_told(item)}" for name, item in found if not item.equal)
    if details:
        return Verdict(False, f"{len(details)} of {len(found)} differ", details)
    return Verdict(True, f"{len(found)} equal") if found else NOTHING


def judge_replay(runs: Runs) -> Verdict:
    """Whether two processes gave the same samples."""
    if runs.fixed.error or runs.again.error:
        return Verdict(False, "failed", (runs.again.error,) if runs.again.error else ())
    digests = {outcome.function: outcome.digest for outcome in runs.again.outcomes}
    pairs = [(item.function, item.digest) for item in runs.fixed.outcomes if item.digest]
    details = tuple(
        f"{name}: another process drew other samples"
        for name, digest in pairs
        if digests.get(name) != digest
    )
    if details:
        return Verdict(False, "differs", details)
    return Verdict(True, f"{len(pairs)} equal") if pairs else NOTHING


def _unshown(program: Program, answer: Answer) -> Iterator[str]:
    """The expected codes that no defect shows: of each function, then of the file as a whole."""
    outcomes = {outcome.function: outcome for outcome in answer.outcomes}
    everywhere = {defect.kind for defect in answer.defects}
    everywhere.update(d.kind for outcome in answer.outcomes for d in outcome.defects)
    for function, codes in program.expected.items():
        outcome = outcomes.get(function, Outcome(function))
        kinds = {defect.kind for defect in outcome.defects} if function else everywhere
        for code in sorted(code for code in codes if _is_missed(code, kinds)):
            did = f" ({outcome.error})" if outcome.error else ""
            yield f"{function or 'the program'}: {code} does not show itself{did}"


def _is_missed(code: str, kinds: set[str]) -> bool:
    expected = shown_by(code)
    return bool(expected) and not expected & kinds


def _all_defects(answer: Answer) -> Iterator[str]:
    for defect in answer.defects:
        yield f"import: {_described(defect)}"
    for outcome in answer.outcomes:
        for defect in outcome.defects:
            yield f"{outcome.function}: {_described(defect)}"


def _described(defect: Defect) -> str:
    return f"{KINDS.get(defect.kind, defect.kind)}: {defect.detail}"


def _told(comparison: Comparison) -> str:
    if comparison.ulps is None:
        return comparison.detail
    return f"{comparison.detail} (at most {comparison.ulps} ULPs apart)"


def _notes(runs: Runs) -> Iterator[str]:
    printed = (runs.before.printed, runs.fixed.printed)
    for when, text in zip(("before", "after"), printed, strict=True):
        if text:
            yield f"prints {text.splitlines()[0]!r} {when} the fix"
