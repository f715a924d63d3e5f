"""Which functions run in workers: those handed to processes or threads, and what they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.traces import Traces
from rnglint.facts.flow.values import (
    Choice,
    Entity,
    Function,
    Partial,
    Transformed,
    Value,
)
from rnglint.facts.layout import ScopeNode
from rnglint.facts.model import HandOver, ScopeKind

if TYPE_CHECKING:
    from rnglint.facts.flow.definitions import Definitions
    from rnglint.facts.flow.frame import Frame
    from rnglint.knowledge.loader import Entry

#: Objects that hold objects are looked into so far.
_DEEPEST = 3


class Workers:
    """Collects what is handed to workers in one source."""

    def __init__(self, definitions: Definitions, traces: Traces) -> None:
        self._definitions = definitions
        self._names = definitions.names
        self._layout = definitions.layout
        self._traces = traces
        self._handed: dict[tuple[int, int], tuple[Entry, cst.CSTNode, bool]] = {}
        entries = definitions.names.knowledge.entries.values()
        packages = {item.qualified.partition(".")[0] for item in entries if item.workers}
        #: Whether the source imports anything that has workers.
        self.are_there = any(
            item.qualified.partition(".")[0] in packages for item in self._layout.imports
        )

    def start(self) -> None:
        """Notes the classes whose methods run in workers because of what they inherit."""
        if not self.are_there:
            return
        inherited: dict[int, Entry] = {}
        for scope in self._layout.scopes:
            if isinstance(scope.node, cst.ClassDef):
                entry = self._inherited(scope, scope.node, inherited)
                if entry is not None:
                    inherited[scope.index] = entry
                    self._note_methods(scope, entry)
            elif isinstance(scope.node, cst.FunctionDef):
                self._note_decorators(scope, scope.node)

    def hand(self, frame: Frame, value: Value, entry: Entry, node: cst.Call) -> None:
        """Notes that `node` hands `value` to workers."""
        many = entry.runs == "many" or bool(frame.rounds)
        for function in self._functions(frame, value, entry, _DEEPEST):
            self._note(self._layout.scope_of[id(function)], entry, node, many)

    def hand_overs(self) -> dict[int, tuple[HandOver, ...]]:
        """All functions that run in workers, by the index of their scopes, and why they do."""
        found: dict[int, list[HandOver]] = {}
        single = {
            (item.workers, id(node)) for item, node, many in self._handed.values() if not many
        }
        several = Counter(workers for workers, _ in single)
        for (index, _), (entry, node, many) in self._handed.items():
            many = many or several[entry.workers] > 1
            span = self._layout.tree.span(node)
            for scope, through in self._reached(index).items():
                handed = HandOver(entry, span, through, many)
                found.setdefault(scope, []).append(handed)
        return {scope: tuple(items) for scope, items in found.items()}

    def _reached(self, start: int) -> dict[int, tuple[int, ...]]:
        """The functions that a function calls, however far down, each with the way to it."""
        found: dict[int, tuple[int, ...]] = {start: (start,)}
        queue = [start]
        for caller in queue:
            for callee in sorted(self._traces.calls.get(caller, ())):
                if callee not in found:
                    found[callee] = (*found[caller], callee)
                    queue.append(callee)
        return found

    def _note(self, scope: ScopeNode, entry: Entry, node: cst.CSTNode, many: bool) -> None:
        self._handed.setdefault((scope.index, id(node)), (entry, node, many))

    # -- classes and decorators -------------------------------------------------------------------

    def _inherited(
        self, scope: ScopeNode, node: cst.ClassDef, inherited: dict[int, Entry]
    ) -> Entry | None:
        """What a class inherits from, of which workers call methods."""
        outer = scope.parent or scope
        for base in node.bases:
            entry = self._names.entry(base.value, outer)
            if entry is not None and entry.workers and entry.methods:
                return entry
            name = base.value.value if isinstance(base.value, cst.Name) else ""
            home = outer.lookup(name)
            for known in self._layout.inner.get((home.index, name), ()) if home else ():
                if known.index in inherited:
                    return inherited[known.index]
        return None

    def _note_methods(self, scope: ScopeNode, entry: Entry) -> None:
        for name in entry.methods:
            for inner in self._layout.inner.get((scope.index, name), ()):
                if inner.kind is ScopeKind.FUNCTION:
                    assert isinstance(scope.node, cst.ClassDef)
                    self._note(inner, entry, scope.node.name, many=True)

    def _note_decorators(self, scope: ScopeNode, node: cst.FunctionDef) -> None:
        for item in node.decorators:
            function = item.decorator
            if isinstance(function, cst.Call):
                function = function.func
            entry = self._names.entry(function, scope.parent or scope)
            if entry is not None and entry.effect == "hand":
                self._note(scope, entry, item.decorator, many=True)

    # -- values -----------------------------------------------------------------------------------

    def _functions(
        self, frame: Frame, value: Value, entry: Entry, depth: int
    ) -> Iterator[cst.FunctionDef | cst.Lambda]:
        """The functions of this source that run where `value` is called, or used as data."""
        if isinstance(value, (Partial, Transformed)):
            yield from self._functions(frame, value.function, entry, depth)
        elif isinstance(value, Function) and value.home is self._definitions.home:
            yield value.node
        elif isinstance(value, Choice):
            for _, option in value.options:
                yield from self._functions(frame, option, entry, depth)
        elif isinstance(value, Entity) and entry.methods and depth:
            yield from self._methods(frame, value, entry, depth)

    def _methods(
        self, frame: Frame, value: Entity, entry: Entry, depth: int
    ) -> Iterator[cst.FunctionDef | cst.Lambda]:
        """The methods of an object, and of those that it holds, that workers call."""
        known = self._definitions.classes.get(value.identity.root)
        if known is None or known.home is not self._definitions.home:
            return
        for name in entry.methods:
            method = self._definitions.method(known.node, name, value)
            if method is not None:
                yield from self._functions(frame, method, entry, depth)
        stored = frame.state.stored if frame.state else {}
        for place, held in tuple(stored.items()):
            if place.root == value.identity.root and len(place.path) == 1:
                yield from self._functions(frame, held, entry, depth - 1)
