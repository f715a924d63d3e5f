"""Why a finding of NumPy's global state gets no fix, and what to do instead: the help texts."""

from __future__ import annotations

from rnglint.facts.model import Reference
from rnglint.rewrite.numpy_calls import Draw

UNSEEN = (
    "no fix: `numpy.random` is passed on or imported with `*`, so not all draws can be seen;"
    " make a generator and pass that"
)
REPLAYED = (
    "no fix: this file saves, restores or swaps the global state around it; keep a generator and"
    " use `rng.bit_generator.state`"
)
STORED = (
    "no fix: stored numbers are compared with what is drawn; set"
    ' `target-numpy = "randomstate"` for a fix that keeps them'
)
BESIDE_STORED = (
    "no fix: stored numbers are compared with what else its seed feeds; set"
    ' `target-numpy = "randomstate"` for a fix that keeps them'
)
SUBJECT = "no fix: the legacy function is what this test is about"
WRITTEN = (
    "no fix: what is drawn is written to a file that tests compare with; set"
    ' `target-numpy = "randomstate"` for a fix that keeps the numbers'
)
WORKER = (
    "no fix: it may run in worker processes, each with a copy of the same state; give each a"
    " generator of its own, from `np.random.SeedSequence(seed).spawn(n)` or in `worker_init_fn`"
)
COMPILED = (
    "no fix: the function is traced or compiled, and draws only once then; draw outside of it and"
    " pass the numbers in"
)
EARLY = "no fix: it may run before a generator of the module is made; pass a generator in"
IMPORTS = "no fix: no import here surely leads to `default_rng`; import numpy at the top"
NAMES = "no fix: the usual names for a generator are taken here; make one yourself"
UNUSUAL = "no fix: `default_rng` takes other seeds; give it one integer, `rng = default_rng(42)`"
NOT_ALONE = "no fix: the seed is no line of its own; make `rng = default_rng(…)` there and use it"
REPEATED = (
    "no fix: each round of the loop sets the same seed again; make one generator before the loop"
)
NO_DRAWS = (
    "no fix: nothing here is drawn from it that could move; pass a seed or a generator to what it"
    " is meant for, then remove it"
)
CONDITIONAL = "no fix: without a seed it goes on with the old stream, which no new object can"
NO_SEED = "no fix: no seed is set in this file, so there is no stream to keep; pass a generator in"


def seeded_elsewhere(seed: Reference, function: str) -> str:
    """Why a draw stays that an unmovable seed feeds."""
    where = f"line {seed.span.start.row}" + (f", in `{function}`" if function else "")
    return f"no fix: its seed is set on {where}; make the generator there and pass it in as `rng`"


def beside(name: str, made: Reference) -> str:
    """Why a draw stays for now that should come from a `RandomState` which is there already."""
    return f"no fix yet: make a generator of `{name}`, line {made.span.start.row}, and use that"


def seeded_by(name: str) -> str:
    """Why a draw stays that a function of another file may have seeded."""
    return f"no fix: `{name}` may seed it; make a generator of the same seed there and pass it in"


def kept_for(name: str | None) -> str:
    """Why a seed stays though draws move to a generator beside it."""
    others = f"`{name}` may draw from it too" if name else "others may draw from it too"
    return f"no fix: {others}; pass a seed or a generator there, then remove this one"


def untranslatable(draw: Draw) -> str:
    """Why no method of a Generator does what `draw` does."""
    why = _WHY.get(draw.name, "a Generator does not take these arguments")
    if draw.call is None:
        why = _UNCALLED.get(draw.name, why)
    return f"no fix: {why}"


_SHAPE = "an empty `*shape` would give an array and no number; write `rng.{}(shape)` if it never is"
_WHY = {
    "rand": _SHAPE.format("random"),
    "randn": _SHAPE.format("standard_normal"),
    "uniform": "a Generator refuses `high` below `low`",
    "hypergeometric": "a Generator refuses populations of 1e9 and more",
    "randint": "a Generator takes no foreign byte order, nor other arguments than these",
    "random_integers": "its bounds are not plain; write `rng.integers(low, high, endpoint=True)`",
}
_UNCALLED = {
    "rand": "`rng.random` takes a shape and no dimensions; write"
    " `lambda *shape: rng.random(shape)`",
    "randn": "`rng.standard_normal` takes a shape and no dimensions; write"
    " `lambda *shape: rng.standard_normal(shape)`",
    "random_integers": "`rng.integers` excludes its upper bound; pass `endpoint=True`",
}
