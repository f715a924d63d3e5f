"""`rnglint verify`, from targets to exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import IO

from rnglint.verify.fixtures import UsageError, find_fixtures
from rnglint.verify.functions import find_function
from rnglint.verify.programs import Program, load_function, load_program
from rnglint.verify.report.as_json import render_json
from rnglint.verify.report.html import render_html
from rnglint.verify.report.junit import render_junit
from rnglint.verify.report.table import print_table
from rnglint.verify.request import Request
from rnglint.verify.results import Result, Verification
from rnglint.verify.sessions import Progress, Unit, plan, run_sessions
from rnglint.verify.verdicts import judge

#: More processes than this wait for each other's memory rather than run.
_MOST_WORKERS = 4

#: The formats that are one text; the table needs to know its terminal.
_RENDERERS = {"json": render_json, "junit": render_junit, "html": render_html}


def verify(request: Request) -> int:
    """Verifies what is asked for, prints the report, returns the exit code."""
    try:
        verification = _verify(request)
        _report(verification, request)
    except UsageError as error:
        print(f"rnglint verify: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("rnglint verify: interrupted", file=sys.stderr)
        return 130
    return verification.exit_code


def _verify(request: Request) -> Verification:
    request.check()
    options = request.options
    units = [
        Unit(program, setting, options.modes)
        for program in _programs(request)
        for setting in (request.settings if program.uses_jax else request.settings[:1])
    ]
    runnable = {index: unit for index, unit in enumerate(units) if unit.program.runs}
    _require_libraries([unit.program for unit in runnable.values()])
    workers = request.workers or min(_MOST_WORKERS, os.cpu_count() or 1)
    sessions = plan(runnable, workers)
    with _progress(sum(map(len, sessions))) as progress:
        runs = run_sessions(
            sessions,
            workers=workers,
            timeout=options.timeout,
            memory=options.memory,
            progress=progress,
        )
    results = tuple(judge(unit, runs.get(index), options) for index, unit in enumerate(units))
    return Verification(options, results, tuple(_skipped(results)))


def _skipped(results: Sequence[Result]) -> Iterator[str]:
    """Why modes were left out, each reason once however many functions it concerns."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        outcomes = [function.after for function in result.functions if function.after]
        for each in (comparison for outcome in outcomes for comparison in outcome.comparisons):
            if each.outcome == "skipped" and each.mode not in reasons.setdefault(each.detail, []):
                reasons[each.detail].append(each.mode)
    for detail, modes in reasons.items():
        yield f"not compared with {', '.join(modes)}: {detail}"


def _programs(request: Request) -> list[Program]:
    """The programs that the targets name, in their order."""
    if not request.targets:
        return [load_program(fixture) for fixture in find_fixtures(())]
    programs: dict[str, Program] = {}
    for target in request.targets:
        if function := find_function(target, request.key_argument, request.arguments):
            programs[target] = load_function(function)
            continue
        for fixture in find_fixtures((target,)):
            program = load_program(fixture)
            programs[program.target.path] = program
    if (request.key_argument or request.arguments) and all(not p.call for p in programs.values()):
        raise UsageError("--key-arg and --args are for functions, such as FILE::function")
    return list(programs.values())


def _require_libraries(programs: Sequence[Program]) -> None:
    """Raises UsageError where the programs need a library that is not installed."""
    needed = ["numpy"]
    if any(program.uses_jax for program in programs):
        needed += ["jax", "jaxlib"]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        raise UsageError(f"needs {names}: pip install 'rnglint[verify]'")


def _report(verification: Verification, request: Request) -> None:
    for note in verification.notes:
        print(f"rnglint verify: {note}", file=sys.stderr)
    with _output(request) as stream:
        if render := _RENDERERS.get(request.output_format):
            print(render(verification), file=stream)
        else:
            print_table(verification, stream, verbose=request.verbose)


@contextmanager
def _output(request: Request) -> Iterator[IO[str]]:
    """The file that was asked for, or standard output."""
    if not request.output_file:
        yield sys.stdout
        return
    try:
        with open(request.output_file, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
    except OSError as error:
        raise UsageError(f"{request.output_file}: cannot be written: {error.strerror}") from None


@contextmanager
def _progress(total: int) -> Iterator[Progress]:
    """A bar on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield Progress()
        return
    from rnglint.verify.report.bar import bar

    with bar(total) as shown:
        yield shown
