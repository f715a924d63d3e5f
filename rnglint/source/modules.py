"""Finds the files that a program's imports mean, among the files beside it. Nothing is imported."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache

from rnglint.source.reading import Source

#: So many folders above a file are looked at for the package that it imports from.
_HIGHEST = 6
#: What stands in the root of a project: no package lies above it.
_ROOTS = (".git", "pyproject.toml", "setup.py", "setup.cfg")

_FROM = re.compile(
    r"^[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]*(?:\(([^)]*)\)|([^(\n]+))", re.MULTILINE
)
_NAME = re.compile(r"(\w+)(?:\s+as\s+(\w+))?")
_COMMENT = re.compile(r"#[^\n]*")
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)

_TEST_FILE = re.compile(r"(?:test_\w+|\w+_test|conftest|\w+_test_utils?)\.\w+")


def find_module(filename: str, qualified: str) -> tuple[str, str] | None:
    """The file of the module that `qualified`, as the file `filename` imports it, begins with.

    Also what is left of the name: ("/p/pkg/utils.py", "init") for "pkg.utils.init". A name that
    begins with dots is relative, one dot for the package of `filename` itself. None where
    no such file lies in the same project.
    """
    folder = os.path.dirname(os.path.abspath(filename))
    level = len(qualified) - len(qualified.lstrip("."))
    parts = tuple(qualified[level:].split("."))
    if level:
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        return _below(folder, parts) or _package(folder, parts)
    for above in _folders_with(folder, parts[0]):
        found = _below(above, parts)
        if found:
            return found
    return None


@lru_cache(maxsize=256)
def _folders_above(folder: str) -> tuple[str, ...]:
    """The folders that may hold packages: those above a file, up to its project's root."""
    found = []
    for _ in range(_HIGHEST):
        found.append(folder)
        above = os.path.dirname(folder)
        if above == folder or any(os.path.exists(os.path.join(folder, name)) for name in _ROOTS):
            break
        folder = above
    source = os.path.join(found[-1], "src")
    return (*found, source) if os.path.isdir(source) else tuple(found)


@lru_cache(maxsize=1024)
def _folders_with(folder: str, package: str) -> tuple[str, ...]:
    """Those of the folders above a file in which a package or module lies: most are installed."""
    return tuple(
        above
        for above in _folders_above(folder)
        if os.path.isdir(os.path.join(above, package))
        or os.path.isfile(os.path.join(above, f"{package}.py"))
    )


@lru_cache(maxsize=4096)
def _below(folder: str, parts: tuple[str, ...]) -> tuple[str, str] | None:
    """The longest prefix of the dotted name that is a module below `folder`."""
    for count in range(len(parts), 0, -1):
        base = os.path.join(folder, *parts[:count])
        for path in (f"{base}.py", os.path.join(base, "__init__.py")):
            if os.path.isfile(path):
                return path, ".".join(parts[count:])
    return None


def _package(folder: str, parts: tuple[str, ...]) -> tuple[str, str] | None:
    """The package that lies in a folder itself, whose `__init__` may define the name."""
    init = os.path.join(folder, "__init__.py")
    return (init, ".".join(parts)) if os.path.isfile(init) else None


def read_module(path: str) -> Source | None:
    """The source at `path`, read anew when it has changed; None where it cannot be read."""
    try:
        state = os.stat(path)
    except OSError:
        return None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=128)
def _read(path: str, _time: int, _size: int) -> Source | None:
    source = Source.read(path)
    return None if source.errors else source


def is_in_package(filename: str) -> bool:
    """Whether a file lies beside an `__init__.py`."""
    return os.path.isfile(os.path.join(os.path.dirname(filename), "__init__.py"))


def is_test_file(filename: str) -> bool:
    """Whether a file's own name says that it tests."""
    return _TEST_FILE.fullmatch(os.path.basename(filename)) is not None


def imported_names(program: str) -> Iterator[tuple[str, str]]:
    """The names that imports bind, with what they mean; relative ones begin with dots."""
    for module, several, one in _FROM.findall(program):
        dot = "" if module.endswith(".") else "."
        for name, alias in _NAME.findall(_COMMENT.sub("", several or one)):
            yield alias or name, f"{module}{dot}{name}"
    for module, alias in _IMPORT.findall(program):
        if alias or "." not in module:
            yield alias or module, module
