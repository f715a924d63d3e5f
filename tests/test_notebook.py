"""Notebooks: IPython's syntax, cell numbers, broken files, and JSON that keeps its bytes."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnglint.diagnostics import Position
from rnglint.source.reading import Source

#: Words that keep their columns in `test_ipython_syntax`.
MARK = "f(key)"


def cell(source: Any, kind: str = "code", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "outputs": [], "source": source, **more}


def notebook(*cells: Any, metadata: Any = None) -> dict[str, Any]:
    made = [each if isinstance(each, dict) else cell(each) for each in cells]
    return {"cells": made, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}


def read(*cells: Any, metadata: Any = None) -> Source:
    data = json.dumps(notebook(*cells, metadata=metadata)).encode()
    made = Source.from_bytes("x.ipynb", data)
    assert made.to_bytes() == data
    return made


def places(source: Source) -> list[tuple[int | None, int]]:
    return [(row.cell, row.row) for row in source.rows]


def test_cells_make_one_program() -> None:
    made = read("# text", cell("# no code", "markdown"), "import jax\n", ["a = 1\n", "b = 2"])
    assert made.program == "# text\nimport jax\n\na = 1\nb = 2"
    assert places(made) == [(1, 1), (3, 1), (3, 2), (4, 1), (4, 2)]
    assert [chunk.cell for chunk in made.chunks] == [1, 3, 4]
    assert made.line(4, 2) == "b = 2"
    assert made.position(5, 3) == (4, Position(2, 3))


@pytest.mark.parametrize("cells", [(), (cell("# text", "markdown"),), ("%%bash\nls",)])
def test_no_python_is_an_empty_program(cells: tuple[Any, ...]) -> None:
    made = read(*cells)
    assert (made.program, made.rows, made.chunks, made.errors) == ("", (), (), ())
    assert made.position(1, 1) == (None, Position(1, 1))


@pytest.mark.parametrize(
    ("text", "program"),
    [
        pytest.param("%matplotlib inline\nx", "pass\nx", id="a line magic"),
        pytest.param("if x:\n    %xmode\n    !ls", "if x:\n    pass\n    pass", id="in a block"),
        pytest.param("!pip install x \\\n  y\nx", "pass\n\nx", id="a command on two rows"),
        pytest.param("!echo \"it's (\nx", "pass\nx", id="a command that is no Python at all"),
        pytest.param("?x\nx?\nx.y??\n%time?\nx", "pass\npass\npass\npass\nx", id="help"),
        pytest.param("x?  # what\ny", "pass\ny", id="help with a comment"),
        pytest.param("x = 'why?'\ny # ?", "x = 'why?'\ny # ?", id="question marks that are none"),
        pytest.param("/f x\n,f a b\n;f a b", "pass\npass\npass", id="automatic calls"),
        pytest.param("%time f(key)", "f(key)", id="a timed expression"),
        pytest.param("%time x = f(key)", "x = f(key)", id="a timed statement"),
        pytest.param("%timeit -n 10 -r3 -o f(key)", "f(key)", id="options of timeit"),
        pytest.param("%prun -s cumulative -l 5 f(key)", "f(key)", id="options of prun"),
        pytest.param("%time f(key) + \\\n  1", "f(key) + \\\n  1", id="timed on two rows"),
        pytest.param("for x in y:\n  %time f(key)", "for x in y:\n  f(key)", id="timed in a block"),
        pytest.param("%time ls -l x", "pass", id="timed, but no Python"),
        pytest.param("%time", "pass", id="nothing timed"),
        pytest.param("x = %time f(key)", "x =       f(key)", id="the timed value assigned"),
        pytest.param(
            "x['a'] = %timeit -o f(key)", "x['a'] =            f(key)", id="to an element"
        ),
        pytest.param("x = !ls\na, b.c = %who x", "x = None\na, b.c = None", id="unknown values"),
        pytest.param("x = !ls \\\n -l\ny", "x = None\n\ny", id="an unknown value on two rows"),
        pytest.param("'a = %s' % x\nx = y % 2", "'a = %s' % x\nx = y % 2", id="the operator"),
        pytest.param(
            "x = (1\n% 2)\ny = 1 \\\n% 2", "x = (1\n% 2)\ny = 1 \\\n% 2", id="on its own row"
        ),
        pytest.param("x = '''\n%bash\n!ls\n'''", "x = '''\n%bash\n!ls\n'''", id="in a string"),
        pytest.param("x = 'a\\\n!b'", "x = 'a\\\n!b'", id="in a string that is continued"),
        pytest.param("x == y\nx != y\nx >= y", "x == y\nx != y\nx >= y", id="comparisons"),
        pytest.param("%%time\nf(key)", "\nf(key)", id="a timed cell"),
        pytest.param("%%timeit -n 3 x = 1\nf(key)", "\nf(key)", id="a timed cell with a setup"),
        pytest.param("\n# c\n%%capture out\nf(key)", "\n# c\n\nf(key)", id="a captured cell"),
        pytest.param("  f(key)\n  x\n", "f(key)\nx\n", id="an indented cell"),
        pytest.param(
            "\n    if x:\n      f(key)\ny", "\nif x:\n  f(key)\ny", id="a cell that is partly"
        ),
        pytest.param("\x0cf(key)", "f(key)", id="a form feed"),
        pytest.param(
            "await f(key)\nf(key);", "await f(key)\nf(key);", id="what only notebooks may"
        ),
        pytest.param("x\r\ny\rz", "x\ny\nz", id="other newlines"),
        pytest.param("ls = 1\nenv\ntime.time()", "ls = 1\nenv\ntime.time()", id="names of magics"),
        pytest.param("x = '\ud800'", "x = '\ufffd'", id="half a character"),
    ],
)
def test_ipython_syntax(text: str, program: str) -> None:
    made = read(text)
    assert made.program == program
    assert made.errors == ()
    ast.parse(made.program)
    for row, line in zip(made.rows, program.split("\n"), strict=True):
        if MARK in line:
            column = line.index(MARK) + row.shift
            assert made.line(row.cell, row.row)[column:].startswith(MARK)


@pytest.mark.parametrize(
    "text",
    [
        "%%bash\nls",
        "%%writefile x.py\nimport x",
        "%%html\n<a>",
        "%%python\nx = 1",
        "%%unknown_magic\nx = 1",
        "%%time?\nx",
        "  %%bash\n  ls",
        "# comment\n%%bash\nls",
        "pip install x",
        "load_ext autoreload\nx = 1",
        "timeit -n 5 f(x)",
        "cd ..",
    ],
)
def test_cells_that_are_no_python_are_left_out(text: str) -> None:
    made = read("x = 1", text, "y = 2")
    assert made.program == "x = 1\ny = 2"
    assert [chunk.cell for chunk in made.chunks] == [1, 3]
    assert made.errors == ()


@pytest.mark.parametrize(
    ("metadata", "is_read"),
    [
        ({}, True),
        ({"language_info": {"name": "python"}}, True),
        ({"kernelspec": {"language": "python", "name": "python3"}}, True),
        ({"kernelspec": {"language": "sagemath"}, "language_info": {"name": "python"}}, True),
        ({"language_info": {"name": "R"}}, False),
        ({"kernelspec": {"language": "julia"}}, False),
        ({"kernelspec": {"language": "python"}, "language_info": {"name": "R"}}, False),
        ({"kernelspec": 3, "language_info": {"name": 4}}, True),
    ],
)
def test_language(metadata: dict[str, Any], is_read: bool) -> None:
    assert read("x", metadata=metadata).program == ("x" if is_read else "")


def test_a_cell_of_another_language() -> None:
    assert read(cell("x", metadata={"vscode": {"languageId": "sql"}}), "y").program == "y"


def test_format_3_has_worksheets() -> None:
    sheets = [
        {"cells": [{"cell_type": "code", "input": ["a = 1"], "language": "python"}]},
        {"cells": [{"cell_type": "heading"}, {"cell_type": "code", "input": "b = 2"}]},
        {},
    ]
    data = json.dumps({"nbformat": 3, "worksheets": sheets}, indent=1).encode()
    made = Source.from_bytes("x.ipynb", data)
    assert made.program == "a = 1\nb = 2"
    assert places(made) == [(1, 1), (3, 1)]
    changed = made.with_chunks({3: "c = 3"})
    assert changed.to_bytes() == data.replace(b"b = 2", b"c = 3")


@pytest.mark.parametrize(
    ("text", "message", "row", "column"),
    [
        pytest.param("", "no valid JSON", 1, 1, id="empty"),
        pytest.param('{\n "cells": [', "no valid JSON", 2, 12, id="truncated"),
        pytest.param('{"a": "\x01"}', "no valid JSON", 1, 8, id="a control character"),
        pytest.param("[]", "no list of cells", 1, 1, id="a list"),
        pytest.param("{}", "no list of cells", 1, 1, id="an empty object"),
        pytest.param('{"cells": 3}', "no list of cells", 1, 1, id="a number of cells"),
        pytest.param("[" * 100_000, "not a notebook", 1, 1, id="nested beyond reason"),
        pytest.param("9" * 10_000, "not a notebook", 1, 1, id="a number beyond reason"),
    ],
)
def test_what_is_no_notebook(text: str, message: str, row: int, column: int) -> None:
    made = Source.from_bytes("x.ipynb", text.encode())
    (error,) = made.errors
    assert message in error.message
    assert (error.span.cell, error.span.start) == (None, Position(row, column))
    assert made.to_bytes() == text.encode()


def test_bytes_that_are_no_text() -> None:
    made = Source.from_bytes("x.ipynb", b'{"cells": ["\xe9"]}')
    assert "cannot be decoded as utf-8: byte 0xe9" in made.errors[0].message
    assert made.errors[0].span.start == Position(1, 13)


@pytest.mark.parametrize(
    ("broken", "message", "row", "column"),
    [
        pytest.param("x = (", "'(' was never closed", 1, 5, id="half written"),
        pytest.param("  %time x\n  y = = 1", "invalid syntax", 2, 7, id="beyond an indent"),
        pytest.param("x\n = '\0'", "null character", 2, 5, id="a null"),
        pytest.param(
            ["x", 3], "source of this cell is not text", 1, 1, id="a list of other things"
        ),
        pytest.param(None, "source of this cell is not text", 1, 1, id="no text"),
        pytest.param({"a": 1}, "source of this cell is not text", 1, 1, id="an object"),
    ],
)
def test_a_broken_cell_does_not_silence_the_others(
    broken: Any, message: str, row: int, column: int
) -> None:
    made = read("x = 1", cell(broken), "y = 2")
    (error,) = made.errors
    assert message in error.message
    assert (error.span.cell, error.span.start) == (2, Position(row, column))
    assert made.program == "x = 1\ny = 2"
    assert places(made) == [(1, 1), (3, 1)]
    assert not made.editable


def test_cells_that_are_no_objects_count() -> None:
    assert places(read(cell("", "raw"), "x")) == [(2, 1)]
    made = Source.from_bytes(
        "x.ipynb", b'{"cells": [3, null, {"cell_type": "code", "source": "x"}]}'
    )
    assert places(made) == [(3, 1)]
    assert made.with_chunks({3: "y"}).to_bytes() == made.to_bytes().replace(b'"x"', b'"y"')


def test_an_edit_that_breaks_a_cell_breaks_the_program() -> None:
    changed = read("x = 1", "y = 2").with_chunks({2: "y = ("})
    with pytest.raises(SyntaxError):
        ast.parse(changed.program)


@pytest.mark.parametrize("indent", [None, 1, 4, "\t"])
@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize(("start", "end"), [("", ""), ("\ufeff", "\n"), (" \n", "\r\n\r\n")])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            ["a = 1\n", "b = 2\n", "c"], ["a = 1\n", "bé = 3\n", "c"], id="a line changed"
        ),
        pytest.param(["a = 1\n", "c"], ["a = 1\n", "b\n", "b\n", "c"], id="lines inserted"),
        pytest.param(["a = 1\n", "b\n", "c"], ["c"], id="lines deleted"),
        pytest.param(["a"], ["a\n", "b"], id="one line to two"),
        pytest.param("a\nb = '\\'", "a\nb = '\"\\é'", id="one string"),
        pytest.param(["a\r\n", "b"], ["a\r\n", "c\r\n", "b"], id="newlines of Windows"),
    ],
)
def test_only_the_edited_source_changes(
    indent: int | str | None, ensure_ascii: bool, start: str, end: str, before: Any, after: Any
) -> None:
    def dump(source: Any) -> bytes:
        whole = notebook("# é, é", cell(source), cell("z", "raw"), "y")
        text = json.dumps(whole, indent=indent, ensure_ascii=ensure_ascii)
        return f"{start}{text}{end}".encode()

    made = Source.from_bytes("x.ipynb", dump(before))
    changed = made.with_chunks({2: "".join(after)})
    assert changed.to_bytes() == dump(after)
    assert changed.with_chunks({2: "".join(before)}).to_bytes() == dump(before)


def test_untouched_lines_keep_their_spelling() -> None:
    data = rb'{"cells": [{"cell_type":"code","source" : [ "a = \u0027\/\u0027\n","b","" ]}]}'
    made = Source.from_bytes("x.ipynb", data)
    assert made.chunk(1).text == "a = '/'\nb"
    expected = data.replace(b'"b",""', b'"c\\n","d"')
    assert made.with_chunks({1: "a = '/'\nc\nd"}).to_bytes() == expected


def test_the_last_of_equal_keys_counts() -> None:
    data = b'{"cells":[],"cells":[{"cell_type":"code","source":"a","source":"b"}]}'
    made = Source.from_bytes("x.ipynb", data)
    assert made.program == "b"
    assert made.with_chunks({1: "c"}).to_bytes() == data.replace(b'"b"', b'"c"')


def test_an_emptied_and_a_filled_cell() -> None:
    made = read(["a"], [])
    changed = json.loads(made.with_chunks({1: "", 2: "b\nc"}).to_bytes())
    assert [each["source"] for each in changed["cells"]] == [[], ["b\n", "c"]]


TEXTS = st.text("ab =\n\r\"\\é😀\ud800\u2028'#", max_size=12)


@given(st.lists(TEXTS | st.lists(TEXTS, max_size=4), min_size=1, max_size=4), TEXTS, st.data())
@settings(max_examples=150, deadline=None)
def test_an_edit_changes_one_cell_and_nothing_else(
    sources: list[str | list[str]], text: str, data: st.DataObject
) -> None:
    indent = data.draw(st.sampled_from([None, 1]))
    ensure_ascii = data.draw(st.booleans())
    dumped = json.dumps(notebook(*map(cell, sources)), indent=indent, ensure_ascii=ensure_ascii)
    raw = dumped.encode("utf-8", "replace")
    made = Source.from_bytes("x.ipynb", raw)
    assert made.to_bytes() == raw
    if made.chunks:
        number = data.draw(st.sampled_from([chunk.cell for chunk in made.chunks]))
        written = json.loads(made.with_chunks({number: text}).to_bytes())
        expected = json.loads(raw)
        assert number is not None
        found = written["cells"][number - 1].pop("source")
        assert "".join(found) == text
        assert isinstance(found, str) == isinstance(
            expected["cells"][number - 1].pop("source"), str
        )
        assert written == expected


@given(st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_a_torn_notebook_is_an_error_at_most(start: int, length: int) -> None:
    whole = json.dumps(notebook("x = 1", ["y = 2\n", "z"]), indent=1).encode()
    torn = whole[:start] + whole[start + length :]
    assert Source.from_bytes("x.ipynb", torn).to_bytes() == torn


@given(
    st.lists(
        st.sampled_from(
            [
                "%time f()",
                "x = (",
                "'''",
                "!ls \\",
                "%%time",
                "  y",
                "x?",
                "x = !l",
                "\\",
                "\f%",
                "",
            ]
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_rows_never_move(lines: list[str]) -> None:
    made = read("\n".join(lines), "end = 1")
    assert made.program.endswith("end = 1")
    numbers = [row.row for row in made.rows if row.cell == 1]
    assert numbers in ([], list(range(1, max(len(lines), 1) + 1)))
