"""From what was observed to verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from rnglint.verify.evidence import CIRCUMSTANTIAL, KINDS, counts, shown_by
from rnglint.verify.judge_modes import judge_mode
from rnglint.verify.messages import Answer, Measurement, Outcome
from rnglint.verify.programs import Program
from rnglint.verify.results import Evidence, FunctionResult, Options, Result, Verdict
from rnglint.verify.sessions import Runs, Unit


def judge(unit: Unit, runs: Runs | None, options: Options) -> Result:
    """All verdicts on one program under one setting; without `runs` it was not run."""
    program = unit.program
    told = runs or Runs()
    return Result(
        target=program.target,
        setting=unit.setting,
        verdicts=tuple(_verdicts(program, runs, options)),
        functions=tuple(_functions(told)),
        diff=program.diff,
        notes=tuple(_notes(program, told)),
        environment=max((a.environment for a in (told.before, told.fixed, told.again)), key=len),
    )


def _verdicts(program: Program, runs: Runs | None, options: Options) -> Iterator[Verdict]:
    yield judge_fix(program)
    shows = runs if program.diff or program.target.kind == "fixture" else None
    yield judge_before(program, shows.before) if shows else _nothing("before")
    yield judge_after(program, runs) if runs else _nothing("after")
    yield judge_eager(runs.fixed) if runs else _nothing("eager")
    for mode in options.modes:
        yield judge_mode(program, runs.fixed, mode, options) if runs else _nothing(mode)
    yield judge_process(runs) if runs else _nothing("process")


def judge_fix(program: Program) -> Verdict:
    """Whether the fixes arrive at `after.py`, to the letter."""
    if program.error:
        return _failed("fix", "error", program.error)
    if program.call:
        return _nothing("fix")
    if program.after is None:
        if program.target.kind == "file":
            short = "changed" if program.diff else "no change"
        else:
            short = "by hand" if program.by_hand else "no fix"
        return Verdict("fix", "none", None, short)
    if program.difference:
        return _failed(
            "fix", "differs", f"the fixed program is not after.py:\n{program.difference}"
        )
    return _passed("fix", "= after.py")


def judge_before(program: Program, answer: Answer) -> Verdict:
    """Whether each misuse that `before.py` expects shows itself when it is run."""
    if answer.error:
        return _failed("before", "failed", answer.error)
    if details := tuple(_unshown(program, answer)):
        return _failed("before", "not shown", *details)
    shown = sum(bool(outcome.defects) for outcome in answer.outcomes)
    silent = all(not shown_by(code) for code in (program.expected or {}).get("", ()))
    if silent and not shown:
        return Verdict("before", "none", None, "silent")
    return _passed("before", f"{shown} shown")


def judge_after(program: Program, runs: Runs) -> Verdict:
    """Whether the fixed program is free of every kind of defect that is watched for."""
    found = (*_all_defects(program, runs.fixed), *_all_defects(program, runs.again))
    if defects := tuple(dict.fromkeys(found)):
        return _failed("after", "defects" if program.call else "still there", *defects)
    if not any(outcome.digest for outcome in runs.fixed.outcomes):
        return _nothing("after")
    return _passed("after", "none" if program.call else "gone")


def judge_eager(answer: Answer) -> Verdict:
    """Whether each function of the fixed program runs and returns samples, as far as JAX can."""
    failed = [item for item in answer.outcomes if item.error]
    errors = [f"{item.function}: {item.error}" for item in failed]
    if answer.error:
        errors.insert(0, answer.error)
    if answer.error or not all(item.unsupported for item in failed):
        return _failed("eager", "failed", *errors)
    ran = f"{len(answer.outcomes) - len(failed)} ran"
    if failed:
        return Verdict("eager", "unsupported", None, ran, tuple(errors))
    return _passed("eager", ran)


def judge_process(runs: Runs) -> Verdict:
    """Whether two processes gave the same samples."""
    if runs.fixed.error or runs.again.error:
        errors = (runs.again.error,) if runs.again.error != runs.fixed.error else ()
        return _failed("process", "failed", *filter(None, errors))
    digests = {outcome.function: outcome.digest for outcome in runs.again.outcomes}
    pairs = [item for item in runs.fixed.outcomes if item.digest]
    details = tuple(
        f"{item.function}: another process drew other samples"
        + ("" if item.steady else ", and so does every call: it is not deterministic")
        for item in pairs
        if digests.get(item.function) != item.digest
    )
    if details:
        return Verdict("process", "different", False, f"{len(details)} differ", details)
    if pairs:
        return Verdict("process", "bitwise", True, f"{len(pairs)} equal")
    return _nothing("process")


def _nothing(check: str) -> Verdict:
    return Verdict(check, "none", None, "-")


def _passed(check: str, short: str) -> Verdict:
    return Verdict(check, "passed", True, short)


def _failed(check: str, short: str, *details: str) -> Verdict:
    return Verdict(check, "failed", False, short, details)


def _unshown(program: Program, answer: Answer) -> Iterator[str]:
    """The expected codes that no defect shows: of each function, then of the file as a whole."""
    outcomes = {outcome.function: outcome for outcome in answer.outcomes}
    everywhere = {defect.kind for defect in answer.defects}
    everywhere.update(d.kind for outcome in answer.outcomes for d in outcome.defects)
    for function, codes in (program.expected or {}).items():
        outcome = outcomes.get(function, Outcome(function))
        kinds = {defect.kind for defect in outcome.defects} if function else everywhere
        for code in sorted(code for code in codes if _is_missed(code, kinds)):
            did = f" ({outcome.error})" if outcome.error else ""
            yield f"{function or 'the program'}: {code} does not show itself{did}"


def _is_missed(code: str, kinds: set[str]) -> bool:
    expected = shown_by(code)
    return bool(expected) and not expected & kinds


def _all_defects(program: Program, answer: Answer) -> Iterator[str]:
    found = [("import", each) for each in answer.defects]
    found += [(outcome.function, each) for outcome in answer.outcomes for each in outcome.defects]
    for where, defect in found:
        if counts(defect.kind, program.target.code):
            yield f"{where}: {_described(defect)}"


def _described(defect: Measurement) -> str:
    counted = f" ({defect.value:g} of {defect.total})" if defect.total else ""
    return f"{KINDS[defect.kind]}: {defect.detail}{counted}"


def _functions(runs: Runs) -> Iterator[FunctionResult]:
    before = {outcome.function: outcome for outcome in runs.before.outcomes}
    after = {outcome.function: outcome for outcome in runs.fixed.outcomes}
    for name in dict.fromkeys((*before, *after)):
        pair = before.get(name), after.get(name)
        yield FunctionResult(name, *pair, tuple(_evidence(*pair)))


def _evidence(before: Outcome | None, after: Outcome | None) -> Iterator[Evidence]:
    """The numbers of each kind that is a defect on either side."""
    for kind in KINDS:
        pair = _measured(before, kind), _measured(after, kind)
        if any(each and each.defect for each in pair):
            yield Evidence(kind, *pair)


def _measured(outcome: Outcome | None, kind: str) -> Measurement | None:
    """The worst measurement of a kind; what was not noted of a function that ran is 0."""
    found = [each for each in outcome.measurements if each.kind == kind] if outcome else []
    nothing = Measurement(kind, 0) if outcome and outcome.digest else None
    return max(found, key=lambda each: abs(each.value), default=nothing)


def _notes(program: Program, runs: Runs) -> Iterator[str]:
    when = {"before the fix": runs.before, "after the fix": runs.fixed}
    for what, answer in when.items():
        if answer.printed:
            yield f"prints {answer.printed.splitlines()[0]!r}" + f" {what}" * (not program.call)
    for outcome in runs.fixed.outcomes:
        yield from (f"{outcome.function}: {note}" for note in outcome.notes)
        yield from (
            f"{outcome.function}: {_described(defect)}"
            for defect in outcome.defects
            if defect.kind in CIRCUMSTANTIAL and program.call
        )
