"""From the paths on the command line to the files to check.

A file that is named is taken, whatever it is called, unless it is excluded by force; what a
folder holds is taken if it is Python and neither excluded nor ignored by git. What cannot be
found or entered is handed on too, so that it is reported and not passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rnglint.config.globs import matches
from rnglint.config.resolution import Config

if TYPE_CHECKING:
    from rnglint.discovery.gitignore import Folder

SUFFIXES = (".py", ".pyi", ".ipynb")


def discover(paths: Iterable[str], config: Config) -> Iterator[str]:
    """The files that the paths lead to, sorted, each of them once."""
    found: dict[str, str] = {}
    for path in paths:
        if config.force_exclude and _is_excluded_from_above(path, config):
            continue
        for file in _walk(path, config) if os.path.isdir(path) else (path,):
            found.setdefault(os.path.abspath(file), file)
    yield from sorted(found.values())


def _walk(root: str, config: Config) -> Iterator[str]:
    """The files of Python below a folder. Links to folders are not followed."""
    shown = "" if root in (os.curdir, os.path.join(os.curdir, "")) else root
    folder = None
    if config.respect_gitignore:
        from rnglint.discovery.gitignore import named_folder

        folder = named_folder(root)
    pending = [(shown, os.path.abspath(root), folder)]
    while pending:
        shown, path, folder = pending.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError:
            yield shown or root
            continue
        for entry in entries:
            if not _is_left_out(entry, folder, config):
                name = os.path.join(shown, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    pending.append((name, entry.path, folder and _inner(folder, entry.name)))
                elif _is_file(entry):
                    yield name


def _is_left_out(entry: os.DirEntry[str], folder: Folder | None, config: Config) -> bool:
    """Whether an entry is no Python, excluded by the settings, or ignored by git."""
    is_folder = entry.is_dir(follow_symlinks=False)
    if not (is_folder or entry.name.endswith(SUFFIXES)):
        return True
    if _is_excluded(entry.path, config):
        return True
    return folder is not None and folder.ignores(entry.name, is_folder=is_folder)


def _inner(folder: Folder, name: str) -> Folder:
    from rnglint.discovery.gitignore import inner_folder

    return inner_folder(folder, os.path.join(folder.path, name))


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry can be read, or is a link to nothing, which is worth a report."""
    try:
        return entry.is_file() or not os.path.exists(entry.path)
    except OSError:
        return True


def _is_excluded(path: str, config: Config) -> bool:
    """Whether a pattern names an absolute path."""
    return matches((*config.exclude, *config.extend_exclude), path, config.base)


def _is_excluded_from_above(path: str, config: Config) -> bool:
    """Whether a path is excluded, or a folder that it stands in.

    Folders that the project itself stands in do not count.
    """
    path = os.path.abspath(path)
    base = os.path.abspath(config.base)
    while path != base and not base.startswith(os.path.join(path, "")):
        if _is_excluded(path, config):
            return True
        path = os.path.dirname(path)
    return False
