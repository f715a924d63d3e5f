"""Statements such as `a, b = jax.random.split(key)`: read, made to return one more, and new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Call, Consumption, Facts, Statement
from rnglint.rewrite.key_names import names_for
from rnglint.rewrite.naming import spelling
from rnglint.rewrite.width import columns_with, overhang

_TARGETS = re.compile(r"(\w+(?:\s*,\s*\w+)+)\s*=\s*")
_TARGET = re.compile(r"(\w+)\s*=\s*")


@dataclass(frozen=True, slots=True)
class SplitStatement:
    """A statement that splits a key into as many names as the call returns keys, or into one array.

    `text` is the source of the names, which begin the statement.
    """

    statement: Statement
    call: Call
    targets: tuple[str, ...]
    text: str

    @property
    def key(self) -> str:
        """The source of the key that is split."""
        return self.call.arguments[0].text

    def with_more(self, *last: str, first: str = "") -> tuple[Edit, ...]:
        """The edits that make it return more keys, of these names: the last ones, and the first."""
        end = len(self.text)
        named = [self._edit(0, 0, f"{first}, ")] if first else []
        named += [self._edit(end, end, f", {', '.join(last)}")] if last else []
        return *named, self.counted(len(self.targets) + len(last) + bool(first))

    def has_room(self, facts: Facts, *names: str) -> bool:
        """Whether its row can take more names without sticking out."""
        added = sum(len(f", {name}") for name in names)
        added += 0 if len(self.call.arguments) > 1 else len(", 3")
        return not overhang(facts, columns_with(facts, self.statement.span, added))

    def with_named(self, name: str) -> Edit | None:
        """The edit that binds to `name` what is bound to `_`, if anything is."""
        dropped = re.search(r"\b_\b", self.text)
        return self._edit(dropped.start(), dropped.end(), name) if dropped else None

    @property
    def count(self) -> int:
        """How many keys the call returns."""
        return _number(self.call) or 0

    def counted(self, count: int) -> Edit:
        """The edit that makes the call return so many keys."""
        if len(self.call.arguments) > 1:
            return Edit(self.call.arguments[1].value, str(count))
        end = self.call.arguments[0].span.end
        return Edit(Span(end, end, self.call.span.cell), f", {count}")

    def _edit(self, start: int, end: int, content: str) -> Edit:
        """An edit within the names: `start` and `end` count from the statement's first column."""
        row, column = self.statement.span.start.row, self.statement.span.start.column
        span = Span(
            Position(row, column + start), Position(row, column + end), self.statement.span.cell
        )
        return Edit(span, content)


def split_statement(facts: Facts, index: int | None) -> SplitStatement | None:
    """The statement `index`, if it is `a, b = jax.random.split(key)` in this or a like form."""
    found = _assigned_split(facts, index, _TARGETS)
    return found if found and found.count == len(found.targets) else None


def array_statement(facts: Facts, index: int | None, name: str) -> SplitStatement | None:
    """The statement `index`, if it is `name = jax.random.split(key, 3)` or the like."""
    found = _assigned_split(facts, index, _TARGET)
    return found if found and found.count and found.targets == (name,) else None


def _assigned_split(
    facts: Facts, index: int | None, form: re.Pattern[str]
) -> SplitStatement | None:
    """The statement `index`, if it assigns a split to targets of a form, and nothing more."""
    if index is None or facts.statements[index].kind != "Assign":
        return None
    statement = facts.statements[index]
    calls = [
        use.call
        for use in facts.references
        if use.statement == index and use.qualified == "jax.random.split" and use.call
    ]
    if len(calls) != 1 or calls[0].span.end != statement.span.end:
        return None
    before = Span(statement.span.start, calls[0].span.start, statement.span.cell)
    match = form.fullmatch(facts.text(before))
    if match is None or "\n" in match[0]:
        return None
    return SplitStatement(statement, calls[0], tuple(re.split(r"\s*,\s*", match[1])), match[1])


def new_split(
    facts: Facts, place: Consumption, statement: Statement, *others: Consumption
) -> tuple[list[str], list[Edit]] | None:
    """Names for subkeys, and the split that makes them, put on a line before `statement`.

    A subkey of the key at `place` for that, and one for each of the `others`, if the row has room
    for all of these.
    """
    split = spelling(facts, "jax.random.split", place.scope, statement.index)
    if split is None:
        return None
    count = f", {len(others) + 2}" if others else ""
    start = Position(statement.span.start.row, 1)
    for subkeys in names_for(facts, [place, *others], statement):
        targets = ", ".join((place.text, *subkeys))
        line = f"{statement.indent}{targets} = {split.text}({place.text}{count})"
        if not others or not overhang(facts, len(line)):
            made = Edit(Span(start, start, statement.span.cell), line + "\n")
            return subkeys, [*split.edits, made]
    return None


def _number(call: Call) -> int | None:
    """How many keys a call of `split` returns; None where that is not written there."""
    arguments = call.arguments
    if not arguments or any(item.star for item in arguments) or arguments[0].keyword:
        return None
    if len(arguments) == 1:
        return 2
    literal = arguments[1].literal
    known = len(arguments) == 2 and arguments[1].keyword in (None, "num")
    return literal if known and type(literal) is int else None
