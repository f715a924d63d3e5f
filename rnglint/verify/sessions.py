"""Many programs in few processes, several processes at a time."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rnglint.verify.messages import Answer, Job, Setting
from rnglint.verify.processes import Child, ChildError
from rnglint.verify.programs import Program


@dataclass(frozen=True, slots=True)
class Runs:
    """What became of one unit: before the fix, after it, and after it in another process."""

    before: Answer = field(default_factory=Answer)
    fixed: Answer = field(default_factory=Answer)
    again: Answer = field(default_factory=Answer)


@dataclass(frozen=True, slots=True)
class Unit:
    """A program under one setting, to be run in some modes."""

    program: Program
    setting: Setting = field(default_factory=Setting)
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A job, and the field of which unit's `Runs` its answer fills."""

    unit: int
    field: str
    job: Job


Session = list[Task]


def plan(units: Mapping[int, Unit], lanes: int) -> list[Session]:
    """Sorts all jobs into sessions; each session is run in a process of its own.

    Importing jax takes a second, so the bundled fixtures that need it share `lanes`
    processes, before and after the fix in one and the second run of the fixed program in
    another; the largest are dealt out first. What else is run is not ours, or wants a fresh
    process.
    """
    shared: list[Session] = [[] for _ in range(max(2, lanes))]
    alone: list[Session] = []
    loads = [0] * len(shared)
    for index, unit in sorted(units.items(), key=lambda each: -len(each[1].program.fixed)):
        tasks = tasks_of(index, unit)
        first = [task for task in tasks if task.field != "again"]
        again = [task for task in tasks if task.field == "again"]
        if not unit.program.uses_jax:
            alone += [[task] for task in tasks]
        elif unit.program.bundled:
            lane = loads.index(min(loads))
            loads[lane] += len(unit.program.fixed)
            shared[lane] += first
            shared[(lane + 1) % len(shared)] += again
        else:
            alone += [first, again]
    return [session for session in (*shared, *alone) if session]


def run_sessions(
    sessions: Sequence[Session],
    *,
    workers: int,
    timeout: float,
    memory: float = 4.0,
    progress: Progress | None = None,
) -> dict[int, Runs]:
    """Runs all sessions, `workers` at a time, and gathers the answers by unit.

    However this ends, no child process is left.
    """
    crew = _Crew(timeout, memory, progress or Progress())
    with ThreadPoolExecutor(workers) as executor:
        futures = [executor.submit(crew.run, session) for session in sessions]
        try:
            for future in futures:
                future.result()
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            crew.dismiss()
            raise
    return crew.runs


class Progress:
    """Hears how far a run is; this one keeps it to itself."""

    def tell(self, step: str) -> None:
        """A step begins, such as `running sample under jit`."""

    def done(self) -> None:
        """A job is done."""


class _Crew:
    """The children at work, and what they answered so far."""

    def __init__(self, timeout: float, memory: float, progress: Progress) -> None:
        self.runs: dict[int, Runs] = {}
        self._timeout = timeout
        self._memory = memory
        self._progress = progress
        self._children: set[Child] = set()
        self._dismissed = False
        self._lock = threading.Lock()

    def run(self, session: Session) -> None:
        """Runs one session's tasks; a child that fails one of them is replaced for the next."""
        child: Child | None = None
        try:
            for task in session:
                try:
                    child = child or self._hire()
                    answer = child.ask(task.job, self._timeout, self._progress.tell)
                except (ChildError, OSError) as error:
                    answer = Answer(str(error))
                    self._fire(child)
                    child = None
                self._note(task, answer)
        finally:
            self._fire(child)

    def dismiss(self) -> None:
        """Ends all children, and lets no new one begin."""
        with self._lock:
            self._dismissed = True
            children = list(self._children)
        for child in children:
            child.close()

    def _hire(self) -> Child:
        with self._lock:
            if self._dismissed:
                raise ChildError("dismissed")
            child = Child(self._memory)
            self._children.add(child)
        return child

    def _fire(self, child: Child | None) -> None:
        if child:
            child.close()
            with self._lock:
                self._children.discard(child)

    def _note(self, task: Task, answer: Answer) -> None:
        with self._lock:
            runs = self.runs.get(task.unit, Runs())
            self.runs[task.unit] = replace(runs, **{task.field: answer})
        self._progress.done()


def tasks_of(index: int, unit: Unit) -> list[Task]:
    """Before the fix, after it, and after it once more for another process."""
    program = unit.program
    name = program.target.name
    before = Job(program.before, f"{name}/before.py", program.folder, setting=unit.setting)
    fixed = replace(before, text=program.fixed, filename=f"{name}/after.py", modes=unit.modes)
    if program.call:
        filename = program.target.path or program.call.module
        fixed = replace(fixed, filename=filename, call=program.call)
    again = replace(fixed, watch=False, modes=())
    jobs = {"before": before, "fixed": fixed, "again": again}
    if program.call or (program.target.kind == "file" and not program.diff):
        del jobs["before"]
    return [Task(index, name, job) for name, job in jobs.items()]
