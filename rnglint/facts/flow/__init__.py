"""The abstract interpreter: follows keys and generators through the program."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from rnglint.facts.flow.analysis import Analysis
from rnglint.facts.flow.frame import BudgetSpent
from rnglint.facts.flow.neighbours import Neighbours
from rnglint.facts.model import (
    Consumption,
    DuplicateSeed,
    HandOver,
    KeyBroadcast,
    KeyCapture,
    KeyEscape,
    KeyReuse,
    MethodUse,
    RepeatedSeeder,
    SeedReset,
    Trace,
    UnusedKey,
)
from rnglint.facts.names import Names


@dataclass(frozen=True, slots=True)
class Flow:
    """What the interpreter found. `complete` is False if its budget cut it short.

    `consulted` are the other files on which it depends.
    """

    method_uses: tuple[MethodUse, ...] = ()
    key_reuses: tuple[KeyReuse, ...] = ()
    key_captures: tuple[KeyCapture, ...] = ()
    key_broadcasts: tuple[KeyBroadcast, ...] = ()
    key_escapes: tuple[KeyEscape, ...] = ()
    key_doubts: tuple[Consumption, ...] = ()
    unused_keys: tuple[UnusedKey, ...] = ()
    seed_resets: tuple[SeedReset, ...] = ()
    repeated_seeders: tuple[RepeatedSeeder, ...] = ()
    duplicate_seeds: tuple[DuplicateSeed, ...] = ()
    traces: Mapping[int, Trace] = field(default_factory=dict)
    hand_overs: Mapping[int, tuple[HandOver, ...]] = field(default_factory=dict)
    consulted: frozenset[str] = frozenset()
    complete: bool = True


def follow(names: Names) -> Flow:
    """Interprets the module and each of its functions."""
    neighbours = Neighbours(names.tree.source, names.knowledge, _beside)
    analysis = Analysis(names, neighbours)
    complete = True
    try:
        analysis.run()
    except BudgetSpent:
        complete = False
    findings = analysis.findings
    findings.settle()
    uses = sorted(analysis.method_uses.values(), key=lambda item: item.span.sort_key)
    return Flow(
        method_uses=tuple(uses),
        key_reuses=findings.key_reuses(),
        key_captures=findings.key_captures(),
        key_broadcasts=findings.key_broadcasts(),
        key_escapes=findings.key_escapes(),
        key_doubts=findings.key_doubts(),
        # What was not run to its end may use them yet.
        unused_keys=findings.unused_keys() if complete else (),
        seed_resets=analysis.seedings.resets(findings.place),
        repeated_seeders=analysis.seedings.repeated(),
        duplicate_seeds=analysis.seedings.duplicates(),
        traces=analysis.traces.closure(),
        hand_overs=analysis.workers.hand_overs(),
        consulted=neighbours.files(),
        complete=complete,
    )


def _beside(names: Names, neighbours: Neighbours) -> Analysis:
    """The analysis of another source, whose functions are interpreted when they are asked for."""
    analysis = Analysis(names, neighbours)
    with suppress(BudgetSpent, RecursionError):
        analysis.run_module()
    return analysis
