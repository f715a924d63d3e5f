"""Calls: functions and classes of the program, transformed and partial functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import libcst as cst

from rnglint.facts.flow.arguments import Given, integer_of
from rnglint.facts.flow.definitions import is_frozen
from rnglint.facts.flow.frame import BudgetSpent, Repetition
from rnglint.facts.flow.guesses import first_argument
from rnglint.facts.flow.libraries import Librarian
from rnglint.facts.flow.state import fresh, fresh_number
from rnglint.facts.flow.summaries import Summary
from rnglint.facts.flow.values import (
    At,
    Class,
    Entity,
    Function,
    Identity,
    Instance,
    Item,
    Library,
    Mapping,
    Partial,
    Record,
    Root,
    Transformed,
    Value,
    from_end,
)
from rnglint.facts.flow.values import Sequence as Items


class Caller(Librarian):
    """A frame that can call."""

    @abstractmethod
    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression, whose effects happen."""

    def arguments(self, node: cst.Call) -> list[Given]:
        """Evaluates the arguments of a call; what is unpacked is, where it is known."""
        found: list[Given] = []
        for item in node.args:
            value = self.evaluate(item.value)
            if item.star == "*" and isinstance(value, Items):
                found += [Given(each, item.value, earlier=True) for each in value.items]
            elif item.star == "**" and isinstance(value, Mapping) and _all_names(value):
                pairs = value.items
                found += [Given(each, item.value, str(name), earlier=True) for name, each in pairs]
            else:
                keyword = item.keyword.value if item.keyword else None
                found.append(Given(value, item.value, keyword, item.star))
        return found

    @abstractmethod
    def component(self, value: Value, index: int) -> Value:
        """The element at a known index."""

    @abstractmethod
    def callee(self, node: cst.Call) -> Value:
        """The value of the function that a call names."""

    def apply(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        """Calls `callee` and returns what it returns."""
        if isinstance(callee, Library):
            return self._library(callee, given, node)
        if isinstance(callee, Items):
            return fresh()
        if isinstance(callee, Partial):
            bound = [Given(value, where, earlier=True) for value, where in callee.positional]
            named = [
                Given(value, where, name, earlier=True) for name, value, where in callee.keywords
            ]
            outer, self.resumed = self.resumed, node
            result = self.apply(callee.function, [*bound, *given, *named], node)
            self.resumed = outer
            return result
        if isinstance(callee, Transformed):
            return self._transformed(callee, given, node)
        if isinstance(callee, Function):
            return self._function(callee, given, node)
        if isinstance(callee, Class):
            return self._class(callee, given, node)
        if isinstance(callee, Instance):
            method = self.knowledge.lookup(f"{callee.qualified}.__call__")
            return self._library(Library(method.qualified), given, node) if method else fresh()
        return self._unknown(callee, given, node)

    def _transformed(self, callee: Transformed, given: Sequence[Given], node: cst.Call) -> Value:
        if callee.derivative:
            enclosing, self.derived_from = self.derived_from, first_argument(callee.node)
            self.derivative += 1
            self.apply(callee.function, given, node)
            self.derivative -= 1
            self.derived_from = enclosing
            return fresh()
        lanes = [_in_lane(callee, index, item) for index, item in enumerate(given)]
        with self.repeated(Repetition(callee.by, callee.node)):
            self.apply(callee.function, lanes, node)
        return fresh()

    @contextmanager
    def repeated(self, repetition: Repetition | None) -> Iterator[None]:
        """Calls meanwhile are runs of a function that `repetition` repeats."""
        enclosing, self.repetition = self.repetition, repetition
        self.mapped += 1
        yield
        self.mapped -= 1
        self.repetition = enclosing

    def blindly(self, callee: Value, node: cst.Call) -> None:
        """Calls a function with arguments of which nothing is known."""
        if isinstance(callee, Partial):
            values = [*callee.positional, *((value, where) for _, value, where in callee.keywords)]
            if any(isinstance(value, Entity) for value, _ in values):
                self.apply(callee, [], node)
        elif isinstance(callee, Function):
            summary = self._summary(callee)
            if summary is not None:
                self.analysis.instantiate(self, summary, {}, node)

    def _function(self, callee: Function, given: Sequence[Given], node: cst.Call) -> Value:
        summary = self._summary(callee)
        if summary is None or self.state is None:
            return self._unknown(callee, given, node)
        if callee.home is self.analysis:
            self.analysis.traces.call(self.scope, callee.node)
        bound = summary.bind(callee, self._spread(summary, callee, given), node)
        if bound is None:
            # What it does with its arguments cannot be told; what it captures it has all the same.
            self.analysis.instantiate(self, summary, {}, node)
            return self._unknown(callee, given, node)
        return self.analysis.instantiate(self, summary, bound, node)

    def _spread(
        self, summary: Summary, callee: Function, given: Sequence[Given]
    ) -> Sequence[Given]:
        """The arguments, where `*pair` stands for all parameters that are left: it has as many."""
        if not given or given[-1].star != "*" or any(i.star or i.keyword for i in given[:-1]):
            return given
        count = summary.places(callee)
        if count is None or count < len(given):
            return given
        last = given[-1]
        left = range(count - len(given) + 1)
        items = [Given(self.component(last.value, i), last.node, earlier=True) for i in left]
        return [*given[:-1], *items]

    def seed_by(self, callee: Value, given: Sequence[Given], node: cst.Call) -> None:
        """Notes the seeds that a function, or the making of an object, sets, and what it draws."""
        if isinstance(callee, Class):
            method = callee.home.definitions.method(callee.node, "__init__", fresh())
            callee = method if method is not None else callee
        summary = self._summary(callee) if isinstance(callee, Function) else None
        if summary is None or not isinstance(callee, Function):
            return
        bound = summary.bind(callee, given, node)
        if bound is not None:
            self.analysis.seed(self, summary, bound, node)

    def _summary(self, callee: Function) -> Summary | None:
        """What a visible function does; None where that cannot be told."""
        if callee.home is self.analysis:
            return self.analysis.summary(callee.node)
        try:
            return callee.home.summary(callee.node)
        except (BudgetSpent, RecursionError):
            return None

    def _class(self, callee: Class, given: Sequence[Given], node: cst.Call) -> Value:
        """Makes an object: what a visible `__init__` consumes is consumed, the rest is kept."""
        record = self._record(callee, given)
        if record is not None:
            return record
        instance = fresh()
        self.analysis.definitions.classes[instance.identity.root] = callee
        method = callee.home.definitions.method(callee.node, "__init__", instance)
        if method is not None:
            self.apply(method, given, node)
        return instance

    def _record(self, callee: Class, given: Sequence[Given]) -> Record | None:
        """An object of a NamedTuple or dataclass, if all its fields can be told."""
        fields = callee.home.definitions.fields(callee.node)
        plain = [item.value for item in given if item.keyword is None]
        if fields is None or len(plain) > len(fields) or any(item.star for item in given):
            return None
        values: dict[str, Value] = {name: fresh() for name in fields}
        values.update(zip(fields, plain, strict=False))
        values.update((item.keyword, item.value) for item in given if item.keyword)
        return Record(tuple(values.items()), callee, frozen=is_frozen(callee.node))


def _all_names(value: Mapping) -> bool:
    return all(isinstance(name, str) for name, _ in value.items)


def _in_lane(callee: Transformed, index: int, given: Given) -> Given:
    """An argument as one lane of a transformed function gets it."""
    if not callee.many or given.keyword is not None:
        return replace(given, shared=False, varied=True)
    shared = callee.is_shared(index)
    return replace(given, shared=shared and not given.varied, varied=given.varied or not shared)


def index_step(value: Value, length: int | None) -> Item | At:
    """The step that a subscript with `value` takes."""
    index = integer_of(value)
    if index is not None and index < 0 and length is not None:
        index += length
    if index is not None and index >= 0:
        return Item(index, index + 1)
    if isinstance(value, Entity):
        return At(value.identity)
    return At(from_end(-index) if index is not None else Identity(Root(fresh_number())))
