"""The abstract interpreter: follows keys and generators through the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnglint.facts.flow.analysis import Analysis, BudgetSpent
from rnglint.facts.model import (
    KeyBroadcast,
    KeyCapture,
    KeyEscape,
    KeyReuse,
    MethodUse,
    SeedReset,
    Trace,
    UnusedKey,
)
from rnglint.facts.names import Names


@dataclass(frozen=True, slots=True)
class Flow:
    """What the interpreter found. `complete` is False if its budget cut it short."""

    method_uses: tuple[MethodUse, ...] = ()
    key_reuses: tuple[KeyReuse, ...] = ()
    key_captures: tuple[KeyCapture, ...] = ()
    key_broadcasts: tuple[KeyBroadcast, ...] = ()
    key_escapes: tuple[KeyEscape, ...] = ()
    unused_keys: tuple[UnusedKey, ...] = ()
    seed_resets: tuple[SeedReset, ...] = ()
    traces: Mapping[int, Trace] = field(default_factory=dict)
    complete: bool = True


def follow(names: Names) -> Flow:
    """Interprets the module and each of its functions."""
    analysis = Analysis(names)
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
        # What was not run to its end may use them yet.
        unused_keys=findings.unused_keys() if complete else (),
        seed_resets=analysis.seedings.resets(findings.place),
        traces=analysis.traces.closure(),
        complete=complete,
    )
