"""Where the nodes of a libcst tree stand, found out only for the statements that are asked about.

libcst computes positions by generating the code of the whole module again, which takes longer than
parsing it. The standard library's `ast` knows where each statement begins; so the two trees are
paired statement by statement, and the code of a single statement is generated from its known
beginning when somebody asks for a node in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import libcst as cst
from libcst.metadata import PositionProvider
from libcst.metadata.position_provider import PositionProvidingCodegenState

#: First row (1-based), first column (0-based), last row, last column (exclusive): code points.
Place: TypeAlias = tuple[int, int, int, int]

_EMPTY = cst.SimpleStatementSuite(body=[cst.Pass()])
_WITH_ELSE = (cst.If, cst.For, cst.While)
_HEADED = (
    cst.ClassDef,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.For,
    cst.FunctionDef,
    cst.If,
    cst.While,
    cst.With,
)


class Positions:
    """The places of nodes, in rows of the text that `parsed` was made from.

    Nodes are kept by their `id`, which is what they hash by, only several times as fast. The
    functions that begin in the rows `stubs` have no body in the tree. `owner` is filled by
    whoever walks the tree: the statement that each node belongs to. A node without one is found
    by generating every statement.
    """

    def __init__(
        self,
        module: cst.Module,
        lines: Sequence[str],
        parsed: ast.Module | None,
        stubs: frozenset[int] = frozenset(),
    ) -> None:
        self._stubs = stubs
        self.owner: dict[int, cst.CSTNode] = {}
        self._module = module
        self._lines = lines
        self._known: dict[int, Place] = {id(module): (1, 0, len(lines), len(lines[-1]))}
        self._statements: list[cst.CSTNode] = []
        self._generated: set[int] = set()
        self._paired = parsed is not None and self._pair(module.body, parsed.body)

    def __getitem__(self, node: cst.CSTNode) -> Place:
        """Where `node` stands."""
        if id(node) not in self._known and not self._paired:
            self._generate_module()
        elif id(node) not in self._known:
            owner = self.owner.get(id(node))
            if owner is not None and id(owner) in self._known:
                self._generate(owner)
            for statement in () if id(node) in self._known else self._statements:
                self._generate(statement)
        return self._known[id(node)]

    # -- pairing --------------------------------------------------------------------------------

    def _pair(self, ours: Sequence[cst.CSTNode], theirs: Sequence[ast.stmt]) -> bool:
        """Notes the place of each statement of two equal suites; False if they are not equal."""
        flat = list(_flat(ours))
        if len(flat) != len(theirs):
            return False
        return all(self._pair_one(one, other) for one, other in zip(flat, theirs, strict=True))

    def _pair_one(self, node: cst.CSTNode, parsed: ast.stmt | ast.ExceptHandler) -> bool:
        place = self._known[id(node)] = self._place(node, parsed)
        self._statements.append(node)
        if isinstance(node, cst.FunctionDef) and place[0] in self._stubs:
            return True
        if isinstance(node, (cst.Try, cst.TryStar)):
            return self._pair_try(node, parsed)
        if isinstance(node, cst.Match):
            assert isinstance(parsed, ast.Match)
            pairs = zip(node.cases, parsed.cases, strict=True)
            return all(self._pair(one.body.body, other.body) for one, other in pairs)
        body = getattr(node, "body", None)
        if not isinstance(body, cst.BaseSuite):
            return True
        if not self._pair(body.body, getattr(parsed, "body", ())):
            return False
        return self._pair_else(getattr(node, "orelse", None), getattr(parsed, "orelse", []))

    def _pair_else(self, orelse: cst.CSTNode | None, parsed: Sequence[ast.stmt]) -> bool:
        if isinstance(orelse, cst.If):
            return len(parsed) == 1 and self._pair_one(orelse, parsed[0])
        if isinstance(orelse, (cst.Else, cst.Finally)):
            return self._pair(orelse.body.body, parsed)
        return not parsed

    def _pair_try(self, node: cst.Try | cst.TryStar, parsed: ast.AST) -> bool:
        body, handlers = getattr(parsed, "body", []), getattr(parsed, "handlers", [])
        return (
            self._pair(node.body.body, body)
            and len(node.handlers) == len(handlers)
            and all(
                self._pair_one(one, other)
                for one, other in zip(node.handlers, handlers, strict=True)
            )
            and self._pair_else(node.orelse, getattr(parsed, "orelse", []))
            and self._pair_else(node.finalbody, getattr(parsed, "finalbody", []))
        )

    def _place(self, node: cst.CSTNode, parsed: ast.stmt | ast.ExceptHandler) -> Place:
        row, column = parsed.lineno, parsed.col_offset
        decorators = getattr(parsed, "decorator_list", [])
        if decorators:
            row = decorators[0].lineno
        end_row = parsed.end_lineno or parsed.lineno
        end_column = self._points(end_row, parsed.end_col_offset or 0)
        return (row, self._points(parsed.lineno, column), end_row, end_column)

    def _points(self, row: int, offset: int) -> int:
        """A column of `ast`, which counts bytes of UTF-8, in code points."""
        line = self._lines[row - 1]
        return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))

    # -- generating -----------------------------------------------------------------------------

    def _generate(self, statement: cst.CSTNode) -> None:
        """Finds the places of all nodes in a statement, or in the header of a compound one."""
        if id(statement) in self._generated or isinstance(statement, cst.Module):
            return
        self._generated.add(id(statement))
        row, column, _, _ = self._known[id(statement)]
        compound = isinstance(statement, (cst.BaseCompoundStatement, *_HEADED))
        state = _state(self._module)
        state.line, state.column = row, 0 if compound else column
        line = self._lines[row - 1]
        state.indent_tokens = [line[: len(line) - len(line.lstrip())]]
        if isinstance(statement, cst.If) and line.lstrip().startswith("elif"):
            _header(statement)._codegen(state, is_elif=True)
        else:
            _header(statement)._codegen(state)
        for node, span in _computed(state):
            self._known.setdefault(id(node), span)

    def _generate_module(self) -> None:
        state = _state(self._module)
        self._module._codegen(state)
        for node, span in _computed(state):
            self._known.setdefault(id(node), span)


def _flat(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The statements of a suite, those that share a line one by one."""
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        else:
            yield statement


def _header(statement: cst.CSTNode) -> cst.CSTNode:
    """A statement without its suites and the comments above it; the same nodes otherwise."""
    if isinstance(statement, cst.Match):
        return statement.with_changes(leading_lines=())
    if not isinstance(statement, _HEADED):
        return statement
    header = statement.with_changes(body=_EMPTY, leading_lines=())
    return header.with_changes(orelse=None) if isinstance(header, _WITH_ELSE) else header


def _state(module: cst.Module) -> PositionProvidingCodegenState:
    return PositionProvidingCodegenState(
        default_indent=module.default_indent,
        default_newline=module.default_newline,
        provider=PositionProvider(),
    )


def _computed(state: PositionProvidingCodegenState) -> Iterator[tuple[cst.CSTNode, Place]]:
    for node, span in state.provider._computed.items():
        if isinstance(span, cst.metadata.CodeRange):
            start, end = span.start, span.end
            yield node, (start.line, start.column, end.line, end.column)
