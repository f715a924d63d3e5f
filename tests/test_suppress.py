"""Suppression comments: their grammar, which is Ruff's, and what each of them covers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnglint import check_source, fix_source
from rnglint.config.resolution import Config
from rnglint.diagnostics import Diagnostic, Position, Span
from rnglint.source.reading import Source
from rnglint.suppress.comments import noqa_rows, suppressions
from rnglint.suppress.directives import Kind


def finding(
    row: int,
    *,
    end: int | None = None,
    noqa_row: int | None = None,
    cell: int | None = None,
    code: str = "RNG201",
    name: str = "key-reuse",
) -> Diagnostic:
    span = Span(Position(row, 1), Position(end or row, 9), cell)
    return Diagnostic(code, name, "…", "x.py", span, noqa_row=noqa_row)


def python(text: str) -> Source:
    return Source.from_text("x.py", text)


def covered(source: Source, rows: int) -> list[int]:
    """The rows on which a finding is silenced, its suppression read where facts say."""
    found, ends = suppressions(source), noqa_rows(source)
    return [
        row
        for row in range(1, rows + 1)
        if found.covers(finding(row, noqa_row=ends.get((None, row), row)))
    ]


@pytest.mark.parametrize(
    ("comment", "silences"),
    [
        ("# noqa", True),
        ("#noqa", True),
        ("# NOQA", True),
        ("# NoQa: RNG201", True),
        ("# noqa:RNG201", True),
        ("# noqa : RNG201", True),
        ("# noqa\u00a0:\u00a0RNG201", True),
        ("# noqa RNG101", True),
        ("# noqa (a reason)", True),
        ("# noqa - a reason", True),
        ("# noqa # RNG101", True),
        ("# noqa: E501,RNG201", True),
        ("# noqa: E501 RNG201", True),
        ("# noqa: E501RNG201", True),
        ("# noqa: E501, , RNG201", True),
        ("# noqa: ,RNG201", True),
        ("# noqa: RNG201,", True),
        ("# noqa: RNG201 a reason", True),
        ("# noqa: RNG201,reason", True),
        ("# noqa: RNG201 - a reason", True),
        ("# noqa:RNG201#reason", True),
        ("# some # noqa", True),
        ("## noqa: RNG201", True),
        ("# type: ignore # noqa: RNG201", True),
        ("# noqa: E501", False),
        ("# noqa: RNG202", False),
        ("# noqa: RNG2", False),
        ("# noqa: RNG20", False),
        ("# noqa: key-reuse", False),
        ("# noqa: ALL", False),
        ("# noqa:", False),
        ("# noqa :", False),
        ("# noqa: reason", False),
        ("# noqa: reason RNG201", False),
        ("# noqa: E501 reason RNG201", False),
        ("# noqa: rng201", False),
        ("# noqa: RNG201abc", False),
        ("# noqa: RNG201-reason", False),
        ("# noqa: RNG201; reason", False),
        ("# noqa: RNG201:", False),
        ("# noqa: RNG201(reason)", False),
        ("# noqa: E501# RNG201", False),
        ("# noqa:: RNG201", False),
        ("# noqa; RNG201", False),
        ("# noqa-ish", False),
        ("# noqaish", False),
        ("# noqa(RNG201)", False),
        ("# noqa[RNG201]", False),
        ("#: noqa: RNG201", False),
        ("# some noqa: RNG201", False),
        ("# noqa: E501 # noqa: RNG201", False),
        ("# ruff: noqa", False),
        ("# ruff: ignore[RNG201]", False),
        ("# rnglint: ignore[RNG201]", True),
        ("#rnglint:ignore [ RNG201 ]", True),
        ("# rnglint: ignore[E501, RNG201,] a reason", True),
        ("# rnglint: ignore[RNG201]# noqa: E501", True),
        ("# noqa: E501 # rnglint: ignore[RNG201]", True),
        ("# rnglint: ignore[E501] # rnglint: ignore[RNG201]", True),
        ("# x # rnglint: ignore[RNG201]", True),
        ("# rnglint: ignore[key-reuse]", True),
        ("# rnglint: ignore[RNG2]", True),
        ("# rnglint: ignore[ALL]", True),
        ("# rnglint: ignore[RNG202]", False),
        ("# rnglint: ignore[rng201]", False),
        ("# rnglint: ignore", False),
        ("# rnglint: ignore[]", False),
        ("# rnglint: ignore[RNG201", False),
        ("# rnglint: ignore[RNG201 RNG202]", False),
        ("# rnglint: ignore[,RNG201]", False),
        ("# rnglint: file-ignore[RNG201]", False),
        ("# rnglint: disable[RNG201]", False),
        ("# rnglint: noqa", False),
        ("# RNGLINT: ignore[RNG201]", False),
    ],
)
def test_grammar(comment: str, silences: bool) -> None:
    found = suppressions(python(f"first = 1\nx = f(key)  {comment}\n"))
    assert found.covers(finding(2)) is silences
    assert not found.covers(finding(1))


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("x  # rnglint: ignore", "`rnglint: ignore` needs codes or names, as in `[RNG201]`"),
        ("x  # rnglint: ignore[]", "`rnglint: ignore` needs codes"),
        ("x  # rnglint: ignore[RNG201", "`rnglint: ignore` needs codes"),
        ("x  # rnglint: ignore[RNG201 RNG202]", "parted by commas"),
        ("x  # rnglint: ignroe[RNG201]", "unknown directive `rnglint: ignroe`"),
        ("x  # rnglint: file-ignore[RNG201]", "must stand on a line of its own"),
        ("x  # rnglint: noqa", "must stand on a line of its own"),
        ("x  # rnglint: disable[RNG201]", "must stand on a line of its own"),
        ("# rnglint: enable[RNG201]", "ends no `disable`"),
        ("  # rnglint: disable[RNG201]\nx", "not indented as its block"),
        ("def f():\n  # rnglint: file-ignore[RNG201]\n  x", "must stand outside of all blocks"),
    ],
)
def test_what_is_not_understood_silences_nothing_and_is_told(comment: str, problem: str) -> None:
    found = suppressions(python(f"a = 1\n{comment}\n"))
    assert not found.covers(finding(2))
    (error,) = found.problems
    assert problem in error.message
    assert "rnglint" in python(f"a = 1\n{comment}\n").text_at(error.span)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("a\nb  # noqa\nc", [2], id="its own line"),
        pytest.param("# noqa\na", [1], id="a noqa on a line of its own covers nothing else"),
        pytest.param("f(\n  a,\n  b,\n)  # noqa\nc", [1, 2, 3, 4], id="a bracket's last row, all"),
        pytest.param("f(\n  a,  # noqa\n  b,\n)", [2], id="a row within a bracket"),
        pytest.param("x = '''\na\n'''  # noqa\nb", [1, 2, 3], id="a string of several rows"),
        pytest.param("f('''\na\n''',  # noqa\nb)\nc", [1, 2, 3], id="such a string in a bracket"),
        pytest.param("x = 1 + \\\n  2  # noqa\nb", [1, 2], id="a continued row"),
        pytest.param("if x:  # noqa\n  a", [1], id="a header is not its block"),
        pytest.param("x = '# noqa'\ny = '''\n# noqa\n'''", [], id="a string is no comment"),
        pytest.param("x = f'{a}'  # noqa\nb", [1], id="behind a formatted string"),
        pytest.param("a  # rnglint: ignore[RNG201]\nb", [1], id="ignore behind a line"),
        pytest.param("# rnglint: ignore[RNG201]\na\nb", [1, 2], id="ignore above a line"),
        pytest.param(
            "# rnglint: ignore[RNG201]\n# why\n\nf(\n  a,\n)\nb",
            [1, 2, 3, 4, 5, 6],
            id="ignore above a statement of several rows",
        ),
        pytest.param(
            "f(\n  # rnglint: ignore[RNG201]\n  # why\n  a,\n  b,\n)",
            [2, 3, 4],
            id="ignore above a row within a bracket",
        ),
        pytest.param(
            "f(\n  # rnglint: ignore[RNG201]\n  '''\n  ''',\n  b,\n)",
            [2, 3, 4],
            id="ignore above a string within a bracket",
        ),
        pytest.param(
            "# rnglint: ignore[RNG201]\ndef f(\n  x\n):\n  a",
            [1, 2, 3, 4],
            id="ignore above a header",
        ),
        pytest.param("if x:\n  # rnglint: ignore[RNG201]\n  a\nb", [2, 3], id="ignore in a block"),
        pytest.param(
            "if x:\n  a\n  # rnglint: ignore[RNG201]\nb", [3, 4], id="ignore ends a block"
        ),
        pytest.param("a\n# rnglint: ignore[RNG201]", [2], id="ignore above nothing"),
        pytest.param("a\n# rnglint: file-ignore[RNG201]\nb", [1, 2, 3], id="the file"),
        pytest.param(
            "a\n# rnglint: noqa: RNG201\nb", [1, 2, 3], id="the file, in Ruff's old words"
        ),
        pytest.param("if x:\n  # rnglint: noqa\n  b", [1, 2, 3], id="the file, from a block"),
        pytest.param("# flake8: noqa\nb", [1, 2], id="the file, for all linters"),
        pytest.param("# rnglint: file-ignore[RNG202]\nb", [], id="the file, but another rule"),
        pytest.param(
            "a\n# rnglint: disable[RNG201]\nb\n# rnglint: enable[RNG201]\nc",
            [2, 3, 4],
            id="a range",
        ),
        pytest.param("a\n# rnglint: disable[RNG201]\nb\nif c:\n  d", [2, 3, 4, 5], id="to the end"),
        pytest.param(
            "if a:\n  # rnglint: disable[RNG201]\n  b\n\nc", [2, 3, 4], id="to the end of the block"
        ),
        pytest.param(
            "if a:\n  b\n  # rnglint: disable[RNG201]\nc", [3], id="at the end of the block"
        ),
        pytest.param(
            "# rnglint: disable[RNG201]\nif a:\n  # rnglint: enable[RNG201]\n  b\nc",
            [1, 2, 3, 4, 5],
            id="not ended from within a block",
        ),
        pytest.param(
            "# rnglint: disable[RNG201, RNG202]\na\n# rnglint: enable[RNG201]\nb",
            [1, 2, 3, 4],
            id="not ended by other codes",
        ),
        pytest.param(
            "# rnglint: disable[RNG201]\na\n# rnglint: enable[RNG201]\nb\n"
            "# rnglint: disable[RNG201]\nc\n# rnglint: enable[RNG201]\nd",
            [1, 2, 3, 5, 6, 7],
            id="two ranges",
        ),
        pytest.param("\x0cx  # noqa\r\ny", [1], id="form feeds and other newlines"),
        pytest.param("x = (  # noqa\n", [1], id="a file that is torn"),
        pytest.param("a  # noqa\n  b\nc = '''", [1], id="a file that is no Python"),
    ],
)
def test_rows(text: str, rows: list[int]) -> None:
    assert covered(python(text), text.count("\n") + 1) == rows


def test_a_range_covers_only_what_lies_wholly_in_it() -> None:
    text = "# rnglint: disable[RNG201]\na = f(\n# rnglint: enable[RNG201]\nb)\n"
    found = suppressions(python(text))
    assert found.covers(finding(2, end=3))
    assert not found.covers(finding(2, end=4))


def test_the_start_of_a_finding_and_the_end_of_its_line_count() -> None:
    found = suppressions(python("f(  # noqa\n  a,\n)\ng(\n  a,\n)  # noqa\n"))
    assert found.covers(finding(1, end=3, noqa_row=3))
    assert not found.covers(finding(2, noqa_row=3))
    assert found.covers(finding(5, noqa_row=6))
    assert not found.covers(finding(5, noqa_row=None))


def test_a_syntax_error_is_never_silenced() -> None:
    found = suppressions(python("# rnglint: file-ignore[ALL]\nx  # noqa\n"))
    assert not found.covers(finding(2, code="RNG000", name="syntax-error"))


def test_an_unused_suppression_is_silenced_only_by_its_code() -> None:
    found = suppressions(python("x  # noqa\ny  # noqa: RNG001\n"))
    assert not found.covers(finding(1, code="RNG001", name="unused-suppression"))
    assert found.covers(finding(2, code="RNG001", name="unused-suppression"))


def test_places_and_unused_comments() -> None:
    source = python("\x0cx = f(k)  # why # noqa: RNG201, RNG202 b\ny  # rnglint: ignore[RNG101]\n")
    found = suppressions(source)
    first, second = found.comments
    assert source.text_at(first.span) == "# noqa: RNG201, RNG202"
    assert source.text_at(second.span) == "# rnglint: ignore[RNG101]"
    assert (first.kind, first.selectors) == (Kind.NOQA, ("RNG201", "RNG202"))
    assert found.covering(finding(1)) == (first,)
    unused = found.unused([finding(1)])
    assert [(each.comment, each.selectors) for each in unused] == [
        (first, ("RNG202",)),
        (second, ("RNG101",)),
    ]


def notebook(*cells: str) -> Source:
    made = [{"cell_type": "code", "source": text} for text in cells]
    return Source.from_bytes("x.ipynb", json.dumps({"cells": made}).encode())


def test_notebooks() -> None:
    source = notebook(
        "x  # noqa: RNG201\ny",
        "!ls  # noqa\n%time f(k)  # noqa",
        "# rnglint: disable[RNG201]",
        "x\nf(\n)",
        "# rnglint: enable[RNG201]",
        "x",
    )
    found = suppressions(source)
    places = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (4, 1), (4, 3), (5, 1), (6, 1), (7, 1)]
    silent = [place for place in places if found.covers(finding(place[1], cell=place[0]))]
    assert silent == [(1, 1), (2, 2), (3, 1), (4, 1), (4, 3), (5, 1)]
    assert source.text_at(found.comments[1].span) == "# noqa"
    assert noqa_rows(source) == {(4, 2): 3, (4, 3): 3}


def test_a_file_level_comment_in_one_cell_covers_all() -> None:
    found = suppressions(notebook("x", "# rnglint: file-ignore[key-reuse]", "x"))
    assert found.covers(finding(1, cell=1))
    assert found.covers(finding(1, cell=3))


def test_noqa_rows_are_those_of_statements_of_several_rows() -> None:
    text = "a\nf(\n  b,\n)\n# c (\nx = '''\n''' + \\\n 1\ndef f(\n  x\n):\n  y"
    rows = {2: 4, 3: 4, 4: 4, 6: 8, 7: 8, 8: 8, 9: 11, 10: 11, 11: 11}
    assert noqa_rows(python(text)) == {(None, row): end for row, end in rows.items()}


PARTS = [
    "# noqa",
    ": ",
    "RNG201",
    ",",
    "# rnglint: ",
    "disable",
    "enable",
    "ignore",
    "[",
    "]",
    "\n",
]


@given(st.lists(st.sampled_from([*PARTS, "x", "(", ")", "'''", "if x:\n ", "\\\n", "noqa"])))
@settings(max_examples=200, deadline=None)
def test_any_text_has_suppressions(parts: list[str]) -> None:
    source = python("".join(parts))
    found = suppressions(source)
    for comment in found.comments:
        assert comment.first <= comment.last <= len(source.rows)
        assert source.text_at(comment.span).startswith("#")


def unused(text: str) -> list[str]:
    found = check_source(text, Config(select=("RNG001",)))
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("x = 1  # rnglint: noqa\n", []),
        ("# rnglint: noqa\n", ["`# rnglint: noqa` suppresses nothing"]),
        ("# flake8: noqa\nx = 1  # noqa\n", []),
        ("# flake8: noqa: RNG102, E501\n", ["`RNG102` suppresses nothing in this file"]),
        ("x = 1  # noqa: RNG101, RNG102\n", ["`RNG101`, `RNG102` suppress nothing here"]),
        ("x = 1  # noqa: RNG001, RNG102\n", []),
        ("x = 1  # rnglint: ignore[RNG001]\n", []),
        ("x = 1  # noqa: RNG102, RNG1021\n", ["`RNG1021` names no rule"]),
        ("import random\nrandom.seed(0)  # noqa: RNG401\n", []),
    ],
)
def test_what_is_an_unused_comment(text: str, messages: list[str]) -> None:
    assert unused(text) == messages


def test_comments_of_what_cannot_be_checked_are_left_alone() -> None:
    found = check_source("x = (  # noqa: RNG102\n", Config(select=("RNG001",)))
    assert [each.code for each in found] == ["RNG000"]


def test_unused_comments_go_from_notebooks_too() -> None:
    source = notebook("# rnglint: ignore[RNG201]", "x = 1  # noqa: RNG201", "y\n# noqa: RNG201")
    result = fix_source(source, Config(select=("RNG001",)))
    assert [chunk.text for chunk in result.source.chunks] == ["", "x = 1", "y\n"]
    assert not result.remaining


def test_a_comment_that_became_unused_is_removed_with_the_next_fix() -> None:
    text = "import numpy as np\nrng = np.random.default_rng(0)\nx = rng.rand(2)  # noqa: RNG102\n"
    result = fix_source(text, Config(extend_select=("RNG001",)))
    assert result.source.program.splitlines()[2] == "x = rng.random(2)"
