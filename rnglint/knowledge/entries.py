"""The words in which the tables speak: what one library function does with random numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

Effect = Literal[
    "seed",  # seeds hidden global state from the parameter `seed`; absent or None is entropy
    "reseed",  # a method that starts the stream of its object anew from the parameter `seed`
    "draw",  # draws from hidden global state
    "state",  # reads or replaces hidden global state
    "make",  # constructs an object of class `makes`, from the parameter `seed`, or consuming `key`
    "key",  # makes a fresh key, from the parameter `seed` where there is one
    "consume",  # consumes the parameter `key` and returns samples
    "split",  # consumes `key` and returns an array of `count` fresh keys
    "fold",  # derives a key from `key` and `data`, consuming nothing
    "clone",  # copies `key` with permission to use the copy as well
    "same",  # returns its argument `key`, still the same key
    "inspect",  # looks at its arguments and consumes none
    "transform",  # returns a function that behaves like its parameters `function`
    "run",  # calls its parameters `function` right away
    "partial",  # returns `function` with some arguments already given
    "hand",  # hands `function` to `workers`, which call it
]
Kind = Literal["positional", "keyword", "variadic", "variadic-keyword"]
Runs = Literal["once", "many", "branch", "solver"]
Result = Literal["key", "keys", "sample", "function", "none"]
Arguments = Literal["verbatim", "shape", "integers", "random_integers", "none"]
Workers = Literal[
    "processes",  # forked or spawned on this machine: copies of the parent, or started anew
    "jobs",  # processes or threads, as a setting says
    "remote",  # processes that run already, perhaps elsewhere
    "loader",  # processes that load data; PyTorch seeds its own state in each, and Python's
    "threads",  # they share everything
]
Volatile = Literal[
    "clock",  # the time: alike in processes that start together
    "process",  # the number of a process or thread
    "address",  # a place in memory
    "salt",  # for texts, Python chooses it anew in each process
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a library function; a variadic one is never `required`."""

    name: str
    kind: Kind
    required: bool


@cache
def parse_parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters that `text` lists, as in `key shape? * dtype? **rest`."""
    found: list[Parameter] = []
    kind: Kind = "positional"
    for word in text.split():
        if word.startswith("**"):
            found.append(Parameter(word[2:], "variadic-keyword", required=False))
        elif word.startswith("*"):
            kind = "keyword"
            if len(word) > 1:
                found.append(Parameter(word[1:], "variadic", required=False))
        else:
            found.append(Parameter(word.rstrip("?"), kind, not word.endswith("?")))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one library function does with random numbers; `Effect` lists the words.

    A method has the name of its class in front, that of an entry `makes`: "m.Class.method".
    `parameters` may leave out the last ones. `key`, `seed`, `count`, `data` and `function` name
    parameters; one that takes either a key or a seed is both. `runs` says how often the functions
    in `function` are called ("solver": many times, and the same noise is needed each time), and
    `traces` that JAX traces them once for many calls; a `derivative` is that of the function, at
    the same arguments. `generator` and
    `arguments` say how a legacy draw is spelled as a method of NumPy's `Generator`. `volatile` says
    what else than its arguments decides what it returns: no two runs of a program agree on it.
    `workers` are those that call what is handed to them, or that an object of the class manages;
    where objects are handed, or where a class is inherited from, they call its `methods`.
    """

    qualified: str
    library: str
    effect: Effect
    parameters: tuple[Parameter, ...] = ()
    key: str | None = None
    seed: str | None = None
    count: str | None = None
    data: str | None = None
    function: tuple[str, ...] = ()
    makes: str | None = None
    runs: Runs | None = None
    traces: bool = False
    derivative: bool = False
    result: Result | None = None
    generator: str | None = None
    arguments: Arguments | None = None
    volatile: Volatile | None = None
    workers: Workers | None = None
    methods: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The last component of the qualified name."""
        return self.qualified.rpartition(".")[2]

    def position(self, name: str) -> int | None:
        """The index at which an argument without a keyword lands in the parameter `name`.

        The first such index where the parameter is variadic; None where it needs its keyword.
        """
        for index, parameter in enumerate(self.parameters):
            if parameter.name == name:
                return index if parameter.kind in ("positional", "variadic") else None
        return None

    def bind(self, positional: int, keywords: Iterable[str]) -> dict[str, int | str]:
        """Which argument each parameter gets: the index of a positional one, or a keyword.

        A variadic parameter maps to the first index that it takes. Arguments that fit
        nowhere, and parameters that get nothing, are left out.
        """
        ordered = [p.name for p in self.parameters if p.kind in ("positional", "variadic")]
        bound: dict[str, int | str] = {n: i for i, n in enumerate(ordered[:positional])}
        named = {p.name for p in self.parameters if p.kind in ("positional", "keyword")}
        for keyword in keywords:
            if keyword in named:
                bound.setdefault(keyword, keyword)
        return bound


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """The methods of a generator class, and the ones that people expect of it in vain.

    `missing` maps a name that does not exist to the method meant, or to "" where none is.
    """

    qualified: str
    methods: frozenset[str]
    missing: Mapping[str, str] = field(default_factory=dict, hash=False)
