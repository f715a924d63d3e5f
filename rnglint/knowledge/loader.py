"""Reads the tables of this folder: what each library function does with random numbers.

A table is a TOML file whose keys are module names; below each stands one inline table per
public name, which becomes an `Entry`. A file dropped in adds a library, and the user's own
tables, written in the same words, are added by `Knowledge.extend`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from rnglint.knowledge.check import KnowledgeError, check_tables, named_tables
from rnglint.knowledge.entries import ClassEntry, Entry, Parameter, Result, parse_parameters

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ClassEntry", "Entry", "Knowledge", "KnowledgeError", "Parameter", "load"]

#: The effects that a rule may report; the others only explain what becomes of a key.
_REPORTABLE = frozenset({"seed", "draw", "state", "make", "key", "consume", "split", "fold"})
#: How many aliases may lead to one another; the shipped tables need two.
_STEPS = 4
#: What a function returns, unless its entry says otherwise.
_RESULTS: dict[str, Result] = {
    "seed": "none",
    "reseed": "none",
    "draw": "sample",
    "key": "key",
    "consume": "sample",
    "split": "keys",
    "fold": "key",
    "clone": "key",
    "transform": "function",
    "partial": "function",
}


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of all libraries: three dictionaries, never changed once built."""

    entries: Mapping[str, Entry]
    classes: Mapping[str, ClassEntry]
    aliases: Mapping[str, str]

    def lookup(self, qualified: str) -> Entry | None:
        """The entry of a name, under any spelling of it."""
        return self.entries.get(qualified) or self.entries.get(self.canonical(qualified))

    def cls(self, qualified: str) -> ClassEntry | None:
        """The entry of a class, under any spelling of it."""
        return self.classes.get(qualified) or self.classes.get(self.canonical(qualified))

    def canonical(self, qualified: str) -> str:
        """The spelling that the tables use: the longest known prefix decides, step by step.

        Where that prefix is an alias it is replaced; where it has an entry, all stays. The
        number of steps is limited because a user's aliases may lead in a circle.
        """
        for _ in range(_STEPS):
            prefix = qualified
            while prefix and prefix not in self.entries and prefix not in self.aliases:
                prefix = prefix.rpartition(".")[0]
            if prefix in self.entries or not prefix:
                break
            qualified = self.aliases[prefix] + qualified[len(prefix) :]
        return qualified

    @cached_property
    def libraries(self) -> frozenset[str]:
        """The packages, one of which has to be imported before any entry can be meant."""
        return frozenset(name.partition(".")[0] for name in (*self.entries, *self.aliases))

    @cached_property
    def key_libraries(self) -> frozenset[str]:
        """The packages that make JAX keys or take them."""
        return frozenset(
            name.partition(".")[0]
            for name, entry in self.entries.items()
            if entry.key is not None or entry.effect == "key"
        )

    @cached_property
    def reportable(self) -> frozenset[str]:
        """Every spelling of every name whose use can lead to a finding."""
        names = {name for name, entry in self.entries.items() if self._is_reportable(entry)}
        fresh = names
        for _ in range(_STEPS):
            fresh = {spelling for name in fresh for spelling in self._spellings(name)} - names
            names = names | fresh
        return frozenset(names)

    @cached_property
    def _aliases_of(self) -> Mapping[str, list[str]]:
        """The aliases of each name and module that has any."""
        found: dict[str, list[str]] = {}
        for alias, target in self.aliases.items():
            found.setdefault(target, []).append(alias)
        return found

    def _spellings(self, name: str) -> Iterator[str]:
        """`name` with each of its prefixes replaced by each alias of that prefix."""
        prefix = name
        while prefix:
            for alias in self._aliases_of.get(prefix, ()):
                yield alias + name[len(prefix) :]
            prefix = prefix.rpartition(".")[0]

    @cached_property
    def words(self) -> frozenset[str]:
        """The last components of the `reportable` names, for a quick search of a text."""
        return frozenset(name.rpartition(".")[2] for name in self.reportable)

    def _is_reportable(self, entry: Entry) -> bool:
        """Whether a rule may report `entry`, or what the function that it returns does."""
        made = entry.effect == "partial" and self.lookup(entry.makes or "")
        return (made or entry).effect in _REPORTABLE and entry.workers is None

    def extend(self, tables: Mapping[str, Any]) -> Knowledge:
        """This knowledge and the user's tables; these win where both know a name."""
        check_tables(tables)
        return _merge(self, tables)


@cache
def load() -> Knowledge:
    """The knowledge that comes with rnglint, read once; the tests have checked it."""
    knowledge = Knowledge({}, {}, {})
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        knowledge = _merge(knowledge, tomllib.loads(file.read_text(encoding="utf-8")))
    return knowledge


def _merge(knowledge: Knowledge, tables: Mapping[str, Any]) -> Knowledge:
    """`knowledge` with one file's tables added."""
    aliases = {**tables.get("former", {}), **tables.get("aliases", {})}
    entries = {
        qualified: _entry(qualified, tables.get("library", qualified.partition(".")[0]), raw)
        for qualified, raw in named_tables(tables)
    }
    classes = {
        qualified: ClassEntry(qualified, frozenset(raw["methods"]), raw.get("missing", {}))
        for qualified, raw in tables.get("classes", {}).items()
    }
    return Knowledge(
        {**knowledge.entries, **entries},
        {**knowledge.classes, **classes},
        {**knowledge.aliases, **aliases},
    )


def _entry(qualified: str, library: str, raw: Mapping[str, Any]) -> Entry:
    """The entry that a raw one, known to be sound, describes."""
    values = {"result": _RESULTS.get(raw["effect"]), **raw}
    values["parameters"] = parse_parameters(raw.get("parameters", ""))
    values["function"] = tuple(raw.get("function", "").split())
    values["methods"] = tuple(raw.get("methods", "").split())
    return Entry(qualified, library, **values)
