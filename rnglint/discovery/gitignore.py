"""What git would not look at: .gitignore files, as Ruff and ripgrep read them.

`.ignore` counts everywhere; `.gitignore`, `.git/info/exclude` and the user's own ignore file
only within a repository, and not across the border of a nested one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_EXCLUDES_FILE = re.compile(r"^\s*excludesfile\s*=\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and the ignore files in it, below the folder above it.

    `excludes` are those that git keeps elsewhere, where this folder is that of a repository.
    """

    path: str
    above: Folder | None
    ignore: GitIgnoreSpec | None
    gitignore: GitIgnoreSpec | None
    excludes: tuple[GitIgnoreSpec | None, ...]
    is_repository: bool

    def ignores(self, name: str, *, is_folder: bool) -> bool:
        """Whether the entry `name` of this folder is ignored.

        The first file that has an opinion decides: the closest, `.ignore` before `.gitignore`
        before those of the repository and the user.
        """
        path = os.path.join(self.path, name)
        for base, spec in self._files():
            inner = path[len(base.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
            opinion = spec.check_file(f"{inner}/" if is_folder else inner).include
            if opinion is not None:
                return opinion
        return False

    def _files(self) -> Iterator[tuple[str, GitIgnoreSpec]]:
        """The ignore files that count for the entries of this folder, the strongest first."""
        folders = list(self._upwards())
        yield from ((each.path, each.ignore) for each in folders if each.ignore)
        heights = (height for height, each in enumerate(folders, 1) if each.is_repository)
        repository = folders[: next(heights, 0)]
        yield from ((each.path, each.gitignore) for each in repository if each.gitignore)
        yield from ((each.path, spec) for each in repository for spec in each.excludes if spec)

    def _upwards(self) -> Iterator[Folder]:
        folder: Folder | None = self
        while folder:
            yield folder
            folder = folder.above


def named_folder(path: str) -> Folder:
    """The folder that a user names, at its real path, with all those above it.

    Where it is ignored itself, what is above it does not count: it was asked for.
    """
    folder = _folder(os.path.realpath(path))
    return replace(folder, above=None) if _is_ignored(folder) else folder


def inner_folder(above: Folder | None, path: str) -> Folder:
    """The folder at `path`, which stands in the folder `above`."""
    git = os.path.join(path, ".git")
    is_repository = os.path.exists(git)
    return Folder(
        path,
        above,
        _read(os.path.join(path, ".ignore")),
        _read(os.path.join(path, ".gitignore")),
        (_read(os.path.join(git, "info", "exclude")), _users()) if is_repository else (),
        is_repository,
    )


def _folder(path: str) -> Folder:
    """The folder at an absolute path, with all those above it."""
    parent = os.path.dirname(path)
    return inner_folder(None if parent == path else _folder(parent), path)


def _is_ignored(folder: Folder) -> bool:
    """Whether a folder is ignored, or one that it stands in."""
    while folder.above:
        if folder.above.ignores(os.path.basename(folder.path), is_folder=True):
            return True
        folder = folder.above
    return False


def _users() -> GitIgnoreSpec | None:
    """The ignore file of the user: the one that git's settings name, or the usual one."""
    home = os.path.expanduser("~")
    settings = os.path.join(os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config", "git")
    named = [
        match[1].strip('"')
        for file in (os.path.join(home, ".gitconfig"), os.path.join(settings, "config"))
        if (match := _EXCLUDES_FILE.search(_text(file)))
    ]
    return _read(os.path.expanduser(named[0]) if named else os.path.join(settings, "ignore"))


def _read(path: str) -> GitIgnoreSpec | None:
    """The patterns in a file; None where there are none. Those that are no pattern are left out."""
    lines = _text(path).splitlines()
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    from pathspec import GitIgnoreSpec

    patterns: list[Any] = []
    for line in lines:
        try:
            patterns += GitIgnoreSpec.from_lines([line]).patterns
        except ValueError:
            continue
    return GitIgnoreSpec(patterns)


def _text(path: str) -> str:
    """The text of a file; "" where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
