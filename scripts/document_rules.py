"""Writes what is generated from the rules' docstrings: docs/rules/*.md and README's table.

Without arguments the script writes them; with `--check` it says what is out of date, and exits
with 1 if anything is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rnglint.cli.manual import page, rows
from rnglint.rules import Rule, all_rules

ROOT = Path(__file__).resolve().parent.parent
RULES = Path("docs", "rules")
README = Path("README.md")
HEADINGS = ("Why is this bad?", "Example", "Use instead", "Fix safety", "Known limits")

_TABLE = re.compile(r"(?<=<!-- rules: begin -->\n).*?(?=<!-- rules: end -->)", re.DOTALL)
_FIXES = {"safe": "safe", "unsafe": "unsafe", "-": ""}


def generated(root: Path, rules: Sequence[type[Rule]]) -> dict[Path, str]:
    """The files that are generated, wholly or in part, and what each has to hold."""
    pages = {root / RULES / page_name(rule): page(rule) for rule in rules}
    readme = root / README
    table = markdown_table(rules)
    text, found = _TABLE.subn(lambda _: table, readme.read_text(encoding="utf-8"))
    if found != 1:
        raise ValueError(f"{readme} needs one place for the table of rules, and has {found}")
    return {**pages, readme: text}


def markdown_table(rules: Sequence[type[Rule]]) -> str:
    """README's table: a row per rule, linked to its page."""
    lines = ["| code | name | finds | fix | default |", "|---|---|---|---|---|"]
    for rule, (code, name, finds, fix, on) in zip(rules, rows(rules), strict=True):
        link = f"[{code}]({RULES.as_posix()}/{page_name(rule)})"
        finds = finds.replace("|", "\\|")
        lines.append(f"| {link} | {name} | {finds} | {_FIXES[fix]} | {on} |")
    return "\n".join(lines) + "\n"


def page_name(rule: type[Rule]) -> str:
    """The file name of a rule's page: the last part of its published address."""
    return rule.url().rpartition("/")[2]


def problems(root: Path, rules: Sequence[type[Rule]]) -> list[str]:
    """What is wrong with the documentation as it stands, a line for each thing."""
    found = [
        f"{rule.code}: its docstring lacks the heading `## {heading}`"
        for rule in rules
        for heading in HEADINGS
        if f"\n## {heading}\n" not in rule.page()
    ]
    wanted = generated(root, rules)
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(f"{path.relative_to(root)} is out of date: run scripts/document_rules.py")
    return found + [f"{path.relative_to(root)} is of no rule" for path in _strays(root, wanted)]


def write(root: Path, rules: Sequence[type[Rule]]) -> None:
    """Writes all generated files, and deletes the pages of rules that are no more."""
    (root / RULES).mkdir(parents=True, exist_ok=True)
    wanted = generated(root, rules)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    for path in _strays(root, wanted):
        path.unlink()


def _strays(root: Path, wanted: dict[Path, str]) -> list[Path]:
    return [path for path in sorted((root / RULES).glob("*.md")) if path not in wanted]


def main() -> int:
    """Runs the script; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    if not parser.parse_args().check:
        write(ROOT, all_rules())
    found = problems(ROOT, all_rules())
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
