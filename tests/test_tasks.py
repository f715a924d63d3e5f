"""From paths to files and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from cli_support import CLEAN

from rnglint.discovery.tasks import Settings, find_tasks


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Path]:
    monkeypatch.chdir(tmp_path)
    names = ("a.py", "sub/b.py", "sub/deep/c.py", "other/d.py")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CLEAN)
    (tmp_path / "rnglint.toml").write_text('select = ["RNG1"]\n')
    (tmp_path / "sub" / "pyproject.toml").write_text('[tool.rnglint]\nselect = ["RNG2"]\n')
    (tmp_path / "other" / "pyproject.toml").write_text("[tool.other]\n")
    return {name: tmp_path / name for name in names}


def test_settings_of_the_closest_file_hold(tree: Mapping[str, Path]) -> None:
    settings = Settings()
    selected = {name: settings.at(str(path)).select for name, path in tree.items()}
    assert selected == {
        "a.py": ("RNG1",),
        "sub/b.py": ("RNG2",),
        "sub/deep/c.py": ("RNG2",),
        "other/d.py": ("RNG1",),
    }
    assert {Settings(isolated=True).at(str(path)).select for path in tree.values()} == {None}
    chosen = Settings("rnglint.toml")
    assert {chosen.at(str(path)).select for path in tree.values()} == {("RNG1",)}


def test_settings_are_read_once_for_each_file(tree: Mapping[str, Path]) -> None:
    settings = Settings()
    assert settings.at("sub/b.py") is settings.at("sub/deep/c.py")


@pytest.mark.parametrize(
    "paths",
    [
        ["."],
        [".", "sub", "a.py"],
        ["sub/../a.py", "other", "sub/b.py", "sub"],
    ],
)
def test_each_file_is_one_task(tree: Mapping[str, Path], paths: list[str]) -> None:
    found = [Path(task.filename).resolve() for task in find_tasks(paths, Settings())]
    assert found == sorted(path.resolve() for path in tree.values())
