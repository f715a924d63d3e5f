"""`pytest --rnglint`: the test that misuses random numbers fails, and says where."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from cli_support import ROOT

pytest.importorskip("jax")

PLUGIN = "rnglint.verify.watch.pytest_plugin"
TESTS = """
import jax, numpy as np, pytest

key = jax.random.PRNGKey(0)

def test_reuse():
    key = jax.random.PRNGKey(0)
    x = jax.random.normal(key)
    y = jax.random.uniform(key)
    assert x < 9 > y

@pytest.mark.rnglint_ignore("RNG2")
def test_allowed():
    key = jax.random.PRNGKey(0)
    x = jax.random.normal(key)
    y = jax.random.uniform(key)
    assert x < 9 > y

@pytest.mark.rnglint_ignore
def test_all_allowed():
    np.random.seed(0)
    assert np.random.rand() < 9

def test_of_one_value():
    assert jax.random.normal(key) < 9

def test_of_the_same_value_in_another_test():
    assert jax.random.normal(key) < 9

def test_of_a_comparison():
    key = jax.random.PRNGKey(0)
    f = lambda key: jax.random.normal(key, (3,))
    assert (f(key) == jax.jit(f)(key)).all()

def test_of_hidden_state():
    assert np.random.rand() < 9

def test_that_fails_anyway():
    np.random.seed(0)
    assert False, "its own reason"
"""


def run(folder: Path, *options: str) -> str:
    (folder / "test_program.py").write_text(TESTS, encoding="utf-8")
    installed = any(item.value == PLUGIN for item in entry_points(group="pytest11"))
    loaded = () if installed else ("-p", PLUGIN)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *loaded, "-p", "no:cacheprovider", "-rA", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return result.stdout + result.stderr


def test_the_tests_that_misuse_random_numbers_fail(tmp_path: Path) -> None:
    output = run(tmp_path, "--rnglint", "--strict-markers")
    failed = {line.split("::")[1].split()[0] for line in output.splitlines() if "FAILED " in line}
    assert failed == {"test_reuse", "test_of_hidden_state", "test_that_fails_anyway"}
    assert "test_program.py:9:28: RNG201 key `key` was already consumed" in output
    assert "first consumed here" in output
    assert "its own reason" in output


def test_rules_can_be_allowed_for_all_tests(tmp_path: Path) -> None:
    output = run(tmp_path, "--rnglint", "--rnglint-ignore", "RNG201,numpy-global-sample")
    assert "FAILED" in output
    assert "1 failed, 7 passed" in output


def test_it_does_nothing_if_it_is_not_asked_to(tmp_path: Path) -> None:
    assert "1 failed, 7 passed" in run(tmp_path, "--strict-markers")


def test_it_costs_nothing_if_it_is_not_asked_to() -> None:
    code = (
        "import sys, pytest; old = set(sys.modules); import "
        f"{PLUGIN}; print(sorted(m for m in set(sys.modules) - old if 'rnglint' in m))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = ["rnglint", "rnglint.verify", "rnglint.verify.watch", PLUGIN]
    assert result.stdout.strip() == str(loaded)


def test_pytest_finds_it() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'[project.entry-points.pytest11]\nrnglint = "{PLUGIN}"' in pyproject
