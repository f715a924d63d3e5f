"""What fixes change, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from itertools import pairwise

from rnglint.report.style import paint
from rnglint.source.reading import Source, line_starts

_STYLES = {"+": "added", "-": "removed", "@": "mark"}


def render(before: Source, after: Source, *, color: bool = False) -> str:
    """The diff of two states of a file, a part for each notebook cell that changed."""
    lines: list[str] = []
    for old, new in zip(before.chunks, after.chunks, strict=True):
        if old.text != new.text:
            cell = "" if old.cell is None else f":cell {old.cell}"
            lines += _chunk(f"{before.filename}{cell}", old.text, new.text)
    return "".join(f"{_painted(line, color)}\n" for line in lines)


def _chunk(name: str, old: str, new: str) -> Iterator[str]:
    """The diff of one text; a file that lacks its last newline is marked as `diff` does."""
    for line in unified_diff(_lines(old), _lines(new), name, name):
        if line.endswith("\n"):
            yield line[:-1]
        else:
            yield line
            if not line.endswith("\r"):
                yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    """The rows of a text with their newlines, such that the diff applies to the file."""
    starts = [*line_starts(text), len(text)]
    return [text[start:end] for start, end in pairwise(starts) if start < end]


def _painted(line: str, color: bool) -> str:
    style = _STYLES.get(line[:1])
    return paint(line, style, color) if style else line
