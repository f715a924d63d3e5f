"""The pure calls: text and settings in, diagnostics and fixed text out."""

from __future__ import annotations

from collections import Counter

import pytest
from cli_support import BROKEN, LEGACY, LEGACY_FIXED, MISNAMED, MISNAMED_FIXED

from rnglint.config.resolution import Config, load_config
from rnglint.config.selectors import ConfigError
from rnglint.diagnostics import Applicability
from rnglint.engine import check_source, fix_source, knowledge_for
from rnglint.fixes import fixpoint
from rnglint.source.reading import Source


def codes(text: str, config: Config | None = None) -> list[str]:
    return [each.code for each in check_source(text, config)]


def settings(**overrides: object) -> Config:
    return load_config(isolated=True, overrides=overrides)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("x = 1\n", [], id="nothing about randomness"),
        pytest.param(LEGACY, ["RNG101", "RNG102"], id="two findings, in order"),
        pytest.param(BROKEN, ["RNG000"], id="no program"),
        pytest.param("x = '\ud800'\n", [], id="text that no encoding knows"),
    ],
)
def test_a_string_is_checked_as_a_python_file(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_source_keeps_its_name() -> None:
    (found, *_) = check_source(Source.from_bytes("train.py", LEGACY.encode()))
    assert found.filename == "train.py"


def test_diagnostics_are_sorted_by_place() -> None:
    text = LEGACY + "np.random.seed(1)\ny = np.random.rand()\n"
    found = check_source(text)
    assert [each.span.start.row for each in found] == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param({"select": ["RNG201"]}, ["RNG000"], id="selecting others leaves it on"),
        pytest.param({"select": []}, ["RNG000"], id="selecting nothing leaves it on"),
        pytest.param({"ignore": ["RNG000"]}, [], id="ignoring turns it off"),
        pytest.param({"ignore": ["syntax-error"]}, [], id="ignoring by name"),
        pytest.param({"ignore": ["ALL"]}, [], id="ignoring everything"),
    ],
)
def test_unparsable_text_is_silent_only_on_demand(
    overrides: dict[str, object], expected: list[str]
) -> None:
    assert codes(BROKEN, settings(**overrides)) == expected


def test_suppressed_findings_are_left_out() -> None:
    assert codes(LEGACY.replace("seed(0)", "seed(0)  # noqa: RNG101")) == ["RNG102"]
    assert codes("# rnglint: file-ignore[RNG1]\n" + LEGACY) == []


def test_no_fix_touches_a_suppressed_line() -> None:
    text = LEGACY.replace("seed(0)", "seed(0)  # rnglint: ignore[RNG101]")
    (found,) = check_source(text)
    assert found.fix is None
    assert fix_source(text, unsafe=True).source.program == text


def test_unfixable_rules_offer_no_fix() -> None:
    (found,) = check_source(MISNAMED, settings(unfixable=["RNG105"]))
    assert found.fix is None


@pytest.mark.parametrize(
    ("text", "unsafe", "expected"),
    [
        pytest.param(MISNAMED, False, MISNAMED_FIXED, id="a safe fix"),
        pytest.param(LEGACY, False, LEGACY, id="an unsafe fix without trust"),
        pytest.param(LEGACY, True, LEGACY_FIXED, id="an unsafe fix with trust"),
        pytest.param(BROKEN, True, BROKEN, id="no program"),
    ],
)
def test_fix_source(text: str, unsafe: bool, expected: str) -> None:
    result = fix_source(text, unsafe=unsafe)
    assert result.source.program == expected
    assert [each.code for each in result.remaining] == codes(expected)


def test_settings_say_whether_unsafe_fixes_are_trusted() -> None:
    trusting = settings(unsafe_fixes=True)
    assert fix_source(LEGACY, trusting).source.program == LEGACY_FIXED
    assert fix_source(LEGACY, trusting, unsafe=False).source.program == LEGACY


def test_fix_reports_what_it_repaired() -> None:
    result = fix_source(LEGACY, unsafe=True)
    assert [each.code for each in result.applied] == ["RNG101", "RNG102"]
    assert {each.fix and each.fix.applicability for each in result.applied} == {
        Applicability.UNSAFE
    }


def test_rules_that_are_not_selected_still_judge_fixes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fix that another default rule would report is refused, selected or not."""
    seen = []
    judge = fixpoint._fault

    def watch(before: Counter[str], after: Counter[str]) -> str:
        seen.append((dict(before), dict(after)))
        return judge(before, after)

    monkeypatch.setattr(fixpoint, "_fault", watch)
    fix_source(MISNAMED + "np.random.seed(0)\n", settings(select=["RNG105"]))
    assert seen == [({"RNG105": 1, "RNG101": 1}, {"RNG101": 1})]


def test_settings_extend_the_knowledge() -> None:
    table = {"mylab.sampling": {"draw": {"effect": "draw", "parameters": "size?"}}}
    config = settings(knowledge=table)
    assert knowledge_for(config).lookup("mylab.sampling.draw") is not None
    assert knowledge_for(Config()).lookup("mylab.sampling.draw") is None


def test_bad_knowledge_is_an_error_of_the_settings() -> None:
    table = {"mylab": {"draw": {"effect": "drow"}}}
    with pytest.raises(ConfigError, match="drow"):
        knowledge_for(settings(knowledge=table))
