"""Fixes that give each round of a loop a key of its own without binding the key anew.

For what cannot be split before each use: a key in a comprehension.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable

from rnglint.diagnostics import Applicability, Edit, Fix, Span
from rnglint.facts.model import Consumption, Facts, KeyReuse, Loop, Statement
from rnglint.rewrite.key_names import may_bind, new_key
from rnglint.rewrite.naming import Spelling, spelling
from rnglint.rewrite.width import within_width

#: Loops that count: over a range, or with `enumerate`.
_COUNTING = re.compile(
    r"(?:for\s+)?(?:(\w+)\s+in\s+range\(|\(?(\w+)\s*,[^)]*?\)?\s+in\s+enumerate\()"
)
#: A loop over numbers that are written out.
_NUMBERS = re.compile(r"(?:for\s+)?(\w+)\s+in\s+([\[(][\d\s,]+[\])])")
#: A loop whose variable nobody wants, as often as an expression says.
_TIMES = re.compile(r"_\w*\s+in\s+range\(\s*([\w.]+)\s*\)")
#: A loop over anything else.
_OVER = re.compile(r"([\w\s,()]+?)\s+in\s+(.+)", re.DOTALL)
_NUMBERING = ("i", "j", "index")
#: What stands before the key where a function of a module is called with it first.
_PREFIX = re.compile(r"([\w.]+)\.\w+\(\s*$")


def rounds_fix(facts: Facts, reuse: KeyReuse) -> Fix | None:
    """The fix of a key that one place consumes in every round.

    `fold_in` of the loop's own number; in a comprehension without one, the keys of one split where
    it says how many, else `enumerate` and `fold_in`.
    """
    place = reuse.again
    if reuse.loop is None or reuse.first.span != place.span or place.statement is None:
        return None
    if not place.text.isidentifier() or facts.text(place.span) != place.text:
        return None
    if place.loops[-1:] != (reuse.loop,) or not _is_new_in(facts, place, place.loops[:-1]):
        return None
    if any(_is_beside(other, reuse) for other in facts.key_reuses):
        return None
    loop, statement = facts.loops[reuse.loop], facts.statements[place.statement]
    for way in (_folded, _split, _numbered):
        if edits := way(facts, reuse, loop, statement):
            break
    else:
        return None
    return Fix(
        f"Make a key of `{place.text}` for each round",
        within_width(facts, edits),
        Applicability.UNSAFE,
    )


def _is_beside(other: KeyReuse, reuse: KeyReuse) -> bool:
    """Whether another place of the same statement consumes the key as well."""
    place, again = reuse.again, other.again
    same = (again.statement, again.text) == (place.statement, place.text)
    return same and again.span != place.span


def _is_new_in(facts: Facts, place: Consumption, loops: Iterable[int]) -> bool:
    """Whether each round of some loops has its own key: else the same numbers come again there."""
    return all(place.text in facts.loops[loop].varying for loop in loops)


def _folded(facts: Facts, reuse: KeyReuse, loop: Loop, statement: Statement) -> list[Edit] | None:
    """`fold_in(key, i)`, by the index that the loop has."""
    place, index = reuse.again, _index(facts.text(loop.header))
    fold_in = _spelled(facts, "fold_in", place, statement)
    if not index or index not in loop.targets or index.startswith("_") or fold_in is None:
        return None
    return [*fold_in.edits, Edit(place.span, f"{fold_in.text}({place.text}, {index})")]


def _index(header: str) -> str:
    """The name of a loop's number, another one in each round; "" where it has none."""
    if counting := _COUNTING.match(header):
        return counting[1] or counting[2]
    if numbers := _NUMBERS.fullmatch(header):
        values = literal_eval(numbers[2])
        if isinstance(values, (tuple, list)) and len(set(values)) == len(values):
            return numbers[1]
    return ""


def _split(facts: Facts, reuse: KeyReuse, loop: Loop, statement: Statement) -> list[Edit] | None:
    """`for k in split(key, n)` for `for _ in range(n)`."""
    place = reuse.again
    times = _TIMES.fullmatch(facts.text(loop.header))
    split = _spelled(facts, "split", place, statement)
    subkey = new_key(facts, place, statement)
    if loop.kind != "comprehension" or times is None or split is None or subkey is None:
        return None
    turned = f"{subkey} in {split.text}({place.text}, {times[1]})"
    return [*split.edits, Edit(loop.header, turned), Edit(place.span, subkey)]


def _numbered(facts: Facts, reuse: KeyReuse, loop: Loop, statement: Statement) -> list[Edit] | None:
    """`fold_in(key, i)`, and `for i, x in enumerate(xs)` for `for x in xs`."""
    place = reuse.again
    over = _OVER.fullmatch(facts.text(loop.header))
    fold_in = _spelled(facts, "fold_in", place, statement)
    index = next((name for name in _NUMBERING if may_bind(facts, name, statement)), None)
    if loop.kind != "comprehension" or over is None or fold_in is None or index is None:
        return None
    targets = over[1] if "," not in over[1] or over[1].startswith("(") else f"({over[1]})"
    turned = f"{index}, {targets} in enumerate({over[2]})"
    key = f"{fold_in.text}({place.text}, {index})"
    return [*fold_in.edits, Edit(loop.header, turned), Edit(place.span, key)]


def _spelled(facts: Facts, name: str, place: Consumption, statement: Statement) -> Spelling | None:
    """How a function of `jax.random` is written at a place: as the one that consumes the key."""
    before = facts.text(Span(statement.span.start, place.span.start, place.span.cell))
    prefix = _PREFIX.search(before)
    prefer = prefix[1] if prefix else ""
    return spelling(facts, f"jax.random.{name}", place.scope, statement.index, prefer=prefer)
