"""The documentation says what is true now."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from cli_support import ROOT, Shell

from rnglint.config.resolution import load_config
from rnglint.config.settings import parse_toml
from rnglint.engine import check_source, knowledge_for
from rnglint.rules import Rule, all_rules

sys.path.insert(0, str(ROOT / "scripts"))

import document_rules as docs

README = (ROOT / "README.md").read_text(encoding="utf-8")
RULES = [pytest.param(rule, id=rule.code) for rule in all_rules()]


def block(marker: str) -> str:
    """The code block of README that follows a comment."""
    match = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert match, marker
    return match[1]


def test_pages_and_table_are_those_of_the_rules() -> None:
    assert docs.problems(ROOT, all_rules()) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with documentation that is right."""
    (tmp_path / "README.md").write_text("<!-- rules: begin -->\n<!-- rules: end -->\n")
    docs.write(tmp_path, all_rules())
    assert docs.problems(tmp_path, all_rules()) == []
    return tmp_path


def test_drift_is_found(checkout: Path) -> None:
    page = checkout / docs.RULES / docs.page_name(all_rules()[1])
    page.write_text("old")
    (checkout / docs.RULES / "RNG999-gone.md").touch()
    readme = checkout / "README.md"
    readme.write_text(readme.read_text().replace("RNG101", "RNG1O1"))
    assert docs.problems(checkout, all_rules()) == [
        f"{page.relative_to(checkout)} is out of date: run scripts/document_rules.py",
        "README.md is out of date: run scripts/document_rules.py",
        f"{docs.RULES / 'RNG999-gone.md'} is of no rule",
    ]
    docs.write(checkout, all_rules())
    assert docs.problems(checkout, all_rules()) == []


def test_a_missing_heading_is_found(checkout: Path) -> None:
    rule = type("Hasty", (all_rules()[0],), {"__doc__": "Checks for haste.\n\n## Example\nNone.\n"})
    docs.write(checkout, [rule])
    assert len(docs.problems(checkout, [rule])) == len(docs.HEADINGS) - 1


@pytest.mark.parametrize("rule", RULES)
def test_examples_of_a_page_are_true(rule: type[Rule]) -> None:
    """The code under "Example" has the finding, the code under "Use instead" has none."""
    parts = re.split(r"^## (.*)\n", rule.page(), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    bad, good = (
        "\n".join(re.findall(r"```python\n(.*?)```", sections[heading], re.DOTALL))
        for heading in ("Example", "Use instead")
    )
    settings = load_config(isolated=True, overrides={"select": ["ALL"]})
    assert rule.code in {each.code for each in check_source(bad, settings)}
    assert rule.code not in {each.code for each in check_source(good, settings)}


def test_the_opening_example_is_true(shell: Shell) -> None:
    shell.write("train.py", block("example: before"))
    assert shell.run("check", "train.py").out == block("example: report") + "\n"
    shell.run("check", "--fix", "--unsafe-fixes", "train.py")
    assert shell.read("train.py") == block("example: after")


def test_the_settings_of_the_readme_are_understood() -> None:
    (text,) = re.findall(r"```toml\n(\[tool.rnglint\]\n.*?)```", README, re.DOTALL)
    known = {rule.code for rule in all_rules()}
    text = re.sub(r'"(RNG\d{3})"', lambda code: code[0] if code[1] in known else '"RNG1"', text)
    table = parse_toml(text, "README.md")["tool"]["rnglint"]
    assert load_config(isolated=True, overrides=table).unsafe_fixes


def test_the_knowledge_of_the_readme_is_understood() -> None:
    (text,) = re.findall(r"```toml\n(\[tool.rnglint.knowledge.*?)```", README, re.DOTALL)
    table = parse_toml(text, "README.md")["tool"]["rnglint"]
    knowledge = knowledge_for(load_config(isolated=True, overrides=table))
    entry = knowledge.lookup("mylab.sampling.draw_batch")
    assert entry is not None
    assert entry.effect == "consume"


COMMANDS = [
    line
    for shell_block in re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    for line in re.findall(r"^rnglint .*?(?=  +#|$)", shell_block, re.MULTILINE)
]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_of_the_readme_exist(line: str, shell: Shell) -> None:
    command, *rest = line.split()[1:]
    assert shell.run(command, "--help", *rest).code == 0


def test_contributing_has_the_same_command_as_the_readme() -> None:
    assert block("command: test") in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_public_texts_name_no_rule_that_does_not_exist() -> None:
    known = {rule.code for rule in all_rules()} | {"RNG401"}
    for name in ("README.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"RNG\d{3}", text)) <= known
