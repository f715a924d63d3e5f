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
    from rnglint.positions import Positions

#: The body of a function that the funnel left out; see `Tree.is_stub`.
STUB = "(*_, **__): ..."
_WORD = re.compile(r"[^\W\d]\w*")
#: A statement outside of functions that spans more rows than this may be replaced by a stub.
_LONG = 3
_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
#: Words of annotations that make a parameter a key although its function draws nothing itself.
_KEY_TYPES = frozenset({"PRNGKey", "PRNGKeyArray", "KeyArray", "PRNGKeyLike"})


@dataclass(frozen=True, slots=True)
class Tree:
    """The libcst tree of the parts of a source that matter, and where its nodes stand.

    `lines` are the rows of the program, `positions` places in it; `stubs` are the rows of the
    functions whose bodies the funnel left out.
    """

    source: Source
    module: cst.Module
    lines: tuple[str, ...]
    positions: Positions
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
        """A place of the program (1-based row, 0-based column) as a place of the file."""
        place = self.source.rows[row - 1]
        return Position(place.row, column + place.shift + 1)

    def is_stub(self, node: cst.FunctionDef) -> bool:
        """Whether the funnel left out the body of this function."""
        return self.positions[node][0] in self.stubs

    def _cell(self, row: int) -> int | None:
        return self.source.rows[row - 1].cell


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
        tree, newer = _tree(source, lines, lines, None, frozenset(), ())
        return (tree, ()) if tree else (None, errors or newer)
    kept = _Funnel(parsed, lines, knowledge).lines_kept() if funnel else (lines, frozenset[int]())
    if kept is None:
        return None, errors
    return _tree(source, lines, kept[0], parsed, kept[1], errors)


def _may_be_newer(source: Source) -> bool:
    return all(row.cell is None for row in source.rows)


def _tree(
    source: Source,
    lines: list[str],
    kept: list[str],
    parsed: ast.Module | None,
    stubs: frozenset[int],
    errors: tuple[SourceError, ...],
) -> tuple[Tree | None, tuple[SourceError, ...]]:
    import libcst as cst

    from rnglint.positions import Positions

    try:
        module = cst.parse_module("\n".join(kept) + "\n")
        positions = Positions(module, lines, parsed, stubs)
    except cst.ParserSyntaxError as error:
        return None, (*errors, _error_at(source, min(error.raw_line, len(lines)), 0, error.message))
    except RecursionError:
        return None, (*errors, _error_at(source, 1, 0, "nested too deeply to be analysed"))
    return Tree(source, module, tuple(lines), positions, stubs), errors


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


@dataclass(slots=True)
class _Unit:
    """A function that is kept or left out as a whole: rows are 1-based, both included.

    `words` are all words of its text, `calls` those that an opening bracket follows.
    """

    name: str
    first: int
    last: int
    stub: str
    words: frozenset[str]
    calls: frozenset[str]
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

    def lines_kept(self) -> tuple[list[str], frozenset[int]] | None:
        """The lines for libcst, and the rows of the program whose functions are stubs.

        Each statement that is left out is replaced by one of one line, so that the statements
        of both texts still correspond. None if nothing in the file can matter.
        """
        if not self.roots or not self._mark():
            return None
        cuts = [(unit.first, unit.last, unit.stub) for unit in self.units if not unit.kept]
        stubs = frozenset(first for first, _, _ in cuts)
        cuts += [
            (statement.lineno, statement.end_lineno or statement.lineno, stub)
            for statement in self.loose
            if (stub := self._loose_stub(statement)) is not None
        ]
        lines: list[str] = []
        row = 1
        for first, last, stub in sorted(cuts):
            lines += [*self.lines[row - 1 : first - 1], stub]
            row = last + 1
        return lines + self.lines[row - 1 :], stubs

    def _loose_stub(self, statement: ast.stmt) -> str | None:
        """One line that stands for a long statement which names nothing that matters."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if last - first < _LONG or self._is_core(_words(self.lines[first - 1 : last])):
            return None
        indent = self.lines[first - 1][: statement.col_offset]
        shared = indent.strip() or self.lines[last - 1].rstrip()[-1:] == ";"
        if shared or "\t" in indent:
            return None
        if isinstance(statement, ast.Expr):
            return f"{indent}..."
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if len(names) == len(statement.targets):
                return f"{indent}{' = '.join(names)} = ..."
        return None

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
        line = self.lines[node.lineno - 1]
        indent = line[: len(line) - len(line.lstrip())]
        text = "\n".join(self.lines[first - 1 : last])
        words = frozenset(_WORD.findall(text))
        calls = frozenset(_CALL.findall(text))
        prefix = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
        stub = f"{indent}{prefix}def {node.name}{STUB}"
        unit = _Unit(node.name, first, last, stub, words, calls)
        # A stub needs a line of its own.
        unit.kept = node.col_offset != len(indent)
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
        """Keeps the functions that kept code calls, however far down."""
        calls = frozenset(_CALL.findall("\n".join(self._own_text(item) for item in loose)))
        calls = calls.union(*(unit.calls for unit in self.units if unit.kept))
        while True:
            reached = [unit for unit in self.units if not unit.kept and unit.name in calls]
            if not reached:
                return
            for unit in reached:
                unit.kept = True
                calls |= unit.calls

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
        return frozenset(_WORD.findall(self._own_text(statement)))

    def _own_text(self, statement: ast.stmt) -> str:
        """The text of a statement outside of the functions and loose statements in it."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        decorators = getattr(statement, "decorator_list", [])
        first = min([first, *(item.lineno for item in decorators)])
        inner = [nested for body in _bodies(statement) for nested in body]
        if inner:
            last = max(first, min(nested.lineno for nested in inner) - 1)
        return "\n".join(self.lines[first - 1 : last])


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
