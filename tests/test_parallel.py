"""Work in several processes: complete, even where a process dies or the user has had enough."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_support import LEGACY, ROOT, Shell, heed_interrupts

from rnglint.config.resolution import Config
from rnglint.discovery.tasks import Task
from rnglint.runner import checking, parallel
from rnglint.runner.parallel import spread

DEADLY = 13


def square(number: int) -> int:
    return number * number


def square_or_die(number: int) -> int:
    if number == DEADLY:
        os._exit(1)
    return number * number


def lost(number: int) -> int:
    return -number


@pytest.mark.parametrize("count", [1, 5, 100])
def test_all_items_are_done(count: int) -> None:
    results = spread(square, range(count), jobs=2, lost=lost)
    assert sorted(results) == [number * number for number in range(count)]


def test_spawned_processes_do_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "can_fork", lambda: False)
    assert sorted(spread(square, range(4), jobs=2, lost=lost)) == [0, 1, 4, 9]


def test_a_process_that_dies_takes_only_its_own_item_along() -> None:
    results = sorted(spread(square_or_die, range(30), jobs=2, lost=lost))
    assert results == sorted(-n if n == DEADLY else n * n for n in range(30))


@pytest.mark.parametrize("patient", [False, True])
def test_stopping_early_leaves_no_process(patient: bool) -> None:
    results = spread(square, range(100), jobs=2, lost=lost, patient=patient)
    next(results)
    results.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not multiprocessing.active_children()


#: Makes so much of a few files that it is worth a process.
LONG = f"# {'-' * 50_000}\n"


def fill(folder: Path, count: int) -> list[str]:
    for number in range(count):
        (folder / f"m{number:03}.py").write_text(LEGACY + LONG)
    return [f"m{number:03}.py" for number in range(count)]


def test_many_files_are_checked_as_one_by_one(shell: Shell) -> None:
    names = fill(shell.folder, 30)
    alone = shell.check("--no-cache", "--jobs", "1")
    assert shell.check("--no-cache", "--jobs", "2") == alone
    assert [line.split(":")[0] for line in alone.out.splitlines()[::2]] == names


def test_many_files_are_fixed(shell: Shell) -> None:
    names = fill(shell.folder, 30)
    outcome = shell.check("--fix", "--unsafe-fixes", "--jobs", "2")
    assert outcome.err == "Found 60 errors (60 fixed, 0 remaining).\n"
    assert all("default_rng" in shell.read(name) for name in names)


@pytest.mark.parametrize(
    ("text", "jobs", "worth"),
    [
        (LEGACY, 2, False),
        (LEGACY + LONG, 2, True),
        (LEGACY + LONG, 1, False),
        (LONG, 2, False),
    ],
    ids=["little", "much", "one process", "much of which nothing matters"],
)
def test_processes_are_started_where_they_pay(
    tmp_path: Path, text: str, jobs: int, worth: bool
) -> None:
    tasks = []
    for number in range(30):
        (tmp_path / f"m{number}.py").write_text(text)
        tasks.append(Task(str(tmp_path / f"m{number}.py"), Config()))
    assert checking.is_worth_processes(tasks, jobs) == worth


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_interrupt_ends_the_run_quietly(tmp_path: Path) -> None:
    """Ctrl-C goes to the whole group of processes, as on a terminal."""
    slow = "\n".join(f"def f{n}(x, y):\n    return np.random.rand(x, y)\n" for n in range(400))
    for number in range(60):
        (tmp_path / f"m{number}.py").write_text(f"import numpy as np\n{slow}")
    run = subprocess.Popen(
        [sys.executable, "-m", "rnglint", "check", "--no-cache", "-j2", "-q", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    time.sleep(2)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert (run.returncode, out, err) == (130, b"", b"rnglint: interrupted\n")
