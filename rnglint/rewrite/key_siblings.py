"""Keys of a split that is there already: one that nobody uses, or one more."""

from __future__ import annotations

import re

from rnglint.diagnostics import Edit
from rnglint.facts.model import Consumption, Facts, KeyReuse
from rnglint.rewrite.key_line import split_again
from rnglint.rewrite.key_lives import lives_on
from rnglint.rewrite.key_names import is_captured, may_bind, mentions_of, new_keys
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
from rnglint.rewrite.split_statement import SplitStatement, split_statement

#: What the key for the next use is called where the other one is called `rng` or `key`.
_NEXT = re.compile(r"_+(?:rng|key)_?\d*")


def from_the_use(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """Keys of the split that is the first use: one that nobody uses, or one more.

    `key, a, b = split(key, 3)` where `a, b = split(key)` leaves the key consumed.
    """
    split = split_statement(facts, reuse.first.statement)
    if split is None or reuse.loop is not None:
        return None
    name = reuse.first.text
    if reuse.first.by != "jax.random.split" or split.key != name:
        return None
    if is_shared_on_purpose(facts, reuse.first):
        return None
    unused, turn = _unused(facts, split), _turn(facts, reuse)
    if turn < len(unused) and shares_loops(reuse) and encloses(facts, split.statement, reuse.again):
        return [Edit(reuse.again.span, unused[turn])]
    if not may_rebind(facts, reuse.first) or is_captured(facts, reuse.first.scope, name):
        return None
    if name in split.targets or not split.has_room(facts, name):
        return None
    near = in_one_cell(facts, split.statement.span, reuse.again.span)
    if near and lives_on(facts, reuse) and encloses(facts, split.statement, reuse.again):
        names = new_keys(facts, reuse.again, split.statement)
        other = next((item for item in names if item not in split.targets), None)
        if other is not None and split.has_room(facts, name, other):
            return [*split.with_more(other, first=name), Edit(reuse.again.span, other)]
    again = split_again(facts, reuse)
    return None if again is None else [*split.with_more(first=name), *again]


def from_the_source(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """Keys of the split that makes the key: one that nobody uses, or one more.

    `key, a, b = split(key, 3)` where `key, a = split(key)` makes a key that is used twice. The
    later use gets it, unless that makes the next key of this one.
    """
    source = _source(facts, reuse)
    if source is None:
        return None
    if carried := _carried_on(facts, reuse, source):
        return [Edit(reuse.again.span, carried)]
    place = _spare_place(facts, reuse, source)
    moves_first = place is reuse.first
    if is_shared_on_purpose(facts, place):
        return None
    if moves_first and is_captured(facts, place.scope, place.text):
        return None
    wanted = {
        other.span.sort_key: other
        for item in facts.key_reuses
        if not item.intended
        if item.first.scope == reuse.first.scope and _source(facts, item) == source
        for other in [_spare_place(facts, item, source)]
        if other.span.sort_key < place.span.sort_key
    }
    wanted[place.span.sort_key] = place
    unused = _unused(facts, source)
    if len(wanted) <= len(unused):
        return [Edit(place.span, unused[len(wanted) - 1])]
    if not in_one_cell(facts, source.statement.span, place.span):
        # Each cell of a notebook makes keys of its own.
        return None
    chosen: list[str] = []
    for _, other in sorted(wanted.items())[len(unused) :]:
        names = new_keys(facts, other, source.statement)
        name = next((name for name in names if name not in (*source.targets, *chosen)), None)
        if name is None:
            return None
        chosen.append(name)
    named = source.with_named(chosen[-1]) if len(chosen) == 1 else None
    if named is None and moves_first and lives_on(facts, reuse):
        names = new_keys(facts, reuse.again, source.statement)
        second = next((name for name in names if name not in (*source.targets, *chosen)), None)
        near = in_one_cell(facts, source.statement.span, reuse.again.span)
        near = second is not None and near and encloses(facts, source.statement, reuse.again)
        if second is not None and near and source.has_room(facts, chosen[-1], second):
            uses = Edit(place.span, chosen[-1]), Edit(reuse.again.span, second)
            return [*source.with_more(chosen[-1], second), *uses]
    if named is None and not source.has_room(facts, chosen[-1]):
        return None
    return [*((named,) if named else source.with_more(chosen[-1])), Edit(place.span, chosen[-1])]


def _carried_on(facts: Facts, reuse: KeyReuse, source: SplitStatement) -> str | None:
    """The key that nobody uses of a split, where the next one like it splits the other one.

    That is `key` where `key, subkey = split(subkey)` follows `key, subkey = split(key)`.
    """
    split = split_statement(facts, reuse.again.statement)
    if split is None or split.targets != source.targets or reuse.loop is not None:
        return None
    if split.key != reuse.again.text or split.call.span == source.call.span:
        return None
    alone = sum(item.first.span == reuse.first.span for item in facts.key_reuses) == 1
    first = source.targets[0]
    return first if alone and _unused(facts, source) == [first] else None


def _spare_place(facts: Facts, reuse: KeyReuse, source: SplitStatement) -> Consumption:
    """Which of two uses gets another key of the split that makes theirs.

    The later one, where it is a plain one, as often as the split is made and after it. But a key
    that takes the place of the one that is split stays for what comes last.
    """
    first, again = reuse.first, reuse.again
    if reuse.loop is not None or not again.rewritable or is_meant_later(facts, reuse):
        return first
    if again.text != first.text or first.text == source.key or _is_named_after(again, first):
        return first
    if again.by == "jax.random.fold_in" or renews(facts, again):
        return first
    as_often = again.scope == first.scope and again.loops == first.loops
    return again if as_often and encloses(facts, source.statement, again) else first


def _is_named_after(place: Consumption, other: Consumption) -> bool:
    """Whether a key is called after what consumes it at one place, and not after the other."""
    one, another = (item.by.rpartition(".")[2] for item in (place, other))
    parts = place.text.split("_")
    return one in parts and another not in parts


def _unused(facts: Facts, split: SplitStatement) -> list[str]:
    """The keys that a split makes for nothing, or that are bound anew before anybody reads them."""
    known = {
        name
        for unused in facts.unused_keys
        if split.statement.span.contains(unused.span)
        for name in unused.names
    }
    return [
        name
        for name in split.targets
        if name in known or (_is_for_use(name) and may_bind(facts, name, split.statement))
    ]


def _is_for_use(name: str) -> bool:
    """Whether the name of a key does not say that nobody wants it; `_rng` does not."""
    return not name.startswith("_") or _NEXT.fullmatch(name) is not None


def _turn(facts: Facts, reuse: KeyReuse) -> int:
    """How many other uses come between the first one and this."""
    alike = [item.again for item in facts.key_reuses if item.first.span == reuse.first.span]
    return sum(item.span.sort_key < reuse.again.span.sort_key for item in alike)


def _source(facts: Facts, reuse: KeyReuse) -> SplitStatement | None:
    """The split that makes the key, if it surely runs before each first use, and as often."""
    place = reuse.first
    if not place.rewritable or place.statement is None:
        return None
    earlier = [
        item
        for item in mentions_of(facts, place.text, place.scope)
        if item.index < place.statement and may_assign(facts, item, place.text)
    ]
    split = split_statement(facts, earlier[-1].index) if earlier else None
    if split is None or place.text not in split.targets:
        return None
    loops = split.statement.loops
    often = reuse.loop is None or reuse.loop in loops
    same_rounds = often and loops == facts.statements[place.statement].loops
    return split if same_rounds and encloses(facts, split.statement, place) else None
