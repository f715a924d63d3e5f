"""Logical lines: where a statement that began on one row ends on another.

A small scanner that knows strings, comments, brackets and backslashes, and nothing else. It is
several times faster than `tokenize`, and does not mind what is no Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'''
    """(?:[^"\\]+|\\.|"(?!""))*(?:"""|\\?\Z)  # strings, which may be torn
    | \'\'\'(?:[^'\\]+|\\.|'(?!''))*(?:\'\'\'|\\?\Z)
    | "(?:[^"\\\n]+|\\.)*"?
    | '(?:[^'\\\n]+|\\.)*'?
    | \#[^\n]*                               # a comment
    | [(\[{]
    | [)\]}]
    | \?\??(?=[ \t]*(?:\#[^\n]*)?(?:\n|\Z))  # IPython's question mark, last of a row
    | \\\n                                   # a continued row
    | \n
    ''',
    re.VERBOSE | re.DOTALL,
)


def logical_line(text: str, start: int) -> tuple[int, bool]:
    """Where the logical line that starts at `start` ends, and whether it asks for help.

    The end is the offset of its newline or of the end of the text. IPython's `name?`, which
    Python does not know, asks for help. The rows of `text` are parted by "\\n".
    """
    depth, asks = 0, False
    for match in _TOKEN.finditer(text, start):
        token = text[match.start()]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(depth - 1, 0)
        elif token == "?":
            asks = True
        elif token == "\n" and (depth == 0 or asks):
            return match.start(), asks
    return len(text), asks


def logical_rows(text: str) -> Iterator[tuple[int, int]]:
    """The first and last row, 1-based, of each logical line that spans several rows."""
    start, row = 0, 1
    while start < len(text):
        end, _ = logical_line(text, start)
        last = row + text.count("\n", start, end)
        if last > row:
            yield row, last
        start, row = end + 1, last + 1
