"""Which of the diagnostics are reported: not what settings, comments or the program excuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rnglint.diagnostics import Diagnostic
from rnglint.discovery.tasks import Settings
from rnglint.engine import is_on, knowledge_for
from rnglint.facts import gather_facts
from rnglint.facts.model import Facts
from rnglint.rules import all_rules
from rnglint.source.reading import Source
from rnglint.suppress.comments import suppressions
from rnglint.verify.watch.observations import Observation
from rnglint.verify.watch.wording import diagnose


def reported(observations: Iterable[Observation], settings: Settings) -> list[Diagnostic]:
    """The diagnostics to report, each once, in order."""
    found = {_identity(each): each for each in map(diagnose, observations)}
    kept = [each for each in found.values() if _is_reported(each, settings)]
    return sorted(kept, key=lambda each: each.sort_key)


def _identity(diagnostic: Diagnostic) -> tuple[object, ...]:
    """One line is reported once, from wherever else the key had been consumed."""
    return diagnostic.filename, diagnostic.code, diagnostic.span


def _is_reported(diagnostic: Diagnostic, settings: Settings) -> bool:
    config = settings.at(diagnostic.filename)
    rule = next(rule for rule in all_rules() if rule.code == diagnostic.code)
    if not is_on(rule, config) or config.ignored_in(diagnostic.code, diagnostic.filename):
        return False
    source = Source.read(diagnostic.filename)
    if suppressions(source).covers(diagnostic):
        return False
    return diagnostic.span.start.row not in _excused(diagnostic.filename, diagnostic.code[:4])


@lru_cache(maxsize=64)
def _excused(filename: str, family: str) -> frozenset[int]:
    """The rows where the static rules see that a repetition is meant."""
    from rnglint.config.resolution import Config

    facts = gather_facts(Source.read(filename), knowledge_for(Config()))
    return frozenset(_meant_keys(facts) if family == "RNG2" else _meant_seeds(facts))


def _meant_keys(facts: Facts) -> Iterator[int]:
    for reuse in facts.key_reuses:
        listed = reuse.loop is not None and facts.loops[reuse.loop].listed
        if reuse.intended or (listed and not reuse.again.by.startswith("jax.random.")):
            yield reuse.again.span.start.row
    for capture in facts.key_captures:
        if capture.intended:
            yield capture.consumption.span.start.row


def _meant_seeds(facts: Facts) -> Iterator[int]:
    for reset in facts.seed_resets:
        if reset.intended or facts.loops[reset.loop].cases:
            yield reset.call.start.row
