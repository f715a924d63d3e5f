"""A split on a line of its own, before the statement that consumes a key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rnglint.diagnostics import Edit, Span
from rnglint.facts.model import Consumption, Facts, KeyReuse, Statement
from rnglint.rewrite.key_branches import branches_edits
from rnglint.rewrite.key_lives import doubtful_before, goes_on, is_plain, lives_on
from rnglint.rewrite.key_names import binds, is_captured, mentions_of
from rnglint.rewrite.key_places import (
    encloses,
    in_one_cell,
    is_meant_later,
    is_shared_on_purpose,
    may_assign,
    may_rebind,
    renews,
    shares_loops,
)
from rnglint.rewrite.split_statement import new_split
from rnglint.rewrite.words import code

#: Statements that are no place for a line of their own before a key inside of them.
_DEFINITIONS = frozenset({"FunctionDef", "ClassDef"})
#: What arrays of keys are called, and how they are made.
_PLURAL = re.compile(r"(?:key|rng|seed)s\d*$")
_ARRAY = re.compile(r"^\w+\s*=\s*[\w.]*split\([^,]+,[^,]+\)$")


def split_before(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """A split before the first use, or before all the branches of which one has it."""
    if not _may_split(facts, reuse.first):
        return None
    first = branches_edits(facts, reuse)
    if first is None:
        doubtful, row = doubtful_before(facts, reuse.first), _in_a_row(facts, reuse)
        if row and (edits := _split_for_all(facts, [*doubtful, *row])):
            return edits
        uses = [*doubtful, reuse.first]
        first = _split_for_all(facts, uses) or split_edits(facts, reuse.first)
    again = split_again(facts, reuse)
    return None if first is None or again is None else [*first, *again]


def _in_a_row(facts: Facts, reuse: KeyReuse) -> list[Consumption]:
    """All uses of the key of a reuse, if one split can make a key for each: none if it cannot.

    The last one takes the key that is left, unless something else may take it afterwards.
    """
    row = [
        item
        for item in facts.key_reuses
        if item.first.span == reuse.first.span and not item.intended
    ]
    plain = [item for item in row if is_plain(facts, item) and item.same_binding]
    if is_meant_later(facts, reuse) or reuse not in plain:
        return []
    again = sorted((item.again for item in plain), key=lambda item: item.span.sort_key)
    uses, last = [reuse.first, *again], again[-1].span.sort_key
    others = [item.again for item in row if item not in plain]
    if any(item.span.sort_key < last for item in others):
        return []
    if any(item.loops and not _is_for_all_rounds(facts, item) for item in others):
        # Each round needs a key of its own.
        return []
    if not others and not goes_on(facts, uses[-1]):
        uses.pop()
    return uses if len(uses) > 1 else []


def _split_for_all(facts: Facts, places: Sequence[Consumption]) -> list[Edit] | None:
    """A split before the first of several uses that makes a key for each."""
    if not places or any(renews(facts, place) for place in places[1:]):
        return None
    first, *others = places
    if first.statement is None or not all(_may_split(facts, place) for place in places):
        return None
    statement = facts.statements[first.statement]
    if not _has_room(statement) or not all(
        in_one_cell(facts, statement.span, place.span) and encloses(facts, statement, place)
        for place in others
    ):
        return None
    split = new_split(facts, first, statement, *others)
    if split is None:
        return None
    names, edits = split
    used = [Edit(place.span, name) for place, name in zip(places, names, strict=True)]
    return [*edits, *used]


def split_again(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """A split before the later use as well, where the key lives on.

    It does in a loop that the first use is not in, but where all rounds are meant to have the
    same, as an attribute, which others find, and where it is handed to something else afterwards.
    """
    if reuse.loop is not None or renews(facts, reuse.again):
        return []
    ends = shares_loops(reuse) or _is_for_all_rounds(facts, reuse.again)
    if ends and reuse.first.text.isidentifier() and not lives_on(facts, reuse):
        return []
    return _split_for_all(facts, _alongside(facts, reuse)) or split_edits(facts, reuse.again)


def _alongside(facts: Facts, reuse: KeyReuse) -> list[Consumption]:
    """The later uses of a key in the loops of one of them, from which the next round gets it."""
    place = reuse.again
    return [
        item.again
        for item in facts.key_reuses
        if item.first.span == reuse.first.span and item.loop is None
        if (item.again.loops, item.again.text) == (place.loops, place.text)
        if not (item.intended or _is_for_all_rounds(facts, item.again))
    ]


def _is_for_all_rounds(facts: Facts, place: Consumption) -> bool:
    """Whether the rounds of a loop over listed cases share the key that they hand to a function."""
    listed = any(facts.loops[index].listed for index in place.loops)
    return listed and not place.by.startswith("jax.random.")


def split_before_store(facts: Facts, place: Consumption, store: Span) -> list[Edit] | None:
    """A split before the statement that stores a key which is consumed only afterwards."""
    around = [item for item in facts.statements if item.span.contains(store)]
    if not around or place.statement is None or not encloses(facts, around[-1], place):
        return None
    between = facts.statements[around[-1].index + 1 : place.statement]
    if any(
        may_assign(facts, item, place.text)
        for item in mentions_of(facts, place.text, place.scope)
        if item in between
    ):
        return None
    same_rounds = around[-1].loops == facts.statements[place.statement].loops
    return split_edits(facts, place, around[-1]) if same_rounds else None


def split_edits(
    facts: Facts, place: Consumption, before: Statement | None = None
) -> list[Edit] | None:
    """The edits that put a split before the statement of `place` and use the subkey there.

    Or `before` an earlier statement, which is to have the key that is left.
    """
    if place.statement is None:
        return None
    statement = before or facts.statements[place.statement]
    if not _has_room(statement) or not _may_split(facts, place):
        return None
    split = new_split(facts, place, statement)
    if split is None:
        return None
    (subkey,), edits = split
    return [*edits, Edit(place.span, subkey)]


def _has_room(statement: Statement) -> bool:
    """Whether a line of its own can stand before a statement."""
    return statement.alone and statement.kind not in _DEFINITIONS


def _may_split(facts: Facts, place: Consumption) -> bool:
    """Whether the key of a place may be bound anew before it without hurting another use."""
    if not may_rebind(facts, place) or is_captured(facts, place.scope, place.text):
        return False
    if is_shared_on_purpose(facts, place) or _is_needed_in_loop(facts, place):
        return False
    return not _holds_keys(facts, place)


def _holds_keys(facts: Facts, place: Consumption) -> bool:
    """Whether a name holds an array of keys, which `split` does not take."""
    if _PLURAL.search(place.text):
        return True
    earlier = [
        item
        for item in mentions_of(facts, place.text, place.scope)
        if place.statement is not None and item.index < place.statement
        if binds(facts, item, place.text)
    ]
    return bool(earlier) and _ARRAY.search(facts.text(earlier[-1].span)) is not None


def _is_needed_in_loop(facts: Facts, place: Consumption) -> bool:
    """Whether something in the loop of a place gets the key and may consume it, unseen.

    The key that it consumed would be split in the next round, if none is made at its start.
    """
    loops = set(place.loops)
    inside = [
        item
        for item in mentions_of(facts, place.text, place.scope)
        if loops.intersection(item.loops)
    ]
    if any(
        binds(facts, item, place.text) and encloses(facts, item, place)
        for item in inside
        if item.loops == place.loops
    ):
        return False
    seen = {item.statement for reuse in facts.key_reuses for item in (reuse.first, reuse.again)}
    seen.add(place.statement)
    passed = re.compile(rf"[(,]\s*(?:\w+\s*=\s*)?{re.escape(place.text)}\s*[,)]")
    return any(
        passed.search(code(facts.text(item.span))) and not may_assign(facts, item, place.text)
        for item in inside
        if item.index not in seen and not _has_suite(facts, item)
    )


def _has_suite(facts: Facts, statement: Statement) -> bool:
    following = facts.statements[statement.index + 1 : statement.index + 2]
    return any(item.parent == statement.index for item in following)
