"""Keys that something else may consume: before their first known use, or after the last one.

    x = jax.random.normal(key)                key, subkey, subkey2 = jax.random.split(key, 3)
    y = jax.random.normal(key)                x = jax.random.normal(subkey)
    sampler = make_sampler(key)               y = jax.random.normal(subkey2)
                                              sampler = make_sampler(key)

No finding names that reader, but the key that it gets had better be a fresh one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rnglint.facts.model import Consumption, Facts, KeyReuse, Statement
from rnglint.rewrite.key_names import binds, mentions_of
from rnglint.rewrite.key_places import encloses, may_assign, renews
from rnglint.rewrite.words import code

_LEAVES = frozenset({"Return", "Raise", "Break", "Continue"})


def lives_on(facts: Facts, reuse: KeyReuse) -> bool:
    """Whether the key of a reuse is handed to something else after its later use.

    Only where that is the next use and the last one that is known, and is plain.
    """
    again = reuse.again
    spans = {reuse.first.span, again.span}
    if any(item.first.span in spans and item.again.span != again.span for item in facts.key_reuses):
        return False
    return is_plain(facts, reuse) and goes_on(facts, again)


def is_plain(facts: Facts, reuse: KeyReuse) -> bool:
    """Whether the later use is one of the same name, as often as the first one."""
    first, again = reuse.first, reuse.again
    if reuse.loop is not None or again.span == first.span or not again.rewritable:
        return False
    if again.text != first.text or renews(facts, again):
        return False
    return (again.scope, again.loops) == (first.scope, first.loops)


def goes_on(facts: Facts, again: Consumption) -> bool:
    """Whether a key is read after a use, by something that does not call the same function.

    An attribute is: whoever has the object finds it there.
    """
    if again.statement is None or not again.text.isidentifier():
        return again.statement is not None
    callee = again.by.rpartition(".")[2]
    statement = facts.statements[again.statement]
    reader = _next_reader(facts, again.text, statement)
    return reader is not None and not re.search(rf"\b{callee}\b", facts.text(reader.span))


def doubtful_before(facts: Facts, place: Consumption) -> list[Consumption]:
    """The uses before a place that may have consumed its key, and surely run before it."""
    if place.statement is None:
        return []
    bindings = [
        item.index
        for item in mentions_of(facts, place.text, place.scope)
        if item.index < place.statement and may_assign(facts, item, place.text)
    ]
    return [
        item
        for item in facts.key_doubts
        if (item.text, item.scope, item.loops) == (place.text, place.scope, place.loops)
        if item.rewritable and item.statement is not None
        if max(bindings, default=-1) < item.statement < place.statement
        if encloses(facts, facts.statements[item.statement], place)
    ]


def _next_reader(facts: Facts, name: str, statement: Statement) -> Statement | None:
    """The next statement that may run after another one and hands a variable to a call."""
    named = {item.index for item in mentions_of(facts, name, statement.scope)}
    for item in _after(facts, statement):
        if item.index not in named:
            continue
        if binds(facts, item, name) or may_assign(facts, item, name):
            return None
        if _hands_on(facts, item, name):
            return item
    return _in_next_round(facts, name, statement)


def _hands_on(facts: Facts, statement: Statement, name: str) -> bool:
    """Whether a statement gives a variable to a call."""
    passed = rf"[(,]\s*(?:\w+\s*=\s*)?{re.escape(name)}\s*[,)]"
    return re.search(passed, code(facts.text(statement.span))) is not None


def _after(facts: Facts, statement: Statement) -> Iterator[Statement]:
    """The statements of a function that may run after one, in the same round of its loops."""
    current: Statement | None = statement
    while current is not None:
        later = [item for item in facts.statements if item.index > current.index]
        for item in later:
            if item.scope != statement.scope:
                continue
            sibling = _in_suite(facts, item, current.block)
            if sibling is None or sibling.index <= current.index:
                continue
            yield item
            if item.block == current.block and item.kind in _LEAVES:
                return
        parent = None if current.parent is None else facts.statements[current.parent]
        current = parent if parent and parent.scope == statement.scope else None


def _in_suite(facts: Facts, statement: Statement, block: int) -> Statement | None:
    """A statement, or the one around it, that stands in a suite itself."""
    current: Statement | None = statement
    while current is not None and current.block != block:
        current = None if current.parent is None else facts.statements[current.parent]
    return current


def _in_next_round(facts: Facts, name: str, statement: Statement) -> Statement | None:
    """The first statement of the loop around one, if that hands on what the round before leaves."""
    if not statement.loops:
        return None
    inside = (
        item
        for item in mentions_of(facts, name, statement.scope)
        if statement.loops[-1] in item.loops
    )
    first = next(inside, statement)
    return first if _hands_on(facts, first, name) and not binds(facts, first, name) else None
