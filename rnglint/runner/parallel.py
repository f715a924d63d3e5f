"""Spreads independent work over processes, and survives it when one of them dies."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

#: Libraries whose threads Python does not count: a process that has loaded one is not to be copied.
_THREADED = frozenset({"jaxlib", "tensorflow", "torch"})
#: The most items that are handed to a process at once.
_BATCH = 8


def spread(
    work: Callable[[_T], _R],
    items: Sequence[_T],
    *,
    jobs: int,
    lost: Callable[[_T], _R],
    patient: bool = False,
) -> Iterator[_R]:
    """The results of `work` for all items, in no particular order.

    `lost` makes the result of an item whose process died. When the caller stops early (or the
    user presses Ctrl-C), the processes are ended at once, or, if `patient`, after the items
    that they have in hand.
    """
    size = max(1, min(_BATCH, len(items) // (jobs * 4)))
    # Dealt out like cards: where the items come largest first, no batch has all the large ones.
    count = max(1, len(items) // size)
    batches = [items[start::count] for start in range(min(count, len(items)))]
    pool = _pool(jobs)
    orphans: list[_T] = []
    try:
        futures: dict[Future[list[_R]], Sequence[_T]] = {}
        for batch in batches:
            try:
                futures[pool.submit(_do_batch, work, batch)] = batch
            except BrokenProcessPool:
                orphans += batch
        for future in as_completed(futures):
            try:
                yield from future.result()
            except BrokenProcessPool:
                orphans += futures[future]
    except BaseException:
        pool.shutdown(wait=patient, cancel_futures=True)
        if not patient:
            for process in multiprocessing.active_children():
                process.terminate()
        raise
    pool.shutdown()
    for item in orphans:
        yield _alone(work, item, lost)


def _do_batch(work: Callable[[_T], _R], batch: Sequence[_T]) -> list[_R]:
    return [work(item) for item in batch]


def _alone(work: Callable[[_T], _R], item: _T, lost: Callable[[_T], _R]) -> _R:
    """The result of one item in a process of its own, so that its death harms no other."""
    with _pool(1) as pool:
        try:
            return pool.submit(work, item).result()
        except BrokenProcessPool:
            return lost(item)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Forked processes where that is safe (they start with all modules loaded), else spawned."""
    context = multiprocessing.get_context("fork" if can_fork() else "spawn")
    thresholds = gc.get_threshold()
    return ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(thresholds,))


def can_fork() -> bool:
    """Whether processes start as copies of this one."""
    threaded = threading.active_count() > 1 or not _THREADED.isdisjoint(sys.modules)
    return sys.platform == "linux" and not threaded


def _prepare(thresholds: tuple[int, int, int]) -> None:
    """Leaves Ctrl-C to the parent, and collects garbage as rarely as it does."""
    gc.set_threshold(*thresholds)
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
