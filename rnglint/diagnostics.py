"""What crosses every border of the package: spans, edits, fixes and diagnostics.

All of it is plain, frozen data: it pickles, compares by value, and holds no tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Applicability(Enum):
    """How far a fix may be trusted.

    SAFE keeps the meaning of the program for every reader; UNSAFE changes the numbers
    that are drawn or wants a person's eye, and is applied only with ``--unsafe-fixes``.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: 1-based row and 1-based column, both in code points."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file, ``end`` exclusive.

    ``cell`` is None in a Python file; in a notebook it is the 1-based index of the cell
    over all cells, and rows count within that cell.
    """

    start: Position
    end: Position
    cell: int | None = None

    @property
    def sort_key(self) -> tuple[int, Position, Position]:
        """Orders spans of one file by cell, then start, then end."""
        return (self.cell or 0, self.start, self.end)

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly within this span (same cell)."""
        return self.cell == other.cell and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` by `content`; an empty span inserts."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all of them are applied, or none.

    Two diagnostics may carry equal fixes (a seed and the draws that depend on it): the fix
    is then applied once and repairs both.
    """

    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a diagnostic; `filename` is None for the same file."""

    message: str
    span: Span
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` stands alone; `label` and `help` serve the `full` format.

    `label` is the short text under the primary span, `help` one line that says what to do.
    `noqa_row` is the row (of the span's cell) at whose end a suppression comment is read.
    """

    code: str
    name: str
    message: str
    filename: str
    span: Span
    label: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    noqa_row: int | None = None

    @property
    def sort_key(self) -> tuple[str, int, Position, str, str]:
        """Orders diagnostics by file, place, code and message."""
        return (self.filename, self.span.cell or 0, self.span.start, self.code, self.message)
