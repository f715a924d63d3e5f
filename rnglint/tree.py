"""Source text to syntax tree: the funnel, libcst, and positions in the file's own coordinates.

libcst is exact and slow, the standard library's `ast` fast. So `ast` parses everything, which also
finds the syntax errors, and decides which functions can matter; only those are handed to libcst.
The others are replaced by a one-line stub that keeps their name bound, and a map of rows leads
back to the file.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rnglint.diagnostics import Position, Span
from rnglint.source import Source, SourceError

if TYPE_CHECKING:
    import libcst as cst

    from rnglint.knowledge.loader import Knowledge

#: The body of a function that the funnel left out; see `Tree.is_stub`.
STUB = "(*_, **__): ..."
_WORD = re.compile(r"[^\W\d]\w*")
#: Words of annotations that make a parameter a key although its function draws nothing itself.
_KEY_TYPES = frozenset({"PRNGKey", "PRNGKeyArray", "KeyArray", "PRNGKeyLike"})


@dataclass(frozen=True, slots=True)
class Tree:
    """The libcst tree of the parts of a source that matter, and where its nodes stand."""

    source: Source
    module: cst.Module
    module_lines: tuple[str, ...]
    rows: tuple[int, ...]
    positions: dict[cst.CSTNode, tuple[int, int, int, int]]
    stubs: frozenset[int]

    def span(self, node: cst.CSTNode) -> Span:
        """Where `node` stands in the file."""
        row, column, end_row, end_column = self.positions[node]
        return Span(
            self.position(row, column), self.position(end_row, end_column), self._cell(row)
        )

    def between(self, first: cst.CSTNode, last: cst.CSTNode) -> Span:
        """From the start of `first` to the end of `last`."""
        start, end = self.span(first), self.span(last)
        return Span(start.start, end.end, start.cell)

    def position(self, row: int, column: int) -> Position:
        """A place of the tree (1-based row, 0-based column) as a place of the file."""
        place = self.source.rows[self.rows[min(row, len(self.rows)) - 1] - 1]
        return Position(place.row, column + place.shift + 1)

    def is_stub(self, node: cst.FunctionDef) -> bool:
        """Whether the funnel left out the body of this function."""
        return self.positions[node][0] in self.stubs

    def _cell(self, row: int) -> int | None:
        return self.source.rows[self.rows[row - 1] - 1].cell


def parse(
    source: Source, knowledge: Knowledge, *, funnel: bool = True
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    """The tree of `source` and its syntax errors; no tree where nothing in it can matter.

    In a notebook a cell that does not parse is reported and left out; in a file one error is
    all there is. With `funnel` off, everything is handed to libcst.
    """
    lines = source.program.split("\n")
    parsed, errors = _parse_rows(source, lines)
    if parsed is None and not _may_be_newer(source):
        return None, errors
    if parsed is None:
        # The running Python may be older than the syntax: libcst has the last word.
        tree, newer = _tree(source, lines, tuple(range(1, len(lines) + 1)), frozenset(), ())
        return (tree, ()) if tree else (None, errors or newer)
    if funnel:
        kept = _Funnel(parsed, lines, knowledge).rows()
        if kept is None:
            return None, errors
        tree_lines, rows, stubs = kept
    else:
        tree_lines, rows, stubs = lines, tuple(range(1, len(lines) + 1)), frozenset()
    return _tree(source, tree_lines, rows, stubs, errors)


def _may_be_newer(source: Source) -> bool:
    return all(row.cell is None for row in source.rows)


def _tree(
    source: Source,
    lines: list[str],
    rows: tuple[int, ...],
    stubs: frozenset[int],
    errors: tuple[SourceError, ...],
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    import libcst as cst

    try:
        module = cst.parse_module("\n".join(lines) + "\n")
    except cst.ParserSyntaxError as error:
        row = rows[min(max(error.raw_line, 1), len(rows)) - 1]
        return None, (*errors, _error_at(source, row, error.raw_column, error.message))
    except RecursionError:
        return None, (*errors, _error_at(source, 1, 0, "nested too deeply to be parsed"))
    return Tree(source, module, tuple(lines), rows, _positions(module), stubs), errors


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
            return ast.parse(text)
        except SyntaxError:
            raise
        except (ValueError, RecursionError, MemoryError) as error:
            message = "nested too deeply to be parsed" if not str(error) else str(error)
            raise SyntaxError(message, ("", 1, 1, "")) from error


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


def _positions(module: cst.Module) -> dict[cst.CSTNode, tuple[int, int, int, int]]:
    """Where each node stands: 1-based rows, 0-based columns, as libcst's PositionProvider says.

    Runs the provider's own code generation without the metadata wrapper, whose extra visit
    of every node doubles the time.
    """
    from libcst.metadata import PositionProvider

    provider = PositionProvider()
    provider._gen_impl(module)
    return {
        node: (span.start.line, span.start.column, span.end.line, span.end.column)
        for node, span in provider._computed.items()
        if not callable(span)
    }


@dataclass(slots=True)
class _Unit:
    """A function that is kept or left out as a whole: rows are 1-based, both included."""

    name: str
    first: int
    last: int
    column: int
    words: frozenset[str]
    kept: bool = False


class _Funnel:
    """Decides which functions can matter, from imports and from the words that they contain.

    A function is kept if it names randomness itself, if it mentions something that a kept place
    of that kind binds, or if a kept function mentions it. Statements outside of functions are
    always kept.
    """

    def __init__(self, module: ast.Module, lines: list[str], knowledge: Knowledge) -> None:
        self.lines = lines
        self.following = _following(knowledge)
        self.units: list[_Unit] = []
        self.loose: list[ast.stmt] = []
        self.roots: dict[str, frozenset[str] | None] = {}
        self.stars: set[str] = set()
        self._collect(module.body)
        for statement in _statements(module.body):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._add_roots(statement)

    def rows(self) -> tuple[list[str], tuple[int, ...], frozenset[int]] | None:
        """The kept lines, their rows in the program, and the rows that are stubs."""
        if not self.roots or not self._mark():
            return None
        lines: list[str] = []
        rows: list[int] = []
        stubs: set[int] = set()
        row = 1
        for unit in sorted(self.units, key=lambda unit: unit.first):
            if unit.kept:
                continue
            lines += self.lines[row - 1 : unit.first - 1]
            rows += range(row, unit.first)
            lines.append(f"{' ' * unit.column}def {unit.name}{STUB}")
            rows.append(unit.first)
            stubs.add(len(rows))
            row = unit.last + 1
        lines += self.lines[row - 1 :]
        rows += range(row, len(self.lines) + 1)
        return lines, tuple(rows), frozenset(stubs)

    def _collect(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._add_unit(statement)
            elif isinstance(statement, ast.ClassDef) or any(True for _ in _bodies(statement)):
                for nested in _bodies(statement):
                    self._collect(nested)
                self.loose.append(statement)
            else:
                self.loose.append(statement)

    def _add_unit(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        last = node.end_lineno or node.lineno
        indent = self.lines[first - 1][: len(self.lines[first - 1]) - len(self.lines[first - 1].lstrip())]
        words = _words(self.lines[first - 1 : last])
        unit = _Unit(node.name, first, last, len(indent), words)
        # A stub needs a line of its own and blanks for indentation.
        unit.kept = "\t" in indent or node.col_offset != len(indent)
        self.units.append(unit)

    def _add_roots(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for item in statement.names:
                qualified = item.name if item.asname else item.name.partition(".")[0]
                self._add_root(item.asname or qualified, qualified)
        elif statement.module and not statement.level:
            for item in statement.names:
                if item.name == "*":
                    for word in self.following.get(statement.module, ()):
                        self._add_root(word, f"{statement.module}.{word}")
                else:
                    self._add_root(item.asname or item.name, f"{statement.module}.{item.name}")

    def _add_root(self, bound: str, qualified: str) -> None:
        following = self.following.get(qualified)
        if following is not None:
            known = self.roots.get(bound, frozenset())
            empty = not following or known is None
            self.roots[bound] = None if empty else following | (known or frozenset())

    def _mark(self) -> bool:
        """Marks the units to keep; False if nothing in the file can matter."""
        loose = [statement for statement in self.loose if not _is_import(statement)]
        core_names: set[str] = set()
        found = False
        for statement in loose:
            if self._is_core(self._own_words(statement)):
                found = True
                core_names |= _bound_names(statement)
        core = [unit for unit in self.units if self._is_core(unit.words)]
        found = found or bool(core)
        if not found:
            return False
        for unit in core:
            core_names |= self._attributes(unit)
            if not unit.name.startswith("__"):
                core_names.add(unit.name)
        for unit in self.units:
            unit.kept = unit.kept or unit in core or bool(unit.words & core_names)
        self._keep_reached(loose)
        return True

    def _keep_reached(self, loose: list[ast.stmt]) -> None:
        words = frozenset().union(
            *(self._own_words(statement) for statement in loose),
            *(unit.words for unit in self.units if unit.kept),
        )
        while True:
            reached = [unit for unit in self.units if not unit.kept and unit.name in words]
            if not reached:
                return
            for unit in reached:
                unit.kept = True
                words |= unit.words

    def _is_core(self, words: frozenset[str]) -> bool:
        if words & _KEY_TYPES:
            return True
        return any(
            bound in words and (following is None or not following.isdisjoint(words))
            for bound, following in self.roots.items()
        )

    def _attributes(self, unit: _Unit) -> set[str]:
        """Names after `self.` that the unit assigns on a line that names randomness."""
        found: set[str] = set()
        for line in self.lines[unit.first - 1 : unit.last]:
            match = re.match(r"\s*self\.(\w+)\s*(?::[^=]+)?=[^=]", line)
            if match and self._is_core(_words([line])):
                found.add(match[1])
        return found

    def _own_words(self, statement: ast.stmt) -> frozenset[str]:
        """The words of a statement outside of the functions and loose statements in it."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        decorators = getattr(statement, "decorator_list", [])
        first = min([first, *(item.lineno for item in decorators)])
        inner = [nested for body in _bodies(statement) for nested in body]
        if inner:
            last = max(first, min(nested.lineno for nested in inner) - 1)
        return _words(self.lines[first - 1 : last])


@cache
def _following(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """What may follow each dotted name on the way to an entry that a rule may report.

    {"numpy": {"random"}, "numpy.random": {"rand", …}, "numpy.random.rand": {}, …}, aliases included.
    """
    found: dict[str, set[str]] = {}
    for name in knowledge.reportable:
        found.setdefault(name, set())
        prefix, _, word = name.rpartition(".")
        while prefix and word not in found.setdefault(prefix, set()):
            found[prefix].add(word)
            prefix, _, word = prefix.rpartition(".")
    return {name: frozenset(words) for name, words in found.items()}


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The suites of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        nested = getattr(statement, name, None)
        if nested and isinstance(nested, list):
            yield nested
    for holder in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield holder.body


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements below `body`, at any depth."""
    stack = list(body)
    while stack:
        statement = stack.pop()
        yield statement
        for nested in _bodies(statement):
            stack += nested


def _bound_names(statement: ast.stmt) -> set[str]:
    """The names and attributes that a statement assigns."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For)):
        targets = [statement.target]
    elif isinstance(statement, ast.ClassDef):
        return {statement.name}
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for target in targets
        for node in ast.walk(target)
        if isinstance(node, (ast.Name, ast.Attribute))
    }


def _words(lines: list[str]) -> frozenset[str]:
    return frozenset(_WORD.findall("\n".join(lines)))
