"""Where it would be noticed that a number is a `numpy.int64` and no longer a Python `int`.

A scalar `randint` is an `int`, a scalar `integers` is not. As an index, a size or a seed of NumPy
or JAX the two are the same. They differ where the type is looked at or written out, which includes
seeds that others take (Gymnasium, the standard library), and in arithmetic: since NumPy 2 an `int`
adapts to the dtype of the array that it meets, while an `int64` makes a float64 of a float32.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rnglint.diagnostics import Span
from rnglint.facts.model import Call, Facts
from rnglint.rewrite.naming import assigned_target
from rnglint.rewrite.words import code

#: What can tell the two apart, wherever it stands in the program.
_TELLS = re.compile(
    r"\b(?:json|yaml|msgpack|sqlite3|bit_length)\b|(?<![.\w])random\.(?:seed|Random)\("
    r"|\bisinstance\([^\n]*\bint\b|\bis\s+(?:not\s+)?int\b|\btype\([^\n]*\bint\b"
)
_OPERATOR = r"(?:[-+%@&|^~]|//?|\*\*?|<<|>>)"
_BEFORE = re.compile(rf"[\w)\]}}.]\s*{_OPERATOR}=?\s*\(*$")
_AFTER = re.compile(rf"^\)*\s*{_OPERATOR}")
#: Where the value is only used up: as an index, or made an `int` anyway.
_USED_UP = {"]": re.compile(r"[\w)\]]\[$"), ")": re.compile(r"(?<![\w.])int\($")}
#: Before a value that somebody else than NumPy gets as a seed: `reset(seed=…)`, `env.seed(…)`.
_AS_SEED = r"(?:(?:(?<!State)(?<!_rng)\(|,)\s*seed\s*=\s*|(?<!random\.)\b\w*seed\w*\(\s*)"


def is_noticed(facts: Facts, call: Call, scope: int, statement: int | None) -> bool:
    """Whether the type of what `call` returns may be noticed, as far as the text shows."""
    before, after = _around(facts, call, statement)
    if after[:1] in _USED_UP and _USED_UP[after[0]].search(before):
        return False
    if _tells(facts.source.program) or _BEFORE.search(before) or _AFTER.search(after):
        return True
    if re.search(rf"{_AS_SEED}$", before):
        return True
    name = assigned_target(facts, statement, call.span)
    if name is None:
        return False
    if "." in name:
        return name.endswith("seed")
    return _is_noticed_later(facts, name, scope)


def _around(facts: Facts, call: Call, statement: int | None) -> tuple[str, str]:
    """The code of a statement before and after a call, as if it stood on one row."""
    if statement is None:
        return "", ""
    whole = facts.statements[statement].span
    before = Span(whole.start, call.span.start, call.span.cell)
    after = Span(call.span.end, whole.end, call.span.cell)
    joined = (code(facts.text(part)).replace("\\\n", " ") for part in (before, after))
    return next(joined), next(joined)


@lru_cache(maxsize=4)
def _tells(program: str) -> bool:
    return _TELLS.search(code(program)) is not None


def _is_noticed_later(facts: Facts, name: str, scope: int) -> bool:
    """Whether a variable stands next to an operator in its scope, or is handed on as a seed."""
    home = facts.scopes[scope]
    text = facts.source.program if home.parent is None else facts.text(home.span)
    left = rf"[\w)\]}}.]\s*{_OPERATOR}=?\s*\(*\b{name}\b(?!\s*[\[(.=])"
    right = rf"(?<![\w.]){name}\)*\s*{_OPERATOR}"
    as_seed = rf"{_AS_SEED}{name}\s*[,)]"
    return re.search(f"{left}|{right}|{as_seed}", code(text)) is not None
