"""Fixes that make a `Generator` where a legacy `RandomState` was made.

Only where every use of the object is in sight and means the same to a Generator.
"""

from __future__ import annotations

from rnglint.diagnostics import Applicability, Edit, Fix
from rnglint.facts.model import Context, Facts
from rnglint.rewrite import numpy_reasons as because
from rnglint.rewrite.imports import dropped
from rnglint.rewrite.numpy_generator import Repairs, generator_maker, merged
from rnglint.rewrite.numpy_groups import seed_is_usual
from rnglint.rewrite.numpy_nearby import RANDOM_STATE
from rnglint.rewrite.numpy_objects import COMPARED, NOT_A_NAME, Family, Objects
from rnglint.rewrite.purpose import writes_for_tests
from rnglint.rewrite.width import within_width


def random_state_fixes(facts: Facts) -> Repairs:
    """What can be done for each `RandomState(…)`, by the span of the reference."""
    found = [
        item for item in facts.references if item.entry.makes == RANDOM_STATE and not item.alias
    ]
    made = [item for item in found if item.context is Context.CALL]
    repairs = Repairs(reasons={item.span: NOT_A_NAME for item in found})
    objects = Objects(facts)
    for family in objects.families(made):
        fix = _fix(facts, objects, family)
        for item in family.made:
            if isinstance(fix, Fix):
                repairs.fixes[item.span] = fix
            else:
                repairs.reasons[item.span] = fix
    return repairs


def _fix(facts: Facts, objects: Objects, family: Family) -> Fix | str:
    """The fix of a family of objects, or why it has none."""
    if objects.is_subject(family):
        return because.SUBJECT
    if writes_for_tests(facts):
        return because.WRITTEN
    if objects.is_stored(family):
        return because.STORED
    if objects.is_compared_with_seed(family):
        return COMPARED
    uses = objects.edits(family)
    if isinstance(uses, str):
        return uses
    edits: list[Edit] = [*uses]
    for item in family.made:
        if not seed_is_usual(item):
            return because.UNUSUAL
        spelled = generator_maker(facts, item, [other.span for other in family.made])
        if spelled is None:
            return because.IMPORTS
        edits += [Edit(item.span, spelled.text), *spelled.edits]
    edits += dropped(facts, "numpy.random", {item.span for item in family.made}, edits)
    placed = within_width(facts, merged(edits))
    return Fix("Make a `Generator` instead", placed, Applicability.UNSAFE)
