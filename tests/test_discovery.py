"""From paths to files: excludes, git's ignore files, links, and what is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rnglint.config.globs import matches
from rnglint.config.resolution import Config
from rnglint.discovery.walking import discover

FILES = (
    "a.py", "b.pyi", "c.ipynb", "d.txt", "E.PY", ".hidden.py", "sub/a.py", "sub/x/a.py",
    "venv/v.py", "node_modules/n.py", "lib/site-packages/s.py", "build/b.py", "dist/d.py",
    "pyproject.toml",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own, without anybody's git settings."""
    path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, *FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def ignore(root: Path, text: str, *, name: str = ".gitignore", git: bool = True) -> None:
    if git:
        (root / ".git" / "info").mkdir(parents=True, exist_ok=True)
    write(root, name, text=text)


def found(*paths: str, config: Config | None = None) -> list[str]:
    return list(discover(paths or (".",), config or Config()))


EVERYTHING = [".hidden.py", "a.py", "b.pyi", "build/b.py", "c.ipynb", "sub/a.py", "sub/x/a.py"]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("paths", "files"),
    [
        pytest.param((".",), EVERYTHING, id="a folder"),
        pytest.param(("./",), EVERYTHING, id="a folder with a slash"),
        pytest.param(("sub",), ["sub/a.py", "sub/x/a.py"], id="a folder keeps its name"),
        pytest.param(("./sub",), ["./sub/a.py", "./sub/x/a.py"], id="as it was given"),
        pytest.param(("d.txt", "E.PY"), ["E.PY", "d.txt"], id="a named file is taken"),
        pytest.param(("venv/v.py", "venv"), ["venv/v.py"], id="also an excluded one"),
        pytest.param(("missing.py", "a.py"), ["a.py", "missing.py"], id="a missing one is kept"),
        pytest.param(("a.py", "./a.py", "sub/../a.py"), ["a.py"], id="each file once"),
        pytest.param((".", "sub", "a.py"), EVERYTHING, id="each file of a folder once"),
        pytest.param((), [], id="nothing"),
    ],
)
def test_paths(paths: tuple[str, ...], files: list[str]) -> None:
    assert list(discover(paths, Config())) == files


def test_an_absolute_folder(project: Path) -> None:
    assert found(str(project / "sub")) == [str(project / "sub/a.py"), str(project / "sub/x/a.py")]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        ("sub", ["sub/a.py", "sub/x/a.py"]),
        ("./sub", ["sub/a.py", "sub/x/a.py"]),
        ("sub/", ["sub/a.py", "sub/x/a.py"]),
        ("sub/*.py", ["sub/a.py", "sub/x/a.py"]),
        ("sub/**", ["sub/a.py", "sub/x/a.py"]),
        ("**/x", ["sub/x/a.py"]),
        ("sub/**/a.py", ["sub/a.py", "sub/x/a.py"]),
        ("x/a.py", []),
        ("a.py", ["a.py", "sub/a.py", "sub/x/a.py"]),
        ("[ab].py*", ["a.py", "b.pyi", "build/b.py", "sub/a.py", "sub/x/a.py"]),
        ("{a,b}.py", ["a.py", "build/b.py", "sub/a.py", "sub/x/a.py"]),
        ("{sub/x,build}", ["build/b.py", "sub/x/a.py"]),
        ("su", []),
        ("*.PY", []),
    ],
)
def test_excludes_are_read_as_ruff_reads_them(pattern: str, gone: list[str]) -> None:
    left = [file for file in EVERYTHING if file not in gone]
    assert found(config=Config(extend_exclude=(pattern,))) == left


@pytest.mark.usefixtures("project")
def test_exclude_replaces_what_is_excluded_by_default() -> None:
    assert "venv/v.py" in found(config=Config(exclude=("sub",)))
    assert "sub/a.py" not in found(config=Config(exclude=("sub",)))


def test_patterns_are_relative_to_the_root(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "sub")
    config = Config(exclude=("sub/x",), root=str(project))
    assert found(config=config) == ["a.py"]


@pytest.mark.usefixtures("project")
def test_force_exclude() -> None:
    config = Config(force_exclude=True, extend_exclude=("sub/x",))
    named = ("a.py", "venv/v.py", "venv", "./venv/v.py", "sub/x/a.py", "d.txt")
    assert found(*named, config=config) == ["a.py", "d.txt"]


def test_force_exclude_does_not_look_above_the_project(tmp_path: Path) -> None:
    root = tmp_path / "venv" / "project"
    write(root, "a.py", "venv/v.py")
    config = Config(force_exclude=True, root=str(root))
    paths = [str(root / "a.py"), str(root / "venv/v.py")]
    assert found(*paths, config=config) == paths[:1]


GIT = ("a.py", "sub/a.py", "sub/b.py", "sub/x/a.py")


@pytest.mark.parametrize(
    ("ignored", "nested", "files"),
    [
        pytest.param("a.py", "", ["sub/b.py"], id="a name"),
        pytest.param("/a.py", "", ["sub/a.py", "sub/b.py", "sub/x/a.py"], id="a rooted name"),
        pytest.param("sub/a.py", "", ["a.py", "sub/b.py", "sub/x/a.py"], id="a path"),
        pytest.param("x/", "", ["a.py", "sub/a.py", "sub/b.py"], id="a folder"),
        pytest.param("*.py\n!b.py", "", ["sub/b.py"], id="negated"),
        pytest.param("a.py", "!a.py", ["sub/a.py", "sub/b.py", "sub/x/a.py"], id="negated below"),
        pytest.param("", "a.py", ["a.py", "sub/b.py"], id="only below"),
        pytest.param("sub\n!sub/b.py", "", ["a.py"], id="not negated within an ignored folder"),
        pytest.param("/*\n!/sub\n", "", ["sub/a.py", "sub/b.py", "sub/x/a.py"], id="all but"),
        pytest.param("# a.py\n\n!\n/\n[\na.py\n", "", ["sub/b.py"], id="odd lines"),
    ],
)
def test_gitignore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignored: str, nested: str, files: list[str]
) -> None:
    write(tmp_path, *GIT)
    ignore(tmp_path, ignored)
    ignore(tmp_path / "sub", nested, git=False)
    monkeypatch.chdir(tmp_path)
    assert found() == files
    assert found(config=Config(respect_gitignore=False)) == list(GIT)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, *GIT)
    (tmp_path / ".git" / "info").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_gitignore_counts_only_in_a_repository(repository: Path) -> None:
    ignore(repository, "a.py", git=False)
    assert found() == ["sub/b.py"]
    (repository / ".git").rename(repository / "no.git")
    assert found() == list(GIT)
    write(repository, ".git", text="gitdir: elsewhere")
    assert found() == ["sub/b.py"]


def test_gitignore_ends_at_the_border_of_a_repository(repository: Path) -> None:
    ignore(repository, "a.py")
    (repository / "sub" / ".git").mkdir()
    assert found() == ["sub/a.py", "sub/b.py", "sub/x/a.py"]


def test_gitignore_above_the_folder_counts(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignore(repository, "/sub/a.py\nx/", git=False)
    monkeypatch.chdir(repository / "sub")
    assert found() == ["b.py"]


def test_ignore_counts_everywhere_and_first(repository: Path) -> None:
    ignore(repository, "b.py\n", git=False)
    ignore(repository, "a.py\n!b.py\n", name=".ignore", git=False)
    assert found() == ["sub/b.py"]


def test_the_repository_s_and_the_user_s_own_excludes(repository: Path, home: Path) -> None:
    write(repository, ".git/info/exclude", text="/a.py\n")
    write(home, ".config/git/ignore", text="x\n")
    assert found() == ["sub/a.py", "sub/b.py"]
    write(home, ".gitconfig", text="[core]\n\tExcludesFile = ~/ignored\n")
    write(home, "ignored", text="sub/b.py\n")
    assert found() == ["sub/a.py", "sub/x/a.py"]


def test_what_is_named_is_not_ignored(repository: Path) -> None:
    ignore(repository, "a.py\nx/\n", git=False)
    assert found("a.py") == ["a.py"]
    assert found("sub/x") == ["sub/x/a.py"]


@pytest.mark.usefixtures("project")
def test_links() -> None:
    os.symlink("a.py", "link.py")
    os.symlink("nowhere", "broken.py")
    os.symlink("sub", "folder")
    os.symlink("sub", "folder.py")
    os.symlink(".", "loop")
    assert [file for file in found() if file not in EVERYTHING] == ["broken.py", "link.py"]
    assert found("folder") == ["folder/a.py", "folder/x/a.py"]


@pytest.mark.usefixtures("project")
def test_folders_and_pipes_that_are_called_like_files() -> None:
    os.mkdir("folder.py")
    write(Path("folder.py"), "in.py")
    os.mkfifo("pipe.py")
    assert [file for file in found() if file not in EVERYTHING] == ["folder.py/in.py"]


@pytest.mark.usefixtures("project")
def test_a_folder_that_cannot_be_entered_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("sub"):
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found() == [*EVERYTHING[:-2], "sub"]
    assert found("sub") == ["sub"]


@pytest.mark.parametrize(
    ("pattern", "path", "is_named"),
    [
        ("a?c", "/r/x/abc", True),
        ("[!a]*", "/r/b", True),
        ("[]a]", "/r/]", True),
        ("[z-a]", "/r/[z-a]", True),
        ("[", "/r/[", True),
        ("{a,b", "/r/b", True),
        ("a}", "/r/a}", True),
        (r"\*", "/r/*", True),
        (r"\*", "/r/a", False),
        ("a.c", "/r/abc", False),
        ("x/**/y", "/r/x/y", True),
        ("x/**/y", "/r/x/a/b/y", True),
        ("x/**/y", "/r/xa/y", False),
        ("**/x/y", "/r/x/y", True),
        ("../o/*.py", "/o/a.py", True),
        ("/o/*", "/o/a.py", True),
        ("/o/*", "/r/o/a.py", False),
    ],
)
def test_patterns(pattern: str, path: str, is_named: bool) -> None:
    assert matches((pattern,), path, "/r") is is_named


def test_a_folder_s_name_is_no_pattern() -> None:
    assert matches(("x/*.py",), "/a[b]*/x/c.py", "/a[b]*")
    assert not matches(("x/*.py",), "/ab/x/c.py", "/a[b]*")
