"""Abstract values, and when two of them are the same key.

What matters of a value is its identity: a root (a parameter, a variable of an enclosing scope, or
one evaluation that made something new) and the steps that lead from it (an attribute, an
index, a `fold_in`). Everything that is not understood is an `Entity` with an identity of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis
    from rnglint.facts.flow.guards import Guard

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

    def replaced(self, key: Constant, value: Value) -> Mapping:
        """A copy in which `key` has another value."""
        return Mapping(tuple({**dict(self.items), key: value}.items()))


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
