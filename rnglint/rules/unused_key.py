"""RNG204: a JAX key that is made and never used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Span
from rnglint.facts.model import Facts, UnusedKey
from rnglint.rewrite.key_forgotten import forgotten_key_fix
from rnglint.rewrite.words import code, words
from rnglint.rules import Rule
from rnglint.source.modules import is_test_file

#: The first argument of a call, where it is a name.
_ARGUMENT = re.compile(r"\(\s*(\w+)")


class JaxUnusedKey(Rule):
    """Checks for a JAX key that is derived and never used.

    ## Why is this bad?
    A key that was made for something, and that nothing uses, is most often a slip: the sampler
    below it gets another key, one that has been consumed already or will be. In
    `rng, init_rng = jax.random.split(rng)` followed by `init(rng)`, the next split of `rng` is
    not independent of the parameters.

    ## Example
    ```python
    import jax


    def sample(key):
        key, subkey = jax.random.split(key)
        return jax.random.normal(key)
    ```

    ## Use instead
    ```python
    import jax


    def sample(key):
        key, subkey = jax.random.split(key)
        return jax.random.normal(subkey)
    ```

    If a key is made only to keep others the same, bind it to `_`.

    ## Fix safety
    The fix is unsafe because other numbers are drawn. It hands the unused key to what got the one
    that goes on in its place, as in the example, where that is plain: one split makes both from
    the key that goes on, and the first use of that, in the same suite, is a call of a sampler, or
    of a function that the unused key is named for (`init_rng` and `init(rng)`), or of any function
    if its name says nothing (`subkey`, `_rng`, `key1`). Elsewhere there is none: whether the key is
    superfluous, or another one is used in its place, has to be understood first.

    ## Known limits
    Variables of modules and classes are not looked at, for others may import them. The variable
    that takes the place of the key that is split (`key` in `key, subkey = jax.random.split(key)`)
    need not be used: it is there for the next split. A test may split a key just to see that this
    works, as long as it does not use the key afterwards.

    ## References
    - [JAX: pseudorandom numbers](https://docs.jax.dev/en/latest/random-numbers.html)
    """

    code: ClassVar[str] = "RNG204"
    name: ClassVar[str] = "unused-key"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each key that is made for nothing."""
        for unused in facts.unused_keys:
            if not _is_tried(facts, unused):
                yield self._report(facts, unused)

    def _report(self, facts: Facts, unused: UnusedKey) -> Diagnostic:
        if not unused.names:
            return self.diagnostic(
                facts,
                unused.span,
                f"what `{unused.by}` returns is thrown away",
                label="its argument is not changed: it returns new keys",
                help="bind the new keys: `key, subkey = jax.random.split(key)`",
            )
        return self.diagnostic(
            facts,
            unused.span,
            _which(unused),
            label="never used",
            help="use it where another key is used in its place, or bind it to `_`",
            fix=forgotten_key_fix(facts, unused),
        )


def _is_tried(facts: Facts, unused: UnusedKey) -> bool:
    """Whether a test only sees that the key can be split: it has no use for it afterwards."""
    if unused.names or not is_test_file(facts.source.filename):
        return False
    around = [item for item in facts.statements if item.span.contains(unused.span)]
    scope = facts.scopes[around[-1].scope]
    argument = _ARGUMENT.search(facts.text(unused.span))
    after = facts.text(Span(unused.span.end, scope.span.end, unused.span.cell))
    return argument is not None and argument[1] not in words(code(after))


def _which(unused: UnusedKey) -> str:
    if len(unused.names) == 1:
        return f"key `{unused.names[0]}`, made by `{unused.by}`, is never used"
    names = ", ".join(f"`{name}`" for name in unused.names)
    return f"keys {names}, made by `{unused.by}`, are never used"
