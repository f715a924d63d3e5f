"""RNG201: a JAX key consumed twice on one path of execution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, KeyReuse
from rnglint.rewrite.key_split import split_fix
from rnglint.rules import Rule
from rnglint.rules.wording import place, reason


class JaxKeyReuse(Rule):
    """Checks for a JAX key that is consumed more than once.

    ## Why is this bad?
    A JAX sampler is a pure function of its key: the same key gives the same random bits again. Two
    draws from one key are not independent, and often they are the same numbers. Nothing fails: the
    weights of two layers are equal, noise cancels, an estimate has the wrong variance.

    Every sampler consumes its key, and so does `jax.random.split`. That includes consuming
    an element of a split array twice, an alias of a consumed key, or a key that a function
    called before has already consumed. This is the rule that `jax.debug_key_reuse` checks
    while a program runs; rnglint checks it without running, on raw `PRNGKey` arrays as well.

    `split` and `fold_in` of one key meet too: `split(key)[i]` is `fold_in(key, i)`.

    ## Example
    ```python
    import jax

    key = jax.random.key(0)
    weights = jax.random.normal(key, (3,))
    bias = jax.random.uniform(key, (3,))
    ```

    ## Use instead
    ```python
    import jax

    key = jax.random.key(0)
    key, subkey = jax.random.split(key)
    weights = jax.random.normal(subkey, (3,))
    bias = jax.random.uniform(key, (3,))
    ```

    If the repetition is meant, say so with `jax.random.clone(key)`.

    ## Fix safety
    Where a split nearby made a key that nobody uses, the fix uses that one; a split that makes the
    key, or consumes it, is made to return one key more; so is one that makes an array of keys of
    which nothing is used but elements with a number (`keys[0]`). Otherwise the key is split in the
    line before it is first consumed, or before the `if` whose branches consume it, and the subkey
    consumed there; several uses in a row get their keys from one split. Rows keep to the width of
    the file where names, or a line break in a call, can do that. The fix is unsafe because other
    numbers are drawn from then on.

    It is offered where the key has one plain local name at both places, or is an attribute that
    the methods of its class bind (`self.key, subkey = jax.random.split(self.key)`), or an item of
    a dictionary that the function makes, and a line can be put before the first; not in a
    comprehension, a lambda, a condition of `elif` or `while`, for other elements, for what modules
    of networks hold, nor where an unseen function in the same loop may consume the key as well, or
    another use is meant to share it.

    ## Known limits
    Functions and classes are followed into the other files of the program, by the imports that lead
    there, and through `jax.lax.scan`, `cond` and their relatives. A function whose body cannot be
    found is taken to consume a key that it is given, unless its name says that it only keeps or
    shows it, or its result is thrown away; within another function that is called, such a guess
    counts for nothing. Comparing both results in an assertion, or leaf by leaf, taking their
    difference, shuffling arrays each into itself, or a comment that says that the key is the same,
    or that this is fine, counts as meant. So do the same call of an `init` that starts another run
    in a loop or a cell, a method `sample_…` beside `sample`, and, in a test, two calls whose
    results are checked one by one and never meet (but for different samplers of JAX), and two
    objects that are made with the same argument. The class of a test's parameter is that of its
    annotation, as that of a fixture. Array indices that are computed are told apart only if they
    are the same expression of the same variables. What `next` takes out of an iterator, and keys
    that are made of the bits of others, are taken for new ones.

    ## References
    - [JAX: pseudorandom numbers](https://docs.jax.dev/en/latest/random-numbers.html)
    - [JAX:
    `jax.experimental.key_reuse`](https://docs.jax.dev/en/latest/jax.experimental.key_reuse.html)
    """

    code: ClassVar[str] = "RNG201"
    name: ClassVar[str] = "key-reuse"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each place that consumes a consumed key."""
        for reuse in facts.key_reuses:
            if reuse.loop is None and not reuse.intended:
                yield self._report(facts, reuse)

    def _report(self, facts: Facts, reuse: KeyReuse) -> Diagnostic:
        first, again = reuse.first, reuse.again
        where = place(first.span, again.span)
        alias = f", as `{first.text}`," if first.text not in ("", again.text) else ""
        message = f"key `{again.text}` was already consumed{alias} by `{first.by}` {where}"
        if not first.text:
            message += reason(first)
        return self.diagnostic(
            facts,
            again.span,
            message + reason(again),
            label="consumed again here: the samples are not independent",
            help=_help(reuse),
            related=[Related("first consumed here" + reason(first), first.span)],
            fix=split_fix(facts, reuse),
        )


def _help(reuse: KeyReuse) -> str:
    names = {reuse.first.by, reuse.again.by}
    if names == {"jax.random.split", "jax.random.fold_in"}:
        return "`split(key)[i]` and `fold_in(key, i)` are one key: derive both from different keys"
    if reuse.again.by == "jax.random.split" == reuse.first.by:
        return "split it once, into as many keys as are needed"
    if reuse.first.by == "jax.random.split":
        return f"use one of the keys that the split made of `{reuse.first.text}`"
    if reuse.first.text.isidentifier():
        name = reuse.first.text
        other = "subkey2" if name == "subkey" else "subkey"
        return f"split it before the first use: `{name}, {other} = jax.random.split({name})`"
    return "make one key for each use with `jax.random.split`"
