"""Fixes that make a `Generator` where a legacy `RandomState` was made.

Only where every use of the object is in sight: it is bound to one name whose every mention is a
method that a Generator has too, or it is used on the spot, `RandomState(0).rand(3)`.
"""

from __future__ import annotations

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Context, Facts, MethodUse, Reference, ScopeKind
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.numpy_calls import Draw, translation
from rnglint.rewrite.numpy_generator import default_rng, merged
from rnglint.rewrite.numpy_groups import seed_is_usual
from rnglint.rewrite.numpy_stored import Stored
from rnglint.rewrite.places import Places
from rnglint.rewrite.reach import Reach

RANDOM_STATE = "numpy.random.RandomState"


def random_state_fixes(facts: Facts) -> dict[Span, Fix]:
    """The fix of each `RandomState(…)` that can be a Generator, by the span of the reference."""
    made = [
        item
        for item in facts.references
        if item.entry.makes == RANDOM_STATE and item.context is Context.CALL and not item.alias
    ]
    fixes: dict[Span, Fix] = {}
    for together in _by_name(facts, made):
        fix = _fix(facts, together, _uses(facts, together))
        if fix:
            fixes.update({item.span: fix for item in together})
    return fixes


def _by_name(facts: Facts, made: list[Reference]) -> list[list[Reference]]:
    """The constructions that are bound to one name of one scope together, the others alone."""
    named: dict[object, list[Reference]] = {}
    for item in made:
        name = _name(facts, item)
        named.setdefault((item.scope, name) if name else item.span, []).append(item)
    return list(named.values())


def _name(facts: Facts, made: Reference) -> str | None:
    return assigned_name(facts, made.statement, made.call.span) if made.call else None


def _uses(facts: Facts, made: list[Reference]) -> list[MethodUse]:
    """The methods taken of the object; none where it may be used in other ways too."""
    methods = {_start(item.span): item for item in facts.method_uses if item.owner == RANDOM_STATE}
    name, first = _name(facts, made[0]), made[0]
    if name is None:
        use = methods.get(_behind(first.call.span)) if first.call else None
        return [use] if use else []
    scope = facts.scopes[first.scope]
    if name in scope.parameters or scope.kind is ScopeKind.CLASS:
        return []
    mentions = [item for item in facts.name_uses if (item.name, item.home) == (name, scope.index)]
    stores = sorted(item.statement or 0 for item in mentions if item.store)
    if stores != sorted(item.statement or 0 for item in made):
        return []
    uses = [methods.get(_behind(item.span)) for item in mentions if not item.store]
    return [item for item in uses if item] if all(uses) else []


def _start(span: Span) -> tuple[int | None, Position]:
    return span.cell, span.start


def _behind(span: Span) -> tuple[int | None, Position]:
    """Where the name of an attribute stands that is taken of what is at `span`."""
    return span.cell, Position(span.end.row, span.end.column + 1)


def _fix(facts: Facts, made: list[Reference], uses: list[MethodUse]) -> Fix | None:
    places = Places(facts)
    stored = Stored(places, Reach(places))
    if any(map(stored.depends_on, uses)):
        return None
    translated = [translation(facts, Draw.of(use), python_int=True) for use in uses]
    edits = [edit for part in translated if part for edit in part]
    if not translated or not all(translated):
        return None
    for item in made:
        spelled = default_rng(facts, item, [other.span for other in made])
        if spelled is None or not seed_is_usual(item):
            return None
        edits += [Edit(item.span, spelled.text), *spelled.edits]
    return Fix("Make a `Generator` instead", merged(edits), Applicability.UNSAFE)
