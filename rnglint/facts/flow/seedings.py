"""Seeds that are set to the same value again in the next round of a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.flow.state import Consumed, Site
from rnglint.facts.flow.values import Entity, Guard, Literal, Root, Value
from rnglint.facts.model import Consumption, SeedReset
from rnglint.knowledge.loader import Entry
from rnglint.tree.parsing import Tree

if TYPE_CHECKING:
    from rnglint.facts.flow.frame import Frame


@dataclass(frozen=True, slots=True)
class _Seeding:
    """One evaluation of a call that seeds."""

    call: Span
    value: Value
    guard: Guard
    rounds: tuple[tuple[int, int, int], ...]
    entry: Entry


@dataclass(slots=True)
class Seedings:
    """Collects the seedings of all runs and tells which of them reset a seed."""

    tree: Tree
    _known: dict[Span, list[_Seeding]] = field(default_factory=dict)
    _resets: dict[Span, SeedReset] = field(default_factory=dict)
    _made: dict[Root, Span] = field(default_factory=dict)
    _consumed: dict[Span, dict[int, Site]] = field(default_factory=dict)

    def note(
        self,
        frame: Frame,
        entry: Entry,
        node: cst.Call,
        seed: cst.BaseExpression,
        value: Entity | Literal,
        made: Value,
    ) -> None:
        """Notes that `node` seeds with `value`, written as `seed`."""
        if frame.state is None or not frame.rounds:
            return
        call = self.tree.span(node)
        rounds = frame.place_in_loops()
        seeding = _Seeding(call, value, frame.state.guard, rounds, entry)
        if isinstance(made, Entity):
            self._made[made.identity.root] = call
        if any(_repeats(seeding, earlier) for earlier in self._known.get(call, ())):
            self._resets[call] = SeedReset(
                qualified=entry.qualified,
                entry=entry,
                call=call,
                seed=self.tree.source.text_at(self.tree.span(seed)),
                loop=rounds[-1][0],
                scope=frame.scope.index,
                statement=frame.statement,
                intended=self._seeded_twice(seeding),
            )
        self._known.setdefault(call, []).append(seeding)

    def consumed(self, consumed: Consumed) -> None:
        """Notes that a key was consumed, in case a seeding made it."""
        call = self._made.get(consumed.identity.root)
        if call is not None and consumed.derived is None:
            self._consumed.setdefault(call, {})[id(consumed.site.node)] = consumed.site

    def resets(self, place: Callable[[Site], Consumption]) -> tuple[SeedReset, ...]:
        """All resets, in source order; `place` makes the facts of the sites that consume."""
        found = [
            replace(
                reset,
                consumptions=tuple(map(place, self._consumed.get(call, {}).values())),
                intended=reset.intended or self._has_twin(reset),
            )
            for call, reset in self._resets.items()
        ]
        return tuple(sorted(found, key=lambda item: item.call.sort_key))

    def _seeded_twice(self, seeding: _Seeding) -> bool:
        """Whether another call of the same round seeds the same way, to compare what follows."""
        return any(
            other.value == seeding.value
            and other.rounds == seeding.rounds
            and other.entry == seeding.entry
            for call, others in self._known.items()
            if call != seeding.call
            for other in others
        )

    def _has_twin(self, reset: SeedReset) -> bool:
        return any(self._seeded_twice(seeding) for seeding in self._known[reset.call])


def _repeats(seeding: _Seeding, earlier: _Seeding) -> bool:
    """Whether the two differ in the round of the innermost loop alone."""
    return (
        seeding.value == earlier.value
        and seeding.rounds[:-1] == earlier.rounds[:-1]
        and seeding.rounds[-1][:2] == earlier.rounds[-1][:2]
        and seeding.rounds[-1][2] != earlier.rounds[-1][2]
        and not seeding.guard.excludes(earlier.guard)
    )
