"""What the tests of the watch share: a program is executed in this process and watched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnglint.diagnostics import Diagnostic
from rnglint.discovery.tasks import Settings
from rnglint.verify.watch.keeping import reported
from rnglint.verify.watch.observations import Note, Observation
from rnglint.verify.watch.watching import Watch


@dataclass(slots=True)
class Watched:
    """Executes programs, and tells what was seen. `notes` are what could not be watched."""

    watch: Watch
    seen: list[Observation | Note] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        return [each.text for each in self.seen if isinstance(each, Note)]

    def execute(self, path: Path, text: str) -> dict[str, Any]:
        """Writes and executes a program; its names."""
        path.write_text(text, encoding="utf-8")
        self.forget()
        names: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
        exec(compile(text, str(path), "exec"), names)
        return names

    def forget(self) -> None:
        self.watch.forget()
        self.seen.clear()

    def diagnostics(self) -> list[Diagnostic]:
        """What is reported of what was seen."""
        found = [each for each in self.seen if isinstance(each, Observation)]
        return reported(found, Settings(isolated=True))


@contextmanager
def watching() -> Iterator[Watched]:
    """Watches this process for a while."""
    watched = Watched(Watch(lambda message: watched.seen.append(message)))
    watched.watch.start()
    try:
        yield watched
    finally:
        watched.watch.stop()


def expected(text: str) -> list[tuple[int, str]]:
    """The rows and codes that the comments of a program announce."""
    return [
        (row, code)
        for row, line in enumerate(text.splitlines(), 1)
        for code in line.partition("# expect:")[2].split()
    ]


PYTHON = sys.executable
