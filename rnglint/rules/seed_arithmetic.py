"""RNG107: sibling streams made by arithmetic on a seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Context, Facts, ScopeKind, Seed, Term
from rnglint.rewrite.places import Places
from rnglint.rewrite.seed_list import derived_fix
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_tested_in
from rnglint.rules.wording import one_line
from rnglint.source.modules import is_test_file

_SEED = re.compile(r"(?:^|_)(?:seeds?|entropy)\d*(?:_|$)|Seed", re.IGNORECASE)
_OF_A_WORKER = re.compile(r"worker_info|initial_seed")


class SeedArithmetic(Rule):
    """Checks for sibling streams that are made by arithmetic on a seed.

    ## Why is this bad?
    `default_rng(seed + rank)` gives every worker a stream of its own, and the next run, with the
    next seed, mostly the same streams: worker 1 of seed 7 draws what worker 0 of seed 8 draws. Who
    compares runs with the seeds 0, 1, 2, … compares, for the greater part, a run with itself, and
    the streams `seed`, `seed + 1` and `seed + 2` of one experiment are those of its neighbours.
    `seed * 1000 + rank` only postpones it. A `SeedSequence` mixes the parts so that different parts
    give different streams, and so does `fold_in` with a JAX key.

    ## Example
    ```python
    import numpy as np


    def worker(rank, seed):
        rng = np.random.default_rng(seed + rank)
        return rng.normal()
    ```

    ## Use instead
    ```python
    import numpy as np


    def worker(rank, seed):
        rng = np.random.default_rng([rank, seed])
        return rng.normal()
    ```

    Or spawn the streams where the workers are started: `np.random.default_rng(seed).spawn(n)`,
    `SeedSequence(seed).spawn(n)`. With JAX, `jax.random.fold_in(jax.random.key(seed), rank)`.

    ## Fix safety
    The fix turns the sum of a seed and one other thing into the list of both, or for a JAX key into
    a `fold_in`. It is unsafe because other numbers are drawn. Neither takes negative numbers, and
    zeros at the end of a list make no difference: `[1, 0]` is the seed 1. No fix is offered for
    other arithmetic, for `RandomState` and `random.Random`, and for keys where the file also makes
    the key of the seed alone: to split that one and to fold into it may give the same keys.

    ## Known limits
    A part of the arithmetic is known to be a seed by its name. A plain loop index (`key(i + 1)`) is
    none, and a constant that is added (`seed + 1`) is reported only where the same function, or
    class, makes another stream of the same seed, and not in tests. Nor are sums with the seed that
    PyTorch gives each worker, `get_worker_info().seed`. Seeds of global state are left alone:
    `torch.manual_seed(seed + rank)` and `np.random.seed(seed + rank)` are the custom of distributed
    training, and most such functions take nothing but one number. What becomes of a sum that is
    passed on to another function is not followed.

    ## References
    - [NumPy: parallel random number generation](https://numpy.org/doc/stable/reference/random/parallel.html)
    """

    code: ClassVar[str] = "RNG107"
    name: ClassVar[str] = "seed-arithmetic"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each generator or key whose seed is a sum with a seed in it."""
        seeds = [seed for seed in facts.seeds if _makes_a_stream(seed)]
        sums = [seed for seed in seeds if len(seed.terms) > 1 and not seed.volatile]
        if not sums or is_test_file(facts.source.filename):
            return
        places = Places(facts)
        for seed in sums:
            base = _base(seed)
            if base is None or is_tested_in(places, seed.reference.scope):
                continue
            sibling = _sibling(places, seed, base, seeds)
            if sibling or not all(term.literal for term in seed.terms if term is not base):
                yield self._report(facts, seed, base, seeds, sibling)

    def _report(
        self, facts: Facts, seed: Seed, base: Term, seeds: list[Seed], sibling: Seed | None
    ) -> Diagnostic:
        text = one_line(facts.text(seed.argument.value))
        alone = [other for other in seeds if _is_key_of(other, base)]
        related = []
        if sibling:
            related.append(Related("another stream of that seed", sibling.argument.value))
        return self.diagnostic(
            facts,
            seed.argument.value,
            f"`{seed.reference.text}` is seeded with `{text}`: {_consequence(seed, base)}",
            label="arithmetic on a seed",
            help=_advice(seed, base),
            related=related,
            fix=derived_fix(facts, seed, base, alone),
        )


def _makes_a_stream(seed: Seed) -> bool:
    reference = seed.reference
    return reference.context is Context.CALL and reference.entry.effect in ("make", "key")


def _base(seed: Seed) -> Term | None:
    """The operand that is a seed, unless that is one of a worker already."""
    if any(_OF_A_WORKER.search(term.text) for term in seed.terms):
        return None
    return next((term for term in seed.terms if _SEED.search(term.word)), None)


def _is_key_of(seed: Seed, base: Term) -> bool:
    """Whether a call makes the key of the seed alone."""
    texts = [term.text for term in seed.terms]
    return seed.reference.entry.effect == "key" and texts == [base.text]


def _sibling(places: Places, seed: Seed, base: Term, seeds: list[Seed]) -> Seed | None:
    """Another stream that is made from the same seed in the same function or class."""
    text, home = places.facts.text, _home(places, seed, base)
    for other in seeds:
        same = any(term.text == base.text for term in other.terms)
        differs = text(other.argument.value) != text(seed.argument.value)
        if same and differs and _home(places, other, base) == home:
            return other
    return None


def _home(places: Places, seed: Seed, base: Term) -> int:
    """The function in which a seed has its meaning; the class for `self.seed`."""
    chain = list(places.chain(seed.reference.scope))
    if base.text.startswith("self."):
        owner = next((item for item in chain if item.kind is ScopeKind.CLASS), None)
        if owner:
            return owner.index
    return next((item.index for item in chain if item.kind is ScopeKind.FUNCTION), 0)


def _consequence(seed: Seed, base: Term) -> str:
    added = next((term.text for term in seed.terms if term is not base and not term.literal), "")
    if added:
        return f"another `{base.text}` with another `{added}` gives the same stream again"
    return f"a run with another `{base.text}` has the same stream"


def _advice(seed: Seed, base: Term) -> str:
    others = [term.text for term in seed.terms if term is not base and not term.literal]
    added = others[0] if others else seed.terms[-1].text
    if seed.reference.entry.effect == "key":
        return f"fold it into the key of the seed: `fold_in({seed.reference.text}({base.text}), …)`"
    if seed.reference.entry.library == "numpy":
        return f"mix the parts, `[{added}, {base.text}]`, or spawn the streams from one seed"
    return "derive the streams from one seed, and not from seeds that follow one another"
