"""Seeds that are set to the same value again: in the next round of a loop, or by a called function.

A seeding by a called function is one at the place of the call: `Summary.seedings` carries it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.flow.duplicates import duplicates
from rnglint.facts.flow.guards import Guard
from rnglint.facts.flow.state import Consumed, Site
from rnglint.facts.flow.streams import is_drawn_from
from rnglint.facts.flow.values import (
    At,
    Attr,
    Entity,
    Fold,
    Identity,
    Item,
    Literal,
    Root,
    Step,
    Value,
)
from rnglint.facts.model import Consumption, DuplicateSeed, RepeatedSeeder, SeedReset
from rnglint.knowledge.loader import Entry
from rnglint.tree.parsing import Tree

if TYPE_CHECKING:
    from rnglint.facts.flow.frame import Frame

#: Of one function so many seedings are carried to those who call it.
_MOST_CARRIED = 8
#: Libraries whose seeding function seeds others as well.
_SEED_ALL = frozenset({"keras", "lightning", "transformers"})


@dataclass(frozen=True, slots=True, eq=False)
class SeedSite:
    """Where a seed is set: the call, or, with `callee`, the call of what does it at `inner`."""

    node: cst.Call
    tree: Tree
    seed: cst.BaseExpression | None = None
    callee: str = ""
    inner: SeedSite | None = None

    @property
    def innermost(self) -> SeedSite:
        """The place that seeds itself."""
        site = self
        while site.inner is not None:
            site = site.inner
        return site


@dataclass(frozen=True, slots=True, eq=False)
class Seeding:
    """One evaluation of a call that seeds.

    `value` is the seed, `default` that it is the default of a function on the way here; `made` is
    the root of the key that comes of it. `rounds` are the (loop, run,
    round) of the loops around it.
    """

    site: SeedSite
    value: Entity | Literal
    guard: Guard
    rounds: tuple[tuple[int, int, int], ...]
    entry: Entry
    statement: int | None = None
    made: Root | None = None
    default: bool = False

    @property
    def is_global(self) -> bool:
        """Whether it seeds the hidden state that everybody draws from."""
        return self.entry.effect == "seed"

    def reaches(self, library: str) -> bool:
        """Whether draws of a library depend on it."""
        return self.is_global and (self.entry.library in _SEED_ALL or self.entry.library == library)

    def seeds_like(self, other: Seeding) -> bool:
        """Whether both start the same stream."""
        return self.value == other.value and self.entry.qualified == other.entry.qualified


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One draw from a library's hidden state, by the call `node` or a function that it calls."""

    library: str
    node: cst.Call


@dataclass(slots=True)
class Seedings:
    """Collects the seedings of all runs and tells which of them reset a seed."""

    tree: Tree
    _known: dict[int, list[Seeding]] = field(default_factory=dict)
    _resets: dict[int, SeedReset] = field(default_factory=dict)
    _repeated: dict[int, RepeatedSeeder] = field(default_factory=dict)
    _made: dict[Root, int] = field(default_factory=dict)
    _consumed: dict[int, dict[int, Site]] = field(default_factory=dict)
    _folded: set[int] = field(default_factory=set)
    _duplicates: dict[Span, DuplicateSeed] = field(default_factory=dict)

    def note(self, frame: Frame, seeding: Seeding) -> None:
        """Notes that a frame seeds, itself or through what it calls."""
        frame.timeline.append(seeding)
        call = id(seeding.site.node)
        if seeding.made is not None:
            self._made[seeding.made] = call
        if not frame.rounds:
            return
        known = self._known.setdefault(call, [])
        if any(_repeats(seeding, earlier) for earlier in known):
            self._report(frame, seeding)
        known.append(seeding)

    def _report(self, frame: Frame, seeding: Seeding) -> None:
        """Notes that the innermost loop repeats a seeding."""
        call, loop = id(seeding.site.node), seeding.rounds[-1][0]
        if seeding.site.callee:
            self._repeat(frame, seeding, loop)
        else:
            self._resets[call] = SeedReset(
                qualified=seeding.entry.qualified,
                entry=seeding.entry,
                call=self.tree.span(seeding.site.node),
                seed=_text(seeding.site),
                loop=loop,
                scope=frame.scope.index,
                statement=frame.statement,
                intended=self._seeded_twice(seeding),
            )

    def _repeat(
        self, frame: Frame, seeding: Seeding, loop: int | None, first: Seeding | None = None
    ) -> None:
        known = self._repeated.get(id(seeding.site.node))
        if known is not None and (known.is_global or not seeding.is_global):
            return
        inner = seeding.site.innermost
        self._repeated[id(seeding.site.node)] = RepeatedSeeder(
            call=self.tree.span(seeding.site.node),
            callee=seeding.site.callee,
            qualified=seeding.entry.qualified,
            seed=_seed_in_words(seeding),
            reseeds=inner.tree.span(inner.node),
            filename="" if inner.tree is self.tree else inner.tree.source.filename,
            is_global=seeding.is_global,
            is_default=seeding.default,
            loop=loop,
            first=self.tree.span(first.site.node) if first else None,
            scope=frame.scope.index,
            statement=frame.statement,
            intended=self._seeded_twice(seeding),
        )

    def fold(self, root: Root, data: Value) -> None:
        """Notes that something that varies is folded into a key, in case a seeding made it."""
        call = self._made.get(root)
        if call is not None and not isinstance(data, Literal):
            self._folded.add(call)

    def consumed(self, consumed: Consumed) -> None:
        """Notes that a key was consumed, in case a seeding made it."""
        call = self._made.get(consumed.identity.root)
        folded = any(isinstance(step, Fold) for step in consumed.identity.path)
        if call is not None and consumed.derived is None and not (folded and call in self._folded):
            self._consumed.setdefault(call, {})[id(consumed.site.node)] = consumed.site

    # -- several calls ------------------------------------------------------------------------

    def finish(self, frame: Frame) -> None:
        """Notes the calls of a frame that reset what was drawn from since it was set alike."""
        seedings = [item for item in frame.timeline if isinstance(item, Seeding)]
        if len(seedings) < 2:
            return
        for found in duplicates(frame, seedings):
            self._duplicates.setdefault(found.streams[0].call, found)
        for index, again in enumerate(frame.timeline):
            if isinstance(again, Seeding) and again.site.callee and again.is_global:
                first = _reset_by(again, frame.timeline, index)
                if first is not None:
                    self._repeat(frame, again, None, first)

    def carried(self, frame: Frame) -> tuple[Seeding, ...]:
        """The seedings that happen alike whenever the function of a frame is called alike."""
        found: dict[object, Seeding] = {}
        for item in frame.timeline:
            if isinstance(item, Seeding) and self._is_carried(frame, item):
                found.setdefault((id(item.site.innermost.node), item.value), item)
        return tuple(found.values())[:_MOST_CARRIED]

    def _is_carried(self, frame: Frame, seeding: Seeding) -> bool:
        """Whether whoever calls the function has to know: of one that was not reported yet."""
        node = id(seeding.site.node)
        told = node in self._resets or node in self._repeated
        if told or not _is_fixed(seeding.value) or _is_dummy(seeding.site.innermost):
            return False
        return seeding.is_global or bool(seeding.site.callee) or self._is_drawn(frame, seeding)

    def _is_drawn(self, frame: Frame, seeding: Seeding) -> bool:
        """Whether a function draws from the stream that it makes, or keeps it in an attribute."""
        if seeding.made is not None:
            users = self._consumed.get(id(seeding.site.node), {}).values()
            return any(site.by.startswith("jax.random.") for site in users)
        node, statement = seeding.site.node, seeding.statement
        return statement is not None and is_drawn_from(statement, node, frame.scope, frame.names)

    # -- handing out --------------------------------------------------------------------------

    def resets(self, place: Callable[[Site], Consumption]) -> tuple[SeedReset, ...]:
        """All resets, in source order; `place` makes the facts of the sites that consume."""
        found = [
            replace(
                reset,
                consumptions=tuple(map(place, self._consumed.get(call, {}).values())),
                intended=reset.intended or self._has_twin(call) or self._is_apart(call),
            )
            for call, reset in self._resets.items()
            if call not in self._folded or call in self._consumed
        ]
        return tuple(sorted(found, key=lambda item: item.call.sort_key))

    def repeated(self) -> tuple[RepeatedSeeder, ...]:
        """All calls of functions that reset a seed, in source order."""
        found = [
            replace(item, intended=item.intended or self._has_twin(call))
            for call, item in self._repeated.items()
        ]
        return tuple(sorted(found, key=lambda item: item.call.sort_key))

    def duplicates(self) -> tuple[DuplicateSeed, ...]:
        """All groups of equal streams, in source order."""
        found = self._duplicates.values()
        return tuple(sorted(found, key=lambda item: item.streams[0].call.sort_key))

    def _seeded_twice(self, seeding: Seeding) -> bool:
        """Whether another call of the same round seeds the same way, to compare what follows."""
        return any(
            other.seeds_like(seeding) and other.rounds == seeding.rounds
            for call, others in self._known.items()
            if call != id(seeding.site.node)
            for other in others
        )

    def _has_twin(self, call: int) -> bool:
        return any(self._seeded_twice(seeding) for seeding in self._known.get(call, ()))

    def _is_apart(self, call: int) -> bool:
        """Whether a seed is kept while another one of its loop changes."""
        return any(self._varies_beside(seeding) for seeding in self._known.get(call, ()))

    def _varies_beside(self, seeding: Seeding) -> bool:
        """Whether another call of the same round makes the same of a seed that varies."""
        return any(
            other.entry.qualified == seeding.entry.qualified
            and other.rounds == seeding.rounds
            and isinstance(other.value, Entity)
            and any(isinstance(step, Item) and step.loop for step in other.value.identity.path)
            for call, others in self._known.items()
            if call != id(seeding.site.node)
            for other in others
        )


def _repeats(seeding: Seeding, earlier: Seeding) -> bool:
    """Whether the two differ in the round of the innermost loop alone."""
    return (
        seeding.seeds_like(earlier)
        and seeding.site.innermost.node is earlier.site.innermost.node
        and seeding.rounds[:-1] == earlier.rounds[:-1]
        and seeding.rounds[-1][:2] == earlier.rounds[-1][:2]
        and seeding.rounds[-1][2] != earlier.rounds[-1][2]
        and not seeding.guard.excludes(earlier.guard)
    )


def _reset_by(again: Seeding, timeline: list[Seeding | Draw], index: int) -> Seeding | None:
    """The seeding after which the same numbers were drawn that are drawn after `again`."""
    if not any(_depends(item, again, ()) for item in timeline[index + 1 :]):
        return None
    for position in reversed(range(index)):
        first = timeline[position]
        if isinstance(first, Seeding) and first.is_global and first.reaches(again.entry.library):
            alike = first.seeds_like(again) and first.site.node is not again.site.node
            if not alike or first.rounds != again.rounds or first.guard.excludes(again.guard):
                return None
            between = timeline[position + 1 : index]
            nodes = (first.site.node, again.site.node)
            return first if any(_depends(item, again, nodes) for item in between) else None
    return None


def _depends(item: Seeding | Draw, seeding: Seeding, calls: tuple[cst.Call, ...]) -> bool:
    """Whether something is a draw that depends on a seeding, not one of these calls itself."""
    own = (*calls, seeding.site.node)
    return (
        isinstance(item, Draw)
        and seeding.reaches(item.library)
        and not any(item.node is node for node in own)
    )


def _is_fixed(value: Value) -> bool:
    """Whether a seed is the same in every run that gets the same arguments."""
    return isinstance(value, Literal) or (
        isinstance(value, Entity) and _is_known_outside(value.identity)
    )


def _is_known_outside(identity: Identity) -> bool:
    root = identity.root
    steps = all(map(_is_known_step, identity.path))
    return root.number == 0 and steps


def _is_known_step(step: Step) -> bool:
    if isinstance(step, At):
        return _is_known_outside(step.index)
    return isinstance(step, Attr) or (isinstance(step, Item) and not step.loop)


def _is_dummy(site: SeedSite) -> bool:
    """Whether the line that seeds, or the end of its statement, calls what it makes a dummy."""
    span, source = site.tree.span(site.node), site.tree.source
    rows = range(span.start.row, span.end.row + 2)
    return any("dummy" in source.line(span.cell, row).lower() for row in rows)


def _seed_in_words(seeding: Seeding) -> str:
    """The number that a seed is, or what it is called where it is set."""
    if isinstance(seeding.value, Literal):
        return repr(seeding.value.value)
    return _text(seeding.site.innermost)


def _text(site: SeedSite) -> str:
    """The seed as it is written."""
    return " ".join(site.tree.text(site.seed).split()) if site.seed is not None else ""
