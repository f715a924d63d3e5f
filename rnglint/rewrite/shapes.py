"""Whether a shape has a dimension at all.

`rand(*shape)` of an empty shape is a number, `random(shape)` an array that holds one.
"""

from __future__ import annotations

import re

from rnglint.facts.model import Argument, Facts, Scope, ScopeKind
from rnglint.rewrite.words import code

#: An empty tuple that is written out: no call, and no list of parameters.
_EMPTY = re.compile(r"(?<![\w)\]])\(\s*\)|\btuple\(\s*\)")
#: The parameters of a function, up to a default value with brackets.
_SIGNATURE = {
    ScopeKind.FUNCTION: re.compile(r"\bdef\s+\w+\s*\(([^()]*)"),
    ScopeKind.LAMBDA: re.compile(r"\blambda\b([^():]*)"),
}
#: What has no value that could be looked at: a call's result, say, may be anything.
_KINDS = frozenset({"Name", "Tuple", "List", "BinaryOperation", "Attribute"})


def is_full(facts: Facts, argument: Argument, scope: int) -> bool:
    """Whether a starred argument is a sequence of one dimension or more, for all that is written.

    What a file binds to a name is taken for a shape with dimensions, unless the name collects
    what callers pass (`*shape`), has no value by default, or an empty tuple is written nearby.
    """
    if argument.kind not in _KINDS:
        return False
    if argument.kind != "Name":
        return _EMPTY.search(argument.text) is None and argument.text.strip("() ") != ""
    name = argument.text.strip("() ")
    home = _home(facts, name, scope)
    if home is None:
        return False
    text = _text(facts, home)
    if name in home.parameters:
        signature = _SIGNATURE[home.kind].search(text)
        if signature is None or re.search(rf"\*\s*{name}\b", signature[1]):
            return False
    unset = re.search(rf"(?<![\w.]){name}\s*(?::[^=\n]*)?=\s*(?:None\b|\[\s*\])", text)
    return unset is None and _EMPTY.search(text) is None


def _home(facts: Facts, name: str, scope: int) -> Scope | None:
    """The scope that binds a name, as far as it is known."""
    home = facts.scopes[scope]
    while name not in home.names:
        if home.parent is None:
            return None
        home = facts.scopes[home.parent]
    return home


def _text(facts: Facts, home: Scope) -> str:
    """The code of a scope, with its decorators, which may hold the shapes of a test."""
    if home.parent is None:
        return code(facts.source.program)
    return code(facts.text(home.span))
