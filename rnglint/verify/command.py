"""`rnglint verify`, from targets to exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from rnglint.verify.fixtures import UsageError, find_fixtures
from rnglint.verify.programs import Program, load_program
from rnglint.verify.report import exit_code, print_table, render_json
from rnglint.verify.sessions import plan, run_sessions
from rnglint.verify.verdicts import Report, judge

#: More processes than this wait for each other's memory rather than run.
_MOST_WORKERS = 4

_FORMATS = ("table", "json")


def verify(
    targets: Sequence[str], *, output_format: str, timeout: float, workers: int | None
) -> int:
    """Verifies `targets`, prints the report, returns the exit code."""
    try:
        reports = _verify(targets, output_format, timeout, workers)
    except UsageError as error:
        print(f"rnglint verify: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("rnglint verify: interrupted", file=sys.stderr)
        return 130
    if output_format == "json":
        print(render_json(reports))
    else:
        print_table(reports, sys.stdout)
    return exit_code(reports)


def _verify(
    targets: Sequence[str], output_format: str, timeout: float, workers: int | None
) -> list[Report]:
    if output_format not in _FORMATS:
        raise UsageError(f"unknown output format {output_format!r}: choose table or json")
    if timeout <= 0:
        raise UsageError("the time limit must be more than 0 seconds")
    fixtures = find_fixtures(targets)
    programs = [load_program(fixture) for fixture in fixtures]
    runnable = {i: p for i, p in enumerate(programs) if not p.error and p.after is not None}
    _require_libraries(list(runnable.values()))
    workers = workers or min(_MOST_WORKERS, os.cpu_count() or 1)
    sessions = plan(runnable, workers)
    with _progress(sum(map(len, sessions))) as done:
        runs = run_sessions(sessions, workers=workers, timeout=timeout, done=done)
    return [judge(program, runs.get(index)) for index, program in enumerate(programs)]


def _require_libraries(programs: Sequence[Program]) -> None:
    """Raises UsageError where the programs need a library that is not installed."""
    needed = ["numpy"]
    if any(re.search(r"\bjax\b", program.before) for program in programs):
        needed += ["jax", "jaxlib"]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        raise UsageError(f"needs {names}: pip install 'rnglint[verify]'")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr, where that is a terminal; yields what moves it on by one job."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("verifying", total=total)
        yield lambda: progress.advance(bar)
