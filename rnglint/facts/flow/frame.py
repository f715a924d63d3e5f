"""One run of a function body: its state, the loops it is in, and the keys that it consumes."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.findings import Broadcast, Capture, Escape, Reuse
from rnglint.facts.flow.guards import EVERYWHERE, Guard
from rnglint.facts.flow.seedings import Draw, Seeding
from rnglint.facts.flow.state import HELD, RETURNED, Consumed, Site, State
from rnglint.facts.flow.values import (
    Attr,
    Choice,
    Entity,
    Fold,
    Identity,
    Kind,
    Record,
    Value,
    members_of,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.layout import ScopeNode
from rnglint.facts.walk import dotted

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis


#: What orders an array by a key: for several arrays the same order is wanted.
_SHUFFLES = frozenset({"jax.random.permutation"})


#: Of so many places that consumed a key in between it is asked whether they are compared.
_MOST_OTHERS = 3


class BudgetSpent(Exception):
    """The analysis took more steps than it may."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a loop: its index in the facts, the number of this run of it, the turn."""

    loop: int
    run: int
    turn: int


@dataclass(frozen=True, slots=True)
class Repetition:
    """What runs a function many times: `by`, applied at `node`."""

    by: str
    node: cst.CSTNode


@dataclass(slots=True)
class Exits:
    """States that leave a suite other than at its end."""

    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)


class Frame:
    """The state of one run, and what it reports. Subclasses add the evaluation of code."""

    def __init__(self, analysis: Analysis, scope: ScopeNode) -> None:
        self.analysis = analysis
        self.names = analysis.names
        self.tree = analysis.names.tree
        self.knowledge = analysis.names.knowledge
        self.scope = scope
        self.state: State | None = State()
        self.rounds: list[Round] = []
        self.exits: list[Exits] = []
        self.leaving: list[list[State]] = []
        self.returned: list[tuple[Guard, Value]] = []
        self.ends: list[State | None] = []
        self.effects: list[Consumed] = []
        self.stored: set[Identity] = set()
        #: What is seeded, and what is drawn from hidden state after that, in order.
        self.timeline: list[Seeding | Draw] = []
        #: Libraries from whose hidden state something is drawn.
        self.drawn: set[str] = set()
        self.statement: int | None = None
        self.findings = analysis.findings
        self.uncertain = 0
        self.mapped = 0
        self.derivative = 0
        self.derived_from = ""
        self.repetition: Repetition | None = None
        self.resumed: cst.Call | None = None
        self.dropped: cst.BaseExpression | None = None
        self.storing: dict[Identity, cst.CSTNode] = {}
        self.optional: set[str] = set()
        #: What may be no key, by the copies of it: only those of keys are the same key.
        self.copies: dict[Identity, Identity] = {}
        #: For each loop the variables that are None before it.
        self.empty: list[frozenset[str]] = []

    # -- consumption ------------------------------------------------------------------------

    def consume(
        self,
        value: Value,
        node: cst.CSTNode,
        by: str,
        *,
        inner: tuple[Site, str] | None = None,
        guard: Guard = EVERYWHERE,
        weak: bool = False,
        call: tuple[int, Identity] | None = None,
        count: int = 0,
        derived: int | Identity | None = None,
        captured: int | None = None,
        written: bool = True,
        label: str = "",
        derives: str = "",
        fixed: bool = True,
        shared: bool = False,
        guessed: bool = False,
    ) -> None:
        """Notes that `value` is consumed here, and reports a misuse of it.

        `node` is the key's own expression, or, unless `written`, whatever stands for it here.
        Under a repetition, `fixed` says that each run consumes the same part of it, `shared`
        that all lanes get the same argument.
        """
        if self.state is None:
            return
        # A sampler gets an array made of these keys: `jnp.stack([key, other])`.
        parts = value.items if isinstance(value, Items) and not weak else (value,)
        site: Site | None = None
        options = [
            (index, *each)
            for index, part in enumerate(parts)
            for each in self.entities(part, guard)
        ]
        for position, (part, option_guard, item) in enumerate(options):
            entity = item if weak else replace(item, identity=self.original(item.identity))
            if not weak and derived is None:
                self.findings.proven.add(entity.identity)
            whole = written and entity.kind is not Kind.KEYS
            site = site or self._site(node, by, inner, whole, label)
            consumed = Consumed(
                identity=entity.identity,
                guard=option_guard,
                site=site,
                binding=self._binding(node),
                rounds=self.place_in_loops(),
                weak=weak and entity.kind is Kind.UNKNOWN,
                call=call,
                count=count,
                derived=derived,
                captured=captured,
                derives=derives,
                derivative=self.derivative > 0,
                guessed=guessed,
            )
            self.analysis.seedings.consumed(consumed)
            if derives:
                self.findings.doubt(site)
            twice = any(
                other != part and earlier.identity == entity.identity
                for other, _, earlier in options[:position]
            )
            self._check(replace(consumed, call=None) if twice else consumed)
            if self.repetition and fixed and derived is None and entity.kind is not Kind.KEYS:
                self._repeat(consumed, self.repetition, shared)
            self.state.remember(consumed)
            if entity.identity.root.is_variable:
                self.effects.append(consumed)

    def doubt(self, node: cst.CSTNode, by: str) -> None:
        """Notes that `by` may consume the key at `node`, for all that is known."""
        self.findings.doubt(self._site(node, by, None, True, ""))

    def original(self, identity: Identity) -> Identity:
        """The identity of a key, of which this may be a copy."""
        while identity in self.copies:
            identity = self.copies[identity]
        return identity

    def inherit(self, consumed: Consumed, node: cst.Call, by: str) -> None:
        """Notes that what a call returned was consumed by it already."""
        if self.state is not None:
            site = self._site(node.func, by, (consumed.site, RETURNED), False, "")
            rounds = self.place_in_loops()
            self.state.remember(replace(consumed, site=site, binding=0, rounds=rounds, call=None))

    def draw(self, library: str, node: cst.Call) -> None:
        """Notes that `node`, or what it calls, draws from a library's hidden state."""
        self.drawn.add(library)
        if self.timeline:
            self.timeline.append(Draw(library, node))

    def place_in_loops(self) -> tuple[tuple[int, int, int], ...]:
        """The (loop, run of that loop, round) of all loops around here, outermost first."""
        return tuple((item.loop, item.run, item.turn) for item in self.rounds)

    def entities(self, value: Value, guard: Guard = EVERYWHERE) -> Iterator[tuple[Guard, Entity]]:
        """The entities that `value` may be on live paths, each with the full guard of its path."""
        assert self.state is not None
        here = self.state.guard.with_literals(guard.literals)
        options = value.options if isinstance(value, Choice) else ((EVERYWHERE, value),)
        for option, item in options:
            full = here.with_literals(option.literals)
            if isinstance(item, Entity) and not full.excludes(full) and not here.excludes(option):
                yield full, item

    def _check(self, consumed: Consumed) -> None:
        assert self.state is not None
        earlier = [
            item
            for item in self.state.consumed.get(consumed.identity.root, ())
            if consumed.repeats(item) and not _is_same_mask(item, consumed)
        ]
        if not earlier:
            return
        captured = [item for item in earlier if _captured_alike(item, consumed)]
        if captured:
            self._called_again(captured[0], consumed)
            return
        this_round = [item for item in earlier if _loop_between(item, consumed) is None]
        same_place = [item for item in earlier if item.site.node is consumed.site.node]
        candidates = this_round or same_place or earlier
        first = next((item for item in candidates if not item.weak), candidates[0])
        loop = _loop_between(first, consumed)
        one, other = first.site, consumed.site
        if loop is not None and self.analysis.is_call(loop):
            # What repeats is a call of `scan` or the like: the places are those in its body.
            one, other = _inside(one), _inside(other)
        others = [item.site for item in this_round if item is not first][-_MOST_OTHERS:]
        self.findings.report(
            Reuse(one, other, loop, _same_binding(first, consumed), tuple(others)),
            _unproven(first, consumed),
        )

    def _called_again(self, first: Consumed, again: Consumed) -> None:
        """Reports a function that consumes the same captured key on a second call."""
        if again.derives.startswith("init"):
            # What starts a network anew with the same key wants the same network.
            return
        site, by, node = _innermost(again.site), again.site.by, again.site.node
        if again.captured == HELD and self.resumed:
            by, node = dotted(self.resumed.func) or "it", self.resumed.func
        found = Capture(site, by, node, _loop_between(first, again), (first.site, again.site))
        self.findings.report(found, _unproven(first, again))

    def _repeat(self, consumed: Consumed, repetition: Repetition, shared: bool) -> None:
        """Reports a key that all runs of a repeated function have in common."""
        if repetition.by == "jax.tree.map" and _innermost(consumed.site).by in _SHUFFLES:
            # All leaves are shuffled alike, so that they still belong together.
            return
        unproven = (consumed.identity,) if consumed.weak else ()
        if shared:
            found = Broadcast(consumed.site, repetition.by, repetition.node)
            self.findings.report(found, unproven)
        elif consumed.captured is not None:
            site = _innermost(consumed.site)
            self.findings.report(Capture(site, repetition.by, repetition.node), unproven)

    # -- keys that outlive the run --------------------------------------------------------------

    def escape(self, value: Value, node: cst.CSTNode, *, stored: bool = False) -> None:
        """Reports `value`, which is handed on at `node`, if it is a key that was consumed.

        Or holds one: a container, or an object of which an attribute was consumed.
        """
        if self.state is None:
            return
        for part in members_of(value):
            self.escape(part, node, stored=stored)
        held = frozenset(name for name, _ in value.items) if isinstance(value, Record) else ()
        base = value.base if isinstance(value, Record) and value.base else value
        for guard, entity in self.entities(base):
            if entity.kind is Kind.KEYS:
                continue
            for known in self.state.consumed.get(entity.identity.root, ()):
                if known.site.node is node:
                    # An object is made with the key, and handed on: that is no longer the key.
                    continue
                if self._escapes(known, entity.identity, held) and not known.guard.excludes(guard):
                    self.findings.escape(Escape(known.site, node, stored))
                    break

    def _escapes(self, consumed: Consumed, identity: Identity, held: Container[str]) -> bool:
        """Whether who gets `identity` gets a key that was consumed, itself or as an attribute."""
        assert self.state is not None
        if consumed.weak or consumed.guessed or consumed.derived is not None or consumed.derives:
            return False
        if consumed.identity == identity:
            return True
        path = consumed.identity.path
        last = path[-1] if path else None
        return (
            path[:-1] == identity.path
            and isinstance(last, Attr)
            and last.name not in held
            and identity not in self.state.moved
            and consumed.identity not in self.state.stored
        )

    def _site(
        self,
        node: cst.CSTNode,
        by: str,
        inner: tuple[Site, str] | None,
        written: bool,
        label: str,
    ) -> Site:
        owner = node.value if isinstance(node, (cst.Attribute, cst.Subscript)) else node
        name = owner.value if isinstance(owner, cst.Name) else None
        return Site(
            node=node,
            by=by,
            scope=self.scope.index,
            statement=self.statement,
            rewritable=(
                name is not None
                and written
                and not self.uncertain
                and not self.mapped
                and name not in self.optional
                and name in self.scope.bindings
                and name not in self.scope.outer
            ),
            loops=tuple(item.loop for item in self.rounds),
            tree=self.tree,
            label=label,
            inner=inner[0] if inner else None,
            parameter=inner[1] if inner else "",
        )

    def _binding(self, node: cst.CSTNode) -> int:
        if self.state is None or not isinstance(node, cst.Name):
            return 0
        return self.state.bindings.get(node.value, 0)


def _is_same_mask(first: Consumed, again: Consumed) -> bool:
    """Whether a network is applied twice with one dropout key: as for a value and its gradient."""
    return again.derives.startswith("apply") and _loop_between(first, again) is None


def _captured_alike(first: Consumed, again: Consumed) -> bool:
    """Whether one function consumed a captured key on two calls."""
    return again.captured is not None and again.captured == first.captured


def _inside(site: Site) -> Site:
    """The place in a called function, where there is one."""
    return site.inner or site


def _innermost(site: Site) -> Site:
    """The place in the innermost called function of the same source."""
    while site.inner is not None and site.inner.tree is site.tree:
        site = site.inner
    return site


def _unproven(first: Consumed, again: Consumed) -> tuple[Identity, ...]:
    """What has to be proven a key before a reuse counts."""
    return (first.identity, again.identity) if first.weak or again.weak else ()


def _loop_between(first: Consumed, again: Consumed) -> int | None:
    """The outermost loop of which the two stand in different rounds, if any."""
    for (loop, run, turn), (_, other_run, other_turn) in zip(
        first.rounds, again.rounds, strict=False
    ):
        if run != other_run:
            return None
        if turn != other_turn:
            return loop
    return None


def _same_binding(first: Consumed, again: Consumed) -> bool:
    """Whether one variable, not bound anew in between, names the key at both places.

    A `fold_in` of what does not change makes the same key in every round, however it is called.
    """
    one, other = first.site.node, again.site.node
    folded = any(isinstance(step, Fold) for step in again.identity.path)
    return (
        one.deep_equals(other)
        and first.site.scope == again.site.scope
        and first.binding == again.binding
        and (not folded or (isinstance(one, cst.Name) and first.rounds == again.rounds))
    )
