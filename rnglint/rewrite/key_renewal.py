"""Splits that come too late: the key is consumed, and only then renewed from itself.

    loss = step(model, key)                   key, subkey = jax.random.split(key)
    (key,) = jax.random.split(key, 1)         loss = step(model, subkey)

The split moves before the use, which gets the key that nobody wanted, or one more.
"""

from __future__ import annotations

import re

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts, KeyReuse, Statement
from rnglint.rewrite.key_names import is_captured, mentions_of, new_key

#: `key, spare = split(key)`, `(key,) = split(key, 1)`, `key = split(key, 1)[0]` and the like.
_PAIR = re.compile(r"(\w+)\s*,\s*(\w+)\s*=\s*([\w.]+)\(\s*(\w+)\s*(?:,\s*2\s*)?\)")
_ONE = re.compile(
    r"(?:\(\s*(\w+)\s*,\s*\)|(\w+)\s*,|\[\s*(\w+)\s*\])\s*=\s*([\w.]+)\(\s*(\w+)\s*,\s*1\s*\)"
)
_FIRST = re.compile(r"(\w+)\s*=\s*([\w.]+)\(\s*(\w+)\s*(?:,\s*\d+\s*)?\)\[[01]\]")


def earlier_split(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """The edits that move the split at `reuse.again` before the one use of the key before it."""
    first, again = reuse.first, reuse.again
    if again.by != "jax.random.split" or not first.rewritable or first.text != again.text:
        return None
    if first.statement is None or again.statement is None or reuse.loop is not None:
        return None
    use, split = facts.statements[first.statement], facts.statements[again.statement]
    if (
        use.span.cell != split.span.cell
        or use.block != split.block
        or use.index >= split.index
        or not (use.alone and split.alone)
    ):
        return None
    if is_captured(facts, first.scope, first.text) or not _is_only_use(
        facts, first.text, use, split
    ):
        return None
    line = _renewal(facts, split, first.text)
    if line is None:
        return None
    names, function = line
    spare = next((name for name in names if name != first.text), "_")
    dropped = spare.startswith("_")
    if len(names) > 1 and dropped and _is_used_up(facts, first.text, split):
        return None
    subkey = new_key(facts, first, use) if dropped else spare
    if subkey is None or not (dropped or _is_unused(facts, split, spare)):
        return None
    targets = [subkey if name == spare else name for name in names]
    if subkey not in targets:
        targets.append(subkey)
    start, row = Position(use.span.start.row, 1), split.span.start.row
    moved = f"{use.indent}{', '.join(targets)} = {function}({first.text})\n"
    return [
        Edit(Span(start, start, use.span.cell), moved),
        Edit(first.span, subkey),
        Edit(Span(Position(row, 1), Position(split.span.end.row + 1, 1), split.span.cell), ""),
    ]


def _renewal(facts: Facts, split: Statement, key: str) -> tuple[tuple[str, ...], str] | None:
    """The names that a statement binds to keys of `key`, of which one is `key`; how it splits."""
    text = facts.text(split.span)
    if pair := _PAIR.fullmatch(text):
        names = (pair[1], pair[2])
        return (names, pair[3]) if pair[4] == key and key in names else None
    if one := _ONE.fullmatch(text):
        name = one[1] or one[2] or one[3]
        return ((key,), one[4]) if one[5] == key == name else None
    if head := _FIRST.fullmatch(text):
        return ((key,), head[2]) if head[1] == head[3] == key else None
    return None


def _is_only_use(facts: Facts, key: str, use: Statement, split: Statement) -> bool:
    """Whether nothing but `use` needs the key, and nothing binds it, before it is renewed."""
    if facts.source.line(split.span.cell, split.span.end.row)[split.span.end.column - 1 :].strip():
        return False
    between = [
        item
        for item in mentions_of(facts, key, use.scope)
        if use.index < item.index < split.index and not _holds(item, use)
    ]
    return not between


def _is_used_up(facts: Facts, key: str, split: Statement) -> bool:
    """Whether the use of the renewed key is a first one too: it wants the key that is dropped."""
    later = (item for item in mentions_of(facts, key, split.scope) if item.index > split.index)
    user = next(later, split)
    return any(item.first.statement == user.index for item in facts.key_reuses)


def _holds(statement: Statement, use: Statement) -> bool:
    return use.span.contains(statement.span)


def _is_unused(facts: Facts, split: Statement, name: str) -> bool:
    return any(
        name in unused.names and split.span.contains(unused.span) for unused in facts.unused_keys
    )
