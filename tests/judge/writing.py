"""The text of a program in the making, and which keys it has at hand.

Which keys are spent is a rough guess that keeps about half of the programs right; what a program
does is found out by running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

Tokens = frozenset[int]

#: One key in so many is taken without asking whether it is spent.
_RECKLESS = 7
#: Tests of flags, by name.
CONDITIONS = {
    "flag": ("{0}", "not {0}"),
    "and": ("{0} and {1}", "not {0} and {1}"),
    "or": ("{0} or {1}", "not ({0} or {1})"),
}
#: Deeper nesting than this is not written.
DEEPEST = 2


class Key(NamedTuple):
    """An expression for a key, and the keys that it may be."""

    text: str
    tokens: Tokens


class Entry(NamedTuple):
    """A function to start at: its name and its parameters, each a "key", "keys" or a "flag"."""

    name: str
    parameters: tuple[tuple[str, str], ...]


class Helper(NamedTuple):
    """A function that can be called: what it takes, what it returns, which parameters it spends.

    `returned` says of each key in the result which parameters it may be; a fresh key is none.
    """

    name: str
    kinds: tuple[str, ...]
    result: str
    returned: tuple[frozenset[int], ...]
    spends: frozenset[int]


@dataclass(slots=True)
class Module:
    """What all functions of one program share.

    `table` has the name of each kind of statement as often as that is to be written.
    """

    choose: Callable[[Sequence[Any]], Any]
    writers: Mapping[str, Callable[[Body], None]]
    table: Sequence[str]
    compound: frozenset[str]
    prelude: dict[str, str] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    features: set[str] = field(default_factory=set)
    numbers: int = 0

    def number(self) -> int:
        """A number that was not used yet."""
        self.numbers += 1
        return self.numbers

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        chosen: T = self.choose(options)
        return chosen

    def chance(self, one_in: int) -> bool:
        """True once in so many times; shrinks to False."""
        return self.pick(range(one_in)) == one_in - 1


@dataclass(slots=True)
class Known:
    """What is at hand at one place: keys, arrays of keys, and which keys were spent."""

    keys: dict[str, Tokens] = field(default_factory=dict)
    arrays: dict[str, tuple[Tokens, ...]] = field(default_factory=dict)
    spent: frozenset[int] = frozenset()

    def copy(self) -> Known:
        """What one branch starts with."""
        return Known(dict(self.keys), dict(self.arrays), self.spent)


def merged(branches: Sequence[Known]) -> Known:
    """What is at hand where branches meet."""
    first, *rest = branches
    result = first.copy()
    for other in rest:
        result.keys = {
            text: tokens | other.keys[text]
            for text, tokens in result.keys.items()
            if text in other.keys
        }
        result.arrays = {
            text: tuple(a | b for a, b in zip(items, other.arrays[text], strict=True))
            for text, items in result.arrays.items()
            if len(other.arrays.get(text, ())) == len(items)
        }
        result.spent |= other.spent
    return result


class Body:
    """A function body in the making."""

    def __init__(
        self, module: Module, flags: Sequence[str], result: str = "sample", *, nested: bool = False
    ) -> None:
        self.module = module
        self.nested = nested
        self.flags = list(flags)
        self.result = result
        self.asked = False
        self.returned: list[list[Tokens]] = []
        self.indices: list[str] = []
        self.known = Known()
        self.lines: list[str] = []
        self.depth = 0
        self.loops = 0
        self.closed = False

    # -- choices ------------------------------------------------------------------------------

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self.module.pick(options)

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.module.chance(one_in)

    def name(self, stem: str) -> str:
        """A name that nothing has yet."""
        return f"{stem}{self.module.number()}"

    # -- text ---------------------------------------------------------------------------------

    def emit(self, line: str) -> None:
        """Writes one line."""
        self.lines.append("    " * (self.depth + 1) + line)

    def leave(self, line: str) -> None:
        """Writes a line after which nothing follows in this suite."""
        self.emit(line)
        self.closed = True

    def block(self, size: int) -> None:
        """Writes up to so many statements."""
        for _ in range(self.pick(range(1, size + 1))):
            if self.closed:
                return
            name = self.pick([name for name in self.module.table if name not in CONDITIONS])
            if self.depth >= DEEPEST and name in self.module.compound:
                name = "draw"
            self.module.features.add(name)
            self.module.writers[name](self)

    def flag(self) -> str:
        """One of the flags."""
        self.asked = True
        return self.pick(self.flags)

    def condition(self) -> str:
        """A test of the flags."""
        one = self.flag()
        others = [flag for flag in self.flags if flag != one]
        name = self.pick([name for name in self.module.table if name in CONDITIONS])
        name, other = (name, self.pick(others)) if others else ("flag", one)
        self.module.features.add(name)
        return self.pick(CONDITIONS[name]).format(one, other)

    def give_back(self) -> None:
        """Returns what the function promises, and notes which keys that are."""
        keys: list[Key] = []
        if self.result == "array":
            keys = [self.two_keys()]
        elif self.result != "sample":
            keys = [self.key() for _ in range(2 if self.result == "two keys" else 1)]
        if any(key.tokens & self.known.spent for key in keys):
            self.module.features.add("spent key escapes")
        parts = [key.text for key in keys]
        if "sample" in self.result:
            parts.append("out")
        if self.result == "two keys":
            self.spend(keys[0].tokens)
        self.returned.append([key.tokens for key in keys])
        self.leave(f"return {', '.join(parts)}")

    @contextmanager
    def suite(self, header: str) -> Iterator[None]:
        """Writes a compound statement; what its suite leaves is in `known` and `closed`."""
        self.emit(header)
        before = len(self.lines)
        self.depth += 1
        self.closed = False
        yield
        if len(self.lines) == before:
            self.emit("pass")
        self.depth -= 1

    def join(self, ends: Sequence[tuple[Known, bool]]) -> None:
        """Goes on where branches meet, of which some may have left."""
        open_ends = [known for known, closed in ends if not closed]
        self.closed = not open_ends
        self.known = merged(open_ends or [known for known, _ in ends])

    # -- keys ---------------------------------------------------------------------------------

    def fresh(self) -> Tokens:
        """A key that is like no other."""
        return frozenset({self.module.number()})

    def all_keys(self) -> list[Key]:
        """Every expression for a key."""
        found = [Key(text, tokens) for text, tokens in self.known.keys.items()]
        for array, items in self.known.arrays.items():
            for index, tokens in enumerate(items):
                found.append(Key(f"{array}[{index}]", tokens))
                if index == len(items) - 1 and not array.startswith("p"):
                    found.append(Key(f"{array}[-1]", tokens))
        return found

    def key(self, *, plain: bool = False) -> Key:
        """Some key, mostly one that was not spent; `plain` if it has to have a name."""
        keys = [item for item in self.all_keys() if not plain or item.text.isidentifier()]
        unspent = [item for item in keys if not item.tokens & self.known.spent]
        if keys and self.chance(_RECKLESS):
            return self.pick(keys)
        if unspent:
            return self.pick(unspent)
        name = self.name("k")
        if self.loops or self.nested:
            self.emit(f"{name} = jr.clone({self.pick(self.all_keys()).text})")
        else:
            self.emit(f"{name} = jr.key({self.module.number()})")
        self.bind(name, self.fresh())
        return Key(name, self.known.keys[name])

    def array(self) -> tuple[str, tuple[Tokens, ...]]:
        """Some array of keys, mostly one of which none was spent."""
        arrays = list(self.known.arrays.items())
        unspent = [item for item in arrays if not frozenset().union(*item[1]) & self.known.spent]
        if arrays and self.chance(_RECKLESS):
            return self.pick(arrays)
        if unspent:
            return self.pick(unspent)
        key = self.spent_key()
        name = self.name("ks")
        self.emit(f"{name} = jr.split({key}, 3)")
        self.bind_array(name, 3)
        return name, self.known.arrays[name]

    def two_keys(self) -> Key:
        """Some array of two keys."""
        text, items = self.array()
        part = "" if len(items) == 2 else "[:2]"
        return Key(text + part, frozenset().union(*items[:2]))

    def spend(self, tokens: Tokens) -> None:
        """Notes that a key is spent."""
        self.known.spent |= tokens

    def spent_key(self) -> str:
        """The text of some key that is spent from here on."""
        key = self.key()
        self.spend(key.tokens)
        return key.text

    def spent_array(self) -> str:
        """The text of some array of which all keys are spent from here on."""
        text, items = self.array()
        self.spend(frozenset().union(*items))
        return text

    def forget(self, name: str) -> None:
        """A name is bound anew: what was reached through it is out of reach."""
        tables: tuple[dict[str, Any], ...] = (self.known.keys, self.known.arrays)
        for table in tables:
            below = [item for item in table if item.startswith((f"{name}.", f"{name}["))]
            for text in [name, *below]:
                table.pop(text, None)

    def bind(self, name: str, tokens: Tokens) -> None:
        """A name gets a key."""
        self.forget(name)
        self.known.keys[name] = tokens

    def bind_array(self, name: str, count: int) -> None:
        """A name gets an array of fresh keys."""
        self.forget(name)
        self.known.arrays[name] = tuple(self.fresh() for _ in range(count))
