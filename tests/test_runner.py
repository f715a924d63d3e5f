"""Files from disk and back: settings, dismissal, and writing what was fixed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from cli_support import BROKEN, CLEAN, LEGACY, MISNAMED, MISNAMED_FIXED

from rnglint import engine
from rnglint.config.resolution import Config
from rnglint.discovery.tasks import Task
from rnglint.fixes.fixpoint import View
from rnglint.runner import checking as runner
from rnglint.runner.checking import FixMode, check_file
from rnglint.source.reading import Source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(path: Path, mode: FixMode = FixMode.NONE) -> runner.FileResult:
    return check_file(Task(str(path), Config()), mode)


@pytest.mark.parametrize(
    ("data", "dismissed"),
    [
        pytest.param(CLEAN, True, id="nothing about randomness"),
        pytest.param("", True, id="nothing at all"),
        pytest.param(LEGACY, False, id="a word of interest"),
        pytest.param(BROKEN, False, id="no program"),
        pytest.param("x = 1\0", False, id="a null character"),
        pytest.param(b"x = '\xff'\n", False, id="undecodable"),
        pytest.param(b"# coding: latin-1\nx = '\xff'\n", True, id="decodable by declaration"),
        pytest.param(b"\xef\xbb\xbfx = 1\r\n", True, id="a byte order mark"),
        pytest.param("(" * 300 + ")" * 300, False, id="nested too deeply"),
        pytest.param("def f():\n    x = '\\d'\n", True, id="only a warning"),
    ],
)
def test_files_that_cannot_matter_are_dismissed(
    folder: Path, data: str | bytes, dismissed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(source: Source, config: Config) -> View:
        looked.append(source.filename)
        return View(source, (), Counter())

    monkeypatch.setattr(runner, "view_source", look)
    path = folder / "a.py"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    assert check(path).failure == ""
    assert (not looked) is dismissed


def test_words_of_own_knowledge_matter(folder: Path) -> None:
    path = folder / "a.py"
    path.write_text("from mylab import noise\n\nx = noise(3)\n")
    table = {"mylab": {"noise": {"effect": "draw", "parameters": "size"}}}
    source = Source.read(path)
    assert runner._is_dismissed(source, Config())
    assert not runner._is_dismissed(source, replace(Config(), knowledge=table))


@pytest.mark.parametrize(
    ("mode", "written"),
    [
        (FixMode.NONE, False),
        (FixMode.DIFF, False),
        (FixMode.APPLY, True),
        (FixMode.ONLY, True),
    ],
)
def test_only_some_modes_write(folder: Path, mode: FixMode, written: bool) -> None:
    path = folder / "a.py"
    path.write_text(MISNAMED)
    result = check(path, mode)
    assert path.read_text() == (MISNAMED_FIXED if written else MISNAMED)
    assert bool(result.applied) is (mode is not FixMode.NONE)
    assert (result.after is not None) is (mode is FixMode.DIFF)


def test_a_file_that_changed_meanwhile_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.py"
    path.write_text(MISNAMED)
    examine = runner._examine

    def and_meanwhile(source: Source, config: Config, mode: FixMode) -> runner.FileResult:
        path.write_text("edited by hand\n")
        return examine(source, config, mode)

    monkeypatch.setattr(runner, "_examine", and_meanwhile)
    assert "changed by someone else" in check(path, FixMode.APPLY).failure
    assert path.read_text() == "edited by hand\n"


def test_a_fix_that_is_thrown_away_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "a.py"
    path.write_text(MISNAMED)
    look = engine._look

    def dislike(source: Source, config: Config) -> View:
        view = look(source, config)
        return view if "randint" in source.program else replace(view, counts=Counter("X"))

    monkeypatch.setattr(engine, "_look", dislike)
    result = check(path, FixMode.APPLY)
    assert [each.reason for each in result.rejections] == ["it leads to new findings of X"]
    assert path.read_text() == MISNAMED


def test_an_internal_error_is_part_of_the_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runner, "_examine", fail)
    path = folder / "a.py"
    path.write_text(LEGACY)
    result = check(path)
    assert result.failure.startswith("internal error: ZeroDivisionError")
    assert "Traceback" in result.trace


class Wordy(Exception):
    def __str__(self) -> str:
        return "long " * 1000


class Mute(Exception):
    def __str__(self) -> str:
        raise RecursionError


@pytest.mark.parametrize("error", [Wordy(), Mute(), KeyError("two\nlines")])
def test_an_internal_error_is_told_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*given: object) -> None:
        raise error

    monkeypatch.setattr(runner, "_examine", fail)
    path = folder / "a.py"
    path.write_text(LEGACY)
    failure = check(path).failure
    assert type(error).__name__ in failure
    assert len(failure) < 400
    assert "\n" not in failure
