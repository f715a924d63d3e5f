"""RNG208: making raw keys with `jax.random.PRNGKey`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix, Span
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.imports import unused_after
from rnglint.rewrite.naming import assigned_name, spelling
from rnglint.rewrite.words import code, words
from rnglint.rules import Rule

_LEGACY = "jax.random.PRNGKey"
_KEY = "jax.random.key"
#: Words that say that a program knows what a raw key is made of.
_RAW = frozenset(
    {
        "jax_enable_custom_prng",
        "jax_legacy_prng_key",
        "key_data",
        "threefry_2x32",
        "uint32",
        "wrap_key_data",
    }
)
#: What is done to an array right behind its name or its call, and not to a key.
_USED_AS_ARRAY = (
    r"\s*(?:\[|[-+*/%^&|@]|<<|>>|\.(?:astype|at|dtype|item|max|min|sum|tobytes|tolist|view)\b)"
)
_CONVERTED = r"(?:\bnp|\bonp|\bnumpy)\.\w+\(\s*"


class LegacyPrngKey(Rule):
    """Checks for `jax.random.PRNGKey(…)`, which makes a raw key.

    ## Why is this bad?
    A raw key is an array of two unsigned integers like any other. Nothing keeps it from being
    indexed, added to or averaged, its shape gives no hint at how many keys there are, and it
    does not know by which algorithm it was made. `jax.random.key` makes a key that has a type: JAX
    refuses arithmetic with it, an array of n of them has the shape `(n,)`, and
    `jax.debug_key_reuse` can follow it, which it cannot do with raw keys. It draws the same
    numbers.

    ## Example
    ```python
    import jax

    key = jax.random.PRNGKey(42)
    ```

    ## Use instead
    ```python
    import jax

    key = jax.random.key(42)
    ```

    ## Fix safety
    The fix writes `key` in the file's own import style. All samplers draw the same numbers from
    either key. It is unsafe because others may expect the array: checkpoints with raw keys in them,
    code that takes a key apart, compiled functions that are sharded by its shape. It is not offered
    in a file that speaks of `uint32`, `key_data` or `wrap_key_data`, nor where the key is seen to
    be indexed, computed with or handed to NumPy, nor where the name `key` is taken and there is no
    other way to write it.

    ## Known limits
    Only calls and references are reported, not the import line. What becomes of the key in another
    function is not followed.

    ## References
    - [JAX: typed key arrays](https://docs.jax.dev/en/latest/jep/9263-typed-keys.html)
    """

    code: ClassVar[str] = "RNG208"
    name: ClassVar[str] = "legacy-prng-key"
    default: ClassVar[bool] = False
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each use of the function."""
        found = [item for item in facts.references if _is_use(item)]
        fixes = _fixes(facts, found) if found else {}
        for reference in found:
            yield self.diagnostic(
                facts,
                reference.span,
                f"`{reference.text}` makes a raw key; make a typed one with `{_KEY}`",
                label="an array of two integers",
                help=f"use `{_KEY}`: it draws the same numbers",
                fix=fixes.get(reference.span),
            )


def _is_use(reference: Reference) -> bool:
    used = reference.context in (Context.CALL, Context.VALUE) and not reference.alias
    return used and reference.qualified == _LEGACY


def _fixes(facts: Facts, found: Sequence[Reference]) -> dict[Span, Fix]:
    """The fix of each use that has one; a single one for all if it drops the old import."""
    if not _RAW.isdisjoint(words(facts.source.program)):
        return {}
    whole = [item for item in found if not _is_taken_apart(facts, item)]
    unused: frozenset[str] = frozenset()
    if len(whole) == len(found):
        unused = unused_after(facts, "jax.random", [item.span for item in found])
    edits = {item.span: made for item in whole if (made := _edits(facts, item, unused))}
    if unused:
        together = tuple(edit for made in edits.values() for edit in made)
        edits = dict.fromkeys(edits, together) if len(edits) == len(found) else {}
    return {
        span: Fix(f"Make a typed key with `{_KEY}`", made, Applicability.UNSAFE)
        for span, made in edits.items()
    }


def _edits(facts: Facts, reference: Reference, unused: frozenset[str]) -> tuple[Edit, ...]:
    if reference.statement is None:
        return ()
    way = spelling(
        facts,
        _KEY,
        reference.scope,
        reference.statement,
        prefer=reference.prefix,
        unused=unused,
    )
    return (*way.edits, Edit(reference.span, way.text)) if way else ()


def _is_taken_apart(facts: Facts, reference: Reference) -> bool:
    """Whether a key is seen to be used as an array, where it is made or under its name."""
    if reference.call is None or reference.statement is None:
        return False
    statement, call = facts.statements[reference.statement].span, reference.call.span
    before = facts.text(Span(statement.start, call.start, call.cell))
    after = facts.text(Span(call.end, max(statement.end, call.end), call.cell))
    if re.match(_USED_AS_ARRAY, after) or re.search(_CONVERTED + "$", before):
        return True
    name = assigned_name(facts, reference.statement, call)
    if name is None:
        return False
    text = code(facts.text(facts.scopes[reference.scope].span))
    used = re.search(rf"(?<![\w.]){name}(?:{_USED_AS_ARRAY})", text)
    return used is not None or re.search(rf"{_CONVERTED}{name}\b", text) is not None
