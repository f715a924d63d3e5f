"""The shape of a table, and what is wrong with one that does not have it.

The tables of this folder are checked by the tests, a user's whenever they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, get_args

from rnglint.knowledge.entries import (
    Arguments,
    Effect,
    Entry,
    Result,
    Runs,
    Volatile,
    Workers,
    parse_parameters,
)

_CHOICES: dict[str, tuple[str, ...]] = {
    "effect": get_args(Effect),
    "runs": get_args(Runs),
    "result": get_args(Result),
    "arguments": get_args(Arguments),
    "volatile": get_args(Volatile),
    "workers": get_args(Workers),
}
#: The fields whose value names a parameter; `function` may name several.
_ROLES = ("key", "seed", "count", "data", "function")
#: What an entry has to say besides its effect, by effect.
_NEEDED = {
    "make": "makes",
    "consume": "key",
    "split": "key",
    "fold": "key",
    "clone": "key",
    "same": "key",
    "transform": "function",
    "run": "function",
    "hand": "workers",
}
#: The keys of a file that name no module. `version` is the one that the table was checked against.
_SPECIAL = ("library", "version", "aliases", "former", "classes")
_WORDS = {field.name for field in fields(Entry)} - {"qualified", "library"}


class KnowledgeError(ValueError):
    """A table that cannot be understood; the message names the key at fault."""


def named_tables(tables: Mapping[str, Any], module: str = "") -> Iterator[tuple[str, Any]]:
    """Every qualified name of one file with its raw entry.

    A table that holds nothing but tables is a module. So a user may leave out the quotes
    round a dotted name, which TOML then reads as one table within another. Functions of which
    the same is said share an entry: their names stand in one key, with spaces in between.
    """
    for name, table in tables.items():
        if not module and name in _SPECIAL:
            continue
        qualified = f"{module}.{name}" if module else name
        if isinstance(table, dict) and all(isinstance(v, dict) for v in table.values()):
            yield from named_tables(table, qualified)
        else:
            prefix = f"{module}." if module else ""
            yield from ((f"{prefix}{each}", table) for each in name.split())


def check_tables(tables: Mapping[str, Any]) -> None:
    """Refuses tables that the loader cannot read, or that say what no entry can mean."""
    for special in ("aliases", "former"):
        _check_texts(special, tables.get(special, {}))
    _check_texts("", {name: tables.get(name, "") for name in ("library", "version")})
    for qualified, raw in named_tables(tables):
        _check_entry(qualified, raw)
    classes = tables.get("classes", {})
    if not isinstance(classes, Mapping):
        raise _error("classes", "must be a table")
    for qualified, raw in classes.items():
        _check_class(f"classes.{qualified}", raw)


def _check_entry(qualified: str, raw: object) -> None:
    """Refuses an entry with a word that is unknown, or that names no parameter of it."""
    if not isinstance(raw, Mapping):
        raise _error(qualified, "must be a table")
    for word, value in raw.items():
        _check_word(f"{qualified}.{word}", word, value)
    if "effect" not in raw:
        raise _error(qualified, "needs an `effect`")
    needed = _NEEDED.get(raw["effect"], "effect")
    if needed not in raw:
        raise _error(qualified, f"needs a `{needed}`, as its effect is `{raw['effect']}`")
    names = {parameter.name for parameter in parse_parameters(raw.get("parameters", ""))}
    for role in _ROLES:
        for name in raw.get(role, "").split():
            if name not in names:
                raise _error(f"{qualified}.{role}", f"names `{name}`, which is no parameter")


def _check_word(place: str, word: str, value: object) -> None:
    """Refuses a word that no entry has, and a value that the word cannot take."""
    if word not in _WORDS:
        raise _error(place, "is unknown" + _nearest(word, _WORDS))
    if word in ("traces", "derivative"):
        if not isinstance(value, bool):
            raise _error(place, "must be true or false")
    elif not isinstance(value, str):
        raise _error(place, "must be a string")
    elif word in _CHOICES and value not in _CHOICES[word]:
        raise _error(place, f"cannot be `{value}`" + _nearest(value, _CHOICES[word]))


def _check_class(place: str, raw: object) -> None:
    """Refuses a class without a list of methods, and anything but strings in what is missing."""
    methods = raw.get("methods") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(methods, list):
        raise _error(place, "needs a list of `methods`")
    _check_texts(f"{place}.methods", dict(enumerate(methods)))
    _check_texts(f"{place}.missing", raw.get("missing", {}))


def _check_texts(place: str, table: object) -> None:
    """Refuses what is not a table of strings."""
    if not isinstance(table, Mapping):
        raise _error(place, "must be a table")
    for name, value in table.items():
        if not isinstance(value, str):
            raise _error(f"{place}.{name}".lstrip("."), "must be a string")


def _nearest(word: str, known: Collection[str]) -> str:
    """A hint at the known word that was probably meant, or at all of them."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(sorted(known))}"


def _error(place: str, problem: str) -> KnowledgeError:
    """The error about what stands at `place` in the tables."""
    return KnowledgeError(f"knowledge: `{place}` {problem}")
