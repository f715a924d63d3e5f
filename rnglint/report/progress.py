"""A progress bar on the terminal, for runs that take long enough to make one wonder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import monotonic
from typing import TypeVar

_T = TypeVar("_T")

#: The bar appears after this many seconds, and moves this often.
_PATIENCE = 0.5
_PERIOD = 0.1


def watched(results: Iterator[_T], total: int, *, enabled: bool) -> Iterator[_T]:
    """`results` as they are, while a bar on stderr shows how many of `total` are there."""
    return _shown(results, total) if enabled and sys.stderr.isatty() else results


def _shown(results: Iterator[_T], total: int) -> Iterator[_T]:
    due = monotonic() + _PATIENCE
    bar = None
    try:
        for number, result in enumerate(results, start=1):
            yield result
            if monotonic() < due:
                continue
            due = monotonic() + _PERIOD
            bar = bar or _Bar(total)
            bar.show(number)
    finally:
        if bar:
            bar.close()


class _Bar:
    """A bar of rich that has no thread of its own, since processes may be forked later."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._progress.start()
        self._task = self._progress.add_task("", total=total)

    def show(self, number: int) -> None:
        """Moves the bar to `number`."""
        self._progress.update(self._task, completed=number, refresh=True)

    def close(self) -> None:
        """Removes the bar."""
        self._progress.stop()
