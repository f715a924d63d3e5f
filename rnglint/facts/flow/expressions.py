"""Expressions: their values, in the order in which Python evaluates them."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from rnglint.facts.flow.calls import Caller, index_step
from rnglint.facts.flow.frame import Round
from rnglint.facts.flow.state import fresh, fresh_number, join
from rnglint.facts.flow.values import (
    EVERYWHERE,
    At,
    Attr,
    Choice,
    Condition,
    Constant,
    Entity,
    Equals,
    Function,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Mapping,
    Root,
    Sequence,
    Truth,
    Value,
    Zip,
    described,
)
from rnglint.facts.walk import children, descendants, dotted

#: Attributes that describe an array and are no part of it.
_DESCRIPTIONS = frozenset({"at", "dtype", "itemsize", "nbytes", "ndim", "shape", "sharding", "size"})
#: Methods that return the same key, in another form or place.
_SAME_KEY = frozenset({"block_until_ready", "copy", "flatten", "ravel", "reshape", "squeeze"})
#: Functions of the language that always answer the same for the same arguments.
_PURE = frozenset({"callable", "getattr", "hasattr", "isinstance", "issubclass", "len", "type"})

Literals = frozenset[tuple[Condition, bool]]
NOTHING: Literals = frozenset()
ALWAYS = Truth(0)
NEVER: Literals = frozenset({(ALWAYS, True), (ALWAYS, False)})


class Evaluator(Caller):
    """A frame that can evaluate expressions."""

    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of `node`; everything that it calls is called."""
        if self.state is None:
            return fresh()
        self.analysis.spend()
        handler = _HANDLERS.get(type(node))
        if handler:
            return handler(self, node)
        for child in children(node):
            self.evaluate(child)
        return fresh()

    # -- names --------------------------------------------------------------------------------

    def _name(self, node: cst.Name) -> Value:
        assert self.state is not None
        if node.value in self.state.variables:
            return self.state.variables[node.value]
        return self.analysis.outer_value(node, self.scope, self.statement)

    def _attribute(self, node: cst.Attribute, call: cst.Call | None = None) -> Value:
        qualified = self.names.qualified(node, self.scope, self.statement)
        if qualified and self._is_library(node):
            return Library(qualified)
        return self._member(self.evaluate(node.value), node, call)

    def _member(self, value: Value, node: cst.Attribute, call: cst.Call | None) -> Value:
        """The attribute of a value that has been evaluated."""
        name = node.attr.value
        if isinstance(value, Instance):
            self.record_method(value, node, call)
            return fresh()
        if isinstance(value, Library):
            return Library(self.knowledge.canonical(f"{value.qualified}.{name}"))
        if isinstance(value, Function) and name == "__wrapped__":
            return value
        if not isinstance(value, Entity) or name in _DESCRIPTIONS:
            return fresh()
        method = self.analysis.method_of(value, name, self.scope)
        if method is not None:
            return method
        return self.attribute_of(value, name)

    def _is_library(self, node: cst.Attribute) -> bool:
        """Whether the root of a chain still is what its binding said: not bound anew here."""
        assert self.state is not None
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute):
            root = root.value
        known = self.state.variables.get(root.value) if isinstance(root, cst.Name) else None
        return known is None or isinstance(known, Library)

    def callee(self, node: cst.Call) -> Value:
        """The value of the function that a call names."""
        if isinstance(node.func, cst.Attribute):
            return self._attribute(node.func, node)
        return self.evaluate(node.func)

    def _call(self, node: cst.Call) -> Value:
        func = node.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in _SAME_KEY:
            return self.apply(self.callee(node), self.arguments(node), node)
        receiver = self.evaluate(func.value)
        given = self.arguments(node)
        if isinstance(receiver, Entity) and receiver.kind is not Kind.UNKNOWN:
            return receiver
        return self.apply(self._member(receiver, func, node), given, node)

    # -- containers ---------------------------------------------------------------------------

    def _sequence(self, node: cst.Tuple | cst.List | cst.Set) -> Value:
        values = [self.evaluate(element.value) for element in node.elements]
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            return fresh()
        return Sequence(tuple(values))

    def _dict(self, node: cst.Dict) -> Value:
        items: list[tuple[Constant, Value]] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.evaluate(element.key)
                value = self.evaluate(element.value)
                if isinstance(key, Literal):
                    items.append((key.value, value))
            else:
                self.evaluate(element.value)
        return Mapping(tuple(items))

    def _subscript(self, node: cst.Subscript) -> Value:
        value = self.evaluate(node.value)
        for element in node.slice:
            value = self._element(value, element.slice)
        return value

    def _element(self, value: Value, index: cst.BaseSlice) -> Value:
        if isinstance(index, cst.Slice):
            return self._sliced(value, index)
        assert isinstance(index, cst.Index)
        key = self.evaluate(index.value)
        if isinstance(value, Sequence):
            return _item_of(value, key)
        if isinstance(value, Mapping) and isinstance(key, Literal):
            return next((item for name, item in value.items if name == key.value), fresh())
        if not isinstance(value, Entity) or self.state is None or value.kind is Kind.KEY:
            return fresh()
        if isinstance(key, Literal) and isinstance(key.value, str):
            return self.attribute_of(value, key.value)
        if isinstance(key, (Sequence, Choice)):
            return fresh(value.kind)
        kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
        place = _taken(value.identity, index_step(key, value.length))
        return self.state.stored.get(place, Entity(place, kind))

    def _sliced(self, value: Value, index: cst.Slice) -> Value:
        bounds = [
            self.evaluate(bound) if bound is not None else None
            for bound in (index.lower, index.upper, index.step)
        ]
        numbers = [
            item.value if isinstance(item, Literal) and isinstance(item.value, int) else None
            for item in bounds
        ]
        exact = all(
            bound is None or (number is not None and number >= 0)
            for bound, number in zip(bounds, numbers, strict=True)
        )
        low, high, step = numbers
        if isinstance(value, Sequence) and exact and step is None:
            return Sequence(value.items[low:high])
        if not isinstance(value, Entity) or not exact or step is not None:
            return fresh(value.kind if isinstance(value, Entity) else Kind.UNKNOWN)
        if low is None and high is None:
            return value
        return Entity(_taken(value.identity, Item(low or 0, high)), value.kind)

    # -- conditions ---------------------------------------------------------------------------

    def test(self, node: cst.BaseExpression) -> tuple[Literals, Literals]:
        """Evaluates a condition; the literals that hold where it is true, and where it is false."""
        if self.state is None:
            return NOTHING, NOTHING
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            true, false = self.test(node.expression)
            return false, true
        if isinstance(node, cst.BooleanOperation):
            return self._test_boolean(node)
        value = self.evaluate(node)
        if isinstance(value, Literal):
            return (NOTHING, NEVER) if value.value else (NEVER, NOTHING)
        condition, holds = self._condition(node, value)
        if condition is ALWAYS:
            return (NOTHING, NEVER) if holds else (NEVER, NOTHING)
        return frozenset({(condition, holds)}), frozenset({(condition, not holds)})

    def _test_boolean(self, node: cst.BooleanOperation) -> tuple[Literals, Literals]:
        conjunction = isinstance(node.operator, cst.And)
        whole = self._canonical(node)
        left_true, left_false = self.test(node.left)
        go_on, stop = (left_true, left_false) if conjunction else (left_false, left_true)
        before = self.state
        if before is None:
            return NOTHING, NOTHING
        stopped = before.assume(stop)
        self.state = before.assume(go_on)
        right_true, right_false = self.test(node.right)
        self.state = join([self.state, stopped])
        if conjunction:
            return left_true | right_true | {(whole, True)}, frozenset({(whole, False)})
        return frozenset({(whole, True)}), left_false | right_false | {(whole, False)}

    def _condition(self, node: cst.BaseExpression, value: Value) -> tuple[Condition, bool]:
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            found = self._comparison(node.left, node.comparisons[0])
            if found:
                return found
        if isinstance(value, Entity) and isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
            return Truth(value.identity), True
        return self._canonical(node), True

    def _comparison(
        self, left: cst.BaseExpression, target: cst.ComparisonTarget
    ) -> tuple[Condition, bool] | None:
        operator = target.operator
        same = isinstance(operator, (cst.Equal, cst.Is))
        if not same and not isinstance(operator, (cst.NotEqual, cst.IsNot)):
            return None
        constant = _constant(target.comparator)
        subject, other = left, constant
        if other is None:
            subject, other = target.comparator, _constant(left)
        if other is None or dotted(subject) is None:
            return None
        value = self.evaluate(subject)
        if isinstance(value, Entity):
            return Equals(value.identity, other.value), same
        equal = _equals(value, other)
        return (ALWAYS, equal is same) if equal is not None else None

    def _canonical(self, node: cst.BaseExpression) -> Truth:
        """A condition that stands for `node`: the same one as long as its variables are."""
        parts: list[Identity] = []
        for item in descendants(node):
            if isinstance(item, cst.Call) and (dotted(item.func) or "") not in _PURE:
                return Truth(fresh_number())
            if isinstance(item, (cst.Await, cst.NamedExpr, cst.Yield, cst.Lambda)):
                return Truth(fresh_number())
            if isinstance(item, (cst.Name, cst.Attribute)):
                parts.append(self._variable(item))
        return Truth((self.tree.module.code_for_node(node), tuple(parts)))

    def _variable(self, node: cst.Name | cst.Attribute) -> Identity:
        """What stands for the present value of a name or chain in a canonical condition."""
        assert self.state is not None
        if isinstance(node, cst.Name):
            value = self.state.variables.get(node.value)
            if isinstance(value, Entity):
                return value.identity
            return Identity(Root(0, -1, f"{node.value} {self.state.bindings.get(node.value, 0)}"))
        base = node.value
        if isinstance(base, cst.Name):
            value = self.state.variables.get(base.value)
            if isinstance(value, Entity):
                found = self.attribute_of(value, node.attr.value)
                if isinstance(found, Entity):
                    return found.identity
        return described(dotted(node) or "")

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        self.test(node)
        return fresh()

    def _conditional(self, node: cst.IfExp) -> Value:
        true, false = self.test(node.test)
        before = self.state
        if before is None:
            return fresh()
        values: list[tuple[Value, Literals]] = []
        states = []
        for literals, branch in ((true, node.body), (false, node.orelse)):
            self.state = before.assume(literals)
            if self.state is not None:
                values.append((self.evaluate(branch), literals))
                states.append(self.state)
        self.state = join(list(states))
        if len(values) == 1:
            return values[0][0]
        return _choice(values)

    def _binary(self, node: cst.BinaryOperation) -> Value:
        """Arithmetic: the same for the same operands."""
        parts: list[Identity] = []
        text = type(node.operator).__name__
        for operand in (node.left, node.right):
            value = self.evaluate(operand)
            if isinstance(value, Literal):
                text += f" {value.value!r}"
            elif isinstance(value, Entity) and value.kind is Kind.UNKNOWN:
                text += " _"
                parts.append(value.identity)
            else:
                text = ""
        return Entity(described(text, *parts)) if len(text.split()) == 3 else fresh()

    # -- functions, comprehensions, the rest ----------------------------------------------------

    def _lambda(self, node: cst.Lambda) -> Value:
        return Function(node)

    def _walrus(self, node: cst.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.assign(node.target, value)
        return value

    def _comprehension(
        self, node: cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp
    ) -> Value:
        if self.state is None:
            return fresh()
        hidden = dict(self.state.variables)
        self.uncertain += 1
        self._clause(node, node.for_in)
        self.uncertain -= 1
        if self.state is not None:
            for name in self.analysis.scope_names(node):
                self.state.variables.pop(name, None)
                if name in hidden:
                    self.state.variables[name] = hidden[name]
        return fresh()

    def _clause(self, node: cst.BaseComp, clause: cst.CompFor) -> None:
        iterable = self.evaluate(clause.iter)
        loop, run = self.analysis.loop_index(clause), fresh_number()
        after = [self.state]
        for turn in self.turns(iterable):
            if self.state is None:
                break
            self.rounds.append(Round(loop, run, turn))
            self.state = self.state.assume(frozenset({(Truth(fresh_number()), True)}))
            self.assign(clause.target, self.element(iterable, run, turn))
            self._clause_body(node, clause)
            self.rounds.pop()
            after.append(self.state)
        self.state = join(after)

    def _clause_body(self, node: cst.BaseComp, clause: cst.CompFor) -> None:
        skipped = []
        for condition in clause.ifs:
            true, false = self.test(condition.test)
            before = self.state
            if before is None:
                return
            skipped.append(before.assume(false))
            self.state = before.assume(true)
        if clause.inner_for_in:
            self._clause(node, clause.inner_for_in)
        elif isinstance(node, cst.DictComp):
            self.evaluate(node.key)
            self.evaluate(node.value)
        elif isinstance(node, cst.BaseSimpleComp):
            self.evaluate(node.elt)
        self.state = join([self.state, *skipped])

    # -- iteration and assignment ---------------------------------------------------------------

    def turns(self, iterable: Value) -> range:
        """The rounds to interpret: all of a short known sequence, else two, the second for every later one."""
        if isinstance(iterable, Sequence) and iterable.items:
            return range(1, min(len(iterable.items), 8) + 1)
        if isinstance(iterable, Entity) and iterable.identity == described("range 1"):
            return range(1, 2)
        if isinstance(iterable, Zip):
            known = [len(p.items) for p in iterable.parts if isinstance(p, Sequence) and p.items]
            return range(1, min([*known, 8]) + 1) if known else range(1, 3)
        return range(1, 3)

    def is_exact(self, iterable: Value) -> bool:
        """Whether `turns` are exactly the rounds that a loop over `iterable` makes."""
        if isinstance(iterable, Zip):
            return all(isinstance(part, Sequence) for part in iterable.parts)
        return isinstance(iterable, Sequence) and 0 < len(iterable.items) <= 8

    def element(self, iterable: Value, run: int, turn: int) -> Value:
        """What round `turn` of a loop over `iterable` takes out of it."""
        if isinstance(iterable, Sequence):
            return iterable.items[turn - 1] if turn <= len(iterable.items) else fresh()
        if isinstance(iterable, Zip):
            return Sequence(tuple(self.element(part, run, turn) for part in iterable.parts))
        if isinstance(iterable, Entity):
            kind = Kind.KEY if iterable.kind is Kind.KEYS else Kind.UNKNOWN
            return Entity(_taken(iterable.identity, Item(0, None, run, turn)), kind)
        return fresh()

    def assign(self, target: cst.CSTNode, value: Value) -> None:
        """Binds an assignment target to `value`."""
        if self.state is None:
            return
        if isinstance(target, cst.Name):
            self.state.variables[target.value] = value
            self.state.bindings[target.value] = fresh_number()
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(target, value)
        elif isinstance(target, cst.Attribute):
            self._store(self.evaluate(target.value), Attr(target.attr.value), value)
        elif isinstance(target, cst.Subscript):
            self._store_item(target, value)
        elif isinstance(target, cst.StarredElement):
            self.assign(target.value, value)

    def _unpack(self, target: cst.Tuple | cst.List, value: Value) -> None:
        star = next(
            (i for i, e in enumerate(target.elements) if isinstance(e, cst.StarredElement)), None
        )
        behind = len(target.elements) - 1 - star if star is not None else 0
        for index, element in enumerate(target.elements):
            if star is None or index < star:
                item = self._component(value, index)
            elif index == star:
                item = self._rest(value, index, behind)
            else:
                item = fresh(Kind.KEY if _is_keys(value) else Kind.UNKNOWN)
            self.assign(element.value, item)

    def _component(self, value: Value, index: int) -> Value:
        if isinstance(value, Choice):
            options = [(guard, self._component(item, index)) for guard, item in value.options]
            return Choice(tuple(options))
        if isinstance(value, Sequence):
            return value.items[index] if index < len(value.items) else fresh()
        if isinstance(value, Entity):
            kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
            return Entity(_taken(value.identity, Item(index, index + 1)), kind)
        return fresh()

    def _rest(self, value: Value, index: int, behind: int) -> Value:
        if isinstance(value, Sequence):
            return Sequence(value.items[index : len(value.items) - behind])
        if isinstance(value, Entity) and not behind:
            return Entity(_taken(value.identity, Item(index, None)), value.kind)
        return fresh(value.kind if isinstance(value, Entity) else Kind.UNKNOWN)

    def _store(self, owner: Value, step: Attr | Item | At, value: Value) -> None:
        if isinstance(owner, Entity) and self.state is not None:
            moved = self.state.moved.get(owner.identity)
            base = Identity(moved) if moved else owner.identity
            self.state.stored[base.then(step)] = value
            self.stored.add(base.then(step))

    def _store_item(self, target: cst.Subscript, value: Value) -> None:
        owner = self.evaluate(target.value)
        index = target.slice[0].slice
        key = self.evaluate(index.value) if isinstance(index, cst.Index) else None
        if isinstance(owner, Entity) and isinstance(key, Literal) and len(target.slice) == 1:
            constant = isinstance(key.value, str)
            step = Attr(str(key.value)) if constant else index_step(key, owner.length)
            self._store(owner, step, value)
        elif isinstance(target.value, cst.Name) and self.state is not None:
            self.state.variables[target.value.value] = fresh()


def _equals(value: Value, constant: Literal) -> bool | None:
    """Whether a value equals a constant, where that is known."""
    if isinstance(value, Literal):
        return value.value == constant.value
    if isinstance(value, Choice):
        answers = {_equals(item, constant) for _, item in value.options}
        return answers.pop() if len(answers) == 1 else None
    return None if isinstance(value, Entity) else False


def _item_of(value: Sequence, key: Value) -> Value:
    if isinstance(key, Literal) and isinstance(key.value, int):
        if -len(value.items) <= key.value < len(value.items):
            return value.items[key.value]
    return fresh()


def _is_keys(value: Value) -> bool:
    return isinstance(value, Entity) and value.kind is Kind.KEYS


def _taken(identity: Identity, step: Item | At) -> Identity:
    """The identity one index further; an index into a slice becomes one into the array."""
    last = identity.path[-1] if identity.path else None
    if not isinstance(last, Item) or not isinstance(step, Item) or last.loop:
        return identity.then(step)
    if last.high is not None and last.high == last.low + 1:
        return identity.then(step)
    high = last.high if step.high is None else last.low + step.high
    merged = Item(last.low + step.low, high, step.loop, step.turn)
    return Identity(identity.root, (*identity.path[:-1], merged))


def _choice(values: list[tuple[Value, Literals]]) -> Value:
    options = []
    for value, literals in values:
        inner = value.options if isinstance(value, Choice) else ((EVERYWHERE, value),)
        options += [(guard.with_literals(literals), item) for guard, item in inner]
    return Choice(tuple(options)) if len(options) <= 8 else fresh()


def _constant(node: cst.BaseExpression) -> Literal | None:
    """The literal that an expression is, if it is one."""
    if isinstance(node, cst.Name) and node.value in ("None", "True", "False"):
        return Literal({"None": None, "True": True, "False": False}[node.value])
    if isinstance(node, (cst.Integer, cst.Float)):
        return Literal(node.evaluated_value)
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return Literal(node.evaluated_value)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = _constant(node.expression)
        if inner and isinstance(inner.value, (int, float)):
            return Literal(-inner.value)
    return None


def _name_or_literal(evaluator: Evaluator, node: cst.Name) -> Value:
    return _constant(node) or evaluator._name(node)


def _literal(evaluator: Evaluator, node: cst.BaseExpression) -> Value:
    return _constant(node) or fresh()


def _negative(evaluator: Evaluator, node: cst.UnaryOperation) -> Value:
    constant = _constant(node)
    if constant:
        return constant
    evaluator.evaluate(node.expression)
    return fresh()


_HANDLERS: dict[type[cst.CSTNode], Callable[..., Value]] = {
    cst.Name: _name_or_literal,
    cst.Integer: _literal,
    cst.Float: _literal,
    cst.SimpleString: _literal,
    cst.UnaryOperation: _negative,
    cst.Attribute: Evaluator._attribute,
    cst.Call: Evaluator._call,
    cst.Subscript: Evaluator._subscript,
    cst.Tuple: Evaluator._sequence,
    cst.List: Evaluator._sequence,
    cst.Set: Evaluator._sequence,
    cst.Dict: Evaluator._dict,
    cst.BinaryOperation: Evaluator._binary,
    cst.BooleanOperation: Evaluator._boolean,
    cst.IfExp: Evaluator._conditional,
    cst.Lambda: Evaluator._lambda,
    cst.NamedExpr: Evaluator._walrus,
    cst.ListComp: Evaluator._comprehension,
    cst.SetComp: Evaluator._comprehension,
    cst.DictComp: Evaluator._comprehension,
    cst.GeneratorExp: Evaluator._comprehension,
}
