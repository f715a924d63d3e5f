"""One job: import a program, run its functions `sample*`, and tell what was seen."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from rnglint.verify.child import modes, watch
from rnglint.verify.child.leaves import Leaf, digest, leaves_of
from rnglint.verify.child.repeats import repeated_samples
from rnglint.verify.child.samplers import Sampler, samplers_of
from rnglint.verify.child.sandbox import Printed, describe, explain, import_program, kept_clean
from rnglint.verify.messages import Answer, Comparison, Defect, Job, Outcome

Step = Callable[[str], None]


def perform(job: Job, step: Step) -> Answer:
    """Runs `job`; whatever it raises, `SystemExit` included, becomes part of the answer."""
    printed = Printed()
    try:
        if re.search(r"\bjax\b", job.text):
            step("importing jax")
            import jax  # noqa: F401
        with kept_clean(job, printed), watch.numpy_watched():
            answer = _run_program(job, step)
    except BaseException as error:
        answer = Answer(explain(error, job.filename))
    return Answer(answer.error, answer.outcomes, answer.defects, printed.start, describe())


def _run_program(job: Job, step: Step) -> Answer:
    step("importing the program")
    with watch.hidden_state() as defects:
        module = import_program(job)
    outcomes = tuple(_run(sampler, job, step) for sampler in samplers_of(module))
    error = "" if outcomes else "defines no function sample*"
    return Answer(error, outcomes, tuple(defects))


def _run(sampler: Sampler, job: Job, step: Step) -> Outcome:
    """Runs one function eagerly and under watch, then in the other modes."""
    step(f"running {sampler.name} eagerly")
    if sampler.problem:
        return Outcome(sampler.name, sampler.problem)
    lanes = modes.key_lanes() if sampler.takes_key else (None,)
    lanes = lanes if job.modes else lanes[:1]
    defects: list[Defect] = []
    try:
        with watch.hidden_state() as defects:
            traced = sampler.takes_key
            eager = [leaves_of(sampler.call(lane), traced=traced) for lane in lanes]
    except BaseException as error:
        if isinstance(error, AttributeError):
            defects.append(Defect("attribute-error", explain(error, job.filename)))
        return Outcome(sampler.name, explain(error, job.filename), tuple(defects))
    defects.extend(repeated_samples(eager[0]))
    defects.extend(_key_reuse(sampler, lanes[0], job, step))
    compared = tuple(_compare(sampler, eager, job, step))
    return Outcome(sampler.name, "", tuple(defects), digest(eager[0]), compared)


def _key_reuse(sampler: Sampler, lane: object, job: Job, step: Step) -> Iterator[Defect]:
    if job.watch and "jax" in sys.modules:
        step(f"running {sampler.name} under jax.debug_key_reuse")
        if error := watch.key_reuse(sampler.call, lane):
            yield Defect("key-reuse", explain(error, job.filename))


def _compare(
    sampler: Sampler, eager: list[list[Leaf]], job: Job, step: Step
) -> Iterator[Comparison]:
    """Compares the other modes with the eager run, for whatever JAX can trace.

    A function without a key whose samples are JAX arrays is run as if it took the number of
    its lane, so that it goes through jit and vmap too.
    """
    pure = sampler.takes_key or all(leaf.traceable for leaf in eager[0])
    if not (job.modes and pure):
        return
    if not sampler.takes_key:
        eager = eager * modes.LANES
    for mode in modes.MODES:
        step(f"running {sampler.name} under {mode}")
        try:
            yield modes.compare(mode, sampler.call, eager, takes_key=sampler.takes_key)
        except BaseException as error:
            yield Comparison(mode, False, explain(error, job.filename))
