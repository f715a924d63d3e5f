"""Misuse that people have reported: what rnglint finds of it, and that it is silent once repaired.

Each file in `reported/` is a small program of the shape of one report; its docstring begins with
the thread or the commit. The lines to be found say so; below `REPAIRED` stands what was made of
them, where nothing may be found. A program with the functions `reported` and `repaired` can be run:
both return two things that ought to differ, and only those of `repaired` do.
"""

from __future__ import annotations

import random
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from expectations import expected, reported

from rnglint.source.reading import Source

FOLDER = Path(__file__).resolve().parent / "reported"
PROGRAMS = sorted(FOLDER.glob("*/*.py"))
RUNNABLE = [path for path in PROGRAMS if "\ndef reported(" in path.read_text(encoding="utf-8")]
REPAIRED = "# --- repaired ---"
THREAD = re.compile(r'"""[\w.-]+/[\w.-]+(#[0-9]+|@[0-9a-f]{7,40}): ')

#: Reports that rnglint does not find, or not all of it: the codes that are missing, and why. Who
#: mends one takes its line out.
MISSED = {
    "key_flow/autoray_27.py": ("RNG207", "a stream of keys that a module renews is not followed"),
    "key_flow/flax_2665.py": (
        "RNG202",
        "an initializer in an attribute is not known to take a key",
    ),
    "seeds/scipy_24412.py": ("RNG207", "a captured Generator is not looked at"),
}


def name(path: Path) -> str:
    """How a test says which report it is about."""
    return f"{path.parent.name}/{path.name}"


def each_program() -> Iterator[Any]:
    """The programs, with those that are known to be missed marked."""
    for path in PROGRAMS:
        missed = MISSED.get(name(path))
        marks = [pytest.mark.xfail(reason=": ".join(missed), strict=True)] if missed else []
        yield pytest.param(path, id=name(path), marks=marks)


def repaired_from(path: Path) -> int:
    """The row from which on a program is repaired."""
    return path.read_text(encoding="utf-8").splitlines().index(REPAIRED) + 1


def test_there_are_reports_and_all_that_are_missed_exist() -> None:
    assert len(PROGRAMS) >= 60
    assert set(MISSED) <= {name(path) for path in PROGRAMS}


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_a_program_names_its_report_and_announces_findings_only_where_it_is_broken(
    path: Path,
) -> None:
    source = Source.read(path)
    assert THREAD.match(source.chunks[0].text)
    rows = [row for _, row, _ in expected(source)]
    assert rows
    assert max(rows) < repaired_from(path)


@pytest.mark.parametrize("path", list(each_program()))
def test_reported_misuse_is_found(path: Path) -> None:
    source = Source.read(path)
    assert reported(source) == expected(source)


@pytest.mark.parametrize("missed", MISSED)
def test_of_what_is_missed_the_rest_is_found(missed: str) -> None:
    source = Source.read(FOLDER / missed)
    missing = MISSED[missed][0].split(", ")
    rest = [found for found in expected(source).elements() if found[2] not in missing]
    assert sorted(reported(source).elements()) == sorted(rest)


@pytest.mark.parametrize("path", PROGRAMS, ids=name)
def test_nothing_is_reported_once_it_is_repaired(path: Path) -> None:
    start = repaired_from(path)
    assert [found for found in reported(Source.read(path)) if found[1] >= start] == []


@pytest.fixture
def kept_global_state() -> Iterator[None]:
    """Puts the global generators back into the state in which they were."""
    legacy, standard = np.random.get_state(), random.getstate()
    yield
    np.random.set_state(legacy)
    random.setstate(standard)


@pytest.mark.usefixtures("kept_global_state")
@pytest.mark.parametrize("path", RUNNABLE, ids=name)
def test_the_numbers_repeat_until_it_is_repaired(path: Path) -> None:
    program = runpy.run_path(str(path))
    broken: Callable[[], tuple[Any, Any]] = program["reported"]
    repaired: Callable[[], tuple[Any, Any]] = program["repaired"]
    first, second = broken()
    assert np.array_equal(first, second)
    first, second = repaired()
    assert not np.array_equal(first, second)
