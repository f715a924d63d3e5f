"""RNG301: a seed set to the same value in every round of a loop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, SeedReset
from rnglint.rewrite.hoist import hoist_fix
from rnglint.rewrite.places import Places
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_among_tests, is_tested_in
from rnglint.rules.wording import loop_in_words

#: The header of a loop through what a variable holds.
_COLLECTION = re.compile(r"\bin\s+[\w.]+\s*:?$")


class SeedResetInLoop(Rule):
    """Checks for a seed that is set to the same value in every round of a loop.

    ## Why is this bad?
    Seeding starts a stream of random numbers from its beginning. Seeding inside a loop with what
    does not change from round to round makes every round replay the same numbers: a hundred
    repetitions of an experiment are one repetition, a hundred times. It goes for every
    library: `np.random.seed`, `np.random.default_rng`, `random.seed`, `jax.random.key`,
    `torch.manual_seed`, `tf.random.set_seed`.

    ## Example
    ```python
    import numpy as np

    for _ in range(10):
        rng = np.random.default_rng(0)
        print(rng.normal())
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(0)
    for _ in range(10):
        print(rng.normal())
    ```

    If each round needs a stream of its own, give it a seed of its own: `default_rng([i, 0])`,
    `SeedSequence(0).spawn(n)`, `jax.random.fold_in(key, i)`.

    ## Fix safety
    The fix moves the line in front of the loop, and splits a key that is moved so where the loop
    consumes it. It is unsafe because the rounds draw other numbers from then on, which is its
    purpose. It is offered for a line of its own right in the loop's suite, where nothing earlier in
    a round depends on it; for a seed of global state it has to be the first line.

    ## Known limits
    A seed that is computed is followed only through plain arithmetic; what a function returns
    counts as different in every round. A function that seeds and is called in a loop is
    `seed-reset-by-callee`. Tests and benchmarks are not looked at: they want the same numbers for
    each of their cases. So does a loop that seeds alike twice in one round, to compare what comes
    of it, one that seeds something else with what changes, and one through listed cases (`for dtype
    in (int, float)`) or, where a literal key is written into a call, through any collection (`for
    model in models: fit(model, jax.random.key(0))`): none of them is reported.
    """

    code: ClassVar[str] = "RNG301"
    name: ClassVar[str] = "seed-reset-in-loop"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each seeding call that a loop repeats."""
        if not facts.seed_resets or is_among_tests(facts):
            return
        places = Places(facts)
        for reset in facts.seed_resets:
            if not _is_meant(facts, reset) and not is_tested_in(places, reset.scope):
                yield self._report(facts, reset)

    def _report(self, facts: Facts, reset: SeedReset) -> Diagnostic:
        loop = facts.loops[reset.loop]
        where = loop_in_words(facts, reset.loop, reset.call)
        return self.diagnostic(
            facts,
            reset.call,
            f"`{reset.qualified}` is seeded with `{reset.seed}` in every round of the"
            f" {where}: each round replays the same numbers",
            label="the same seed in every round",
            help="seed once before the loop, or with what changes from round to round",
            related=[Related("each round of this loop", loop.header)],
            fix=hoist_fix(facts, reset),
        )


def _is_meant(facts: Facts, reset: SeedReset) -> bool:
    """Whether the rounds want the same numbers: to compare what else comes of them."""
    loop = facts.loops[reset.loop]
    if reset.intended or loop.cases:
        return True
    draws = any(item.by.startswith("jax.random.") for item in reset.consumptions)
    literal = reset.seed.isdigit() and reset.entry.effect == "key"
    collection = _COLLECTION.search(facts.text(loop.header)) is not None
    return literal and not draws and collection and _is_an_argument(facts, reset)


def _is_an_argument(facts: Facts, reset: SeedReset) -> bool:
    """Whether what is seeded goes right into a call."""
    line = facts.source.line(reset.call.cell, reset.call.start.row)
    return line[: reset.call.start.column - 1].rstrip().endswith(("(", ","))
