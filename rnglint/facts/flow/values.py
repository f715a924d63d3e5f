"""Abstract values, and when two of them are the same key.

What matters of a value is its identity: a root (a parameter, a variable of an enclosing scope, or
one evaluation that made something new) and the steps that lead from it (an attribute, an
index, a `fold_in`). Everything that is not understood is an `Entity` with an identity of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis

Constant: TypeAlias = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Root:
    """Where an identity begins.

    `number` is unique to one evaluation. It is 0 for a variable of the scope with the number
    `scope`, a parameter or one of an enclosing scope, whose value is known only where the function
    is called; and for a value that `name` alone describes (`scope` is then -1).
    """

    number: int
    scope: int = -1
    name: str = ""

    @property
    def is_variable(self) -> bool:
        """Whether a caller can say what stands here."""
        return self.number == 0 and self.scope >= 0


def described(text: str, *parts: Identity) -> Identity:
    """The identity of whatever `text` and the identities in it determine."""
    return Identity(Root(0, -1, text), tuple(At(part) for part in parts))


_FROM_END = "from the end "


def from_end(number: int) -> Identity:
    """The index that counts `number` elements from the end of an array of unknown length."""
    return described(f"{_FROM_END}{number}")


_HANDED_OUT = "handed out "


def handed_out(unique: int, number: int) -> Identity:
    """The index of what an iterator over something unknown hands out after `number` others.

    Unlike any other, by its `unique` number: only who knows that this iterates over an array knows
    which element it is.
    """
    return Identity(Root(unique, -1, f"{_HANDED_OUT}{number}"))


def counted_handed_out(index: Identity) -> int | None:
    """How many elements were handed out before, if an index is one of those."""
    name = index.root.name
    return int(name.removeprefix(_HANDED_OUT)) if name.startswith(_HANDED_OUT) else None


def counted_from_end(index: Identity) -> int | None:
    """How many elements from the end an index is, if it is one of those; at least 1."""
    name = index.root.name
    return int(name.removeprefix(_FROM_END)) if name.startswith(_FROM_END) else None


@dataclass(frozen=True, slots=True)
class Attr:
    """The step to an attribute, or to a constant key of a mapping."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """The step to elements `low` to `high` (exclusive; None is the end) of an array.

    With `loop`, the step is to the element that round `turn` of that loop takes out of the range.
    """

    low: int
    high: int | None
    loop: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class At:
    """The step to the element at an index that only has an identity."""

    index: Identity


@dataclass(frozen=True, slots=True)
class Fold:
    """The step from a key to `fold_in(key, data)`."""

    data: Identity | Constant


Step: TypeAlias = Attr | Item | At | Fold


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one key from another."""

    root: Root
    path: tuple[Step, ...] = ()

    def then(self, step: Step) -> Identity:
        """The identity one step further."""
        return Identity(self.root, (*self.path, step))


class Kind(Enum):
    """What is known of an entity."""

    UNKNOWN = "unknown"
    KEY = "key"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Entity:
    """Something with an identity. `length` is the number of keys in an array, where known."""

    identity: Identity
    kind: Kind = Kind.UNKNOWN
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Sequence:
    """A tuple or list whose elements are known."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A name of a library."""

    qualified: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a library's class."""

    qualified: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary whose constant keys and values are known."""

    items: tuple[tuple[Constant, Value], ...]


@dataclass(frozen=True, slots=True)
class Zip:
    """An iterable that yields tuples, one element of each part: `zip`, `enumerate`."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """What hands out the elements of `value` one by one: `iter(value)`, `reversed(value)`.

    `gone` says how many were handed out already of something of which nothing is known.
    """

    value: Value
    backwards: bool = False
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """A visible function: a `def` or `lambda`, with its receiver if it is a method.

    `home` is the analysis of the source in which it stands. `defaults` are the values of its
    parameters' defaults, where they were evaluated.
    """

    node: cst.FunctionDef | cst.Lambda
    home: Analysis
    receiver: Value | None = None
    defaults: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """A function with arguments already given, each with the expression that it is."""

    function: Value
    positional: tuple[tuple[Value, cst.BaseExpression], ...]
    keywords: tuple[tuple[str, Value, cst.BaseExpression], ...]


@dataclass(frozen=True, slots=True)
class Transformed:
    """A function that a transformation made of another one.

    `by` is the transformation, `node` where it is applied. With `many` a call runs the function
    once for each lane; `shared` then tells of each positional argument, or of all, whether
    all lanes get the same. A `derivative` evaluates the function at the point that the function
    itself is evaluated at.
    """

    function: Value
    by: str
    node: cst.CSTNode
    many: bool = False
    derivative: bool = False
    shared: tuple[bool, ...] | bool = False

    def is_shared(self, position: int) -> bool:
        """Whether all lanes get the same argument at `position`."""
        if isinstance(self.shared, bool):
            return self.shared
        return position < len(self.shared) and self.shared[position]


@dataclass(frozen=True, slots=True)
class Class:
    """A visible class; `home` is the analysis of the source in which it stands."""

    node: cst.ClassDef
    home: Analysis


@dataclass(frozen=True, slots=True)
class Record:
    """An object whose fields are known, that of a NamedTuple or dataclass.

    Those that `items` do not hold are the attributes of `base`, of which it is a changed copy.
    """

    items: tuple[tuple[str, Value], ...]
    cls: Class | None = None
    base: Value | None = None
    frozen: bool = True

    def get(self, name: str) -> Value | None:
        """The field `name`, if it is among the `items`."""
        return next((value for field, value in self.items if field == name), None)

    def replaced(self, items: Iterable[tuple[str, Value]]) -> Record:
        """A copy with other fields."""
        return replace(self, items=tuple({**dict(self.items), **dict(items)}.items()))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, each on the paths that its guard describes."""

    options: tuple[tuple[Guard, Value], ...]


Value: TypeAlias = (
    Entity
    | Literal
    | Sequence
    | Mapping
    | Zip
    | Elements
    | Library
    | Instance
    | Function
    | Partial
    | Transformed
    | Class
    | Record
    | Choice
)


def roots_of(value: Value) -> set[Root]:
    """The roots of what a value consists of, as far as it made them."""
    if isinstance(value, Entity):
        return {value.identity.root} if value.identity.root.number else set()
    if isinstance(value, Elements):
        return roots_of(value.value)
    return set[Root]().union(*map(roots_of, (*alternatives(value), *members_of(value))))


def members_of(value: Value) -> tuple[Value, ...]:
    """What a container or record that is known holds; nothing for anything else."""
    if isinstance(value, Sequence):
        return value.items
    return tuple(i for _, i in value.items) if isinstance(value, (Mapping, Record)) else ()


def alternatives(value: Value) -> tuple[Value, ...]:
    """What a value that is one of several may be; nothing for one that is certain."""
    return tuple(item for _, item in value.options) if isinstance(value, Choice) else ()


#: A callable of which nothing is known but that it consumes nothing for certain: a function under
#: an unknown decorator, a property.
SILENT = Sequence(())


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
        both = self.literals | other.literals
        resolved = _resolved(both)
        return resolved != both and _contradict(resolved, resolved)


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
        elif any(_contradict(frozenset({part}), literals) for part in condition.parts):
            continue
        else:
            negated = [(part, not truth) for part, truth in condition.parts]
            left = [each for each in negated if not _contradict(frozenset({each}), literals)]
            if len(left) > 1:
                continue
            added = frozenset(left or negated)
        if not added <= literals:
            return _resolved(literals | added)
    return literals


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
        holds
        and isinstance(condition, Truth)
        and isinstance(condition.subject, Identity)
        and (Equals(condition.subject, True), False) in others
        for condition, holds in some
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
