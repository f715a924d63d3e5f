"""RNG110: a public function whose random numbers its callers cannot govern as they are used to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference, Scope, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_tested_in
from rnglint.source.modules import is_test_file

#: Parameters that SPEC 7 calls `rng`.
_SEEDS = re.compile(r"(?:\w+_)?seed|random_state|prng")
#: Parameters with which a function takes its random numbers already.
_GENERATORS = re.compile(r"(?:^|_)(?:p?rngs?|key|generator)(?:_|$)")
#: Functions that are there to seed.
_SEEDING = re.compile(r"(?:^|_)(?:re)?seed(?:s|_|$)")
#: Folders of what is not imported by others, and how far above a file they are looked for.
_ASIDE = frozenset({"benchmarks", "docs", "examples", "scripts", "test", "tests"})
_NEAR = 4
_PRIVATE = re.compile(r"_(?!_)")
#: What scripts do: they ask how they are run, they print and plot.
_SCRIPT = re.compile(r"^(?:if\s+__name__\s*==|print\(|(?:plt|pyplot)\.)", re.MULTILINE)
#: Decorators that remember what a function gave for its arguments.
_CACHES = frozenset({"cache", "lru_cache", "memoize", "cached"})
#: This gives a generator back as it is.
_TAKES_GENERATORS = "numpy.random.default_rng"


class RngParameter(Rule):
    """Checks for public functions that draw random numbers but take no `rng`.

    ## Why is this bad?
    The libraries of scientific Python have agreed, in SPEC 7, on how a function takes its random
    numbers: a keyword argument `rng`, which `np.random.default_rng(rng)` turns into a generator,
    whether it is one, a seed or None. A function that draws from NumPy's global state leaves its
    caller no choice but to seed the process. One that seeds it, or makes a `RandomState`, cannot go
    on with a stream that the caller has: two calls with one seed draw the same numbers. And one
    that hands its `seed` or `random_state` to `default_rng` takes a generator as well, but says
    otherwise.

    ## Example
    ```python
    import numpy as np


    def jitter(x, seed=None):
        rng = np.random.default_rng(seed)
        return x + rng.normal(size=x.shape)
    ```

    ## Use instead
    ```python
    import numpy as np


    def jitter(x, rng=None):
        rng = np.random.default_rng(rng)
        return x + rng.normal(size=x.shape)
    ```

    ## Fix safety
    For draws from the global state it is the fix of RNG102, under `numpy-rng = "parameter"`: the
    function takes `rng=None`, and so do those that call it in the file, which pass theirs on. A
    parameter of another name has none: callers in other files rely on it. SPEC 7 tells how to take
    both names for a while.

    ## Known limits
    Public are functions and methods without a leading underscore, in public classes and modules.
    Scripts, which ask for `__main__`, print, plot or draw when they are imported, notebooks and
    folders of tests, examples, scripts and documentation are left out, and so are `main`, functions
    that say by their name that they seed, functions that take a generator or a key besides or ask
    whether they were given one, and functions with a cache. Each function, and each class, is
    reported once, where it first seeds or draws.

    ## References
    - [SPEC 7: seeding pseudo-random number generation](https://scientific-python.org/specs/spec-0007/)
    """

    code: ClassVar[str] = "RNG110"
    name: ClassVar[str] = "rng-parameter"
    default: ClassVar[bool] = False

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each public function that draws otherwise than by `rng`."""
        used = [item for item in facts.references if item.entry.library == "numpy" and item.call]
        if not used or not _is_library(facts):
            return
        places = Places(facts)
        if any(
            item.entry.effect == "draw" and places.evaluated_in(item.scope) == 0 for item in used
        ):
            return
        reported: set[int] = set()
        for item in used:
            owner = _public(places, item)
            message = _wrong(places, item, owner) if owner else ""
            home = _home(places, owner) if owner else None
            if owner and home and message and home.index not in reported:
                reported.add(home.index)
                yield self._report(facts, item, owner, home, message)

    def _report(
        self, facts: Facts, item: Reference, owner: Scope, home: Scope, message: str
    ) -> Diagnostic:
        is_method = home is not owner and owner.name != "__init__"
        called = f"{home.name}.{owner.name}" if is_method else home.name
        where = " where the object is made" if is_method else ""
        return self.diagnostic(
            facts,
            item.span,
            f"public `{called}` {message}",
            label="here it gets its random numbers",
            help=f"take `rng=None`{where} and begin with `rng = np.random.default_rng(rng)`",
        )


def _is_library(facts: Facts) -> bool:
    """Whether a file is one that others import."""
    *folders, name = PurePath(facts.source.filename).parts
    if any(_PRIVATE.match(part) for part in (name, *folders[-_NEAR:])):
        return False
    if is_test_file(name) or not _ASIDE.isdisjoint(folders[-_NEAR:]):
        return False
    notebook = any(row.cell is not None for row in facts.source.rows[:1])
    return not notebook and not _SCRIPT.search(facts.source.program)


def _public(places: Places, item: Reference) -> Scope | None:
    """The public function in which a reference stands, unless it only seeds for others."""
    functions = places.functions(item.scope)
    owner = functions[-1] if functions else None
    if owner is None or owner.kind is not ScopeKind.FUNCTION or is_tested_in(places, owner.index):
        return None
    names = [scope.name for scope in places.chain(owner.index)]
    hidden = any(name.startswith("_") and name != "__init__" for name in names)
    return None if hidden or owner.name == "main" or _SEEDING.search(owner.name) else owner


def _home(places: Places, owner: Scope) -> Scope:
    """The class of a method, a function itself: what should take the generator."""
    parent = owner if owner.parent is None else places.facts.scopes[owner.parent]
    return parent if parent.kind is ScopeKind.CLASS else owner


def _wrong(places: Places, item: Reference, owner: Scope) -> str:
    """What is wrong with how a function gets its random numbers; "" where nothing is."""
    seeds = {name for name in owner.parameters if _SEEDS.fullmatch(name)}
    if any(_GENERATORS.search(name) for name in owner.parameters) or _is_cached(owner):
        return ""
    if item.entry.effect == "draw" and item.context is Context.CALL:
        if seeds or _seeds_itself(places, owner):
            return ""
        return "draws from NumPy's global state, which no caller can hand to it"
    seed = item.argument(item.entry.seed) if item.entry.seed else None
    if seed is None or seed.text not in seeds or _asks_for_a_generator(places, owner, seed.text):
        return ""
    but = "" if item.entry.qualified == _TAKES_GENERATORS else ", and cannot be given a generator"
    return f"takes `{seed.text}`, which SPEC 7 calls `rng`{but}"


def _is_cached(owner: Scope) -> bool:
    """Whether a function remembers its results by its arguments, among which the seed is one."""
    return any(name.partition("(")[0].rpartition(".")[2] in _CACHES for name in owner.decorators)


def _seeds_itself(places: Places, owner: Scope) -> bool:
    """Whether a function seeds what it draws from: that is another misuse."""
    return any(
        item.entry.effect == "seed" and places.within(item.scope, owner.index)
        for item in places.facts.references
    )


def _asks_for_a_generator(places: Places, owner: Scope, name: str) -> bool:
    text = code(places.facts.text(owner.span))
    return re.search(rf"\bisinstance\(\s*{name}\b", text) is not None
