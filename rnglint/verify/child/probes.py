"""What becomes of a function whose next call gives other samples: does `jit` freeze it, do worker
processes repeat each other?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rnglint.verify.child.leaves import digest, leaves_of
from rnglint.verify.messages import Measurement

#: How often a function is called, or by how many workers, to see whether it repeats itself.
_CALLS = 3


def measure_repeated_calls(call: Callable[[Any], Any], lane: Any) -> Iterator[Measurement]:
    """Calls of one function that ought to differ, because its eager calls do."""
    if "jax" in sys.modules:
        yield from _frozen_draw(call, lane)
    elif hasattr(os, "fork"):
        yield _equal_workers(call, lane)


def _frozen_draw(call: Callable[[Any], Any], lane: Any) -> Iterator[Measurement]:
    """Under jit a draw from host state happens once, while JAX traces."""
    import jax

    jitted = jax.jit(lambda lane: call(lane))
    try:
        repeated = _repeated([digest(leaves_of(jitted(lane))) for _ in range(_CALLS)])
    except Exception:
        return
    detail = "calls under jit repeat an earlier one, eager calls do not"
    yield Measurement("frozen-draw", repeated, detail, _CALLS, repeated > 0)


def _equal_workers(call: Callable[[Any], Any], lane: Any) -> Measurement:
    """A forked worker inherits the generator as it is, and so does the next."""
    repeated = _repeated([_in_worker(call, lane) for _ in range(_CALLS)])
    detail = "forked workers draw what an earlier one drew"
    return Measurement("equal-workers", repeated, detail, _CALLS, repeated > 0)


def _in_worker(call: Callable[[Any], Any], lane: Any) -> str:
    """The digest of the samples that a forked process draws."""
    reading, writing = os.pipe()
    if not (worker := os.fork()):
        try:
            os.write(writing, digest(leaves_of(call(lane))).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read().decode()
    os.waitpid(worker, 0)
    return answer or f"worker {worker} ended"


def _repeated(digests: list[str]) -> int:
    return len(digests) - len(set(digests))
