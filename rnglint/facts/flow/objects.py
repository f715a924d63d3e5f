"""Objects: what their fields and attributes are, and when that is no longer known."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from rnglint.facts.flow.arguments import Given
from rnglint.facts.flow.frame import Frame
from rnglint.facts.flow.places import taken
from rnglint.facts.flow.state import fresh, fresh_number
from rnglint.facts.flow.values import (
    At,
    Attr,
    Entity,
    Identity,
    Instance,
    Item,
    Kind,
    Mapping,
    Record,
    Root,
    Value,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.names import call_fact

#: Classes of whose objects every use is a fact: a fix has to see them all. Of others, only methods
#: that they lack.
_ALL_USES = frozenset({"numpy.random.RandomState"})
#: Classes of whose objects every use is a fact where there are workers to share them.
_SHARED = _ALL_USES | {"numpy.random.Generator", "random.Random"}


class Holder(Frame):
    """A frame that knows what objects hold."""

    def changed_copy(self, value: Value, given: Sequence[Given]) -> Value | None:
        """What `value._replace(field=…)` makes; None where the arguments are no fields."""
        items = [(item.keyword, item.value) for item in given if item.keyword and not item.star]
        if not given or len(items) != len(given):
            return None
        if isinstance(value, Record):
            return value.replaced(items)
        if isinstance(value, Entity) and value.kind is Kind.UNKNOWN:
            return Record(tuple(items), None, value)
        return None

    def field_of(self, record: Record, name: str) -> Value:
        """The field `name` of a record."""
        known = record.get(name)
        if known is not None:
            return known
        if isinstance(record.base, Record):
            return self.field_of(record.base, name)
        if isinstance(record.base, Entity):
            return self.attribute_of(record.base, name)
        return fresh()

    def store(
        self, owner: Value, step: Attr | Item | At, value: Value, target: cst.CSTNode
    ) -> None:
        """Sets an attribute or element of what `owner` is."""
        if isinstance(owner, Entity) and self.state is not None:
            place = self._now(owner).then(step)
            self.state.stored[place] = value
            self.stored.add(place)
            self.storing[place] = target

    def set_field(self, node: cst.Name, record: Record, name: str, value: Value) -> None:
        """The variable `node`, which holds this record, holds one with another field now."""
        if self.state is not None and node.value in self.state.variables:
            self.state.variables[node.value] = record.replaced([(name, value)])

    def disturb(self, node: cst.Name) -> None:
        """A method of an object was called: its attributes may be others now."""
        if self.state is None:
            return
        value = self.state.variables.get(node.value)
        if value is not None:
            self.lose(node, value)
            self.forget(value)

    def lose(self, node: cst.Name, value: Value) -> None:
        """Someone else got what a variable holds: there may be something else in it now."""
        mutable = isinstance(value, (Items, Mapping)) or (
            isinstance(value, Record) and not value.frozen
        )
        if mutable and self.state is not None:
            self.state.variables[node.value] = fresh()

    def forget(self, value: Value) -> None:
        """The attributes of `value` may be others from here on."""
        if isinstance(value, Entity) and value.kind is Kind.UNKNOWN and self.state is not None:
            for place in [item for item in self.state.stored if _below(item, value.identity)]:
                del self.state.stored[place]
            if value.identity.root.is_variable:
                self.stored.add(value.identity.then(Attr("*")))
            self.state.moved[value.identity] = Root(fresh_number())

    def attribute_of(self, entity: Entity, name: str) -> Value:
        """The attribute `name` of an entity: what was stored there, or something of its own."""
        if self.state is None or entity.kind is not Kind.UNKNOWN:
            return fresh()
        place = self._now(entity).then(Attr(name))
        return self.state.stored.get(place, Entity(place))

    def element_of(self, entity: Entity, step: Item | At, kind: Kind) -> Value:
        """The element of an array or list: what was stored there, or something of its own."""
        place = taken(entity.identity, step)
        if self.state is None:
            return Entity(place, kind)
        stored = self.state.stored.get(taken(self._now(entity), step))
        return self.state.stored.get(place, stored or Entity(place, kind))

    def _now(self, entity: Entity) -> Identity:
        """What the attributes of an entity belong to since they were last forgotten."""
        moved = self.state.moved.get(entity.identity) if self.state else None
        return Identity(moved) if moved else entity.identity

    def record_method(self, instance: Instance, node: cst.Attribute, call: cst.Call | None) -> None:
        """Notes that an attribute of a library's object is used, unless nobody asks for it."""
        entry = self.knowledge.cls(instance.qualified)
        missing = entry is None or node.attr.value in entry.missing
        all_uses = _SHARED if self.analysis.workers.are_there else _ALL_USES
        if not missing and instance.qualified not in all_uses:
            return
        self.analysis.record_method(
            instance.qualified,
            node,
            self.scope,
            self.statement,
            call_fact(self.tree, call) if call is not None else None,
        )


def _below(place: Identity, base: Identity) -> bool:
    return place.root == base.root and place.path[: len(base.path)] == base.path
