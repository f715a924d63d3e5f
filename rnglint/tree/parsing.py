"""Source text to syntax tree, with positions in the file's own coordinates.

The standard library's `ast` parses everything, which finds the syntax errors; the funnel decides
which parts can matter, and of those libcst's nodes are made. What `ast` cannot read, libcst parses.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnglint.diagnostics import Position, Span
from rnglint.source.reading import Source, SourceError
from rnglint.tree.funnel import Funnel, names_a_library, statements

if TYPE_CHECKING:
    import libcst as cst

    from rnglint.knowledge.loader import Knowledge
    from rnglint.tree.positions import Place, Positions


TOO_DEEP = "nested too deeply to be analysed"
#: An expression or a chain of `elif` that is nested deeper than this is not analysed.
_DEEPEST = 400
#: A statement of fewer characters than this is not nested so deeply.
_SHORT = 2 * _DEEPEST


@dataclass(frozen=True, slots=True)
class Tree:
    """The libcst tree of the parts of a source that matter, and where its nodes stand.

    `lines` are the rows of the program, `positions` places in it; `stubs` are the functions (the
    `id` of their nodes) whose bodies the funnel left out.
    """

    source: Source
    module: cst.Module
    lines: tuple[str, ...]
    positions: Positions
    stubs: frozenset[int] | set[int]

    def span(self, node: cst.CSTNode) -> Span:
        """Where `node` stands in the file."""
        return self.span_of(self.positions[node])

    def span_of(self, place: Place) -> Span:
        """A place of the program as one of the file."""
        row, column, end_row, end_column = place
        return Span(self.position(row, column), self.position(end_row, end_column), self._cell(row))

    def between(self, first: cst.CSTNode, last: cst.CSTNode) -> Span:
        """From the start of `first` to the end of `last`."""
        start, end = self.span(first), self.span(last)
        return Span(start.start, end.end, start.cell)

    def position(self, row: int, column: int) -> Position:
        """A place of the program (1-based row, 0-based column) as a place of the file."""
        place = self.source.rows[row - 1]
        return Position(place.row, column + place.shift + 1)

    def is_stub(self, node: cst.FunctionDef) -> bool:
        """Whether the funnel left out the body of this function."""
        return id(node) in self.stubs

    def text(self, node: cst.CSTNode) -> str:
        """The source text of `node`."""
        return self.source.text_at(self.span(node))

    def _cell(self, row: int) -> int | None:
        return self.source.rows[row - 1].cell


def parse(
    source: Source,
    knowledge: Knowledge,
    *,
    funnel: bool = True,
    wanted: str = "",
    helpers: Mapping[str, frozenset[str] | None] | None = None,
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    """The tree of `source` and its syntax errors; no tree where nothing in it can matter.

    In a notebook a cell that does not parse is reported and left out; in a file one error is
    all there is. With `funnel` off, nothing is left out. With `wanted`, only what the function or
    class of that name needs is kept. `helpers` are imported names that matter besides those
    of libraries.
    """
    lines = source.program.split("\n")
    parsed, errors = _parse_rows(source, lines)
    if parsed is None and (wanted or not _may_be_newer(source, errors)):
        return None, errors
    if parsed is None:
        # The running Python may be older than the syntax: libcst has the last word.
        named = names_a_library(source.program, knowledge)
        tree, newer = _parsed_by_libcst(source, lines, (), wanted=named)
        return tree, (errors or newer) if newer else ()
    omitted: frozenset[int] | None = frozenset()
    if funnel:
        omitted = Funnel(parsed, lines, knowledge, helpers).omitted(wanted)
    if omitted is None:
        return None, errors
    return _built(source, lines, parsed, omitted, errors)


def _may_be_newer(source: Source, errors: tuple[SourceError, ...]) -> bool:
    """Whether libcst should be asked about a text that `ast` rejects.

    Not if the text is nested so deeply that libcst, which recurses without a limit, would crash.
    """
    deep = any(error.message.startswith(("too many", TOO_DEEP)) for error in errors)
    return not deep and all(row.cell is None for row in source.rows)


def _built(
    source: Source,
    lines: list[str],
    parsed: ast.Module,
    omitted: frozenset[int],
    errors: tuple[SourceError, ...],
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    from rnglint.tree.expressions import Unbuilt
    from rnglint.tree.positions import Positions
    from rnglint.tree.statements import StatementBuilder

    positions = Positions(lines)
    builder = StatementBuilder(positions, lines, omitted)
    try:
        module = builder.module(parsed)
    except Unbuilt:
        return _parsed_by_libcst(source, lines, errors)
    except RecursionError:
        return None, (*errors, _error_at(source, 1, 0, TOO_DEEP))
    return Tree(source, module, tuple(lines), positions, builder.stubs), errors


def _parsed_by_libcst(
    source: Source, lines: list[str], errors: tuple[SourceError, ...], *, wanted: bool = True
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    """What libcst makes of a text; if its tree is not `wanted`, only whether it is a program."""
    import libcst as cst

    from rnglint.tree.positions import Positions

    positions = Positions(lines)
    try:
        module = cst.parse_module("\n".join(lines) + "\n")
        if not wanted:
            return None, errors
        positions.note_generated(module, 1, 0)
        positions.note_module(module)
    except cst.ParserSyntaxError as error:
        return None, (*errors, _error_at(source, min(error.raw_line, len(lines)), 0, error.message))
    except RecursionError:
        return None, (*errors, _error_at(source, 1, 0, TOO_DEEP))
    return Tree(source, module, tuple(lines), positions, frozenset()), errors


def _parse_rows(
    source: Source, lines: list[str]
) -> tuple[ast.Module | None, tuple[SourceError, ...]]:
    """Parses the program; in a notebook, blanks the cells (in `lines`) that do not parse."""
    try:
        return _ast(source.program), ()
    except SyntaxError as error:
        failure = error
    if all(row.cell is None for row in source.rows):
        return None, (_syntax_error(source, failure, first_row=1),)
    errors: list[SourceError] = []
    for first, last in _cells(source):
        try:
            _ast("\n".join(lines[first:last]))
        except SyntaxError as error:
            errors.append(_syntax_error(source, error, first_row=first + 1))
            lines[first:last] = [""] * (last - first)
    try:
        return _ast("\n".join(lines)), tuple(errors)
    except SyntaxError as error:
        return None, (*errors, _syntax_error(source, error, first_row=1))


def _ast(text: str) -> ast.Module:
    """`ast.parse` without its warnings, every failure as a SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = ast.parse(text)
        except (RecursionError, MemoryError) as error:
            raise SyntaxError(TOO_DEEP, ("", 1, 1, "")) from error
        except ValueError as error:
            raise SyntaxError(str(error), ("", 1, 1, "")) from error
    deep = _too_deep(module, text.split("\n"))
    if deep is not None:
        raise SyntaxError(TOO_DEEP, ("", deep.lineno, deep.col_offset + 1, ""))
    return module


def _too_deep(module: ast.Module, lines: list[str]) -> ast.stmt | None:
    """The first statement that is nested too deeply for code that recurses."""
    for statement in statements(module.body):
        last = statement.end_lineno or statement.lineno
        if isinstance(statement, ast.If):
            depth = _elifs(statement)
        elif sum(len(line) for line in lines[statement.lineno - 1 : last]) < _SHORT:
            continue
        else:
            depth = 0 if hasattr(statement, "body") else _depth(statement)
        if depth > _DEEPEST:
            return statement
    return None


def _elifs(statement: ast.If) -> int:
    count = 0
    while len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        statement = statement.orelse[0]
        count += 1
    return count


def _depth(statement: ast.stmt) -> int:
    deepest, stack = 0, [(1, child) for child in ast.iter_child_nodes(statement)]
    while stack:
        depth, node = stack.pop()
        deepest = max(deepest, depth)
        stack += [(depth + 1, child) for child in ast.iter_child_nodes(node)]
    return deepest


def _cells(source: Source) -> Iterator[tuple[int, int]]:
    """The (first, last) program rows of each cell, 0-based and end exclusive."""
    first = 0
    for index, row in enumerate(source.rows):
        if row.cell != source.rows[first].cell:
            yield first, index
            first = index
    yield first, len(source.rows)


def _syntax_error(source: Source, error: SyntaxError, *, first_row: int) -> SourceError:
    row = min((error.lineno or 1) + first_row - 1, len(source.rows))
    return _error_at(source, row, max((error.offset or 1) - 1, 0), error.msg)


def _error_at(source: Source, row: int, column: int, message: str) -> SourceError:
    place = source.rows[row - 1] if source.rows else None
    if place is None:
        return SourceError(message, Span(Position(1, 1), Position(1, 1)))
    position = Position(place.row, column + place.shift + 1)
    return SourceError(message, Span(position, position, place.cell))
