"""Functions of other files that seed NumPy's global state, told by their names.

`transformers.set_seed`, Lightning's `seed_everything`, Keras' `set_random_seed` and the helpers
that every project has seed all generators at once, NumPy's among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rnglint.facts.model import Facts, ScopeKind
from rnglint.rewrite.places import MODULE, Places
from rnglint.rewrite.words import code

_SEEDER = re.compile(
    r"(?<!\brandom\.)\b(\w*seed_everything|\w*set_(?:\w+_)?seeds?|seed_all|setup_seed|fix_seeds?"
    r"|fix_random_seeds?|seed_everything\w*|reset_seeds?|init_seeds?)\s*\("
)


@dataclass(frozen=True, slots=True)
class Seeder:
    """A function that may seed the global state, and a scope in which it is called."""

    name: str
    scope: int


def seeders(places: Places) -> Iterator[Seeder]:
    """Each function of another file that may seed, with each scope that mentions it."""
    facts = places.facts
    for name in sorted(set(_SEEDER.findall(code(facts.source.program))) - _defined(facts)):
        if name in places.import_time_words:
            yield Seeder(name, MODULE)
        for scope in facts.scopes:
            if scope.kind is ScopeKind.FUNCTION and name in places.words(scope):
                yield Seeder(name, scope.index)


def _defined(facts: Facts) -> set[str]:
    return {item.name for item in facts.scopes if item.kind is ScopeKind.FUNCTION}
