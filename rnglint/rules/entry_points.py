"""Where a program starts and where it is tested: places that a rule about repeated calls spares."""

from __future__ import annotations

import re
from pathlib import PurePath

from rnglint.facts.model import Facts
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import words
from rnglint.source.modules import is_test_file

#: Functions that start a program, by their names and by their decorators.
ENTRY = re.compile(r"_?main(?:_\w+)?|\w+_main")
ENTRY_DECORATORS = frozenset({"main", "command", "group", "callback", "fixture", "yield_fixture"})
_TEST = re.compile(r"test|Test|\w*Test(?:s|Case)?$|set_?[uU]p|setup_|\w*[bB]enchmark$")
_BENCHMARK_FOLDERS = frozenset({"asv_bench", "benchmark", "benchmarks", "microbenchmarks"})
_MAIN_GUARD = re.compile(r"if\s+__name__\s*==|if\s+.{0,12}==\s*__name__")


def is_among_tests(facts: Facts) -> bool:
    """Whether a file tests or measures, by its name or its folder."""
    folders = PurePath(facts.source.filename).parts[:-1]
    return is_test_file(facts.source.filename) or not _BENCHMARK_FOLDERS.isdisjoint(folders)


def is_tested_in(places: Places, scope: int) -> bool:
    """Whether a place lies in a test, its fixtures or its helpers."""
    return any(_TEST.match(item.name) for item in places.chain(scope))


def under_main_guard(facts: Facts) -> frozenset[str]:
    """The words under `if __name__ == "__main__":`."""
    texts = (facts.text(item.span) for item in facts.statements if item.kind == "If")
    found = (words(text) for text in texts if _MAIN_GUARD.match(text))
    return frozenset(word for counted in found for word in counted)
