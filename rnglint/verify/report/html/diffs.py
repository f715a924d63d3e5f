"""A unified diff as HTML: what a line is says its sign, and its colour once more."""

from __future__ import annotations

from rnglint.verify.report.html.elements import Html, element

_CLASSES = {"+": "added", "-": "removed", "@": "hunk"}


def diff(text: str) -> Html:
    """The diff, a line to a line; the names of both files stand at its head."""
    lines = (
        element(
            "span", f"{line}\n", class_="file" if number < 2 else _CLASSES.get(line[:1], "same")
        )
        for number, line in enumerate(text.splitlines())
    )
    return element(
        "pre", element("code", *lines), class_="diff", tabindex=0, role="region", aria_label="diff"
    )
