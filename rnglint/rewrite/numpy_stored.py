"""Draws whose very numbers matter: somebody stored a result that others would not match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, partial

from rnglint.diagnostics import Span
from rnglint.facts.model import Facts, MethodUse, Reference, Scope, ScopeKind, Statement
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.places import Places
from rnglint.rewrite.purpose import is_test_file
from rnglint.rewrite.reach import Reach
from rnglint.rewrite.words import words

#: A number written out to many digits, or a digest.
_STORED = re.compile(
    r"\d\.\d{8,}|\b0x[0-9a-fA-F]{8,}|\bsha\d+\b|\bmd5\b|hexdigest"
    r"|(?:\b\d{2,}\.\d+,\s*){2}\d{2,}\.\d"
)
#: Decimals in an assertion that are no bounds and no tolerances: a result, rounded. So are lists
#: of three numbers and more.
_ROUNDED = re.compile(
    r"(?<=equal)\(.*,\s*-?(?![01]\.0*\))\d+\.\d*\)"
    r"|(?<![\w.=<>])(?<![=<>] )\d+\.\d{3,}(?!\d*e-)"
    r"|[\[(]\s*-?\d*\.\d{2,}\s*,\s*-?\d*\.\d{2,}"
    r"|\[\s*-?\d+\s*(?:,\s*-?\d+\s*){2,},?\s*\]"
)
#: Modules that hold the results of other programs: `from .results import results_glm`.
_RESULTS = re.compile(r"(?:^|[._])(?:results?|golden|expected|snapshots?)(?:$|[._])")
#: What a test's class says that the result is, for an assertion of its base class.
_ATTRIBUTE = re.compile(
    r"(?!\w*(?:tol|eps|delta|alpha))\w+\s*=[^=](?:\s*-?\d+\.\d{4,}|.*[\[(]\s*-?\d*\.\d{2,}\s*,)"
)
#: A result that is a list of texts or of numbers, or a dictionary with decimals, and one that is
#: read from a file of results.
_EXPECTED = re.compile(
    r"(?!\w*shape)\w*(?:expect|desired)\w*\s*=[^=]"
    r"(?:\s*(?:dict\(|\{).*[:=\[(,]\s*-?\d*\.\d{2,}"
    r"|.*\[\s*(?:(?:'[^'\n]*'|\"[^\"\n]*\")\s*,\s*){3}"
    r"|\s*(?:[\w.]*array\(\s*)?\[\s*(?:-?\d+\.?\d*\s*,\s*){3}-?\d)",
    re.DOTALL,
)
_READ_RESULTS = re.compile(
    r"(?i:(?=\w*(?:results?|golden|expected)))(\w+)\s*=\s*[\w.]*(?:read_\w+|load\w*|genfromtxt|fromfile)\("
)
#: A table of a module: numbers of three decimals and more, one after the other.
_TABLE = re.compile(r"(\w+)\s*=[^=].*(?:-?\d*\.\d{3,}\s*,\s*){2}-?\d*\.\d{3}", re.DOTALL)
_TARGET = re.compile(r"(\w+)\s*=[^=]")
_ADDED_TO = re.compile(r"(\w+)\s*(?:[-+*|]=|\[[^\]\n]*\]\s*=[^=]|\.(?:add|append|extend|update)\()")
_ASSERTION = re.compile(r"(?:\w+\.)*_?assert(?!\w*(?:[rR]aises|[wW]arns|[wW]arnings?)\w*\()")
#: What a test says where it checks something.
_CHECKS = re.compile(r"assert|compare")
#: A number of two digits and more, where it is no argument by name and no subscript.
_NUMBER = re.compile(r"[^\w.]\d{2,}")


#: A comment that says that a seed was looked for, or that results hang on it.
_CHOSEN = re.compile(
    r"#.*(?:\b(?:known|working|good|lucky|chosen|picked|particular) (?:\w+ )?seed\b"
    r"|\bdepends? on (?:this|the) (?:\w+ )?seed\b|\bseed\b.*\b(?:chosen|picked|selected|works)\b"
    r"|\bsensitive to (?:the )?(?:inputs?|seed|data)\b)",
    re.IGNORECASE,
)
#: So many rows above a seed such a comment may stand.
_ABOVE = 4


def _is_function(scope: Scope) -> bool:
    return scope.kind is ScopeKind.FUNCTION


class Stored:
    """Tells for the draws of one source whether stored numbers hang on them."""

    def __init__(self, places: Places, reach: Reach) -> None:
        self._facts: Facts = places.facts
        self._places = places
        self._reach = reach
        self._known: dict[tuple[int, bool], bool] = {}

    def depends_on(self, use: Reference | MethodUse, *, seeded: bool = True) -> bool:
        """Whether stored numbers are compared with what `use` draws.

        Where no seed is in sight only what could be nothing else counts: the numbers are others
        in each run, if no other file sets a seed for this one.
        """
        if seeded and self._is_chosen(use):
            return True
        if seeded and use.statement is not None:
            text = self._facts.text(self._facts.statements[use.statement].span)
            if _ASSERTION.match(text) and _NUMBER.search(text):
                return True
        functions = self._places.functions(use.scope)
        is_stored = partial(self._is_stored_in, seeded=seeded)
        if any(map(is_stored, functions)):
            return True
        if not self._in_tests or (functions and self._reach.is_test(functions[-1])):
            return False
        return any(map(is_stored, self._users(use, functions)))

    def _is_chosen(self, use: Reference | MethodUse) -> bool:
        """Whether a comment at a place, or in the rows above, says that its seed is no other's."""
        row, cell = use.span.start.row, use.span.cell
        rows = range(max(1, row - _ABOVE), row + 1)
        return any(_CHOSEN.search(self._facts.source.line(cell, each)) for each in rows)

    def _users(self, use: Reference | MethodUse, functions: list[Scope]) -> list[Scope]:
        """The functions that use what a helper, or a line of the module, has drawn for them."""
        scopes = self._facts.scopes
        if functions:
            found = [scopes[index] for index in self._reach.callers(functions[-1])]
            users = list(filter(_is_function, found))
            prepares = functions[-1].name.lower().startswith("setup")
            return [*users, scopes[functions[-1].parent or 0]] if prepares else users
        made = self._facts.statements[use.statement].span if use.statement is not None else None
        names = self._handed_on(self._names_of(made, use)) if made else frozenset()
        users = [
            item
            for item in scopes
            if _is_function(item) and not names.isdisjoint(self._places.words(item))
        ]
        # One method of a test's class makes the result, another one reads what it should be.
        holders = {scopes[item.parent or 0] for item in users}
        return [*users, *(item for item in holders if self._reads_results(item))]

    def _names_of(self, statement: Span, use: Reference | MethodUse) -> frozenset[str]:
        """What a statement of the module may hand on: what it binds or adds to, or all its words.

        Not those of modules and functions that are imported: everything may use these.
        """
        text = self._facts.text(statement)
        name = assigned_name(self._facts, use.statement, Span(use.span.start, statement.end))
        if not name and (added := _ADDED_TO.match(text)):
            name = added[1]
        if name:
            return frozenset({name})
        return frozenset(words(text)) - {item.bound for item in self._facts.imports}

    def _handed_on(self, names: frozenset[str]) -> frozenset[str]:
        """These variables of the module, and those that its own code makes from them."""
        bound = [
            (target[1], words(self._facts.text(item.span)).keys())
            for item in self._facts.statements
            if item.kind == "Assign" and not self._places.functions(item.scope)
            if (target := _TARGET.match(self._facts.text(item.span)))
        ]
        while True:
            more = {name for name, used in bound if not names.isdisjoint(used)} - names
            if not more:
                return names
            names |= more

    def _is_stored_in(self, scope: Scope, *, seeded: bool) -> bool:
        key = (scope.index, seeded)
        if key not in self._known:
            body = self._facts.text(scope.span)
            stored = _STORED.search(body) or (seeded and scope.index in self._rounded_in)
            elsewhere = self._reads_results(scope)
            # The class of a test may leave the assertions to its base.
            is_class = scope.kind is ScopeKind.CLASS
            if is_class and seeded and not stored:
                stored = any(map(_ATTRIBUTE.match, self._attributes_of(scope)))
            checks = is_class or _CHECKS.search(body) is not None
            self._known[key] = elsewhere or (checks and bool(stored))
        return self._known[key]

    def _reads_results(self, scope: Scope) -> bool:
        """Whether a function or a class reads results that other files hold."""
        return scope.kind is not ScopeKind.MODULE and not self._results.isdisjoint(
            self._places.words(scope)
        )

    def _attributes_of(self, holder: Scope) -> Iterator[str]:
        """The assignments in the body of a class."""
        for item in self._facts.statements:
            if item.scope == holder.index and item.kind == "Assign":
                yield self._facts.text(item.span)

    @cached_property
    def _rounded_in(self) -> frozenset[int]:
        """The functions that look for rounded results themselves, for a list, or for a table."""
        return frozenset(
            item.scope
            for item in self._facts.statements
            for text in [self._facts.text(item.span)]
            if (
                _ASSERTION.match(text) and (_ROUNDED.search(text) or self._names_table(item))
                if item.kind in ("Expr", "Assert")
                else item.kind == "Assign"
                and (_EXPECTED.match(text) or self._names_table(item, after="-"))
            )
        )

    def _names_table(self, statement: Statement, *, after: str = "") -> bool:
        """Whether a statement names a table of the module, `after` a sign."""
        if self._tables is None:
            return False
        text, own = self._facts.text(statement.span), self._facts.scopes[statement.scope].names
        return any(
            found[0] not in own and text[: found.start()].rstrip().endswith(after)
            for found in self._tables.finditer(text)
        )

    @cached_property
    def _tables(self) -> re.Pattern[str] | None:
        """The names of the tables of numbers that stand in a test file."""
        if not self._in_tests:
            return None
        found = (
            _TABLE.match(self._facts.text(item.span))
            for item in self._facts.statements
            if item.kind == "Assign" and not self._places.functions(item.scope)
        )
        names = self._handed_on(frozenset(match[1] for match in found if match))
        return re.compile(rf"\b(?:{'|'.join(sorted(names))})\b") if names else None

    @cached_property
    def _results(self) -> frozenset[str]:
        """The names of results that a test file imports, or reads from another file."""
        if not self._in_tests:
            return frozenset()
        imported = {item.bound for item in self._facts.imports if _RESULTS.search(item.qualified)}
        read = (
            _READ_RESULTS.match(self._facts.text(item.span))
            for item in self._facts.statements
            if item.kind == "Assign" and not self._places.functions(item.scope)
        )
        return frozenset(imported | {match[1] for match in read if match})

    @cached_property
    def _in_tests(self) -> bool:
        return is_test_file(self._facts)
