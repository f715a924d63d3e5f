"""Path patterns as Ruff reads them, in `exclude` and `per-file-ignores`.

A pattern is compared with the whole path, relative to the folder it was written in, and,
where it names no folder, with the last component alone: `venv` is any file or folder of that
name, `docs/*.py` only what stands below that `docs`. As in Ruff, `*` crosses "/".
"""

from __future__ import annotations

import os
import re
from functools import lru_cache


def matches(patterns: tuple[str, ...], path: str, base: str) -> bool:
    """Whether one of `patterns`, written in the folder `base`, names the absolute `path`."""
    whole, last = _expressions(patterns, base)
    path = path.replace(os.sep, "/")
    return bool(whole.match(path) or last.match(path.rpartition("/")[2]))


@lru_cache(maxsize=256)
def _expressions(patterns: tuple[str, ...], base: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What the whole path is compared with, and what its last component."""
    whole = "|".join(_joined(pattern, base) for pattern in patterns)
    last = "|".join(_translate(pattern) for pattern in patterns if "/" not in pattern)
    return re.compile(f"(?:{whole})\\Z", re.DOTALL), re.compile(f"(?:{last})\\Z", re.DOTALL)


def _joined(pattern: str, base: str) -> str:
    """The expression for a pattern joined to the folder that it is relative to."""
    pattern = os.path.normpath(os.path.expanduser(pattern))
    if os.path.isabs(pattern):
        return _translate(pattern.replace(os.sep, "/"))
    while pattern.startswith(os.path.join(os.pardir, "")):
        base, pattern = os.path.dirname(base), pattern[3:]
    prefix = re.escape(base.replace(os.sep, "/").rstrip("/"))
    return f"{prefix}/{_translate(pattern.replace(os.sep, '/'))}"


_TOKEN = re.compile(
    r"/\*\*/|^\*\*/|/\*\*$|\*+|\?|\[!?\]?[^\]]*\]|\\.|[{},]|[^*?\[\\{},/]+|.", re.DOTALL
)


def _translate(pattern: str) -> str:
    """A glob as a regular expression: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and "\\"."""
    depth, parts = 0, []
    for token in _TOKEN.findall(pattern):
        if token in _WORDS:
            parts.append(_WORDS[token])
        elif token.startswith("*"):
            parts.append(".*")
        elif token.startswith("[") and len(token) > 1:
            parts.append(_class(token))
        elif token == "{":
            depth += 1
            parts.append("(?:")
        elif token == "}" and depth:
            depth -= 1
            parts.append(")")
        elif token == "," and depth:
            parts.append("|")
        else:
            literal = token[1:] if len(token) == 2 and token[0] == "\\" else token
            parts.append(re.escape(literal))
    return "".join(parts) + ")" * depth


_WORDS = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "."}


def _class(token: str) -> str:
    """A bracketed class; one that is no valid expression stands for its own text."""
    negated = token[1] == "!"
    body = token[1 + negated : -1].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    expression = f"[{'^' if negated else ''}{body}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(token)
    return expression
