"""RNG109: what it says, when it is silent, and that what it warns of happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from expectations import program

from rnglint import Diagnostic, check_source

HEADER = """\
import multiprocessing, random
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Thread
import numpy as np
import tensorflow as tf
from joblib import Parallel, delayed
from torch.utils.data import DataLoader, Dataset
RNG = np.random.default_rng(0)
"""
DRAW = "def f(x):\n    return x + np.random.normal()\n"
SHARED = "def f(x):\n    return x + RNG.normal()\n"
STANDARD = "def f(x):\n    return x + random.random()\n"


def findings(text: str) -> list[Diagnostic]:
    """The findings of RNG109 in a program, whose own lines begin with line 9."""
    return [item for item in check_source(program(HEADER + text)) if item.code == "RNG109"]


MESSAGES = {
    "forked processes": (
        DRAW + "def g(xs):\n    with multiprocessing.Pool() as p:\n        p.map(f, xs)\n",
        "`np.random.normal` draws in forked processes, each of which has a copy of NumPy's global"
        " state: all of them get the same numbers",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "a generator of the module": (
        SHARED + "def g(xs):\n    return ProcessPoolExecutor().map(f, xs)\n",
        "`RNG.normal` draws in workers, each of which has a copy of `RNG`",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "jobs": (
        DRAW + "def g(xs):\n    return Parallel(n_jobs=2)(delayed(f)(x) for x in xs)\n",
        "draws in jobs from NumPy's global state: no seed reaches them all",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "jobs in threads": (
        SHARED
        + "def g(xs):\n    return Parallel(2, prefer='threads')(delayed(f)(x) for x in xs)\n",
        "draws in threads from one seeded stream",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "threads": (
        SHARED + "def g(xs):\n    return ThreadPoolExecutor().map(f, xs)\n",
        "draws in threads from one seeded stream: which of them gets which number changes",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "threads and Python's seeded state": (
        STANDARD + "random.seed(3)\nthreads = [Thread(target=f, args=(x,)) for x in range(9)]\n",
        "`random.random` draws in threads from one seeded stream",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "functions that TensorFlow calls": (
        SHARED + "def g(x):\n    return tf.numpy_function(f, [x], tf.float32)\n",
        "draws in threads from one seeded stream",
        "np.random.default_rng(seed).spawn(n)",
    ),
    "a data set": (
        "class A(Dataset):\n    def __getitem__(self, i):\n        return np.random.normal()\n",
        "draws in a data set from NumPy's global state: before PyTorch 1.9, all workers of a"
        " `DataLoader` get the same numbers",
        "np.random.default_rng([seed, epoch, index])",
    ),
    "a generator in a data set": (
        "class A(Dataset):\n    def __init__(self):\n        self.rng = random.Random(0)\n"
        "    def __getitem__(self, i):\n        return self.rng.random()\n",
        "`self.rng.random` draws in workers, each of which has a copy of `self.rng`",
        "np.random.default_rng([seed, epoch, index])",
    ),
    "a loader": (
        "class A:\n    def __getitem__(self, i):\n        return RNG.normal()\n"
        "data = A()\nloader = DataLoader(data, num_workers=4)\n",
        "each of which has a copy of `RNG`",
        "np.random.default_rng([seed, epoch, index])",
    ),
    "two processes": (
        SHARED + "a = multiprocessing.Process(target=f)\nb = multiprocessing.Process(target=f)\n",
        "each of which has a copy of `RNG`",
        "np.random.default_rng(seed).spawn(n)",
    ),
}


@pytest.mark.parametrize(("text", "message", "help"), MESSAGES.values(), ids=list(MESSAGES))
def test_messages_say_what_happens_in_the_workers(text: str, message: str, help: str) -> None:
    (found,) = findings(text)
    assert message in found.message
    assert help in found.help


def test_the_hand_over_is_shown_and_the_way_to_the_draw() -> None:
    text = SHARED + (
        "def g(x):\n    return f(x)\n"
        "def h(xs):\n    with multiprocessing.Pool() as pool:\n        return pool.map(g, xs)\n"
    )
    (found,) = findings(text)
    assert found.span.start.row == 10
    (related,) = found.related
    assert related.span.start.row == 15
    assert "by way of `g`" in related.message


POOL = "def g(xs):\n    with multiprocessing.Pool() as p:\n        p.map(f, xs)\n"
SILENT = {
    "an initializer": DRAW + POOL.replace("Pool()", "Pool(4, initializer=np.random.seed)"),
    "an initializer by position": DRAW + POOL.replace("Pool()", "Pool(4, print)"),
    "processes that start anew": DRAW + "multiprocessing.set_start_method('spawn')\n" + POOL,
    "a context that starts anew": (
        DRAW + POOL.replace("multiprocessing.Pool", "multiprocessing.get_context('spawn').Pool")
    ),
    "Python's state in processes": STANDARD + "random.seed(1)\n" + POOL,
    "Python's state without a seed": (
        STANDARD + "def g(xs):\n    return ThreadPoolExecutor().map(f, xs)\n"
    ),
    "one job at a time": (
        DRAW + "def g(xs):\n    return Parallel(n_jobs=1)(delayed(f)(x) for x in xs)\n"
    ),
    "one thread": SHARED + "Thread(target=f).start()\n",
    "one process": SHARED + "multiprocessing.Process(target=f).start()\n",
    "a loader without workers": (
        "class A(Dataset):\n    def __getitem__(self, i):\n        return np.random.normal()\n"
        "loader = DataLoader(A(), batch_size=4)\n"
    ),
    "a loader that seeds": (
        "class A(Dataset):\n    def __getitem__(self, i):\n        return np.random.normal()\n"
        "loader = DataLoader(A(), num_workers=4, worker_init_fn=print)\n"
    ),
    "a package that wants a newer PyTorch": (
        "import diffusers\nclass A(Dataset):\n    def __getitem__(self, i):\n"
        "        return np.random.normal()\n"
    ),
    "a function of a newer PyTorch": (
        "import torch\nclass A(Dataset):\n    def __getitem__(self, i):\n"
        "        with torch.inference_mode():\n            return np.random.normal()\n"
    ),
    "a generator that the worker makes anew": (
        "def f(x):\n    global RNG\n    RNG = np.random.default_rng(x)\n    return RNG.normal()\n"
        + POOL
    ),
    "a parameter of the same name": "def f(RNG):\n    return RNG.normal()\n" + POOL,
    "streams that are spawned": "def f(i):\n    return RNG.spawn(1)\n" + POOL,
    "a pool of somebody else": (
        "from others import Pool\n" + DRAW + "def g(xs):\n    return Pool().map(f, xs)\n"
    ),
    "a map that is no pool's": DRAW + "def g(frame):\n    return frame.map(f)\n",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=list(SILENT))
def test_nothing_is_said_where_nothing_is_known_to_go_wrong(text: str) -> None:
    assert findings(text) == []


# -- what happens -----------------------------------------------------------------------------

RUN = """\
import multiprocessing, random, sys, threading
import numpy as np

RNG = np.random.default_rng(0)
BARRIER = None


def state(barrier):
    global BARRIER
    BARRIER = barrier


def draw(how):
    BARRIER.wait()  # One task for each process.
    if how == "global":
        return np.random.random()
    if how == "standard":
        return random.random()
    return (RNG if how == "module" else how).random()


def distinct(method, tasks):
    context = multiprocessing.get_context(method)
    barrier = context.Barrier(len(tasks))
    with context.Pool(len(tasks), state, (barrier,)) as pool:
        return len(set(pool.map(draw, tasks, chunksize=1)))


if __name__ == "__main__":
    method, how = sys.argv[1:]
    tasks = RNG.spawn(3) if how == "spawned" else [how] * 3
    print(distinct(method, tasks))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
@pytest.mark.parametrize(
    ("method", "how", "distinct"),
    [
        ("fork", "global", 1),
        ("fork", "module", 1),
        ("fork", "standard", 3),
        ("fork", "spawned", 3),
        ("spawn", "global", 3),
        ("spawn", "module", 1),
        ("spawn", "spawned", 3),
    ],
)
def test_three_processes_draw_so_many_distinct_numbers(
    tmp_path: Path, method: str, how: str, distinct: int
) -> None:
    path = tmp_path / "run.py"
    path.write_text(RUN)
    output = subprocess.check_output([sys.executable, str(path), method, how], text=True)
    assert int(output) == distinct


def test_threads_take_their_numbers_from_one_stream() -> None:
    import threading

    import numpy as np

    rng, drawn = np.random.default_rng(0), []
    threads = [threading.Thread(target=lambda: drawn.append(rng.random())) for _ in range(4)]
    for thread in reversed(threads):
        thread.start()
        thread.join()
    assert drawn == list(np.random.default_rng(0).random(4))
