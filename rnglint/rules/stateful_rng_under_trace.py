"""RNG207: NumPy, stdlib or torch randomness in a function that JAX traces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Context, Facts, Reference, Trace
from rnglint.rules import Rule
from rnglint.rules.wording import place


class StatefulRngUnderTrace(Rule):
    """Checks for stateful randomness in a function that JAX traces.

    ## Why is this bad?
    JAX runs the Python of a traced function once and compiles what it recorded. A number that
    NumPy, the standard library or torch drew meanwhile is a constant of the compiled program: every
    call returns the same "random" numbers, all lanes of `vmap` and all steps of `scan` share them,
    and a new draw happens only when a new shape makes JAX trace again. With `jax.disable_jit()`,
    where one would look for the bug, it is gone.

    ## Example
    ```python
    import jax
    import numpy as np


    @jax.jit
    def augment(x):
        return x + np.random.normal(size=x.shape)
    ```

    ## Use instead
    ```python
    import jax


    @jax.jit
    def augment(key, x):
        return x + jax.random.normal(key, x.shape)
    ```

    ## Fix safety
    There is no fix: the function needs a key, and so does everything that calls it.

    ## Known limits
    Traced is what a transformation is seen to be applied to, as a decorator or in a call, and what
    such a function calls in the same file, however deep. A draw from a `numpy.random.Generator` is
    not reported. `jax.grad` alone runs its function anew at each call; a host callback
    (`jax.pure_callback`) draws afresh.

    ## References
    - [JAX: pure functions](https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html)
    """

    code: ClassVar[str] = "RNG207"
    name: ClassVar[str] = "stateful-rng-under-trace"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each draw from, or seeding of, hidden state under a trace."""
        for reference in facts.references:
            trace = facts.trace_of(reference.scope)
            called = reference.context is Context.CALL
            if trace and called and reference.entry.effect in ("draw", "seed"):
                yield self._report(facts, reference, trace)

    def _report(self, facts: Facts, reference: Reference, trace: Trace) -> Diagnostic:
        through = "".join(f" through `{name}`" for name in trace.callers[:1])
        does = "draws" if reference.entry.effect == "draw" else "seeds"
        return self.diagnostic(
            facts,
            reference.span,
            f"`{reference.qualified}` {does} once, when `{trace.by}`"
            f" {place(trace.span, reference.span)} traces the function{through}",
            label="a constant of the compiled program",
            help="pass a key to the function and draw with `jax.random`",
            related=[Related("traced from here", trace.span)],
        )
