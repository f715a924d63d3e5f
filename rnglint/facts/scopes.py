"""One walk over a tree that finds its scopes, bindings, statements, loops and uses of names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import libcst as cst

from rnglint.facts.layout import Binding, DefaultNode, Layout, LoopNode, ScopeNode, Store, Use
from rnglint.facts.model import Import, ScopeKind, Statement
from rnglint.facts.walk import children, dotted, names_in
from rnglint.tree.parsing import Tree

#: Calls that import the module whose name is their first argument.
_IMPORTERS = frozenset({"importorskip", "import_module", "__import__"})
#: Expressions that make nothing.
_PLAIN = (
    cst.Name,
    cst.Attribute,
    cst.BaseNumber,
    cst.SimpleString,
    cst.UnaryOperation,
    cst.Ellipsis,
)


def lay_out(tree: Tree) -> Layout:
    """Walks the tree once."""
    builder = _Builder(tree)
    builder.run()
    return builder.layout


class _Builder:
    """The walk itself. The state of the current place is kept in a few plain attributes."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.layout = Layout(tree)
        self.scope = self._open(ScopeKind.MODULE, "", tree.module)
        self.statement: int | None = None
        self.loops: tuple[int, ...] = ()
        self.parents: list[cst.CSTNode] = []
        self.blocks = 0
        self.handlers: dict[type[cst.CSTNode], Callable[..., None]] = {
            cst.FunctionDef: self._function,
            cst.ClassDef: self._class,
            cst.Lambda: self._lambda,
            cst.Import: self._import,
            cst.ImportFrom: self._import_from,
            cst.Global: self._outer,
            cst.Nonlocal: self._outer,
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated_assign,
            cst.AugAssign: self._aug_assign,
            cst.NamedExpr: self._walrus,
            cst.For: self._for,
            cst.While: self._while,
            cst.With: self._with,
            cst.ExceptHandler: self._except,
            cst.ExceptStarHandler: self._except,
            cst.Del: self._del,
            cst.MatchAs: self._match_name,
            cst.MatchStar: self._match_name,
            cst.MatchMapping: self._match_name,
            cst.ListComp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.DictComp: self._comprehension,
            cst.GeneratorExp: self._comprehension,
            cst.Name: self._use,
            cst.Attribute: self._use,
            cst.Arg: self._arg,
            cst.Module: self._block,
            cst.IndentedBlock: self._block,
            cst.SimpleStatementSuite: self._suite,
        }

    def run(self) -> None:
        """Walks the module, then sorts out the names that scopes mention below them."""
        self._visit(self.tree.module)
        for scope in reversed(self.layout.scopes):
            if scope.parent:
                scope.parent.mentioned |= scope.mentioned

    # -- the walk ---------------------------------------------------------------------------

    def _visit(self, node: cst.CSTNode) -> None:
        handler = self.handlers.get(type(node))
        self.parents.append(node)
        if handler:
            handler(node)
        else:
            self._visit_children(node)
        self.parents.pop()

    def _visit_children(self, node: cst.CSTNode) -> None:
        for child in children(node):
            self._visit(child)

    def _visit_all(self, nodes: Iterable[cst.CSTNode | None]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _block(self, node: cst.Module | cst.IndentedBlock) -> None:
        self.blocks += 1
        block, enclosing = self.blocks, self.statement
        for position, statement in enumerate(node.body):
            if isinstance(statement, cst.SimpleStatementLine):
                self._simple(statement.body, block, position, enclosing, own_line=True)
            else:
                self._enter_statement(statement, block, position, enclosing, alone=True)
        self.statement = enclosing

    def _suite(self, node: cst.SimpleStatementSuite) -> None:
        self.blocks += 1
        enclosing = self.statement
        self._simple(node.body, self.blocks, 0, enclosing, own_line=False)
        self.statement = enclosing

    def _simple(
        self,
        body: Iterable[cst.BaseSmallStatement],
        block: int,
        position: int,
        enclosing: int | None,
        *,
        own_line: bool,
    ) -> None:
        body = list(body)
        for small in body:
            alone = own_line and len(body) == 1
            self._enter_statement(small, block, position, enclosing, alone=alone)

    def _enter_statement(
        self,
        node: cst.CSTNode,
        block: int,
        position: int,
        enclosing: int | None,
        *,
        alone: bool,
    ) -> None:
        index = len(self.layout.statements)
        span = self.tree.span(node)
        line = self.tree.source.line(span.cell, span.start.row)
        self.layout.statements.append(
            Statement(
                index=index,
                kind=type(node).__name__,
                span=span,
                scope=self.scope.index,
                block=block,
                position=position,
                indent=line[: len(line) - len(line.lstrip())],
                alone=alone and not line[: span.start.column - 1].strip(),
                loops=self.loops,
                parent=enclosing,
            )
        )
        self.layout.statement_of[id(node)] = index
        self.layout.nodes.append(node)
        self.statement = index
        self._visit(node)

    # -- scopes -----------------------------------------------------------------------------

    def _open(self, kind: ScopeKind, name: str, node: cst.CSTNode) -> ScopeNode:
        parent = getattr(self, "scope", None)
        scope = ScopeNode(len(self.layout.scopes), kind, name, parent, node)
        scope.statement = getattr(self, "statement", None)
        self.layout.scopes.append(scope)
        self.layout.scope_of[id(node)] = scope
        if parent:
            self.layout.inner.setdefault((parent.index, name), []).append(scope)
        return scope

    def _inside(self, scope: ScopeNode, nodes: Iterable[cst.CSTNode | None]) -> None:
        """Visits `nodes` in `scope`, with no loop of the enclosing function around them."""
        outer, loops = self.scope, self.loops
        self.scope = scope
        if scope.kind not in (ScopeKind.COMPREHENSION, ScopeKind.CLASS):
            self.loops = ()
        self._visit_all(nodes)
        self.scope, self.loops = outer, loops

    def _function(self, node: cst.FunctionDef) -> None:
        self._bind(node.name.value, node.name)
        self._visit_all(node.decorators)
        self._visit_signature(node.params)
        if node.returns:
            self._visit(node.returns)
        scope = self._open(ScopeKind.FUNCTION, node.name.value, node)
        scope.decorators = tuple(self._decorator_name(item) for item in node.decorators)
        self._bind_parameters(scope, node.params)
        if not self.tree.is_stub(node):
            self._inside(scope, [node.body])

    def _lambda(self, node: cst.Lambda) -> None:
        self._visit_signature(node.params)
        scope = self._open(ScopeKind.LAMBDA, "<lambda>", node)
        self._bind_parameters(scope, node.params)
        self._inside(scope, [node.body])

    def _class(self, node: cst.ClassDef) -> None:
        self._bind(node.name.value, node.name)
        self._visit_all((*node.decorators, *node.bases, *node.keywords))
        scope = self._open(ScopeKind.CLASS, node.name.value, node)
        scope.decorators = tuple(self._decorator_name(item) for item in node.decorators)
        scope.bases = tuple(dotted(item.value) or "" for item in node.bases)
        self._inside(scope, [node.body])

    def _decorator_name(self, node: cst.Decorator) -> str:
        value = node.decorator
        if isinstance(value, cst.Call):
            inner = value.args[0].value if value.args else value.func
            name = dotted(value.func)
            if name and name.rpartition(".")[2] == "partial":
                return dotted(inner) or name
            return name or ""
        return dotted(value) or ""

    def _visit_signature(self, parameters: cst.Parameters) -> None:
        for parameter in parameters_of(parameters):
            self._visit_all((parameter.annotation, parameter.default))

    def _bind_parameters(self, scope: ScopeNode, parameters: cst.Parameters) -> None:
        names = [parameter.name.value for parameter in parameters_of(parameters)]
        scope.parameters = tuple(names)
        for parameter in parameters_of(parameters):
            if parameter.default is not None:
                self._note_default(
                    scope, parameter.name.value, parameter.default, parameter.annotation
                )
        for name in names:
            scope.bind(name, Binding(-1))

    def _note_default(
        self,
        owner: ScopeNode,
        name: str,
        value: cst.BaseExpression,
        annotation: cst.Annotation | None = None,
    ) -> None:
        if not isinstance(value, _PLAIN) and dotted(value) is None:
            self.layout.defaults.append(
                DefaultNode(owner.index, self.scope.index, name, value, annotation)
            )

    def _comprehension(
        self, node: cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp
    ) -> None:
        clause: cst.CompFor | None = node.for_in
        self._visit(node.for_in.iter)
        scope = self._open(ScopeKind.COMPREHENSION, "<comprehension>", node)
        outer, loops = self.scope, self.loops
        self.scope = scope
        while clause:
            if clause is not node.for_in:
                self._visit(clause.iter)
            self._bind_target(clause.target)
            names = frozenset(_target_names(clause.target))
            self._open_loop(clause, "comprehension", clause.target, clause.iter, names, names)
            self._visit_all(condition.test for condition in clause.ifs)
            clause = clause.inner_for_in
        if isinstance(node, cst.DictComp):
            self._visit_all((node.key, node.value))
        else:
            self._visit(node.elt)
        self.scope, self.loops = outer, loops

    # -- bindings ---------------------------------------------------------------------------

    def _bind(
        self,
        name: str,
        at: cst.CSTNode,
        *,
        qualified: str | None = None,
        value: cst.BaseExpression | None = None,
    ) -> None:
        self.scope.mentioned.add(name)
        statement = self.statement if self.statement is not None else -1
        self.scope.bind(name, Binding(statement, qualified, value))
        self.layout.stores.append(Store(name, at, self.scope, self.statement))

    def _bind_import(self, node: cst.CSTNode, bound: str, qualified: str, names: int) -> None:
        self._bind(bound, node, qualified=qualified)
        if self.statement is not None:
            self.layout.imports.append(
                Import(
                    bound, qualified, self.tree.span(node), self.scope.index, self.statement, names
                )
            )

    def _import(self, node: cst.Import) -> None:
        for item in node.names:
            qualified = dotted(item.name) or ""
            if item.asname and isinstance(item.asname.name, cst.Name):
                self._bind_import(node, item.asname.name.value, qualified, len(node.names))
            else:
                top = qualified.partition(".")[0]
                self._bind_import(node, top, top, len(node.names))

    def _import_from(self, node: cst.ImportFrom) -> None:
        module = dotted(node.module) if node.module else ""
        prefix = "." * len(node.relative) + (module or "")
        if isinstance(node.names, cst.ImportStar):
            self._bind_import(node, "*", prefix, 0)
            return
        for item in node.names:
            name = dotted(item.name) or ""
            bound = name
            if item.asname and isinstance(item.asname.name, cst.Name):
                bound = item.asname.name.value
            full = f"{prefix}.{name}" if module else f"{prefix}{name}"
            self._bind_import(node, bound, full, len(node.names))

    def _outer(self, node: cst.Global | cst.Nonlocal) -> None:
        declared = "global" if isinstance(node, cst.Global) else "nonlocal"
        for item in node.names:
            self.scope.outer[item.name.value] = declared
            self.scope.mentioned.add(item.name.value)

    def _assign(self, node: cst.Assign) -> None:
        self._visit(node.value)
        for item in node.targets:
            if isinstance(item.target, cst.Name):
                imported = _imported_by_call(node.value)
                name = item.target
                self._bind(name.value, name, qualified=imported, value=node.value)
                if self.scope.kind is ScopeKind.CLASS:
                    self._note_default(self.scope, name.value, node.value)
            else:
                self.parents.append(item)
                self._bind_target(item.target)
                self.parents.pop()

    def _annotated_assign(self, node: cst.AnnAssign) -> None:
        self._visit_all((node.annotation, node.value))
        if isinstance(node.target, cst.Name):
            self._bind(node.target.value, node.target, value=node.value)
            if self.scope.kind is ScopeKind.CLASS and node.value is not None:
                self._note_default(self.scope, node.target.value, node.value, node.annotation)
        else:
            self._bind_target(node.target)

    def _aug_assign(self, node: cst.AugAssign) -> None:
        self._visit(node.value)
        self._bind_target(node.target)

    def _walrus(self, node: cst.NamedExpr) -> None:
        self._visit(node.value)
        outer, self.scope = self.scope, self.scope.function()
        self._bind_target(node.target)
        self.scope = outer

    def _bind_target(self, target: cst.CSTNode) -> None:
        """Binds the names of an assignment target; what it reads (`a[i].b = …`) is a use."""
        if isinstance(target, cst.Name):
            self._bind(target.value, target)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._bind_target(element.value)
        else:
            self._visit(target)

    def _del(self, node: cst.Del) -> None:
        self._visit_children(node)

    def _with(self, node: cst.With) -> None:
        for item in node.items:
            self._visit(item.item)
            if item.asname:
                self._bind_target(item.asname.name)
        self._visit(node.body)

    def _except(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        self._visit_all([node.type])
        if node.name:
            self._bind_target(node.name.name)
        self._visit(node.body)

    def _match_name(self, node: cst.MatchAs | cst.MatchStar | cst.MatchMapping) -> None:
        name = node.rest if isinstance(node, cst.MatchMapping) else node.name
        if name:
            self._bind(name.value, name)
        for child in children(node):
            if child is not name:
                self._visit(child)

    # -- loops ------------------------------------------------------------------------------

    def _for(self, node: cst.For) -> None:
        self._visit(node.iter)
        self._bind_target(node.target)
        outer = self.loops
        targets = frozenset(_target_names(node.target))
        varying = targets | frozenset(_bound_below(node.body))
        self._open_loop(node, "for", node.target, node.iter, varying, targets)
        self._visit(node.body)
        self.loops = outer
        self._visit_all([node.orelse])

    def _while(self, node: cst.While) -> None:
        outer = self.loops
        varying = frozenset((*_bound_below(node.body), *_bound_below(node.test)))
        self._open_loop(node, "while", node.test, node.test, varying, frozenset())
        self._visit(node.test)
        self._visit(node.body)
        self.loops = outer
        self._visit_all([node.orelse])

    def _open_loop(
        self,
        node: cst.CSTNode,
        kind: str,
        first: cst.CSTNode,
        last: cst.CSTNode,
        varying: frozenset[str],
        targets: frozenset[str],
    ) -> None:
        index = len(self.layout.loops)
        statement = self.layout.statement_of.get(id(node))
        self.layout.loops.append(
            LoopNode(
                kind,
                first,
                last,
                self.scope.index,
                varying,
                targets,
                statement,
                self.statement or 0,
            )
        )
        self.layout.loop_of[id(node)] = index
        self.loops = (*self.loops, index)

    # -- uses -------------------------------------------------------------------------------

    def _arg(self, node: cst.Arg) -> None:
        self._visit(node.value)

    def _use(self, node: cst.Name | cst.Attribute) -> None:
        root: cst.BaseExpression = node
        while type(root) is cst.Attribute:
            root = root.value
        if not isinstance(root, cst.Name):
            self._visit(root)
            return
        self.scope.mentioned.add(root.value)
        parents = tuple(self.parents[-16:-1])
        self.layout.uses.append(Use(node, self.scope, self.statement, self.loops, parents))


def parameters_of(parameters: cst.Parameters) -> Iterator[cst.Param]:
    yield from parameters.posonly_params
    yield from parameters.params
    if isinstance(parameters.star_arg, cst.Param):
        yield parameters.star_arg
    yield from parameters.kwonly_params
    if parameters.star_kwarg:
        yield parameters.star_kwarg


def _target_names(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _target_names(element.value)
    else:
        name = dotted(target)
        if name:
            yield name
        yield from names_in(target)


def _bound_below(node: cst.CSTNode) -> Iterator[str]:
    """Names (and dotted attributes) bound anywhere below `node`, functions in it excluded."""
    stack = [node]
    while stack:
        current = stack.pop()
        names = _BINDERS.get(type(current))
        if names:
            yield from names(current)
        if type(current) not in _CLOSED:
            stack += children(current)


#: Nodes below which other names are bound than around them.
_CLOSED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
#: The names that a node binds itself.
_BINDERS: dict[type[cst.CSTNode], Callable[[Any], Iterable[str]]] = {
    cst.FunctionDef: lambda node: [node.name.value],
    cst.ClassDef: lambda node: [node.name.value],
    cst.AssignTarget: lambda node: _target_names(node.target),
    cst.AnnAssign: lambda node: _target_names(node.target),
    cst.AugAssign: lambda node: _target_names(node.target),
    cst.For: lambda node: _target_names(node.target),
    cst.NamedExpr: lambda node: _target_names(node.target),
    cst.AsName: lambda node: _target_names(node.name),
    cst.ImportAlias: lambda node: [(dotted(node.name) or "").partition(".")[0]],
}


def _imported_by_call(value: cst.BaseExpression) -> str | None:
    """ "numpy" for `pytest.importorskip("numpy")` and its relatives."""
    if not isinstance(value, cst.Call) or not value.args:
        return None
    name = (dotted(value.func) or "").rpartition(".")[2]
    argument = value.args[0].value
    if name not in _IMPORTERS or not isinstance(argument, cst.SimpleString):
        return None
    evaluated = argument.evaluated_value
    if not isinstance(evaluated, str) or not evaluated.replace(".", "").isidentifier():
        return None
    return evaluated.partition(".")[0] if name == "__import__" else evaluated
