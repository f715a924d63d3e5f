"""RNG000: what cannot be parsed is a finding at the place where parsing ends."""

from __future__ import annotations

import re

import pytest
from cli_support import Shell

from rnglint.bundled import fixtures_path
from rnglint.engine import check_source
from rnglint.source.reading import Source

FOLDER = fixtures_path() / "RNG000_syntax_error"


def places(filename: str, data: bytes) -> list[tuple[str, int | None, int]]:
    found = check_source(Source.from_bytes(filename, data))
    return [(each.code, each.span.cell, each.span.start.row) for each in found]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        pytest.param(b"x = (\n", 1, id="a bracket that stays open"),
        pytest.param(b"x = 1\nprint 'python 2'\n", 2, id="Python 2"),
        pytest.param(b"def f():\n\tx = 1\n        y = 2\n", 3, id="tabs and blanks mixed"),
        pytest.param(b"x = 1\ny = '\xff'\n", 2, id="bytes that are no UTF-8"),
        pytest.param(b"# coding: nonsense\n", 1, id="an unknown encoding"),
        pytest.param(b"x = 1\ny = 2\0\n", 2, id="a null character"),
        pytest.param(b"(" * 250 + b")" * 250, 1, id="nested too deeply"),
        pytest.param(b"x = 1\n" * 3 + b'"""', 4, id="a string that stays open"),
    ],
)
def test_one_finding_at_the_place(data: bytes, row: int) -> None:
    assert places("a.py", data) == [("RNG000", None, row)]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("x = " + "(" * 5000 + ")" * 5000, id="brackets"),
        pytest.param("x = " + "+".join("1" * 20_000), id="a long sum"),
        pytest.param("x" + ".a()" * 5000, id="a long chain"),
        pytest.param("if x:\n    pass\n" + "elif x:\n    pass\n" * 5000, id="a long choice"),
    ],
)
def test_depth_ends_neither_the_process_nor_our_patience(shell: Shell, program: str) -> None:
    """In a process of its own, since a parser written in another language may crash."""
    shell.write("a.py", f"import numpy as np\n{program}\nnp.random.seed(0)\n")
    done = shell.python("-m", "rnglint", "check", "--no-cache", "a.py", timeout=30)
    assert done.returncode == 1
    assert b": RNG" in done.stdout


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\xef\xbb\xbf", b"\x0c\n", b"x = 1", b"# only a comment", b"x = 1\r\ny = 2\r"],
)
def test_what_is_a_program_is_no_finding(data: bytes) -> None:
    assert places("a.py", data) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"3", b'{"cells": 3}', b"\xff", b'{"cells": [{"cell_type": 1}]}']
)
def test_broken_notebooks_are_at_most_one_finding(data: bytes) -> None:
    assert all(code == "RNG000" for code, _, _ in places("a.ipynb", data))
    assert len(places("a.ipynb", data)) <= 1


def test_fixture() -> None:
    data = (FOLDER / "before.ipynb").read_bytes()
    source = Source.from_bytes("before.ipynb", data)
    expected = [
        (code, chunk.cell, row)
        for chunk in source.chunks
        for row, line in enumerate(chunk.text.split("\n"), start=1)
        for code in re.findall(r"# expect: (\w+)", line)
    ]
    assert expected
    assert places("before.ipynb", data) == expected


def test_clean_fixture() -> None:
    assert places("clean.py", (FOLDER / "clean.py").read_bytes()) == []
