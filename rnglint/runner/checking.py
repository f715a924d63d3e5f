"""Checks files: uses the cache and processes, and writes what is fixed."""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from rnglint.config.resolution import Config
from rnglint.diagnostics import Diagnostic
from rnglint.discovery.tasks import Task
from rnglint.engine import check_source, fix_source, knowledge_for, view_source
from rnglint.fixes.fixpoint import Rejection, may_apply
from rnglint.runner.cache import Cache, digest
from rnglint.runner.files import write_atomically
from rnglint.source.reading import Source, SourceError, may_matter

#: With this number of files, progress is shown.
FEW = 20
#: Processes are started where they save the work on this many bytes, which is what they cost.
_WORTH_A_PROCESS = 200_000
#: How much less work a file is in which nothing can be found: it is only compiled.
_DISMISSED = 10
#: A program that makes everything load that most programs need.
_SAMPLE = "import jax\n\nkey = jax.random.key(0)\n"
#: The most characters of an internal error that are shown.
_REASON = 200


class FixMode(Enum):
    """What happens to fixes: nothing, written (with or without a report), or shown as a diff."""

    NONE = "none"
    APPLY = "apply"
    ONLY = "only"
    DIFF = "diff"

    @property
    def reports(self) -> bool:
        """Whether the diagnostics that remain are reported and decide the exit code."""
        return self in (FixMode.NONE, FixMode.APPLY)

    @property
    def writes(self) -> bool:
        """Whether files are changed."""
        return self in (FixMode.APPLY, FixMode.ONLY)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file.

    `problems` are comments that were meant to suppress something and were not understood.
    `before` and `after` are set where fixes change it and someone wants to see how. `failure`
    tells what kept rnglint from its work (an internal error, of which `trace` is the traceback,
    or a file that cannot be written). `content` is the digest of what was checked, None where
    that is not to be remembered. `consulted` are the other files on which it depends.
    """

    filename: str
    diagnostics: tuple[Diagnostic, ...] = ()
    applied: tuple[Diagnostic, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    problems: tuple[SourceError, ...] = ()
    before: Source | None = None
    after: Source | None = None
    failure: str = ""
    trace: str = ""
    content: str | None = None
    consulted: frozenset[str] = frozenset()


def check_files(
    tasks: Sequence[Task], *, mode: FixMode = FixMode.NONE, jobs: int = 1, use_cache: bool = True
) -> Iterator[FileResult]:
    """The result of each task, as it is ready; remembered for the next run."""
    for config in {task.config for task in tasks}:
        knowledge_for(config)
    caches = {config: Cache(config) for config in {task.config for task in tasks} if use_cache}
    waiting = []
    for task in tasks:
        known = _remembered(task, mode, caches.get(task.config))
        if known is None:
            waiting.append(task)
        else:
            yield known
    configs = {task.filename: task.config for task in waiting}
    try:
        for result in _run(waiting, mode, jobs):
            cache = caches.get(configs[result.filename])
            if cache and result.content and not result.failure:
                cache.put(result.filename, result.content, result.diagnostics, result.consulted)
            yield result
    finally:
        for cache in caches.values():
            cache.save()


def examine(source: Source, config: Config, mode: FixMode) -> FileResult:
    """The result of one source; whatever goes wrong inside is part of it."""
    try:
        return _examine(source, config, mode)
    except Exception as error:
        return _failed(source.filename, error)


def check_file(task: Task, mode: FixMode) -> FileResult:
    """The result of one file, which is written if it was fixed and `mode` says so."""
    try:
        source = Source.read(task.filename)
        if _is_dismissed(source, task.config):
            return FileResult(task.filename, content=digest(source.origin.data))
        result = _examine(source, task.config, mode)
    except Exception as error:
        return _failed(task.filename, error)
    if result.after and mode.writes:
        return _written(source, result)
    passing = result.after or result.rejections or result.problems
    unread = source.errors and not source.origin.data
    return result if passing or unread else replace(result, content=digest(source.origin.data))


def _examine(source: Source, config: Config, mode: FixMode) -> FileResult:
    if mode is FixMode.NONE:
        view = view_source(source, config)
        return FileResult(
            source.filename, view.reported, problems=_problems(source), consulted=view.consulted
        )
    fixed = fix_source(source, config)
    changed = fixed.source.chunks != source.chunks
    return FileResult(
        filename=source.filename,
        diagnostics=fixed.remaining,
        applied=fixed.applied,
        rejections=fixed.rejections,
        problems=_problems(source),
        before=source if changed else None,
        after=fixed.source if changed else None,
        consulted=fixed.consulted,
    )


def _problems(source: Source) -> tuple[SourceError, ...]:
    """What is wrong with the comments that are meant to suppress something."""
    if "rnglint:" not in source.program:
        return ()
    from rnglint.suppress.comments import suppressions

    return suppressions(source).problems


def _written(source: Source, result: FileResult) -> FileResult:
    """The result after the fixed text was written, unless someone else changed the file."""
    try:
        assert result.after is not None
        with open(source.filename, "rb") as file:
            if file.read() != source.origin.data:
                raise OSError(0, "it was changed by someone else in the meantime")
        write_atomically(source.filename, result.after.to_bytes())
    except OSError as error:
        reason = f"cannot be written: {error.strerror}"
        return FileResult(source.filename, failure=reason, trace=traceback.format_exc())
    return replace(result, before=None, after=None)


def _run(tasks: Sequence[Task], mode: FixMode, jobs: int) -> Iterator[FileResult]:
    work: Callable[[Task], FileResult] = partial(check_file, mode=mode)
    tasks = _largest_first(tasks)
    if not is_worth_processes(tasks, jobs):
        yield from map(work, tasks)
        return
    from rnglint.runner.parallel import can_fork, spread

    if can_fork():
        check_source(_SAMPLE)
    yield from spread(work, tasks, jobs=jobs, lost=_lost, patient=mode.writes)


def is_worth_processes(tasks: Sequence[Task], jobs: int) -> bool:
    """Whether several processes finish so much earlier that it pays to start them."""
    work = 0.0
    for task in tasks:
        work += _work(task)
        if work * (1 - 1 / min(jobs, len(tasks))) > _WORTH_A_PROCESS:
            return True
    return False


def _work(task: Task) -> float:
    """How much there is to do for a file, in bytes of a file in which something may be found."""
    size = _size(task)
    try:
        with open(task.filename, "rb") as file:
            matters = may_matter(file.read(), _extra_words(task.config))
    except OSError:
        return 0.0
    return float(size) if matters else size / _DISMISSED


def _largest_first(tasks: Sequence[Task]) -> list[Task]:
    """An order that leaves no long file for the end, when all other processes are done."""
    return sorted(tasks, key=_size, reverse=True)


def _size(task: Task) -> int:
    """The bytes in a file, 0 where it is none that can be asked."""
    try:
        return os.path.getsize(task.filename)
    except OSError:
        return 0


def _remembered(task: Task, mode: FixMode, cache: Cache | None) -> FileResult | None:
    """The result of an unchanged file; None where the file has to be looked at."""
    if cache is None or not cache.knows(task.filename):
        return None
    try:
        with open(task.filename, "rb") as file:
            content = digest(file.read())
    except OSError:
        return None
    diagnostics = cache.get(task.filename, content)
    if diagnostics is None:
        return None
    unsafe = task.config.unsafe_fixes
    if mode is not FixMode.NONE and any(may_apply(each, unsafe=unsafe) for each in diagnostics):
        return None
    return FileResult(task.filename, diagnostics)


def _is_dismissed(source: Source, config: Config) -> bool:
    """Whether nothing can be found in a source: no word of interest, and no syntax error."""
    if source.errors or source.origin.notebook:
        return False
    return not may_matter(source.program, _extra_words(config)) and _compiles(source.origin.data)


def _extra_words(config: Config) -> Iterable[str]:
    """Words that matter because of the settings' own knowledge tables."""
    if not config.knowledge:
        return ()
    from rnglint.knowledge.loader import load

    return knowledge_for(config).words - load().words


def _compiles(data: bytes) -> bool:
    """Whether this is a program; compiling tells three times as fast as `ast.parse`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "<unknown>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return False
    return True


def _failed(filename: str, error: Exception) -> FileResult:
    """The result of an internal error, whose text may be endless or a failure in itself."""
    try:
        text, trace = str(error), traceback.format_exc()
    except Exception:
        text, trace = "", ""
    reason = ": ".join(filter(None, (type(error).__name__, text[:_REASON].split("\n")[0])))
    failure = f"internal error: {reason}; this is a bug of rnglint, please report it"
    return FileResult(filename, failure=failure, trace=trace)


def _lost(task: Task) -> FileResult:
    return FileResult(task.filename, failure="internal error: the process that checked it died")
