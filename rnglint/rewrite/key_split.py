"""Another key for one of two uses: from a split that is there already, or from one put before."""

from __future__ import annotations

import re
from itertools import islice

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Consumption, Facts, KeyReuse, Statement
from rnglint.rewrite.key_branches import branches_edits
from rnglint.rewrite.key_names import binds, is_captured, mentions_of, new_key, new_keys
from rnglint.rewrite.key_renewal import earlier_split
from rnglint.rewrite.naming import spelling
from rnglint.rewrite.split_statement import SplitStatement, split_statement
from rnglint.rewrite.words import code

#: Statements that are no place for a line of their own before a key inside of them.
_DEFINITIONS = frozenset({"FunctionDef", "ClassDef"})
#: Statements that bind names otherwise than by `=`.
_BINDING = frozenset({"For", "With", "AnnAssign", "AugAssign", "Import", "ImportFrom", "Del"})


def split_fix(facts: Facts, reuse: KeyReuse) -> Fix | None:
    """The fix that gives one of the two uses a key of its own.

    In this order: a sibling of the key that nobody uses, one more key from the split that consumes
    or makes the key, the split that renews it afterwards, a split of its own before the first use.
    None where the key has no plain name there, or no line can be put before a place.
    """
    if not reuse.same_binding:
        return None
    name = reuse.first.text
    edits = _from_the_use(facts, reuse) or _from_the_source(facts, reuse)
    if edits:
        return Fix(f"Use another key than `{name}`", tuple(edits), Applicability.UNSAFE)
    if moved := earlier_split(facts, reuse):
        return Fix(f"Split `{name}` before it is consumed", tuple(moved), Applicability.UNSAFE)
    found = _split_before(facts, reuse)
    if found is None:
        return None
    return Fix(f"Split `{name}` before it is consumed", tuple(found), Applicability.UNSAFE)


def _is_shared_on_purpose(facts: Facts, place: Consumption) -> bool:
    """Whether a later call of the same function is meant to have the same key as a place."""
    return any(
        reuse.intended
        and reuse.loop is None
        and reuse.first.span == place.span
        and (reuse.first.by, reuse.first.loops) == (reuse.again.by, reuse.again.loops)
        for reuse in facts.key_reuses
    )


# -- keys of a split that is there already ---------------------------------------------------------


def _from_the_use(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """Keys of the split that is the first use: one that nobody uses, or one more.

    `key, a, b = split(key, 3)` where `a, b = split(key)` leaves the key consumed.
    """
    split = split_statement(facts, reuse.first.statement)
    if split is None or reuse.loop is not None:
        return None
    name = reuse.first.text
    if reuse.first.by != "jax.random.split" or split.key != name:
        return None
    if _is_shared_on_purpose(facts, reuse.first):
        return None
    unused, turn = _unused(facts, split), _turn(facts, reuse)
    if (
        turn < len(unused)
        and _shares_loops(reuse)
        and _encloses(facts, split.statement, reuse.again)
    ):
        return [Edit(reuse.again.span, unused[turn])]
    if not reuse.first.rewritable or is_captured(facts, reuse.first.scope, name):
        return None
    again = _in_each_round(facts, reuse)
    if name in split.targets or again is None:
        return None
    return [*split.with_more(name, first=True), *again]


def _from_the_source(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """Keys of the split that makes the key: one that nobody uses, or one more.

    `key, a, b = split(key, 3)` where `key, a = split(key)` makes a key that is used twice. The
    later use gets it, unless that makes the next key of this one.
    """
    source = _source(facts, reuse)
    if source is None:
        return None
    place = _spare_place(facts, reuse, source)
    others = {
        _spare_place(facts, other, source).span.sort_key
        for other in facts.key_reuses
        if other.first.scope == reuse.first.scope and _source(facts, other) == source
    }
    turn = sum(other < place.span.sort_key for other in others)
    unused = _unused(facts, source)
    if _is_shared_on_purpose(facts, place):
        return None
    if turn < len(unused):
        return [Edit(place.span, unused[turn])]
    turn -= len(unused)
    names = new_keys(facts, place, source.statement)
    free = (name for name in names if name not in source.targets)
    name = next(islice(free, turn, None), None)
    if name is None:
        return None
    named = source.with_named(name) if turn == 0 else None
    return [*((named,) if named else source.with_more(name)), Edit(place.span, name)]


def _spare_place(facts: Facts, reuse: KeyReuse, source: SplitStatement) -> Consumption:
    """Which of two uses gets another key of the split that makes theirs.

    The later one, where it is a plain one, as often as the split is made and after it. But a key
    that takes the place of the one that is split stays for what comes last.
    """
    first, again = reuse.first, reuse.again
    if reuse.loop is not None or not again.rewritable:
        return first
    if again.text != first.text or first.text == source.key:
        return first
    if again.by in ("jax.random.split", "jax.random.fold_in") or renews(facts, again):
        return first
    as_often = again.scope == first.scope and again.loops == first.loops
    return again if as_often and _encloses(facts, source.statement, again) else first


def _unused(facts: Facts, split: SplitStatement) -> list[str]:
    """The keys that a split makes for nothing."""
    return [
        name
        for unused in facts.unused_keys
        if split.statement.span.contains(unused.span)
        for name in unused.names
        if name in split.targets and not name.startswith("_")
    ]


def _turn(facts: Facts, reuse: KeyReuse) -> int:
    """How many other uses come between the first one and this."""
    alike = [item.again for item in facts.key_reuses if item.first.span == reuse.first.span]
    return sum(item.span.sort_key < reuse.again.span.sort_key for item in alike)


def _source(facts: Facts, reuse: KeyReuse) -> SplitStatement | None:
    """The split that makes the key, if it surely runs before each first use, and as often."""
    place = reuse.first
    if not place.rewritable or place.statement is None:
        return None
    if is_captured(facts, place.scope, place.text):
        return None
    earlier = [
        item
        for item in mentions_of(facts, place.text, place.scope)
        if item.index < place.statement and _may_bind(facts, item, place.text)
    ]
    split = split_statement(facts, earlier[-1].index) if earlier else None
    if split is None or place.text not in split.targets:
        return None
    loops = split.statement.loops
    often = _shares_loops(reuse) or renews(facts, reuse.again)
    if reuse.loop is not None:
        often = reuse.loop in loops
    same_rounds = often and loops == facts.statements[place.statement].loops
    return split if same_rounds and _encloses(facts, split.statement, place) else None


def _may_bind(facts: Facts, statement: Statement, name: str) -> bool:
    """Whether a statement that mentions a name may give it another value."""
    left = facts.text(statement.span).partition("=")[0]
    assigned = statement.kind == "Assign" and re.search(rf"\b{name}\b", left) is not None
    return assigned or statement.kind in _BINDING


def _encloses(facts: Facts, statement: Statement, place: Consumption) -> bool:
    """Whether a place comes after a statement of its scope, in its suite or one inside of it."""
    current = place.statement
    while current is not None:
        if facts.statements[current].block == statement.block:
            return current > statement.index
        current = facts.statements[current].parent
    return False


# -- a split of its own ----------------------------------------------------------------------------


def _split_before(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """A split before the first use, or before all the branches of which one has it."""
    first = branches_edits(facts, reuse) or split_edits(facts, reuse.first)
    again = _in_each_round(facts, reuse)
    return None if first is None or again is None else [*first, *again]


def _in_each_round(facts: Facts, reuse: KeyReuse) -> list[Edit] | None:
    """A split before the later use if that stands in a loop that the first does not.

    The key is renewed for the next round; not where all rounds are meant to have the same.
    """
    if reuse.loop is not None or _shares_loops(reuse) or renews(facts, reuse.again):
        return []
    return [] if _is_for_all_rounds(facts, reuse.again) else split_edits(facts, reuse.again)


def _is_for_all_rounds(facts: Facts, place: Consumption) -> bool:
    """Whether the rounds of a loop over listed cases share the key that they hand to a function."""
    listed = any(facts.loops[index].listed for index in place.loops)
    return listed and not place.by.startswith("jax.random.")


def split_edits(facts: Facts, place: Consumption) -> list[Edit] | None:
    """The edits that put a split before the statement of `place` and use the subkey there."""
    if not place.rewritable or place.statement is None:
        return None
    statement = facts.statements[place.statement]
    if not statement.alone or statement.kind in _DEFINITIONS:
        return None
    if is_captured(facts, place.scope, place.text) or _is_shared_on_purpose(facts, place):
        return None
    if _is_needed_in_loop(facts, place):
        return None
    split = spelling(facts, "jax.random.split", place.scope, statement.index)
    subkey = new_key(facts, place, statement)
    if split is None or subkey is None:
        return None
    start = Position(statement.span.start.row, 1)
    line = f"{statement.indent}{place.text}, {subkey} = {split.text}({place.text})\n"
    return [
        *split.edits,
        Edit(Span(start, start, statement.span.cell), line),
        Edit(place.span, subkey),
    ]


def _is_needed_in_loop(facts: Facts, place: Consumption) -> bool:
    """Whether something in the loop of a place gets the key and may consume it, unseen.

    The key that it consumed would be split in the next round, if none is made at its start.
    """
    loops = set(place.loops)
    inside = [
        item
        for item in mentions_of(facts, place.text, place.scope)
        if loops.intersection(item.loops)
    ]
    if any(
        binds(facts, item, place.text) and _encloses(facts, item, place)
        for item in inside
        if item.loops == place.loops
    ):
        return False
    seen = {item.statement for reuse in facts.key_reuses for item in (reuse.first, reuse.again)}
    seen.add(place.statement)
    passed = re.compile(rf"[(,]\s*(?:\w+\s*=\s*)?{re.escape(place.text)}\s*[,)]")
    return any(
        passed.search(code(facts.text(item.span))) and not _may_bind(facts, item, place.text)
        for item in inside
        if item.index not in seen and not _has_suite(facts, item)
    )


def _has_suite(facts: Facts, statement: Statement) -> bool:
    following = facts.statements[statement.index + 1 : statement.index + 2]
    return any(item.parent == statement.index for item in following)


def renews(facts: Facts, place: Consumption) -> bool:
    """Whether the statement of `place` is `key, … = f(key)`: it leaves another key behind.

    That is a fresh one where `f` is `split`, and whatever a function made of it else.
    """
    if place.statement is None or facts.statements[place.statement].kind != "Assign":
        return False
    left, equals, _ = facts.text(facts.statements[place.statement].span).partition("=")
    return bool(equals) and place.text in [name.strip(" ()[]\n") for name in left.split(",")]


def _shares_loops(reuse: KeyReuse) -> bool:
    """Whether every loop around the later use is also around the first."""
    return reuse.again.loops == reuse.first.loops[: len(reuse.again.loops)]
