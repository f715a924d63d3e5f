"""`rnglint verify` on programs that misbehave: each has its verdict, and no process is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from verify_support import Verified, start_unfixed, verify_unfixed, write_fixture

from rnglint.verify.messages import Job
from rnglint.verify.processes import Child

pytest.importorskip("numpy")

#: Programs by name: the text, and by check what is said of it where it fails.
HOSTILE: dict[str, tuple[str, dict[str, str]]] = {
    "raises": ("raise ValueError('no')", {"eager": "raised ValueError: no (line 1)"}),
    "exits": ("import sys\nsys.exit(3)", {"eager": "called sys.exit(3)"}),
    "breaks": ("def sample(:", {}),
    "empty": ("x = 1", {"eager": "defines no function sample*"}),
    "text": (
        "def sample():\n    return 'words'",
        {"eager": "sample: returned str, no array"},
    ),
    "nothing": (
        "def sample():\n    pass",
        {"eager": "sample: returned nothing to compare"},
    ),
    "nested_text": (
        "def sample():\n    return {'a': [1.5, object()]}",
        {"eager": "returned object at ['a'][1], no array"},
    ),
    "quits_inside": (
        "import sys\ndef sample():\n    sys.exit('done')\ndef sample_more():\n    return 1.5",
        {"eager": "sample: called sys.exit('done') (line 3)"},
    ),
    "dies": (
        "import os\ndef sample():\n    os._exit(7)",
        {"eager": "the process ended (exit code 7) running sample eagerly"},
    ),
    "crashes": (
        "import os, signal\ndef sample():\n    os.kill(os.getpid(), signal.SIGSEGV)",
        {"eager": "the process ended (signal 11) running sample eagerly"},
    ),
    "hangs": (
        "import time\ndef sample():\n    time.sleep(600)",
        {"eager": "took too long running sample eagerly"},
    ),
    "recurses": (
        "def sample():\n    return sample()",
        {"eager": "sample: raised RecursionError"},
    ),
    "wants_more": (
        "def sample(key, size):\n    return size",
        {"eager": "sample: needs arguments besides the key that are not given: size"},
    ),
    "random": (
        "import os\ndef sample():\n    return int.from_bytes(os.urandom(6), 'big')",
        {"process": "sample: another process drew other samples"},
    ),
    "hash_order": (
        "def sample():\n    return [float(x) for x in {'1.5', '2.5', '3.5', '4.5', '5.5'}] + ["
        "float(hash('x'))]",
        {"process": "sample: another process drew other samples"},
    ),
    "speaks": ("def sample():\n    print('hello', 'world')\n    return 1.5", {}),
    "shouts": (
        "import os\ndef sample():\n    os.write(1, b'x' * 100_000 + b'\\n')\n    return 1.5",
        {},
    ),
    "asks": (
        "def sample():\n    return float(input())",
        {"eager": "sample: raised EOFError"},
    ),
    "no_number": (
        "def sample():\n    return [1.5, float('nan')]",
        {"eager": "sample: returned NaN: 1 of 1 elements of result[1]"},
    ),
    "waits": (
        "async def sample():\n    return 1.5",
        {"eager": "sample: returned coroutine, no array"},
    ),
    "allocates": (
        "import numpy as np\ndef sample():\n    kept = []\n"
        "    while True:\n        kept.append(np.ones(1_000_000))",
        {"eager": "took more than 0.5 GB running sample eagerly"},
    ),
    "forks": ("import os\ndef sample():\n    os.fork()\n    return 1.5", {}),
    "global_state": (
        "import numpy as np\ndef sample():\n    return np.random.rand(3)",
        {"after": "sample: NumPy's hidden global state is touched"},
    ),
    "good": ("def sample():\n    return [0.25, 0.5]", {}),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Verified:
    """One run over all of them at once."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (text, _) in HOSTILE.items():
        write_fixture(folder / name, text)
    return verify_unfixed(folder, timeout=10, memory=0.5)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_program_that_misbehaves_has_its_verdict(name: str, hostile: Verified) -> None:
    expected = HOSTILE[name][1]
    if name == "breaks":
        assert "before.py does not parse" in hostile.failures(name)["fix"]
        return
    failures = hostile.failures(name)
    assert {check for check in failures if failures[check]} >= set(expected)
    assert all(text in failures[check] for check, text in expected.items())
    assert hostile.fixture(name)["passed"] is (not expected)


def test_printing_is_noted_and_fails_nothing(hostile: Verified) -> None:
    assert hostile.fixture("speaks")["notes"] == [
        "prints 'hello world' before the fix",
        "prints 'hello world' after the fix",
    ]


def test_the_other_functions_of_a_program_go_on(hostile: Verified) -> None:
    functions = hostile.fixture("quits_inside")["functions"]
    assert [(f["name"], bool(f["after"]["error"])) for f in functions] == [
        ("sample", True),
        ("sample_more", False),
    ]


def test_hostile_programs_fail_the_run(hostile: Verified) -> None:
    assert hostile.code == 1
    assert hostile.content["summary"]["passed"] == sum(not seen for _, seen in HOSTILE.values()) - 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("seed", "repeated"),
    [("0", 2), ("os.getpid()", 0)],
    ids=["a generator that all inherit", "a seed per process"],
)
def test_workers_that_repeat_each_other_are_counted(seed: str, repeated: int) -> None:
    text = f"""
        import itertools, os
        import numpy as np

        calls = itertools.count()

        def sample():
            return np.random.default_rng([{seed}, next(calls)]).normal(size=3)
    """
    child = Child()
    try:
        answer = child.ask(Job(dedent(text), "workers.py", "/"), 60)
    finally:
        child.close()
    measured = {each.kind: each for each in answer.outcomes[0].measurements}
    assert measured["equal-workers"].value == repeated
    assert measured["equal-workers"].defect is (repeated > 0)


# No process outlives the command.


SLEEPS = """
    import os, subprocess, sys, time
    from pathlib import Path

    def sample():
        forever = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = subprocess.Popen(forever, start_new_session={session})
        notes = Path({notes!r})
        (notes / str(os.getpid())).touch()
        (notes / str(child.pid)).touch()
        time.sleep({seconds})
        return 1.5
"""


def sleeper(folder: Path, seconds: float, *, session: bool = False) -> tuple[Path, Path]:
    """A fixture that starts a process and sleeps, and where it notes down the process ids."""
    notes = folder / "notes"
    notes.mkdir()
    text = SLEEPS.format(notes=str(notes), seconds=seconds, session=session)
    return write_fixture(folder / "sleeper", text), notes


def pids(notes: Path) -> list[int]:
    return [int(path.name) for path in notes.iterdir()]


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("session", [False, True], ids=["in its group", "in a session of its own"])
def test_what_a_program_started_ends_with_it(session: bool, tmp_path: Path) -> None:
    fixture, notes = sleeper(tmp_path, 0, session=session)
    assert verify_unfixed(fixture).code == 0
    assert len(pids(notes)) >= 4
    assert wait_until(lambda: not any(map(alive, pids(notes))))


@needs_proc
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["Ctrl-C", "terminated", "killed"],
)
def test_an_interrupted_run_leaves_no_process(number: int, code: int, tmp_path: Path) -> None:
    fixture, notes = sleeper(tmp_path, 600)
    process = start_unfixed([fixture])
    assert wait_until(lambda: len(pids(notes)) >= 2)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert wait_until(lambda: not any(map(alive, pids(notes))))
    if number == signal.SIGINT:
        assert (out, err) == ("", "rnglint verify: interrupted\n")
