"""The key that was made for a use, put where the one that it was split from is used instead.

rng, init_rng = jax.random.split(rng)       rng, init_rng = jax.random.split(rng)
params = init(rng, x)                       params = init(init_rng, x)
"""

from __future__ import annotations

import re

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Facts, Statement, UnusedKey
from rnglint.rewrite.key_names import is_captured, mentions_of
from rnglint.rewrite.key_places import may_assign
from rnglint.rewrite.split_statement import SplitStatement, split_statement
from rnglint.rewrite.words import code, opened_by

#: Names that a key has when it is made for whatever comes next.
_NEXT = re.compile(r"_*(?:sub_?)?(?:key|rng)_?\d*|_*k\d*")
#: What names of keys have beside the word that says what they are for.
_KIND = re.compile(r"_*(?:key|rng|prng|seed|\d)_*")
#: Functions that only look at a key, keep it, or make others of it.
_KEEPS = frozenset(
    {"append", "array_equal", "block_until_ready", "device_put", "isinstance", "len", "partial"}
    | {"print", "replace", "repr", "set", "str", "tuple", "list", "type"}
)
_HOLDS_OTHERS = re.compile(r"\b(?:for|lambda|if)\b")


def forgotten_key_fix(facts: Facts, unused: UnusedKey) -> Fix | None:
    """The fix that hands an unused key to what got the one that goes on in its place.

    Only where that is plain: the two come from one split, of the key that goes on, whose first use
    afterwards is a call, in the same suite, of a sampler or of a function that the unused key is
    named for. A key that is used twice has its own fix.
    """
    split = _split(facts, unused)
    if split is None:
        return None
    name, key, scope = unused.names[0], split.key, split.statement.scope
    if key not in split.targets or key == name:
        return None
    if is_captured(facts, scope, key) or is_captured(facts, scope, name):
        return None
    if any((item.first.scope, item.first.text) == (scope, key) for item in facts.key_reuses):
        return None
    use = next(iter(_later(facts, split, key)), None)
    if use is None or use.block != split.statement.block or use.span.cell != unused.span.cell:
        return None
    if any(item.index <= use.index for item in _later(facts, split, name)):
        return None
    place = _argument(facts, use, key, name)
    if place is None:
        return None
    return Fix(f"Use `{name}` in the place of `{key}`", (Edit(place, name),), Applicability.UNSAFE)


def _split(facts: Facts, unused: UnusedKey) -> SplitStatement | None:
    """The split that makes an unused key, if that is the only one that it makes in vain."""
    if len(unused.names) != 1:
        return None
    around = [item.index for item in facts.statements if item.span.contains(unused.span)]
    return split_statement(facts, around[-1]) if around else None


def _later(facts: Facts, split: SplitStatement, name: str) -> list[Statement]:
    """The statements after a split that mention a name, in source order."""
    mentions = mentions_of(facts, name, split.statement.scope)
    return [item for item in mentions if item.index > split.statement.index]


def _argument(facts: Facts, use: Statement, key: str, name: str) -> Span | None:
    """Where a statement hands `key` to what `name` was made for, and nowhere else."""
    text = facts.text(use.span)
    found = list(re.finditer(rf"(?<![\w.]){key}\b(?!\s*=[^=])", text))
    if len(found) != 1 or may_assign(facts, use, key):
        return None
    if len(re.findall(rf"\b{key}\b", code(text))) != len(re.findall(rf"\b{key}\b", text)):
        return None
    if _HOLDS_OTHERS.search(code(text)) or use.kind not in ("Assign", "Expr", "Return"):
        return None
    place = _span(use, text, found[0].start(), key)
    for item in facts.references:
        taken = item.argument(item.entry.key) if item.entry.key else None
        if taken is not None and taken.value == place:
            return place if item.entry.result not in ("key", "keys") else None
    before, after = code(text[: found[0].start()]), text[found[0].end() :]
    handed = re.search(r"[(,]\s*(?:\w+\s*=\s*)?$", before) and re.match(r"\s*[,)]", after)
    return place if handed and _is_made_for(opened_by(before), key, name) else None


def _is_made_for(function: str, key: str, name: str) -> bool:
    """Whether a key called `name`, split from `key`, is plainly meant for an unseen function."""
    last = function.rpartition(".")[2]
    if not last or last in _KEEPS or not last.islower() or function.startswith(("jax.", "random.")):
        return False
    word = _KIND.sub("", name)
    if word and word != "sub":
        return word in last
    return _NEXT.fullmatch(name) is not None or re.fullmatch(rf"_*{key}_?\d*", name) is not None


def _span(use: Statement, text: str, start: int, key: str) -> Span:
    """The span of a name that stands at an offset of a statement's text."""
    rows = text[:start].split("\n")
    row = use.span.start.row + len(rows) - 1
    column = len(rows[-1]) + (use.span.start.column if len(rows) == 1 else 1)
    return Span(Position(row, column), Position(row, column + len(key)), use.span.cell)
