"""Colours, and how many columns a text takes on a terminal."""

from __future__ import annotations

import os
import unicodedata
from typing import IO

_CODES = {
    "error": "1;91",
    "code": "1;31",
    "frame": "1;94",
    "related": "1;94",
    "strong": "1",
    "mark": "36",
    "help": "1;96",
    "added": "32",
    "removed": "31",
    "warning": "1;33",
}
_TAB = "    "
#: Control characters become visible signs, so that a source cannot steer the terminal.
_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **dict.fromkeys([0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"),
}


def use_color(when: str, stream: IO[str]) -> bool:
    """Whether to colour what goes to `stream`: `when` is auto, always or never."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, style: str, color: bool) -> str:
    """`text` in a style, if there is colour at all."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color and text else text


def visible(text: str) -> str:
    """`text` as it is shown: tabs as blanks, control characters as signs."""
    return text.replace("\t", _TAB).translate(_CONTROLS)


def width(text: str) -> int:
    """The columns that `text` takes once it is made visible."""
    shown = visible(text)
    return len(shown) if shown.isascii() else sum(map(_columns, shown))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
