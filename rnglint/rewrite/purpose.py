"""What a file is for: tests, a program that is run, or a library that others import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from rnglint.facts.model import Facts, Reference, ScopeKind
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code

_TEST = re.compile(r"test_|test[A-Z]")
#: What is left of the name of a test file that is about legacy random numbers themselves.
_ABOUT_RANDOM = re.compile(r"(?:np_|numpy_)?(?:random|random_?state|mtrand)(?:_regressions?)?")
#: Folders of data that tests compare with, and what writes it.
_OF_TESTS = frozenset({"data", "golden", "results", "test", "tests"})
_WRITES = re.compile(r"\b(?:dump|savez?\w*|savetxt|to_csv|to_json|to_pickle|tofile|write\w*)\(")


def is_test_file(facts: Facts) -> bool:
    """Whether a file holds tests, or what tests share."""
    stem = PurePath(facts.source.filename).stem
    if stem.startswith("test_") or stem.endswith("_test") or stem == "conftest":
        return True
    functions = (item for item in facts.scopes if item.kind is ScopeKind.FUNCTION)
    return any(_TEST.match(item.name) for item in functions)


def is_subject(places: Places, scope: int, method: str) -> bool:
    """Whether a test is about the legacy method that it calls: then it needs just that.

    The file says so (`test_random.py`, `random/tests/`), or the class or function (`TestRandint`,
    `test_choice`).
    """
    facts = places.facts
    if not is_test_file(facts):
        return False
    path = PurePath(facts.source.filename)
    tested = [path.stem.removeprefix("test_").removesuffix("_test")]
    if path.parent.name in _OF_TESTS:
        tested.append(path.parent.parent.name)
    if any(map(_ABOUT_RANDOM.fullmatch, tested)):
        return True
    names = {item.name.lower().replace("_", "") for item in places.chain(scope)}
    return f"test{method.replace('_', '')}" in names


def writes_for_tests(facts: Facts) -> bool:
    """Whether a file writes what tests compare with: other numbers would make all of it stale."""
    folders = PurePath(facts.source.filename).parts[-4:-1]
    among_tests = not _OF_TESTS.isdisjoint(folders) and not is_test_file(facts)
    return among_tests and _WRITES.search(code(facts.source.program)) is not None


def is_program(places: Places, draws: Iterable[Reference]) -> bool:
    """Whether a module runs by itself: then its seed is meant for its own `draws`.

    The seed of a module that only defines things may be meant for those who import it.
    """
    facts = places.facts
    if PurePath(facts.source.filename).suffix == ".ipynb" or is_test_file(facts):
        return True
    draws = tuple(draws)
    if any(not places.functions(item.scope) for item in draws):
        return True
    if not places.import_time_words.isdisjoint(places.carriers(draws)):
        return True
    own = frozenset(item.name for item in facts.scopes if item.kind is ScopeKind.FUNCTION)
    return places.runs_on_import(own)
