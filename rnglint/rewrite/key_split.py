"""Another key for one of two uses: from a split that is there already, or from one put before."""

from __future__ import annotations

from rnglint.diagnostics import Applicability, Fix
from rnglint.facts.model import Facts, KeyEscape, KeyReuse
from rnglint.rewrite.key_elements import from_the_array
from rnglint.rewrite.key_line import split_before, split_before_store
from rnglint.rewrite.key_renewal import earlier_split
from rnglint.rewrite.key_siblings import from_the_source, from_the_use
from rnglint.rewrite.width import within_width


def split_fix(facts: Facts, reuse: KeyReuse) -> Fix | None:
    """The fix that gives one of the two uses a key of its own.

    In this order: a sibling of the key that nobody uses, one more key from the split that consumes
    or makes the key or the array that it is an element of, the split that renews it afterwards, a
    split of its own before the first use. None where the key has no plain name there, or no line
    can be put before a place.
    """
    if not reuse.same_binding:
        return None
    name = reuse.first.text
    edits = (
        from_the_use(facts, reuse) or from_the_source(facts, reuse) or from_the_array(facts, reuse)
    )
    if edits:
        return Fix(
            f"Use another key than `{name}`", within_width(facts, edits), Applicability.UNSAFE
        )
    if moved := earlier_split(facts, reuse):
        return Fix(
            f"Split `{name}` before it is consumed",
            within_width(facts, moved),
            Applicability.UNSAFE,
        )
    found = split_before(facts, reuse)
    if found is None:
        return None
    return Fix(
        f"Split `{name}` before it is consumed", within_width(facts, found), Applicability.UNSAFE
    )


def escape_fix(facts: Facts, escape: KeyEscape, value: str) -> Fix | None:
    """The fix that hands on another key than the one that is consumed, where `value` stands."""
    key = escape.consumption
    if escape.span.sort_key > key.span.sort_key:
        return split_fix(facts, KeyReuse(key, key, same_binding=key.text == value))
    edits = split_before_store(facts, key, escape.span) if key.text == value else None
    if edits is None:
        return None
    return Fix(
        f"Split `{value}` before it is stored", within_width(facts, edits), Applicability.UNSAFE
    )
