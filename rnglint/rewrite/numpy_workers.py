"""Draws that may not run in the process, or not each time, that their function seems to.

A module's generator is copied into every worker process as faithfully as the global state is, and
what a traced or compiled function draws is drawn once and frozen.
"""

from __future__ import annotations

import re
from functools import cached_property

from rnglint.facts.model import Facts, Reference
from rnglint.rewrite.numpy_consumers import packages
from rnglint.rewrite.places import Places
from rnglint.rewrite.reach import Reach
from rnglint.rewrite.words import code

#: Packages that run functions in other processes.
_WORKERS = """
    billiard concurrent dask distributed ipyparallel joblib loky mpi4py multiprocess
    multiprocessing pathos ray torch torchvision
"""
#: Last words of decorators that compile or trace the function.
_COMPILERS = """
    checkpoint custom_jvp custom_vjp function guvectorize jit njit pjit pmap remat stencil
    vectorize vmap
"""
_DATASET = re.compile(r"(?:Dataset|DataPipe|DataModule|Sampler|Sequence)$")


class Workers:
    """Tells for the draws of one source which of them run elsewhere."""

    def __init__(self, places: Places, reach: Reach) -> None:
        self._places = places
        self._reach = reach
        self._facts = places.facts

    def is_compiled(self, draw: Reference) -> bool:
        """Whether a draw stands in a function that is traced or compiled."""
        functions = self._places.functions(draw.scope)
        traced = (self._facts.trace_of(item.index) for item in functions)
        return any(item.index in self._compiled for item in functions) or any(traced)

    def is_in_worker(self, draw: Reference, home: int) -> bool:
        """Whether a draw may run in a worker's copy of what `home` binds."""
        below = [item for item in self._places.functions(draw.scope) if item.index != home]
        if not any(self._places.within(item.index, home) for item in below):
            return False
        if self._is_in_dataset(draw.scope):
            return True
        return any(item.index in self._handed_over for item in self._places.chain(draw.scope))

    def _is_in_dataset(self, scope: int) -> bool:
        """Whether a place is in the class of a data set, whose methods loaders run in workers."""
        bases = [base for item in self._places.chain(scope) for base in item.bases]
        return any(_DATASET.search(base) for base in bases)

    @cached_property
    def _handed_over(self) -> frozenset[int]:
        """The functions that are passed on as values where workers are near, and what they call."""
        if packages(self._facts).isdisjoint(_WORKERS.split()):
            return frozenset()
        text = code(self._facts.source.program)
        return self._reach.below(
            item.index
            for item in self._facts.scopes
            if item.name and re.search(rf"(?<!def ){_value(item.name)}", text)
        )

    @cached_property
    def _compiled(self) -> frozenset[int]:
        """The functions that are compiled: what they draw is drawn once and frozen."""
        return frozenset(_compiled(self._facts))


def _value(name: str) -> str:
    """What finds a function's name where it is not called, defined or imported."""
    return rf"(?<!class )\b{re.escape(name)}\b(?!\s*[(:=])"


def _compiled(facts: Facts) -> set[int]:
    handed = [
        argument
        for reference in facts.references
        if reference.entry.traces and reference.call
        for argument in reference.call.arguments
    ]
    compilers = _COMPILERS.split()
    return {
        scope.index
        for scope in facts.scopes
        if any(name.rpartition(".")[2] in compilers for name in scope.decorators)
        or any(scope.name in item.names or item.value.contains(scope.span) for item in handed)
    }
