"""Which functions of other files may set a seed: told from words, on the cheap.

A file that only calls them names no library; this is how it is known to matter all the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rnglint.source.modules import find_module, imported_names, is_test_file, read_module
from rnglint.source.reading import Source

#: A line, no comment nor an example in documentation, with a call that seeds with something.
_SEEDS = re.compile(
    r"^[ \t]*(?![ \t]|>>>|\.\.\.|#|def |class ).*"
    r"\b(?:random\.seed|default_rng|RandomState|Random|manual_seed(?:_all)?|seed_everything"
    r"|set_(?:random_)?seeds?)\(\s*\w",
    re.MULTILINE,
)
#: A line of a module itself that seeds NumPy's global state.
_GLOBAL_SEED = re.compile(r"^(?:np|numpy)\.random\.seed\(\s*(\w[^\n]*?)\s*\)", re.MULTILINE)
#: Without one of these nothing can match `_SEEDS`.
_WORDS = (b"seed(", b"seeds(", b"seed_", b"default_rng(", b"RandomState(", b"Random(")
_CALL = re.compile(r"(?<![.\w])([^\W\d]\w*)\s*\(")
_DEFINITION = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
#: A name may be handed on by this many modules.
_MOST_HOPS = 4


@dataclass(frozen=True, slots=True)
class ImportedSeed:
    """A seed of NumPy's global state that a module sets when it is imported.

    `filename` is that of the module, `seed` the source of what is passed.
    """

    filename: str
    seed: str


@dataclass(frozen=True, slots=True)
class _Module:
    """The functions and classes of a module that may seed, and where others come from."""

    seeders: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)


def seeders(source: Source) -> tuple[dict[str, frozenset[str] | None], frozenset[str]]:
    """What a source imports from other files that may seed, and the files that say so.

    A name stands for a function or class (None) or for a module with such functions. Tests are
    passed by: what is repeated there is meant.
    """
    found: dict[str, frozenset[str] | None] = {}
    consulted: set[str] = set()
    filename = source.filename
    if filename.endswith(".py") and not is_test_file(filename) and os.path.isfile(filename):
        for bound, qualified in imported_names(source.program):
            names = _seeders_in(filename, qualified, consulted, _MOST_HOPS)
            if names is None or names:
                found[bound] = names
    return found, frozenset(consulted)


def is_seeder(filename: str, qualified: str) -> bool:
    """Whether a qualified name means a function or class of another file that may seed."""
    return os.path.isfile(filename) and _seeders_in(filename, qualified, set(), _MOST_HOPS) is None


def seeded_by_import(source: Source) -> tuple[ImportedSeed | None, frozenset[str]]:
    """The seed of NumPy's global state that is set when a source imports others; who was asked.

    Those are the files that it imports, and that its package imports before.
    """
    filename, consulted = source.filename, set[str]()
    if not filename.endswith(".py") or not os.path.isfile(filename):
        return None, frozenset()
    package = os.path.join(os.path.dirname(filename), "__init__.py")
    importing = [(filename, source)]
    if os.path.isfile(package) and os.path.basename(filename) != "__init__.py":
        consulted.add(package)
        if beside := read_module(package):
            importing.append((package, beside))
    for path, program in importing:
        for _, qualified in imported_names(program.program):
            place = find_module(path, qualified)
            if place is None or os.path.abspath(place[0]) == os.path.abspath(filename):
                continue
            consulted.add(place[0])
            if _may_seed(place[0]):
                other = read_module(place[0])
                found = _GLOBAL_SEED.search(other.program) if other else None
                if found:
                    return ImportedSeed(place[0], found[1]), frozenset(consulted)
    return None, frozenset(consulted)


def _seeders_in(
    filename: str, qualified: str, consulted: set[str], hops: int
) -> frozenset[str] | None:
    """None for a function that may seed, else the names of such functions in a module."""
    place = find_module(filename, qualified)
    if place is None or os.path.abspath(place[0]) == os.path.abspath(filename):
        return frozenset()
    path, rest = place
    consulted.add(path)
    state = os.stat(path)
    module = _module(path, state.st_mtime_ns, state.st_size)
    name = rest.partition(".")[0]
    if not name:
        return module.seeders
    if name in module.seeders:
        return None
    if name in module.imports and hops:
        return _seeders_in(path, module.imports[name], consulted, hops - 1)
    return frozenset()


@lru_cache(maxsize=1024)
def _module(path: str, _time: int, _size: int) -> _Module:
    is_package = path.endswith("__init__.py")
    if not is_package and not _may_seed(path):
        return _Module()
    source = read_module(path)
    seeds = source is not None and _SEEDS.search(source.program)
    if source is None or not (seeds or is_package):
        return _Module()
    closure = _closure(source.program) if seeds else frozenset[str]()
    return _Module(closure, dict(imported_names(source.program)))


def _may_seed(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    return any(word in data for word in _WORDS)


def _closure(program: str) -> frozenset[str]:
    """The functions and classes that seed, and those that call them."""
    starts = [*_DEFINITION.finditer(program)]
    ends = [*(match.start() for match in starts[1:]), len(program)]
    texts = {
        match[1]: program[match.start() : end] for match, end in zip(starts, ends, strict=False)
    }
    calls = {name: frozenset(_CALL.findall(text)) for name, text in texts.items()}
    found = {name for name, text in texts.items() if _SEEDS.search(text)}
    while True:
        more = {name for name in texts if name not in found and not found.isdisjoint(calls[name])}
        if not more:
            return frozenset(found)
        found |= more
