"""RNG303: two generators or keys of one scope that are made of the same seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import DuplicateSeed as Duplicate
from rnglint.facts.model import Facts, Stream
from rnglint.rewrite.places import Places
from rnglint.rewrite.spawn import spawn_fix
from rnglint.rewrite.words import code
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_among_tests, is_tested_in
from rnglint.rules.wording import place

#: Names for a stream that is to be like another one.
_LIKENESS = re.compile(
    r"again|alt|backup|check|clone|control|copy|dup|expect|legacy|new|old|orig|other|prev|ref"
    r"|repeat|replay|same|saved|target|teacher|true|twin|verif|(?:^|_)ema(?:_|$)",
    re.IGNORECASE,
)
#: Words of code that compares.
_COMPARES = re.compile(r"\bassert\w*|\w*allclose\b|\barray_equal\b|\bisclose\b|\bequal\b")
_NUMBER = re.compile(r"_?(?:\d+|[a-d])$")


class DuplicateSeed(Rule):
    """Checks for two generators or keys that are made of the same seed.

    ## Why is this bad?
    A seed stands for one stream of random numbers. Two generators that are made of it give the same
    numbers in the same order: the noise is then a function of the data that it is added to, the
    layers of a network start out equal, a training set and its test set are one. It goes for
    generators of every library, for JAX keys and for streams of keys.

    ## Example
    ```python
    import numpy as np


    def generate(count, seed):
        data_rng = np.random.default_rng(seed)
        noise_rng = np.random.default_rng(seed)
        return data_rng.normal(size=count) + noise_rng.normal(size=count)
    ```

    ## Use instead
    ```python
    import numpy as np


    def generate(count, seed):
        data_rng, noise_rng = np.random.default_rng(seed).spawn(2)
        return data_rng.normal(size=count) + noise_rng.normal(size=count)
    ```

    ## Fix safety
    The fix makes one generator or key of the seed and spawns or splits it. It is unsafe because
    other numbers are drawn from then on, which is its purpose. It is offered for
    `np.random.default_rng` and `jax.random.key`, where the lines follow one another.

    ## Known limits
    Reported where the first stream is still in use when the second one is made, both are bound to
    names of their own, once in their scope, and the seed is the only argument. The same seed for
    two libraries is no finding. Nor is what looks like a comparison: tests, functions that assert
    or compare, names that say that one is like the other (`rng_copy`, `target_key`), numbered names
    that are handed to others (`simulate(rng1)`, `emulate(rng2)`), and streams that are handed to
    one and the same function. Notebooks are left alone.
    """

    code: ClassVar[str] = "RNG303"
    name: ClassVar[str] = "duplicate-seed"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each stream that equals an earlier one."""
        if not facts.duplicate_seeds or is_among_tests(facts):
            return
        places = Places(facts)
        for group in facts.duplicate_seeds:
            if not _is_meant(places, group):
                yield from self._report(facts, group)

    def _report(self, facts: Facts, group: Duplicate) -> Iterator[Diagnostic]:
        first, *others = group.streams
        fix = spawn_fix(facts, group)
        for stream in others:
            yield self.diagnostic(
                facts,
                stream.call,
                f"`{stream.name}` draws the same numbers as `{first.name}`"
                f" {place(first.call, stream.call)}: both are made of `{stream.seed}`",
                label="the same stream a second time",
                help="make one of the seed, and spawn or split it",
                related=[Related(f"`{first.name}` is made of this seed", first.call)],
                fix=fix,
            )


def _is_meant(places: Places, group: Duplicate) -> bool:
    """Whether the streams may be equal on purpose."""
    facts = places.facts
    if group.streams[0].call.cell is not None or is_tested_in(places, group.scope):
        return True
    if any(_LIKENESS.search(stream.name) for stream in group.streams):
        return True
    functions = places.functions(group.scope)
    if functions and _COMPARES.search(code(facts.text(functions[0].span))):
        return True
    return _are_numbered(group.streams) or _are_used_alike(group.streams)


def _are_numbered(streams: tuple[Stream, ...]) -> bool:
    """Whether `rng1` and `rng2` are handed to others, which may be compared."""
    alike = len({_NUMBER.sub("", stream.name) for stream in streams}) == 1
    return alike and not any(user.startswith(".") for item in streams for user in item.users)


def _are_used_alike(streams: tuple[Stream, ...]) -> bool:
    """Whether all are handed to one and the same function, and nothing else is done with them."""
    users = {stream.users for stream in streams}
    return len(users) == 1 and all(user.endswith("()") for user in next(iter(users)))
