"""Which code may run after which: a call graph of names, coarse but complete within one file.

A function reaches another one where its text mentions the other's name; a class reaches all its
methods. What runs in other files is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rnglint.facts.model import Scope, ScopeKind
from rnglint.rewrite.places import MODULE, Places

#: Methods that a test runner calls before the tests of a class.
_SET_UP = frozenset({"setUp", "setUpClass", "setup", "setup_method", "setup_class"})


class Reach:
    """Answers, for one source, what a function may have set going or may set going itself."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.scopes = places.facts.scopes
        self._touched: dict[int, frozenset[int]] = {}

    def touched(self, scope: int) -> frozenset[int]:
        """The scopes whose code may run after that of `scope` has begun; MODULE for the module's.

        Nobody calls a test but the test runner: after a test nothing runs that counts.
        """
        if scope not in self._touched:
            functions = self.places.functions(scope)
            if functions and self._is_set_up(functions[-1]):
                holder = functions[-1].parent or 0
                self._touched[scope] = self.below({functions[-1].index, holder}, holder)
            else:
                begun = self.callers(functions[-1]) if functions else frozenset({MODULE})
                self._touched[scope] = self.below(begun)
        return self._touched[scope]

    def is_touched(self, scope: int, touched: frozenset[int]) -> bool:
        """Whether code in `scope` is among what is `touched`."""
        if not self.places.functions(scope):
            return MODULE in touched
        return any(item.index in touched for item in self.places.chain(scope) if item.index)

    def words(self, touched: Iterable[int]) -> frozenset[str]:
        """The words of the code in these scopes."""
        return frozenset().union(*map(self._words_of, touched))

    def callers(self, function: Scope) -> frozenset[int]:
        """The function, what mentions it, what mentions that, and so on."""
        if self.is_test(function):
            return frozenset({function.index})
        found: set[int] = set()
        new = {item.index for item in self.places.chain(function.index) if item.index}
        while new:
            found |= new
            names = {self.scopes[index].name for index in new}
            new = {i for i in self._nodes if not names.isdisjoint(self._words_of(i))} - found
        return frozenset(found)

    def below(self, begun: Iterable[int], holder: int | None = None) -> frozenset[int]:
        """These scopes, and all that their code mentions, by way of others perhaps.

        Of several functions of one name that of the class `holder` is meant, if it has one.
        """
        found: set[int] = set()
        new = set(begun)
        while new:
            found |= new
            words = self.words(new) & self._named.keys()
            new = {index for name in words for index in self._meant(name, holder)} - found
        return frozenset(found)

    def _meant(self, name: str, holder: int | None) -> list[int]:
        everywhere = self._named[name]
        own = [index for index in everywhere if holder and self.scopes[index].parent == holder]
        return own or everywhere

    def is_test(self, function: Scope) -> bool:
        """Whether a function is a test, which only the test runner calls."""
        return function.name.startswith("test") and function.name not in self._mentioned

    def is_run_by_tests(self, function: Scope) -> bool:
        """Whether nothing but a test runner, or a benchmark's, calls a function: once each time."""
        return self.is_test(function) or function.name in _SET_UP

    def _is_set_up(self, function: Scope) -> bool:
        """Whether a function is called before the tests of its class, and before no others."""
        holder = self.scopes[function.parent or 0]
        is_hook = holder.kind is ScopeKind.CLASS and function.name in _SET_UP
        return is_hook and holder.name not in self._mentioned

    def _words_of(self, index: int) -> frozenset[str]:
        if index == MODULE:
            return self.places.import_time_words
        return self.places.words(self.scopes[index])

    @cached_property
    def _nodes(self) -> tuple[int, ...]:
        """The module and its functions and classes."""
        return (MODULE, *(index for found in self._named.values() for index in found))

    @cached_property
    def _named(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for scope in self.scopes:
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
                found.setdefault(scope.name, []).append(scope.index)
        return found

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The names of functions that stand somewhere but in their definition."""
        counts = self.places.all_words
        return frozenset(n for n, found in self._named.items() if counts[n] > len(found))
