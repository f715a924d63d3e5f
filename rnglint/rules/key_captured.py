"""RNG203: a JAX key that is captured by a function which runs many times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, KeyCapture
from rnglint.rewrite.key_lanes import captured_fix
from rnglint.rules import Rule
from rnglint.rules.wording import place, reason


class JaxKeyCaptured(Rule):
    """Checks for a JAX key that is captured by a function which runs many times.

    ## Why is this bad?
    A function that takes its key from the scope around it, instead of as an argument, draws the
    same numbers each time it runs. Under `jax.vmap` all lanes get equal noise, under `jax.lax.scan`
    all steps do, and in `jax.tree.map` all leaves of one shape. JAX's own checker is silent about
    `vmap`.

    A lambda, an inner function, `functools.partial(jax.random.normal, key)`, and a function that
    reads a key of its module all capture it. Calling such a function again repeats its numbers too.

    ## Example
    ```python
    import jax


    def perturb(key, xs):
        return jax.vmap(lambda x: x + jax.random.normal(key))(xs)
    ```

    ## Use instead
    ```python
    import jax


    def perturb(key, xs):
        keys = jax.random.split(key, len(xs))
        return jax.vmap(lambda key, x: x + jax.random.normal(key))(keys, xs)
    ```

    In a loop with an index, `jax.random.fold_in(key, i)` makes a key for each round. If all runs
    are meant to share their noise, draw it once, outside of the function.

    ## Fix safety
    The fix is unsafe because other numbers are drawn from then on. It folds the number of the run
    into the key where the function has it as a parameter: under `jax.lax.fori_loop`, and where
    `scan`, `map` or `vmap` runs over a `jnp.arange`. Under `vmap`, a lambda or an inner function
    that is used only there gets the key as its first parameter, and the call
    `jax.random.split(key, xs.shape[0])`, where `xs` is seen to be an array. Elsewhere there is
    none: how the function gets its keys has to be decided first.

    ## Known limits
    Only functions whose body can be seen are followed. A function that is handed to something
    unknown is taken to run once, and so is one that a solver such as `jax.scipy.optimize.minimize`
    calls: it needs the same noise at each evaluation. A function and its gradient at one noise are
    no misuse.

    ## References
    - [JAX: pseudorandom numbers](https://docs.jax.dev/en/latest/random-numbers.html)
    """

    code: ClassVar[str] = "RNG203"
    name: ClassVar[str] = "key-captured"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each place that consumes a captured key."""
        for capture in facts.key_captures:
            if not capture.intended:
                yield self._report(facts, capture)

    def _report(self, facts: Facts, capture: KeyCapture) -> Diagnostic:
        key = capture.consumption
        where = place(capture.span, key.span)
        if capture.loop is not None:
            repeated = f"each time `{capture.by}` is called in the loop {where}"
        elif "." in capture.by:
            repeated = f"in every run under `{capture.by}` {where}"
        else:
            repeated = f"again where `{capture.by}` is called {where}"
        return self.diagnostic(
            facts,
            key.span,
            f"captured key `{key.text}` is consumed by `{key.by}` {repeated}" + reason(key),
            label="the same key in every run: the samples repeat",
            help=_help(capture),
            related=[Related("this runs it many times", capture.span)],
            fix=captured_fix(facts, capture),
        )


def _help(capture: KeyCapture) -> str:
    by = capture.by.rpartition(".")[2]
    if by in ("vmap", "pmap", "shard_map", "vectorize"):
        return "split the key outside and map over the keys: `jax.random.split(key, n)`"
    if by == "fori_loop":
        return "derive a key for each round with `jax.random.fold_in(key, i)`"
    if by in ("scan", "while_loop"):
        return "carry the key and split it in each round, or scan over `jax.random.split(key, n)`"
    if capture.by.startswith("jax.tree"):
        return "split one key for each leaf, and map over the tree of keys too"
    return "make the key a parameter of the function, and pass it a fresh one at each call"
