"""Recorded programs: what JAX says of each, and what we are to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from expectations import program
from judge.cases import Case, cases

from rnglint import check_source

#: What says that a key is used twice.
REUSE_CODES = frozenset({"RNG201", "RNG202", "RNG203", "RNG205", "RNG209"})
CASES = cases()


def test_a_verdict_other_than_that_of_jax_has_a_reason() -> None:
    differing = [case for case in CASES if bool(case.codes) is not case.running]
    assert all(case.why for case in differing)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_our_verdict(case: Case) -> None:
    found = {each.code for each in check_source(program(case.text))} & REUSE_CODES
    assert bool(found) is bool(case.codes)
    assert found <= set(case.codes)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_of_jax(case: Case) -> None:
    jax = _jax_of_the_record()
    with jax.debug_key_reuse(True):
        assert _errs(case, lambda function, key: function(key)) is case.running


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in CASES if case.traced is not None]
)
def test_the_verdict_of_jax_when_traced(case: Case) -> None:
    _jax_of_the_record()
    core = pytest.importorskip("jax.experimental.key_reuse._core")
    assert _errs(case, core.check_key_reuse) is case.traced


def _jax_of_the_record() -> Any:
    jax = pytest.importorskip("jax")
    if jax.__version_info__ < (0, 10):
        pytest.skip("recorded with JAX 0.10.2")
    return jax


def _errs(case: Case, run: Callable[..., Any]) -> bool:
    """Whether a KeyReuseError is raised when `run` does what it does with the program."""
    import jax

    namespace: dict[str, Any] = {}
    exec(case.text, namespace)
    try:
        run(namespace["program"], jax.random.key(0))
    except jax.errors.KeyReuseError:
        return True
    return False
