"""RNG302: a function that sets a seed again, to the same value, each time it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Call, Context, Facts, Reference, RepeatedSeeder, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_among_tests, is_tested_in, under_main_guard
from rnglint.rules.wording import loop_in_words

#: Names of functions that want the same numbers at every call.
_MEANT = re.compile(
    r"(?:^|_)(?:bench|check|compare|demo|dummy|eval|evaluate|example|fake|fixed"
    r"|init|initialize|measure|mock|plot|profile|render|sanity|setup|show"
    r"|split|test|tests|time|timeit|timing|toy|valid|validate|validation|visualize|warmup)(?:_|$)",
    re.IGNORECASE,
)
#: Files that are scripts, by their names, wherever they lie.
_SCRIPT = re.compile(
    r"__main__|_?main|conftest|setup|config|.*(?:bench|demo|example|experiment|plot|run|script|train)",
    re.IGNORECASE,
)
#: Classes of which a program makes one object, to run.
_PROGRAM = re.compile(r"App|Bench|Experiment|Main|Program|Runner|Session|Test|Trainer")
_GLOBAL = "set global seeds once, where the program starts; hand a generator to functions"
#: What the convention calls the seed of a function that is to repeat itself.
_CONVENTION = frozenset({"random_state"})
#: Names of functions that say that they set a seed.
_SAYS_SO = re.compile(r"seed|determin|reproduc", re.IGNORECASE)


class SeedResetByCallee(Rule):
    """Checks for a function that resets a seed and is called again and again.

    ## Why is this bad?
    Whoever calls a function does not see the seed that it sets. Where a loop calls it, each round
    replays the numbers of the round before: every image is shifted alike, every shard of the data
    gets the same noise, every episode has the same goal. Where it seeds hidden global state, it
    does so for the whole program: what its caller draws afterwards repeats as well, whichever seed
    was set before.

    ## Example
    ```python
    import numpy as np


    def noisy(image, seed=0):
        rng = np.random.default_rng(seed)
        return image + rng.normal(size=image.shape)


    def augment(images, seed):
        return [noisy(image, seed) for image in images]
    ```

    ## Use instead
    ```python
    import numpy as np


    def noisy(image, rng):
        return image + rng.normal(size=image.shape)


    def augment(images, seed):
        rng = np.random.default_rng(seed)
        return [noisy(image, rng) for image in images]
    ```

    ## Fix safety
    There is no fix: the function has to get a generator instead of a seed.

    ## Known limits
    A function that makes a generator or key of its own is reported where a loop calls it, its seed
    does not change, and it draws from it right there. Not where the seed is the default of a
    parameter or a parameter `random_state`, nor where a comment calls the key a dummy, nor where
    the function, or the one around the call, is named as those are that want the same numbers at
    every call (`validate`, `time_step`, `init_model`). Outside of loops only hidden global state
    counts, and only where the same seed was set before and the program draws between the two and
    after. Functions are followed into other files of the project, methods of objects are not. Tests
    and benchmarks are not looked at, nor loops through listed cases and rounds that seed alike
    twice, to compare.

    A constructor and the top of a module are reported where they seed global state with a constant
    and belong to a package that others import: not in scripts, and not where an `if __name__ ==
    "__main__"` says that the file is one.
    """

    code: ClassVar[str] = "RNG302"
    name: ClassVar[str] = "seed-reset-by-callee"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each call, constructor or module that resets a seed."""
        if is_among_tests(facts):
            return
        if facts.repeated_seeders:
            places = Places(facts)
            for item in facts.repeated_seeders:
                if not _is_meant(places, item):
                    yield self._report(facts, item)
        if facts.in_package and not _SCRIPT.match(PurePath(facts.source.filename).stem):
            yield from self._import_time(facts)

    def _report(self, facts: Facts, item: RepeatedSeeder) -> Diagnostic:
        seeds = f"`{item.callee}` seeds `{item.qualified}` with `{item.seed}`"
        if item.loop is not None:
            where = loop_in_words(facts, item.loop, item.call)
            message = f"{seeds} at each call: every round of the {where} replays the same numbers"
            related = [Related("each round of this loop", facts.loops[item.loop].header)]
        else:
            assert item.first is not None
            message = f"{seeds} again: what is drawn from here on was drawn before"
            related = [Related("the same seed was set here", item.first)]
        seeded = Related("the seed is set here", item.reseeds, item.filename or None)
        return self.diagnostic(
            facts,
            item.call,
            message,
            label="the same seed at every call",
            help=_GLOBAL if item.is_global else "pass it a generator or key in place of a seed",
            related=[seeded, *related],
        )

    def _import_time(self, facts: Facts) -> Iterator[Diagnostic]:
        """Reports what seeds when a module is imported or an object is made."""
        for reference in facts.references:
            call = reference.call
            seeds = reference.entry.effect == "seed" and reference.context is Context.CALL
            if not seeds or call is None or not _is_constant(call) or under_main_guard(facts):
                continue
            who = _importer(facts, reference)
            if who is not None:
                yield self.diagnostic(
                    facts,
                    call.span,
                    f"{who} sets the seed of `{reference.qualified}` to"
                    f" `{call.arguments[0].text}` for the whole program",
                    label="resets what everybody draws from",
                    help=_GLOBAL,
                )


def _is_constant(call: Call) -> bool:
    """Whether a seed is a number, or a variable that is written as constants are."""
    first = call.arguments[0] if call.arguments else None
    if first is None or first.star:
        return False
    number = first.is_literal and isinstance(first.literal, int)
    return number or (first.kind == "Name" and first.text.isupper())


def _importer(facts: Facts, reference: Reference) -> str | None:
    """What runs the seeding: the import of the module, or the making of an object; else None."""
    scope = facts.scopes[reference.scope]
    if scope.kind is ScopeKind.MODULE:
        defines = any(item.parent == 0 and item.name for item in facts.scopes[1:])
        return "importing this module" if defines and not reference.loops else None
    if scope.name != "__init__" or scope.parent is None:
        return None
    owner = facts.scopes[scope.parent]
    if owner.kind is not ScopeKind.CLASS or _PROGRAM.search(owner.name):
        return None
    return f"each new `{owner.name}`"


def _is_meant(places: Places, item: RepeatedSeeder) -> bool:
    """Whether the same numbers may be wanted: for a comparison, or by whoever wrote the callee."""
    facts = places.facts
    if item.intended or is_tested_in(places, item.scope):
        return True
    if item.loop is None:
        return bool(_SAYS_SO.search(item.callee))
    if facts.loops[item.loop].cases:
        return True
    if item.is_global:
        return False
    if item.is_default or item.seed in _CONVENTION:
        return True
    around = [scope.name for scope in places.functions(item.scope)]
    return any(map(_MEANT.search, (item.callee, *around)))
