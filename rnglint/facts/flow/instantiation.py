"""Calls of functions that are visible: what their summaries do where they are called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.arguments import folded_data
from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.guards import Equals, Guard
from rnglint.facts.flow.seedings import Seeding, SeedSite
from rnglint.facts.flow.state import HELD, Consumed, fresh
from rnglint.facts.flow.translation import Translation
from rnglint.facts.flow.values import (
    At,
    Attr,
    Entity,
    Fold,
    Identity,
    Item,
    Kind,
    Literal,
    Record,
    Root,
    Step,
    Value,
    described,
)
from rnglint.facts.flow.values import Mapping as Dictionary
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.scopes import parameters_of

if TYPE_CHECKING:
    pass


class Instantiation(Translation):
    """One call of a summarized function, with its effects."""

    def run(self) -> Value:
        """Applies the effects in order and returns the result."""
        for effect in self.summary.effects:
            self._apply(effect)
        self.seed()
        result = self.value(self.summary.result)
        fields = [(place, self.value(value)) for place, value in self.summary.fields]
        for root in self.summary.stores:
            self._forget(root)
        for place, value in fields:
            self._store(place, value)
        for item in self.summary.leftovers:
            self._inherit(item)
        return result

    def seed(self) -> None:
        """Notes the seeds that the call sets, and that it draws."""
        for seeding in self.summary.seedings:
            self._seed(seeding)
        for library in self.summary.draws:
            self.caller.draw(library, self.node)

    def _seed(self, seeding: Seeding) -> None:
        """The call sets a seed; a constructor gives each object a stream of its own."""
        guard, value = self.guard(seeding.guard), self._seed_value(seeding.value)
        state, node = self.caller.state, self.summary.node
        constructs = isinstance(node, cst.FunctionDef) and node.name.value == "__init__"
        if state is None or guard is None or value is None or value == Literal(None):
            return
        if (constructs and not seeding.is_global) or self._stands_in(seeding.guard):
            return
        site = SeedSite(self.node, self.caller.tree, None, self.summary.name, seeding.site)
        guard = state.guard.with_literals(guard.literals)
        rounds = self.caller.place_in_loops()
        here = Seeding(
            site,
            value,
            guard,
            rounds,
            seeding.entry,
            self.caller.statement,
            default=seeding.default or self._is_default(seeding.value),
        )
        self.caller.analysis.seedings.note(self.caller, here)

    def _stands_in(self, guard: Guard) -> bool:
        """Whether a path is taken for want of an argument: `if key is None`."""
        return any(
            isinstance(condition, Equals)
            and (condition.constant, holds) == (None, True)
            and condition.subject.root.scope == self.summary.scope
            for condition, holds in guard.literals
        )

    def _seed_value(self, value: Value) -> Entity | Literal | None:
        """A seed of the callee in the caller's terms; None if it may be another at each call."""
        if isinstance(value, Entity) and not value.identity.root.is_variable:
            parts = [self._seed_part(step) for step in value.identity.path]
            steps = tuple(step for step in parts if step is not None)
            return (
                replace(value, identity=Identity(value.identity.root, steps))
                if steps == tuple(parts)
                else None
            )
        if not isinstance(value, Entity):
            return value if isinstance(value, Literal) else None
        root = value.identity.root
        if root.scope == self.summary.scope and root.name not in self.bound:
            return self._default(root.name)
        if root.scope != self.summary.scope and self.summary.home is not self.caller.analysis:
            return value
        actual = self.actual(root)
        found = self.project(actual.value, value.identity.path) if actual else None
        if isinstance(found, Entity):
            return found if found.kind is Kind.UNKNOWN else None
        return found if isinstance(found, Literal) else None

    def _is_default(self, value: Value) -> bool:
        """Whether a seed is a parameter that gets no argument."""
        if not isinstance(value, Entity):
            return False
        root = value.identity.root
        return root.scope == self.summary.scope and root.name not in self.bound

    def _seed_part(self, step: Step) -> Step | None:
        if not isinstance(step, At):
            return step
        value = self._seed_value(Entity(step.index))
        if isinstance(value, Literal):
            return At(described(repr(value.value)))
        return At(value.identity) if value is not None else None

    def _default(self, name: str) -> Entity | Literal | None:
        """What a parameter is that gets no argument: its default, the same at every call."""
        for parameter in parameters_of(self.summary.node.params):
            if parameter.name.value == name and parameter.default is not None:
                constant = constant_of(parameter.default)
                return constant or Entity(described(f"default {self.summary.scope} {name}"))
        return None

    def _store(self, place: Identity, value: Value) -> None:
        """A part of an argument, or of a variable, has another value after the call."""
        actual, step = self.actual(place.root), self.step(place.path[0])
        if actual is None:
            return
        if isinstance(step, Attr) and isinstance(actual.value, Record):
            if isinstance(actual.node, cst.Name):
                self.caller.set_field(actual.node, actual.value, step.name, value)
        elif isinstance(step, (Attr, Item, At)) and isinstance(actual.value, Entity):
            self.caller.store(actual.value, step, value, self.node)
        else:
            self._forget(place.root)

    def _inherit(self, consumed: Consumed) -> None:
        """Something that the call made and returned is consumed already."""
        root, guard = self.renamed.get(consumed.identity.root), self.guard(consumed.guard)
        steps = [self.step(step) for step in consumed.identity.path]
        if root is None or guard is None or None in steps:
            return
        identity = Identity(root, tuple(step for step in steps if step is not None))
        inherited = replace(consumed, identity=identity, guard=guard)
        self.caller.inherit(inherited, self.node, self.summary.name)

    def _forget(self, root: Root) -> None:
        """Something was stored below `root`, or in the variable itself: it is another one now."""
        state = self.caller.state
        actual = self.actual(root)
        if state is None or actual is None:
            return
        here = root.scope == self.caller.scope.function().number
        if here and root.name in state.variables:
            known = state.variables[root.name]
            if root in self.summary.rebinds or isinstance(known, (Items, Dictionary)):
                state.variables[root.name] = fresh()
        self.caller.forget(actual.value)
        if isinstance(actual.node, cst.Name):
            self.caller.lose(actual.node, actual.value)

    def _apply(self, effect: Consumed) -> None:
        guard = self.guard(effect.guard)
        actual = self.actual(effect.identity.root)
        if guard is None or actual is None:
            return
        if effect.guessed and not self._is_described():
            # A guess about a guess is nothing to go by.
            if actual.node is not None and not effect.identity.path:
                self.caller.doubt(actual.node, self.summary.name)
            return
        place, value = effect.identity, self.project(actual.value, effect.identity.path)
        part = _round(place.path)
        if value is None and part is not None and isinstance(actual.value, Items):
            place, value = (
                Identity(place.root, (part,)),
                Items(actual.value.items[part.low : part.high]),
            )
        if value is None:
            return
        derived = effect.derived
        if isinstance(derived, Identity):
            derived = self._folded(derived)
            if derived is None:
                return
        node, rest = _descend(actual.node, effect.identity.path)
        self.caller.consume(
            value,
            node or self.node.func,
            self.summary.name,
            inner=(effect.site, self._role(effect)),
            guard=guard,
            weak=effect.weak,
            call=(self.number, place),
            count=effect.count,
            derived=derived,
            captured=HELD if actual.earlier else self._capturing_scope(effect),
            written=node is not None and not rest and not actual.earlier,
            label=self._label(effect, node, rest),
            derives=effect.derives,
            fixed=self._is_fixed(effect.identity),
            shared=actual.shared,
        )

    def _is_described(self) -> bool:
        """Whether this is a method of an object that came with an annotation, and from elsewhere.

        What such an object holds is not known, as all that made it is not: its methods are as
        good as unseen where they call what it holds.
        """
        first = next(iter(self.bound.values()), None) if self.summary.is_method else None
        value = first.value if first else None
        described = self.caller.analysis.definitions.described
        return isinstance(value, Entity) and value.identity.root in described

    def _folded(self, data: Identity) -> int | Identity | None:
        """What the callee folds into a key, in the caller's terms."""
        known = self.data(data)
        if isinstance(known, Identity):
            return folded_data(Entity(known))
        return folded_data(known) if known is not None else None

    def _is_fixed(self, identity: Identity) -> bool:
        """Whether every run of the function takes the same steps to a key."""
        for step in identity.path:
            data = step.data if isinstance(step, Fold) else None
            data = step.index if isinstance(step, At) else data
            if isinstance(data, Identity) and not self._is_captured(data):
                return False
        return True

    def _is_captured(self, data: Identity) -> bool:
        """Whether something is the same in every run: neither an argument nor made in it."""
        if data.root.number == 0 and not data.root.is_variable:
            return all(isinstance(i, At) and self._is_captured(i.index) for i in data.path)
        return data.root.is_variable and data.root.scope != self.summary.scope

    def _capturing_scope(self, effect: Consumed) -> int | None:
        if effect.identity.root.scope == self.summary.scope:
            return None
        return self.summary.scope if effect.captured is None else effect.captured

    def _label(
        self, effect: Consumed, node: cst.BaseExpression | None, path: tuple[Step, ...]
    ) -> str:
        """What the caller would call the key: `state.key` where `state` is what it hands over."""
        if node is None:
            return effect.identity.root.name
        if not path:
            return ""
        names = [step.name if isinstance(step, Attr) else "[…]" for step in path]
        dotted_path = "".join(name if name == "[…]" else f".{name}" for name in names)
        return self.caller.tree.text(node) + dotted_path

    def _role(self, effect: Consumed) -> str:
        """What the callee consumes, in words."""
        root = effect.identity.root
        if root.scope == self.summary.scope:
            return f"its parameter `{root.name}`"
        return f"`{root.name}` of the enclosing scope"


def _descend(
    node: cst.BaseExpression | None, path: tuple[Step, ...]
) -> tuple[cst.BaseExpression | None, tuple[Step, ...]]:
    """The element of a tuple that is written out as an argument, and what is left of the path."""
    while path and isinstance(node, (cst.Tuple, cst.List)):
        step = path[0]
        if not isinstance(step, Item) or step.loop or step.low >= len(node.elements):
            break
        node, path = node.elements[step.low].value, path[1:]
    return node, path


def _round(path: tuple[Step, ...]) -> Item | None:
    """What a loop over a tuple takes out of it: the first in its first round, then all others."""
    step = path[0] if len(path) == 1 else None
    if not isinstance(step, Item) or not step.loop:
        return None
    return Item(step.low, step.low + 1) if step.turn == 1 else Item(step.low + 1, step.high)
