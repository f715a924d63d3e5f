"""Brackets and commas between expressions, which no tree keeps.

Between two expressions of a call stand nothing but punctuation, keywords and comments: no strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rnglint.tree.positions import Place

#: A row (1-based) and a column (0-based).
Point: TypeAlias = tuple[int, int]


def opening(lines: Sequence[str], function: Place, call: Place) -> Point:
    """Where the "(" of a call stands: behind the function and its own brackets."""
    return next(point for mark, point in _marks(lines, function[2:], call[2:]) if mark == "(")


def with_brackets(lines: Sequence[str], before: Point, place: Place, behind: Point) -> Place:
    """A place between two points, with the brackets around it."""
    opened: list[Point] = []
    for mark, point in _marks(lines, before, place[:2]):
        opened = [*opened, point] if mark == "(" else []
    if not opened:
        return place
    closed = [point for mark, point in _marks(lines, place[2:], behind) if mark == ")"]
    row, column = closed[len(opened) - 1]
    return (*opened[0], row, column + 1)


def _marks(lines: Sequence[str], start: Point, end: Point) -> Iterator[tuple[str, Point]]:
    for row in range(start[0], end[0] + 1):
        line = lines[row - 1]
        first = start[1] if row == start[0] else 0
        last = end[1] if row == end[0] else len(line)
        for column in range(first, last):
            if line[column] == "#":
                break
            if line[column] in "(),":
                yield line[column], (row, column)
