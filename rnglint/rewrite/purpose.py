"""What a file is for: tests, a program that is run, or a library that others import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from rnglint.facts.model import Facts, Reference, ScopeKind
from rnglint.rewrite.places import Places

_TEST = re.compile(r"test_|test[A-Z]")


def is_test_file(facts: Facts) -> bool:
    """Whether a file holds tests, or what tests share."""
    stem = PurePath(facts.source.filename).stem
    if stem.startswith("test_") or stem.endswith("_test") or stem == "conftest":
        return True
    functions = (item for item in facts.scopes if item.kind is ScopeKind.FUNCTION)
    return any(_TEST.match(item.name) for item in functions)


def is_program(places: Places, draws: Iterable[Reference]) -> bool:
    """Whether a module runs by itself: then its seed is meant for its own `draws`.

    The seed of a module that only defines things may be meant for those who import it.
    """
    facts = places.facts
    if PurePath(facts.source.filename).suffix == ".ipynb" or is_test_file(facts):
        return True
    draws = tuple(draws)
    if any(not places.functions(item.scope) for item in draws):
        return True
    if not places.import_time_words.isdisjoint(places.carriers(draws)):
        return True
    own = frozenset(item.name for item in facts.scopes if item.kind is ScopeKind.FUNCTION)
    return places.runs_on_import(own)
