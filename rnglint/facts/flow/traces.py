"""Which functions run under a JAX trace: those handed to a transformation, and what they call."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from rnglint.facts.layout import Layout, ScopeNode
from rnglint.facts.model import Trace


@dataclass(slots=True)
class Traces:
    """Collects who is traced and who calls whom in one source."""

    layout: Layout
    _started: dict[int, Trace] = field(default_factory=dict)
    calls: dict[int, set[int]] = field(default_factory=dict)

    def start(self, node: cst.FunctionDef | cst.Lambda, by: str, where: cst.CSTNode) -> None:
        """Notes that the transformation `by`, applied at `where`, traces a function."""
        scope = self.layout.scope_of[id(node)]
        if scope.index not in self._started:
            self._started[scope.index] = Trace(by, self.layout.tree.span(where))

    def call(self, caller: ScopeNode, node: cst.FunctionDef | cst.Lambda) -> None:
        """Notes that a function is called."""
        self.calls.setdefault(caller.function().index, set()).add(
            self.layout.scope_of[id(node)].index
        )

    def closure(self) -> dict[int, Trace]:
        """The traced functions and everything that they call, by the index of their scopes."""
        found = dict(self._started)
        queue = list(found)
        for caller in queue:
            trace = found[caller]
            through = (*trace.callers, self.layout.scopes[caller].name or "lambda")
            for callee in sorted(self.calls.get(caller, ())):
                if callee not in found:
                    found[callee] = Trace(trace.by, trace.span, through)
                    queue.append(callee)
        return found
