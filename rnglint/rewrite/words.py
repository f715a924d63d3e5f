"""The words of a piece of code: a coarse but complete answer to "does this name occur here?".

Facts know what a name means; they do not list every place that mentions one, and know nothing
of functions that the funnel left out. A fix that has to be sure that nobody else uses a name
asks here, and gives up where the answer is yes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(
    r"""
    (?P<prefix>\b[A-Za-z]{1,2})?
    (?P<string>\"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3}
             | \"(?:\\.|[^\"\\\n])*\" | '(?:\\.|[^'\\\n])*')
    | (?P<comment>\#[^\n]*)
    | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


def words(text: str) -> Counter[str]:
    """How often each word occurs in `text` as code: f-strings count, strings and comments not."""
    return Counter(_words(text))


def _words(text: str) -> Iterator[str]:
    for token in _TOKEN.finditer(text):
        if token["word"]:
            yield token["word"]
        elif token["string"] and "f" in (token["prefix"] or "").lower():
            yield from _WORD.findall(token["string"])


def code(text: str) -> str:
    """`text` without its comments, and with nothing in its strings: for searches by pattern."""
    return _TOKEN.sub(_silenced, text)


def _silenced(token: re.Match[str]) -> str:
    if token["comment"]:
        return ""
    plain = token["string"] and "f" not in (token["prefix"] or "").lower()
    return '""' if plain else token[0]


def opened_by(before: str) -> str:
    """The name of the function whose bracket is still open at the end of some code."""
    depth = 0
    for index in range(len(before) - 1, -1, -1):
        depth += {")": 1, "]": 1, "}": 1, "(": -1, "[": -1, "{": -1}.get(before[index], 0)
        if depth < 0:
            found = re.search(r"[\w.]+$", before[:index]) if before[index] == "(" else None
            return found[0] if found else ""
    return ""
