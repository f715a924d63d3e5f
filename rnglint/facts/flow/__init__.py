"""The abstract interpreter: follows keys and generators through the program."""

from __future__ import annotations

from dataclasses import dataclass

from rnglint.facts.flow.analysis import Analysis, BudgetSpent
from rnglint.facts.model import KeyReuse, MethodUse, SeedReset
from rnglint.facts.names import Names


@dataclass(frozen=True, slots=True)
class Flow:
    """What the interpreter found. `complete` is False if its budget cut it short."""

    method_uses: tuple[MethodUse, ...] = ()
    key_reuses: tuple[KeyReuse, ...] = ()
    seed_resets: tuple[SeedReset, ...] = ()
    complete: bool = True


def follow(names: Names) -> Flow:
    """Interprets the module and each of its functions."""
    analysis = Analysis(names)
    complete = True
    try:
        analysis.run()
    except BudgetSpent:
        complete = False
    uses = sorted(analysis.method_uses.values(), key=lambda item: item.span.sort_key)
    return Flow(
        tuple(uses), analysis.key_reuses(), analysis.seedings.resets(analysis.place), complete
    )
