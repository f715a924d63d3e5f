"""Bytes to text and back: nothing raises, nothing is lost, columns hold."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnglint.diagnostics import Position, Span
from rnglint.knowledge.loader import load
from rnglint.source.reading import Row, Source, may_matter
from rnglint.source.text import line_starts, offset, position_at, split_rows

LINES = st.lists(
    st.sampled_from(["x = 1", "  \fy", "\f", "é", "'''", "\u2028", "\x0b", "# ü", "", "  ", "😀"])
)
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


def source(data: bytes) -> Source:
    return Source.from_bytes("x.py", data)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("", [""], id="nothing is one empty row"),
        pytest.param("a\nb\n", ["a", "b", ""], id="a final newline starts a last, empty row"),
        pytest.param("a\r\nb\rc\nd", ["a", "b", "c", "d"], id="all three newlines"),
        pytest.param("a\n\rb", ["a", "", "b"], id="LF CR are two newlines"),
        pytest.param(
            "a\x0bb\x0cc\x1cd\x85e\u2028f", ["a\x0bb\x0cc\x1cd\x85e\u2028f"], id="no other"
        ),
    ],
)
def test_rows_are_python_s(text: str, rows: list[str]) -> None:
    assert split_rows(text) == rows
    assert len(line_starts(text)) == len(rows)


@pytest.mark.parametrize(
    ("data", "program", "rows"),
    [
        pytest.param(b"", "", [Row(None, 1)], id="an empty file"),
        pytest.param(b"a = 1", "a = 1", [Row(None, 1)], id="no final newline"),
        pytest.param(b"a\r\nb\rc", "a\nb\nc", [Row(None, n) for n in (1, 2, 3)], id="newlines"),
        pytest.param(
            b"\x0ca\n  \x0c b\n\x0c",
            "a\n b\n",
            [Row(None, 1, 1), Row(None, 2, 3), Row(None, 3, 1)],
            id="form feeds before a row's first word are dropped and counted",
        ),
        pytest.param(b"a \x0c= 1", "a \x0c= 1", [Row(None, 1)], id="other form feeds stay"),
        pytest.param(b"\xef\xbb\xbfa", "a", [Row(None, 1)], id="a byte order mark is no text"),
    ],
)
def test_program(data: bytes, program: str, rows: list[Row]) -> None:
    read = source(data)
    assert (read.program, list(read.rows), read.errors) == (program, rows, ())
    assert read.to_bytes() == data


@pytest.mark.parametrize(
    ("data", "edited"),
    [
        pytest.param("é = 1\r\n".encode(), "ü = 1\r\n".encode(), id="UTF-8"),
        pytest.param(
            b"\xef\xbb\xbf\xc3\xa9 = 1\r\n", b"\xef\xbb\xbf\xc3\xbc = 1\r\n", id="with a mark"
        ),
        pytest.param(
            b"# coding: latin-1\n\xe9 = 1", b"# coding: latin-1\n\xfc = 1", id="declared Latin-1"
        ),
        pytest.param(
            b"#!x\n# -*- coding: cp1252 -*-\n\xe9",
            b"#!x\n# -*- coding: cp1252 -*-\n\xfc",
            id="declared on the second row",
        ),
        pytest.param(
            b"#!x\r# coding: latin-1\r\xe9",
            b"#!x\r# coding: latin-1\r\xfc",
            id="declared on the second row of a file of the old Mac",
        ),
    ],
)
def test_an_edit_keeps_encoding_mark_and_newlines(data: bytes, edited: bytes) -> None:
    read = source(data)
    assert read.editable
    changed = read.with_chunks({None: read.chunks[0].text.replace("é", "ü")})
    assert changed.to_bytes() == edited
    assert changed.program == Source.from_bytes("x.py", edited).program
    assert changed.with_chunks({None: read.chunks[0].text}).to_bytes() == data


@pytest.mark.parametrize(
    ("data", "message", "row", "column"),
    [
        pytest.param(b"a\n\xe9 = 1", "cannot be decoded as utf-8: byte 0xe9", 2, 1, id="Latin-1"),
        pytest.param(
            b"1\n2\n\xc3\xa9\xe9", "cannot be decoded as utf-8: byte 0xe9", 3, 2, id="later"
        ),
        pytest.param("x = 1".encode("utf-16"), "cannot be decoded as utf-8", 1, 1, id="UTF-16"),
        pytest.param("x".encode("utf-16-le"), "null character", 1, 2, id="UTF-16 without a mark"),
        pytest.param(b"a = 1\nb\0", "null character", 2, 2, id="a null"),
        pytest.param(b"# coding: foo", "unknown encoding: foo", 1, 1, id="unknown encoding"),
        pytest.param(b"# coding: hex\n", "not a text encoding", 1, 1, id="not an encoding of text"),
        pytest.param(b"# coding: undefined\n", "undefined", 1, 1, id="an encoding that refuses"),
        pytest.param(
            b"\xef\xbb\xbf# coding: latin-1", "encoding problem", 1, 1, id="mark against it"
        ),
        pytest.param(b"# coding: ascii\n\n\xe9", "as ascii: byte 0xe9", 3, 1, id="not ASCII"),
    ],
)
def test_what_cannot_be_decoded(data: bytes, message: str, row: int, column: int) -> None:
    read = source(data)
    (error,) = read.errors
    assert message in error.message
    assert error.span == Span(Position(row, column), Position(row, column + 1))
    assert read.program == ""
    assert not read.editable
    assert read.to_bytes() == data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"# coding: utf-7\n+AHI-", id="UTF-7 that need not be"),
        pytest.param(b"# coding: utf-16\nab", id="read as UTF-16, which would get a mark"),
    ],
)
def test_a_spelling_that_would_be_lost_is_not_edited(data: bytes) -> None:
    read = source(data)
    assert not read.editable
    assert read.to_bytes() == data


@pytest.mark.parametrize("name", ["missing.py", "", "nu\0ll.py"])
def test_reading_what_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    read = Source.read(tmp_path / name)
    assert len(read.errors) == 1
    assert read.errors[0].message.startswith("cannot be read: ")
    assert read.to_bytes() == b""


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\r\n")
    read = Source.read(path)
    assert (read.filename, read.program, read.errors) == (str(path), "x = 1\n", ())
    assert pickle.loads(pickle.dumps(read)) == read


def test_text_at_hand_is_not_decoded() -> None:
    read = Source.from_text("-", "# coding: latin-1\né = '\ud800'")
    assert read.line(None, 2) == "é = '\ud800'"
    assert read.program.endswith("é = '\ufffd'")
    assert read.errors == ()


def test_text_lines_and_newlines() -> None:
    read = source("a = 1\r\n\x0cb = '''é\r\n'''\nc".encode())
    assert read.text_at(Span(Position(1, 5), Position(2, 3))) == "1\r\n\x0cb"
    assert read.text_at(Span(Position(2, 6), Position(3, 4))) == "'''é\r\n'''"
    assert [read.line(None, row) for row in range(6)] == [
        "",
        "a = 1",
        "\x0cb = '''é",
        "'''",
        "c",
        "",
    ]
    assert read.newline(None) == "\r\n"
    assert read.position(2, 1) == (None, Position(2, 2))
    assert read.line(7, 1) == ""
    assert source(b"x").newline(None) == "\n"


@pytest.mark.parametrize(
    ("position", "index"),
    [
        (Position(1, 1), 0),
        (Position(1, 2), 1),
        (Position(1, 9), 2),
        (Position(2, 1), 4),
        (Position(2, 5), 4),
        (Position(3, 1), 5),
        (Position(3, 9), 6),
        (Position(9, 1), 6),
        (Position(0, 0), 0),
    ],
)
def test_offsets_stay_within_their_row(position: Position, index: int) -> None:
    assert offset("ab\r\n\nc", position) == index


@given(st.text("ab\n\r\f😀", max_size=30), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_positions_and_offsets_are_inverse(text: str, index: int) -> None:
    index = min(index, len(text))
    if text[index - 1 : index + 1] != "\r\n":
        assert offset(text, position_at(text, index)) == index


@given(LINES, NEWLINES, st.sampled_from(["utf-8", "utf-8-sig"]))
@settings(max_examples=200, deadline=None)
def test_every_row_of_the_program_stands_where_the_map_says(
    lines: list[str], newline: str, encoding: str
) -> None:
    data = newline.join(lines).encode(encoding)
    read = source(data)
    assert read.to_bytes() == data
    assert read.editable
    program = read.program.split("\n")
    assert len(program) == len(read.rows)
    for row, line in zip(read.rows, program, strict=True):
        assert read.line(None, row.row)[row.shift :] == line


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_bytes_can_be_read_and_come_back(data: bytes, notebook: bool) -> None:
    read = Source.from_bytes("x", data, notebook=notebook)
    assert read.to_bytes() == data
    assert read.with_chunks({}).to_bytes() == data


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        ("import os\nprint(1)", False),
        ("lax.add(operand, operand)", False),
        ("lax.add(operand, np.random.rand())", True),
        ("import random", True),
        ("SEEDS = 1  # all caps", False),
        ("jax.lax.rng_bit_generator(k)", True),
        ("nnx.Rngs(0)", True),
        ("", False),
    ],
)
def test_may_matter(text: str, matters: bool) -> None:
    assert may_matter(text) is matters
    assert may_matter(text.encode()) is matters


def test_words_of_a_project_s_own_tables_matter() -> None:
    assert may_matter("from ours import make_key", extra=["make_key"])


def test_no_name_that_can_be_reported_is_dismissed() -> None:
    assert [name for name in sorted(load().reportable) if not may_matter(name)] == []
