"""Parts of a seed that are mixed instead of added up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rnglint.diagnostics import Applicability, Edit, Fix, Span
from rnglint.facts.model import Facts, Seed, Term
from rnglint.rewrite.naming import spelling

#: What makes a `SeedSequence` of a list.
_LISTS = frozenset(
    f"numpy.random.{name}"
    for name in ("default_rng", "SeedSequence", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
)
_KEYS = frozenset({"jax.random.key", "jax.random.PRNGKey"})
_SIMPLE = re.compile(r"[\w.]+(?:\([\w.]*\))?")


def derived_fix(facts: Facts, seed: Seed, base: Term, alone: Sequence[Seed]) -> Fix | None:
    """The fix that mixes a seed and what is added to it; None where it would not be sound.

    `alone` are the calls that get the seed without anything added.
    """
    added = _added(facts, seed, base)
    if added is None:
        return None
    if seed.reference.entry.qualified in _LISTS:
        content = f"[{added.text}, {base.text}]"
        edit = Edit(seed.argument.value, content)
        return Fix(f"Seed with the list `{content}`", (edit,), Applicability.UNSAFE)
    if seed.reference.entry.qualified in _KEYS and not alone:
        return _folded(facts, seed, base, added)
    return None


def _added(facts: Facts, seed: Seed, base: Term) -> Term | None:
    """The other operand of a plain sum of two that is the whole argument."""
    if not seed.inline or seed.operators != ("Add",) or seed.argument.star:
        return None
    added = next(term for term in seed.terms if term is not base)
    plain = f"{seed.terms[0].text} + {seed.terms[1].text}"
    whole = facts.text(seed.argument.value) == plain
    return added if whole and all(_SIMPLE.fullmatch(t.text) for t in seed.terms) else None


def _folded(facts: Facts, seed: Seed, base: Term, added: Term) -> Fix | None:
    """`fold_in(key(seed), rank)` for `key(seed + rank)`."""
    reference, call = seed.reference, seed.reference.call
    if call is None or reference.statement is None:
        return None
    known = spelling(
        facts,
        "jax.random.fold_in",
        reference.scope,
        reference.statement,
        prefer=reference.prefix,
    )
    if known is None:
        return None
    start = Span(call.span.start, call.span.start, call.span.cell)
    end = Span(call.span.end, call.span.end, call.span.cell)
    edits = (
        *known.edits,
        Edit(start, f"{known.text}("),
        Edit(seed.argument.value, base.text),
        Edit(end, f", {added.text})"),
    )
    return Fix("Fold the number into the key of the seed", edits, Applicability.UNSAFE)
