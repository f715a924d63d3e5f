"""RNG104: reading or replacing NumPy's hidden global state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts
from rnglint.rules import Rule

#: What each function does, and what to write instead.
_ABOUT = {
    "get_state": ("reads", "keep a generator and read `rng.bit_generator.state`"),
    "set_state": ("replaces", "keep a generator and assign `rng.bit_generator.state`"),
    "get_bit_generator": ("hands out", "make the bit generator yourself: `Generator(PCG64(seed))`"),
    "set_bit_generator": ("replaces", "make a generator of it: `Generator(bit_generator)`"),
    "_rand": ("is", "make a generator with `np.random.default_rng()`"),
}


class NumpyGlobalState(Rule):
    """Checks for `np.random.get_state`, `set_state` and other ways to NumPy's hidden state.

    ## Why is this bad?
    Saving and restoring the state behind `numpy.random` is meant to protect the caller's stream, or
    to replay a part of it. Both only work while nobody else draws in between: not another
    thread, not a library, not a callback. A `Generator` of one's own needs no protection, and
    its state belongs to it alone.

    ## Example
    ```python
    import numpy as np

    state = np.random.get_state()
    first = np.random.normal(size=3)
    np.random.set_state(state)
    again = np.random.normal(size=3)
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    state = rng.bit_generator.state
    first = rng.normal(size=3)
    rng.bit_generator.state = state
    again = rng.normal(size=3)
    ```

    ## Fix safety
    There is no fix: what the state is saved for has to be understood first. The other findings of
    NumPy's global state in such a file get none either.

    ## Known limits
    States of `RandomState` objects are not reported here; constructing one is, as
    `numpy-random-state`.
    """

    code: ClassVar[str] = "RNG104"
    name: ClassVar[str] = "numpy-global-state"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each use."""
        for reference in facts.references:
            if reference.entry.library != "numpy" or reference.entry.effect != "state":
                continue
            if reference.alias or reference.context in (Context.ANNOTATION, Context.TYPE_TEST):
                continue
            verb, instead = _ABOUT.get(reference.entry.name, ("touches", "make a generator"))
            yield self.diagnostic(
                facts,
                reference.span,
                f"`{reference.text}` {verb} NumPy's hidden global state; {instead}",
                label="state that the whole process shares",
                help=instead,
            )
