"""The analysis of one source: runs every function once, keeps summaries, collects reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.flow.calls import Caller
from rnglint.facts.flow.frame import Reuse
from rnglint.facts.flow.interpreter import Interpreter
from rnglint.facts.flow.seedings import Seedings
from rnglint.facts.flow.state import Consumed, Site, choose, fresh
from rnglint.facts.flow.summaries import Bound, Instantiation, Summary
from rnglint.facts.flow.values import (
    SILENT,
    Class,
    Entity,
    Function,
    Identity,
    Instance,
    Kind,
    Library,
    Root,
    Value,
)
from rnglint.facts.layout import Binding, ScopeNode
from rnglint.facts.model import Call, Consumption, KeyReuse, MethodUse, ScopeKind
from rnglint.facts.names import Names
from rnglint.facts.walk import descendants, dotted

#: Evaluations of expressions per source; a program that needs more is not analysed to its end.
BUDGET = 400_000
#: Decorators under which a function still does to its parameters what its body says.
_TRANSPARENT = frozenset(
    [
        "abstractmethod",
        "abc.abstractmethod",
        "cache",
        "functools.cache",
        "functools.lru_cache",
        "lru_cache",
        "contextmanager",
        "contextlib.contextmanager",
        "nn.compact",
        "nn.nowrap",
        "flax.linen.compact",
        "hk.transparent",
        "override",
        "typing.override",
        "final",
        "typing.final",
        "overload",
    ]
)
_METHOD_KINDS = frozenset({"staticmethod", "classmethod"})
#: Annotations that say "a key", by their last component.
_KEY_TYPES = frozenset({"PRNGKey", "PRNGKeyArray", "KeyArray"})


#: A function that mentions one of these may know what kind of generator it has.
_ASKS_FIRST = frozenset({"AttributeError", "hasattr", "isinstance"})


class BudgetSpent(Exception):
    """The analysis took more steps than it may."""


class Analysis:
    """Everything that the runs of one source share."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.layout = names.layout
        self.proven: set[Identity] = set()
        self.steps = 0
        self.muted = 0
        self.classes: dict[Root, cst.ClassDef] = {}
        self.seedings = Seedings(names.tree)
        self.method_uses: dict[Span, MethodUse] = {}
        self._reuses: dict[int, Reuse] = {}
        self._pending: list[tuple[Reuse, tuple[Identity, ...]]] = []
        self._summaries: dict[int, Summary | None] = {}
        self._running: set[int] = set()
        self._module: Mapping[str, Value] = {}
        self._held_by: dict[int, dict[str, set[str | None]]] = {}

    def run(self) -> None:
        """Interprets the module, then every function that nobody called."""
        frame = Interpreter(self, self.layout.scopes[0])
        frame.run_module()
        if frame.state is not None:
            self._module = frame.state.variables
        for scope in self.layout.scopes:
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA):
                assert isinstance(scope.node, (cst.FunctionDef, cst.Lambda))
                self.summary(scope.node)

    def spend(self) -> None:
        """Counts one step."""
        self.steps += 1
        if self.steps > BUDGET:
            raise BudgetSpent

    # -- reports ------------------------------------------------------------------------------

    def place(self, site: Site) -> Consumption:
        """A site as plain data."""
        tree = self.names.tree
        span = tree.span(site.node)
        via = ""
        if site.inner:
            inner = tree.span(site.inner.node)
            cell = f" of cell {inner.cell}" if inner.cell != span.cell else ""
            via = f"`{site.by}` consumes {site.parameter} on line {inner.start.row}{cell}"
        return Consumption(
            span=span,
            text=site.label or tree.source.text_at(span),
            by=site.by,
            scope=site.scope,
            statement=site.statement,
            rewritable=site.rewritable,
            loops=site.loops,
            via=via,
        )

    def report(self, reuse: Reuse, unless_proven: tuple[Identity, ...]) -> None:
        """Notes a reuse; one of something that may be no key waits until it is proven one."""
        if self.muted:
            return
        if unless_proven:
            self._pending.append((reuse, unless_proven))
        else:
            self._reuses.setdefault(id(reuse.again.node), reuse)

    def key_reuses(self) -> tuple[KeyReuse, ...]:
        """All reuses, in source order."""
        for reuse, identities in self._pending:
            if any(identity in self.proven for identity in identities):
                self._reuses.setdefault(id(reuse.again.node), reuse)
        found = [
            KeyReuse(self.place(item.first), self.place(item.again), item.loop, item.same_binding)
            for item in self._reuses.values()
        ]
        return tuple(sorted(found, key=lambda item: item.again.span.sort_key))

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

    # -- variables of enclosing scopes ----------------------------------------------------------

    def outer_value(self, node: cst.Name, scope: ScopeNode, statement: int | None) -> Value:
        """The value of a name that the running function did not bind."""
        home = scope.lookup(node.value)
        qualified = self.names.qualified(node, scope, statement)
        if qualified is not None:
            return Library(qualified)
        if home is None:
            return fresh()
        bindings = home.bindings[node.value]
        if len(bindings) == 1:
            known = self._single(home, node.value, bindings[0])
            if known is not None:
                return known
        instance = self._instance(bindings, home)
        if instance is not None:
            return instance
        kind = Kind.UNKNOWN
        if home.index == 0:
            kind = _kind_of(self._module.get(node.value))
        return Entity(Identity(Root(0, home.index, node.value)), kind)

    def _single(self, home: ScopeNode, name: str, binding: Binding) -> Value | None:
        for scope in self.layout.inner.get((home.index, name), ()):
            if isinstance(scope.node, cst.FunctionDef) and self.is_plain(scope.node, home):
                return Function(scope.node)
            if isinstance(scope.node, cst.FunctionDef) and not self.names.tree.is_stub(scope.node):
                return SILENT
            if isinstance(scope.node, cst.ClassDef) and not scope.node.decorators:
                return Class(scope.node)
        if isinstance(binding.value, cst.Lambda):
            return Function(binding.value)
        self._note_class(home, name, binding.value)
        return None

    def _note_class(self, home: ScopeNode, name: str, value: cst.BaseExpression | None) -> None:
        """Remembers the class of a variable that is only ever bound to `Class(…)`."""
        if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Name):
            return
        owner = home.lookup(value.func.value)
        if owner is None or len(owner.bindings[value.func.value]) != 1:
            return
        for scope in self.layout.inner.get((owner.index, value.func.value), ()):
            if isinstance(scope.node, cst.ClassDef) and not scope.node.decorators:
                self.classes[Root(0, home.index, name)] = scope.node

    def _instance(self, bindings: list[Binding], home: ScopeNode) -> Instance | None:
        """The library object that all bindings of a name make."""
        made = {self._made(binding.value, home) for binding in bindings}
        owner = made.pop() if len(made) == 1 else None
        return Instance(owner) if owner else None

    def _made(self, value: cst.BaseExpression | None, home: ScopeNode) -> str | None:
        if not isinstance(value, cst.Call):
            return None
        entry = self.names.entry(value.func, home)
        return entry.makes if entry and entry.effect == "make" else None

    # -- functions and classes ------------------------------------------------------------------

    def is_plain(self, node: cst.FunctionDef, scope: ScopeNode) -> bool:
        """Whether calling the name of a `def` runs its body, its decorators notwithstanding."""
        if self.names.tree.is_stub(node) or node.asynchronous:
            return False
        return all(self._is_transparent(item.decorator, scope) for item in node.decorators)

    def _is_transparent(self, node: cst.BaseExpression, scope: ScopeNode) -> bool:
        if isinstance(node, cst.Call):
            entry = self.names.entry(node.func, scope)
            if entry and entry.effect == "partial" and node.args:
                return self._is_transparent(node.args[0].value, scope)
            return self._is_transparent(node.func, scope)
        entry = self.names.entry(node, scope)
        if entry:
            return entry.effect == "transform" and entry.runs != "many"
        name = dotted(node) or ""
        return name in _TRANSPARENT or name in _METHOD_KINDS

    def method(self, node: cst.ClassDef, name: str) -> cst.FunctionDef | None:
        """The method `name` of a class, or of its visible bases."""
        scope = self.layout.scope_of.get(id(node))
        for _ in range(8):
            if scope is None:
                return None
            found = self._own_method(scope, name)
            if found is not None:
                return found
            scope = self._base(scope)
        return None

    def _own_method(self, scope: ScopeNode, name: str) -> cst.FunctionDef | None:
        if len(scope.bindings.get(name, ())) != 1:
            return None
        for inner in self.layout.inner.get((scope.index, name), ()):
            return inner.node if isinstance(inner.node, cst.FunctionDef) else None
        return None

    def _base(self, scope: ScopeNode) -> ScopeNode | None:
        home = scope.parent.index if scope.parent else 0
        for base in scope.bases:
            for candidate in self.layout.inner.get((home, base), ()):
                if candidate.kind is ScopeKind.CLASS and candidate is not scope:
                    return candidate
        return None

    def method_of(self, receiver: Entity, name: str, scope: ScopeNode) -> Value | None:
        """What `self.name` is inside a method: a method of the class, or an object it holds."""
        known = self.classes.get(receiver.identity.root)
        if known is not None and not receiver.identity.path:
            method = self.method(known, name)
            if method is not None:
                plain = self.is_plain(method, self.layout.scope_of[id(known)])
                return Function(method, receiver) if plain else SILENT
            return None
        function = scope.function()
        owner = function.parent
        if owner is None or owner.kind is not ScopeKind.CLASS or not function.parameters:
            return None
        if receiver.identity != Identity(Root(0, function.index, function.parameters[0])):
            return None
        assert isinstance(owner.node, cst.ClassDef)
        instance = self._held(owner, name)
        if instance is not None:
            return instance
        method = self.method(owner.node, name)
        if method is None:
            return None
        return Function(method, receiver) if self.is_plain(method, owner) else SILENT

    def _held(self, owner: ScopeNode, name: str) -> Instance | None:
        """The library object that every assignment to `self.name` in the class makes."""
        if owner.index not in self._held_by:
            self._held_by[owner.index] = self._all_held(owner)
        made = self._held_by[owner.index].get(name, set())
        found = next(iter(made)) if len(made) == 1 else None
        return Instance(found) if found else None

    def _all_held(self, owner: ScopeNode) -> dict[str, set[str | None]]:
        """What library objects, or None for anything else, each `self.name` is assigned."""
        held: dict[str, set[str | None]] = {}
        for scope in self.layout.scopes:
            node = scope.node
            if scope.parent is not owner or not isinstance(node, cst.FunctionDef):
                continue
            for inner in () if self.names.tree.is_stub(node) else descendants(node.body):
                for target, value in _bindings(inner):
                    receiver, _, name = (dotted(target) or "").partition(".")
                    if name and scope.parameters[:1] == (receiver,):
                        held.setdefault(name, set()).add(self._made(value, scope))
        return held

    # -- summaries ------------------------------------------------------------------------------

    def summary(self, node: cst.FunctionDef | cst.Lambda) -> Summary | None:
        """What a function does; None for one whose body is not there, or that calls itself."""
        if id(node) in self._summaries:
            return self._summaries[id(node)]
        if id(node) in self._running or (
            isinstance(node, cst.FunctionDef) and self.names.tree.is_stub(node)
        ):
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
        return Summary(
            node=node,
            name=_called(scope),
            scope=scope.index,
            effects=_distinct(frame.effects),
            result=choose(frame.returned),
            stores=tuple({item.root for item in frame.stored if item.root.is_variable}),
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

    # -- small questions ------------------------------------------------------------------------

    def loop_index(self, node: cst.CSTNode) -> int:
        """The index of a loop in the facts."""
        return self.layout.loop_of[id(node)]

    def scope_names(self, node: cst.CSTNode) -> list[str]:
        """The names bound in the scope that `node` opens."""
        return list(self.layout.scope_of[id(node)].bindings)

    def pattern_names(self, pattern: cst.MatchPattern) -> Iterator[str]:
        """The names that a `match` pattern binds."""
        for node in descendants(pattern):
            if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
                yield node.name.value

    def annotated_class(self, node: cst.BaseExpression, scope: ScopeNode) -> str | None:
        """The library class that an annotation names, alone or with None."""
        found: set[str] = set()
        for part in _alternatives(node):
            if isinstance(part, cst.Name) and part.value == "None":
                continue
            qualified = self.names.qualified(part, scope)
            if qualified is None or self.names.knowledge.cls(qualified) is None:
                return None
            found.add(qualified)
        return found.pop() if len(found) == 1 else None

    def annotated_kind(self, node: cst.BaseExpression, scope: ScopeNode) -> Kind:
        """Whether an annotation says that a parameter holds a key."""
        name = (dotted(node) or "").rpartition(".")[2]
        return Kind.KEY if name in _KEY_TYPES else Kind.UNKNOWN


def _alternatives(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The members of `A | B`, `Optional[A]` and `Union[A, B]`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    elif isinstance(node, cst.Subscript) and (dotted(node.value) or "").rpartition(".")[2] in (
        "Optional",
        "Union",
    ):
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                yield from _alternatives(element.slice.value)
    else:
        yield node


def _called(scope: ScopeNode) -> str:
    """What a caller calls a function: a class by its own name."""
    is_constructor = scope.name == "__init__" and scope.parent is not None
    return scope.parent.name if is_constructor and scope.parent else scope.name


def _bindings(
    node: cst.CSTNode,
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression | None]]:
    """The targets that a node binds, each with the value, where it gets that very value."""
    if isinstance(node, cst.Assign):
        for item in node.targets:
            yield from _parts(item.target, node.value)
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (cst.AugAssign, cst.For)):
        yield from _parts(node.target, None)
    elif isinstance(node, cst.AsName):
        yield from _parts(node.name, None)


def _parts(
    target: cst.BaseExpression, value: cst.BaseExpression | None
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression | None]]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _parts(element.value, None)
    else:
        yield target, value


def _kind_of(value: Value | None) -> Kind:
    return value.kind if isinstance(value, Entity) else Kind.UNKNOWN


def _distinct(effects: list[Consumed]) -> tuple[Consumed, ...]:
    """One effect for each place and identity: later rounds of a loop add nothing."""
    found: dict[object, Consumed] = {}
    for effect in effects:
        found.setdefault((effect.identity, id(effect.site.node), effect.weak), effect)
    return tuple(found.values())
