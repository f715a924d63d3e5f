"""The cache: it remembers what has not changed, and is never believed when it should not be."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_support import CLEAN, LEGACY, MISNAMED, MISNAMED_FIXED, Shell

from rnglint.config.resolution import Config, load_config
from rnglint.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Related,
    Span,
)
from rnglint.discovery.tasks import Task
from rnglint.runner import cache
from rnglint.runner import checking as runner
from rnglint.runner.cache import Cache, digest

PLACE = Span(Position(1, 2), Position(3, 4), 5)
FULL = Diagnostic(
    code="RNG201",
    name="key-reuse",
    message="m",
    filename="a.py",
    span=PLACE,
    label="l",
    help="h",
    related=(Related("r", PLACE, "b.py"), Related("here", PLACE)),
    fix=Fix("f", (Edit(PLACE, "new\n"), Edit(PLACE, "")), Applicability.SAFE),
    noqa_row=3,
)
BARE = Diagnostic("RNG000", "syntax-error", "é", "a.py", Span(Position(1, 1), Position(1, 1)))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config(isolated=True, overrides={"cache_dir": str(tmp_path / "cache")})


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were looked at, and not remembered."""
    names = []
    work = runner.check_file

    def watch(task: Task, mode: runner.FixMode) -> runner.FileResult:
        names.append(task.filename)
        return work(task, mode)

    monkeypatch.setattr(runner, "check_file", watch)
    return names


def cache_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


@pytest.mark.parametrize("found", [(), (BARE,), (FULL, BARE)])
def test_what_was_put_is_got(config: Config, found: tuple[Diagnostic, ...]) -> None:
    first = Cache(config)
    first.put("a.py", digest(b"content"), found)
    first.save()
    again = Cache(config)
    assert again.knows("a.py")
    assert again.get("a.py", digest(b"content")) == found
    assert again.get("a.py", digest(b"other content")) is None
    assert again.get("b.py", digest(b"content")) is None


def test_the_name_is_the_one_that_is_asked_for(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.touch()
    first = Cache(config)
    first.put(str(path), "1", (BARE,))
    first.save()
    (found,) = Cache(config).get(f"{tmp_path}/./a.py", "1") or ()
    assert found.filename == f"{tmp_path}/./a.py"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut off"),
        pytest.param(lambda data: data.replace(b"RNG", b"GNR"), id="changed"),
        pytest.param(lambda data: b"\x80\x05pickle", id="something else"),
        pytest.param(lambda data: _checked(b"[]"), id="no object"),
        pytest.param(lambda data: _checked(b"[" * 100_000), id="nested too deeply"),
        pytest.param(lambda data: _checked(data.partition(b"\n")[2][:-9]), id="half JSON"),
    ],
)
def test_damage_is_forgetting(config: Config, tmp_path: Path, damage: object) -> None:
    first = Cache(config)
    first.put("a.py", "1", (FULL,))
    first.save()
    (path,) = cache_files(tmp_path / "cache")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    again = Cache(config)
    assert again.get("a.py", "1") is None
    again.put("a.py", "1", (FULL,))
    again.save()
    assert Cache(config).get("a.py", "1") == (FULL,)


@pytest.mark.parametrize(
    "entry",
    [None, 3, [], {"content": "1"}, {"content": "1", "diagnostics": 3}]
    + [{"content": "1", "diagnostics": [bad]} for bad in (None, {}, {"span": [1]}, {"code": 3})],
)
def test_entries_of_another_form_are_forgotten(
    config: Config, tmp_path: Path, entry: object
) -> None:
    first = Cache(config)
    first.put("a.py", "1", (FULL,))
    first.save()
    (path,) = cache_files(tmp_path / "cache")
    path.write_bytes(_checked(json.dumps({str(Path("a.py").absolute()): entry}).encode()))
    assert Cache(config).get("a.py", "1") is None


def _checked(text: bytes) -> bytes:
    return digest(text).encode() + b"\n" + text


def test_two_runs_at_once_keep_what_both_found(config: Config, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.py", "b.py")]
    runs = [Cache(config), Cache(config)]
    for path, run in zip(paths, runs, strict=True):
        path.touch()
        run.put(str(path), "1", (BARE,))
    for run in runs:
        run.save()
    assert all(Cache(config).get(str(path), "1") for path in paths)


def test_deleted_files_are_dropped(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for name in ("a.py", "b.py"):
        (tmp_path / name).touch()
        run = Cache(config)
        run.put(str(tmp_path / name), "1", ())
        run.save()
        path.unlink(missing_ok=True)
    assert not Cache(config).knows(str(path))
    assert Cache(config).knows(str(tmp_path / "b.py"))


@pytest.mark.parametrize(
    "overrides",
    [
        {"select": ["RNG1"]},
        {"ignore": ["RNG101"]},
        {"per_file_ignores": {"a.py": ["RNG1"]}},
        {"unfixable": ["RNG1"]},
        {"target_numpy": "randomstate"},
        {"knowledge": {"mylab": {"draw": {"effect": "draw"}}}},
    ],
)
def test_other_settings_remember_apart(tmp_path: Path, overrides: dict[str, object]) -> None:
    place = {"cache_dir": str(tmp_path)}
    first = Cache(load_config(isolated=True, overrides=place))
    first.put("a.py", "1", (BARE,))
    first.save()
    assert not Cache(load_config(isolated=True, overrides=place | overrides)).knows("a.py")
    harmless = place | {"output_format": "json", "unsafe_fixes": True, "exclude": ["x"]}
    assert Cache(load_config(isolated=True, overrides=harmless)).knows("a.py")


def test_another_version_of_rnglint_remembers_apart(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Cache(config)
    first.put("a.py", "1", (BARE,))
    first.save()
    monkeypatch.setattr(cache, "_own_code", lambda: "changed")
    assert not Cache(config).knows("a.py")


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    config = load_config(isolated=True, overrides={"cache_dir": str(tmp_path / "file" / "cache")})
    run = Cache(config)
    run.put("a.py", "1", ())
    run.save()
    assert not Cache(config).knows("a.py")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_ignores_the_folder(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    subprocess.run(["git", "init", "-q", "."], check=True, cwd=shell.folder)
    shell.check()
    status = subprocess.run(
        ["git", "status", "--porcelain"], check=True, capture_output=True, cwd=shell.folder
    )
    assert status.stdout == b"?? a.py\n"


def test_unchanged_files_are_not_looked_at_again(shell: Shell, looked: list[str]) -> None:
    shell.write("a.py", LEGACY)
    shell.write("b.py", CLEAN)
    shell.write("c.py", "x = (\n")
    first = shell.check()
    assert looked == ["a.py", "b.py", "c.py"]
    looked.clear()
    assert shell.check() == first
    assert looked == []
    shell.write("b.py", LEGACY)
    assert shell.check().codes == ["RNG101", "RNG102"] * 2 + ["RNG000"]
    assert looked == ["b.py"]


def test_no_cache_neither_reads_nor_writes(shell: Shell, looked: list[str]) -> None:
    shell.write("a.py", LEGACY)
    shell.check("--no-cache")
    shell.check("--no-cache")
    assert looked == ["a.py", "a.py"]
    assert not (shell.folder / ".rnglint_cache").exists()


def test_a_file_with_fixes_to_apply_is_looked_at(shell: Shell, looked: list[str]) -> None:
    shell.write("a.py", MISNAMED)
    shell.write("b.py", LEGACY)
    shell.check()
    looked.clear()
    shell.check("--fix")
    assert looked == ["a.py"]
    assert shell.read("a.py") == MISNAMED_FIXED
    assert shell.check("a.py").codes == []


def test_what_cannot_be_read_is_not_remembered(shell: Shell) -> None:
    assert shell.check("a.py").codes == ["RNG000"]
    shell.write("a.py", CLEAN)
    assert shell.check("a.py").codes == []
