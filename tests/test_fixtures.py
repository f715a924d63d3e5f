"""Every fixture of every rule: exact findings, exact fixes, and no findings where none belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from expectations import expected, fixed, reported, without_expectations

from rnglint.rules import Rule, all_rules
from rnglint.source.reading import Source

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
BEFORE = sorted(FIXTURES.glob("*/before.*"))
AFTER = sorted(FIXTURES.glob("*/after.py"))
UNFIXED = sorted(FIXTURES.glob("*/unfixed.py"))
CLEAN = sorted(FIXTURES.glob("*/clean.py"))


def code(path: Path) -> str:
    """The rule that a fixture is about, which may have to be opted in."""
    return path.parent.name.partition("_")[0]


def name(path: Path) -> str:
    """How a test says which fixture it is about."""
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", BEFORE, ids=name)
def test_findings_are_exactly_those_that_the_lines_announce(path: Path) -> None:
    source = Source.read(path)
    announced = expected(source)
    assert code(path) in {each for _, _, each in announced}
    assert reported(source, code(path)) == announced


@pytest.mark.parametrize("path", AFTER, ids=name)
def test_fixes_give_exactly_this_and_leave_nothing_to_report(path: Path) -> None:
    after = path.read_text(encoding="utf-8")
    before = path.with_name("before.py").read_text(encoding="utf-8")
    assert fixed(before, "before.py", code(path)) == after
    assert reported(Source.read(path), code(path)) == {}
    assert fixed(after, "after.py", code(path)) == after


@pytest.mark.parametrize("path", UNFIXED, ids=name)
def test_what_has_no_fix_is_reported_and_left_alone(path: Path) -> None:
    source = Source.read(path)
    announced = expected(source)
    assert announced and reported(source, code(path)) == announced
    text = path.read_text(encoding="utf-8")
    assert fixed(text, "unfixed.py", code(path)) == without_expectations(text)


@pytest.mark.parametrize("path", CLEAN, ids=name)
def test_nothing_is_reported_where_nothing_is_wrong(path: Path) -> None:
    assert reported(Source.read(path), code(path)) == {}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_each_rule_has_its_fixtures(rule: type[Rule]) -> None:
    folder = FIXTURES / f"{rule.code}_{rule.name.replace('-', '_')}"
    assert (folder / "clean.py").is_file()
    assert (folder / "before.py").is_file() or (folder / "before.ipynb").is_file()
    assert (folder / "after.py").is_file() == (rule.fixable != "-")
