"""Finds in the text of a program what stands at a place where it was running."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from rnglint.diagnostics import Position, Span
from rnglint.source.reading import Source
from rnglint.verify.watch.observations import Place

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Names that keys have; a call is told by its key where just one argument is called so.
_KEY_NAME = re.compile(r"(?:^|_)(?:key|keys|rng|rngs|subkey|k\d?|seed)\d*(?:$|_|\[)|key\d*$")


class View:
    """One file of a program, as text and as a tree."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._rows = source.program.split("\n")
        try:
            self._tree: ast.AST = ast.parse(source.program)
        except (SyntaxError, ValueError):
            self._tree = ast.Module([], [])
        self._parents = {
            child: parent
            for parent in ast.walk(self._tree)
            for child in ast.iter_child_nodes(parent)
        }

    # -- spans -------------------------------------------------------------------------------

    def span(self, place: Place) -> Span:
        """The span of a place; its rows where no more is known."""
        if place.column is not None and place.end_column is not None:
            return self._span(place.row, place.column, place.end_row, place.end_column)
        text = self._row(place.row)
        start = len(text) - len(text.lstrip())
        return Span(Position(place.row, start + 1), Position(place.row, len(text.rstrip()) + 1))

    def span_of(self, node: ast.expr) -> Span:
        """The span of an expression."""
        end_row, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._span(node.lineno, node.col_offset, end_row, end_column)

    def _span(self, row: int, column: int, end_row: int, end_column: int) -> Span:
        start = Position(row, self._characters(row, column) + 1)
        return Span(start, Position(end_row, self._characters(end_row, end_column) + 1))

    def _row(self, row: int) -> str:
        return self._rows[row - 1] if 0 < row <= len(self._rows) else ""

    def _characters(self, row: int, column: int) -> int:
        return len(self._row(row).encode()[:column].decode(errors="ignore"))

    # -- what stands there -------------------------------------------------------------------

    def call(self, place: Place, by: str = "") -> ast.Call | None:
        """The call at a place; where columns are not known, the one of `by` on that row."""
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        if place.column is not None:
            start = (place.row, place.column)
            ends = (place.end_row, place.end_column)
            at = [node for node in calls if (node.end_lineno, node.end_col_offset) == ends]
            return next((node for node in at if (node.lineno, node.col_offset) == start), None)
        at = [node for node in calls if node.lineno == place.row]
        last = by.rpartition(".")[2]
        named = [node for node in at if self.callee(node).rpartition(".")[2] == last]
        return next(iter(named or at), None)

    def callee(self, call: ast.Call) -> str:
        """The text of what is called, if it is a plain name."""
        return ast.unparse(call.func) if _is_dotted(call.func) else ""

    def key(self, call: ast.Call, *, sampler: bool) -> ast.expr | None:
        """The argument that is the key, as far as that can be told."""
        named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if sampler:
            first = named.get("key") or (call.args[0] if call.args else None)
            return None if isinstance(first, ast.Starred) else first
        values = [*call.args, *named.values()]
        likely = [node for node in values if _KEY_NAME.search(_text(node))]
        return likely[0] if len(likely) == 1 else None

    def text(self, node: ast.expr | None) -> str:
        """The text of an expression; "" where it is none to be shown."""
        text = _text(node) if node is not None else ""
        return text if len(text) <= 40 else ""

    # -- what stands around it ---------------------------------------------------------------

    def loop(self, place: Place) -> tuple[str, Span] | None:
        """The loop right around a place, within its function: what it is, and its header."""
        node = self._innermost(place)
        child = node
        while node is not None and not isinstance(node, _FUNCTIONS):
            if isinstance(node, _COMPREHENSIONS):
                return "comprehension", self.span_of(node)
            if isinstance(node, ast.For | ast.AsyncFor) and child not in (node.iter, node.target):
                return "`for` loop", self._header(node)
            if isinstance(node, ast.While):
                return "`while` loop", self._header(node)
            node, child = self._parents.get(node), node
        return None

    def is_parameter(self, place: Place, name: str) -> bool:
        """Whether a name is a parameter of the function around a place, or is bound in it."""
        node: ast.AST | None = self._innermost(place)
        while node is not None and not isinstance(node, _FUNCTIONS):
            node = self._parents.get(node)
        if node is None:
            return False
        bound = {item.arg for item in ast.walk(node) if isinstance(item, ast.arg)}
        return name.partition("[")[0].partition(".")[0] in bound | set(_stored(node))

    def _innermost(self, place: Place) -> ast.AST | None:
        column = 0 if place.column is None else place.column
        start = (place.row, column)
        found: ast.AST | None = None
        for node in ast.walk(self._tree):
            if isinstance(node, ast.expr | ast.stmt) and node.end_lineno is not None:
                first = (node.lineno, node.col_offset if place.column is not None else 0)
                last = (node.end_lineno, node.end_col_offset or 0)
                if first <= start and (start < last or node.end_lineno > place.row):
                    found = node
        return found

    def _header(self, node: ast.For | ast.AsyncFor | ast.While) -> Span:
        """A loop from its keyword to the end of the line before its body."""
        last = node.test if isinstance(node, ast.While) else node.iter
        end = self.span_of(last).end
        return Span(self._span(node.lineno, node.col_offset, node.lineno, 0).start, end)


@lru_cache(maxsize=64)
def view(filename: str) -> View:
    """The view of a file."""
    return View(Source.read(filename))


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _text(node: ast.expr) -> str:
    return ast.unparse(node) if not isinstance(node, ast.Call) else ast.unparse(node.func) + "(…)"


def _stored(node: ast.AST) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            yield item.id
