"""The progress bar: how many jobs are done, and what is being run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from rnglint.verify.sessions import Progress


@contextmanager
def bar(total: int) -> Iterator[Progress]:
    """A bar on stderr, which is gone in the end."""
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield _Bar(shown, total)


class _Bar(Progress):
    def __init__(self, shown: RichProgress, total: int) -> None:
        self._shown = shown
        self._task = shown.add_task("starting", total=total)

    def tell(self, step: str) -> None:
        self._shown.update(self._task, description=step)

    def done(self) -> None:
        self._shown.advance(self._task)
