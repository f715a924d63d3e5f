"""Whether all uses of an attribute, `self.rng`, are among those that the facts know."""

from __future__ import annotations

import re

from rnglint.facts.model import Facts, Scope, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rewrite.purpose import is_program
from rnglint.rewrite.words import code

#: Bases whose own attributes are known: none of them keeps a generator.
_PLAIN_BASES = frozenset({"ABC", "Dataset", "Module", "NamedTuple", "TestCase", "object"})
#: Names of classes that others inherit from.
_BASE = re.compile(r"_?(?:Base|Abstract)(?![a-z])|\w+(?:Base|Mixin)$")


def is_in_sight(places: Places, holder: Scope, name: str) -> bool:
    """Whether only the methods of the class `holder`, as far as one can tell, use `self.x`.

    `name` is the attribute with its object. One that begins with an underscore belongs to the
    class, unless that is there to be inherited from; another may be used by other files, save those
    of a program, a test or a private class, and by a base class that stands elsewhere.
    """
    facts = places.facts
    attribute = name.rpartition(".")[2]
    if attribute in holder.names or _mentions(facts, attribute) != _known(facts, attribute):
        return False
    if attribute.startswith("_"):
        return not (_BASE.match(holder.name) or "abstractmethod" in facts.text(holder.span))
    own = {item.name for item in facts.scopes if item.kind is ScopeKind.CLASS}
    bases = {base.rpartition(".")[2] for base in holder.bases}
    return bases <= own | _PLAIN_BASES and (holder.name.startswith("_") or is_program(places, ()))


def _known(facts: Facts, attribute: str) -> int:
    """How often the attribute of this name is used, of any class, in ways that the facts know."""
    names = (use.name.partition(".") for use in facts.name_uses)
    return sum(dot == "." and name == attribute for _, dot, name in names)


def _mentions(facts: Facts, attribute: str) -> int:
    """How often anything's attribute of this name is used; a module's function is another thing."""
    program = facts.source.program
    owners = re.findall(rf"([\w)\]]+)\s*\.\s*{attribute}\b", code(program))
    modules = {item.bound for item in facts.imports}
    by_string = re.search(rf"attr\([^)\n]*['\"]{attribute}['\"]", program)
    return sum(owner not in modules for owner in owners) + (by_string is not None)
