"""Remembers what was found in files that have not changed since.

One JSON file per version of rnglint, version of Python and settings, in a folder that git
ignores. It is replaced as a whole, carries a checksum, and is never trusted beyond what it
can be: whatever cannot be read counts as not remembered. JSON, because reading it runs no
code, whoever put it there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache
from hashlib import blake2b
from typing import Any

from rnglint import __version__
from rnglint.config.resolution import Config, load_config
from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Related, Span
from rnglint.runner.files import write_atomically

FOLDER = ".rnglint_cache"
#: Settings that do not change what is found in a file.
_INDIFFERENT = frozenset(
    {
        "exclude",
        "extend_exclude",
        "force_exclude",
        "respect_gitignore",
        "unsafe_fixes",
        "output_format",
        "cache_dir",
        "path",
        "origins",
    }
)


#: What we write in a cache folder, which may be one that the user made.
_OURS = re.compile(r"[0-9.a-z]+-[0-9a-f]{32}\.json|\.gitignore|CACHEDIR\.TAG|\..*\.tmp")


def digest(data: bytes) -> str:
    """What a file's content is known by."""
    return blake2b(data, digest_size=16).hexdigest()


def cache_folder(config: Config) -> str:
    """Where the settings put the cache: by default in the project's root."""
    return config.cache_dir or os.path.join(config.base, FOLDER)


class Cache:
    """The findings of earlier runs with the same settings."""

    def __init__(self, config: Config) -> None:
        self._folder = cache_folder(config)
        self._path = os.path.join(self._folder, f"{__version__}-{_key(config)}.json")
        self._entries = _read(self._path)
        self._new: dict[str, Any] = {}
        self._contents: dict[str, str] = {}

    def knows(self, filename: str) -> bool:
        """Whether there is any use in looking for the file: it was checked before."""
        return os.path.abspath(filename) in self._entries

    def get(self, filename: str, content: str) -> tuple[Diagnostic, ...] | None:
        """What was found in the file when it had this content; None if that is not known."""
        try:
            entry = self._entries[os.path.abspath(filename)]
            if entry["content"] != content:
                return None
            if any(self._content(name) != known for name, known in entry["consulted"].items()):
                return None
            return tuple(_decode(each, filename) for each in entry["diagnostics"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def put(
        self,
        filename: str,
        content: str,
        diagnostics: tuple[Diagnostic, ...],
        consulted: frozenset[str] = frozenset(),
    ) -> None:
        """Remembers what was found in the file with this content, and by what other files."""
        self._new[os.path.abspath(filename)] = {
            "content": content,
            "consulted": {name: self._content(name) for name in sorted(consulted)},
            "diagnostics": [_encode(each) for each in diagnostics],
        }

    def _content(self, filename: str) -> str:
        """What another file's content is known by; "" where it cannot be read."""
        if filename not in self._contents:
            try:
                with open(filename, "rb") as file:
                    self._contents[filename] = digest(file.read())
            except OSError:
                self._contents[filename] = ""
        return self._contents[filename]

    def save(self) -> None:
        """Writes what is new beside what another run may have written; a failure is no harm."""
        if not self._new:
            return
        entries = {name: entry for name, entry in _read(self._path).items() if os.path.exists(name)}
        text = json.dumps(entries | self._new, separators=(",", ":")).encode()
        with suppress(OSError):
            _make_folder(self._folder)
            write_atomically(self._path, f"{digest(text)}\n".encode() + text)


def clear_below(paths: Iterable[str]) -> Iterator[str]:
    """Deletes the caches at and below some folders, and yields where they were."""
    for path in paths:
        for folder, names, _ in os.walk(path):
            if os.path.basename(os.path.abspath(folder)) == FOLDER:
                names.clear()
                yield from _cleared(folder)
        config = load_config(path)
        if config.cache_dir:
            yield from _cleared(config.cache_dir)


def _cleared(folder: str) -> Iterator[str]:
    """Deletes what we wrote in a folder, and the folder if nothing else was in it."""
    if not os.path.isdir(folder):
        return
    found = [entry.path for entry in os.scandir(folder) if _OURS.fullmatch(entry.name)]
    for path in found:
        os.unlink(path)
    with suppress(OSError):
        os.rmdir(folder)
    if found:
        yield folder


def _read(path: str) -> Mapping[str, Any]:
    """The entries of a cache file; none where it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            checksum, _, text = file.read().partition(b"\n")
        entries = json.loads(text) if digest(text).encode() == checksum else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _make_folder(folder: str) -> None:
    """Makes the folder, with notes that keep it out of git and of backups."""
    os.makedirs(folder, exist_ok=True)
    notes = {
        ".gitignore": "# Made by rnglint.\n*\n",
        "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n",
    }
    for name, text in notes.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            write_atomically(path, text.encode())


def _key(config: Config) -> str:
    """What the findings depend on besides the files: settings, Python, and rnglint's own code."""
    settings = {
        each.name: getattr(config, each.name)
        for each in fields(config)
        if each.name not in _INDIFFERENT
    }
    text = json.dumps([settings, sys.version_info[:3], _own_code()], sort_keys=True, default=repr)
    return digest(text.encode())


@cache
def _own_code() -> str:
    """A fingerprint of this package, so that a changed checkout does not see old findings."""
    return digest(repr(sorted(_states(os.path.dirname(os.path.dirname(__file__))))).encode())


def _states(folder: str) -> Iterator[tuple[str, int, int]]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _states(entry.path)
        elif entry.name.endswith((".py", ".toml")):
            state = entry.stat()
            yield entry.path, state.st_size, state.st_mtime_ns


def _encode(diagnostic: Diagnostic) -> dict[str, Any]:
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": diagnostic.message,
        "span": _encode_span(diagnostic.span),
        "label": diagnostic.label,
        "help": diagnostic.help,
        "related": [
            [each.message, _encode_span(each.span), each.filename] for each in diagnostic.related
        ],
        "fix": fix
        and [
            fix.message,
            [[_encode_span(edit.span), edit.content] for edit in fix.edits],
            fix.applicability.value,
        ],
        "noqa_row": diagnostic.noqa_row,
    }


def _decode(entry: Mapping[str, Any], filename: str) -> Diagnostic:
    diagnostic = Diagnostic(**{**entry, "filename": filename})
    return replace(
        diagnostic,
        span=_decode_span(entry["span"]),
        related=tuple(
            Related(message, _decode_span(span), name) for message, span, name in entry["related"]
        ),
        fix=entry["fix"] and _decode_fix(*entry["fix"]),
    )


def _decode_fix(message: str, edits: list[Any], applicability: str) -> Fix:
    decoded = tuple(Edit(_decode_span(span), content) for span, content in edits)
    return Fix(message, decoded, Applicability(applicability))


def _encode_span(span: Span) -> list[int | None]:
    return [span.start.row, span.start.column, span.end.row, span.end.column, span.cell]


def _decode_span(numbers: list[Any]) -> Span:
    row, column, end_row, end_column, cell = numbers
    return Span(Position(row, column), Position(end_row, end_column), cell)
