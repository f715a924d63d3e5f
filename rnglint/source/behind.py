"""What lies behind an import: whether the program's own files draw from NumPy's global state.

A seed of that state is meant for whoever draws from it; where a file hands things to others of the
same program, one has to look there. Told from words, on the cheap; nothing is imported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rnglint.source.modules import find_module, imported_names, read_module
from rnglint.source.reading import Source

#: What of `numpy.random` leaves the global state alone.
_MODERN = r"(?:default_rng|Generator|SeedSequence|BitGenerator|PCG64\w*|MT19937|Philox|SFC64)\b"
#: Others that have something called `random`.
_OTHERS = r"(?:cls|cp|cupy|da|dask|jax|keras|mx|self|tensorflow|tf|torch)\b"
#: A mention of the module, or of something out of it.
_GLOBAL = re.compile(
    rf"\b(?!{_OTHERS})\w+\.random\b(?!\.(?:{_MODERN}|RandomState\b))"
    rf"|\bfrom\s+numpy\s+import\s+[^\n]*\brandom\b|\bimport\s+numpy\.random\b"
    rf"|\bfrom\s+numpy\.random\s+import\s+(?!{_MODERN}\s*(?:\n|$))"
)
_DOCUMENTATION = re.compile(r'("""|\'\'\').*?\1', re.DOTALL)
#: A function or class of a module, up to the next row that is not part of it.
_DEFINITION = re.compile(
    r"^(?:async[ ]+def|def|class)[ ]+(\w+)[^\n]*\n(?:(?:[ \t)][^\n]*)?\n)*", re.MULTILINE
)
_ASSIGNMENT = re.compile(r"^(\w+)[ ]*(?::[^=\n]+)?=[^=].*(?:\n[ \t)\]}].*)*", re.MULTILINE)
#: A name may be handed on by this many modules, and so many are looked at before one gives up.
_MOST_HOPS = 4
_MOST_MODULES = 60


@dataclass(frozen=True, slots=True)
class Behind:
    """What the files of a program do that an import leads to, by way of others.

    `draws` says that one of them mentions NumPy's global state, or that there are too many of them.
    `packages` are the packages from elsewhere that they import.
    """

    draws: bool = False
    packages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Module:
    draws: bool = True
    imports: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    drawing: frozenset[str] = frozenset()


def behind_imports(source: Source) -> tuple[dict[str, Behind], frozenset[str]]:
    """For each name that a source imports from its own program, what is behind; who was asked."""
    found: dict[str, Behind] = {}
    consulted: set[str] = set()
    if not os.path.isfile(source.filename):
        return found, frozenset()
    for bound, qualified in imported_names(source.program):
        path = _defined_in(source.filename, qualified, consulted, _MOST_HOPS)
        if path is not None:
            found[bound] = _behind(path, consulted, qualified.rpartition(".")[2])
    return found, frozenset(consulted)


def _defined_in(filename: str, qualified: str, consulted: set[str], hops: int) -> str | None:
    """The module of the program that defines what a name means, past packages that hand it on."""
    place = find_module(filename, qualified)
    if place is None or os.path.abspath(place[0]) == os.path.abspath(filename):
        return None
    path, rest = place
    consulted.add(path)
    handed_on = _module(path).imports.get(rest.partition(".")[0]) if rest else None
    if handed_on and hops and path.endswith("__init__.py"):
        return _defined_in(path, handed_on, consulted, hops - 1) or path
    return path


def _behind(path: str, consulted: set[str], name: str) -> Behind:
    """What is behind a name that a module defines."""
    packages: set[str] = set()
    seen: set[str] = set()
    new = {path}
    while new:
        modules = [(item, _module(item)) for item in sorted(new)]
        if not seen:
            modules = [(path, _part(modules[0][1], name))]
        seen |= new
        consulted |= new
        if len(seen) > _MOST_MODULES or any(module.draws for _, module in modules):
            return Behind(draws=True)
        new = set()
        for item, module in modules:
            for qualified in module.imports.values():
                other = _defined_in(item, qualified, consulted, _MOST_HOPS)
                if other is not None:
                    new.add(other)
                elif find_module(item, qualified) is None:
                    packages.add(qualified.partition(".")[0])
        new -= seen
    return Behind(packages=frozenset(packages))


def _module(path: str) -> _Module:
    try:
        state = os.stat(path)
    except OSError:
        return _Module()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _read(path: str, _time: int, _size: int) -> _Module:
    source = read_module(path)
    if source is None:
        return _Module()
    code = _DOCUMENTATION.sub("", source.program)
    imports = dict(imported_names(source.program))
    definitions = {match[1]: match[0] for match in _DEFINITION.finditer(code)}
    rest = _DEFINITION.sub("", code)
    drawing = {match[1] for match in _ASSIGNMENT.finditer(rest) if _GLOBAL.search(match[0])}
    drawing |= {bound for bound, found in imports.items() if found.startswith("numpy.random")}
    return _Module(_GLOBAL.search(code) is not None, imports, definitions, frozenset(drawing))


def _part(module: _Module, name: str) -> _Module:
    """What a module holds of what a function or class of it mentions, by way of others.

    All of the module, if it does not define that name so. `drawing` are its own names for what
    draws.
    """
    if name not in module.definitions:
        return module
    seen, new = set[str](), {name}
    words = set[str]()
    while new:
        seen |= new
        words = set(re.findall(r"\w+", " ".join(module.definitions[item] for item in sorted(new))))
        new = (words & module.definitions.keys()) - seen
    text = "\n".join(module.definitions[item] for item in sorted(seen))
    words = set(re.findall(r"\w+", text))
    imports = {bound: found for bound, found in module.imports.items() if bound in words}
    draws = _GLOBAL.search(text) is not None or not words.isdisjoint(module.drawing)
    return _Module(draws, imports)
