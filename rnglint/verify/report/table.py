"""What a verification prints for people: a table, and below it what there is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING

from rnglint.verify.evidence import KINDS
from rnglint.verify.messages import Measurement
from rnglint.verify.results import Verification

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {True: "green", False: "bold red", None: "dim"}

#: Shorter names for the columns.
_HEADINGS = {
    "disable_jit": "no jit",
    "jit(vmap)": "jit vmap",
    "lax.map": "map",
    "fori_loop": "fori",
    "shard_map": "shard",
}

#: The narrowest table that shows every verdict, for output that is no terminal.
_WIDTH = 144

_LEGEND = (
    "=  equal to eager bit for bit;  n ULP  equal but for rounding;  doc  differs as documented;"
)
_LEGEND += "\n≠  different;  !  error;  no  JAX cannot run it;  -  nothing to compare"


def print_table(verification: Verification, stream: IO[str], *, verbose: bool = False) -> None:
    """One row per target and setting, one column per check, and below what there is to be told."""
    from rich.console import Console

    console = Console(file=stream, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _WIDTH
    _print_verdicts(verification, console)
    if verbose:
        _print_evidence(verification, console)
    for line in _lines(verification):
        console.print(line, markup=False, soft_wrap=True)


def _print_verdicts(verification: Verification, console: Console) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    own = all(result.target.kind == "function" for result in verification.results)
    checks = ["fix", "before", "after", "eager", *verification.options.modes, "process"]
    headings = {**_HEADINGS, "after": "misuse"} if own else _HEADINGS
    checks = checks[2:] if own else checks
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("target", no_wrap=True)
    for check in checks:
        table.add_column(headings.get(check, check), no_wrap=check == "fix")
    for result in verification.results:
        verdicts = map(result.verdict, checks)
        cells = [Text(v.short, _STYLES[v.passed]) for v in verdicts]
        table.add_row(Text(result.name, _STYLES[result.passed]), *cells)
    console.print(table)
    console.print(_LEGEND, style="dim", markup=False)
    console.print(_told_environment(verification.environment), style="dim", markup=False)


def _print_evidence(verification: Verification, console: Console) -> None:
    """What shows each misuse before the fix, and its absence after it."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("function", "misuse", "before", "after", "seen"):
        table.add_column(heading)
    for result in verification.results:
        for function in result.functions:
            for each in function.evidence:
                seen = next(m.detail for m in (each.before, each.after) if m and m.defect)
                where = f"{result.target.code or result.name} {function.name}"
                numbers = _number(each.before), _number(each.after)
                table.add_row(where, KINDS[each.kind], *numbers, seen)
    if table.row_count:
        console.print(table, markup=False)


def _number(measured: Measurement | None) -> str:
    if measured is None:
        return "-"
    return f"{measured.value:g}" + (f" of {measured.total}" if measured.total else "")


def _told_environment(environment: Mapping[str, str]) -> str:
    """What the samples may depend on, in words."""
    versions = ("jax", "jaxlib", "numpy", "python")
    others = ("backend", "device", "PRNG", "flags", "XLA_FLAGS")
    lines = [", ".join(f"{name} {environment[name]}" for name in versions if name in environment)]
    lines.append("; ".join(f"{name} {environment[name]}" for name in others if name in environment))
    return "\n".join(filter(None, lines))


def _lines(verification: Verification) -> Iterator[str]:
    for result in verification.results:
        kind = result.target.kind
        for verdict in result.verdicts:
            check = "misuse" if (kind, verdict.check) == ("function", "after") else verdict.check
            yield from (f"{result.name}: {check}: {each}" for each in verdict.details)
        yield from (f"{result.name}: note: {note}" for note in result.notes)
    yield ", ".join(f"{count} {what}" for what, count in verification.summary.items())
