"""RNG304: a seed that differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related, Span
from rnglint.facts.model import Facts, Seed
from rnglint.rules import Rule
from rnglint.rules.wording import one_line

#: By what the tables say of a function: what its result is, and what is wrong with that.
_REASONS = {
    "clock": ("the time", "processes that start together draw the same numbers"),
    "process": ("the number of a process", "numbers of processes are few, and come again"),
    "address": ("a place in memory", "it comes again, and says nothing about the run"),
    "salt": ("a hash of a text", "Python salts it anew in each process"),
}


class ClockSeed(Rule):
    """Checks for a seed that is taken from the clock, the process or a hash.

    ## Why is this bad?
    `time.time()`, `datetime.now()`, `os.getpid()`, `id(x)` and the `hash` of a text differ from run
    to run, so the run cannot be repeated; and they are poor seeds besides. Jobs that a scheduler
    starts in the same second get the same seed and draw the same numbers, and so do jobs whose
    process numbers and start times happen to add up alike. If no particular seed is wanted, give
    none: a generator that is made without a seed asks the operating system for 128 bits that nobody
    else gets. To be able to repeat the run, log what it got.

    ## Example
    ```python
    import os
    import time

    import numpy as np

    rng = np.random.default_rng(int(time.time()) + os.getpid())
    ```

    ## Use instead
    ```python
    import numpy as np

    seed = np.random.SeedSequence().entropy
    print(f"seed: {seed}")
    rng = np.random.default_rng(seed)
    ```

    A seed for a name comes from a digest, which is the same everywhere:
    `int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")`.

    ## Fix safety
    There is no fix: whether the run is to be repeatable is for its author to say.

    ## Known limits
    A variable is followed to where it is assigned, through arithmetic and conversions, within the
    file; of several calls that get it the first is reported. A variable that is printed or logged
    is no finding: the run can be repeated then. A `hash` is reported only of what visibly is a text
    or holds one: that of a number, or of a tuple of numbers, is the same in each process.
    """

    code: ClassVar[str] = "RNG304"
    name: ClassVar[str] = "clock-seed"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each seed that no other run can have."""
        reported: set[Span] = set()
        for seed in facts.seeds:
            if seed.volatile and seed.volatile[0][1] not in reported and not _is_told(facts, seed):
                reported.add(seed.volatile[0][1])
                yield self._report(facts, seed)

    def _report(self, facts: Facts, seed: Seed) -> Diagnostic:
        entry, span = seed.volatile[0]
        what, why = _REASONS[entry.volatile or "clock"]
        call = one_line(facts.text(span))
        inside = seed.argument.value.contains(span)
        return self.diagnostic(
            facts,
            seed.argument.value,
            f"`{seed.reference.text}` is seeded with {what} (`{call}`): the run cannot be"
            f" repeated, and {why}",
            label=f"{what}, at each run another",
            help="give no seed where none is wanted, and log the one to be repeated",
            related=[] if inside else [Related("taken here", span)],
        )


def _is_told(facts: Facts, seed: Seed) -> bool:
    """Whether the variable that holds a seed is printed or logged around there."""
    if seed.argument.kind != "Name":
        return False
    scope = facts.scopes[seed.reference.scope]
    told = rf"(?:print|log|info|debug|warn|warning)\([^;=]{{0,200}}?\b{seed.argument.text}\b"
    return re.search(told, facts.text(scope.span)) is not None
