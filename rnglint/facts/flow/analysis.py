"""The analysis of one source: runs every function once and keeps summaries."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.flow.arguments import Bound
from rnglint.facts.flow.calls import Caller
from rnglint.facts.flow.definitions import Definitions
from rnglint.facts.flow.findings import Findings
from rnglint.facts.flow.frame import BudgetSpent
from rnglint.facts.flow.instantiation import Instantiation
from rnglint.facts.flow.interpreter import Interpreter
from rnglint.facts.flow.neighbours import Neighbours
from rnglint.facts.flow.seedings import Seedings
from rnglint.facts.flow.state import Consumed, State, choose, join
from rnglint.facts.flow.summaries import Summary
from rnglint.facts.flow.traces import Traces
from rnglint.facts.flow.values import Function, Partial, Transformed, Value, roots_of
from rnglint.facts.flow.workers import Workers
from rnglint.facts.layout import LoopNode, ScopeNode
from rnglint.facts.model import Call, MethodUse, ScopeKind
from rnglint.facts.names import Names
from rnglint.knowledge.loader import Entry

#: Evaluations of expressions per source; a program that needs more is not analysed to its end.
BUDGET = 400_000
#: Calls that lead from one function to another are followed to this depth.
_MOST_CALLS = 24
#: A function that mentions one of these may know what kind of generator it has.
_ASKS_FIRST = frozenset({"AttributeError", "hasattr", "isinstance"})


class Analysis:
    """Everything that the runs of one source share."""

    def __init__(self, names: Names, neighbours: Neighbours) -> None:
        self.names = names
        self.neighbours = neighbours
        self.layout = names.layout
        self.steps = 0
        self.findings = Findings(names.layout)
        self.definitions = Definitions(self)
        self.seedings = Seedings(names.tree)
        self.traces = Traces(self.layout)
        self.workers = Workers(self.definitions, self.traces)
        self.method_uses: dict[Span, MethodUse] = {}
        self._summaries: dict[int, Summary | None] = {}
        self._running: set[int] = set()

    def run_module(self) -> None:
        """Interprets the module's own statements."""
        frame = Interpreter(self, self.layout.scopes[0])
        frame.run_module()
        self.seedings.finish(frame)
        if frame.state is not None:
            self.definitions.module = frame.state.variables

    def run(self) -> None:
        """Interprets the module, then every function that nobody called."""
        self.run_module()
        self.workers.start()
        for scope in self.layout.scopes:
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
                assert isinstance(scope.node, (cst.FunctionDef, cst.Lambda))
                self.summary(scope.node)

    def spend(self) -> None:
        """Counts one step."""
        self.steps += 1
        if self.steps > BUDGET:
            raise BudgetSpent

    # -- what is noted ----------------------------------------------------------------------------

    def record_method(
        self,
        owner: str,
        node: cst.Attribute,
        scope: ScopeNode,
        statement: int | None,
        call: Call | None,
    ) -> None:
        """Notes that a method of a library's object is used."""
        if not scope.function().mentioned.isdisjoint(_ASKS_FIRST):
            return
        tree = self.names.tree
        span = tree.span(node.attr)
        self.method_uses[span] = MethodUse(
            owner=owner,
            attribute=node.attr.value,
            span=span,
            receiver=tree.source.text_at(tree.span(node.value)),
            scope=scope.index,
            statement=statement,
            call=call,
        )

    def trace(self, value: Value, entry: Entry, node: cst.CSTNode) -> None:
        """Notes that a transformation traces a function."""
        while isinstance(value, (Partial, Transformed)):
            value = value.function
        if isinstance(value, Function) and value.home is self:
            self.traces.start(value.node, entry.qualified, node)

    def loop_index(self, node: cst.CSTNode) -> int:
        """The index of a loop in the facts."""
        return self.layout.loop_of[id(node)]

    def loop_of_call(self, node: cst.Call, by: str, scope: ScopeNode, statement: int | None) -> int:
        """The index of the loop that a call of `by`, such as `jax.lax.scan`, amounts to."""
        known = self.layout.loop_of.get(id(node))
        if known is None:
            known = self.layout.loop_of[id(node)] = len(self.layout.loops)
            nothing: frozenset[str] = frozenset()
            loop = LoopNode(
                by, node.func, node.func, scope.index, nothing, nothing, None, statement or 0
            )
            self.layout.loops.append(loop)
        return known

    def is_call(self, loop: int) -> bool:
        """Whether a loop of the facts is such a call."""
        return "." in self.layout.loops[loop].kind

    def scope_names(self, node: cst.CSTNode) -> list[str]:
        """The names bound in the scope that `node` opens."""
        return list(self.layout.scope_of[id(node)].bindings)

    def is_seen_inside(self, name: str, scope: ScopeNode) -> bool:
        """Whether a function or lambda within `scope` mentions the name, or `locals` is called."""
        if "locals" in scope.mentioned:
            return True
        return any(
            inner.parent is scope and name in inner.mentioned for inner in self.layout.scopes
        )

    def is_displayed(self, statement: int | None) -> bool:
        """Whether a notebook shows the value of an expression statement."""
        if statement is None:
            return False
        return self.layout.statements[statement].span.cell is not None

    # -- summaries ------------------------------------------------------------------------------

    def summary(self, node: cst.FunctionDef | cst.Lambda) -> Summary | None:
        """What a function does; None for one whose body is not there, or that calls itself.

        None also where it would take too long to tell.
        """
        if id(node) in self._summaries:
            return self._summaries[id(node)]
        is_stub = isinstance(node, cst.FunctionDef) and self.names.tree.is_stub(node)
        if is_stub or id(node) in self._running or len(self._running) >= _MOST_CALLS:
            return None
        self._running.add(id(node))
        try:
            summary = self._summarize(node)
        finally:
            self._running.discard(id(node))
        self._summaries[id(node)] = summary
        return summary

    def _summarize(self, node: cst.FunctionDef | cst.Lambda) -> Summary:
        scope = self.layout.scope_of[id(node)]
        frame = Interpreter(self, scope)
        frame.run_function(node)
        result, end = choose(frame.returned), join(frame.ends) or State()
        fields = tuple(
            (place, value)
            for place, value in end.stored.items()
            if place.root.is_variable and len(place.path) == 1
        )
        self.seedings.finish(frame)
        known = {place for place, _ in fields}
        kept = roots_of(result).union(*(roots_of(value) for _, value in fields))
        return Summary(
            home=self,
            node=node,
            name=_called(scope),
            scope=scope.number,
            effects=_distinct(frame.effects),
            result=result,
            fields=fields,
            stores=tuple({i.root for i in frame.stored - known if i.root.is_variable}),
            leftovers=tuple(item for root in kept for item in end.consumed.get(root, ())),
            seedings=self.seedings.carried(frame),
            draws=frozenset(frame.drawn),
            rebinds=frozenset(item.root for item in frame.stored if not item.path),
            is_method=(
                scope.parent is not None
                and scope.parent.kind is ScopeKind.CLASS
                and "staticmethod" not in scope.decorators
            ),
        )

    def instantiate(
        self, caller: Caller, summary: Summary, bound: Mapping[str, Bound], node: cst.Call
    ) -> Value:
        """The result of a call of a summarized function, whose effects happen."""
        return Instantiation(caller, summary, bound, node).run()

    def seed(
        self, caller: Caller, summary: Summary, bound: Mapping[str, Bound], node: cst.Call
    ) -> None:
        """The seeds that a call of a summarized function sets."""
        Instantiation(caller, summary, bound, node).seed()


def _called(scope: ScopeNode) -> str:
    """What a caller calls a function: a class by its own name, a lambda a lambda."""
    if scope.kind is ScopeKind.LAMBDA:
        return "lambda"
    is_constructor = scope.name == "__init__" and scope.parent is not None
    return scope.parent.name if is_constructor and scope.parent else scope.name


def _distinct(effects: list[Consumed]) -> tuple[Consumed, ...]:
    """One effect for each place and identity: later rounds of a loop add nothing."""
    found: dict[object, Consumed] = {}
    for effect in effects:
        found.setdefault((effect.identity, id(effect.site.node), effect.weak), effect)
    return tuple(found.values())
