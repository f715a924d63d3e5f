"""What forbids to move draws from NumPy's global state to a generator of the program's own.

A seed of the global state may feed code that nobody sees here, and a module's generator is
copied into every worker process as faithfully as the global state is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from rnglint.facts.model import Context, Facts, MethodUse, Reference
from rnglint.rewrite.places import Places

#: Packages that never draw from NumPy's global state behind the caller's back.
_QUIET = """
    absl attr attrs chex click cv2 cycler einops equinox etils flax google h5py haiku imageio
    IPython jax jaxlib jaxtyping matplotlib ml_collections ml_dtypes mpl_toolkits numexpr numpy
    optax orbax packaging PIL plotly psutil pydantic pytest requests rich setuptools six tabulate
    toml tomli tqdm typer typing_extensions yaml zarr
"""
#: Packages that draw from it unless told otherwise, and what tells them.
CONSUMERS = {
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
    "pandas": "pandas",
    "imblearn": "imbalanced-learn",
    "statsmodels": "statsmodels",
    "networkx": "NetworkX",
}
#: Packages that run functions in other processes or threads.
_WORKERS = """
    billiard concurrent dask distributed ipyparallel joblib loky mpi4py multiprocess
    multiprocessing pathos ray threading torch torchvision _thread
"""
#: Last words of decorators that compile or trace the function: what it draws is frozen there.
_COMPILERS = """
    checkpoint custom_jvp custom_vjp function guvectorize jit njit pjit pmap remat stencil
    vectorize vmap
"""
_DATASET = re.compile(r"(?:Dataset|DataPipe|DataModule|Sampler|Sequence)$")


#: A number written out to many digits, or a digest: somebody stored a result.
_STORED = re.compile(r"\d\.\d{8,}|\b0x[0-9a-fA-F]{8,}|\bsha\d+\b|\bmd5\b|hexdigest")
_ASSERTION = re.compile(r"(?:\w+\.)*_?assert")


def pins_numbers(facts: Facts, uses: Iterable[Reference | MethodUse]) -> bool:
    """Whether what is drawn is compared with stored numbers, which other numbers will not match."""
    places = Places(facts)
    scopes: set[int] = set()
    for use in uses:
        text = "" if use.statement is None else facts.text(facts.statements[use.statement].span)
        if _ASSERTION.match(text) and re.search(r"[^\w.]\d{2,}", text):
            return True
        scopes.update(scope.index for scope in places.functions(use.scope))
    bodies = (facts.text(facts.scopes[index].span) for index in scopes)
    return any("assert" in body and _STORED.search(body) for body in bodies)


def packages(facts: Facts) -> frozenset[str]:
    """The top-level packages that the source imports; "" stands for a relative import."""
    return frozenset(item.qualified.partition(".")[0] for item in facts.imports)


def feeds_others(facts: Facts) -> bool:
    """Whether a seed of the global state may reach code of other modules that draws from it."""
    return not packages(facts) <= {*_QUIET.split(), *sys.stdlib_module_names}


def consumers(facts: Facts) -> list[str]:
    """The imported libraries that are known to draw from the global state."""
    return sorted(CONSUMERS[name] for name in packages(facts) if name in CONSUMERS)


def hidden_use(facts: Facts) -> bool:
    """Whether the global state is used in ways that cannot be followed."""
    stars = any(item.bound == "*" for item in facts.imports)
    passed_on = any(item.qualified == "numpy.random" for item in facts.module_uses)
    return stars or passed_on or any(map(_is_odd, facts.references))


def _is_odd(reference: Reference) -> bool:
    if reference.entry.library != "numpy" or reference.context is Context.ANNOTATION:
        return False
    if reference.context in (Context.STORE, Context.DELETE):
        return True
    effect = reference.entry.effect
    return effect == "state" or (effect == "seed" and reference.context is not Context.CALL)


def is_seed(reference: Reference) -> bool:
    """Whether a reference seeds the global state, or means to."""
    used = reference.context in (Context.CALL, Context.VALUE, Context.STORE)
    return used and reference.entry.effect == "seed" and reference.entry.library == "numpy"


class Elsewhere:
    """Which draws may not run in the process, or not each time, that their function seems to."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._workers = not packages(places.facts).isdisjoint(_WORKERS.split())
        self._compiled = _compiled(places.facts)

    def may_run(self, draw: Reference, home: int) -> bool:
        """Whether a draw may be compiled, or run in a worker's copy of what `home` binds."""
        functions = self._places.functions(draw.scope)
        if any(item.index in self._compiled for item in functions):
            return True
        below = [item for item in functions if item.index != home]
        if not any(self._places.within(item.index, home) for item in below):
            return False
        return self._workers or self._is_in_dataset(draw.scope)

    def _is_in_dataset(self, scope: int) -> bool:
        """Whether a place is in the class of a data set, whose methods loaders run in workers."""
        bases = [base for item in self._places.chain(scope) for base in item.bases]
        return any(_DATASET.search(base) for base in bases)


def _compiled(facts: Facts) -> frozenset[int]:
    """The functions that are traced or compiled: what they draw is drawn once and frozen."""
    handed = [
        argument
        for reference in facts.references
        if reference.entry.traces and reference.call
        for argument in reference.call.arguments
    ]
    compilers = _COMPILERS.split()
    return frozenset(
        scope.index
        for scope in facts.scopes
        if any(name.rpartition(".")[2] in compilers for name in scope.decorators)
        or any(scope.name in item.names or item.value.contains(scope.span) for item in handed)
    )
