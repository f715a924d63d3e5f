"""What a plan for NumPy's global state consists of: groups that move, and reasons that forbid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rnglint.diagnostics import Span
from rnglint.facts.model import Context, Facts, Reference, Statement

_SEEDS = 2**32
#: A seed that may be written twice: nothing happens when it is looked at again.
_PLAIN = re.compile(r"[\w.+*\-\[\] ]+")
_IF_GIVEN = re.compile(r"if\s+([\w.]+)\s+is\s+not\s+None\s*:\s*[\w.]+\(\s*(?:seed\s*=\s*)?\1\s*\)")


@dataclass(frozen=True, slots=True)
class Group:
    """A generator to be: bound in `scope` by its `seeds`, used by its `draws`.

    Where no seed comes before every draw, it is first made after the import `after`, or before the
    statement `before`: unseeded, or with the `seed` that an imported module sets.
    `name` is that of a generator which is there already. With `keeps`, the seeds stay, and
    the generator is made beside them: somebody else may draw from the global state too.
    `takers` are functions that take the generator as a parameter instead.
    """

    scope: int
    seeds: tuple[Reference, ...]
    draws: tuple[Reference, ...]
    after: Statement | None = None
    name: str | None = None
    keeps: bool = False
    takers: tuple[int, ...] = ()
    seed: str = ""
    before: Statement | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The groups of one source, and by the span of a seed or draw why it is in none.

    `is_library` says that the module is made to be imported by others.
    """

    groups: tuple[Group, ...] = ()
    reasons: dict[Span, str] = field(default_factory=dict)
    is_library: bool = False


def is_seed(reference: Reference) -> bool:
    """Whether a reference seeds the global state, or means to."""
    used = reference.context in (Context.CALL, Context.VALUE, Context.STORE)
    return used and reference.entry.effect == "seed" and reference.entry.library == "numpy"


def seed_is_usual(reference: Reference) -> bool:
    """Whether the seed is one that the legacy functions and `default_rng` both take.

    What is no literal is taken for a good seed, as the program would stop there otherwise.
    """
    if reference.call is None or len(reference.call.arguments) > 1:
        return False
    for argument in reference.call.arguments:
        if argument.star or argument.keyword not in (None, "seed"):
            return False
        if argument.is_literal:
            value = argument.literal
            return value is None or (isinstance(value, int) and 0 <= value < _SEEDS)
        return argument.text.strip("()[] ") != ""
    return True


def seed_can_repeat(reference: Reference) -> bool:
    """Whether the seed may be looked at twice, by the global state and by a generator."""
    arguments = reference.call.arguments if reference.call else ()
    return bool(arguments) and all(_PLAIN.fullmatch(item.text) for item in arguments)


def seeding_statement(facts: Facts, seed: Reference) -> Statement | None:
    """The statement that does nothing but this seeding: its call, or `if seed is not None:` it."""
    if seed.statement is None or seed.call is None:
        return None
    statement = facts.statements[seed.statement]
    if statement.span != seed.call.span:
        return None
    if statement.parent is not None:
        around = facts.statements[statement.parent]
        if around.kind == "If" and _IF_GIVEN.fullmatch(facts.text(around.span)) and around.alone:
            return around
    return statement
