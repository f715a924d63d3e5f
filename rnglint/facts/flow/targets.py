"""Assignment and iteration: what a target is bound to, what a loop takes out of a value."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Items

import libcst as cst

from rnglint.facts.flow.arguments import Given
from rnglint.facts.flow.calls import Caller, index_step
from rnglint.facts.flow.places import taken
from rnglint.facts.flow.primitives import run
from rnglint.facts.flow.state import State, choose, fresh, fresh_number
from rnglint.facts.flow.values import (
    Attr,
    Choice,
    Elements,
    Entity,
    Identity,
    Item,
    Kind,
    Literal,
    Mapping,
    Record,
    Root,
    Sequence,
    Value,
    Zip,
    alternatives,
    described,
    members_of,
)
from rnglint.knowledge.loader import Entry

#: Loops nested deeper than this are interpreted for one round only: each level doubles the work.
DEEPEST_LOOP = 5

#: Of a list with more elements than this, later ones are left out.
_MOST_ITEMS = 8
#: A range or an array of more keys than this is not interpreted in every round.
_FEW = 3
_SHORT = {described(f"range {count}"): count for count in range(1, _FEW + 1)}


class Binder(Caller):
    """A frame that can bind targets."""

    def turns(self, iterable: Value) -> range:
        """The rounds to interpret.

        All of a short known sequence; else two, the second of which stands for all later ones.
        """
        if len(self.rounds) >= DEEPEST_LOOP:
            return range(1, 2)
        return range(1, (_count(iterable) or _fewest(iterable)) + 1)

    def is_exact(self, iterable: Value) -> bool:
        """Whether `turns` are exactly the rounds that a loop over `iterable` makes."""
        return _count(iterable) is not None

    def element(self, iterable: Value, run: int, turn: int) -> Value:
        """What round `turn` of a loop over `iterable` takes out of it."""
        if isinstance(iterable, Elements):
            return fresh() if iterable.gone else self.element(_in_order(iterable), run, turn)
        if isinstance(iterable, Sequence):
            return iterable.items[turn - 1] if turn <= len(iterable.items) else fresh()
        if isinstance(iterable, Zip):
            return Sequence(tuple(self.element(part, run, turn) for part in iterable.parts))
        if isinstance(iterable, Entity):
            kind = Kind.KEY if iterable.kind is Kind.KEYS else Kind.UNKNOWN
            return Entity(taken(iterable.identity, Item(0, None, run, turn)), kind)
        return fresh()

    def first(self, iterable: Value) -> Value:
        """The first thing that a loop over `iterable` takes out of it."""
        if isinstance(iterable, Zip):
            return Sequence(tuple(self.first(part) for part in iterable.parts))
        if isinstance(iterable, Elements) and iterable.backwards:
            return self._last(iterable.value)
        return self.component(iterable, 0)

    def _last(self, value: Value) -> Value:
        if not isinstance(value, Entity):
            return fresh()
        kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
        step = index_step(Literal(-1), value.length)
        return Entity(taken(value.identity, step), kind)

    def iterated(self, node: cst.BaseExpression) -> Value:
        """Evaluates what a loop goes through; nothing is known of what it leaves of an iterator."""
        value = self.evaluate(node)
        if isinstance(value, Elements) and isinstance(node, cst.Name) and self.state is not None:
            self.state.variables[node.value] = fresh()
        return value

    def run(self, entry: Entry, given: Items[Given], node: cst.Call) -> Value:
        """Calls the functions that are handed to `entry` as it does; returns what it returns."""
        return run(self, entry, given, node)

    def one_of(self, results: list[tuple[State, Value]]) -> Value:
        """What one of several paths returns; each comes with the state at its end."""
        return choose((state.guard, value) for state, value in results)

    def assign(self, target: cst.CSTNode, value: Value) -> None:
        """Binds an assignment target to `value`."""
        if self.state is None:
            return
        if isinstance(target, cst.Name):
            self.state.variables[target.value] = value
            home = self.scope.lookup(target.value) if target.value in self.scope.outer else None
            if home is not None:
                self.stored.add(Identity(Root(0, home.number, target.value)))
            self.state.bindings[target.value] = fresh_number()
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(target, value)
        elif isinstance(target, cst.Attribute):
            self._store_field(target, value)
            self.store(self.evaluate(target.value), Attr(target.attr.value), value, target)
        elif isinstance(target, cst.Subscript):
            self._store_item(target, value)
        elif isinstance(target, cst.StarredElement):
            self.assign(target.value, value)

    def _store_field(self, target: cst.Attribute, value: Value) -> None:
        """Assigns to a field of the record that a variable holds."""
        if self.state is None or not isinstance(target.value, cst.Name):
            return
        record = self.state.variables.get(target.value.value)
        if isinstance(record, Record):
            self.set_field(target.value, record, target.attr.value, value)

    def _unpack(self, target: cst.Tuple | cst.List, value: Value) -> None:
        star = next(
            (i for i, e in enumerate(target.elements) if isinstance(e, cst.StarredElement)), None
        )
        behind = len(target.elements) - 1 - star if star is not None else 0
        for index, element in enumerate(target.elements):
            if star is None or index < star:
                item = self.component(value, index)
            elif index == star:
                item = self._rest(value, index, behind)
            else:
                item = fresh(Kind.KEY if _is_keys(value) else Kind.UNKNOWN)
            self.assign(element.value, item)

    def component(self, value: Value, index: int) -> Value:
        if isinstance(value, Choice):
            options = [(guard, self.component(item, index)) for guard, item in value.options]
            return Choice(tuple(options))
        if isinstance(value, Elements):
            known = not value.backwards and not value.gone
            return self.component(value.value, index) if known else fresh()
        if isinstance(value, Sequence):
            return value.items[index] if index < len(value.items) else fresh()
        if isinstance(value, Record) and value.base is None:
            return value.items[index][1] if index < len(value.items) else fresh()
        if isinstance(value, Entity):
            kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
            return Entity(taken(value.identity, Item(index, index + 1)), kind)
        return fresh()

    def _rest(self, value: Value, index: int, behind: int) -> Value:
        if isinstance(value, Sequence):
            return Sequence(value.items[index : len(value.items) - behind])
        if isinstance(value, Entity) and not behind:
            return Entity(taken(value.identity, Item(index, None)), value.kind)
        return fresh(value.kind if isinstance(value, Entity) else Kind.UNKNOWN)

    def _store_item(self, target: cst.Subscript, value: Value) -> None:
        owner = self.evaluate(target.value)
        index = target.slice[0].slice
        key = self.evaluate(index.value) if isinstance(index, cst.Index) else None
        if isinstance(owner, Entity) and isinstance(key, Literal) and len(target.slice) == 1:
            constant = isinstance(key.value, str)
            step = Attr(str(key.value)) if constant else index_step(key, owner.length)
            self.store(owner, step, value, target)
        elif isinstance(target.value, cst.Name) and self.state is not None:
            changed: Value = fresh()
            if isinstance(owner, Mapping) and isinstance(key, Literal) and len(target.slice) == 1:
                changed = owner.replaced(key.value, value)
            self._exchange(owner, changed, target.value.value)

    def _exchange(self, old: Value, new: Value, name: str) -> None:
        """A container has changed in place: `name`, and all others that hold it, hold `new`."""
        assert self.state is not None
        for other, held in self.state.variables.items():
            if other == name or held is old:
                self.state.variables[other] = new
            elif any(item is old for item in _within(held)):
                self.state.variables[other] = fresh()


def _within(value: Value) -> Iterator[Value]:
    """What a value holds, at any depth."""
    for item in (*alternatives(value), *members_of(value)):
        yield item
        yield from _within(item)


def _count(iterable: Value) -> int | None:
    """How many rounds a loop makes, where that is known and all of them are interpreted."""
    if isinstance(iterable, Elements):
        return None if iterable.gone else _count(iterable.value)
    if isinstance(iterable, Sequence):
        return len(iterable.items) if 0 < len(iterable.items) <= _MOST_ITEMS else None
    if isinstance(iterable, Zip):
        counts = [count for count in map(_count, iterable.parts) if count is not None]
        return min(counts) if counts and len(counts) == len(iterable.parts) else None
    if not isinstance(iterable, Entity):
        return None
    length = iterable.length if iterable.kind is Kind.KEYS else None
    return length if length in range(1, _FEW + 1) else _SHORT.get(iterable.identity)


def _fewest(iterable: Value) -> int:
    """How many rounds of a loop of unknown length are interpreted."""
    if isinstance(iterable, Elements):
        return _fewest(iterable.value)
    if isinstance(iterable, Sequence) and iterable.items:
        return _MOST_ITEMS
    if isinstance(iterable, Zip):
        counts = [count for count in map(_count, iterable.parts) if count is not None]
        return min([*counts, _MOST_ITEMS]) if counts else 2
    return 2


def _in_order(elements: Elements) -> Value:
    """What a loop goes through; the numbers of a range come from its end when it is reversed."""
    value = elements.value
    if elements.backwards and isinstance(value, Entity) and value.kind is Kind.UNKNOWN:
        return Entity(value.identity.then(Attr("reversed()")))
    return value


def _is_keys(value: Value) -> bool:
    return isinstance(value, Entity) and value.kind is Kind.KEYS
