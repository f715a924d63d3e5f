"""Questions about the places that consume keys, for the fixes that split them."""

from __future__ import annotations

import re

from rnglint.diagnostics import Span
from rnglint.facts.model import Consumption, Facts, KeyReuse, ScopeKind, Statement
from rnglint.rewrite.key_names import is_captured, mentions_of
from rnglint.rewrite.words import code

#: Statements that bind what stands before their `=`, and others that bind names.
_ASSIGNING = frozenset({"Assign", "AnnAssign", "AugAssign"})
_BINDING = frozenset({"For", "With", "Import", "ImportFrom", "Del"})
#: An item of a dictionary, and how a dictionary is made.
_ITEM = re.compile(r"(\w+)\[(?:'\w+'|\"\w+\")\]")
_NEW_DICTIONARY = re.compile(r"\w+(?:\s*:[^=]+)?\s*=\s*(?:\{|dict\()")
#: What begins a cell in a script: `# %%`, `# +`, `# In[3]`.
_MARKER = re.compile(r"# ?(?:%%|\+(?:\s|$)|In ?\[)")
#: Decorators under which a method is traced, or is none.
_TRACING = re.compile(r"jit|map|scan|grad|remat|checkpoint|compact|property|static|class")


def may_rebind(facts: Facts, place: Consumption) -> bool:
    """Whether a line before a place may give the key's name, attribute or item another value.

    An attribute is bound anew where a class that is no module of a network, which may not change,
    binds it in its methods, and where no transformation sees the method that does it; an item
    where its dictionary is made in the same scope.
    """
    if not place.rewritable or place.text.isidentifier():
        return place.rewritable
    if item := _ITEM.fullmatch(place.text):
        return _is_own_dictionary(facts, item[1], place.scope)
    method = facts.scopes[place.scope]
    owner, _, attribute = place.text.partition(".")
    if (
        method.kind is not ScopeKind.FUNCTION
        or method.parent is None
        or not attribute.isidentifier()
    ):
        return False
    holder = facts.scopes[method.parent]
    if holder.kind is not ScopeKind.CLASS or method.parameters[:1] != (owner,):
        return False
    text = code(facts.text(holder.span))
    stored = re.search(rf"^\s*{owner}\.{attribute}\s*(?:,[^=\n]*)?=(?!=)", text, re.MULTILINE)
    frozen = holder.decorators or any(base.endswith("Module") for base in holder.bases)
    inner = any(
        item.parent == method.index and re.search(rf"\b{owner}\b", facts.text(item.span))
        for item in facts.scopes
    )
    seen = rf"(?:jit|map|scan|grad|partial|remat|checkpoint)\([^)\n]*\b{method.name}\b"
    traced = _TRACING.search(" ".join(method.decorators)) or re.search(
        seen, code(facts.source.program)
    )
    return bool(stored) and not (frozen or inner or traced)


def _is_own_dictionary(facts: Facts, name: str, scope: int) -> bool:
    """Whether a variable of a scope holds a dictionary that is made there, and nothing else."""
    whole = re.compile(rf"(?<![\w.]){name}\b(?!\s*[\[.(])")
    found = [
        item
        for item in mentions_of(facts, name, scope)
        if item.kind in _BINDING
        or (item.kind in _ASSIGNING and whole.search(facts.text(item.span).partition("=")[0]))
    ]
    new = [item for item in found if _NEW_DICTIONARY.match(facts.text(item.span))]
    return len(found) == len(new) == 1 and not is_captured(facts, scope, name)


def is_shared_on_purpose(facts: Facts, place: Consumption) -> bool:
    """Whether a later call of the same function is meant to have the same key as a place."""
    return any(
        reuse.intended
        and reuse.loop is None
        and reuse.first.span == place.span
        and (_called(reuse.first), reuse.first.loops) == (_called(reuse.again), reuse.again.loops)
        for reuse in facts.key_reuses
    )


def is_meant_later(facts: Facts, reuse: KeyReuse) -> bool:
    """Whether some of the later uses of a key are meant to have the same one.

    It is not known which, so that the later ones keep theirs.
    """
    return any(item.intended and item.first.span == reuse.first.span for item in facts.key_reuses)


def _called(place: Consumption) -> str:
    """The name of what consumes a key, without the object whose method it is."""
    return place.by.rpartition(".")[2]


def renews(facts: Facts, place: Consumption) -> bool:
    """Whether the statement of `place` is `key, … = f(key)`: it leaves another key behind.

    That is a fresh one where `f` is `split`, and whatever a function made of it else.
    """
    if place.statement is None or facts.statements[place.statement].kind != "Assign":
        return False
    left, equals, _ = facts.text(facts.statements[place.statement].span).partition("=")
    return bool(equals) and place.text in [name.strip(" ()[]\n") for name in left.split(",")]


def may_assign(facts: Facts, statement: Statement, name: str) -> bool:
    """Whether a statement that mentions a name may give it another value."""
    left = facts.text(statement.span).partition("=")[0]
    word = rf"(?<!\w){re.escape(name)}(?!\w)"
    assigned = statement.kind in _ASSIGNING and re.search(word, left) is not None
    return assigned or statement.kind in _BINDING


def encloses(facts: Facts, statement: Statement, place: Consumption) -> bool:
    """Whether a place comes after a statement of its scope, in its suite or one inside of it."""
    current = place.statement
    while current is not None:
        if facts.statements[current].block == statement.block:
            return current > statement.index
        current = facts.statements[current].parent
    return False


def in_one_cell(facts: Facts, span: Span, other: Span) -> bool:
    """Whether two places are in one cell of a notebook, or of a script that is kept as one."""
    if span.cell != other.cell:
        return False
    first, last = sorted((span.start.row, other.start.row))
    rows = range(first + 1, last + 1)
    return not any(_MARKER.match(facts.source.line(span.cell, row)) for row in rows)


def shares_loops(reuse: KeyReuse) -> bool:
    """Whether every loop around the later use is also around the first."""
    return reuse.again.loops == reuse.first.loops[: len(reuse.again.loops)]
