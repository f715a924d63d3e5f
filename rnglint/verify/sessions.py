"""Many programs in few processes, several processes at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rnglint.verify.messages import Answer, Job
from rnglint.verify.processes import Child, ChildError
from rnglint.verify.programs import Program


@dataclass(frozen=True, slots=True)
class Runs:
    """What became of one program: before the fix, after it, and after it in another process."""

    before: Answer = field(default_factory=Answer)
    fixed: Answer = field(default_factory=Answer)
    again: Answer = field(default_factory=Answer)


@dataclass(frozen=True, slots=True)
class Task:
    """A job, and the field of which program's `Runs` its answer fills."""

    program: int
    field: str
    job: Job


Session = list[Task]


def plan(programs: Mapping[int, Program], lanes: int) -> list[Session]:
    """Sorts all jobs into sessions; each session is run in a process of its own.

    Importing jax takes a second, so the bundled fixtures that need it share `lanes`
    processes, before and after the fix in one and the second run of the fixed program in
    another. What else is run is not ours, or wants a fresh process.
    """
    shared: list[Session] = [[] for _ in range(max(2, lanes))]
    alone: list[Session] = []
    for index, program in programs.items():
        before, fixed, again = _tasks(index, program)
        if not re.search(r"\bjax\b", program.fixed):
            alone += [[before], [fixed], [again]]
        elif program.fixture.bundled:
            shared[index % len(shared)] += [before, fixed]
            shared[(index + 1) % len(shared)] += [again]
        else:
            alone += [[before, fixed], [again]]
    return [session for session in (*shared, *alone) if session]


def run_sessions(
    sessions: Sequence[Session],
    *,
    workers: int,
    timeout: float,
    done: Callable[[], None] = lambda: None,
) -> dict[int, Runs]:
    """Runs all sessions, `workers` at a time, and gathers the answers by program.

    `done` is called after each job. However this ends, no child process is left.
    """
    crew = _Crew(timeout, done)
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


class _Crew:
    """The children at work, and what they answered so far."""

    def __init__(self, timeout: float, done: Callable[[], None]) -> None:
        self.runs: dict[int, Runs] = {}
        self._timeout = timeout
        self._done = done
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
                    answer = child.ask(task.job, self._timeout)
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
            child = Child()
            self._children.add(child)
        return child

    def _fire(self, child: Child | None) -> None:
        if child:
            child.close()
            with self._lock:
                self._children.discard(child)

    def _note(self, task: Task, answer: Answer) -> None:
        with self._lock:
            runs = self.runs.get(task.program, Runs())
            self.runs[task.program] = replace(runs, **{task.field: answer})
        self._done()


def _tasks(index: int, program: Program) -> tuple[Task, Task, Task]:
    folder = str(program.fixture.folder)
    name = program.fixture.name
    before = Job(program.before, f"{name}/before.py", folder)
    fixed = Job(program.fixed, f"{name}/after.py", folder, modes=True)
    again = replace(fixed, watch=False, modes=False)
    return Task(index, "before", before), Task(index, "fixed", fixed), Task(index, "again", again)
