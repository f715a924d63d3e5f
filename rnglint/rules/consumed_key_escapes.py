"""RNG209: a consumed JAX key that is handed on as if it were fresh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, KeyEscape
from rnglint.rewrite.key_split import escape_fix
from rnglint.rules import Rule
from rnglint.rules.wording import place, reason
from rnglint.source.modules import is_test_file

#: What tests of the reuse of keys name.
_ABOUT_REUSE = re.compile(r"\b(?:KeyReuseError|assert_consumed|check_key_reuse)\b")
#: A name that is assigned, from after what it is assigned to.
_ASSIGNED = re.compile(r"\s*=\s*(\w+)\s*(?:#|$)")


class JaxConsumedKeyEscapes(Rule):
    """Checks for a JAX key that is returned or stored after it was consumed.

    ## Why is this bad?
    Whoever gets the key next will split it or sample with it, and gets numbers that depend on those
    drawn before, or the very same ones. It is the usual bug of samplers, optimisers
    and environments that carry a key in their state: each step looks right, and every step draws
    the same noise.

    ## Example
    ```python
    import jax


    def step(state):
        key, x = state
        x = x + jax.random.normal(key)
        return key, x
    ```

    ## Use instead
    ```python
    import jax


    def step(state):
        key, x = state
        key, subkey = jax.random.split(key)
        x = x + jax.random.normal(subkey)
        return key, x
    ```

    ## Fix safety
    The fix splits the key in the line before it is consumed, or stored, and consumes the subkey.
    It is unsafe because other numbers are drawn from then on. It is offered where the key has one
    plain local name at both places and a line can be put before the first.

    ## Known limits
    A key counts as consumed where a function of `jax.random` consumes it, or a function whose body
    can be seen; not where something unknown gets it. Arrays of keys are not looked at. Where a
    consumption of the key that was handed on is reported itself (RNG201 or RNG202), this rule is
    silent; and so it is in tests about the reuse of keys, which name `KeyReuseError`.

    ## References
    - [JAX: pseudorandom numbers](https://docs.jax.dev/en/latest/random-numbers.html)
    """

    code: ClassVar[str] = "RNG209"
    name: ClassVar[str] = "consumed-key-escapes"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each place that hands on a consumed key."""
        if is_test_file(facts.source.filename) and _ABOUT_REUSE.search(facts.source.program):
            return
        for escape in facts.key_escapes:
            yield self._report(facts, escape)

    def _report(self, facts: Facts, escape: KeyEscape) -> Diagnostic:
        key = escape.consumption
        where = place(key.span, escape.span)
        done = f"stored in `{escape.text}`" if escape.stored else "returned"
        what = f"key `{key.text}`"
        if not escape.stored and escape.text != key.text:
            what = f"`{escape.text}`, with the key `{key.text}`,"
        name = key.text.rpartition(".")[2]
        return self.diagnostic(
            facts,
            escape.span,
            f"{what} is {done} although `{key.by}` consumes it {where}" + reason(key),
            label="whoever uses it next repeats these samples",
            help=f"split it before it is consumed: `{name}, subkey = jax.random.split({name})`",
            related=[Related("consumed here" + reason(key), key.span)],
            fix=escape_fix(facts, escape, _value(facts, escape)),
        )


def _value(facts: Facts, escape: KeyEscape) -> str:
    """The text of what is handed on; "" where something is stored that is no plain name."""
    if not escape.stored:
        return escape.text
    end = escape.span.end
    found = _ASSIGNED.match(facts.source.line(escape.span.cell, end.row), end.column - 1)
    return found[1] if found else ""
