"""Whether the knowledge tables name what the installed libraries have, and all of it.

Where an older release than a table's `version` is installed, the comparison is skipped.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from installed_libraries import (
    INSTALLED,
    TABLES,
    entries_of,
    exists,
    is_older,
    resolve,
    signature_of,
)

from rnglint.knowledge.loader import load


@pytest.fixture(params=sorted(INSTALLED))
def library(request: pytest.FixtureRequest) -> str:
    """A library whose installed release can be compared with its table."""
    name: str = request.param
    if is_older(name):
        pytest.skip(f"{name} {INSTALLED[name]} is older than the table, {TABLES[name]['version']}")
    return name


def test_the_newest_supported_releases_are_really_compared() -> None:
    if sys.version_info < (3, 11):
        pytest.skip("current releases of NumPy and JAX need a newer Python")

    assert not [library for library in INSTALLED if is_older(library)]


def test_every_name_exists(library: str) -> None:
    known = entries_of(library)

    assert len(known) > 80
    assert [entry.qualified for entry in known if not exists(entry.qualified)] == []


def public_callables(module: Any) -> Iterator[str]:
    """The names of a module's functions and classes."""
    for name in dir(module):
        if not name.startswith("_") and callable(getattr(module, name)):
            yield f"{module.__name__}.{name}"


@pytest.mark.parametrize(
    ("module", "least"),
    [("numpy.random", 60), ("jax.random", 46), ("jax.nn.initializers", 19), ("random", 24)],
)
def test_no_public_callable_is_missing(module: str, least: int) -> None:
    names = list(public_callables(resolve(module)))

    assert len(names) >= least
    assert [name for name in names if load().lookup(name) is None] == []


#: Functions whose signature hides what they take.
OPAQUE = {"numpy.random.ranf", "numpy.random.sample", "jax.nn.initializers.Initializer"}


@pytest.mark.parametrize(("library", "least"), [("numpy", 90), ("jax", 180)], indirect=["library"])
def test_parameters_are_those_of_the_installed_function(library: str, least: int) -> None:
    compared = {
        entry: signature
        for entry in entries_of(library)
        if entry.qualified not in OPAQUE
        and (signature := signature_of(resolve(entry.qualified))) is not None
    }
    wrong = [entry for entry, signature in compared.items() if entry.parameters != signature]

    assert len(compared) >= least
    assert wrong == []


@pytest.mark.parametrize("library", ["stdlib"], indirect=True)
def test_parameters_of_the_random_module_hold_for_every_python(library: str) -> None:
    known = [entry for entry in entries_of(library) if entry.qualified.startswith("random.")]
    signatures = [(entry, signature_of(resolve(entry.qualified))) for entry in known]
    compared = [(entry, found) for entry, found in signatures if found is not None]

    assert len(compared) >= 20
    for entry, found in compared:
        assert [p.name for p in entry.parameters] == [p.name for p in found], entry.name
        assert all(
            theirs.required >= ours.required
            for ours, theirs in zip(entry.parameters, found, strict=True)
        )


@pytest.mark.parametrize("name", ["ranf", "sample"])
def test_the_wrappers_of_random_sample_take_its_arguments(name: str) -> None:
    wrapped = load().entries["numpy.random.random_sample"]

    assert load().entries[f"numpy.random.{name}"].parameters == wrapped.parameters
    assert getattr(np.random, name)(size=3).shape == (3,)


def test_every_alias_is_another_spelling_of_the_same_thing(library: str) -> None:
    aliases = TABLES[library].get("aliases", {})
    for alias, target in aliases.items():
        if not inspect.ismodule(resolve(target)):
            assert is_same(resolve(alias), resolve(target)), alias
            continue
        below = {name for name in load().entries if name.rpartition(".")[0] == target}
        spelled = {alias + name[len(target) :]: name for name in below}
        shared = {spelling: name for spelling, name in spelled.items() if exists(spelling)}
        assert shared
        assert all(is_same(resolve(spelling), resolve(name)) for spelling, name in shared.items())


def is_same(first: Any, second: Any) -> bool:
    """Whether two objects are one, or functions whose parameters have the same names."""
    names = [[p.name for p in signature_of(function) or ()] for function in (first, second)]
    return first is second or (bool(names[0]) and names[0] == names[1])


def test_former_spellings_are_gone_and_their_replacements_are_there(library: str) -> None:
    for former, name in TABLES[library].get("former", {}).items():
        assert not exists(former)
        assert name in load().entries


@pytest.mark.parametrize(
    "qualified", ["numpy.random.Generator", "numpy.random.RandomState", "random.Random"]
)
def test_methods_are_those_of_the_installed_class(qualified: str) -> None:
    known = load().cls(qualified)
    actual = {name for name in dir(resolve(qualified)) if not name.startswith("_")}

    assert known is not None
    assert actual - known.methods <= {"VERSION"}
    assert known.methods - actual <= {"binomialvariate"}


def test_missing_methods_are_missing_and_their_replacements_are_there() -> None:
    known = [entry for entry in load().classes.values() if entry.missing]

    assert {"rand", "randint", "seed"} <= load().classes["numpy.random.Generator"].missing.keys()
    for entry in known:
        assert not entry.missing.keys() & entry.methods
        assert set(entry.missing.values()) - {""} <= entry.methods


def test_every_legacy_numpy_name_that_generators_lack_is_listed() -> None:
    generator = load().classes["numpy.random.Generator"]
    legacy = {e.name for e in entries_of("numpy") if e.effect in ("seed", "draw")}
    legacy |= load().classes["numpy.random.RandomState"].methods

    assert len(legacy) > 45
    assert legacy - generator.methods == generator.missing.keys()


def test_made_classes_are_described_by_an_entry_that_can_be_imported(library: str) -> None:
    makers = [entry for entry in entries_of(library) if entry.makes]

    assert makers
    assert all(exists(entry.makes or "") for entry in makers)
