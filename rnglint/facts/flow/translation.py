"""What is a callee's, in terms of its caller: values, identities, guards of one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

import libcst as cst

from rnglint.facts.flow.arguments import Bound
from rnglint.facts.flow.guards import Condition, Equals, Every, Guard, Truth
from rnglint.facts.flow.state import choose, fresh, fresh_number
from rnglint.facts.flow.values import (
    At,
    Attr,
    Choice,
    Entity,
    Fold,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Record,
    Root,
    Step,
    Value,
    counted_from_end,
    counted_handed_out,
)
from rnglint.facts.flow.values import Mapping as Dictionary
from rnglint.facts.flow.values import Sequence as Items

if TYPE_CHECKING:
    from rnglint.facts.flow.calls import Caller
    from rnglint.facts.flow.summaries import Summary


class Translation:
    """One call of a summarized function: its roots become the caller's values."""

    def __init__(
        self, caller: Caller, summary: Summary, bound: Mapping[str, Bound], node: cst.Call
    ) -> None:
        self.caller = caller
        self.summary = summary
        self.bound = bound
        self.node = node
        self.number = fresh_number()
        self.renamed: dict[Root, Root] = {}
        self.unknown: dict[object, int] = {}
        self.loops: dict[int, int] = {}

    def actual(self, root: Root) -> Bound | None:
        """What the caller has for a root of the callee; None if the caller cannot know."""
        if not root.is_variable:
            return None
        if root.scope == self.summary.scope:
            return self.bound.get(root.name)
        if self.summary.home is not self.caller.analysis:
            # The variables of another source are out of sight.
            return None
        state = self.caller.state
        if state is None:
            return None
        if root.scope == self.caller.scope.function().number:
            value = state.variables.get(root.name)
            return Bound(value, None) if value is not None else None
        moved = state.moved.get(Identity(root))
        return Bound(Entity(Identity(moved or root)), None)

    # -- values -------------------------------------------------------------------------------

    def value(self, value: Value) -> Value:
        """A value of the callee as the caller sees it."""
        if isinstance(value, Entity):
            return self._entity(value)
        if isinstance(value, Items):
            return Items(tuple(self.value(item) for item in value.items))
        if isinstance(value, Dictionary):
            return Dictionary(tuple((key, self.value(item)) for key, item in value.items))
        if isinstance(value, Record):
            items = tuple((name, self.value(item)) for name, item in value.items)
            base = self.value(value.base) if value.base is not None else None
            return replace(value, items=items, base=base)
        if isinstance(value, Choice):
            return self._choice(value)
        if isinstance(value, (Literal, Library, Instance)):
            return value
        return fresh()

    def _choice(self, value: Choice) -> Value:
        renamed = ((self.guard(guard), item) for guard, item in value.options)
        return choose((guard, self.value(item)) for guard, item in renamed if guard is not None)

    def _entity(self, entity: Entity) -> Value:
        root = entity.identity.root
        if root.is_variable:
            actual = self.actual(root)
            if actual is None:
                return fresh(entity.kind, entity.length)
            projected = self.project(actual.value, entity.identity.path)
            return projected if projected is not None else fresh(entity.kind, entity.length)
        if root.number == 0:
            return fresh(entity.kind, entity.length)
        path = tuple(self.step(step) for step in entity.identity.path)
        if None in path:
            return fresh(entity.kind, entity.length)
        steps = tuple(step for step in path if step is not None)
        return Entity(Identity(self._rename(root), steps), entity.kind, entity.length)

    def _rename(self, root: Root) -> Root:
        """What a call made anew is another thing than what the previous call made."""
        if root.number == 0:
            return root
        if root not in self.renamed:
            new = self.renamed[root] = Root(fresh_number(), -1, root.name)
            self.caller.analysis.definitions.adopt(new, self.summary.home.definitions, root)
        return self.renamed[root]

    def project(self, value: Value, path: tuple[Step, ...]) -> Value | None:
        """The part of the caller's `value` that lies at `path`; None if that is not known."""
        for index, given in enumerate(path):
            step = _counted(given, value)
            if isinstance(value, Choice):
                rest = path[index:]
                options = [(guard, self.project(item, rest)) for guard, item in value.options]
                known = [(guard, item) for guard, item in options if item is not None]
                return Choice(tuple(known)) if known else None
            if isinstance(value, Record) and isinstance(step, Attr):
                value = self.caller.field_of(value, step.name)
            elif isinstance(value, Record) and _is_one(step) and value.base is None:
                value = self.caller.component(value, step.low)
            elif isinstance(value, (Items, Dictionary)):
                found = _component(value, step)
                if found is None:
                    return None
                value = found
            elif isinstance(value, Entity):
                renamed = self.step(step)
                if renamed is None:
                    return None
                value = self._entity_part(value, renamed)
            else:
                return None
        return value

    def _entity_part(self, entity: Entity, step: Step) -> Value:
        if isinstance(step, Attr):
            return self.caller.attribute_of(entity, step.name)
        kind = Kind.KEY if entity.kind is Kind.KEYS or isinstance(step, Fold) else entity.kind
        if isinstance(step, (Item, At)):
            return self.caller.element_of(entity, step, kind)
        return Entity(entity.identity.then(step), kind)

    def step(self, step: Step) -> Step | None:
        if isinstance(step, Item) and step.loop:
            # On each call it is another run of the loop.
            return replace(step, loop=self.loops.setdefault(step.loop, fresh_number()))
        if isinstance(step, At):
            index = self._identity(step.index)
            return At(index) if index else None
        if isinstance(step, Fold) and isinstance(step.data, Identity):
            data = self.data(step.data)
            return Fold(data.value if isinstance(data, Literal) else data) if data else None
        return step

    def _identity(self, identity: Identity) -> Identity | None:
        data = self.data(identity)
        return data if isinstance(data, Identity) else None

    def data(self, identity: Identity) -> Identity | Literal | None:
        if not identity.root.is_variable:
            return Identity(self._rename(identity.root), identity.path)
        actual = self.actual(identity.root)
        projected = self.project(actual.value, identity.path) if actual else None
        if isinstance(projected, Entity):
            return projected.identity
        return projected if isinstance(projected, Literal) else None

    # -- guards -------------------------------------------------------------------------------

    def guard(self, guard: Guard) -> Guard | None:
        """The callee's guard in the caller's terms; None if the arguments rule it out."""
        literals: set[tuple[Condition, bool]] = set()
        for condition, holds in guard.literals:
            outcome = self._condition(condition)
            if isinstance(outcome, bool):
                if outcome is not holds:
                    return None
            else:
                literals.add((outcome, holds))
        return Guard(frozenset(literals))

    def _condition(self, condition: Condition) -> Condition | bool:
        if isinstance(condition, Every):
            return self._every(condition)
        if isinstance(condition.subject, Identity):
            data = self.data(condition.subject)
            if isinstance(data, Literal):
                if isinstance(condition, Equals):
                    return data.value == condition.constant
                return bool(data.value)
            if isinstance(data, Identity):
                if isinstance(condition, Equals):
                    return Equals(data, condition.constant)
                return Truth(data)
        return Truth(self.unknown.setdefault(condition, fresh_number()))

    def _every(self, condition: Every) -> Condition | bool:
        parts: set[tuple[Condition, bool]] = set()
        for part, holds in condition.parts:
            outcome = self._condition(part)
            if not isinstance(outcome, bool):
                parts.add((outcome, holds))
            elif outcome is not holds:
                return False
        return Every(frozenset(parts)) if parts else True


def _counted(step: Step, value: Value) -> Step:
    """An index from the end, or of an iterator, as one from the start, where `value` tells it."""
    handed = counted_handed_out(step.index) if isinstance(step, At) else None
    if handed is not None and (isinstance(value, Items) or _is_array(value)):
        return Item(handed, handed + 1)
    number = counted_from_end(step.index) if isinstance(step, At) else None
    length = len(value.items) if isinstance(value, Items) else None
    length = value.length if isinstance(value, Entity) else length
    if number is None or length is None or number > length:
        return step
    return Item(length - number, length - number + 1)


def _is_array(value: Value) -> bool:
    return isinstance(value, Entity) and value.kind is Kind.KEYS


def _is_one(step: Step) -> TypeGuard[Item]:
    """Whether a step is to a single element whose index is known."""
    return isinstance(step, Item) and not step.loop and step.high == step.low + 1


def _component(value: Items | Dictionary, step: Step) -> Value | None:
    if isinstance(value, Items) and isinstance(step, Item) and not step.loop:
        inside = step.high == step.low + 1 and step.low < len(value.items)
        return value.items[step.low] if inside else None
    if isinstance(value, Dictionary) and isinstance(step, Attr):
        return next((item for key, item in value.items if key == step.name), None)
    return None
