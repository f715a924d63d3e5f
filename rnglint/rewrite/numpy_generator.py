"""Fixes that put a `numpy.random.Generator` in the place of NumPy's global state.

One `Fix` repairs a whole group: its seeds become the creation of a generator, its draws the
methods of it. All findings of the group carry the same fix, so it is applied whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rnglint.diagnostics import Applicability, Edit, Fix, Position, Span
from rnglint.facts.model import Facts, Reference, Statement
from rnglint.rewrite import numpy_reasons as because
from rnglint.rewrite.imports import dropped, unused_after
from rnglint.rewrite.naming import Spelling, free_name, spelling
from rnglint.rewrite.numpy_calls import Draw, translation
from rnglint.rewrite.numpy_groups import Group, Plan, seeding_statement
from rnglint.rewrite.numpy_home import plan_groups
from rnglint.rewrite.numpy_parameter import NAME as PARAMETER
from rnglint.rewrite.numpy_parameter import parameter_edits
from rnglint.rewrite.places import MODULE
from rnglint.rewrite.width import within_width
from rnglint.rewrite.words import words

#: What makes a generator, by the setting `target-numpy`: a new one, or one of the old stream.
_MAKERS = {"generator": "default_rng", "randomstate": "RandomState"}
#: Functions of the module whose method has another name.
_METHODS = {"ranf": "random_sample", "sample": "random_sample"}
#: What a new generator is called: the first of these that is free.
NAMES = ("rng", "np_rng", "generator", "numpy_rng", "random_generator")


@dataclass(frozen=True, slots=True)
class Repairs:
    """By the span of each seed and draw: its fix, or why it has none."""

    fixes: dict[Span, Fix] = field(default_factory=dict)
    reasons: dict[Span, str] = field(default_factory=dict)


def generator_fixes(facts: Facts) -> Repairs:
    """What can be done for each use of the global state."""
    if not any(item.entry.library == "numpy" for item in facts.references):
        return Repairs()
    plan = plan_groups(facts, lambda item: _translated(facts, item, "rng") is not None)
    repairs = Repairs(reasons=plan.reasons)
    for group in plan.groups:
        repaired = group.draws if group.keeps else (*group.seeds, *group.draws)
        fix = _fix(facts, group, plan)
        for item in repaired:
            if isinstance(fix, Fix):
                repairs.fixes[item.span] = fix
            else:
                repairs.reasons[item.span] = fix
    return repairs


def generator_maker(
    facts: Facts, reference: Reference, gone: Iterable[Span] = ()
) -> Spelling | None:
    """How what makes a generator is written in the place of `reference`, a function of NumPy."""
    module = reference.prefix.rpartition(".")[2]
    name = _MAKERS[facts.numpy_target]
    if reference.prefix and not module.startswith(("mtrand", "_")):
        return Spelling(f"{reference.prefix}.{name}")
    before = len(facts.statements) if reference.statement is None else reference.statement
    unused = unused_after(facts, "numpy.random", set(gone))
    return spelling(facts, f"numpy.random.{name}", reference.scope, before, unused=unused)


def merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in the order of the file, each once."""
    return tuple(sorted(dict.fromkeys(edits), key=lambda edit: edit.span.sort_key))


def _fix(facts: Facts, group: Group, plan: Plan) -> Fix | str:
    """The fix of a group, or why it has none."""
    if group.takers:
        return _taking_fix(facts, group)
    readers = [item.scope for item in group.draws]
    name = group.name or free_name(facts, _names(facts, group, plan), group.scope, readers)
    if name is None:
        return because.NAMES
    made = [
        *_creation(facts, group, name),
        *(_rebinding(facts, item, group, name) for item in group.seeds),
    ]
    moved = [_translated(facts, item, name) for item in group.draws]
    edits: list[Edit] = []
    for part in (*made, *moved):
        if part is None:
            return because.IMPORTS
        edits += part
    edits += dropped(facts, "numpy.random", _spans(group), edits)
    placed = within_width(facts, merged(edits))
    return Fix(f"Draw from a generator `{name}`", placed, Applicability.UNSAFE)


def _taking_fix(facts: Facts, group: Group) -> Fix | str:
    """The fix of functions that take a generator as a parameter."""
    edits = parameter_edits(facts, group.takers, group.draws[0].prefix)
    moved = [_translated(facts, item, PARAMETER) for item in group.draws]
    if edits is None:
        return because.IMPORTS
    edits += [edit for part in moved for edit in part or ()]
    edits += dropped(facts, "numpy.random", _spans(group), edits)
    message = f"Take a generator as the parameter `{PARAMETER}`"
    return Fix(message, within_width(facts, merged(edits)), Applicability.UNSAFE)


def _names(facts: Facts, group: Group, plan: Plan) -> tuple[str, ...]:
    """What the group's generator may be called: that of a module made to be imported is private.

    Where functions use the name for a JAX key, the module's generator gets another.
    """
    if group.scope != MODULE:
        return NAMES
    taken = _key_names(facts)
    free = [name for name in NAMES if name not in taken]
    return ("_rng", *free) if plan.is_library else tuple(free)


def _key_names(facts: Facts) -> set[str]:
    """What functions call a JAX key, or may, where the file imports JAX: their parameters."""
    if not any(item.qualified.partition(".")[0] == "jax" for item in facts.imports):
        return set()
    makers = {item.statement for item in facts.references if item.entry.library == "jax"}
    made = [
        facts.text(facts.statements[index].span).partition("=")[0]
        for index in makers
        if index is not None and facts.statements[index].kind == "Assign"
    ]
    parameters = {name for scope in facts.scopes for name in scope.parameters}
    return parameters.union(*map(words, made))


def _translated(facts: Facts, draw: Reference, name: str) -> tuple[Edit, ...] | None:
    if facts.numpy_target == "randomstate":
        method = _METHODS.get(draw.entry.name, draw.entry.name)
        return (Edit(draw.span, f"{name}.{method}"),)
    return translation(facts, Draw.of(draw), name, python_int=True)


def _rebinding(facts: Facts, seed: Reference, group: Group, name: str) -> tuple[Edit, ...] | None:
    """`np.random.seed(42)` becomes `rng = np.random.default_rng(42)`, or follows such a line."""
    made = generator_maker(facts, seed, _spans(group))
    statement = seeding_statement(facts, seed)
    if made is None or statement is None or seed.call is None:
        return None
    whole = seed.call.span == statement.span
    if whole and not group.keeps:
        return Edit(seed.span, f"{name} = {made.text}"), *made.edits
    arguments = facts.text(seed.call.arguments_span)
    line = f"{name} = {made.text}{arguments}"
    if not group.keeps:
        return Edit(statement.span, line), *made.edits
    start = Position(statement.span.start.row, 1)
    place = Span(start, start, statement.span.cell)
    return Edit(place, f"{statement.indent}{line}\n"), *made.edits


def _creation(facts: Facts, group: Group, name: str) -> list[tuple[Edit, ...] | None]:
    """The line that makes a generator after the imports, or in a block, where one is wanted."""
    place = group.after or group.before
    if place is None:
        return []
    prefixes = Counter(item.prefix for item in group.draws)
    made = spelling(
        facts,
        f"numpy.random.{_MAKERS[facts.numpy_target]}",
        group.scope,
        place.index + (1 if group.after else 0),
        prefer=prefixes.most_common(1)[0][0],
        unused=unused_after(facts, "numpy.random", _spans(group)),
    )
    if made is None:
        return [None]
    if group.after is None:
        start = Position(place.span.start.row, 1)
        line = f"{place.indent}{name} = {made.text}({group.seed})\n"
        return [(Edit(Span(start, start, place.span.cell), line), *made.edits)]
    end = _line_end(facts, group.after)
    below = facts.source.line(end.cell, end.end.row + 1)
    blank = "\n" if below.strip() else ""
    return [(Edit(end, f"\n\n{name} = {made.text}({group.seed})" + blank), *made.edits)]


def _spans(group: Group) -> set[Span]:
    """What the group's fix takes away."""
    seeds = () if group.keeps else group.seeds
    return {item.span for item in (*seeds, *group.draws)}


def _line_end(facts: Facts, statement: Statement) -> Span:
    """The end of the row on which a statement ends, behind any comment."""
    span = statement.span
    end = Position(span.end.row, len(facts.source.line(span.cell, span.end.row)) + 1)
    return Span(end, end, span.cell)
