"""Where the generators live that take the place of NumPy's global state.

A seed that nobody else may need becomes the generator; beside one that others may need, the
generator is made in addition. A draw moves to the generator of the seed that feeds it, and where no
seed of the file does, to one that is there already, or to a new one of the module.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property

from rnglint.diagnostics import Span
from rnglint.facts.model import Context, Facts, Reference, Scope, ScopeKind, Statement
from rnglint.rewrite import numpy_reasons as because
from rnglint.rewrite.numpy_calls import Draw
from rnglint.rewrite.numpy_consumers import Consumers
from rnglint.rewrite.numpy_groups import (
    Group,
    Plan,
    is_seed,
    seed_can_repeat,
    seed_is_usual,
    seeding_statement,
)
from rnglint.rewrite.numpy_nearby import RANDOM_STATE, usable
from rnglint.rewrite.numpy_parameter import Parameters
from rnglint.rewrite.numpy_seeders import seeders
from rnglint.rewrite.numpy_setup import ATTRIBUTE, shared_draws
from rnglint.rewrite.numpy_stored import Stored
from rnglint.rewrite.numpy_workers import Workers
from rnglint.rewrite.places import MODULE, Places
from rnglint.rewrite.purpose import is_program, is_subject, is_test_file, writes_for_tests
from rnglint.rewrite.reach import Reach

_IMPORTS = frozenset({"Import", "ImportFrom"})
#: What a block may hold that is there for an import: the import itself, and what stands in for it.
_FOR_IMPORTS = _IMPORTS | {"Assign", "AnnAssign", "If", "Pass", "Try"}
#: What makes generators.
_MAKERS = frozenset({"numpy.random.default_rng", "numpy.random.RandomState"})
#: So many functions of a test file, and no more, make a generator each that they need.
_FEW_TESTS = 4
#: What begins the block that only runs where the file is the program.
_MAIN = re.compile(r"if\s*\(?\s*__name__\s*==\s*['\"]__main__['\"]\s*\)?\s*:")
#: Functions that a test runner calls before others.
_SETUP = frozenset({"setup_module", "setUpModule", "setup_function", "setup"})


def plan_groups(facts: Facts, translatable: Callable[[Reference], bool]) -> Plan:
    """The generators that this source should have in place of the global state."""
    return _Planner(facts, translatable).plan()


class _Planner:
    """Plans the groups of one source."""

    def __init__(self, facts: Facts, translatable: Callable[[Reference], bool]) -> None:
        self.facts = facts
        self.places = Places(facts)
        self.reach = Reach(self.places)
        self.workers = Workers(self.places, self.reach)
        self.stored = Stored(self.places, self.reach)
        self.consumers = Consumers(self.places, self.reach)
        self.translatable = translatable
        self.preserving = facts.numpy_target == "randomstate"
        own = [item for item in facts.references if item.entry.library == "numpy"]
        self.draws = [item for item in own if _is_used(item) and item.entry.effect == "draw"]
        self.seeds = [item for item in own if is_seed(item) and not item.alias]
        self.odd = [item for item in own if _is_odd(item)]
        self.groups: list[Group] = []
        self.reasons: dict[Span, str] = {}
        self.moved: set[Span] = set()
        self.writes_for_tests = writes_for_tests(facts)
        self.is_seeded = bool(self.seeds or self.odd or any(seeders(self.places)))
        self.own_seed = self._own_seeds(certain=True)
        self.own_default = self._own_seeds(certain=False)

    def plan(self) -> Plan:
        """The groups of the source, and why the rest gets none."""
        if _is_hidden(self.facts):
            return Plan(reasons={item.span: because.UNSEEN for item in (*self.seeds, *self.draws)})
        self._refuse_what_cannot_move()
        by_scope: defaultdict[int, list[Reference]] = defaultdict(list)
        for seed in self.seeds:
            by_scope[seed.scope].append(seed)
        module = by_scope.pop(MODULE, [])
        for scope, seeds in by_scope.items():
            self._in_function(self.facts.scopes[scope], seeds)
        if module:
            self._in_module(module)
        self._unseeded()
        return Plan(tuple(self.groups), self.reasons, not self.is_program)

    # -- what cannot move -----------------------------------------------------------------------

    def _refuse_what_cannot_move(self) -> None:
        for item in self.odd:
            self._refuse(self._fed(item), because.REPLAYED)
        for seeder in seeders(self.places):
            touched = self.reach.touched(seeder.scope)
            fed = [
                item
                for item in self.draws
                if item.span not in self.own_seed
                and (seeder.scope == MODULE or self.reach.is_touched(item.scope, touched))
            ]
            self._refuse(fed, because.seeded_by(seeder.name))
        imported = self.facts.imported_seed
        if imported and not imported.seed.isdigit():
            rest = [item for item in self.draws if item.span not in self.own_seed]
            self._refuse(rest, because.seeded_by(os.path.basename(imported.filename)))
        for draw in self.draws:
            if draw.span not in self.reasons and (why := self._obstacle(draw)):
                self.reasons[draw.span] = why

    def _obstacle(self, draw: Reference) -> str | None:
        """Why a draw cannot move, wherever a generator may be."""
        if not self.translatable(draw):
            return because.untranslatable(Draw.of(draw))
        if self.workers.is_compiled(draw):
            return because.COMPILED
        if is_subject(self.places, draw.scope, draw.entry.name):
            return because.SUBJECT
        if self.preserving:
            return None
        if self.writes_for_tests:
            return because.WRITTEN
        stored = self.stored.depends_on(draw, seeded=self.is_seeded)
        return because.STORED if stored else None

    def _refuse(self, items: Iterable[Reference], why: str) -> None:
        for item in items:
            if item.span not in self.moved:
                self.reasons.setdefault(item.span, why)

    def _movable(self, draws: Iterable[Reference], home: int, *, once: bool) -> list[Reference]:
        """Those of `draws` that may be methods of a generator of `home`."""
        found = []
        for draw in draws:
            if draw.span in self.reasons or draw.span in self.moved or not (draw.call or once):
                continue
            if self.workers.is_in_worker(draw, home):
                self.reasons[draw.span] = because.WORKER
            else:
                found.append(draw)
        return found

    def _fed(self, source: Reference) -> list[Reference]:
        """The draws that a seed of the global state, or another use of it, may concern.

        Not so those before which another seed is set in any case.
        """
        everything = self._concerns_all(source)
        own = {**self.own_seed, **(self.own_default if everything else {})}
        touched = frozenset() if everything else self.reach.touched(source.scope)
        return [
            item
            for item in self.draws
            if own.get(item.span, source.scope) == source.scope
            and (everything or self.reach.is_touched(item.scope, touched))
        ]

    def _own_seeds(self, *, certain: bool) -> dict[Span, int]:
        """For each draw that follows a seed of a function around it, the innermost such scope.

        A seed is not `certain` where it is only set if one is given.
        """
        homes: defaultdict[int, list[Statement]] = defaultdict(list)
        for seed in self.seeds:
            home = seeding_statement(self.facts, seed)
            if home is not None and (home.kind != "If") == certain and seed.scope != MODULE:
                homes[seed.scope].append(home)
        found: dict[Span, int] = {}
        for draw in self.draws if homes else ():
            for scope in self.places.functions(draw.scope):
                if any(self.places.follows(draw, home) for home in homes[scope.index]):
                    found.setdefault(draw.span, scope.index)
        return found

    def _concerns_all(self, source: Reference) -> bool:
        """Whether what follows a use of the global state is not to be seen in this file."""
        functions = self.places.functions(source.scope)
        if not functions or self.reach.is_test(functions[-1]):
            return not functions
        outermost = functions[-1]
        of_module = outermost.name in _SETUP and outermost.parent == MODULE
        prepares = of_module or any("fixture" in d for d in outermost.decorators)
        return prepares or not (is_test_file(self.facts) or self.is_program)

    # -- a function that seeds ------------------------------------------------------------------

    def _in_function(self, scope: Scope, seeds: list[Reference]) -> None:
        """Plans the generator of a function that seeds, for what it draws after that."""
        why = self._unbindable(scope, seeds)
        fed = self._fed(seeds[0])
        if why is None:
            first = seeding_statement(self.facts, seeds[0])
            assert first is not None
            own = [item for item in fed if self._is_below(item, scope, first)]
            once = len(seeds) == 1 and not seeds[0].loops
            shared = shared_draws(self.places, scope, fed)
            moved = self._movable(shared or own, scope.index, once=once)
            name = ATTRIBUTE if shared else None
            why = self._add(Group(scope.index, tuple(seeds), tuple(moved), name=name), fed)
        if why is not None:
            self._refuse(seeds, why)
        self._refuse(fed, because.seeded_elsewhere(seeds[0], scope.name))

    def _is_below(self, draw: Reference, scope: Scope, first: Statement) -> bool:
        return self.places.within(draw.scope, scope.index) and self.places.follows(draw, first)

    def _unbindable(self, scope: Scope, seeds: list[Reference]) -> str | None:
        """Why the seeds of a scope cannot become bindings of one name, if they cannot."""
        if scope.kind not in (ScopeKind.FUNCTION, ScopeKind.MODULE):
            return because.NOT_ALONE
        outer = {item.index for item in self.places.functions(scope.index)[1:]}
        if any(item.scope in outer for item in self.seeds):
            return because.kept_for(None)
        for seed in seeds:
            home = seeding_statement(self.facts, seed)
            if home is None:
                return because.NOT_ALONE
            if self.preserving and home.kind == "If":
                return because.CONDITIONAL
            if not seed_is_usual(seed):
                return because.UNUSUAL
            if not self._varies(seed):
                return because.REPEATED
        return None

    def _varies(self, seed: Reference) -> bool:
        """Whether a seed is not one that repeats itself in a loop."""
        if not seed.loops or seed.call is None:
            return True
        varying = self.facts.loops[seed.loops[-1]].varying
        return any(not varying.isdisjoint(item.names) for item in seed.call.arguments)

    def _add(self, group: Group, fed: list[Reference]) -> str | None:
        """Adds a group; the answer says why its seeds stay, if they do."""
        if not group.draws:
            return because.NO_DRAWS
        moved = {item.span for item in group.draws}
        rest = [item for item in fed if item.span not in moved | self.moved]
        others = self._others(group)
        keeps = bool(rest or others is not None)
        if keeps and self.preserving:
            return because.kept_for(others or None)
        if keeps and not all(map(self._can_stay, group.seeds)):
            return because.NOT_ALONE
        self.groups.append(replace(group, keeps=keeps))
        self.moved |= moved
        return because.kept_for(others or None) if keeps else None

    def _can_stay(self, seed: Reference) -> bool:
        """Whether a line can be put before the seed that makes a generator of the same seed."""
        statement = seeding_statement(self.facts, seed)
        return statement is not None and statement.alone and seed_can_repeat(seed)

    def _others(self, group: Group) -> str | None:
        """Who else may draw from what the group's seeds have seeded: a name, or "" for anybody."""
        if group.scope != MODULE:
            return self.consumers.among(self.reach.touched(group.scope))
        named = [item.index for item in self.facts.scopes if item.kind is not ScopeKind.LAMBDA]
        whole = self.is_program and not is_test_file(self.facts)
        found = self.consumers.among(named, whole=whole)
        return "" if found is None and not self.is_program else found

    # -- a module that seeds --------------------------------------------------------------------

    def _in_module(self, seeds: list[Reference]) -> None:
        why = self._unbindable(self.facts.scopes[MODULE], seeds)
        if why is None and self._feeds_stored(seeds[0]):
            why = because.STORED
            self._refuse(self._fed(seeds[0]), because.BESIDE_STORED)
        if why is None:
            why = self._add_module(seeds)
        if why is not None:
            self._refuse(seeds, why)
        self._refuse(self._fed(seeds[0]), because.seeded_elsewhere(seeds[0], ""))

    def _feeds_stored(self, seed: Reference) -> bool:
        """Whether the module itself makes what is compared with stored numbers from a seed.

        Two streams where one was would only make that harder to follow.
        """
        return any(
            self.reasons.get(item.span) == because.STORED and not self.places.functions(item.scope)
            for item in self._fed(seed)
        )

    def _add_module(self, seeds: list[Reference]) -> str | None:
        first, after = seeding_statement(self.facts, seeds[0]), None
        fed = self._fed(seeds[0])
        moved = self._movable(fed, MODULE, once=len(seeds) == 1 and not seeds[0].loops)
        if first is None or len(self._reached(moved, first)) < len(moved):
            after = self._last_import(moved)
            if after is None:
                return because.EARLY
            moved = self._reached([item for item in moved if item.call], after)
        return self._add(Group(MODULE, tuple(seeds), tuple(moved), after), fed)

    @cached_property
    def is_program(self) -> bool:
        """Whether nobody imports what this file does."""
        return is_program(self.places, self.draws)

    # -- no seed --------------------------------------------------------------------------------

    def _unseeded(self) -> None:
        """The generators that are there already, and a new one for the draws that have none."""
        rest = [i for i in self.draws if i.span not in self.moved and i.span not in self.reasons]
        if self.preserving:
            self._refuse(rest, because.NO_SEED)
            return
        for draw in rest:
            found = usable(self.places, draw)
            if found and not self.workers.is_in_worker(draw, found[1].scope):
                self.groups.append(Group(found[1].scope, (), (draw,), name=found[0]))
                self.moved.add(draw.span)
            elif legacy := usable(self.places, draw, RANDOM_STATE):
                self._refuse([draw], because.beside(*legacy))
        rest = [item for item in rest if item.span not in self.reasons]
        rest = self._movable(self._without_parameter(rest), MODULE, once=True)
        imported = self.facts.imported_seed
        seed = imported.seed if imported else ""
        if begins := self._main_block(rest):
            self.groups.append(Group(MODULE, (), tuple(rest), seed=seed, before=begins))
            self.moved |= {item.span for item in rest}
        elif local := self._local(rest, seed):
            self.groups += local
            self.moved |= {item.span for item in rest}
            return
        after = self._last_import(rest) if rest else None
        reached = self._reached(rest, after) if after else []
        if reached and not begins:
            self.groups.append(Group(MODULE, (), tuple(reached), after, seed=seed))
            self.moved |= {item.span for item in reached}
        self._refuse(rest, because.EARLY if after else because.IMPORTS)

    def _local(self, draws: list[Reference], seed: str) -> list[Group]:
        """A generator for each function that draws, where few do; none if the module's is better.

        A test has its own so that others do not move its stream. So have functions beside others
        that make theirs. With a `seed` each call would draw the same, which is as good only where
        a test runner calls.
        """
        homes: defaultdict[int, list[Reference]] = defaultdict(list)
        for draw in draws:
            functions = self.places.functions(draw.scope)
            if not functions or draw.span.cell is not None or not draw.prefix:
                # What all draws were imported by can only be dropped with all of them.
                return []
            homes[functions[-1].index].append(draw)
        few = _FEW_TESTS if is_test_file(self.facts) else 0
        own = 2 * len(self._functions_with_generators)
        if own and all(self.reach.is_run_by_tests(self.facts.scopes[index]) for index in homes):
            own = len(homes)
        if len(homes) > max(few, own):
            return []
        groups = []
        for index, found in homes.items():
            function, begins = self.facts.scopes[index], self._first_statement(index)
            if begins is None or (seed and not self.reach.is_run_by_tests(function)):
                return []
            groups.append(Group(index, (), tuple(found), seed=seed, before=begins))
        return groups

    @cached_property
    def _functions_with_generators(self) -> frozenset[int]:
        """The functions that make a generator of NumPy's."""
        return frozenset(
            functions[-1].index
            for item in self.facts.references
            if item.qualified in _MAKERS and item.call
            if (functions := self.places.functions(item.scope))
        )

    def _first_statement(self, function: int) -> Statement | None:
        """The first statement of a function, after its docstring and imports, on a line alone."""
        body = [item for item in self.facts.statements if item.scope == function]
        kept = (i for i in body if i.kind not in _IMPORTS and not _is_text(self.facts, i))
        first = next(kept, None)
        return first if first and first.alone and first.block == body[0].block else None

    def _without_parameter(self, draws: list[Reference]) -> list[Reference]:
        """The draws that are left when functions take generators where the settings want that."""
        rest = [item for item in draws if item.span not in self.moved]
        if self.facts.numpy_rng != "parameter" or is_test_file(self.facts):
            return rest
        for takers, found in Parameters(self.places, self.reach).clusters(rest):
            self.groups.append(Group(takers[0], (), tuple(found), takers=tuple(takers)))
            self.moved |= {item.span for item in found}
        return rest

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

    def _main_block(self, draws: list[Reference]) -> Statement | None:
        """The statement, after its imports, that begins the `if __name__ …` with all the draws."""
        blocks = {statement for item in draws for statement in self._top_level(item)}
        if len(blocks) != 1 or any(self.places.functions(item.scope) for item in draws):
            return None
        (block,) = blocks
        if block.kind != "If" or not _MAIN.match(self.facts.text(block.span)):
            return None
        inside = (item for item in self.facts.statements if item.parent == block.index)
        first = next((item for item in inside if item.kind not in _IMPORTS), None)
        if first is None or not first.alone or block.span.start.row == first.span.start.row:
            return None
        return first

    def _top_level(self, draw: Reference) -> list[Statement]:
        """The statement of the module that holds a draw."""
        return [item for item in self.places.around(draw.statement) if item.parent is None]

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
            plain = statement.alone and statement.kind in _IMPORTS
            if plain or (found and self._tries_import(statement)):
                found = statement
        return found

    def _tries_import(self, block: Statement) -> bool:
        """Whether a block is there for an import that may fail, or is wanted at times only."""
        if block.kind not in ("Try", "If"):
            return False
        kinds = {
            item.kind
            for item in self.facts.statements
            if any(outer.index == block.index for outer in self.places.around(item.index))
        }
        return not kinds.isdisjoint(_IMPORTS) and kinds <= _FOR_IMPORTS


def _is_text(facts: Facts, statement: Statement) -> bool:
    """Whether a statement is nothing but a text."""
    return statement.kind == "Expr" and facts.text(statement.span).lstrip("rRuU")[:1] in "\"'"


def _is_used(reference: Reference) -> bool:
    return reference.context in (Context.CALL, Context.VALUE) and not reference.alias


def _is_hidden(facts: Facts) -> bool:
    """Whether the global state is used in ways that cannot be followed."""
    stars = any(item.bound == "*" for item in facts.imports)
    return stars or any(item.qualified == "numpy.random" for item in facts.module_uses)


def _is_odd(reference: Reference) -> bool:
    """Whether a reference reads, replaces or hands on what moves the global state."""
    if reference.context is Context.ANNOTATION:
        return False
    if reference.context in (Context.STORE, Context.DELETE):
        return True
    effect = reference.entry.effect
    return effect == "state" or (effect == "seed" and reference.context is not Context.CALL)
