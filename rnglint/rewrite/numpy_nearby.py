"""Generators that the program has already: a draw from the global state should have used them."""

from __future__ import annotations

from rnglint.facts.model import Reference
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.places import Places

GENERATOR = "numpy.random.Generator"
RANDOM_STATE = "numpy.random.RandomState"


def nearby(places: Places, draw: Reference, kind: str = GENERATOR) -> tuple[str, Reference] | None:
    """The last object of a kind that a variable got before `draw`, where that could see it."""
    found = None
    for made in places.facts.references:
        if made.entry.makes != kind or not made.call:
            continue
        name = assigned_name(places.facts, made.statement, made.call.span)
        before = made.span.sort_key < draw.span.sort_key
        if name and before and places.within(draw.scope, made.scope):
            found = name, made
    return found


def usable(places: Places, draw: Reference, kind: str = GENERATOR) -> tuple[str, Reference] | None:
    """The object nearby, if its variable surely holds it whenever `draw` runs."""
    found = nearby(places, draw, kind)
    facts = places.facts
    if found is None:
        return None
    name, made = found
    if made.statement is None:
        return None
    stores = [item for item in facts.name_uses if item.store and item.home == made.scope]
    between = [item for item in places.chain(draw.scope) if item.index > made.scope]
    hidden = any(name in item.names for item in between if item.index != made.scope)
    once = sum(item.name == name for item in stores) == 1
    follows = places.follows(draw, facts.statements[made.statement])
    return found if once and follows and not hidden else None
