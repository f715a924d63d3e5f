"""Generators that are handed in, as SPEC 7 has it: `def f(x, *, rng=None)`.

Each function that draws takes a `rng` and makes a generator of it; the functions of the file
that call it take one too and pass it on. `main` has nobody to ask, and makes its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts, Reference, Scope, ScopeKind, Statement
from rnglint.rewrite.naming import definition, spelling
from rnglint.rewrite.places import MODULE, Places
from rnglint.rewrite.reach import Reach
from rnglint.rewrite.signatures import with_argument, with_parameter

NAME = "rng"
_PLAIN = frozenset({"staticmethod", "classmethod"})
_CALLABLE = frozenset({"__init__", "__call__"})


class Parameters:
    """Plans for one source which functions take a generator together."""

    def __init__(self, places: Places, reach: Reach) -> None:
        self._places = places
        self._reach = reach
        self._facts = places.facts
        self._functions = {
            scope.name: scope
            for scope in self._facts.scopes
            if scope.parent == MODULE and self._may_take(scope)
        }

    def home(self, draw: Reference) -> Scope | None:
        """The function that may take the generator for a draw."""
        functions = self._places.functions(draw.scope)
        return functions[-1] if functions and self._may_take(functions[-1]) else None

    def clusters(self, draws: Iterable[Reference]) -> list[tuple[list[int], list[Reference]]]:
        """Functions that call each other, with the draws in them, and those that call these."""
        found: list[tuple[set[int], list[Reference]]] = []
        for draw in draws:
            home = self.home(draw)
            if home is None:
                continue
            scopes, together = self._with_callers(home), [draw]
            apart = []
            for other, drawn in found:
                if other & scopes:
                    scopes |= other
                    together = [*drawn, *together]
                else:
                    apart.append((other, drawn))
            found = [*apart, (scopes, together)]
        return [(sorted(scopes), drawn) for scopes, drawn in found]

    def _with_callers(self, home: Scope) -> set[int]:
        found: set[int] = set()
        new = {home.index}
        while new:
            found |= new
            names = {self._facts.scopes[index].name for index in new} & self._functions.keys()
            callers = (
                scope.index
                for scope in self._functions.values()
                if not names.isdisjoint(self._places.words(scope))
            )
            new = set(callers) - found if names else set()
        return found

    def _may_take(self, scope: Scope) -> bool:
        """Whether a function can get one more parameter without anybody noticing."""
        parent = self._facts.scopes[scope.parent or MODULE]
        at_top = parent.index == MODULE or (
            parent.kind is ScopeKind.CLASS and parent.parent == MODULE
        )
        special = scope.name.startswith("__") and scope.name not in _CALLABLE
        return (
            scope.kind is ScopeKind.FUNCTION
            and at_top
            and not special
            and scope.span.cell is None
            and _PLAIN.issuperset(scope.decorators)
            and NAME not in self._places.words(scope)
            and _first_line(self._facts, scope) is not None
        )


def parameter_edits(facts: Facts, functions: Iterable[int], prefix: str) -> list[Edit] | None:
    """The edits by which these functions take a generator and pass it on to each other."""
    scopes = [facts.scopes[index] for index in functions]
    called = frozenset(scope.name for scope in scopes if scope.parent == MODULE) - {"main"}
    edits: list[Edit] = []
    for scope in scopes:
        own = _taking(facts, scope, prefix)
        if own is None:
            return None
        edits += [*own, *with_argument(facts, scope, called, f"{NAME}={NAME}")]
    return edits


def _taking(facts: Facts, scope: Scope, prefix: str) -> list[Edit] | None:
    """`rng=None` in the signature, and the line that makes a generator of it."""
    first = _first_line(facts, scope)
    if first is None:
        return None
    made = spelling(facts, "numpy.random.default_rng", scope.index, first.index, prefer=prefix)
    parameter = with_parameter(facts, scope, f"{NAME}=None")
    if made is None or parameter is None:
        return None
    is_main = scope.name == "main" and scope.parent == MODULE
    line = f"{first.indent}{NAME} = {made.text}({'' if is_main else NAME})\n"
    start = Position(first.span.start.row, 1)
    edits = [Edit(Span(start, start, first.span.cell), line), *made.edits]
    return edits if is_main else [parameter, *edits]


def _first_line(facts: Facts, scope: Scope) -> Statement | None:
    """The first statement of a function behind its docstring, if it has a line to itself."""
    opened = definition(facts, scope.index)
    inside = [item for item in facts.statements if opened is not None and item.parent == opened]
    if (
        inside
        and inside[0].kind == "Expr"
        and facts.text(inside[0].span).lstrip("rRuU")[:1] in "\"'"
    ):
        inside = inside[1:]
    first = inside[0] if inside else None
    return first if first and first.alone and first.span.start.row > scope.span.start.row else None
