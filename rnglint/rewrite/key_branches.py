"""A key that several branches consume, and what comes after them once more.

    if noisy:                                 key, subkey = jax.random.split(key)
        x = jax.random.normal(key)            if noisy:
    else:                                         x = jax.random.normal(subkey)
        x = jax.random.uniform(key)           else:
    y = jax.random.normal(key)                    x = jax.random.uniform(subkey)
                                              y = jax.random.normal(key)

A split in one branch alone would leave the others as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts, KeyReuse, Statement
from rnglint.rewrite.key_names import mentions_of
from rnglint.rewrite.split_statement import new_split
from rnglint.rewrite.words import code


def branches_edits(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """The edits that split the key before the `if`, and use the subkey in all branches.

    None where only one branch has the key, and room for a line of its own, or one has it twice,
    binds it or asks for it.
    """
    place, name = reuse.first, reuse.first.text
    choice = _choice(facts, reuse)
    if choice is None or not choice.alone or reuse.loop is not None or "[" in name:
        return None
    inside = [item for item in mentions_of(facts, name, place.scope) if _is_in(item, choice)]
    loads = [list(_loads(facts, item, name)) for item in inside]
    apart = len({item.block for item in inside}) == len(inside)
    if not all(loads) or not apart or any(item.loops != choice.loops for item in inside):
        return None
    if len(inside) == 1:
        return None
    spans = dict.fromkeys(span for found in loads for span in found)
    split = new_split(facts, place, choice)
    if split is None:
        return None
    (subkey,), edits = split
    return [*edits, *(Edit(span, subkey) for span in spans)]


def _choice(facts: Facts, reuse: KeyReuse) -> Statement | None:
    """The `if` around the first use that ends before the later one, in the suite of that."""
    suites = {item.block for item in _around(facts, reuse.again.statement)}
    for item in _around(facts, reuse.first.statement):
        if item.block in suites:
            return item if item.kind == "If" else None
    return None


def _around(facts: Facts, index: int | None) -> Iterator[Statement]:
    while index is not None:
        yield facts.statements[index]
        index = facts.statements[index].parent


def _is_in(statement: Statement, choice: Statement) -> bool:
    return choice.span.contains(statement.span)


def _loads(facts: Facts, statement: Statement, name: str) -> Iterator[Span]:
    """Where a simple statement of one row passes a name on, if it does so once and no more."""
    text, start, cell = facts.text(statement.span), statement.span.start, statement.span.cell
    if "\n" in text or len(re.findall(rf"(?<![\w.]){name}\b", code(text))) != 1:
        return
    for found in re.finditer(rf"(?<=[(,=\s]){name}(?=\s*[,)])", text):
        column = start.column + found.start()
        end = Position(start.row, column + len(name))
        yield Span(Position(start.row, column), end, cell)
