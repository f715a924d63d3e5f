"""Compares verdicts: every disagreement has a known reason, which the run proves, or is a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from judge.runner import Paths, Recorder, errs_running, errs_tracing, recorded
from judge.strategy import Program
from rnglint import check_source
from rnglint.facts import gather_facts
from rnglint.knowledge.loader import load
from rnglint.source.reading import Source

#: What says that a key is used twice.
REUSE_CODES = frozenset({"RNG201", "RNG202", "RNG203", "RNG205", "RNG209"})


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts on one program.

    `running` is None for a program that is not run, as it would have to be compiled, `tracing` if
    JAX's check fails. `followed` says that the interpreter found all of it, though nothing is
    reported. `equal` says that a run consumed the same key bits twice, `meets` that `split` and
    `fold_in` made the same key; `only_meets` that this is all that any run consumed twice,
    `only_folds` that only keys that `fold_in` made anew are.
    """

    text: str
    reported: tuple[str, ...]
    running: bool | None
    tracing: bool | None
    followed: bool
    equal: bool
    meets: bool
    only_meets: bool
    only_folds: bool

    @property
    def jax(self) -> bool:
        """Whether JAX raises, be it only while it traces."""
        return bool(self.running) or bool(self.tracing)

    @property
    def raises(self) -> bool:
        """Whether JAX raises while running; while tracing, if the program is not run."""
        return bool(self.tracing) if self.running is None else self.running

    def mentions(self, pattern: str) -> bool:
        """Whether the program has something in it."""
        return re.search(pattern, self.text) is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which the verdicts stand to each other."""

    name: str
    reason: str
    holds: Callable[[Verdicts], bool]


def _blind(pattern: str) -> Callable[[Verdicts], bool]:
    """JAX passes it, we report it, and the run draws from equal bits."""
    return lambda v: bool(v.reported) and not v.jax and v.equal and v.mentions(pattern)


def _strict(pattern: str) -> Callable[[Verdicts], bool]:
    """JAX raises, we pass it, and no run draws from equal bits, or only from bits it cannot see."""
    return lambda v: (
        not v.reported and v.jax and (not v.equal or v.only_meets) and v.mentions(pattern)
    )


AGREEMENTS = (
    Kind("both pass", "", lambda v: not v.reported and not v.jax and not v.equal),
    Kind("both report", "", lambda v: bool(v.reported) and v.raises),
    Kind(
        "both report, JAX only while tracing",
        "running, JAX loses a key that is copied, iterated over or unpacked",
        lambda v: bool(v.reported) and bool(v.tracing),
    ),
)
EXPLAINED = (
    Kind("the same fold_in", "JAX compares no data that is folded in", _blind(r"fold_in\(")),
    Kind("one key in all lanes", "JAX counts one use for all lanes", _blind(r"jax\.vmap\(lambda")),
    Kind(
        "split meets fold_in",
        "`split(key)[i]` is `fold_in(key, i)`; JAX does not know, and both were made",
        lambda v: bool(v.reported) and not v.jax and v.meets,
    ),
    Kind(
        "split meets fold_in, unseen",
        "which number is folded in is not known",
        lambda v: not v.reported and not v.jax and v.equal and v.only_meets,
    ),
    Kind(
        "the same fold_in, unseen",
        "which numbers the lanes of a `vmap` fold in is not known",
        lambda v: (
            not v.reported
            and not v.jax
            and v.equal
            and v.only_folds
            and v.mentions(r"jax\.vmap\(lambda \w+: .*fold_in")
        ),
    ),
    Kind(
        "taken for meant",
        "the interpreter finds it; a loop over listed cases, or a dropped result, is no misuse",
        lambda v: not v.reported and v.followed and v.equal,
    ),
    Kind("keys out of jit", "JAX takes all that `jit` returns for new", _blind(r"jax\.jit\(")),
    Kind(
        "JAX's check fails",
        "it raises an error of its own",
        lambda v: v.tracing is None and bool(v.reported) is v.equal,
    ),
    Kind(
        "an element is taken, not used",
        "JAX takes indexing and `reshape` for a use of the element",
        _strict(r"(ks\d*|rest\d*|p\d)\[|\.at\["),
    ),
    Kind("keys are stacked", "JAX takes `jnp.stack` for a use", _strict(r"jnp\.(stack|array)\(")),
    Kind(
        "a consumed key is handed on",
        "a function returns it, and no caller uses it yet",
        lambda v: bool(v.reported) and all(item.startswith("RNG209") for item in v.reported),
    ),
    Kind("a branch not taken", "JAX counts both branches", _strict(r"lax\.(cond|switch)\(")),
    Kind(
        "a copy in a trace",
        "traced, a copy, an unpacked or a looped-over key uses up the original",
        lambda v: (
            not v.reported and not v.running and bool(v.tracing) and (not v.equal or v.only_meets)
        ),
    ),
)
FAULTS = (
    Kind(
        "missed", "JAX raises, equal bits are used", lambda v: not v.reported and v.jax and v.equal
    ),
    Kind(
        "silent", "neither reports that equal bits are used", lambda v: not v.reported and v.equal
    ),
    Kind("stricter", "JAX raises for no known reason", lambda v: not v.reported),
    Kind("wrong", "reported, but no equal bits are used", lambda v: not v.equal),
    Kind("strange", "equal bits are used for no known reason", lambda v: True),
)
_KINDS = (*AGREEMENTS, *EXPLAINED, *FAULTS)


def verdicts(program: Program) -> Verdicts:
    """Asks everybody."""
    source = Source.from_bytes("program.py", program.text.encode())
    found = [
        f"{each.code} on line {each.span.start.row}: {each.message}"
        for each in check_source(source)
        if each.code in REUSE_CODES
    ]
    paths = Paths(program)
    runs = recorded(paths)
    tracing = errs_tracing(paths)
    return Verdicts(
        text=program.text,
        reported=tuple(found),
        running=None if program.is_compiled else errs_running(paths),
        tracing=tracing,
        followed=not found and _is_followed(source, runs),
        equal=any(run.repeats() for run in runs),
        meets=any(run.meets() for run in runs),
        only_meets=all(run.only_meets() for run in runs),
        only_folds=all(run.only_folds() for run in runs),
    )


def _is_followed(source: Source, runs: list[Recorder]) -> bool:
    """Whether the interpreter found every place that consumes the same key bits once more."""
    repeats = [lines for run in runs for lines in run.repeats()]
    if not repeats:
        return True
    facts = gather_facts(source, load())
    places = [item.again for item in facts.key_reuses]
    places += [item.consumption for item in facts.key_captures]
    rows = {place.span.start.row for place in places}
    return not any(rows.isdisjoint(lines) for lines in repeats)


def kind_of(found: Verdicts) -> Kind:
    """The first kind that holds."""
    return next(kind for kind in _KINDS if kind.holds(found))
