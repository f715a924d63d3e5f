"""The state of one path of execution, and how states are joined where paths meet."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TypeVar

import libcst as cst

from rnglint.facts.flow.guards import EVERYWHERE, Condition, Guard
from rnglint.facts.flow.places import overlap
from rnglint.facts.flow.values import (
    At,
    Attr,
    Choice,
    Entity,
    Identity,
    Item,
    Kind,
    Root,
    Step,
    Value,
    counted_from_end,
    counted_handed_out,
)
from rnglint.tree.parsing import Tree

#: More possible values than this for one variable, and it is no longer known.
_MOST_OPTIONS = 8
#: A key of which more consumptions are remembered than this is looked at no further.
_MOST_CONSUMED = 24

#: What a site says of a key that a call returned after consuming it.
RETURNED = "the key that it returns"

#: What stands for the scope that captures a key where a `partial` or a default holds it.
HELD = -1

_K = TypeVar("_K", bound=Hashable)

_numbers = count(1)


def fresh_number() -> int:
    """A number that no other call returns in this process."""
    return next(_numbers)


def fresh(kind: Kind = Kind.UNKNOWN, length: int | None = None) -> Entity:
    """Something new, unlike everything else."""
    return Entity(Identity(Root(fresh_number())), kind, length)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place that consumes a key, as nodes: what a `Consumption` is made of when one is reported.

    `label` stands for the source text where the node is not the key itself. `inner` is the place
    in a called function that does it, `parameter` what it has there.
    """

    node: cst.CSTNode
    by: str
    scope: int
    statement: int | None
    rewritable: bool
    loops: tuple[int, ...]
    tree: Tree
    label: str = ""
    inner: Site | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Consumed:
    """That a key was consumed: where, on which paths, and in which round of which loops.

    `rounds` are (loop, run of that loop, round) from the outermost in. `weak` marks a consumption
    by something that consumes its argument only if that is a key at all. `call` is the number of
    the call of a visible function that consumed it, and what it is there. `derived` is set for a
    `fold_in`, which consumes nothing: the number folded in, or the variable of which a caller knows
    it. A `split` into `count` keys makes the same keys as the `fold_in` of 0 to count - 1.
    `captured` is the scope of a called function that consumed a variable of an enclosing scope, or
    HELD: that it does so on each call is another misuse than consuming an argument twice. `derives`
    is set for the `init` of a network, which derives keys of its own by `fold_in`: only the same
    again repeats it. `derivative` is set where the derivative of a function consumes it: the
    function itself is evaluated at the same key on purpose.
    """

    identity: Identity
    guard: Guard
    site: Site
    binding: int
    rounds: tuple[tuple[int, int, int], ...]
    weak: bool = False
    call: tuple[int, Identity] | None = None
    derived: int | Identity | None = None
    count: int = 0
    captured: int | None = None
    derives: str = ""
    derivative: bool = False
    guessed: bool = False

    def repeats(self, earlier: Consumed) -> bool:
        """Whether this consumption uses a key that `earlier` has already used."""
        if self.guard.excludes(earlier.guard):
            return False
        if self._is_seen_in_the_callee(earlier):
            return False
        if self.derives != earlier.derives:
            return False
        if self.derivative is not earlier.derivative and _share_a_function(self.site, earlier.site):
            return False
        fold, other = (self, earlier) if self.derived is not None else (earlier, self)
        if fold.derived is not None:
            met = isinstance(fold.derived, int) and fold.derived < other.count
            return met and overlap(self.identity, earlier.identity)
        return overlap(self.identity, earlier.identity)

    def _is_seen_in_the_callee(self, earlier: Consumed) -> bool:
        """Whether one call consumes at both places what is one thing for the callee, too."""
        if self.call is None or earlier.call is None or self.call[0] != earlier.call[0]:
            return False
        one, other = self.call[1], earlier.call[1]
        return one.root == other.root and not _are_elsewhere(one, other)


def _are_elsewhere(one: Identity, other: Identity) -> bool:
    """Whether two places of one thing are certainly not the same."""
    return all(map(_is_plain, (*one.path, *other.path))) and not overlap(one, other)


def _is_plain(step: Step) -> bool:
    """Whether a step is to a part that is known, be it counted from the end or handed out."""
    if isinstance(step, At):
        known = counted_from_end(step.index), counted_handed_out(step.index)
        return known != (None, None)
    return isinstance(step, Attr) or (isinstance(step, Item) and not step.loop)


def _share_a_function(one: Site, other: Site) -> bool:
    """Whether one function consumes at both places, be it within others."""
    if one.by == other.by:
        return True
    return not set(_functions(one)).isdisjoint(_functions(other))


def _functions(site: Site | None) -> Iterator[str]:
    """The functions through which a place consumes, library functions aside."""
    while site is not None:
        if "." not in site.by:
            yield site.by
        site = site.inner


@dataclass(slots=True)
class State:
    """Variables, attributes that were stored, and keys that were consumed, on live paths."""

    variables: dict[str, Value] = field(default_factory=dict)
    bindings: dict[str, int] = field(default_factory=dict)
    stored: dict[Identity, Value] = field(default_factory=dict)
    moved: dict[Identity, Root] = field(default_factory=dict)
    consumed: dict[Root, tuple[Consumed, ...]] = field(default_factory=dict)
    guard: Guard = EVERYWHERE

    def copy(self) -> State:
        """A state that can go its own way."""
        return State(
            dict(self.variables),
            dict(self.bindings),
            dict(self.stored),
            dict(self.moved),
            dict(self.consumed),
            self.guard,
        )

    def assume(self, literals: frozenset[tuple[Condition, bool]]) -> State | None:
        """This state where the conditions hold as given; None if they cannot."""
        added = Guard(literals)
        if self.guard.excludes(added) or added.excludes(added):
            return None
        state = self.copy()
        state.guard = self.guard.with_literals(literals)
        return state

    def remember(self, consumed: Consumed) -> None:
        """Notes a consumption."""
        root = consumed.identity.root
        known = self.consumed.get(root, ())
        if len(known) < _MOST_CONSUMED:
            self.consumed[root] = (*known, consumed)


def join(states: list[State | None]) -> State | None:
    """The state after paths that meet again; None if none of them is alive."""
    live = [state for state in states if state is not None]
    if not live:
        return None
    joined = live[0]
    for state in live[1:]:
        joined = _join_two(joined, state)
    return joined


def _join_two(one: State, other: State) -> State:
    result = one.copy()
    for name in _differing(one.variables, other.variables):
        first, second = one.variables.get(name), other.variables.get(name)
        result.variables[name] = _either(one.guard, first, other.guard, second)
    for name in _differing(one.bindings, other.bindings):
        result.bindings[name] = fresh_number()
    for place in _differing(one.stored, other.stored):
        here, there = one.stored.get(place), other.stored.get(place)
        unchanged = Entity(place)
        result.stored[place] = _either(
            one.guard, here or unchanged, other.guard, there or unchanged
        )
    for place in _differing(one.moved, other.moved):
        result.moved[place] = Root(fresh_number())
    for root in _differing(one.consumed, other.consumed):
        known, consumed = one.consumed.get(root, ()), other.consumed.get(root, ())
        merged = known + tuple(item for item in consumed if item not in known)
        result.consumed[root] = merged[:_MOST_CONSUMED]
    result.guard = Guard(one.guard.literals & other.guard.literals)
    return result


def _differing(one: Mapping[_K, object], other: Mapping[_K, object]) -> list[_K]:
    """The keys under which two copies of one dictionary do not hold the very same.

    Copies have their common keys in the same order, as long as none was deleted, so most of them
    are passed by without being looked up.
    """
    if len(one) > len(other):
        one, other = other, one
    found: dict[_K, None] = {}
    for (key, value), (known, there) in zip(one.items(), other.items(), strict=False):
        if key is not known:
            found[key] = found[known] = None
        elif value is not there:
            found[key] = None
    found.update(dict.fromkeys(islice(other, len(one), None)))
    return [key for key in found if one.get(key) is not other.get(key)]


def _either(guard: Guard, value: Value | None, other_guard: Guard, other: Value | None) -> Value:
    """A value that is one of two, each on its own paths; an unbound one is not used there."""
    if value is None or other is None or value == other:
        return value or other or fresh()
    return choose(((guard, value), (other_guard, other)))


def choose(options: Iterable[tuple[Guard, Value]]) -> Value:
    """One of several values, each on the paths of its guard; unknown where there are too many."""
    flat: list[tuple[Guard, Value]] = []
    for guard, value in options:
        inner = value.options if isinstance(value, Choice) else ((EVERYWHERE, value),)
        flat += [(extra.with_literals(guard.literals), item) for extra, item in inner]
    if len(flat) == 1:
        return flat[0][1]
    return Choice(tuple(flat)) if 0 < len(flat) <= _MOST_OPTIONS else fresh()
