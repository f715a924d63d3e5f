"""Whether a shape has a dimension at all.

`rand(*shape)` of an empty shape is a number, `random(shape)` an array that holds one.
"""

from __future__ import annotations

import re

from rnglint.facts.model import Argument, Facts, ScopeKind
from rnglint.rewrite.words import code

#: A tuple or list that is written out, alone or in a sum or a product: `(n,) * 2`, `shape + (3,)`.
_WRITTEN = re.compile(r"(?<![\w)\]])(?:\(\s*[^\s()][^()]*,|\[\s*[^\s\]])")
#: What binds a name, line by line: assignments, loops, `as` and `:=`.
_BOUND = (
    r"^[ \t]*for\b[^\n]*\b{name}\b[^\n]*\bin\b|^[^\n=(]*\b{name}\b[^\n=(]*=(?!=)"
    r"|\bas\s+{name}\b|\b{name}\s*:="
)
_KINDS = frozenset({"Tuple", "List", "BinaryOperation", "Attribute"})


def is_full(facts: Facts, argument: Argument, scope: int) -> bool:
    """Whether a starred argument surely is a sequence of one dimension or more.

    The shape of an array is taken for one: nobody draws noise for an array without dimensions.
    """
    if argument.kind == "Name":
        return _is_full_name(facts, argument.text.strip("() "), scope)
    return argument.kind in _KINDS and _is_full_text(argument.text)


def _is_full_text(text: str) -> bool:
    written = _WRITTEN.search(text) is not None and " for " not in text
    return written or re.fullmatch(r"[\w.]+\.shape", text.strip("() ")) is not None


def _is_full_name(facts: Facts, name: str, scope: int) -> bool:
    """Whether everything that a scope assigns to a name is full, or one of its elements is used."""
    home = facts.scopes[scope]
    while name not in home.names and home.parent is not None:
        home = facts.scopes[home.parent]
    if name not in home.names:
        return False
    text = code(facts.source.program if home.parent is None else facts.text(home.span))
    if re.search(rf"(?<![\w.]){name}\[-?\d\]", text):
        return True
    if home.kind is not ScopeKind.MODULE and name in home.parameters:
        return False
    assigned = re.findall(rf"^[ \t]*{name}\s*=(?!=)\s*([^\n]*)", text, re.MULTILINE)
    bound = re.findall(_BOUND.format(name=name), text, re.MULTILINE)
    return bool(assigned) and len(bound) == len(assigned) and all(map(_is_full_text, assigned))
