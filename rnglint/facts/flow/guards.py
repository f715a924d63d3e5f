"""Guards: which conditions hold on a path, and which paths exclude each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from rnglint.facts.flow.values import Constant, Identity, Item


@dataclass(frozen=True, slots=True)
class Truth:
    """The condition that `subject` is true; a subject that is text stands for itself."""

    subject: Identity | tuple[str, tuple[Identity, ...]] | int


@dataclass(frozen=True, slots=True)
class Equals:
    """The condition that `subject` equals a constant."""

    subject: Identity
    constant: Constant


@dataclass(frozen=True, slots=True)
class Every:
    """The condition that each of several conditions holds, or does not, as it says."""

    parts: frozenset[tuple[Condition, bool]]


Condition: TypeAlias = Truth | Equals | Every


@dataclass(frozen=True, slots=True)
class Guard:
    """A conjunction of conditions that hold, or do not, on the paths under consideration."""

    literals: frozenset[tuple[Condition, bool]] = field(default_factory=frozenset)

    def with_literals(self, literals: frozenset[tuple[Condition, bool]]) -> Guard:
        """This guard and more conditions, and what follows from all of them."""
        return Guard(_resolved(self.literals | literals)) if literals - self.literals else self

    def excludes(self, other: Guard) -> bool:
        """Whether no path satisfies both guards."""
        if not self.literals or not other.literals:
            return False
        small, large = sorted((self.literals, other.literals), key=len)
        if _contradict(small, large):
            return True
        if not any(isinstance(condition, Every) for condition, _ in chain(small, large)):
            return False
        resolved = _resolved(self.literals | other.literals)
        return _contradict(resolved, resolved)


EVERYWHERE = Guard()


def _resolved(literals: frozenset[tuple[Condition, bool]]) -> frozenset[tuple[Condition, bool]]:
    """The literals, and what follows where one part of an `Every` is left to decide it.

    Where `a or b` holds, and `a` does not, `b` does.
    """
    for condition, holds in literals:
        if not isinstance(condition, Every):
            continue
        if holds:
            added = condition.parts
        elif any(_is_refuted(part, literals) for part in condition.parts):
            continue
        else:
            negated = [(part, not truth) for part, truth in condition.parts]
            left = [each for each in negated if not _is_refuted(each, literals)]
            if len(left) > 1:
                continue
            added = frozenset(left or negated)
        if not added <= literals:
            return _resolved(literals | added)
    return literals


def _is_refuted(
    literal: tuple[Condition, bool], literals: frozenset[tuple[Condition, bool]]
) -> bool:
    condition, holds = literal
    if (condition, not holds) in literals:
        return True
    subject = None if isinstance(condition, Every) else condition.subject
    return isinstance(subject, Identity) and _contradict(frozenset({literal}), literals)


def _contradict(
    small: frozenset[tuple[Condition, bool]], large: frozenset[tuple[Condition, bool]]
) -> bool:
    """Whether a literal of one set rules out one of the other."""
    if any((condition, not holds) in large for condition, holds in small):
        return True
    if _true_but_not_true(small, large) or _true_but_not_true(large, small):
        return True
    return any(_exclude(first, second) for first in _decided(small) for second in _decided(large))


def _true_but_not_true(
    some: frozenset[tuple[Condition, bool]], others: frozenset[tuple[Condition, bool]]
) -> bool:
    """Whether what counts as true in one set is not `True` in the other, as no flag is."""
    return any(
        not holds
        and isinstance(condition, Equals)
        and condition.constant is True
        and (Truth(condition.subject), True) in some
        for condition, holds in others
    )


def _decided(
    literals: frozenset[tuple[Condition, bool]],
) -> list[tuple[Identity, Constant | None, bool | None]]:
    """(subject, constant, truth) of the literals that pin a subject to a constant or a truth."""
    found: list[tuple[Identity, Constant | None, bool | None]] = []
    for condition, holds in literals:
        if isinstance(condition, Equals) and holds:
            found.append((condition.subject, condition.constant, None))
        elif isinstance(condition, Truth) and isinstance(condition.subject, Identity):
            found.append((condition.subject, None, holds))
    return found


def _exclude(
    first: tuple[Identity, Constant | None, bool | None],
    second: tuple[Identity, Constant | None, bool | None],
) -> bool:
    subject, constant, truth = first
    other, other_constant, other_truth = second
    if truth is None and other_truth is None:
        if subject == other:
            return constant != other_constant
        return constant == other_constant and _other_round(subject, other)
    if subject != other or (truth is not None and other_truth is not None):
        return False
    pinned, wanted = (constant, other_truth) if truth is None else (other_constant, truth)
    return bool(pinned) is not wanted


def _other_round(first: Identity, second: Identity) -> bool:
    """Whether both are the variable of one loop, on different rounds."""
    if first.root != second.root or not first.path or not second.path:
        return False
    a, b = first.path[-1], second.path[-1]
    return isinstance(a, Item) and isinstance(b, Item) and a.loop == b.loop and a.turn != b.turn
