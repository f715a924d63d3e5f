"""Programs that are run before and after their NumPy fixes, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rnglint import check_source, fix_source
from rnglint.config.resolution import Config
from rnglint.source.reading import Source

np = pytest.importorskip("numpy")

PROGRAMS = sorted((Path(__file__).parent / "numpy_programs").glob("*.py"))
NAMES = [path.stem for path in PROGRAMS]
#: Programs of which a finding is left, because something in them cannot move.
LEFT = {"kept_seed": {"RNG101", "RNG102"}}
#: Programs whose draws have no seed of the global state, so that there is no stream to keep.
UNSEEDED = {"generator_nearby"}
MODES = {
    "generator": Config(),
    "parameter": Config(numpy_rng="parameter"),
    "randomstate": Config(numpy_target="randomstate"),
}
#: The largest Kolmogorov-Smirnov distance, in units of sqrt(2 / n), that chance makes 1 in 10,000.
LIMIT = 2.23

RUN = """
import json, sys, warnings
import numpy as np
warnings.simplefilter("ignore")
found = {}
for name, text in json.load(sys.stdin).items():
    names = {"__name__": name}
    exec(compile(text, name, "exec"), names)
    found[name] = {
        key: [np.asarray(value).tolist(), str(np.asarray(value).dtype), type(value).__name__]
        for key, value in names["sample"]().items()
    }
json.dump(found, sys.stdout)
"""


@dataclass(frozen=True)
class Draws:
    """What a program's `sample` returns under one key."""

    values: Any
    form: tuple[object, ...]


def text_of(path: Path, mode: str | None) -> str:
    """A program, or what the fixes of a mode make of it."""
    source = Source.from_bytes(path.name, path.read_bytes())
    if mode is not None:
        result = fix_source(source, MODES[mode], unsafe=True)
        assert not result.rejections
        source = result.source
    return source.chunks[0].text


@cache
def run(mode: str | None, again: bool = False) -> dict[str, dict[str, Draws]]:
    """What all programs return, each run with the others in one new process."""
    texts = json.dumps({path.stem: text_of(path, mode) for path in PROGRAMS})
    command = [sys.executable, "-c", RUN]
    done = subprocess.run(command, input=texts, capture_output=True, text=True, check=True)
    return {
        name: {
            key: Draws(np.asarray(values), (np.shape(values), dtype, kind))
            for key, (values, dtype, kind) in found.items()
        }
        for name, found in json.loads(done.stdout).items()
    }


@pytest.mark.parametrize("mode", ["generator", "parameter"])
@pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)
def test_nothing_is_left_to_report(path: Path, mode: str) -> None:
    left = check_source(text_of(path, mode), MODES[mode])
    assert {item.code for item in left} == LEFT.get(path.stem, set())
    assert all(item.help.startswith("no fix: ") for item in left)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)
def test_second_fix_changes_nothing(path: Path, mode: str) -> None:
    once = text_of(path, mode)
    assert fix_source(once, MODES[mode], unsafe=True).source.chunks[0].text == once


@pytest.mark.parametrize("name", sorted({*NAMES} - UNSEEDED))
def test_same_seed_gives_the_same_numbers(name: str) -> None:
    first, second = run("generator")[name], run("generator", again=True)[name]
    assert all(np.array_equal(first[key].values, second[key].values) for key in first)


@pytest.mark.parametrize("mode", ["generator", "parameter"])
@pytest.mark.parametrize("name", NAMES)
def test_shapes_and_types_stay(name: str, mode: str) -> None:
    before, after = run(None)[name], run(mode)[name]
    assert {key: found.form for key, found in after.items()} == {
        key: found.form for key, found in before.items()
    }


@pytest.mark.parametrize("name", sorted({*NAMES} - UNSEEDED))
def test_distributions_stay(name: str) -> None:
    """Two samples of one distribution; the seeds are fixed, so the outcome is too."""
    before, after = run(None)[name], run("generator")[name]
    large = [key for key, found in before.items() if found.values.size >= 1500]
    for key in large:
        old, new = np.sort(before[key].values.ravel()), np.sort(after[key].values.ravel())
        assert not np.array_equal(old, new), key
        points = np.concatenate([old, new])
        ranks = [np.searchsorted(values, points, side="right") for values in (old, new)]
        assert np.abs(ranks[0] - ranks[1]).max() / old.size < LIMIT * (2 / old.size) ** 0.5, key


@pytest.mark.parametrize("name", sorted({*NAMES} - UNSEEDED - {"random_state"}))
def test_a_stream_that_is_kept_gives_the_same_bits(name: str) -> None:
    """With `target-numpy = "randomstate"`, all numbers stay what they were."""
    before, after = run(None)[name], run("randomstate")[name]
    assert {key: found.values.tolist() for key, found in after.items()} == {
        key: found.values.tolist() for key, found in before.items()
    }


@pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)
def test_a_stream_that_is_kept_is_kept_by_an_object(path: Path) -> None:
    left = check_source(text_of(path, "randomstate"), MODES["randomstate"])
    moved = path.stem not in {*LEFT, *UNSEEDED, "seeded_functions"}
    assert (left == []) == moved
