"""The page around it all: one file, with its style and its script inside.

A policy in its head forbids every request and every script but ours, whatever a fixture is called.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from rnglint.verify.report.html.elements import Html, element, joined
from rnglint.verify.report.html.section import section
from rnglint.verify.report.html.summary import counts, environment, notes, summary_table
from rnglint.verify.results import Verification


def render_html(verification: Verification) -> str:
    """One HTML document; in ASCII, so that it is the same in whatever encoding it is written."""
    page = element("html", _head(verification), _body(verification), lang="en")
    return f"<!DOCTYPE html>\n{page}".encode("ascii", "xmlcharrefreplace").decode()


def _head(verification: Verification) -> Html:
    style, script = _resource("style.css"), _resource("theme.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        # Else browsers ask the server, where there is one, for an icon.
        element("link", rel="icon", href="data:,"),
        element("title", f"rnglint verify: {_told(verification)}"),
        element("style", style),
        element("script", script),
    )


def _body(verification: Verification) -> Html:
    sections = (
        section(number, result, verification.options)
        for number, result in enumerate(verification.results)
    )
    return element(
        "body",
        element("a", "Skip to the verdicts", href="#verdicts", class_="skip"),
        element(
            "header",
            element("h1", "rnglint verify"),
            element("button", "Theme", type="button", id="theme", hidden=""),
            counts(verification),
            environment(verification),
            notes(verification.notes),
        ),
        element("main", element("div", summary_table(verification), id="verdicts"), *sections),
    )


def _told(verification: Verification) -> str:
    return ", ".join(f"{count} {what}" for what, count in verification.summary.items() if count)


def _resource(name: str) -> Html:
    """A file beside this one; style and script are no text to be escaped, and hold no tag."""
    text = Path(__file__).with_name(name).read_text(encoding="ascii")
    return joined([Html(text)])


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
