"""`rnglint check`, from paths and options to the exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from time import perf_counter

from rnglint.cli.options import Options
from rnglint.cli.output import Output
from rnglint.discovery.tasks import Settings, Task, find_tasks
from rnglint.report.progress import watched
from rnglint.runner.checking import FEW, FileResult, FixMode, check_files, examine
from rnglint.source.reading import Source

#: Syntax trees are many small objects that die together: looking for garbage among them in the
#: usual rhythm takes a tenth of the time, and finds none.
_GC_THRESHOLDS = (500_000, 50, 50)


def run(paths: Sequence[str], options: Options) -> int:
    """Checks `paths` (`-` alone: standard input), prints what there is to say; the exit code."""
    gc.set_threshold(*_GC_THRESHOLDS)
    settings = Settings(options.config_file, overrides=options.overrides, isolated=options.isolated)
    if tuple(paths) == ("-",):
        return _check_stdin(settings, options)
    return _check_paths(paths or ["."], settings, options)


def _check_paths(paths: Sequence[str], settings: Settings, options: Options) -> int:
    output = Output(options, settings.at(paths[0]))
    output.check()
    tasks = find_tasks(paths, settings)
    if options.show_files:
        output.write("".join(f"{os.path.abspath(task.filename)}\n" for task in tasks))
        return 0
    if not tasks:
        output.warn("No Python files found under the given path(s)")
    start = perf_counter()
    results = sorted(_results(tasks, options), key=lambda result: result.filename)
    if options.verbose:
        _explain(output, tasks, perf_counter() - start)
    if options.mode is FixMode.DIFF:
        output.show_diffs(results)
    return output.close(results, {})


def _results(tasks: Sequence[Task], options: Options) -> list[FileResult]:
    results = check_files(
        tasks, mode=options.mode, jobs=options.jobs or _cpus(), use_cache=options.use_cache
    )
    many = len(tasks) > FEW and not options.quiet
    return list(watched(results, len(tasks), enabled=many))


def _cpus() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _explain(output: Output, tasks: Sequence[Task], seconds: float) -> None:
    paths = {task.config.path or "(none: the defaults)" for task in tasks}
    output.say("".join(f"settings: {path}\n" for path in sorted(paths)))
    output.say(f"checked {len(tasks)} files in {seconds:.2f} s\n")


def _check_stdin(settings: Settings, options: Options) -> int:
    """Checks standard input; a fixed program goes to standard output, changed or not."""
    filename = options.stdin_filename or "-"
    config = settings.at(options.stdin_filename or os.curdir)
    output = Output(options, config, takes_stdout=options.mode.writes)
    output.check()
    source = Source.from_bytes(filename, sys.stdin.buffer.read())
    if options.stdin_filename and _is_left_out(filename, settings):
        result = FileResult(filename)
    else:
        result = examine(source, config, options.mode)
    if options.mode is FixMode.DIFF:
        output.show_diffs([result])
    elif options.mode.writes:
        sys.stdout.buffer.write((result.after or source).to_bytes())
        sys.stdout.buffer.flush()
    return output.close([result], {filename: result.after or source})


def _is_left_out(filename: str, settings: Settings) -> bool:
    """Whether a file is excluded even though it was named."""
    config = settings.at(filename)
    if not config.force_exclude:
        return False
    from rnglint.discovery.walking import discover

    return not list(discover([filename], config))
