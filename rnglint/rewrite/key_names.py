"""Names for the keys that a fix makes: `init_key` for what `init` consumes, else `subkey`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rnglint.facts.model import Consumption, Facts, Scope, ScopeKind, Statement
from rnglint.rewrite.width import columns_with, is_breakable, overhang
from rnglint.rewrite.words import words

#: Names that say what a function does, and fit into a name.
_TELLING = re.compile(r"_*([a-z][a-z_]{2,15})")
#: Names of functions that say nothing about what a key is for.
_SILENT = frozenset({"lambda", "func", "call", "call__", "apply_fn", "self", "wrapper"})
#: Names that say nothing but that they are keys.
_PLAIN = re.compile(r"_*(?:sub_?|prng_?)?(?:key|rng|seed)\d*_*|(?!.*(?:key|rng|seed)).*")
#: What ends the name of a function, and says that it is one, or with what it does it.
_FUNCTION = re.compile(r"_(?:fn|func?)$|_(?:with|from|for|by|of|and|to|in|on)_\w+$")
#: One of several keys: `key2`.
_NUMBERED = re.compile(r"(\w*[^\W\d])(\d+)")
#: How good a name is with which a row sticks out.
_STICKS_OUT = 2
#: Verbs before what a function makes, and how it is run.
_VERB = re.compile(
    r"(?:draw|sample|init|make|get|create|build|generate|maybe|wrap(?:ped)?"
    r"|jit(?:ted)?|vmap(?:ped)?|pmap(?:ped)?|_)+_"
    r"(?=[a-z]{3})"
)


def new_key(facts: Facts, place: Consumption, statement: Statement) -> str | None:
    """A name for the key that is consumed at `place`, to be bound at `statement`."""
    found = names_for(facts, [place], statement)
    return found[0][0] if found else None


def names_for(facts: Facts, places: Sequence[Consumption], statement: Statement) -> list[list[str]]:
    """Names for the keys that are consumed at several places, to be bound at `statement`.

    Names that tell what the keys are for, or plain ones for all, or short ones: first those with
    which the rows of the uses keep to the width, and short ones only where no row can be broken.
    """
    telling, plain, short = (
        _chosen(facts, places, statement, kind) for kind in (_telling, _plain, _short)
    )
    ranked = sorted(filter(None, (telling, plain)), key=partial(_rank, facts, places))
    fits = bool(ranked) and _rank(facts, places, ranked[0]) < _STICKS_OUT
    return ranked if short is None else [*ranked, short] if fits else [short, *ranked]


def _chosen(
    facts: Facts,
    places: Sequence[Consumption],
    statement: Statement,
    kind: Callable[[Facts, Consumption, str], Iterator[str]],
) -> list[str] | None:
    """A name of one kind for each place, if enough of these may be bound."""
    chosen: list[str] = []
    for index, place in enumerate(places):
        names = kind(facts, place, place.text if index else "subkey")
        free = (name for name in names if name not in chosen and may_bind(facts, name, statement))
        name = next(free, None)
        if name is None:
            return None
        chosen.append(name)
    return chosen


def _rank(facts: Facts, places: Sequence[Consumption], names: Sequence[str]) -> int:
    """How good names are for the rows of places: 0 where they fit, or the rows are wide already.

    One less good where a row can be broken, and `_STICKS_OUT` where it cannot.
    """
    added: defaultdict[tuple[int | None, int], int] = defaultdict(int)
    for place, name in zip(places, names, strict=True):
        added[place.span.cell, place.span.start.row] += len(name) - len(place.text)
    ranks = [0]
    for span in (place.span for place in places):
        more = added[span.cell, span.start.row]
        fits = not overhang(facts, columns_with(facts, span, more))
        if not fits and not overhang(facts, columns_with(facts, span, 0)):
            ranks.append(1 if is_breakable(facts, span, more) else _STICKS_OUT)
    return max(ranks)


def new_keys(facts: Facts, place: Consumption, statement: Statement) -> Iterator[str]:
    """Names for more keys of the split at `statement`: `key3` beside `key1` and `key2`.

    First those that keep the row of the use in the width.
    """
    numbered = _NUMBERED.fullmatch(place.text)
    good = (
        *_next(facts, numbered, statement),
        *_telling(facts, place, place.text),
        *_plain(facts, place, ""),
    )
    ranked = sorted(good, key=lambda name: _rank(facts, [place], [name]))
    short = list(_short(facts, place, ""))
    fits = _rank(facts, [place], ranked[:1]) < _STICKS_OUT
    names = dict.fromkeys([*ranked, *short] if fits else [*short, *ranked])
    return (name for name in names if may_bind(facts, name, statement))


def _next(facts: Facts, name: re.Match[str] | None, statement: Statement) -> Iterator[str]:
    """The names that follow a numbered one and its siblings in a split."""
    if name is None:
        return
    row = facts.text(statement.span).partition("=")[0]
    last = max(int(number) for number in re.findall(rf"\b{name[1]}(\d+)\b", row) or ["0"])
    yield from (f"{name[1]}{number}" for number in range(last + 1, last + 10) if last)


def _telling(facts: Facts, place: Consumption, beside: str) -> Iterator[str]:
    """Names by what consumes the key, then by the one `beside` which it is made, then any."""
    kind = _kind(place)
    function = _TELLING.fullmatch(place.by.rpartition(".")[2])
    if function and not place.by.startswith("jax.random.") and function[1] not in _SILENT:
        word = _VERB.sub("", _FUNCTION.sub("", function[1]), count=1)
        if "key" not in word and "rng" not in word:
            names = f"{kind}_{word}", f"{word}_{kind}"
            begins = _begins_with_kind(facts, place.scope, kind)
            name, other = names if begins else names[::-1]
            if other not in facts.scopes[place.scope].names:
                yield from _numbered(name)
    if beside.isidentifier() and not _PLAIN.fullmatch(beside):
        yield from _numbered(beside)
    yield from _plain(facts, place, beside)


def _plain(facts: Facts, place: Consumption, beside: str) -> Iterator[str]:
    """`k1`, `k2` beside `k`, else any."""
    if place.text == "k":
        yield from (f"k{number}" for number in range(1, 10))
    yield from _numbered("subkey")


def _short(facts: Facts, place: Consumption, beside: str) -> Iterator[str]:
    yield from (f"{_kind(place)}{number}" for number in range(1, 10))


def _kind(place: Consumption) -> str:
    """What a key is called at a place."""
    return "rng" if "rng" in place.text else "key"


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in range(2, 10))


def _begins_with_kind(facts: Facts, scope: int, kind: str) -> bool:
    """Whether most keys of a scope are called `key_init` there, and not `init_key`."""
    names = facts.scopes[scope].names
    before = sum(name.startswith(f"{kind}_") for name in names)
    return before > sum(name.endswith(f"_{kind}") for name in names)


def may_bind(facts: Facts, name: str, statement: Statement) -> bool:
    """Whether a statement before or at `statement` may bind `name` without hurting another use."""
    scope = facts.scopes[statement.scope]
    if name in scope.outer or is_captured(facts, scope.index, name):
        return False
    if name in scope.names:
        return not _is_read_later(facts, name, statement)
    return name not in scope.mentioned or not _stands_in(facts, scope, name)


def is_captured(facts: Facts, scope: int, name: str) -> bool:
    """Whether a function or class inside of `scope` reads its `name`."""
    return any(
        name in item.mentioned and _is_read_in(facts, item, name)
        for item in facts.scopes
        if item.parent == scope and item.index != scope
    )


def _is_read_in(facts: Facts, inner: Scope, name: str) -> bool:
    """Whether an inner scope, or one inside of it, reads the `name` of the scope around it."""
    if inner.kind is not ScopeKind.COMPREHENSION:
        if name in inner.names:
            return False
        if _stands_in(facts, inner, name):
            return True
    return is_captured(facts, inner.index, name)


def _stands_in(facts: Facts, scope: Scope, name: str) -> bool:
    """Whether a name stands in the text of a scope outside of the scopes inside of it."""
    below = [item for item in facts.scopes if item.parent == scope.index != item.index]
    elsewhere = sum(words(facts.text(item.span))[name] for item in below)
    return words(facts.text(scope.span))[name] > elsewhere


def _is_read_later(facts: Facts, name: str, statement: Statement) -> bool:
    """Whether a value that `name` already has may still be read after `statement`.

    It is not if each mention that reads it has one before it that binds the name, in a suite around
    the statement or around the mention; in a loop, the first mention in the loop has to bind it.
    """
    mentions = list(mentions_of(facts, name, statement.scope))
    suites = _suites(facts, statement)
    bound: list[int] = []
    for item in mentions:
        if item.index <= statement.index:
            continue
        if binds(facts, item, name):
            bound.append(item.block)
        elif (suites | _suites(facts, item)).isdisjoint(bound):
            return True
    if not statement.loops:
        return False
    start = facts.loops[statement.loops[0]].statement
    inside = [item for item in mentions if start is not None and item.index > start]
    return bool(inside) and not binds(facts, inside[0], name)


def mentions_of(facts: Facts, name: str, scope: int) -> Iterator[Statement]:
    """The statements of a scope in whose own text a name, or an attribute, stands, in order."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for item in facts.statements:
        if item.scope == scope and word.search(_own_text(facts, item)):
            yield item


def _own_text(facts: Facts, statement: Statement) -> str:
    """The text of a simple statement, or of the first row of a compound one."""
    text = facts.text(statement.span)
    compound = any(
        item.parent == statement.index
        for item in facts.statements[statement.index + 1 : statement.index + 2]
    )
    return text.partition("\n")[0] if compound else text


def binds(facts: Facts, statement: Statement, name: str) -> bool:
    """Whether a statement is an assignment that gives `name` a value which it does not read."""
    target, equals, value = facts.text(statement.span).partition("=")
    if statement.kind != "Assign" or not equals or value.startswith("="):
        return False
    words = [word.strip() for word in target.split(",")]
    return name in words and not re.search(rf"(?<![\w.]){name}\b", value)


def _suites(facts: Facts, statement: Statement) -> set[int]:
    """The suites around a statement."""
    found, current = set[int](), statement
    while current.parent is not None:
        found.add(current.block)
        current = facts.statements[current.parent]
    return found | {current.block}
