"""Seeds that a test class sets before each test: the generator becomes an attribute.

`np.random.seed(0)` in `setUp` feeds the tests of the class, so `self.rng` is made there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnglint.facts.model import Reference, Scope, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code

ATTRIBUTE = "self.rng"
_SETUP = frozenset({"setUp", "setup_method"})
_UNBOUND = frozenset({"staticmethod", "classmethod"})
#: Bases that have no attribute of that name.
_BASES = re.compile(r"(?:.*\.)?(?:TestCase|object)$")


def shared_draws(places: Places, scope: Scope, fed: Iterable[Reference]) -> list[Reference]:
    """The draws of a class that can use the generator that its set-up makes; none if it cannot."""
    facts = places.facts
    holder = facts.scopes[scope.parent or 0]
    if scope.name not in _SETUP or holder.kind is not ScopeKind.CLASS:
        return []
    if not all(map(_BASES.match, holder.bases)) or not _has_self(scope):
        return []
    if re.search(r"\brng\s*=|\.rng\b|\bdef\s+rng\b", code(facts.text(holder.span))):
        return []
    return [item for item in fed if _is_in_method(places, item, holder)]


def _is_in_method(places: Places, draw: Reference, holder: Scope) -> bool:
    """Whether a draw stands in a method of the class, where `self` means the object."""
    functions = places.functions(draw.scope)
    if not functions or functions[-1].parent != holder.index:
        return False
    hidden = any("self" in item.names for item in functions[:-1])
    return _has_self(functions[-1]) and not hidden


def _has_self(function: Scope) -> bool:
    bound = _UNBOUND.isdisjoint(function.decorators)
    return function.parameters[:1] == ("self",) and bound
