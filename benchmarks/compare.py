"""Times `rnglint check` beside other linters on the same trees, whole processes in turn.

    python benchmarks/compare.py TREE...

Needs flake8 and ruff in the environment. Each command runs once to warm the file system and then
`RUNS` times, A B C A B C …, so that a machine that slows down slows all of them. What counts are
the ratios; the seconds are of one machine on one day. Every run of rnglint is cold: without its
cache.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = 3
PYTHON = sys.executable
COMMANDS = {
    "rnglint": [PYTHON, "-m", "rnglint", "check", "--isolated", "--no-cache", "-q"],
    "flake8": [PYTHON, "-m", "flake8", "--isolated", "-q"],
    "ruff NPY002": [PYTHON, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=NPY002"],
}
#: Tools that are installed have their bytecode; one that runs from a checkout gets it here.
ENVIRONMENT = {name: text for name, text in os.environ.items() if "BYTECODE" not in name}


def main(trees: Sequence[str]) -> int:
    """Prints one table; 2 if no tree was named."""
    if not trees:
        print(__doc__, file=sys.stderr)
        return 2
    print("| tree | lines | " + " | ".join(COMMANDS) + " | rnglint / flake8 |")
    print("|---|---|" + "---|" * (len(COMMANDS) + 1))
    for tree in trees:
        print(_row(Path(tree)), flush=True)
    return 0


def _row(tree: Path) -> str:
    lines = sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py"))
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for turn in range(RUNS + 1):
        for name, command in COMMANDS.items():
            measured = _time([*command, str(tree)])
            if turn:
                seconds[name].append(measured)
    wall = {name: statistics.median(w for w, _ in pairs) for name, pairs in seconds.items()}
    cpu = {name: statistics.median(c for _, c in pairs) for name, pairs in seconds.items()}
    cells = [f"{wall[name]:.2f} s, {cpu[name]:.2f} s CPU" for name in COMMANDS]
    ratio = f"{wall['rnglint'] / wall['flake8']:.2f}, {cpu['rnglint'] / cpu['flake8']:.2f} CPU"
    return f"| {tree.name} | {lines} | {' | '.join(cells)} | {ratio} |"


def _time(command: Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a process and its children."""
    before, start = os.times(), time.perf_counter()
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdout=quiet, stderr=quiet, check=False, env=ENVIRONMENT)
    wall, after = time.perf_counter() - start, os.times()
    return wall, sum(after[2:4]) - sum(before[2:4])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
