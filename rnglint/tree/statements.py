"""Statements of `ast` as nodes of libcst, without what does not matter.

libcst parses five to ten thousand lines a second, `ast` well over a hundred thousand. Making the
nodes of the one from those of the other takes a third of the time, as no blanks, commas and
comments are made, and it tells where each node stands as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from rnglint.tree.expressions import Unbuilt, operator
from rnglint.tree.nodes import make
from rnglint.tree.patterns import PatternBuilder
from rnglint.tree.positions import Positions


class StatementBuilder(PatternBuilder):
    """Makes the libcst node of each statement, and notes where it stands.

    Of the functions among `omitted` (the `id` of nodes) only a stub is made, whose `id` is in
    `stubs` then; the values of other statements among them become an ellipsis. Type parameters are
    left out: nobody asks for them.
    """

    def __init__(
        self, positions: Positions, lines: Sequence[str], omitted: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(positions)
        self.stubs: set[int] = set()
        self._lines = lines
        self._omitted = omitted

    def module(self, node: ast.Module) -> cst.Module:
        """The node of a whole program."""
        built = cst.Module(self._lines_of(node.body))
        self.positions.note_module(built)
        return built

    def statement(self, node: ast.stmt | ast.ExceptHandler) -> Any:
        """The node of a statement."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise Unbuilt(type(node).__name__)
        built = handler(self, node)
        self.parsed[id(built)] = node
        return built

    # -- suites -----------------------------------------------------------------------------------

    def _suite(self, body: Sequence[ast.stmt]) -> cst.BaseSuite:
        """The statements below a header, or on one line with it."""
        first = body[0]
        before = self._lines[first.lineno - 1][: first.col_offset]
        if not before or before.isspace() or _is_compound(first):
            return make(cst.IndentedBlock, body=self._lines_of(body))
        return make(cst.SimpleStatementSuite, body=[self.statement(each) for each in body])

    def _lines_of(
        self, body: Sequence[ast.stmt]
    ) -> list[cst.SimpleStatementLine | cst.BaseCompoundStatement]:
        """Statements as libcst groups them: the simple ones of one line together."""
        lines: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
        group: list[cst.BaseSmallStatement] = []
        previous: ast.stmt | None = None
        for node in body:
            if group and not (previous and self._shares_its_line(previous, node)):
                lines.append(make(cst.SimpleStatementLine, body=group))
                group = []
            built = self.statement(node)
            if _is_compound(node):
                lines.append(built)
            else:
                group.append(built)
            previous = node
        if group:
            lines.append(make(cst.SimpleStatementLine, body=group))
        return lines

    def _shares_its_line(self, previous: ast.stmt, node: ast.stmt) -> bool:
        """Whether a semicolon stands between two statements."""
        if _is_compound(node):
            return False
        end = previous.end_lineno or previous.lineno
        return node.lineno == end or self._lines[end - 1].endswith("\\")

    # -- simple statements ------------------------------------------------------------------------

    def _value(self, node: ast.Expr | ast.Assign) -> Any:
        """The value of a statement, or what stands for one that does not matter."""
        if id(node) not in self._omitted:
            return self.expression(node.value)
        built = make(cst.Ellipsis)
        self.parsed[id(built)] = node.value
        return built

    def _expr(self, node: ast.Expr) -> cst.Expr:
        return make(cst.Expr, value=self._value(node))

    def _assign(self, node: ast.Assign) -> cst.Assign:
        targets = [make(cst.AssignTarget, target=self.expression(each)) for each in node.targets]
        return make(cst.Assign, targets=targets, value=self._value(node))

    def _annotated_assign(self, node: ast.AnnAssign) -> cst.AnnAssign:
        return make(
            cst.AnnAssign,
            target=self.expression(node.target),
            annotation=self.annotation(node.annotation),
            value=self.optional(node.value),
        )

    def _aug_assign(self, node: ast.AugAssign) -> cst.AugAssign:
        return make(
            cst.AugAssign,
            target=self.expression(node.target),
            operator=operator(node.op, "Assign"),
            value=self.expression(node.value),
        )

    def _type_alias(self, node: Any) -> cst.TypeAlias:
        name, value = self.expression(node.name), self.expression(node.value)
        return make(cst.TypeAlias, name=name, value=value)

    def _return(self, node: ast.Return) -> cst.Return:
        return make(cst.Return, value=self.optional(node.value))

    def _raise(self, node: ast.Raise) -> cst.Raise:
        cause = make(cst.From, item=self.expression(node.cause)) if node.cause else None
        return make(cst.Raise, exc=self.optional(node.exc), cause=cause)

    def _assert(self, node: ast.Assert) -> cst.Assert:
        return make(cst.Assert, test=self.expression(node.test), msg=self.optional(node.msg))

    def _delete(self, node: ast.Delete) -> cst.Del:
        if len(node.targets) == 1:
            return make(cst.Del, target=self.expression(node.targets[0]))
        target = make(cst.Tuple, elements=self.elements(node.targets))
        first, last = self.positions.place(node.targets[0]), self.positions.place(node)
        self.positions.note(target, *first[:2], *last[2:])
        return make(cst.Del, target=target)

    def _pass(self, node: ast.Pass) -> cst.Pass:
        return make(cst.Pass)

    def _break(self, node: ast.Break) -> cst.Break:
        return make(cst.Break)

    def _continue(self, node: ast.Continue) -> cst.Continue:
        return make(cst.Continue)

    def _global(self, node: ast.Global) -> cst.Global:
        return make(cst.Global, names=self._name_items(node))

    def _nonlocal(self, node: ast.Nonlocal) -> cst.Nonlocal:
        return make(cst.Nonlocal, names=self._name_items(node))

    def _name_items(self, node: ast.Global | ast.Nonlocal) -> list[cst.NameItem]:
        row, column, _, _ = self.positions.place(node)
        return [make(cst.NameItem, name=self.name_behind(name, row, column)) for name in node.names]

    # -- imports ----------------------------------------------------------------------------------

    def _import(self, node: ast.Import) -> cst.Import:
        return make(cst.Import, names=[self._alias(each) for each in node.names])

    def _import_from(self, node: ast.ImportFrom) -> cst.ImportFrom:
        row, column, _, _ = self.positions.place(node)
        star = node.names[0].name == "*"
        return make(
            cst.ImportFrom,
            module=self._dotted(node.module, row, column) if node.module else None,
            names=make(cst.ImportStar) if star else [self._alias(each) for each in node.names],
            relative=[make(cst.Dot)] * node.level,
        )

    def _alias(self, node: ast.alias) -> cst.ImportAlias:
        row, column, _, _ = self.positions.place(node)
        asname = None
        if node.asname:
            asname = make(cst.AsName, name=self.name_ending(node.asname, node))
        return make(cst.ImportAlias, name=self._dotted(node.name, row, column), asname=asname)

    def _dotted(self, name: str, row: int, column: int) -> cst.Name | cst.Attribute:
        """`a.b.c` as nodes; blanks around its dots are taken not to be there."""
        first, *others = name.split(".")
        built: cst.Name | cst.Attribute = self.name_behind(first, row, column)
        row, start, _, end = self.positions[built]
        for other in others:
            attr = self.name_at(other, row, end + 1)
            built = make(cst.Attribute, value=built, attr=attr)
            end += 1 + len(other)
            self.positions.note(built, row, start, row, end)
        return built

    # -- definitions ------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> cst.FunctionDef:
        asynchronous = make(cst.Asynchronous) if isinstance(node, ast.AsyncFunctionDef) else None
        name = self.name_behind(node.name, node.lineno, node.col_offset)
        if id(node) in self._omitted:
            stub = make(
                cst.FunctionDef, name=name, params=_NONE, body=_NOTHING, asynchronous=asynchronous
            )
            self.stubs.add(id(stub))
            return stub
        return make(
            cst.FunctionDef,
            name=name,
            params=self.parameters(node.args),
            body=self._suite(node.body),
            decorators=self._decorators(node),
            returns=self.annotation(node.returns),
            asynchronous=asynchronous,
        )

    def _class(self, node: ast.ClassDef) -> cst.ClassDef:
        given = self.arguments(node.bases, node.keywords)
        return make(
            cst.ClassDef,
            name=self.name_behind(node.name, node.lineno, node.col_offset),
            body=self._suite(node.body),
            bases=[item for item in given if item.keyword is None and item.star != "**"],
            keywords=[item for item in given if item.keyword is not None or item.star == "**"],
            decorators=self._decorators(node),
        )

    def _decorators(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> list[cst.Decorator]:
        return [make(cst.Decorator, decorator=self.expression(e)) for e in node.decorator_list]

    # -- compound statements ----------------------------------------------------------------------

    def _else(self, body: Sequence[ast.stmt]) -> cst.Else | None:
        return make(cst.Else, body=self._suite(body)) if body else None

    def _if(self, node: ast.If) -> cst.If:
        orelse: cst.If | cst.Else | None
        if len(node.orelse) == 1 and self._is_elif(node.orelse[0]):
            orelse = self.statement(node.orelse[0])
        else:
            orelse = self._else(node.orelse)
        test, body = self.expression(node.test), self._suite(node.body)
        return make(cst.If, test=test, body=body, orelse=orelse)

    def _is_elif(self, node: ast.stmt) -> bool:
        line = self._lines[node.lineno - 1]
        column = self.positions.points(node.lineno, node.col_offset)
        return isinstance(node, ast.If) and line.startswith("elif", column)

    def _for(self, node: ast.For | ast.AsyncFor) -> cst.For:
        return make(
            cst.For,
            target=self.expression(node.target),
            iter=self.expression(node.iter),
            body=self._suite(node.body),
            orelse=self._else(node.orelse),
            asynchronous=make(cst.Asynchronous) if isinstance(node, ast.AsyncFor) else None,
        )

    def _while(self, node: ast.While) -> cst.While:
        test, body = self.expression(node.test), self._suite(node.body)
        return make(cst.While, test=test, body=body, orelse=self._else(node.orelse))

    def _with(self, node: ast.With | ast.AsyncWith) -> cst.With:
        return make(
            cst.With,
            items=[self._with_item(each) for each in node.items],
            body=self._suite(node.body),
            asynchronous=make(cst.Asynchronous) if isinstance(node, ast.AsyncWith) else None,
        )

    def _with_item(self, node: ast.withitem) -> cst.WithItem:
        asname = None
        if node.optional_vars:
            asname = make(cst.AsName, name=self.expression(node.optional_vars))
        return make(cst.WithItem, item=self.expression(node.context_expr), asname=asname)

    def _try(self, node: Any) -> cst.Try | cst.TryStar:
        kind: Any = cst.Try if isinstance(node, ast.Try) else cst.TryStar
        handled: Any = cst.ExceptHandler if kind is cst.Try else cst.ExceptStarHandler
        final = node.finalbody
        built: cst.Try | cst.TryStar = make(
            kind,
            body=self._suite(node.body),
            handlers=[self._handler(handled, each) for each in node.handlers],
            orelse=self._else(node.orelse),
            finalbody=make(cst.Finally, body=self._suite(final)) if final else None,
        )
        return built

    def _handler(self, kind: Any, node: ast.ExceptHandler) -> Any:
        name = None
        if node.name and node.type:
            _, _, row, column = self.positions.place(node.type)
            name = make(cst.AsName, name=self.name_behind(node.name, row, column))
        caught, body = self.optional(node.type), self._suite(node.body)
        built = make(kind, body=body, type=caught, name=name)
        self.parsed[id(built)] = node
        return built

    def _match(self, node: ast.Match) -> cst.Match:
        subject = self.expression(node.subject)
        return make(cst.Match, subject=subject, cases=[*map(self._case, node.cases)])

    def _case(self, node: ast.match_case) -> cst.MatchCase:
        pattern, guard = self.pattern(node.pattern), self.optional(node.guard)
        return make(cst.MatchCase, pattern=pattern, body=self._suite(node.body), guard=guard)


def _is_compound(node: ast.stmt) -> bool:
    return hasattr(node, "body") or isinstance(node, ast.Match)


#: What the stubs of functions are made of.
_NONE = cst.Parameters(
    star_arg=cst.Param(cst.Name("_"), star="*"), star_kwarg=cst.Param(cst.Name("__"), star="**")
)
_NOTHING = cst.SimpleStatementSuite([cst.Expr(cst.Ellipsis())])

_HANDLERS: dict[type[ast.AST], Callable[[StatementBuilder, Any], cst.CSTNode]] = {
    ast.Expr: StatementBuilder._expr,
    ast.Assign: StatementBuilder._assign,
    ast.AnnAssign: StatementBuilder._annotated_assign,
    ast.AugAssign: StatementBuilder._aug_assign,
    ast.Return: StatementBuilder._return,
    ast.Raise: StatementBuilder._raise,
    ast.Assert: StatementBuilder._assert,
    ast.Delete: StatementBuilder._delete,
    ast.Pass: StatementBuilder._pass,
    ast.Break: StatementBuilder._break,
    ast.Continue: StatementBuilder._continue,
    ast.Global: StatementBuilder._global,
    ast.Nonlocal: StatementBuilder._nonlocal,
    ast.Import: StatementBuilder._import,
    ast.ImportFrom: StatementBuilder._import_from,
    ast.FunctionDef: StatementBuilder._function,
    ast.AsyncFunctionDef: StatementBuilder._function,
    ast.ClassDef: StatementBuilder._class,
    ast.If: StatementBuilder._if,
    ast.For: StatementBuilder._for,
    ast.AsyncFor: StatementBuilder._for,
    ast.While: StatementBuilder._while,
    ast.With: StatementBuilder._with,
    ast.AsyncWith: StatementBuilder._with,
    ast.Try: StatementBuilder._try,
    ast.Match: StatementBuilder._match,
}
for _name, _handler in (
    ("TryStar", StatementBuilder._try),
    ("TypeAlias", StatementBuilder._type_alias),
):
    # Python has these since 3.11 and 3.12.
    if hasattr(ast, _name):
        _HANDLERS[getattr(ast, _name)] = _handler
