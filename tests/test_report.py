"""The formats: what each makes of the same diagnostics."""

from __future__ import annotations

import json
from dataclasses import replace
from textwrap import dedent

import pytest

from rnglint.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Related,
    Span,
)
from rnglint.report import FORMATS, Report, diff, render
from rnglint.report.style import use_color, width
from rnglint.source.reading import Source

TRAIN = """\
import jax

key = jax.random.key(0)
w = jax.random.normal(key, (3, 3))
b = jax.random.uniform(key, (3,))
"""
FIX = Fix(
    "split it",
    (Edit(Span(Position(4, 1), Position(4, 1)), "key, subkey = jax.random.split(key)\n"),),
    Applicability.UNSAFE,
)


def span(row: int, column: int, end_row: int, end_column: int, cell: int | None = None) -> Span:
    return Span(Position(row, column), Position(end_row, end_column), cell)


REUSE = Diagnostic(
    code="RNG201",
    name="key-reuse",
    message="key `key` was already consumed by `jax.random.normal` on line 4",
    filename="train.py",
    span=span(5, 24, 5, 27),
    label="consumed again here: the samples are correlated",
    help="split it first: `key, subkey = jax.random.split(key)`",
    related=(Related("first consumed here", span(4, 23, 4, 26)),),
    fix=FIX,
    noqa_row=5,
)


def shown(
    diagnostic: Diagnostic,
    text: str = TRAIN,
    format_name: str = "full",
    *,
    unsafe: bool = True,
    color: bool = False,
) -> str:
    """A diagnostic of a Python file in a format."""
    source = Source.from_bytes(diagnostic.filename, text.encode())
    report = Report((diagnostic,), unsafe, color, lambda _: source)
    return render(format_name, report)


def marked(text: str, *marks: tuple[str, Span], label: str = "here") -> str:
    """The excerpt of a diagnostic at the first of the marks, the others being related places."""
    (_, primary), *others = marks
    related = tuple(Related(message, place) for message, place in others)
    diagnostic = Diagnostic("X", "x", "m", "a.py", primary, label, related=related)
    return shown(diagnostic, text).partition("\n")[2]


def excerpt(text: str) -> str:
    """An excerpt as a test writes it: indented, and without the blank line at the end."""
    return dedent(text).strip("\n") + "\n\n"


def test_full_is_the_promised_form() -> None:
    assert shown(REUSE) == excerpt(
        """
        train.py:5:24: RNG201 [*] key `key` was already consumed by `jax.random.normal` on line 4
          |
        4 | w = jax.random.normal(key, (3, 3))
          |                       --- first consumed here
        5 | b = jax.random.uniform(key, (3,))
          |                        ^^^ consumed again here: the samples are correlated
          = help: split it first: `key, subkey = jax.random.split(key)`
        """
    )


def test_full_has_no_star_where_no_fix_would_be_applied() -> None:
    assert "[*]" not in shown(REUSE, unsafe=False)
    assert "[*]" not in shown(replace(REUSE, fix=None))
    assert "[*]" in shown(replace(REUSE, fix=replace(FIX, applicability=Applicability.SAFE)))


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        pytest.param(
            "f(key, x, key)\n",
            [("", span(1, 11, 1, 14)), ("first", span(1, 3, 1, 6))],
            """
              |
            1 | f(key, x, key)
              |   ---     ^^^ here
              |   |
              |   first
            """,
            id="two places on one row",
        ),
        pytest.param(
            "f(key)\n",
            [("", span(1, 3, 1, 6)), ("the last round", span(1, 3, 1, 6))],
            """
              |
            1 | f(key)
              |   ^^^ here
              |   |
              |   the last round
            """,
            id="one place that is both",
        ),
        pytest.param(
            "f(g(key))\n",
            [("", span(1, 1, 1, 10)), ("inner", span(1, 5, 1, 8))],
            """
              |
            1 | f(g(key))
              | ^^^^^^^^^ here
              |     |
              |     inner
            """,
            id="one place inside the other",
        ),
        pytest.param(
            "".join(f"a{row}\n" for row in range(1, 12)),
            [("", span(11, 1, 11, 4)), ("far", span(2, 1, 2, 3)), ("near", span(9, 1, 9, 3))],
            """
               |
             2 | a2
               | -- far
            ...
             9 | a9
               | -- near
            10 | a10
            11 | a11
               | ^^^ here
            """,
            id="places far apart, and a gap of one row",
        ),
        pytest.param(
            "\tx = key\n",
            [("", span(1, 6, 1, 9))],
            """
              |
            1 |     x = key
              |         ^^^ here
            """,
            id="tabs take four columns",
        ),
        pytest.param(
            "s = '日本🎉é'; key\n",
            [("", span(1, 13, 1, 16)), ("wide", span(1, 6, 1, 9))],
            """
              |
            1 | s = '日本🎉é'; key
              |      ------    ^^^ here
              |      |
              |      wide
            """,
            id="wide characters take two columns",
        ),
        pytest.param(
            "e = 'e\u0301'; key\n",
            [("", span(1, 11, 1, 14))],
            """
              |
            1 | e = 'e\u0301'; key
              |          ^^^ here
            """,
            id="combining characters take none",
        ),
        pytest.param(
            "x = f(\n    key,\n)\n",
            [("", span(1, 5, 3, 2))],
            """
              |
            1 |   x = f(
              |  _____^
            2 | |     key,
            3 | | )
              | |_^ here
            """,
            id="a span of several rows",
        ),
        pytest.param(
            "for x in y:\n    f(\n        key)\n",
            [("", span(3, 9, 3, 12)), ("loop", span(1, 1, 3, 13))],
            """
              |
            1 | / for x in y:
            2 | |     f(
            3 | |         key)
              | |         ^^^ here
              | |____________- loop
            """,
            id="a span of several rows around another",
        ),
        pytest.param(
            "f(\n" + "  1,\n" * 8 + ")\n",
            [("", span(1, 1, 10, 2))],
            """
               |
             1 | / f(
             2 | |   1,
            ...
             9 | |   1,
            10 | | )
               | |_^ here
            """,
            id="a span of many rows",
        ),
        pytest.param(
            "x = (\n",
            [("", span(1, 6, 1, 6))],
            """
              |
            1 | x = (
              |      ^ here
            """,
            id="an empty span at the end of a row",
        ),
        pytest.param(
            "x = 1\n",
            [("", span(1, 1, 2, 1))],
            """
              |
            1 | x = 1
              | ^^^^^ here
            """,
            id="a span that takes the newline along",
        ),
        pytest.param(
            "x = '\x1b[31m'; y\n",
            [("", span(1, 14, 1, 15))],
            """
              |
            1 | x = '\u241b[31m'; y
              |              ^ here
            """,
            id="escape sequences do not reach the terminal",
        ),
    ],
)
def test_excerpt(text: str, marks: list[tuple[str, Span]], expected: str) -> None:
    assert marked(text, *marks) == excerpt(expected)


def test_full_shows_other_files_and_cells_with_their_place() -> None:
    cells = ["import jax\nkey = jax.random.key(0)", "x = f(key)", "y = g(key)"]
    notebook = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    sources = {
        "nb.ipynb": Source.from_bytes("nb.ipynb", json.dumps(notebook).encode()),
        "lib.py": Source.from_bytes("lib.py", b"def g(key):\n    return normal(key)\n"),
    }
    diagnostic = Diagnostic(
        "RNG201",
        "key-reuse",
        "used twice",
        "nb.ipynb",
        span(1, 7, 1, 10, 3),
        "again",
        related=(
            Related("first", span(1, 7, 1, 10, 2)),
            Related("because of this", span(2, 19, 2, 22), "lib.py"),
        ),
    )
    report = Report((diagnostic,), read=lambda name: sources[name])
    assert render("full", report) == excerpt(
        """
        nb.ipynb:cell 3:1:7: RNG201 used twice
          |
        1 | y = g(key)
          |       ^^^ again
         ::: nb.ipynb:cell 2:1:7
          |
        1 | x = f(key)
          |       --- first
         ::: lib.py:2:19
          |
        2 |     return normal(key)
          |                   --- because of this
        """
    )
    assert render("concise", report) == "nb.ipynb:cell 3:1:7: RNG201 used twice\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="the file is empty now"),
        pytest.param("x = 1\n", id="the file has fewer rows now"),
    ],
)
def test_full_needs_no_source_that_matches(text: str) -> None:
    assert shown(REUSE, text).splitlines()[0].startswith("train.py:5:24: RNG201")


def test_full_does_without_a_source_that_cannot_be_read() -> None:
    missing = Diagnostic("RNG000", "syntax-error", "cannot be read", "no.py", span(1, 1, 1, 2))
    assert render("full", Report((missing,))) == "no.py:1:1: RNG000 cannot be read\n\n"


def test_colours_change_nothing_but_colours() -> None:
    import re

    coloured = shown(REUSE, color=True)
    assert "\x1b[1;91m^^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(REUSE)


def test_concise() -> None:
    assert shown(REUSE, format_name="concise") == (
        "train.py:5:24: RNG201 [*] key `key` was already consumed by `jax.random.normal` on line 4"
        "\n"
    )


def test_grouped() -> None:
    other = replace(REUSE, span=span(15, 4, 15, 7), message="m", fix=None)
    later = replace(other, filename="z.py")
    text = render("grouped", Report((replace(REUSE, message="m"), other, later)))
    assert text == "train.py:\n  5:24 RNG201 m\n  15:4 RNG201 m\n\nz.py:\n  15:4 RNG201 m\n\n"


def test_pylint() -> None:
    assert shown(REUSE, format_name="pylint").startswith("train.py:5: [RNG201] key `key` was")


def test_json_has_everything(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    (found,) = json.loads(shown(REUSE, format_name="json"))
    url = found.pop("url")
    assert url is None or url.endswith("/docs/rules/RNG201-key-reuse.md")
    assert found == {
        "code": "RNG201",
        "name": "key-reuse",
        "message": REUSE.message,
        "filename": f"{tmp_path}/train.py",
        "cell": None,
        "location": {"row": 5, "column": 24},
        "end_location": {"row": 5, "column": 27},
        "related": [
            {
                "message": "first consumed here",
                "filename": f"{tmp_path}/train.py",
                "cell": None,
                "location": {"row": 4, "column": 23},
                "end_location": {"row": 4, "column": 26},
            }
        ],
        "fix": {
            "applicability": "unsafe",
            "message": "split it",
            "edits": [
                {
                    "content": "key, subkey = jax.random.split(key)\n",
                    "cell": None,
                    "location": {"row": 4, "column": 1},
                    "end_location": {"row": 4, "column": 1},
                }
            ],
        },
        "noqa_row": 5,
        "severity": "error",
    }


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render("json", Report(()))) == []
    assert render("json-lines", Report(())) == ""


def test_json_lines_are_the_objects_of_json() -> None:
    lines = shown(REUSE, format_name="json-lines").splitlines()
    assert [json.loads(line) for line in lines] == json.loads(shown(REUSE, format_name="json"))


def test_github() -> None:
    tricky = replace(REUSE, filename="/a,b:c/train.py", message="100%\nsure")
    assert shown(tricky, format_name="github") == (
        "::error title=rnglint (RNG201),file=/a%2Cb%3Ac/train.py"
        ",line=5,endLine=5,col=24,endColumn=27::/a,b:c/train.py:5:24: RNG201 100%25%0Asure"
        "%0A  /a,b:c/train.py:4:23: first consumed here"
        "%0A  help: split it first: `key, subkey = jax.random.split(key)`\n"
    )


@pytest.mark.parametrize(
    ("place", "properties"),
    [
        pytest.param(span(5, 1, 7, 2), "line=5,endLine=7::", id="no columns for several rows"),
        pytest.param(span(5, 1, 5, 2, 3), "line=1::", id="no rows for a notebook"),
    ],
)
def test_github_takes_no_place_that_it_would_misread(place: Span, properties: str) -> None:
    assert properties in shown(replace(REUSE, span=place), format_name="github")


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_renders_nothing_as_text(format_name: str) -> None:
    assert render(format_name, Report(())) in ("", "[]\n")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a\nb\n", "a\nc\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n", id="a row changed"),
        pytest.param(
            "a\nb",
            "a\nc",
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
            "\\ No newline at end of file\n",
            id="no newline at the end",
        ),
        pytest.param(
            "a\r\nb\r\n", "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n", id="newlines kept"
        ),
        pytest.param(
            "a = '\x0c'\nb\n",
            "a = '\x0c'\nc\n",
            "@@ -1,2 +1,2 @@\n a = '\x0c'\n-b\n+c\n",
            id="a form feed is no newline",
        ),
    ],
)
def test_diff(before: str, after: str, expected: str) -> None:
    old = Source.from_bytes("a.py", before.encode())
    text = diff.render(old, old.with_chunks({None: after}))
    assert text == f"--- a.py\n+++ a.py\n{expected}"


def test_diff_of_a_notebook_names_the_cell() -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = 1\n"}
    notebook = {"cells": [cell, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    source = Source.from_bytes("a.ipynb", json.dumps(notebook).encode())
    text = diff.render(source, source.with_chunks({2: "y = 1\n"}))
    assert text == "--- a.ipynb:cell 2\n+++ a.ipynb:cell 2\n@@ -1 +1 @@\n-x = 1\n+y = 1\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("\t", 4), ("日本", 4), ("🎉", 2), ("e\u0301", 1), ("\x1b", 1), ("a\u200db", 2)],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("when", "variables", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_use_color(
    when: str,
    variables: dict[str, str],
    terminal: bool,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io

    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert use_color(when, Stream()) is expected
