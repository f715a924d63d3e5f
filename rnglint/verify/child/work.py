"""One job: import a program, run its functions, and tell what was seen."""

from __future__ import annotations

import contextlib
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from rnglint.verify.child import modes, watch
from rnglint.verify.child.leaves import Leaf, digest, leaves_of, not_a_number, series_of
from rnglint.verify.child.probes import measure_repeated_calls
from rnglint.verify.child.repeats import measure_repeats
from rnglint.verify.child.samplers import Sampler, samplers_of, users_sampler
from rnglint.verify.child.sandbox import (
    Printed,
    describe,
    explain,
    import_program,
    kept_clean,
    tell_jax,
)
from rnglint.verify.messages import Answer, Comparison, Job, Measurement, Outcome, defect

Step = Callable[[str], None]

#: For how many seconds samples are gathered for a picture, and how many make one by themselves.
_PATIENCE, _LARGE = 1.0, 256


def perform(job: Job, step: Step) -> Answer:
    """Runs `job`; whatever it raises, `SystemExit` included, becomes part of the answer."""
    printed = Printed()
    environment = {}
    try:
        if _wants_jax(job):
            step("importing jax")
            import jax  # noqa: F401
        with kept_clean(job, printed), watch.numpy_watched():
            if "jax" in sys.modules:
                tell_jax(job.setting)
            environment = describe()
            answer = _run_program(job, step)
            environment = describe()
    except BaseException as error:
        answer = Answer(explain(error, job.filename))
    environment = environment or describe()
    return Answer(answer.error, answer.outcomes, answer.defects, printed.start, environment)


def _wants_jax(job: Job) -> bool:
    """Whether the program uses JAX; of a user's function that is known only afterwards."""
    return bool(re.search(r"\bjax\b", job.text) or (job.call and find_spec("jax")))


def _run_program(job: Job, step: Step) -> Answer:
    step("importing the program")
    with watch.hidden_state() as defects:
        module = import_program(job)
    samplers = [users_sampler(module, job.call)] if job.call else samplers_of(module)
    outcomes = tuple(_run(sampler, job, step) for sampler in samplers)
    error = "" if outcomes else "defines no function sample*"
    return Answer(error, outcomes, tuple(defects))


def _run(sampler: Sampler, job: Job, step: Step) -> Outcome:
    """Runs one function eagerly and under watch, then in the other modes."""
    step(f"running {sampler.name} eagerly")
    if sampler.problem:
        return Outcome(sampler.name, sampler.problem)
    lanes = tuple(modes.key_lanes()) if sampler.takes_key else (None,)
    lanes = lanes if job.modes else lanes[:1]
    touched: list[Measurement] = []
    try:
        with watch.hidden_state() as touched:
            eager = [leaves_of(sampler.call(lane), traced=sampler.takes_key) for lane in lanes]
            again = leaves_of(sampler.call(lanes[0]), traced=sampler.takes_key)
    except BaseException as error:
        return _failed(sampler, error, touched, job)
    if nothing := not_a_number(eager[0]):
        return Outcome(sampler.name, nothing, tuple(touched), samples=series_of([eager[0]]))
    steady = digest(eager[0]) == digest(again)
    measured = [*touched, *_measure(sampler, eager[0], lanes[0], steady, job, step)]
    return Outcome(
        sampler.name,
        "",
        tuple(measured),
        digest(eager[0]),
        steady,
        tuple(_compare(sampler, eager, steady, job, step)),
        series_of([eager[0], *_further(sampler, eager[0], job)]),
        tuple(_notes(sampler, eager)),
    )


def _further(sampler: Sampler, first: list[Leaf], job: Job) -> Iterator[list[Leaf]]:
    """What further keys give, as far as that comes quickly: a picture wants many points."""
    if not (sampler.takes_key and job.watch and sum(leaf.array.size for leaf in first) < _LARGE):
        return
    deadline = time.monotonic() + _PATIENCE
    with contextlib.suppress(Exception), watch.hidden_state():
        for key in modes.further_keys():
            if time.monotonic() > deadline:
                return
            yield leaves_of(sampler.call(key), traced=True)


def _failed(
    sampler: Sampler, error: BaseException, touched: list[Measurement], job: Job
) -> Outcome:
    why = explain(error, job.filename)
    missing = [defect("attribute-error", why)] if isinstance(error, AttributeError) else []
    unsupported = isinstance(error, NotImplementedError) and _is_raised_by_jax(error)
    return Outcome(sampler.name, why, (*touched, *missing), unsupported=unsupported)


def _measure(
    sampler: Sampler, leaves: list[Leaf], lane: object, steady: bool, job: Job, step: Step
) -> Iterator[Measurement]:
    """The numbers that show a misuse, or that there is none."""
    yield from measure_repeats(leaves)
    if job.watch and "jax" in sys.modules:
        step(f"running {sampler.name} under jax.debug_key_reuse")
        error = watch.key_reuse(sampler.call, lane)
        detail = explain(error, job.filename) if error else ""
        yield Measurement("key-reuse", int(bool(error)), detail, None, bool(error))
    if job.watch and not steady:
        step(f"calling {sampler.name} again and again")
        with watch.hidden_state():
            yield from measure_repeated_calls(sampler.call, lane)


def _notes(sampler: Sampler, eager: list[list[Leaf]]) -> Iterator[str]:
    if len(eager) > 1 and len(set(map(digest, eager))) == 1:
        yield f"{len(eager)} different keys gave the same result"


def _compare(
    sampler: Sampler, eager: list[list[Leaf]], steady: bool, job: Job, step: Step
) -> Iterator[Comparison]:
    """Compares the other modes with the eager run, for whatever JAX can trace.

    A function without a key whose samples are JAX arrays is run as if it took the number of
    its lane, so that it goes through all modes too. Where the next eager call gives other samples
    there is nothing to compare with.
    """
    if not (sampler.takes_key or all(leaf.traceable for leaf in eager[0])):
        return
    if not steady:
        outcome = "error" if sampler.takes_key else "skipped"
        why = "a second eager call gave other samples"
        yield from (Comparison(mode, outcome, why) for mode in job.modes)
        return
    if not sampler.takes_key:
        eager = eager * modes.LANES
    for mode in job.modes:
        step(f"running {sampler.name} under {mode}")
        try:
            yield modes.compare(mode, sampler.call, eager, takes_key=sampler.takes_key)
        except modes.SkipMode as why:
            yield Comparison(mode, "skipped", str(why))
        except BaseException as error:
            yield _failure(mode, error, job)


def _failure(mode: str, error: BaseException, job: Job) -> Comparison:
    import jax

    untraceable = (
        jax.errors.ConcretizationTypeError,
        jax.errors.TracerArrayConversionError,
        jax.errors.TracerIntegerConversionError,
        jax.errors.UnexpectedTracerError,
    )
    outcome = "untraceable" if isinstance(error, untraceable) else "error"
    if mode == "disable_jit" and _is_raised_by_jax(error):
        outcome = "unsupported"
    return Comparison(mode, outcome, explain(error, job.filename))


def _is_raised_by_jax(error: BaseException) -> bool:
    """Whether JAX's own code raised the error.

    In a mode that means: not for what it was given, for eagerly the function has run with that.
    `jax.random.rayleigh` of JAX 0.10 does not work without jit.
    """
    if "jax" not in sys.modules:
        return False
    home = Path(sys.modules["jax"].__file__ or "").parent
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and home in Path(frames[-1][0].f_code.co_filename).parents
