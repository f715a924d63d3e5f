"""Fixes: applied wholly or not at all, none over another, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Span
from rnglint.fixes.applying import Applied, apply_fixes
from rnglint.source.reading import Source
from rnglint.source.text import position_at

#: An edit in offsets of a text: start, end, content.
Change = tuple[int, int, str]


def edit(
    start: tuple[int, int], end: tuple[int, int], content: str, cell: int | None = None
) -> Edit:
    return Edit(Span(Position(*start), Position(*end), cell), content)


def finding(*edits: Edit, safe: bool = True, message: str = "fix") -> Diagnostic:
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    span = Span(Position(1, 1), Position(1, 2))
    fix = Fix(message, tuple(edits), applicability)
    return Diagnostic("RNG201", "key-reuse", message, "x.py", span, fix=fix)


def fix(text: str, *diagnostics: Diagnostic, unsafe: bool = True) -> Applied:
    return apply_fixes(Source.from_bytes("x.py", text.encode()), diagnostics, unsafe=unsafe)


def findings(text: str, *fixes: list[Change]) -> list[Diagnostic]:
    """One diagnostic for each fix, given in offsets."""
    return [
        finding(
            *(
                Edit(Span(position_at(text, start), position_at(text, end)), content)
                for start, end, content in changes
            ),
            message=f"fix {number}",
        )
        for number, changes in enumerate(fixes)
    ]


@pytest.mark.parametrize(
    ("text", "one", "result"),
    [
        pytest.param("a b c", edit((1, 3), (1, 4), "xyz"), "a xyz c", id="replaced"),
        pytest.param("a b c", edit((1, 1), (1, 3), ""), "b c", id="deleted"),
        pytest.param("a\nb\n", edit((2, 1), (2, 1), "x\n"), "a\nx\nb\n", id="a line inserted"),
        pytest.param("a\nb\nc", edit((2, 1), (3, 1), ""), "a\nc", id="a line deleted"),
        pytest.param("a\r\nb", edit((2, 1), (2, 1), "x\ny\n"), "a\r\nx\r\ny\r\nb", id="as Windows"),
        pytest.param("a\rb", edit((2, 1), (2, 1), "x\n"), "a\rx\rb", id="as the old Mac"),
        pytest.param("a\nb", edit((3, 1), (3, 1), "x\n"), "a\nb\nx\n", id="behind the last line"),
        pytest.param("a\nb\n", edit((3, 1), (3, 1), "x\n"), "a\nb\nx\n", id="at the end"),
        pytest.param("", edit((1, 1), (1, 1), "x\n"), "x\n", id="in an empty file"),
        pytest.param("😀é x", edit((1, 4), (1, 5), "y"), "😀é y", id="columns are characters"),
        pytest.param("\x0c x", edit((1, 3), (1, 4), "y"), "\x0c y", id="a form feed counts"),
        pytest.param(
            "\ufeffa", edit((1, 1), (1, 2), "b"), "\ufeffb", id="a byte order mark does not"
        ),
        pytest.param("a", edit((1, 1), (1, 2), "a"), "a", id="nothing"),
    ],
)
def test_one_edit(text: str, one: Edit, result: str) -> None:
    applied = fix(text, finding(one))
    assert applied.source.to_bytes() == result.encode()
    assert len(applied.applied) == 1
    assert applied.skipped == ()


ABC = "a b c d e"


@pytest.mark.parametrize(
    ("first", "second", "result", "count"),
    [
        pytest.param([(0, 1, "x")], [(2, 3, "y")], "x y c d e", 2, id="apart"),
        pytest.param([(2, 3, "y")], [(0, 1, "x")], "x y c d e", 2, id="apart, in any order"),
        pytest.param([(0, 2, "x")], [(2, 4, "y")], "xyc d e", 2, id="side by side"),
        pytest.param([(0, 3, "x")], [(2, 5, "y")], "x c d e", 1, id="overlapping"),
        pytest.param([(2, 3, "x")], [(0, 9, "y")], "a x c d e", 1, id="around another"),
        pytest.param([(0, 9, "x")], [(2, 3, "y")], "x", 1, id="within another"),
        pytest.param([(0, 9, "x")], [(4, 4, "y")], "x", 1, id="inserted within another"),
        pytest.param([(4, 4, "y")], [(0, 9, "x")], "a b yc d e", 1, id="around an insertion"),
        pytest.param([(2, 4, "x")], [(2, 2, "y")], "a yxc d e", 2, id="inserted before another"),
        pytest.param([(2, 4, "x")], [(4, 4, "y")], "a xyc d e", 2, id="inserted behind another"),
        pytest.param(
            [(2, 2, "x")], [(2, 2, "y")], "a xb c d e", 1, id="two insertions at one point"
        ),
        pytest.param([(2, 3, "x")], [(2, 3, "y")], "a x c d e", 1, id="two for one place"),
        pytest.param(
            [(0, 0, "i"), (2, 3, "x")],
            [(0, 0, "i"), (4, 5, "y")],
            "ia x y d e",
            2,
            id="an insertion that both need is made once",
        ),
        pytest.param(
            [(0, 1, "i"), (2, 3, "x")],
            [(0, 1, "i"), (2, 3, "y")],
            "i x c d e",
            1,
            id="an edit that both need, and one that differs",
        ),
        pytest.param(
            [(4, 5, "x")], [(0, 1, "y"), (4, 5, "z")], "a b x d e", 1, id="all or nothing"
        ),
    ],
)
def test_two_fixes(first: list[Change], second: list[Change], result: str, count: int) -> None:
    made = findings(ABC, first, second)
    applied = fix(ABC, *made)
    assert applied.source.chunks[0].text == result
    assert applied.applied == tuple(made[:count])
    assert applied.skipped == tuple(made[count:])


def test_equal_fixes_are_applied_once_and_repair_all() -> None:
    one = finding(edit((1, 1), (1, 1), "x"))
    other = finding(edit((1, 1), (1, 1), "x"))
    applied = fix("a", one, other)
    assert applied.source.chunks[0].text == "xa"
    assert applied.applied == (one, other)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([(0, 3, "x"), (2, 5, "y")], id="overlapping edits"),
        pytest.param([(2, 3, "x"), (2, 3, "y")], id="two edits of one place"),
        pytest.param([], id="no edits"),
    ],
)
def test_a_fix_that_contradicts_itself_waits(edits: list[Change]) -> None:
    applied = fix(ABC, *findings(ABC, edits))
    assert applied.source.chunks[0].text == ABC
    assert applied.applied == ()
    assert len(applied.skipped) == 1


def test_insertions_of_one_fix_at_one_point_keep_their_order() -> None:
    applied = fix(ABC, *findings(ABC, [(2, 2, "y"), (0, 1, "z"), (2, 2, "x"), (2, 2, "y")]))
    assert applied.source.chunks[0].text == "z yxb c d e"


def test_trust() -> None:
    safe = finding(edit((1, 1), (1, 2), "x"))
    unsafe = finding(edit((1, 3), (1, 4), "y"), safe=False)
    without = Diagnostic("RNG201", "key-reuse", "…", "x.py", safe.span)
    only_safe = fix("a b", safe, unsafe, without, unsafe=False)
    assert (only_safe.source.chunks[0].text, only_safe.applied) == ("x b", (safe,))
    assert only_safe.skipped == ()
    assert fix("a b", safe, unsafe, without).source.chunks[0].text == "x y"


def test_without_fixes_the_source_is_the_same() -> None:
    source = Source.from_text("x.py", "a")
    assert apply_fixes(source, [], unsafe=True).source is source


@pytest.mark.parametrize(
    ("data", "one"),
    [
        pytest.param(b"\xff a", edit((1, 1), (1, 1), "x"), id="what could not be decoded"),
        pytest.param(
            b"# coding: latin-1\na", edit((2, 1), (2, 1), "\u2028"), id="not in its encoding"
        ),
        pytest.param(b"# coding: utf-7\n+AHI-", edit((2, 1), (2, 1), "x"), id="would be respelled"),
        pytest.param(b"a", edit((1, 1), (1, 1), "x", cell=3), id="a cell that is not there"),
        pytest.param(b"a b", edit((1, 3), (1, 1), "x"), id="an end before its start"),
    ],
)
def test_what_does_not_fit_is_left_alone(data: bytes, one: Edit) -> None:
    source = Source.from_bytes("x.py", data)
    applied = apply_fixes(source, [finding(one)], unsafe=True)
    assert applied.source.to_bytes() == data
    assert len(applied.skipped) == 1


def test_cells_of_a_notebook() -> None:
    cells = [{"cell_type": "code", "source": ["a\n", f"b{n}\n", "%time c"]} for n in (1, 2)]
    data = json.dumps({"cells": cells}, indent=1).encode()
    source = Source.from_bytes("x.ipynb", data)
    move = finding(edit((2, 1), (3, 1), "", 1), edit((1, 1), (1, 1), "import x\n", 2))
    timed = finding(edit((3, 7), (3, 8), "d", 2))
    applied = apply_fixes(source, [move, timed], unsafe=True)
    assert [chunk.text for chunk in applied.source.chunks] == [
        "a\n%time c",
        "import x\na\nb2\n%time d",
    ]
    assert applied.source.program == "a\nc\nimport x\na\nb2\nd"
    expected = data.replace(b'    "b1\\n",\n', b"").replace(b'\n    "b1\\n",', b"")
    head, _, tail = applied.source.to_bytes().partition(b'"import x\\n",')
    assert expected.startswith(head)
    assert b'"%time d"' in tail


CHANGES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 4), st.sampled_from(["", "x", "y\n"])).map(
        lambda made: (made[0], made[0] + made[1], made[2])
    ),
    min_size=1,
    max_size=3,
)


@given(st.text("ab\n", min_size=16, max_size=16), st.lists(CHANGES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_what_is_applied_is_exactly_the_fixes_that_are_said_to_be(
    text: str, fixes: list[list[Change]]
) -> None:
    made = findings(text, *fixes)
    applied = fix(text, *made)
    assert len(applied.applied) + len(applied.skipped) == len(made)
    taken: list[Change] = []
    for diagnostic, changes in zip(made, fixes, strict=True):
        if diagnostic in applied.applied:
            merged: dict[tuple[int, int], str] = {}
            for start, end, content in dict.fromkeys(changes):
                merged[start, end] = merged.get((start, end), "") + content
            taken += [(start, end, content) for (start, end), content in merged.items()]
    expected = text
    for start, end, content in sorted(set(taken), reverse=True):
        expected = expected[:start] + content + expected[end:]
    assert applied.source.chunks[0].text == expected
