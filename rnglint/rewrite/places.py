"""Questions about where things stand: which code runs after which, and inside of what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from rnglint.diagnostics import Span
from rnglint.facts.model import Facts, Reference, Scope, ScopeKind, Statement
from rnglint.rewrite.words import words

#: The index of the module's scope.
MODULE = 0
_FUNCTIONS = frozenset({ScopeKind.FUNCTION, ScopeKind.LAMBDA})
_NAMED = frozenset({ScopeKind.FUNCTION, ScopeKind.CLASS})
_IMPORTS = frozenset({"Import", "ImportFrom"})
_DEFINITIONS = frozenset({"FunctionDef", "ClassDef"})
_ASSIGNMENTS = frozenset({"Assign", "AnnAssign", "AugAssign"})
_LOOPS = frozenset({"For", "While"})
_DEFINED = re.compile(r"^\s*(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)


class Places:
    """The structure of one source, asked for by those who plan a fix."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def chain(self, scope: int) -> Iterator[Scope]:
        """The scope and those around it, innermost first."""
        index: int | None = scope
        while index is not None:
            yield self.facts.scopes[index]
            index = self.facts.scopes[index].parent

    def within(self, scope: int, outer: int) -> bool:
        """Whether `scope` is `outer` or lies in it."""
        return any(item.index == outer for item in self.chain(scope))

    def functions(self, scope: int) -> list[Scope]:
        """The functions and lambdas around a place, innermost first."""
        return [item for item in self.chain(scope) if item.kind in _FUNCTIONS]

    def evaluated_in(self, scope: int) -> int:
        """The function, lambda, class or module that runs the code of a scope."""
        kinds = (item for item in self.chain(scope) if item.kind is not ScopeKind.COMPREHENSION)
        return next(kinds).index

    def binder(self, name: str, scope: int) -> Scope | None:
        """The scope whose binding of `name` is read in `scope`."""
        for item in self.chain(scope):
            if name in item.names and (item.kind is not ScopeKind.CLASS or item.index == scope):
                return item
        return None

    def follows(self, reference: Reference, home: Statement) -> bool:
        """Whether `home` has surely run whenever `reference` does.

        So it is where the reference, or a statement around it, comes after `home` in the very
        suite that holds `home`; a function that is defined there can only be called later.
        """
        for statement in self.around(reference.statement):
            if statement.block == home.block:
                return statement.index > home.index
        return False

    def around(self, statement: int | None) -> Iterator[Statement]:
        """A statement and those that hold it, innermost first."""
        while statement is not None:
            yield self.facts.statements[statement]
            statement = self.facts.statements[statement].parent

    def words(self, scope: Scope) -> frozenset[str]:
        """The words of a scope's text."""
        if scope.index not in self._words:
            self._words[scope.index] = frozenset(words(self.facts.text(scope.span)))
        return self._words[scope.index]

    @cached_property
    def _words(self) -> dict[int, frozenset[str]]:
        return {}

    def carriers(self, references: Iterable[Reference]) -> frozenset[str]:
        """Names of functions and classes through which one of `references` may be reached."""
        named = [scope for scope in self.facts.scopes if scope.kind in _NAMED]
        scopes = {scope.index for item in references for scope in self.chain(item.scope)}
        found = {scope.name for scope in named if scope.index in scopes}
        while True:
            more = {scope.name for scope in named if not found.isdisjoint(self.words(scope))}
            if more <= found:
                return frozenset(found)
            found |= more

    def mentions_others(self, scope: Scope, holding: Mapping[int, int]) -> bool:
        """Whether a scope mentions, by way of others perhaps, one that holds what it does not.

        `holding` counts, for each scope, what stands in it or below.
        """
        seen: set[str] = set()
        new = self.words(scope) & self._named.keys()
        while new:
            seen |= new
            reached = [item for name in new for item in self._named[name]]
            if any(self._holds_more(item, scope, holding) for item in reached):
                return True
            found = (self.words(item) & self._named.keys() for item in reached)
            new = frozenset().union(*found) - seen
        return False

    def _holds_more(self, item: Scope, scope: Scope, holding: Mapping[int, int]) -> bool:
        if self.within(item.index, scope.index):
            return False
        own = holding.get(scope.index, 0) if self.within(scope.index, item.index) else 0
        return holding.get(item.index, 0) > own

    @cached_property
    def _named(self) -> dict[str, list[Scope]]:
        """The functions and classes of each name."""
        found: dict[str, list[Scope]] = {}
        for scope in self.facts.scopes:
            if scope.kind in _NAMED:
                found.setdefault(scope.name, []).append(scope)
        return found

    def mentioned_before(self, names: frozenset[str], home: Statement) -> bool:
        """Whether code that runs on import, before `home` has run, mentions one of `names`."""
        return any(
            not names.isdisjoint(self._own_words(statement))
            for statement in self._on_import()
            if statement.index < home.index
        )

    def runs_on_import(self, functions: frozenset[str]) -> bool:
        """Whether the module does more on import than to define: loops, or calls its functions."""
        calls = functions | {"__name__"}
        return any(
            statement.kind in _LOOPS or not calls.isdisjoint(self._own_words(statement))
            for statement in self._on_import()
            if statement.parent is None and statement.kind not in (*_DEFINITIONS, *_ASSIGNMENTS)
        )

    @cached_property
    def import_time_words(self) -> frozenset[str]:
        """The words of the code that runs on import, save for imports and definitions."""
        return frozenset().union(*map(self._own_words, self._on_import()))

    @cached_property
    def all_words(self) -> Counter[str]:
        """How often each word occurs in the whole source."""
        return words(self.facts.source.program)

    def _on_import(self) -> Iterator[Statement]:
        """The statements outside of functions, imports left out."""
        for statement in self.facts.statements:
            if statement.kind not in _IMPORTS and not self.functions(statement.scope):
                yield statement

    def _own_words(self, statement: Statement) -> set[str]:
        """The words of a statement, of its header only where it holds others."""
        first = self._first_child.get(statement.index)
        end = first.span.start if first else statement.span.end
        text = self.facts.text(Span(statement.span.start, end, statement.span.cell))
        found = words(text)
        if statement.kind in _DEFINITIONS:
            found.subtract(_DEFINED.findall(text)[:1])
        return {word for word, count in found.items() if count > 0}

    @cached_property
    def _first_child(self) -> dict[int, Statement]:
        children: dict[int, Statement] = {}
        for statement in self.facts.statements:
            if statement.parent is not None:
                children.setdefault(statement.parent, statement)
        return children
