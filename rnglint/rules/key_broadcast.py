"""RNG205: one JAX key for every lane of a transformed function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, KeyBroadcast
from rnglint.rewrite.key_lanes import broadcast_fix
from rnglint.rules import Rule
from rnglint.rules.wording import place, reason


class JaxKeyBroadcast(Rule):
    """Checks for one JAX key that is sent to every lane of `vmap` and consumed there.

    ## Why is this bad?
    With `in_axes=None` every lane gets the very same key, so that every row of the batch gets the
    same noise, the same dropout mask, the same initial weights. JAX's own checker is silent
    about it.

    ## Example
    ```python
    import jax


    def noisy(key, x):
        return x + jax.random.normal(key, x.shape)


    def perturb(key, xs):
        return jax.vmap(noisy, in_axes=(None, 0))(key, xs)
    ```

    ## Use instead
    ```python
    import jax


    def noisy(key, x):
        return x + jax.random.normal(key, x.shape)


    def perturb(key, xs):
        keys = jax.random.split(key, len(xs))
        return jax.vmap(noisy)(keys, xs)
    ```

    ## Fix safety
    The fix is unsafe because other numbers are drawn from then on. The key becomes
    `jax.random.split(key, xs.shape[0])` and its axis 0, where the result of the transformation is
    called once, in one row, and `xs` is seen to be an array that is mapped over. Elsewhere there is
    none: where the batch size comes from has to be known first.

    ## Known limits
    Only functions whose body can be seen are followed, and only axes that are written out at the
    call of the transformation. A lane that derives its own key (`jax.random.fold_in(key, i)`
    with an `i` that is mapped over) is right, and not reported.

    ## References
    - [JAX: `jax.vmap`](https://docs.jax.dev/en/latest/_autosummary/jax.vmap.html)
    """

    code: ClassVar[str] = "RNG205"
    name: ClassVar[str] = "key-broadcast"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each argument that is one key for all lanes."""
        for broadcast in facts.key_broadcasts:
            yield self._report(facts, broadcast)

    def _report(self, facts: Facts, broadcast: KeyBroadcast) -> Diagnostic:
        key = broadcast.argument
        applied = f"`{broadcast.by}`"
        if broadcast.span.start.row != key.span.start.row:
            applied += f" {place(broadcast.span, key.span)}"
        return self.diagnostic(
            facts,
            key.span,
            f"every lane of {applied} consumes the same key `{key.text}`" + reason(key),
            label="one key for all lanes: equal samples in every row",
            help="map over the keys too: `jax.random.split(key, n)` with axis 0",
            related=[Related("its `in_axes` send the key to all lanes", broadcast.span)],
            fix=broadcast_fix(facts, broadcast),
        )
