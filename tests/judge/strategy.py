"""The strategy: small programs that use JAX keys, about half of them right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from judge.control import CONTROL
from judge.functions import COMPILED, FUNCTIONS
from judge.statements import STATEMENTS
from judge.writing import CONDITIONS, Body, Entry, Module

HEADER = """\
import contextlib
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
import jax
import jax.numpy as jnp
from jax import lax
from jax import random as jr
"""

_ALL = STATEMENTS | CONTROL | FUNCTIONS | COMPILED
WRITERS: dict[str, Callable[[Body], None]] = {name: writer for name, (writer, _) in _ALL.items()}
#: Everything that a program may have in it.
FEATURES = frozenset(
    [
        *WRITERS,
        *CONDITIONS,
        "raw key",
        "finally after return",
        "spent key escapes",
        "closure in a loop",
    ]
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the functions at which it is started, and which features it has."""

    text: str
    entries: tuple[Entry, ...]
    features: frozenset[str]

    @property
    def typed(self) -> str:
        """The program with typed keys, which are the only ones that JAX tracks."""
        return self.text.replace("jr.PRNGKey(", "jr.key(")

    @property
    def is_compiled(self) -> bool:
        """Whether JAX has to compile something to run it."""
        return not self.features.isdisjoint(COMPILED)


@st.composite
def programs(draw: st.DrawFn, without: frozenset[str] = frozenset()) -> Program:
    """A program with none of the features `without`."""
    table = [name for name, (_, weight) in _ALL.items() for _ in range(weight)]
    table += ["flag", "flag", "flag", "and", "or"]
    table = [name for name in table if name not in without]

    def choose(options: Sequence[Any]) -> Any:
        return options[draw(st.integers(0, len(options) - 1))] if len(options) > 1 else options[0]

    module = Module(choose, WRITERS, table, frozenset(CONTROL))
    main = _main(module, raw="raw key" not in without and module.chance(6))
    classes = "".join(f"\n\n{text}\n" for text in module.prelude.values())
    functions = "".join(f"\n\n{text}\n" for text in module.functions)
    assume(module.features.isdisjoint(without))
    return Program(
        HEADER + classes + functions + main, tuple(module.entries), frozenset(module.features)
    )


def _main(module: Module, *, raw: bool) -> str:
    flags = ("a", "b")
    body = Body(module, flags)
    body.emit("out = []")
    parameters = [("key", "key"), *((flag, "flag") for flag in flags)]
    if raw:
        module.features.add("raw key")
        body.emit("raw = jr.PRNGKey(0)")
        body.bind("raw", body.fresh())
        del parameters[0]
    else:
        body.bind("key", body.fresh())
    for _ in range(module.pick(range(1, 5))):
        body.block(2)
    if not body.closed:
        body.give_back()
    module.entries.append(Entry("program", tuple(parameters)))
    names = ", ".join(name for name, _ in parameters)
    return "\n".join(["\n", f"def program({names}):", *body.lines, ""])
