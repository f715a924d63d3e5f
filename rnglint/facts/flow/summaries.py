"""What a function of this program does to its parameters and to the variables around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.state import Consumed, choose, fresh, fresh_number
from rnglint.facts.flow.values import (
    At,
    Attr,
    Choice,
    Condition,
    Entity,
    Equals,
    Fold,
    Function,
    Guard,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Root,
    Step,
    Truth,
    Value,
)
from rnglint.facts.flow.values import Mapping as Dictionary
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.scopes import parameters_of

if TYPE_CHECKING:
    from rnglint.facts.flow.calls import Caller, Given


@dataclass(frozen=True, slots=True)
class Bound:
    """What stands for a parameter in one call: the argument and where it is written."""

    value: Value
    node: cst.BaseExpression | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The effects of one function, in terms of its parameters and free variables.

    `effects` are the consumptions of things that a caller can name, `result` what is returned,
    `stores` the parameters and variables of which it may change an attribute, `rebinds` the
    variables of enclosing scopes that it binds anew.
    """

    node: cst.FunctionDef | cst.Lambda
    name: str
    scope: int
    effects: tuple[Consumed, ...]
    result: Value
    stores: tuple[Root, ...]
    rebinds: frozenset[Root]
    is_method: bool

    def bind(
        self, callee: Function, given: Sequence[Given], node: cst.Call
    ) -> dict[str, Bound] | None:
        """Which argument each parameter gets; None if that cannot be told."""
        if any(item.star for item in given):
            return None
        parameters = self.node.params
        names = [item.name.value for item in (*parameters.posonly_params, *parameters.params)]
        known = {item.name.value: item for item in parameters_of(parameters)}
        positional = [Bound(item.value, item.node) for item in given if item.keyword is None]
        if callee.receiver is not None and self.is_method:
            receiver = node.func.value if isinstance(node.func, cst.Attribute) else None
            positional.insert(0, Bound(callee.receiver, receiver))
        if len(positional) > len(names) and not isinstance(parameters.star_arg, cst.Param):
            return None
        bound = dict(zip(names, positional, strict=False))
        for item in given:
            if item.keyword is not None and item.keyword in known:
                bound[item.keyword] = Bound(item.value, item.node)
        return bound


class Instantiation:
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

    def run(self) -> Value:
        """Applies the effects in order and returns the result."""
        for effect in self.summary.effects:
            self._apply(effect)
        result = self.value(self.summary.result)
        for root in self.summary.stores:
            self._forget(root)
        return result

    def _forget(self, root: Root) -> None:
        """Something was stored below `root`, or in the variable itself: it is another one now."""
        state = self.caller.state
        actual = self._actual(root)
        if state is None or actual is None:
            return
        here = root.scope == self.caller.scope.function().index
        if root in self.summary.rebinds and here and root.name in state.variables:
            state.variables[root.name] = fresh()
        self.caller.forget(actual.value)

    def _apply(self, effect: Consumed) -> None:
        guard = self._guard(effect.guard)
        actual = self._actual(effect.identity.root)
        if guard is None or actual is None:
            return
        value = self._project(actual.value, effect.identity.path)
        if value is None:
            return
        self.caller.consume(
            value,
            actual.node or self.node.func,
            self.summary.name,
            inner=(effect.site, self._role(effect)),
            guard=guard,
            weak=effect.weak,
            call=(self.number, Identity(effect.identity.root)),
            count=effect.count,
            derived=effect.derived,
            captured=self._capturing_scope(effect),
            written=actual.node is not None and not effect.identity.path,
            label=self._label(effect, actual),
            derives=effect.derives,
        )

    def _capturing_scope(self, effect: Consumed) -> int | None:
        if effect.identity.root.scope == self.summary.scope:
            return None
        return self.summary.scope if effect.captured is None else effect.captured

    def _label(self, effect: Consumed, actual: Bound) -> str:
        """What the caller would call the key: `state.key` where `state` is what it hands over."""
        path = effect.identity.path
        if actual.node is None:
            return effect.identity.root.name
        if not path:
            return ""
        names = [step.name if isinstance(step, Attr) else "[…]" for step in path]
        dotted_path = "".join(name if name == "[…]" else f".{name}" for name in names)
        return self.caller.tree.text(actual.node) + dotted_path

    def _role(self, effect: Consumed) -> str:
        """What the callee consumes, in words."""
        root = effect.identity.root
        if root.scope == self.summary.scope:
            return f"its parameter `{root.name}`"
        return f"`{root.name}` of the enclosing scope"

    def _actual(self, root: Root) -> Bound | None:
        """What the caller has for a root of the callee; None if the caller cannot know."""
        if not root.is_variable:
            return None
        if root.scope == self.summary.scope:
            return self.bound.get(root.name)
        state = self.caller.state
        if state is None:
            return None
        if root.scope == self.caller.scope.function().index:
            value = state.variables.get(root.name)
            return Bound(value, None) if value is not None else None
        return Bound(Entity(Identity(root)), None)

    # -- values -------------------------------------------------------------------------------

    def value(self, value: Value) -> Value:
        """A value of the callee as the caller sees it."""
        if isinstance(value, Entity):
            return self._entity(value)
        if isinstance(value, Items):
            return Items(tuple(self.value(item) for item in value.items))
        if isinstance(value, Dictionary):
            return Dictionary(tuple((key, self.value(item)) for key, item in value.items))
        if isinstance(value, Choice):
            return self._choice(value)
        if isinstance(value, (Literal, Library, Instance)):
            return value
        return fresh()

    def _choice(self, value: Choice) -> Value:
        renamed = ((self._guard(guard), item) for guard, item in value.options)
        return choose((guard, self.value(item)) for guard, item in renamed if guard is not None)

    def _entity(self, entity: Entity) -> Value:
        root = entity.identity.root
        if root.is_variable:
            actual = self._actual(root)
            if actual is None:
                return fresh(entity.kind, entity.length)
            projected = self._project(actual.value, entity.identity.path)
            return projected if projected is not None else fresh(entity.kind, entity.length)
        if root.number == 0:
            return fresh(entity.kind, entity.length)
        path = tuple(self._step(step) for step in entity.identity.path)
        if None in path:
            return fresh(entity.kind, entity.length)
        steps = tuple(step for step in path if step is not None)
        return Entity(Identity(self._rename(root), steps), entity.kind, entity.length)

    def _rename(self, root: Root) -> Root:
        """What a call made anew is another thing than what the previous call made."""
        return self.renamed.setdefault(root, Root(fresh_number()))

    def _project(self, value: Value, path: tuple[Step, ...]) -> Value | None:
        """The part of the caller's `value` that lies at `path`; None if that is not known."""
        for index, step in enumerate(path):
            if isinstance(value, Choice):
                rest = path[index:]
                options = [(guard, self._project(item, rest)) for guard, item in value.options]
                known = [(guard, item) for guard, item in options if item is not None]
                return Choice(tuple(known)) if known else None
            if isinstance(value, (Items, Dictionary)):
                found = _component(value, step)
                if found is None:
                    return None
                value = found
            elif isinstance(value, Entity):
                if isinstance(step, Item) and step.loop:
                    return value
                renamed = self._step(step)
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
        return Entity(entity.identity.then(step), kind)

    def _step(self, step: Step) -> Step | None:
        if isinstance(step, At):
            index = self._identity(step.index)
            return At(index) if index else None
        if isinstance(step, Fold) and isinstance(step.data, Identity):
            data = self._data(step.data)
            return Fold(data.value if isinstance(data, Literal) else data) if data else None
        return step

    def _identity(self, identity: Identity) -> Identity | None:
        data = self._data(identity)
        return data if isinstance(data, Identity) else None

    def _data(self, identity: Identity) -> Identity | Literal | None:
        if not identity.root.is_variable:
            return Identity(self._rename(identity.root), identity.path)
        actual = self._actual(identity.root)
        projected = self._project(actual.value, identity.path) if actual else None
        if isinstance(projected, Entity):
            return projected.identity
        return projected if isinstance(projected, Literal) else None

    # -- guards -------------------------------------------------------------------------------

    def _guard(self, guard: Guard) -> Guard | None:
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
        if isinstance(condition.subject, Identity):
            data = self._data(condition.subject)
            if isinstance(data, Literal):
                if isinstance(condition, Equals):
                    return data.value == condition.constant
                return bool(data.value)
            if isinstance(data, Identity):
                if isinstance(condition, Equals):
                    return Equals(data, condition.constant)
                return Truth(data)
        return Truth(self.unknown.setdefault(condition, fresh_number()))


def _component(value: Items | Dictionary, step: Step) -> Value | None:
    if isinstance(value, Items) and isinstance(step, Item) and not step.loop:
        inside = step.high == step.low + 1 and step.low < len(value.items)
        return value.items[step.low] if inside else None
    if isinstance(value, Dictionary) and isinstance(step, Attr):
        return next((item for key, item in value.items if key == step.name), None)
    return None
