"""What is true of a source: names, seeds, draws, loops, and the life of each key.

`gather_facts` is the only way in; what it returns is plain data (see `model`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rnglint.diagnostics import Position, Span
from rnglint.facts.model import Facts, KeyReuse, Reference, RepeatedSeeder, SeedReset
from rnglint.knowledge.loader import Knowledge
from rnglint.source.reading import Source, SourceError

if TYPE_CHECKING:
    from rnglint.tree.parsing import Tree


def gather_facts(source: Source, knowledge: Knowledge, *, funnel: bool = True) -> Facts:
    """Everything that the rules may want to know about `source`.

    Never raises for bad input: what cannot be decoded or parsed stands in `Facts.errors`. With
    `funnel` off, nothing is left out of the analysis to save time.
    """
    from rnglint.source.seeders import seeders
    from rnglint.tree.parsing import TOO_DEEP, parse

    if not source.program:
        return Facts(source, knowledge, source.errors)
    helpers, consulted = seeders(source)
    tree, errors = parse(source, knowledge, funnel=funnel, helpers=helpers)
    errors = (*source.errors, *errors)
    if tree is None:
        return Facts(source, knowledge, errors, consulted=consulted)

    try:
        facts = _gather(tree, knowledge, errors)
        return replace(facts, consulted=facts.consulted | consulted)
    except RecursionError:
        start = Position(1, 1)
        error = SourceError(TOO_DEEP, Span(start, start, source.rows[0].cell))
        return Facts(source, knowledge, (*errors, error))


def _gather(tree: Tree, knowledge: Knowledge, errors: tuple[SourceError, ...]) -> Facts:
    from rnglint.facts.flow import follow
    from rnglint.facts.intent import mark_intended, mark_intended_captures
    from rnglint.facts.name_uses import name_uses
    from rnglint.facts.names import Names
    from rnglint.facts.scopes import lay_out
    from rnglint.facts.seeds import find_seeds
    from rnglint.source.behind import behind_imports
    from rnglint.source.modules import is_in_package
    from rnglint.source.seeders import seeded_by_import
    from rnglint.suppress.comments import noqa_rows

    layout = lay_out(tree)
    names = Names(layout, knowledge)
    flow = follow(names)
    references = names.references()
    reuses = mark_intended(flow.key_reuses, layout)
    resets: tuple[SeedReset | RepeatedSeeder, ...]
    resets = (*flow.seed_resets, *flow.repeated_seeders)
    drawn = {item.entry.library for item in references if item.entry.effect == "draw"}
    seed, imported = seeded_by_import(tree.source) if "numpy" in drawn else (None, frozenset())
    seeded = {item.entry.library for item in references if item.entry.effect == "seed"}
    behind, asked = behind_imports(tree.source) if "numpy" in seeded & drawn else ({}, frozenset())
    return Facts(
        source=tree.source,
        knowledge=knowledge,
        errors=errors,
        scopes=layout.frozen_scopes(),
        statements=tuple(layout.statements),
        loops=layout.frozen_loops(_loops_of_interest(references, reuses, resets)),
        imports=tuple(layout.imports),
        references=references,
        seeds=find_seeds(names, references),
        defaults=layout.frozen_defaults(),
        module_uses=names.module_uses(),
        name_uses=name_uses(names),
        method_uses=flow.method_uses,
        key_reuses=reuses,
        key_captures=mark_intended_captures(flow.key_captures, layout),
        key_broadcasts=flow.key_broadcasts,
        key_escapes=flow.key_escapes,
        key_doubts=flow.key_doubts,
        unused_keys=flow.unused_keys,
        traces=flow.traces,
        hand_overs=flow.hand_overs,
        seed_resets=flow.seed_resets,
        repeated_seeders=flow.repeated_seeders,
        duplicate_seeds=flow.duplicate_seeds,
        consulted=flow.consulted | imported | asked,
        complete=flow.complete,
        in_package=is_in_package(tree.source.filename),
        imported_seed=seed,
        behind=behind,
        noqa_rows=noqa_rows(tree.source),
    )


def _loops_of_interest(
    references: tuple[Reference, ...],
    reuses: tuple[KeyReuse, ...],
    resets: tuple[SeedReset | RepeatedSeeder, ...],
) -> frozenset[int]:
    """The loops that a diagnostic may have to show."""
    found = {loop for item in references for loop in item.loops}
    found |= {reuse.loop for reuse in reuses if reuse.loop is not None}
    found |= {reset.loop for reset in resets if reset.loop is not None}
    return frozenset(found)
