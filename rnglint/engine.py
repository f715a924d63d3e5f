"""Joins the arrows: source and settings in, diagnostics and fixed source out.

What takes time to import (libcst, the rules) is imported when a source first needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rnglint.config.resolution import Config, ConfigError
from rnglint.diagnostics import Diagnostic, Edit
from rnglint.fixes.fixpoint import Fixer, FixResult, View
from rnglint.source.reading import Source

if TYPE_CHECKING:
    from rnglint.facts.model import Facts
    from rnglint.knowledge.loader import Knowledge
    from rnglint.rules import Rule

#: The rule that stays on whatever is selected: a file that cannot be checked is never silent.
_ALWAYS = "RNG000"
#: The rule on comments, which needs to know what all the others find.
_UNUSED = "RNG001"


def check_source(source: Source | str, config: Config | None = None) -> list[Diagnostic]:
    """The diagnostics of one source, in order; a plain string is taken as a Python file."""
    return list(view_source(source, config).reported)


def view_source(source: Source | str, config: Config | None = None) -> View:
    """The diagnostics of one source, and what else there is to know of it."""
    return _look(_as_source(source), config or Config())


def fix_source(
    source: Source | str, config: Config | None = None, *, unsafe: bool | None = None
) -> FixResult:
    """The source with all fixes applied that can be, and what is left then.

    Unsafe fixes are applied if `unsafe` says so, by default if the settings do.
    """
    settings = config or Config()
    fixer = Fixer(
        look=lambda fixed: _look(fixed, settings),
        unsafe=settings.unsafe_fixes if unsafe is None else unsafe,
    )
    return fixer.fix(_as_source(source))


@lru_cache(maxsize=16)
def knowledge_for(config: Config) -> Knowledge:
    """The tables that come with rnglint, and those of the settings."""
    from rnglint.knowledge.loader import KnowledgeError, load

    try:
        return load().extend(config.knowledge) if config.knowledge else load()
    except KnowledgeError as error:
        raise ConfigError(f"{config.path or 'command line'}: {error}") from error


def is_on(rule: type[Rule], config: Config) -> bool:
    """Whether a rule reports: as selected, but RNG000 is left out only by `ignore`."""
    if rule.code == _ALWAYS:
        command_line = replace(config.command_line, select=None)
        config = replace(config, select=None, command_line=command_line)
    return config.enabled(rule)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The rules of some settings: those to run, to report, and to fix."""

    run: tuple[type[Rule], ...]
    report: frozenset[str]
    fix: frozenset[str]


@lru_cache(maxsize=16)
def _choice(config: Config) -> _Choice:
    from rnglint.rules import all_rules

    on = [rule for rule in all_rules() if is_on(rule, config)]
    everything = any(rule.code == _UNUSED for rule in on)
    return _Choice(
        run=tuple(rule for rule in all_rules() if rule.default or rule in on or everything),
        report=frozenset(rule.code for rule in on),
        fix=frozenset(rule.code for rule in on if config.may_fix(rule)),
    )


def _as_source(source: Source | str) -> Source:
    return source if isinstance(source, Source) else Source.from_text("<string>", source)


def _look(source: Source, config: Config) -> View:
    from rnglint.facts import gather_facts

    facts = replace(
        gather_facts(source, knowledge_for(config)),
        numpy_target=config.numpy_target,
        numpy_rng=config.numpy_rng,
    )
    choice = _choice(config)
    found = [diagnostic for rule in choice.run for diagnostic in rule().check(facts)]
    kept = _unsuppressed(source, found) if found else []
    if _UNUSED in choice.report:
        kept += _unused_suppressions(facts, found)
    reported = [
        each if each.code in choice.fix else replace(each, fix=None)
        for each in kept
        if each.code in choice.report and not config.ignored_in(each.code, each.filename)
    ]
    reported.sort(key=lambda each: each.sort_key)
    counts = Counter(each.code for each in kept)
    return View(source, tuple(reported), counts, facts.consulted)


def _unsuppressed(source: Source, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What no comment suppresses; fixes that would touch a suppressed finding are dropped."""
    if not _may_be_suppressed(source, found):
        return list(found)
    from rnglint.suppress.comments import suppressions

    comments = suppressions(source)
    suppressed = {each for each in found if comments.covers(each)}
    fixes = {each.fix for each in suppressed}
    rows = {
        (each.span.cell, row)
        for each in suppressed
        for row in range(each.span.start.row, each.span.end.row + 1)
    }
    kept = [each for each in found if each not in suppressed]
    return [
        replace(each, fix=None)
        if each.fix and (each.fix in fixes or any(_touches(edit, rows) for edit in each.fix.edits))
        else each
        for each in kept
    ]


def _unused_suppressions(facts: Facts, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The comments that suppress nothing of what all rules found, where all of it was found."""
    if facts.errors or not facts.complete:
        return
    from rnglint.rules.unused_suppression import UnusedSuppressionRule
    from rnglint.suppress.comments import suppressions

    comments = suppressions(facts.source)
    facts = replace(facts, unused_suppressions=comments.unused(found))
    for each in UnusedSuppressionRule().check(facts):
        if not comments.covers(each):
            yield each


def _may_be_suppressed(source: Source, found: Sequence[Diagnostic]) -> bool:
    """Whether a comment that suppresses can stand where it matters; reading tokens is slow."""
    if "rnglint:" in source.program:
        return True
    return any(
        "noqa" in source.line(each.span.cell, row).lower()
        for each in found
        for row in {each.span.start.row, each.noqa_row or each.span.end.row}
    )


def _touches(edit: Edit, rows: set[tuple[int | None, int]]) -> bool:
    """Whether an edit changes one of the rows; lines put before a row leave it as it is."""
    start, end = edit.span.start, edit.span.end
    if start == end and start.column == 1:
        return False
    last = end.row - 1 if end.column == 1 and end.row > start.row else end.row
    return any((edit.span.cell, row) in rows for row in range(start.row, last + 1))
