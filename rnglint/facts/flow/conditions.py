"""Conditions: what is known on the paths where a test is true, and where it is false."""

from __future__ import annotations

import operator
from collections.abc import Callable

import libcst as cst

from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.guards import Condition, Equals, Every, Guard, Truth
from rnglint.facts.flow.places import count_of
from rnglint.facts.flow.state import choose, fresh_number, join
from rnglint.facts.flow.targets import Binder
from rnglint.facts.flow.values import (
    Choice,
    Constant,
    Entity,
    Identity,
    Literal,
    Root,
    Value,
    alternatives,
    described,
)
from rnglint.facts.walk import children, descendants, dotted

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
NEVER: Literals = frozenset({(Truth(0), True), (Truth(0), False)})

#: What holds where a condition is true, and what where it is false.
Outcome = tuple[Literals, Literals]
SURELY: Outcome = (NOTHING, NEVER)


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
        if isinstance(node, cst.Comparison):
            for child in children(node):
                self.evaluate(child)
            return self._comparison(node) or self.outcome(self._canonical(node))
        value = self.evaluate(node)
        if self._is_filled(node, value):
            return SURELY
        return self._truth(value, node) or self.outcome(self._canonical(node))

    def truth_value(self, node: cst.BaseExpression) -> Value:
        """True or False, each where the condition `node` holds or does not."""
        sides = zip(self.test(node), (True, False), strict=True)
        return choose(
            (Guard(literals), Literal(truth)) for literals, truth in sides if not literals >= NEVER
        )

    def equality(self, value: Value, other: Literal) -> Outcome | None:
        """Where a value equals a constant, and where it does not; None if that cannot be told."""
        if isinstance(value, Literal):
            return SURELY if value.value == other.value else SURELY[::-1]
        if isinstance(value, Choice):
            missing = other.value is None and any(item == other for item in alternatives(value))
            return self._either(
                value,
                lambda item: (
                    # `x = None if … else f()`: what `f` returns is something.
                    SURELY[::-1] if missing and _is_made(item) else self.equality(item, other)
                ),
            )
        if not isinstance(value, Entity):
            return SURELY[::-1]
        reached = _reaches(value.identity, other.value)
        if reached is not None:
            return SURELY if reached else SURELY[::-1]
        return self.outcome(Equals(value.identity, other.value))

    def _truth(self, value: Value, node: cst.BaseExpression) -> Outcome | None:
        """Where a value counts as true, and where it does not; None if that cannot be told."""
        if isinstance(value, Literal):
            return SURELY if value.value else SURELY[::-1]
        if isinstance(value, Choice):
            return self._either(value, lambda item: self._truth(item, node))
        if isinstance(value, Entity) and isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
            return self.outcome(Truth(value.identity))
        return None

    def outcome(self, condition: Condition) -> Outcome:
        """Where a condition holds, and where it does not."""
        return frozenset({(condition, True)}), frozenset({(condition, False)})

    def _either(
        self,
        choice: Choice,
        test: Callable[[Value], Outcome | None],
    ) -> Outcome | None:
        """A condition on one of several values: on the paths where each is the one."""
        assert self.state is not None
        sides: tuple[list[Literals], list[Literals]] = ([], [])
        for guard, item in choice.options:
            if self.state.guard.excludes(guard):
                continue
            outcome = test(item)
            if outcome is None:
                return None
            for side, literals in zip(sides, outcome, strict=True):
                if not literals >= NEVER:
                    side.append((guard.literals - self.state.guard.literals) | literals)
        true, false = sides
        if len(false) < len(true):
            return _not_all(_any_of(false)), _any_of(false)
        return _any_of(true), _not_all(_any_of(true))

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

    def _comparison(self, node: cst.Comparison) -> Outcome | None:
        """Where two things compare as `node` says; None if nothing is known of them."""
        left, (target, *more) = node.left, node.comparisons
        sign = target.operator
        order = _ORDERS.get(type(sign))
        if order is not None and not more:
            one, two = self._number(left), self._number(target.comparator)
            if one is None or two is None:
                return None
            return SURELY if order(one, two) else SURELY[::-1]
        same = isinstance(sign, (cst.Equal, cst.Is))
        if more or (not same and not isinstance(sign, (cst.NotEqual, cst.IsNot))):
            return None
        constant = constant_of(target.comparator)
        subject, other = left, constant
        if other is None:
            subject, other = target.comparator, constant_of(left)
        if other is None or dotted(subject) is None:
            return None
        value = self.evaluate(subject)
        if other == Literal(None) and self._is_filled(subject, value):
            return SURELY[::-1] if same else SURELY
        outcome = self.equality(value, other)
        return outcome if same or outcome is None else outcome[::-1]

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
        return (
            _is_made(value)
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


def _any_of(paths: list[Literals]) -> Literals:
    """What holds where all literals of one of several paths do."""
    if not paths:
        return NEVER
    if len(paths) == 1 or not all(paths):
        return min(paths, key=len)
    return _not_all(NOTHING.union(*map(_not_all, paths)))


def _not_all(literals: Literals) -> Literals:
    """What holds where not all of the literals do."""
    if not literals:
        return NEVER
    if literals >= NEVER:
        return NOTHING
    if len(literals) > 1:
        return frozenset({(Every(literals), False)})
    return frozenset((condition, not holds) for condition, holds in literals)


def _is_made(value: Value) -> bool:
    """Whether a value is what some call returned."""
    return isinstance(value, Entity) and value.identity.root.number != 0


def _reaches(index: Identity, constant: Constant) -> bool | None:
    """Whether the variable of a loop over a range is a number in its round, where that is known."""
    count = count_of(index)
    if count is None or not isinstance(constant, int):
        return None
    first, end = count
    if constant < first or (end is not None and constant >= end):
        return False
    return True if end == first + 1 else None
