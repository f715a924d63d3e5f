"""Where things stand in a text: rows as Python counts them, offsets, positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from rnglint.diagnostics import Position

#: Half a character, which JSON and a few encodings can bring in, and no parser takes.
SURROGATE = re.compile("[\ud800-\udfff]")

_NEWLINE = re.compile(r"\r\n|\r|\n")
_FORM_FEEDS = re.compile(r"[ \t\f]*\f")


def split_rows(text: str) -> list[str]:
    """The rows of a text as Python counts them: parted by "\\n", "\\r\\n" and "\\r" only."""
    return _NEWLINE.split(text) if "\r" in text else text.split("\n")


@lru_cache(maxsize=64)
def line_starts(text: str) -> tuple[int, ...]:
    """The offset at which each row of `text` starts."""
    return (0, *(match.end() for match in _NEWLINE.finditer(text)))


def offset(text: str, position: Position) -> int:
    """The offset of a position in a text; one beyond the end of its row is that end."""
    starts, row = line_starts(text), max(position.row, 1)
    if row > len(starts):
        return len(text)
    start = starts[row - 1]
    if row < len(starts):
        end = starts[row] - 1
        end -= text[end - 1 : end + 1] == "\r\n"
    else:
        end = len(text)
    return min(start + max(position.column, 1) - 1, end)


def position_at(text: str, index: int) -> Position:
    """The position of an offset in a text: the inverse of `offset`."""
    starts = line_starts(text)
    row = bisect_right(starts, index)
    return Position(row, index - starts[row - 1] + 1)


def parsable(text: str) -> str:
    """`text` with lone surrogates, on which every parser stumbles, replaced by U+FFFD."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def leading_form_feeds(line: str) -> tuple[str, int]:
    """A row from after the last form feed before its first word, and that many characters.

    To Python such a form feed starts the row afresh; parsers of Python disagree about it.
    """
    feeds = _FORM_FEEDS.match(line)
    return (line[feeds.end() :], feeds.end()) if feeds else (line, 0)


def encode(text: str, encoding: str) -> bytes | None:
    """`text` in an encoding, None where that cannot be."""
    try:
        return text.encode(encoding)
    except (ValueError, LookupError, OverflowError):
        return None
