"""How a source sets its workers up: whether they are seeded, forked, or there at all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnglint.facts.model import Argument, Facts, HandOver, Reference

#: Parameters for a function that each worker calls first.
_INITIALIZERS = ("initializer", "worker_init_fn")
#: Start methods that begin with a new process, and not with a copy.
_ANEW = frozenset({"spawn", "forkserver"})
#: Packages and functions that want a PyTorch which seeds NumPy's global state in each worker: they
#: came after its version 1.9, or with it.
_NEWER = frozenset({"diffusers", "lightning", "peft", "torchdata", "torchrl", "trl"})
_NEWER_FUNCTIONS = re.compile(r"\btorch\.(?:compile|func|inference_mode)\b")
_IN_THREADS = frozenset({"threads", "threading", "sharedmem"})


class Setups:
    """What the calls that make workers say of them."""

    def __init__(self, facts: Facts) -> None:
        references = [item for item in facts.references if item.entry.workers and item.call]
        self.initialized = any(
            _is_something(item.argument(name)) for item in references for name in _INITIALIZERS
        )
        self.anew = any(_has_literal(item, _ANEW) for item in references)
        packages = {item.qualified.partition(".")[0] for item in facts.imports}
        newer = _NEWER_FUNCTIONS.search(facts.source.program)
        #: Whether loaders surely seed NumPy's global state.
        self.loader_seeds = bool(packages & _NEWER or newer)
        jobs = [item for item in references if item.entry.qualified == "joblib.Parallel"]
        self._job_threads = any(_has_literal(item, _IN_THREADS) for item in jobs)
        self._alone = {
            "jobs": _all_are(jobs, "n_jobs", 1),
            "loader": _all_are(
                [item for item in references if item.argument("dataset")], "num_workers", 0
            ),
        }

    def workers(self, handed: HandOver) -> str:
        """What kind of workers a function is handed to; "" where there are none, or only one."""
        kind = handed.entry.workers or ""
        if not handed.many or self._alone.get(kind):
            return ""
        return "threads" if kind == "jobs" and self._job_threads else kind


def _is_something(argument: Argument | None) -> bool:
    return argument is not None and argument.text != "None"


def _has_literal(reference: Reference, values: frozenset[str]) -> bool:
    arguments = reference.call.arguments if reference.call else ()
    return any(item.literal in values for item in arguments if isinstance(item.literal, str))


def _all_are(references: Iterable[Reference], parameter: str, value: int) -> bool:
    """Whether there are calls, and all of them give a parameter this value, its default."""
    given = [item.argument(parameter) for item in references]
    return bool(given) and all(item is None or item.literal == value for item in given)
