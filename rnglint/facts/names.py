"""Which names of the program mean which names of a library.

Imports of every style, aliases that are assigned (`g = np.random`), and shadowing: a name means a
library only where every binding that can reach it says so.
"""

from __future__ import annotations

import builtins
from itertools import zip_longest

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.layout import Binding, Layout, ScopeNode, Use
from rnglint.facts.model import Argument, Call, Context, ModuleUse, Reference
from rnglint.facts.walk import dotted, evaluated, names_in
from rnglint.knowledge.loader import Entry, Knowledge
from rnglint.tree.brackets import opening, with_brackets
from rnglint.tree.parsing import Tree
from rnglint.tree.positions import Place

_BUILTINS = frozenset(dir(builtins))
#: What only explains to the interpreter what becomes of a key is no fact for a rule.
_SILENT = frozenset({"clone", "inspect", "same"})
_TYPE_TESTS = frozenset({"isinstance", "issubclass"})


class Names:
    """Resolves names and attribute chains to the qualified names of libraries."""

    def __init__(self, layout: Layout, knowledge: Knowledge) -> None:
        self.layout = layout
        self.tree = layout.tree
        self.knowledge = knowledge
        self._resolved: dict[tuple[int, str, int], tuple[str | None, bool]] = {}
        self._pending: set[tuple[int, str]] = set()
        self._mixed: set[tuple[int, str]] = set()
        self._modules = (
            frozenset(name.rpartition(".")[0] for name in knowledge.reportable if "." in name)
            - knowledge.entries.keys()
        )
        #: The nodes of the calls among the references, by where they stand.
        self.calls: dict[Span, cst.Call] = {}
        self._stars = tuple(
            (item.scope, item.qualified) for item in layout.imports if item.bound == "*"
        )

    def qualified(
        self, node: cst.CSTNode, scope: ScopeNode, statement: int | None = None
    ) -> str | None:
        """The canonical library name that a name or attribute chain means in `scope`.

        Where the index of the statement is given, bindings that come after it in the same function
        do not count.
        """
        return self._resolve(node, scope, statement)[0]

    def entry(
        self, node: cst.CSTNode, scope: ScopeNode, statement: int | None = None
    ) -> Entry | None:
        """What the knowledge tables say of a name or attribute chain."""
        qualified = self.qualified(node, scope, statement)
        return self.knowledge.lookup(qualified) if qualified else None

    def references(self) -> tuple[Reference, ...]:
        """Every use of a name that the tables describe, in source order."""
        found = [
            reference for use in self.layout.uses if (reference := self._reference(use)) is not None
        ]
        return tuple(sorted(found, key=lambda item: item.span.sort_key))

    def module_uses(self) -> tuple[ModuleUse, ...]:
        """Every place where a module that holds described names stands as a value."""
        return tuple(
            ModuleUse(qualified, self.tree.span(use.node), use.scope.index, use.statement)
            for use in self.layout.uses
            if (qualified := self.qualified(use.node, use.scope, use.statement)) in self._modules
            and not _is_alias_value(use)
        )

    # -- resolution -------------------------------------------------------------------------

    def _resolve(
        self, node: cst.CSTNode, scope: ScopeNode, statement: int | None
    ) -> tuple[str | None, bool]:
        """The qualified name, and whether an assigned alias led to it."""
        path = dotted(node)
        if path is None:
            return None, False
        root, _, rest = path.partition(".")
        qualified, alias = self._name(root, scope, statement)
        if qualified is None:
            return None, False
        full = f"{qualified}.{rest}" if rest else qualified
        return self.knowledge.canonical(full), alias

    def _name(self, name: str, scope: ScopeNode, statement: int | None) -> tuple[str | None, bool]:
        home = scope.lookup(name)
        if home is None:
            return self._unbound(name)
        if (home.index, name) in self._mixed:
            return None, False
        # Only code that runs in the same function as the bindings has an order with them.
        if home.function() is not scope.function():
            statement = None
        key = (home.index, name, -1 if statement is None else statement)
        if key not in self._resolved:
            if (home.index, name) in self._pending:
                return None, False
            self._pending.add((home.index, name))
            self._resolved[key] = self._bindings(name, home, statement)
            self._pending.discard((home.index, name))
        return self._resolved[key]

    def _unbound(self, name: str) -> tuple[str | None, bool]:
        for _, module in self._stars:
            if self.knowledge.lookup(f"{module}.{name}"):
                return f"{module}.{name}", False
        return (f"builtins.{name}" if name in _BUILTINS else None), False

    def _bindings(
        self, name: str, home: ScopeNode, statement: int | None
    ) -> tuple[str | None, bool]:
        meanings = [
            (binding, *self._meaning(binding, home))
            for binding in home.bindings[name]
            if not _is_none(binding.value)
        ]
        if not meanings or any(qualified is None for _, qualified, _ in meanings):
            self._mixed.add((home.index, name))
            return None, False
        before = [i for i in meanings if statement is not None and i[0].statement <= statement]
        _, qualified, alias = (before or meanings)[-1]
        return qualified, alias

    def _meaning(self, binding: Binding, home: ScopeNode) -> tuple[str | None, bool]:
        if binding.qualified is not None:
            return binding.qualified, False
        if binding.value is not None:
            qualified, _ = self._resolve(binding.value, home, binding.statement)
            if qualified and not qualified.startswith("builtins."):
                return qualified, True
        return None, False

    # -- references -------------------------------------------------------------------------

    def _reference(self, use: Use) -> Reference | None:
        node: cst.BaseExpression = use.node
        parents = use.parents
        while isinstance(node, (cst.Name, cst.Attribute)):
            qualified, alias = self._resolve(node, use.scope, use.statement)
            if qualified is None:
                return None
            entry = self.knowledge.lookup(qualified)
            if entry is not None and entry.effect in _SILENT and not entry.workers:
                return None
            if entry is not None and not qualified.startswith("builtins."):
                return self._described(use, node, qualified, entry, alias, parents)
            if not isinstance(node, cst.Attribute):
                return None
            parents = (*parents, node)
            node = node.value
        return None

    def _described(
        self,
        use: Use,
        node: cst.Name | cst.Attribute,
        qualified: str,
        entry: Entry,
        alias: bool,
        parents: tuple[cst.CSTNode, ...],
    ) -> Reference:
        text = dotted(node) or ""
        context = _context(node, parents)
        parent = parents[-1] if parents else None
        call = None
        if context is Context.CALL and isinstance(parent, cst.Call):
            call = call_fact(self.tree, parent)
            self.calls[call.span] = parent
        return Reference(
            qualified=qualified,
            entry=entry,
            span=self.tree.span(node),
            text=text,
            prefix=text.rpartition(".")[0],
            context=context,
            scope=use.scope.index,
            statement=use.statement,
            call=call,
            alias=alias and isinstance(node, cst.Name),
            loops=use.loops,
        )


def call_fact(tree: Tree, node: cst.Call) -> Call:
    """A call as plain data."""
    place = tree.positions[node]
    row, column = opening(tree.lines, tree.positions[node.func], place)
    span = tree.span(node)
    arguments = []
    before = (row, column + 1)
    for item, following in zip_longest(node.args, node.args[1:]):
        behind = tree.positions[following.value][:2] if following else place[2:]
        value = tree.positions[item.value]
        whole = with_brackets(tree.lines, before, value, behind)
        arguments.append(_argument(tree, item, whole))
        before = value[2:]
    return Call(
        span=span,
        function=tree.span(node.func),
        arguments_span=Span(tree.position(row, column), span.end, span.cell),
        arguments=tuple(arguments),
    )


def _argument(tree: Tree, node: cst.Arg, place: Place) -> Argument:
    """An argument, whose value stands at `place`, as plain data."""
    value = tree.span_of(place)
    named = node.keyword is not None or node.star
    is_literal, literal = _literal(node.value)
    return Argument(
        span=Span(tree.span(node).start, value.end, value.cell) if named else value,
        value=value,
        text=tree.source.text_at(value),
        keyword=node.keyword.value if node.keyword else None,
        star=node.star,
        kind=type(node.value).__name__,
        names=names_in(node.value),
        is_literal=is_literal,
        literal=literal,
    )


def _literal(node: cst.BaseExpression) -> tuple[bool, int | float | str | bool | None]:
    """Whether an expression is a plain literal, and its value."""
    if isinstance(node, cst.Name):
        constants = {"None": None, "True": True, "False": False}
        return (node.value in constants), constants.get(node.value)
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        known = evaluated(node.value)
        return (True, known) if isinstance(known, (int, float, str)) else (False, None)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        is_literal, value = _literal(node.expression)
        if is_literal and isinstance(value, (int, float)):
            return True, -value
    return False, None


def _is_none(value: cst.BaseExpression | None) -> bool:
    return isinstance(value, cst.Name) and value.value == "None"


def _is_alias_value(use: Use) -> bool:
    """Whether a use is the whole right side of an assignment to names."""
    parent = use.parents[-1] if use.parents else None
    return (
        isinstance(parent, cst.Assign)
        and parent.value is use.node
        and all(isinstance(item.target, cst.Name) for item in parent.targets)
    )


def _context(node: cst.CSTNode, parents: tuple[cst.CSTNode, ...]) -> Context:
    """How the expression `node`, whose ancestors are `parents` (nearest last), stands."""
    child = node
    for parent in reversed(parents):
        if isinstance(parent, cst.Call) and parent.func is child:
            return Context.CALL if child is node else Context.VALUE
        if isinstance(parent, cst.Annotation):
            return Context.ANNOTATION
        if (
            isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign))
            and parent.target is child
        ):
            return Context.STORE if child is node else Context.VALUE
        if isinstance(parent, cst.Del):
            return Context.DELETE
        if isinstance(parent, cst.ClassDef):
            return Context.TYPE_TEST
        if isinstance(parent, cst.Call):
            name = (dotted(parent.func) or "").rpartition(".")[2]
            return Context.TYPE_TEST if name in _TYPE_TESTS else Context.VALUE
        if isinstance(parent, cst.BaseStatement):
            break
        child = parent
    return Context.VALUE
