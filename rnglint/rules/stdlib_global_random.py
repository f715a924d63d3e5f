"""RNG401: the hidden global state of the standard library's `random`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.stdlib_random import instance_fix
from rnglint.rules import Rule


class StdlibGlobalRandom(Rule):
    """Checks for draws from, and seeds of, the hidden global state of the module `random`.

    ## Why is this bad?
    The functions of `random` are methods of one hidden `random.Random` that the whole process
    shares, with all libraries that draw from it. What `random.random()` returns depends on
    everything that was drawn before, by anyone, and `random.seed` restarts the stream of everybody.
    A `random.Random` of one's own draws the same numbers, and nobody else's.

    ## Example
    ```python
    import random

    random.seed(42)
    print(random.choice("abc"))
    ```

    ## Use instead
    ```python
    import random

    rng = random.Random(42)
    print(rng.choice("abc"))
    ```

    ## Fix safety
    The fix makes an object where the seed was and turns the draws into its methods. They draw the
    same numbers as before. It is unsafe since others may draw from the global state, and rely on
    the seed: it is offered only where the file seeds once, before all its draws, hands no function
    to workers, and imports nothing but the standard library and packages that are known not to draw
    behind one's back. Draws that the file does not seed get no fix.

    ## Known limits
    `random.SystemRandom` and `secrets` have no state and are no finding. An alias
    (`choice = random.choice`) is reported where it is made, and not at its calls.

    ## References
    - [Python: random](https://docs.python.org/3/library/random.html)
    """

    code: ClassVar[str] = "RNG401"
    name: ClassVar[str] = "stdlib-global-random"
    default: ClassVar[bool] = False
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each seed and draw."""
        found = [item for item in facts.references if _is_global(item)]
        fix = instance_fix(facts, found) if found else None
        for item in found:
            seeds = item.entry.effect == "seed"
            does = "seeds" if seeds else "draws from"
            yield self.diagnostic(
                facts,
                item.span,
                f"`{item.text}` {does} the hidden global state of `random`",
                label=f"{does} state that the whole process shares",
                help=f"make `rng = random.Random({'…' if seeds else ''})` and use its methods",
                fix=fix,
            )


def _is_global(reference: Reference) -> bool:
    if reference.entry.library != "stdlib" or reference.entry.effect not in ("seed", "draw"):
        return False
    return reference.context in (Context.CALL, Context.VALUE) and not reference.alias
