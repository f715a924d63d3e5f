"""RNG202: a JAX key from outside a loop, consumed anew in each round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, KeyReuse
from rnglint.rewrite.key_rounds import rounds_fix
from rnglint.rewrite.key_split import split_fix
from rnglint.rules import Rule
from rnglint.rules.wording import place, reason


class JaxKeyReuseInLoop(Rule):
    """Checks for a JAX key that every round of a loop consumes again.

    ## Why is this bad?
    A key that is made outside of a `for`, a `while` or a comprehension and consumed inside
    without being split gives the same random bits in every round: a training loop applies the same
    dropout mask for ever, a batch of samples is one sample repeated. The same goes for a key that
    only some paths through the body refresh, and for `fold_in(key, 7)` with what does not
    change from round to round.

    ## Example
    ```python
    import jax

    key = jax.random.key(0)
    for _ in range(10):
        noise = jax.random.normal(key, (3,))
    ```

    ## Use instead
    ```python
    import jax

    key = jax.random.key(0)
    for _ in range(10):
        key, subkey = jax.random.split(key)
        noise = jax.random.normal(subkey, (3,))
    ```

    In a comprehension, iterate over keys: `[normal(k) for k in jax.random.split(key, 10)]`; with an
    index at hand, `jax.random.fold_in(key, i)` will do.

    ## Fix safety
    The fix splits the key in the line before the statement that consumes it and carries the new key
    to the next round, where the key has a plain local name and the loop is a statement. In a
    comprehension the key gets `fold_in` with the number of the round; one that goes over `range(n)`
    without using that number goes over `split(key, n)` instead. The fix is unsafe because other
    numbers are drawn from then on.

    ## Known limits
    Loops that JAX runs (`jax.lax.scan`, `fori_loop`, `while_loop`) count as loops where the
    function that they repeat can be seen. A loop that leaves in its first round on every path is no
    loop; one that does so only for the data at hand is reported. A loop over cases that are written
    out gives each of them the same key on purpose, unless it samples itself; so does the loop of a
    test that checks each round's result and carries none on. A key named for evaluation or plots
    may be used again under `if step % n == 0`.
    """

    code: ClassVar[str] = "RNG202"
    name: ClassVar[str] = "key-reuse-in-loop"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each place that consumes a key of an earlier round."""
        for reuse in facts.key_reuses:
            if reuse.loop is None or reuse.intended:
                continue
            if facts.loops[reuse.loop].listed and not reuse.again.by.startswith("jax.random."):
                # Listed cases that are compared get the same noise.
                continue
            yield self._report(facts, reuse, reuse.loop)

    def _report(self, facts: Facts, reuse: KeyReuse, index: int) -> Diagnostic:
        again, loop = reuse.again, facts.loops[index]
        kind = "comprehension" if loop.kind == "comprehension" else f"`{loop.kind}` loop"
        where = ""
        if loop.header.start.row != again.span.start.row:
            where = f" on line {loop.header.start.row}"
        if reuse.first.span == again.span:
            message = (
                f"key `{again.text}` is consumed by `{again.by}` in every round of the"
                f" {kind}{where}, and not refreshed in between"
            )
        else:
            message = (
                f"key `{again.text}` was already consumed by `{reuse.first.by}`"
                f" {place(reuse.first.span, again.span)}, in the round before of the {kind}{where}"
            )
            if not reuse.first.text:
                message += f" ({reuse.first.via})"
        related = [Related("each round of this loop", loop.header)]
        if reuse.first.span != again.span:
            related.insert(0, Related("consumed here in the round before", reuse.first.span))
        return self.diagnostic(
            facts,
            again.span,
            message + reason(again),
            label="the same key in every round: the samples repeat",
            help=_help(reuse, loop.kind),
            related=related,
            fix=split_fix(facts, reuse) or rounds_fix(facts, reuse),
        )


def _help(reuse: KeyReuse, kind: str) -> str:
    name = reuse.again.text
    if "fold_in" in name:
        return "fold in something that changes from round to round, such as the loop's index"
    if kind == "comprehension":
        return "iterate over one key for each round: `for k in jax.random.split(key, n)`"
    if name.isidentifier():
        return f"split it in the loop: `{name}, subkey = jax.random.split({name})`"
    return "split it in the loop, or derive a key for each round with `jax.random.fold_in(key, i)`"
