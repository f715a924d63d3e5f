"""Where nodes stand, in rows of the program.

A node that was built from one of `ast` stands where that stands. Those that libcst parsed itself
are found as libcst finds them: by generating their code.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider
from libcst.metadata.position_provider import PositionProvidingCodegenState

#: First row (1-based), first column (0-based), last row, last column (exclusive): code points.
Place: TypeAlias = tuple[int, int, int, int]


class Positions:
    """The places of nodes; they are kept by their `id`, which is several times as fast.

    Of a node of `ast`, in `parsed`, the place is worked out when somebody asks for it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._known: dict[int, Place] = {}
        self.parsed: dict[int, ast.AST] = {}

    def __getitem__(self, node: cst.CSTNode) -> Place:
        """Where `node` stands."""
        place = self._known.get(id(node))
        if place is None:
            place = self._known[id(node)] = self.place(self.parsed[id(node)])
        return place

    # -- noting ---------------------------------------------------------------------------------

    def note(self, node: cst.CSTNode, row: int, column: int, end_row: int, end: int) -> None:
        """Notes that `node` stands there."""
        self._known[id(node)] = (row, column, end_row, end)

    def note_module(self, module: cst.Module) -> None:
        """Notes that `module` is all there is."""
        self.note(module, 1, 0, len(self._lines), len(self._lines[-1]))

    def note_generated(self, node: cst.CSTNode, row: int, column: int) -> None:
        """Notes the places of all nodes in `node`, of which libcst knows the exact text."""
        module = node if isinstance(node, cst.Module) else cst.Module(())
        state = PositionProvidingCodegenState(
            default_indent=module.default_indent,
            default_newline=module.default_newline,
            provider=PositionProvider(),
        )
        state.line, state.column = row, column
        node._codegen(state)
        for item, span in state.provider._computed.items():
            if isinstance(span, CodeRange):
                start, end = span.start, span.end
                self._known[id(item)] = (start.line, start.column, end.line, end.column)

    # -- places in the text -----------------------------------------------------------------------

    def place(self, parsed: ast.AST) -> Place:
        """Where a node of `ast` stands; a decorated definition begins with its decorators."""
        row, column, end_row, end_column = _raw(parsed)
        decorators: list[ast.expr] = getattr(parsed, "decorator_list", [])
        first = decorators[0].lineno if decorators else row
        return (first, self.points(row, column), end_row, self.points(end_row, end_column))

    def points(self, row: int, offset: int) -> int:
        """A column of `ast`, which counts bytes of UTF-8, in code points."""
        line = self._lines[row - 1]
        return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))

    def text(self, parsed: ast.AST) -> str:
        """The text of a node of `ast`."""
        row, column, end_row, end_column = _raw(parsed)
        if row == end_row and self._lines[row - 1].isascii():
            return self._lines[row - 1][column:end_column]
        return self.between((row, self.points(row, column)), self._end(end_row, end_column))

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one place to another."""
        rows = [*self._lines[start[0] - 1 : end[0]]]
        rows[-1] = rows[-1][: end[1]]
        rows[0] = rows[0][start[1] :]
        return "\n".join(rows)

    def find(self, word: str, row: int, column: int) -> tuple[int, int]:
        """Where a word stands next, from a place on; that place itself if nowhere."""
        for number in range(row, len(self._lines) + 1):
            line = self._lines[number - 1]
            start = line.find(word, column if number == row else 0)
            while start >= 0:
                if not _continues(line, start - 1) and not _continues(line, start + len(word)):
                    return number, start
                start = line.find(word, start + 1)
        return row, column

    def _end(self, row: int, offset: int) -> tuple[int, int]:
        return row, self.points(row, offset)


def _continues(line: str, column: int) -> bool:
    """Whether there is a character at a column that can be part of a word."""
    return 0 <= column < len(line) and (line[column].isalnum() or line[column] == "_")


def _raw(parsed: ast.AST) -> Place:
    """The place of a node of `ast` as it gives it: with columns in bytes."""
    assert isinstance(parsed, _PLACED)
    end_row, end_column = parsed.end_lineno, parsed.end_col_offset
    assert end_row is not None and end_column is not None
    return parsed.lineno, parsed.col_offset, end_row, end_column


_PLACED = (ast.stmt, ast.expr, ast.arg, ast.keyword, ast.alias, ast.excepthandler, ast.pattern)
