"""Where the generators live that take the place of NumPy's global state.

A `Group` is one generator: the seeds that become its creation, and the draws that will be its
methods. A group is planned whole or not at all, because a draw left behind would lose its seed.
Draws that no seed of the file feeds may move one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from rnglint.facts.model import Context, Facts, Reference, Scope, ScopeKind, Statement
from rnglint.rewrite.numpy_hazards import Elsewhere, feeds_others, hidden_use
from rnglint.rewrite.numpy_nearby import usable
from rnglint.rewrite.places import Places

MODULE = 0
_SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Group:
    """A generator to be: bound in `scope` by its `seeds`, used by its `draws`.

    Where no seed comes before every draw, it is first made, unseeded, after the import `after`.
    `name` is that of a generator which is there already.
    """

    scope: int
    seeds: tuple[Reference, ...]
    draws: tuple[Reference, ...]
    after: Statement | None = None
    name: str | None = None


def groups(facts: Facts, translatable: Callable[[Reference], bool]) -> tuple[Group, ...]:
    """The generators that this source should have in place of the global state."""
    return _Planner(facts, translatable).plan()


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


class _Planner:
    """Plans the groups of one source."""

    def __init__(self, facts: Facts, translatable: Callable[[Reference], bool]) -> None:
        self.facts = facts
        self.places = Places(facts)
        used = [item for item in facts.references if _is_used(item)]
        self.seeds = [item for item in used if item.entry.effect == "seed"]
        self.draws = [item for item in used if item.entry.effect == "draw"]
        self.below: defaultdict[int, list[Reference]] = defaultdict(list)
        for item in used:
            for scope in self.places.chain(item.scope):
                self.below[scope.index].append(item)
        self.holding = {index: len(found) for index, found in self.below.items()}
        self.elsewhere = Elsewhere(self.places)
        self.good = {item.span for item in self.draws if translatable(item)}

    def plan(self) -> tuple[Group, ...]:
        """The groups of the source; none where others may depend on the global state."""
        if not self.draws or hidden_use(self.facts):
            return ()
        if not self.seeds:
            return self._without_seed()
        return () if feeds_others(self.facts) else self._with_seeds()

    def _with_seeds(self) -> tuple[Group, ...]:
        """Groups of functions that seed themselves, and one for the rest of the module."""
        local = [group for scope in self.facts.scopes if (group := self._local(scope))]
        draws = _without(self.draws, (item for group in local for item in group.draws))
        seeds = _without(self.seeds, (item for group in local for item in group.seeds))
        module = self._module(seeds, draws)
        if module is not None and module.seeds:
            return (*local, module)
        if not all(self._is_independent(item) for item in draws):
            return ()
        return (*local, module) if module else tuple(local)

    def _without_seed(self) -> tuple[Group, ...]:
        """The generators that are there already, and a new one for the draws that have none."""
        groups: list[Group] = []
        for draw in self.draws:
            found = usable(self.places, draw) if draw.span in self.good else None
            if found and not self.elsewhere.may_run(draw, found[1].scope):
                groups.append(Group(found[1].scope, (), (draw,), name=found[0]))
        rest = _without(self.draws, (item for group in groups for item in group.draws))
        module = self._module([], rest)
        return (*groups, module) if module else tuple(groups)

    # -- a function that seeds what it draws ------------------------------------------------

    def _local(self, scope: Scope) -> Group | None:
        """The group of a function whose first seed comes before all draws in and below it."""
        seeds = [item for item in self.below[scope.index] if item.entry.effect == "seed"]
        draws = [item for item in self.below[scope.index] if item.entry.effect == "draw"]
        if scope.kind is not ScopeKind.FUNCTION or not seeds or not draws:
            return None
        if any(item.scope != scope.index for item in seeds) or self._is_enclosed(scope):
            return None
        first = self._statement(seeds[0])
        if first is None or not all(self.places.follows(item, first) for item in draws):
            return None
        if self.places.mentions_others(scope, self.holding):
            return None
        group = Group(scope.index, tuple(seeds), tuple(draws))
        return group if self._is_sound(group) else None

    def _is_enclosed(self, scope: Scope) -> bool:
        """Whether a function around this one sets the seed as well."""
        outer = {item.index for item in self.places.functions(scope.index)[1:]}
        return any(item.scope in outer for item in self.seeds)

    def _is_sound(self, group: Group) -> bool:
        """Whether all seeds can become bindings, and all draws methods, of one name."""
        if not all(item.span in self.good for item in group.draws):
            return False
        if not all(self._can_bind(item) for item in group.seeds):
            return False
        if any(self.elsewhere.may_run(item, group.scope) for item in group.draws):
            return False
        once = len(group.seeds) == 1 and not group.seeds[0].loops and group.after is None
        return once or all(item.call for item in group.draws)

    def _can_bind(self, seed: Reference) -> bool:
        """Whether a seed is a statement of its own, not one that repeats itself in a loop."""
        statement = self._statement(seed)
        if statement is None or not seed_is_usual(seed) or seed.call is None:
            return False
        if not seed.loops:
            return True
        varying = self.facts.loops[seed.loops[-1]].varying
        return any(not varying.isdisjoint(item.names) for item in seed.call.arguments)

    def _statement(self, seed: Reference) -> Statement | None:
        """The statement that consists of this seed's call."""
        if seed.statement is None or seed.call is None:
            return None
        statement = self.facts.statements[seed.statement]
        return statement if statement.span == seed.call.span else None

    # -- the module's generator -------------------------------------------------------------

    def _module(self, seeds: list[Reference], draws: list[Reference]) -> Group | None:
        if not draws or any(item.scope != MODULE for item in seeds):
            return None
        if not seeds:
            return self._unseeded(draws)
        if not self._is_program(draws):
            return None
        first, after = self._statement(seeds[0]), None
        if first is None or len(self._reached(draws, first)) < len(draws):
            after = self._last_import(draws)
            if after is None or len(self._reached(draws, after)) < len(draws):
                return None
        group = Group(MODULE, tuple(seeds), tuple(draws), after)
        return group if self._is_sound(group) else None

    def _is_program(self, draws: list[Reference]) -> bool:
        """Whether the module runs by itself: then its seed is meant for its own draws.

        The seed of a module that only defines things may be meant for those who import it.
        """
        path = PurePath(self.facts.source.filename)
        if path.suffix == ".ipynb" or path.stem.startswith("test_") or path.stem.endswith("_test"):
            return True
        if any(not self.places.functions(item.scope) for item in draws):
            return True
        own = frozenset(item.name for item in self.facts.scopes if item.kind is ScopeKind.FUNCTION)
        return self.places.runs_on_import(own)

    def _unseeded(self, draws: list[Reference]) -> Group | None:
        """A generator after the imports, for those draws that can and may use it."""
        after = self._last_import(draws)
        if after is None:
            return None
        moved = [
            item
            for item in self._reached(draws, after)
            if item.span in self.good and not self.elsewhere.may_run(item, MODULE)
        ]
        return Group(MODULE, (), tuple(moved), after) if moved else None

    def _reached(self, draws: list[Reference], home: Statement) -> list[Reference]:
        """The draws that only run after `home`, a statement of the module, has run."""
        early = home.parent is not None or self.places.mentioned_before(
            self.places.carriers(draws), home
        )
        return [
            item
            for item in draws
            if self.places.follows(item, home) or (not early and self._is_called(item))
        ]

    def _is_called(self, draw: Reference) -> bool:
        """Whether a draw only runs when some function with a name is called."""
        functions = self.places.functions(draw.scope)
        return bool(functions) and functions[-1].kind is ScopeKind.FUNCTION

    def _last_import(self, draws: list[Reference]) -> Statement | None:
        """The last import at the top of the module, before anything that could draw."""
        found = None
        drawing = {
            statement.index for item in draws for statement in self.places.around(item.statement)
        }
        for statement in self.facts.statements:
            if statement.parent is not None:
                continue
            if statement.kind in ("FunctionDef", "ClassDef") or statement.index in drawing:
                break
            if statement.kind in ("Import", "ImportFrom") and statement.alone:
                found = statement
        return found

    def _is_independent(self, draw: Reference) -> bool:
        """Whether a draw stands in a test, which must not rely on what other code has seeded."""
        return any(item.name.startswith("test") for item in self.places.functions(draw.scope))


def _is_used(reference: Reference) -> bool:
    wanted = reference.context in (Context.CALL, Context.VALUE) and not reference.alias
    return wanted and reference.entry.library == "numpy"


def _without(items: Iterable[Reference], taken: Iterable[Reference]) -> list[Reference]:
    spans = {item.span for item in taken}
    return [item for item in items if item.span not in spans]
