"""Every fixture of every rule: exact findings, exact fixes, and no findings where none belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from expectations import expected, fixed, reported

from rnglint import check_source
from rnglint.rules import Rule, all_rules
from rnglint.source.reading import Source

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
BEFORE = sorted(FIXTURES.glob("*/before.*"))
AFTER = sorted(FIXTURES.glob("*/after.py"))
CLEAN = sorted(FIXTURES.glob("*/clean.py"))


def name(path: Path) -> str:
    """How a test says which fixture it is about."""
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", BEFORE, ids=name)
def test_findings_are_exactly_those_that_the_lines_announce(path: Path) -> None:
    source = Source.read(path)
    announced = expected(source)
    assert path.parent.name.partition("_")[0] in {code for _, _, code in announced}
    assert reported(source) == announced


@pytest.mark.parametrize("path", AFTER, ids=name)
def test_fixes_give_exactly_this_and_leave_nothing_to_report(path: Path) -> None:
    after = path.read_text(encoding="utf-8")
    before = path.with_name("before.py").read_text(encoding="utf-8")
    assert fixed(before, "before.py") == after
    assert reported(Source.read(path)) == {}
    assert fixed(after, "after.py") == after


@pytest.mark.parametrize("path", CLEAN, ids=name)
def test_nothing_is_reported_where_nothing_is_wrong(path: Path) -> None:
    assert check_source(Source.read(path)) == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_each_rule_has_its_fixtures(rule: type[Rule]) -> None:
    folder = FIXTURES / f"{rule.code}_{rule.name.replace('-', '_')}"
    assert (folder / "clean.py").is_file()
    assert (folder / "before.py").is_file() or (folder / "before.ipynb").is_file()
    assert (folder / "after.py").is_file() == (rule.fixable != "-")
