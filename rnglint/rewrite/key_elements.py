"""Another element of an array of keys, for one that is used twice.

rngs = jax.random.split(rng, 2)             rngs = jax.random.split(rng, 3)
x = jax.random.normal(rngs[0])              x = jax.random.normal(rngs[0])
y = jax.random.normal(rngs[1])              y = jax.random.normal(rngs[1])
z = jax.random.normal(rngs[0])              z = jax.random.normal(rngs[2])
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnglint.diagnostics import Edit
from rnglint.facts.model import Facts, KeyReuse
from rnglint.rewrite.key_names import is_captured, mentions_of
from rnglint.rewrite.key_places import encloses, is_shared_on_purpose, may_assign
from rnglint.rewrite.split_statement import SplitStatement, array_statement
from rnglint.rewrite.words import code

_ELEMENT = re.compile(r"(\w+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Keys:
    """An array of keys of which nothing is used but elements with a number."""

    split: SplitStatement
    used: frozenset[int]


def from_the_array(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """An element that nobody uses for the later use: one that is there, or one more."""
    element = _ELEMENT.fullmatch(reuse.again.text)
    if element is None or reuse.loop is not None or is_shared_on_purpose(facts, reuse.first):
        return None
    keys = _keys(facts, reuse, element[1])
    if keys is None:
        return None
    count = keys.split.count
    spare = [index for index in range(count) if index not in keys.used]
    turn = _turn(facts, reuse, element[1])
    if turn < len(spare):
        return [Edit(reuse.again.span, f"{element[1]}[{spare[turn]}]")]
    return [keys.split.counted(count + 1), Edit(reuse.again.span, f"{element[1]}[{count}]")]


def _keys(facts: Facts, reuse: KeyReuse, name: str) -> _Keys | None:
    """The array that holds the key, if its split is the only thing that the name means."""
    again = reuse.again
    if again.scope != reuse.first.scope or is_captured(facts, again.scope, name):
        return None
    mentions = list(mentions_of(facts, name, again.scope))
    split = array_statement(facts, mentions[0].index, name) if mentions else None
    if split is None or split.statement.loops != again.loops:
        return None
    if not encloses(facts, split.statement, again):
        return None
    if any(may_assign(facts, item, name) for item in mentions[1:]):
        return None
    text = code(facts.text(facts.scopes[again.scope].span))
    used = re.findall(rf"(?<![\w.]){name}\[(\d+)\]", text)
    whole = len(re.findall(rf"\b{name}\b", text)) != 1 + len(used)
    return None if whole else _Keys(split, frozenset(map(int, used)))


def _turn(facts: Facts, reuse: KeyReuse, name: str) -> int:
    """How many later uses of elements of the array come before this one."""
    places = {
        item.again.span.sort_key
        for item in facts.key_reuses
        if item.loop is None and item.again.scope == reuse.again.scope
        if item.again.text.startswith(f"{name}[")
    }
    return sum(place < reuse.again.span.sort_key for place in places)
