"""What a function of this program does to its parameters and to the variables around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

import libcst as cst

from rnglint.facts.flow.arguments import Bound, Given, folded_data
from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.guards import Condition, Equals, Every, Guard, Truth
from rnglint.facts.flow.seedings import Seeding, SeedSite
from rnglint.facts.flow.state import HELD, Consumed, choose, fresh, fresh_number
from rnglint.facts.flow.values import (
    At,
    Attr,
    Choice,
    Entity,
    Fold,
    Function,
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
    described,
)
from rnglint.facts.flow.values import Mapping as Dictionary
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.scopes import parameters_of

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis
    from rnglint.facts.flow.calls import Caller


@dataclass(frozen=True, slots=True)
class Summary:
    """The effects of one function, in terms of its parameters and free variables.

    `effects` are the consumptions of things that a caller can name, `result` what is returned,
    `fields` the parts of parameters and variables that it sets, with what they are then, `stores`
    the parameters and variables of which it may change something else, `rebinds` the variables of
    enclosing scopes that it binds anew, `leftovers` the consumptions of keys that it made and
    returns. `seedings` are the seeds that it sets in the same way at every call with the same
    arguments, `draws` the libraries from whose hidden state it draws.
    """

    home: Analysis
    node: cst.FunctionDef | cst.Lambda
    name: str
    scope: int
    effects: tuple[Consumed, ...]
    result: Value
    fields: tuple[tuple[Identity, Value], ...]
    stores: tuple[Root, ...]
    rebinds: frozenset[Root]
    is_method: bool
    leftovers: tuple[Consumed, ...] = ()
    seedings: tuple[Seeding, ...] = ()
    draws: frozenset[str] = frozenset()

    def places(self, callee: Function) -> int | None:
        """How many positional arguments a call has to have; None if more than one number may do."""
        parameters = self.node.params
        plain = (*parameters.posonly_params, *parameters.params)
        if isinstance(parameters.star_arg, cst.Param) or any(item.default for item in plain):
            return None
        return len(plain) - (callee.receiver is not None and self.is_method)

    def bind(
        self, callee: Function, given: Sequence[Given], node: cst.Call
    ) -> dict[str, Bound] | None:
        """Which argument each parameter gets; None if that cannot be told."""
        if any(item.star for item in given):
            return None
        parameters = self.node.params
        names = [item.name.value for item in (*parameters.posonly_params, *parameters.params)]
        known = {item.name.value: item for item in parameters_of(parameters)}
        positional = [
            Bound(item.value, item.node, item.shared, item.earlier)
            for item in given
            if item.keyword is None
        ]
        if callee.receiver is not None and self.is_method:
            receiver = node.func.value if isinstance(node.func, cst.Attribute) else None
            positional.insert(0, Bound(callee.receiver, receiver))
        if len(positional) > len(names) and not isinstance(parameters.star_arg, cst.Param):
            return None
        bound = dict(zip(names, positional, strict=False))
        for name, value in callee.defaults:
            bound.setdefault(name, Bound(value, None, earlier=True))
        for item in given:
            if item.keyword is not None and item.keyword in known:
                bound[item.keyword] = Bound(item.value, item.node, item.shared, item.earlier)
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
        self.loops: dict[int, int] = {}

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
        guard, value = self._guard(seeding.guard), self._seed_value(seeding.value)
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
        actual = self._actual(root)
        found = self._project(actual.value, value.identity.path) if actual else None
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
        actual, step = self._actual(place.root), self._step(place.path[0])
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
        root, guard = self.renamed.get(consumed.identity.root), self._guard(consumed.guard)
        steps = [self._step(step) for step in consumed.identity.path]
        if root is None or guard is None or None in steps:
            return
        identity = Identity(root, tuple(step for step in steps if step is not None))
        inherited = replace(consumed, identity=identity, guard=guard)
        self.caller.inherit(inherited, self.node, self.summary.name)

    def _forget(self, root: Root) -> None:
        """Something was stored below `root`, or in the variable itself: it is another one now."""
        state = self.caller.state
        actual = self._actual(root)
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
        guard = self._guard(effect.guard)
        actual = self._actual(effect.identity.root)
        if guard is None or actual is None or (effect.guessed and not self._is_described()):
            # A guess about a guess is nothing to go by.
            return
        place, value = effect.identity, self._project(actual.value, effect.identity.path)
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
        known = self._data(data)
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

    def _actual(self, root: Root) -> Bound | None:
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
        if root.number == 0:
            return root
        if root not in self.renamed:
            new = self.renamed[root] = Root(fresh_number(), -1, root.name)
            self.caller.analysis.definitions.adopt(new, self.summary.home.definitions, root)
        return self.renamed[root]

    def _project(self, value: Value, path: tuple[Step, ...]) -> Value | None:
        """The part of the caller's `value` that lies at `path`; None if that is not known."""
        for index, given in enumerate(path):
            step = _counted(given, value)
            if isinstance(value, Choice):
                rest = path[index:]
                options = [(guard, self._project(item, rest)) for guard, item in value.options]
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
        if isinstance(step, (Item, At)):
            return self.caller.element_of(entity, step, kind)
        return Entity(entity.identity.then(step), kind)

    def _step(self, step: Step) -> Step | None:
        if isinstance(step, Item) and step.loop:
            # On each call it is another run of the loop.
            return replace(step, loop=self.loops.setdefault(step.loop, fresh_number()))
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
        if isinstance(condition, Every):
            return self._every(condition)
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


def _component(value: Items | Dictionary, step: Step) -> Value | None:
    if isinstance(value, Items) and isinstance(step, Item) and not step.loop:
        inside = step.high == step.low + 1 and step.low < len(value.items)
        return value.items[step.low] if inside else None
    if isinstance(value, Dictionary) and isinstance(step, Attr):
        return next((item for key, item in value.items if key == step.name), None)
    return None
