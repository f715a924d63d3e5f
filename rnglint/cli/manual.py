"""The manual: a page for each rule, made from its docstring, and the table of all rules."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from rnglint.config.resolution import ConfigError
from rnglint.config.selectors import nearest
from rnglint.report.style import use_color
from rnglint.rules import Rule, all_rules

#: What each kind of fix promises.
_FIXES = {
    "safe": "Its fixes are safe: they keep what the program means.",
    "unsafe": "Its fixes are unsafe: they are applied only with `--unsafe-fixes`.",
    "-": "It has no fix.",
}


def find_rule(text: str) -> type[Rule] | None:
    """The rule with this code or name, in capitals or not."""
    wanted = text.lower()
    return next((rule for rule in all_rules() if wanted in (rule.code.lower(), rule.name)), None)


def page(rule: type[Rule]) -> str:
    """The page of a rule, in Markdown."""
    default = "on by default" if rule.default else "off by default: it has to be selected"
    intro = f"This rule is {default}. {_FIXES[rule.fixable]}"
    return f"# {rule.name} ({rule.code})\n\n{intro}\n\n{rule.page()}\n"


def as_object(rule: type[Rule]) -> dict[str, Any]:
    """What is known of a rule, for programs."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary(),
        "default": rule.default,
        "fix": None if rule.fixable == "-" else rule.fixable,
        "explanation": rule.page(),
        "url": rule.url(),
    }


def rows(rules: Sequence[type[Rule]]) -> list[tuple[str, str, str, str, str]]:
    """The table of rules: code, name, what it finds, its fixes, whether it is on."""
    return [
        (
            rule.code,
            rule.name,
            rule.summary().removeprefix("Checks for ").rstrip("."),
            rule.fixable,
            "yes" if rule.default else "-",
        )
        for rule in rules
    ]


def show_pages(text: str | None, *, as_json: bool) -> None:
    """Prints the page of the rule with a code or name, or (None) the pages of all rules."""
    if text is None:
        chosen: Sequence[type[Rule]] = all_rules()
    else:
        chosen = [find_rule(text) or _unknown(text)]
    if as_json:
        objects = [as_object(rule) for rule in chosen]
        print(json.dumps(objects if text is None else objects[0], indent=2))
    else:
        _print_markdown("\n\n".join(map(page, chosen)))


def show_table(*, as_json: bool) -> None:
    """Prints the table of all rules."""
    if as_json:
        objects = [as_object(rule) for rule in all_rules()]
        print(json.dumps(objects, indent=2))
    else:
        print(text_table(all_rules()), end="")


def _unknown(text: str) -> type[Rule]:
    known = [word for rule in all_rules() for word in (rule.code, rule.name)]
    raise ConfigError(f"unknown rule `{text}`{nearest(text, known)}")


def _print_markdown(text: str) -> None:
    """Prints Markdown: laid out on a terminal, as it is elsewhere."""
    if not use_color("auto", sys.stdout):
        print(text, end="")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def text_table(rules: Sequence[type[Rule]]) -> str:
    """The table of rules in aligned columns."""
    table = [("code", "name", "fix", "on", "finds")]
    table += [(code, name, fix, on, finds) for code, name, finds, fix, on in rows(rules)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in table
    )
