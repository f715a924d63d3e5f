"""The package from outside: what it exports, and what comes with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_support import ROOT, Shell

import rnglint
from rnglint.bundled import fixtures_path


@pytest.mark.parametrize("name", rnglint.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(rnglint, name) is not None
    assert name in dir(rnglint)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = rnglint.nonsense


def test_importing_it_costs_nothing(shell: Shell) -> None:
    code = "import sys; old = set(sys.modules); import rnglint; print(set(sys.modules) - old)"
    loaded = shell.python("-c", code).stdout.decode()
    assert not re.search("click|libcst|rnglint[.]", loaded)


def test_the_example_of_its_docstring_is_true() -> None:
    assert rnglint.check_source("import numpy as np\nnp.random.seed(0)\n")[0].code == "RNG101"


def test_fixtures_come_along() -> None:
    assert (fixtures_path() / "RNG000_syntax_error" / "before.ipynb").is_file()


def test_the_version_stands_in_one_place() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in pyproject
    assert rnglint.__version__ not in pyproject
    assert f"## [{rnglint.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_hooks_name_commands_that_exist() -> None:
    from rnglint.cli.commands import main

    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"entry: rnglint (\w+) (.*)", hooks)
    assert len(entries) == 2
    options = {option for each in main.commands["check"].params for option in each.opts}
    for command, given in entries:
        assert command == "check"
        assert set(given.split()) <= options


def test_the_package_is_typed() -> None:
    assert Path(rnglint.__file__).with_name("py.typed").is_file()
