"""`rnglint run`: the program is what it would be without us, and what was seen is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_support import ROOT

pytest.importorskip("numpy")

DRAW = "import numpy as np\nx = np.random.rand()\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program did."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs in a folder, with and without us."""

    folder: Path

    def write(self, text: str, name: str = "program.py") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def __call__(self, *arguments: str, stdin: str = "") -> Ran:
        return self._run("-m", "rnglint", "run", *arguments, stdin=stdin)

    def plain(self, *arguments: str, stdin: str = "") -> Ran:
        return self._run(*arguments, stdin=stdin)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _run(self, *arguments: str, stdin: str) -> Ran:
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=120)
        return Ran(process.returncode, out, err)


#: Programs without a finding, and the exit code of each.
PROGRAMS = {
    "name, arguments and path": (
        "import sys\nprint(__name__, __file__, sys.argv, sys.path[0], sys.stdin.read())\n",
        0,
    ),
    "an exit code": ("import sys\nprint('x')\nsys.exit(3)\n", 3),
    "an exit with a message": ("import sys\nsys.exit('no')\n", 1),
    "an exception": ("def f():\n    raise ValueError('no')\n\nf()\n", 1),
    "a syntax error": ("x = (\n", 1),
    "os._exit": ("import os\nprint('x', flush=True)\nos._exit(5)\n", 5),
    "what is left to do at the end": (
        "import atexit, threading\natexit.register(lambda: print(name))\n"
        "threading.Thread(target=lambda: print(name)).start()\nname = 'still here'\n",
        0,
    ),
    "much output": ("for i in range(200000):\n    print(i)\n", 0),
    "pickling what the program defines": (
        "import pickle\nclass A:\n    pass\nprint(pickle.loads(pickle.dumps(A())).__class__)\n",
        0,
    ),
    "a pool of processes": (
        "import multiprocessing as m\ndef f(x):\n    return x * x\n"
        "if __name__ == '__main__':\n"
        "    for method in ('fork', 'spawn'):\n"
        "        with m.get_context(method).Pool(2) as pool:\n"
        "            print(pool.map(f, [1, 2, 3]))\n",
        0,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_behaves_as_it_would(run: Runner, name: str) -> None:
    program, code = PROGRAMS[name]
    run.write(program)
    watched = run("program.py", "--fix", "a b", stdin="typed")
    assert watched == run.plain("program.py", "--fix", "a b", stdin="typed")
    assert watched.code == code


def test_a_module_is_run_by_its_name(run: Runner) -> None:
    text = "import sys\nprint(__name__, __package__, __spec__.name, sys.argv, sys.path[0])\n"
    run.write("", "pack/__init__.py")
    run.write(text, "pack/__main__.py")
    run.write(text, "pack/part.py")
    for name in ("pack", "pack.part"):
        assert run("-m", name, "-x") == run.plain("-m", name, "-x")


def test_a_folder_is_run(run: Runner) -> None:
    run.write("import other\n", "folder/__main__.py")
    run.write("print(__name__)\n", "folder/other.py")
    assert run("folder") == run.plain("folder")


@pytest.mark.parametrize(("arguments", "code"), [(("no.py",), 2), (("-m", "no_such_module"), 1)])
def test_what_is_not_there(run: Runner, arguments: tuple[str, ...], code: int) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert run.plain(*arguments).code == code
    assert "Traceback" not in ran.err


def test_a_finding_is_told_on_standard_error(run: Runner) -> None:
    run.write(f"{DRAW}print('done')\n")
    ran = run("program.py")
    assert (ran.code, ran.out) == (1, "done\n")
    assert "program.py:2:5: RNG102 `np.random.rand` draws from NumPy's hidden" in ran.err
    assert ran.err.endswith("Found 1 error.\n")


def test_where_it_was_seeded_is_told(run: Runner) -> None:
    run.write("import numpy as np\nnp.random.seed(1)\nx = np.random.rand()\n")
    run("--output-format", "json", "-o", "found.json", "program.py")
    seed, draw = json.loads((run.folder / "found.json").read_text())
    assert [seed["code"], draw["code"]] == ["RNG101", "RNG102"]
    assert draw["related"][0]["location"]["row"] == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 1), (("--exit-zero",), 0), (("--ignore", "RNG1"), 0), (("--select", "RNG2"), 0)],
)
def test_the_exit_code_of_a_program_that_succeeds(
    run: Runner, options: tuple[str, ...], code: int
) -> None:
    run.write(DRAW)
    assert run(*options, "program.py").code == code


def test_the_exit_code_of_a_program_that_fails_is_its_own(run: Runner) -> None:
    run.write(f"{DRAW}raise SystemExit(7)\n")
    ran = run("program.py")
    assert ran.code == 7
    assert "RNG102" in ran.err


@pytest.mark.parametrize("ending", ["os._exit(4)", "os.kill(os.getpid(), 9)"])
def test_nothing_is_lost_however_a_program_ends(run: Runner, ending: str) -> None:
    run.write(f"{DRAW}import os\n{ending}\n")
    ran = run("program.py")
    assert ran.code == (4 if "_exit" in ending else 128 + 9)
    assert "RNG102" in ran.err


def test_what_threads_and_forked_processes_do_is_seen(run: Runner) -> None:
    run.write(
        "import multiprocessing, threading\nimport numpy as np\n"
        "def f():\n    np.random.rand()\ndef g():\n    np.random.randn()\n"
        "thread = threading.Thread(target=f); thread.start(); thread.join()\n"
        "process = multiprocessing.get_context('fork').Process(target=g)\n"
        "process.start(); process.join()\n"
    )
    ran = run("--output-format", "concise", "program.py")
    assert [line.split(":")[1] for line in ran.err.splitlines()[:-1]] == ["4", "6"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_goes_to_the_program(run: Runner) -> None:
    run.write(
        "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(6))\n"
        "print('ready', flush=True)\ntime.sleep(60)\n"
    )
    process = run.start("-m", "rnglint", "run", "program.py")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 6


def test_comments_and_settings_silence_it(run: Runner) -> None:
    run.write("import numpy as np\nx = np.random.rand()  # noqa: RNG102\n")
    assert run("program.py").code == 0
    run.write(DRAW)
    run.write('ignore = ["RNG102"]\n', "rnglint.toml")
    assert run("program.py").code == 0


def test_libraries_are_imported_when_the_program_does(run: Runner) -> None:
    run.write("import sys\nprint([m for m in ('jax', 'numpy', 'libcst') if m in sys.modules])\n")
    assert run("program.py").out == "[]\n"


def test_a_draw_in_a_library_is_told_at_the_line_that_called_it(run: Runner) -> None:
    library = Path(run.folder / "site-packages" / "lib_that_draws.py")
    run.write("import numpy as np\ndef draw():\n    return np.random.rand()\n", str(library))
    run.write(
        f"import sys\nsys.path.append({str(library.parent)!r})\n"
        "import lib_that_draws\nx = lib_that_draws.draw()\n"
    )
    ran = run("--output-format", "concise", "program.py")
    assert ran.err.startswith("program.py:4:5: RNG102 `lib_that_draws.draw` draws from NumPy's")
    assert "through `numpy.random.rand` in a library" in ran.err


def test_keys_are_watched(run: Runner) -> None:
    pytest.importorskip("jax")
    run.write(
        "import jax\nkey = jax.random.PRNGKey(0)\nx = jax.random.normal(key)\n"
        "y = jax.random.uniform(key)\nprint('done')\n"
    )
    ran = run("--output-format", "concise", "program.py")
    assert (ran.code, ran.out) == (1, "done\n")
    assert ran.err.startswith(
        "program.py:4:24: RNG201 key `key` was already consumed by `jax.random.normal` on line 3"
    )
