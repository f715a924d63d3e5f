"""Conditions: what is known on the paths where a test is true, and where it is false."""

from __future__ import annotations

import operator
from collections.abc import Callable

import libcst as cst

from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.places import count_of
from rnglint.facts.flow.state import fresh_number, join
from rnglint.facts.flow.targets import Binder
from rnglint.facts.flow.values import (
    Choice,
    Condition,
    Constant,
    Entity,
    Equals,
    Every,
    Identity,
    Literal,
    Root,
    Truth,
    Value,
    described,
)
from rnglint.facts.walk import descendants, dotted

#: Functions of the language that always answer the same for the same arguments.
_PURE = frozenset({"callable", "getattr", "hasattr", "isinstance", "issubclass", "len", "type"})

_ORDERS: dict[type[cst.BaseCompOp], Callable[[float, float], bool]] = {
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
}

Literals = frozenset[tuple[Condition, bool]]
NOTHING: Literals = frozenset()
ALWAYS = Truth(0)
NEVER: Literals = frozenset({(ALWAYS, True), (ALWAYS, False)})


class Tester(Binder):
    """A frame that can test conditions."""

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
        if isinstance(value, Literal) or self._is_filled(node, value):
            truth = value.value if isinstance(value, Literal) else True
            return (NOTHING, NEVER) if truth else (NEVER, NOTHING)
        condition, holds = self._condition(node, value)
        if condition is ALWAYS:
            return (NOTHING, NEVER) if holds else (NEVER, NOTHING)
        return frozenset({(condition, holds)}), frozenset({(condition, not holds)})

    def _test_boolean(self, node: cst.BooleanOperation) -> tuple[Literals, Literals]:
        conjunction = isinstance(node.operator, cst.And)
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
            both = left_true | right_true
            return both, _not_all(both)
        neither = left_false | right_false
        return _not_all(neither), neither

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
        sign = target.operator
        order = _ORDERS.get(type(sign))
        if order is not None:
            one, two = self._number(left), self._number(target.comparator)
            return (ALWAYS, order(one, two)) if one is not None and two is not None else None
        same = isinstance(sign, (cst.Equal, cst.Is))
        if not same and not isinstance(sign, (cst.NotEqual, cst.IsNot)):
            return None
        constant = constant_of(target.comparator)
        subject, other = left, constant
        if other is None:
            subject, other = target.comparator, constant_of(left)
        if other is None or dotted(subject) is None:
            return None
        value = self.evaluate(subject)
        if other == Literal(None) and self._is_filled(subject, value):
            return ALWAYS, not same
        if isinstance(value, Entity):
            reached = _reaches(value.identity, other.value)
            if reached is not None:
                return ALWAYS, reached is same
            return Equals(value.identity, other.value), same
        equal = _equals(value, other)
        return (ALWAYS, equal is same) if equal is not None else None

    def _number(self, node: cst.BaseExpression) -> float | None:
        """The number that a name or literal is known to be."""
        if not isinstance(node, (cst.Name, cst.Integer, cst.Float, cst.UnaryOperation)):
            return None
        value = self.evaluate(node)
        known = value.value if isinstance(value, Literal) else None
        return known if isinstance(known, (int, float)) else None

    def _is_filled(self, node: cst.BaseExpression, value: Value) -> bool:
        """Whether a variable that is None before a loop got something in the round before.

        `if weights is None: weights = init(key)` does so in the first round alone.
        """
        made = isinstance(value, Entity) and value.identity.root.number != 0
        return (
            made
            and isinstance(node, cst.Name)
            and any(
                node.value in empty and each.turn > 1
                for empty, each in zip(self.empty, self.rounds, strict=False)
            )
        )

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
        return Truth((self.tree.text(node), tuple(parts)))

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


def _not_all(literals: Literals) -> Literals:
    """What holds where not all of the literals do."""
    if not literals:
        return NEVER
    if literals >= NEVER:
        return NOTHING
    if len(literals) > 1:
        return frozenset({(Every(literals), False)})
    return frozenset((condition, not holds) for condition, holds in literals)


def _reaches(index: Identity, constant: Constant) -> bool | None:
    """Whether the variable of a loop over a range is a number in its round, where that is known."""
    count = count_of(index)
    if count is None or not isinstance(constant, int):
        return None
    first, end = count
    if constant < first or (end is not None and constant >= end):
        return False
    return True if end == first + 1 else None


def _equals(value: Value, constant: Literal) -> bool | None:
    """Whether a value equals a constant, where that is known."""
    if isinstance(value, Literal):
        return value.value == constant.value
    if isinstance(value, Choice):
        answers = {_equals(item, constant) for _, item in value.options}
        return answers.pop() if len(answers) == 1 else None
    return None if isinstance(value, Entity) else False
