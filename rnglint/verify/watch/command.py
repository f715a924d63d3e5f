"""`rnglint run`: a program in a process of its own, watched, and then a report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rnglint
from rnglint.diagnostics import Diagnostic
from rnglint.discovery.tasks import Settings
from rnglint.report import TEXT_FORMATS, Report, render
from rnglint.report.style import paint, use_color
from rnglint.report.summary import Summary
from rnglint.verify.watch.keeping import reported
from rnglint.verify.watch.observations import Note, Observation, from_line

# The program must not find rnglint on its path where it would not find it otherwise.
_START = """
import sys
sys.path.insert(1, sys.argv.pop(1))
from rnglint.verify.watch.program import main
del sys.path[1]
main()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What to run, and how to tell what was seen."""

    target: str
    arguments: Sequence[str]
    module: bool = False
    output_format: str = "full"
    output_file: str | None = None
    exit_zero: bool = False
    color: str = "auto"


def run(request: Run, settings: Settings) -> int:
    """Runs a program and reports on it.

    Returns the program's own exit code if that is not 0, else 1 if something was found. A
    program that a signal ended has 128 plus the number of the signal, as in shells.
    """
    with tempfile.TemporaryDirectory(prefix="rnglint-") as folder:
        path = os.path.join(folder, "observations")
        code = _execute(request, path)
        messages = list(_read(path))
    diagnostics = reported([m for m in messages if isinstance(m, Observation)], settings)
    _tell(request, diagnostics, [m.text for m in messages if isinstance(m, Note)])
    if code or request.exit_zero:
        return code
    return int(bool(diagnostics))


def _execute(request: Run, path: str) -> int:
    root = str(Path(rnglint.__file__).resolve().parent.parent)
    kind = "module" if request.module else "script"
    flags: list[str] = vars(subprocess)["_args_from_interpreter_flags"]()
    command = [sys.executable, *flags, "-c", _START, root, path, kind]
    process = subprocess.Popen([*command, request.target, *request.arguments])
    with _signals_go_to(process):
        code = process.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _signals_go_to(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """The terminal interrupts both processes; that is for the program to answer."""

    def hand_on(number: int, frame: Any) -> None:
        process.send_signal(number)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN), signal.signal(signal.SIGTERM, hand_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


def _read(path: str) -> Iterator[Observation | Note]:
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield from_line(line)


def _tell(request: Run, diagnostics: Sequence[Diagnostic], notes: Sequence[str]) -> None:
    """Prints the report on standard error, or writes it to the file that was asked for."""
    color = not request.output_file and use_color(request.color, sys.stderr)
    text = render(request.output_format, Report(tuple(diagnostics), color=color))
    if request.output_file:
        Path(request.output_file).write_text(text, encoding="utf-8", newline="")
    else:
        sys.stderr.write(text)
    for note in dict.fromkeys(notes):
        title = paint("warning", "warning", use_color(request.color, sys.stderr))
        sys.stderr.write(f"{title}: {note}\n")
    if diagnostics and request.output_format in TEXT_FORMATS:
        sys.stderr.write(f"{Summary(tuple(diagnostics)).sentences()[0]}\n")
    sys.stderr.flush()
