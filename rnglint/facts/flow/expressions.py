"""Expressions: their values, in the order in which Python evaluates them."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from rnglint.facts.flow.arguments import Given
from rnglint.facts.flow.calls import index_step
from rnglint.facts.flow.conditions import Literals, Tester
from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.failures import expects_failure
from rnglint.facts.flow.frame import Round
from rnglint.facts.flow.guards import EVERYWHERE, Guard, Truth
from rnglint.facts.flow.guesses import KEY_NAME
from rnglint.facts.flow.places import count_of, taken
from rnglint.facts.flow.state import State, choose, fresh, fresh_number, join
from rnglint.facts.flow.values import (
    Choice,
    Constant,
    Entity,
    Function,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Mapping,
    Partial,
    Record,
    Sequence,
    Transformed,
    Value,
    described,
)
from rnglint.facts.scopes import parameters_of
from rnglint.facts.walk import children, dotted

#: Attributes that describe an array and are no part of it.
_DESCRIPTIONS = frozenset(
    {"at", "dtype", "itemsize", "nbytes", "ndim", "shape", "sharding", "size"}
)
#: Methods that return the same key, in another form or place.
_SAME_KEY = frozenset({"block_until_ready", "copy", "flatten", "ravel", "reshape", "squeeze"})
#: Methods that return a copy of an object with other fields.
_CHANGED_COPY = frozenset({"_replace", "replace"})
#: Methods that take an element out of a list or a deque.
_TAKING_OUT = frozenset({"pop", "popleft"})
#: Methods that lead from a jitted function to the same one, compiled ahead of time.
_STAGES = frozenset({"compile", "lower"})
_FOLLOWED = _SAME_KEY | _CHANGED_COPY | _TAKING_OUT | _STAGES


class Evaluator(Tester):
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
            return self._used(self.state.variables[node.value])
        value = self.analysis.definitions.outer_value(node, self.scope, self.statement)
        self._excused(value)
        if isinstance(value, Entity) and value.identity.root.is_variable:
            moved = self.state.moved.get(value.identity)
            if moved is not None and not value.identity.path:
                return Entity(Identity(moved), value.kind)
        return value

    def _used(self, value: Value) -> Value:
        """Notes that a variable's value is asked for."""
        for _, item in value.options if isinstance(value, Choice) else ((EVERYWHERE, value),):
            if isinstance(item, Entity):
                self.findings.use(item.identity)
        return self._excused(value)

    def _excused(self, value: Value) -> Value:
        """A function that is asked for where a failure is expected is what fails."""
        function = value.function if isinstance(value, Transformed) else value
        if self.findings.muted and isinstance(function, Function):
            self.findings.excused.add(id(function.node))
        return value

    def _attribute(self, node: cst.Attribute, call: cst.Call | None = None) -> Value:
        qualified = self.names.qualified(node, self.scope, self.statement)
        if qualified and self._is_library(node):
            return Library(qualified)
        return self._member(self.evaluate(node.value), node, call)

    def _member(self, value: Value, node: cst.Attribute, call: cst.Call | None) -> Value:
        """The attribute of a value that has been evaluated."""
        name = node.attr.value
        if isinstance(value, Instance):
            method = f"{value.qualified}.{name}"
            self.record_method(value, node, call)
            return Library(method) if self.knowledge.lookup(method) else fresh()
        if isinstance(value, Library):
            return Library(self.knowledge.canonical(f"{value.qualified}.{name}"))
        if isinstance(value, Function) and name == "__wrapped__":
            return value
        if isinstance(value, Record):
            return self._record_member(value, name)
        if isinstance(value, Choice) and call is None:
            return choose((guard, self._member(item, node, None)) for guard, item in value.options)
        if not isinstance(value, Entity) or (call is None and name in _DESCRIPTIONS):
            return fresh()
        definitions = self.analysis.definitions
        elsewhere = (
            value.identity.root in definitions.foreign
            and call is not None
            and any(map(_is_called_a_key, call.args))
        )
        own = definitions.method_of(value, name, self.scope, elsewhere=elsewhere)
        if own is not None:
            return own
        return self.attribute_of(value, name)

    def _record_member(self, value: Record, name: str) -> Value:
        if value.cls is not None and value.get(name) is None:
            method = value.cls.home.definitions.method(value.cls.node, name, value)
            if method is not None:
                return method
        return self.field_of(value, name)

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
        if expects_failure(node):
            return self._failing(node)
        func = node.func
        name = func.attr.value if isinstance(func, cst.Attribute) else ""
        if not isinstance(func, cst.Attribute) or name not in _FOLLOWED:
            return self.apply(self.callee(node), self.arguments(node), node)
        receiver = self.evaluate(func.value)
        given = self.arguments(node)
        if name in _CHANGED_COPY:
            changed = self.changed_copy(receiver, given)
            if changed is not None:
                return changed
        elif name in _TAKING_OUT:
            element = self._popped(func, receiver, given)
            if element is not None:
                return element
        elif name in _STAGES:
            made = isinstance(receiver, Library) and isinstance(func.value, cst.Call)
            if made or isinstance(receiver, (Function, Transformed, Partial)):
                return receiver
        elif isinstance(receiver, Entity):
            if name != "copy" or _is_key(receiver, func.value):
                return receiver
            copy = fresh()
            self.copies[copy.identity] = receiver.identity
            return copy
        return self.apply(self._member(receiver, func, node), given, node)

    def _failing(self, node: cst.Call) -> Value:
        """A call that is given what is to fail: `self.assertRaises(ValueError, lambda: f(key))`."""
        before, self.findings.muted = self.state, self.findings.muted + 1
        for argument in node.args:
            self.state = before.copy() if before else None
            value = self.evaluate(argument.value)
            if isinstance(value, Function) and isinstance(value.node, cst.Lambda):
                self.evaluate(value.node.body)
        self.state, self.findings.muted = before, self.findings.muted - 1
        return fresh()

    def _popped(self, func: cst.Attribute, value: Value, given: list[Given]) -> Value | None:
        """What `keys.pop()`, `keys.pop(0)` or `keys.popleft()` takes out of a list of keys."""
        front = func.attr.value == "popleft" or [item.value for item in given] == [Literal(0)]
        if given and not front:
            return None
        return self.taken_out(func.value, value, first=front)

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
        if key == Literal(None):
            return value
        if isinstance(key, Sequence):
            return Sequence(tuple(self._at(value, item) for item in key.items))
        if isinstance(key, Choice):
            return fresh(value.kind)
        return self._at(value, key)

    def _at(self, value: Entity, key: Value) -> Value:
        """The element of an array at an index."""
        kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
        return self.element_of(value, index_step(key, value.length), kind)

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
        inside = high is not None and (value.length is None or high <= value.length)
        length = max(high - (low or 0), 0) if inside and high is not None else None
        return Entity(taken(value.identity, Item(low or 0, high)), value.kind, length)

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        if _is_truth_value(node):
            return self.truth_value(node)
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
        return choose((Guard(literals), value) for value, literals in values)

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
        return self._excused(Function(node, self.analysis, defaults=self.defaults(node)))

    def defaults(self, node: cst.FunctionDef | cst.Lambda) -> tuple[tuple[str, Value], ...]:
        """Evaluates the defaults of a function's parameters."""
        return tuple(
            (parameter.name.value, self.evaluate(parameter.default))
            for parameter in parameters_of(node.params)
            if parameter.default is not None
        )

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
        iterable = self.iterated(clause.iter)
        loop, run = self.analysis.loop_index(clause), fresh_number()
        after: list[State | None] = []
        for turn in self.turns(iterable):
            if self.state is None:
                break
            another = Truth(fresh_number())
            after.append(self.state.assume(frozenset({(another, False)})))
            self.rounds.append(Round(loop, run, turn))
            self.state = self.state.assume(frozenset({(another, True)}))
            self.assign(clause.target, self.element(iterable, run, turn))
            self._clause_body(node, clause)
            self.rounds.pop()
        self.state = join([*after, self.state])

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


def _is_called_a_key(argument: cst.Arg) -> bool:
    """Whether the name of an argument says that it is a key."""
    name = (dotted(argument.value) or "").rpartition(".")[2]
    keyword = argument.keyword.value if argument.keyword else ""
    return KEY_NAME.search(f"{name} {keyword}") is not None


def _is_truth_value(node: cst.BaseExpression) -> bool:
    """Whether an expression is True or False, and nothing else that counts as that."""
    if isinstance(node, cst.BooleanOperation):
        return _is_truth_value(node.left) and _is_truth_value(node.right)
    negated = isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not)
    return negated or isinstance(node, cst.Comparison)


def _is_key(receiver: Entity, node: cst.BaseExpression) -> bool:
    """Whether a copy is one of a key: of what is known to be one, or named as keys are."""
    if receiver.kind is not Kind.UNKNOWN:
        return True
    names = [node.value] if isinstance(node, cst.Name) else []
    names.append(receiver.identity.root.name)
    return any(name == "k" or KEY_NAME.search(name) for name in names)


def _item_of(value: Sequence, key: Value) -> Value:
    index = key.value if isinstance(key, Literal) and isinstance(key.value, int) else None
    count = count_of(key.identity) if isinstance(key, Entity) else None
    if count is not None and count[1] == count[0] + 1:
        index = count[0]
    if index is not None and -len(value.items) <= index < len(value.items):
        return value.items[index]
    return fresh()


def _name_or_literal(evaluator: Evaluator, node: cst.Name) -> Value:
    return constant_of(node) or evaluator._name(node)


def _literal(evaluator: Evaluator, node: cst.BaseExpression) -> Value:
    return constant_of(node) or fresh()


def _signed(evaluator: Evaluator, node: cst.UnaryOperation) -> Value:
    constant = constant_of(node)
    if constant:
        return constant
    if isinstance(node.operator, cst.Not):
        return evaluator.truth_value(node)
    evaluator.evaluate(node.expression)
    return fresh()


_HANDLERS: dict[type[cst.CSTNode], Callable[..., Value]] = {
    cst.Name: _name_or_literal,
    cst.Integer: _literal,
    cst.Float: _literal,
    cst.SimpleString: _literal,
    cst.UnaryOperation: _signed,
    cst.Attribute: Evaluator._attribute,
    cst.Call: Evaluator._call,
    cst.Subscript: Evaluator._subscript,
    cst.Tuple: Evaluator._sequence,
    cst.List: Evaluator._sequence,
    cst.Set: Evaluator._sequence,
    cst.Dict: Evaluator._dict,
    cst.BinaryOperation: Evaluator._binary,
    cst.BooleanOperation: Evaluator._boolean,
    cst.Comparison: Evaluator.truth_value,
    cst.IfExp: Evaluator._conditional,
    cst.Lambda: Evaluator._lambda,
    cst.NamedExpr: Evaluator._walrus,
    cst.ListComp: Evaluator._comprehension,
    cst.SetComp: Evaluator._comprehension,
    cst.DictComp: Evaluator._comprehension,
    cst.GeneratorExp: Evaluator._comprehension,
}
