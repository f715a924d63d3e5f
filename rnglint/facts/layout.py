"""The structure of a tree: its scopes, statements and loops, and who binds which name.

The nodes are kept, for the other modules of this package; what leaves the package are the `Scope`,
`Statement`, `Loop` and `Import` values. `scopes` fills it in one walk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.model import Default, Import, Loop, Scope, ScopeKind, Statement
from rnglint.facts.walk import dotted
from rnglint.tree.parsing import Tree


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name: an import of `qualified`, an assignment of `value`, or neither.

    `statement` is the index of the statement that does it, -1 for a parameter.
    """

    statement: int
    qualified: str | None = None
    value: cst.BaseExpression | None = None


_numbers = count(1)


@dataclass(slots=True)
class ScopeNode:
    """A scope while and after it is built.

    `index` is its place in the layout, `number` is unlike that of any scope of any other source.
    """

    index: int
    kind: ScopeKind
    name: str
    parent: ScopeNode | None
    node: cst.CSTNode
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    parameters: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    statement: int | None = None
    number: int = field(default_factory=lambda: next(_numbers))

    def bind(self, name: str, binding: Binding) -> None:
        """Binds `name` here, or in the scope that a `global` or `nonlocal` names."""
        scope: ScopeNode | None = self
        declared = self.outer.get(name)
        if declared == "global":
            while scope and scope.parent:
                scope = scope.parent
        elif declared == "nonlocal":
            scope = self.parent
            while scope and scope.parent and name not in scope.bindings:
                scope = scope.parent
        (scope or self).bindings.setdefault(name, []).append(binding)

    def lookup(self, name: str) -> ScopeNode | None:
        """The scope whose binding a load of `name` here reads; None for a builtin."""
        scope: ScopeNode | None = self
        while scope:
            visible = scope is self or scope.kind is not ScopeKind.CLASS
            if visible and name in scope.bindings and self.outer.get(name) != "global":
                return scope
            if self.outer.get(name) == "global" and scope.parent is None:
                return scope if name in scope.bindings else None
            scope = scope.parent
        return None

    def function(self) -> ScopeNode:
        """The function (or lambda, class or module) that runs this scope's code."""
        scope = self
        while scope.kind is ScopeKind.COMPREHENSION and scope.parent:
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True)
class DefaultNode:
    """A default of a parameter, or what a class body binds a name to; see `Default`."""

    owner: int
    scope: int
    name: str
    value: cst.BaseExpression
    annotation: cst.Annotation | None


@dataclass(frozen=True, slots=True)
class LoopNode:
    """A loop, and the first and last node of its header."""

    kind: str
    first: cst.CSTNode
    last: cst.CSTNode
    scope: int
    varying: frozenset[str]
    targets: frozenset[str]
    statement: int | None
    inside: int


@dataclass(frozen=True, slots=True)
class Use:
    """An expression that is a name or a chain of attributes, and how it stands in the program."""

    node: cst.Name | cst.Attribute
    scope: ScopeNode
    statement: int | None
    loops: tuple[int, ...]
    parents: tuple[cst.CSTNode, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """A place that binds a name, and the scope in which it stands."""

    name: str
    node: cst.CSTNode
    scope: ScopeNode
    statement: int | None


@dataclass(slots=True)
class Layout:
    """Everything that one walk over the tree finds out about its structure.

    The dictionaries have the `id` of nodes for keys.
    """

    tree: Tree
    scopes: list[ScopeNode] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    loops: list[LoopNode] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    scope_of: dict[int, ScopeNode] = field(default_factory=dict)
    statement_of: dict[int, int] = field(default_factory=dict)
    loop_of: dict[int, int] = field(default_factory=dict)
    inner: dict[tuple[int, str], list[ScopeNode]] = field(default_factory=dict)
    nodes: list[cst.CSTNode] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    defaults: list[DefaultNode] = field(default_factory=list)
    _uses_by_root: dict[str, list[Use]] = field(default_factory=dict)

    def uses_of(self, root: str) -> list[Use]:
        """The uses of a name and of what its attributes hold."""
        if not self._uses_by_root:
            for use in self.uses:
                name = (dotted(use.node) or "").partition(".")[0]
                self._uses_by_root.setdefault(name, []).append(use)
        return self._uses_by_root.get(root, [])

    def frozen_loops(self, wanted: frozenset[int]) -> tuple[Loop, ...]:
        """The loops as plain data; only those `wanted` get the exact span of their header."""
        return tuple(
            Loop(
                index=index,
                kind=loop.kind,
                header=self._header(loop) if index in wanted else self.statements[loop.inside].span,
                scope=loop.scope,
                varying=loop.varying,
                statement=loop.statement,
                targets=loop.targets,
                cases=index in wanted and self._goes_through_cases(index, loop),
                listed=self._is_listed(loop),
            )
            for index, loop in enumerate(self.loops)
        )

    def frozen_defaults(self) -> tuple[Default, ...]:
        """The defaults of parameters and classes as plain data."""
        span = self.tree.span
        return tuple(
            Default(
                owner=item.owner,
                scope=item.scope,
                name=item.name,
                value=span(item.value),
                annotation=span(item.annotation.annotation) if item.annotation else None,
            )
            for item in self.defaults
        )

    def _goes_through_cases(self, index: int, loop: LoopNode) -> bool:
        listed = self._is_listed(loop)
        for source in (loop.last, self._only_value(loop)):
            if isinstance(source, cst.Call):
                listed = (dotted(source.func) or "").rpartition(".")[2] in ("items", "product")
        return listed and any(
            index in use.loops and (dotted(use.node) or "").partition(".")[0] in loop.targets
            for use in self.uses
        )

    def _is_listed(self, loop: LoopNode) -> bool:
        """Whether what a loop goes through is written out, there or where its name is bound."""
        return _is_display(loop.last) or _is_display(self._only_value(loop))

    def _only_value(self, loop: LoopNode) -> cst.CSTNode | None:
        """What the name that a loop goes through is bound to, if that is done once."""
        if not isinstance(loop.last, cst.Name):
            return None
        home = self.scopes[loop.scope].lookup(loop.last.value)
        bindings = home.bindings[loop.last.value] if home else []
        return bindings[0].value if len(bindings) == 1 else None

    def _scope_span(self, scope: ScopeNode) -> Span:
        if scope.kind is ScopeKind.COMPREHENSION and scope.statement is not None:
            return self.statements[scope.statement].span
        return self.tree.span(scope.node)

    def _header(self, loop: LoopNode) -> Span:
        header = self.tree.between(loop.first, loop.last)
        if loop.statement is None:
            return header
        return Span(self.statements[loop.statement].span.start, header.end, header.cell)

    def frozen_scopes(self) -> tuple[Scope, ...]:
        """The scopes as plain data; a comprehension's is taken to fill its statement."""
        return tuple(
            Scope(
                index=scope.index,
                kind=scope.kind,
                name=scope.name,
                parent=scope.parent.index if scope.parent else None,
                span=self._scope_span(scope),
                names=frozenset(scope.bindings),
                mentioned=frozenset(scope.mentioned),
                outer=frozenset(scope.outer),
                parameters=scope.parameters,
                decorators=scope.decorators,
                bases=scope.bases,
            )
            for scope in self.scopes
        )


def _is_display(node: cst.CSTNode | None) -> bool:
    """Whether an expression lists its members."""
    return isinstance(node, (cst.List, cst.Tuple, cst.Set, cst.Dict))
