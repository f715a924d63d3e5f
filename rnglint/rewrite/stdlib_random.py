"""A `random.Random` in the place of the standard library's global state."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

from rnglint.diagnostics import Applicability, Edit, Fix, Span
from rnglint.facts.model import Facts, Reference, ScopeKind, Statement
from rnglint.rewrite.imports import dropped, unused_after
from rnglint.rewrite.naming import Spelling, free_name, spelling
from rnglint.rewrite.numpy_consumers import packages
from rnglint.rewrite.places import Places

_NAMES = ("rng", "random_generator", "generator")
#: Packages that do not draw from the global state of the module `random`.
_QUIET = frozenset({*sys.stdlib_module_names, "click", "jax", "numpy", "pytest", "rich", "tqdm"})


def instance_fix(facts: Facts, used: Sequence[Reference]) -> Fix | None:
    """The fix that repairs all seeds and draws in `used`; None where others may depend on them.

    The numbers stay: `random.Random(seed)` has the stream that `random.seed(seed)` starts.
    """
    seeds = [item for item in used if item.entry.effect == "seed"]
    draws = [item for item in used if item.entry.effect == "draw"]
    home = _home(facts, seeds[0]) if len(seeds) == 1 and draws else None
    if home is None or _is_shared(facts):
        return None
    places = Places(facts)
    if not all(places.within(item.scope, home.scope) for item in draws):
        return None
    if not all(places.follows(item, home) for item in draws):
        return None
    return _fix(facts, seeds[0], draws, home)


def _home(facts: Facts, seed: Reference) -> Statement | None:
    """The statement that seeds, if it is nothing but that and always runs."""
    if seed.call is None or seed.statement is None or len(seed.call.arguments) > 1:
        return None
    statement = facts.statements[seed.statement]
    scope = facts.scopes[statement.scope]
    above = None if statement.parent is None else facts.statements[statement.parent].kind
    if statement.span != seed.call.span or any(item.star for item in seed.call.arguments):
        return None
    outermost = above is None if scope.kind is ScopeKind.MODULE else above == "FunctionDef"
    return statement if outermost else None


def _is_shared(facts: Facts) -> bool:
    """Whether others than the functions of this file may draw from the global state."""
    passed_on = any(item.qualified == "random" for item in facts.module_uses)
    stars = any(item.bound == "*" for item in facts.imports)
    states = any(
        item.entry.library == "stdlib" and item.entry.effect == "state" for item in facts.references
    )
    return passed_on or stars or states or bool(facts.hand_overs) or not packages(facts) <= _QUIET


def _fix(facts: Facts, seed: Reference, draws: list[Reference], home: Statement) -> Fix | None:
    assert seed.call is not None
    name = free_name(facts, _NAMES, home.scope, [item.scope for item in draws])
    gone = {item.span for item in (seed, *draws)}
    made = _class(facts, seed, home, gone)
    if name is None or made is None:
        return None
    edits = [*made.edits, Edit(seed.span, f"{name} = {made.text}")]
    for argument in seed.call.arguments:
        if argument.keyword:
            keyword = Span(argument.span.start, argument.value.start, argument.span.cell)
            edits.append(Edit(keyword, ""))
    edits += [Edit(item.span, f"{name}.{item.entry.name}") for item in draws]
    edits += dropped(facts, "random", gone, edits)
    edits.sort(key=lambda edit: edit.span.sort_key)
    return Fix(f"Draw from an object `{name}` of your own", tuple(edits), Applicability.UNSAFE)


def _class(
    facts: Facts, seed: Reference, home: Statement, gone: Collection[Span]
) -> Spelling | None:
    """How `random.Random` is written where the seed stands."""
    if seed.prefix:
        return Spelling(f"{seed.prefix}.Random")
    unused = unused_after(facts, "random", gone)
    return spelling(facts, "random.Random", home.scope, home.index, unused=unused)
