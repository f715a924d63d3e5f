"""IPython's additions to Python, rewritten so that a parser of Python can read a cell.

A row keeps its place and, as far as it holds Python, its columns: `%magic`, `!command` and
`name?` become `pass`, `%time f(x)` becomes `f(x)`, which is shifted back. What is run elsewhere
or is no Python (`%%bash`, `%%writefile`, `%%python`, unknown ones) drops the whole cell.
"""

from __future__ import annotations

import ast
import re
import warnings

from rnglint.source.lines import logical_line
from rnglint.source.text import leading_form_feeds, parsable, split_rows

#: A row of the program, and by how much its columns are less than those in the cell.
ShiftedRow = tuple[str, int]

#: Magics that run the Python that follows them, on their line or in the rest of their cell.
_LINE_MAGICS = frozenset(
    {"lprun", "memit", "mprun", "prun", "pyinstrument", "snakeviz", "time", "timeit"}
)
_CELL_MAGICS = _LINE_MAGICS | {"capture", "debug", "ipytest"}

#: Line magics and shell aliases that IPython runs without their "%".
_AUTOMAGIC_WORDS = """
    alias alias_magic autoawait autocall automagic bookmark cat cd code_wrap colors conda config cp
    debug dhist dirs doctest_mode edit env gui history killbgscripts ldir less lf lk ll load
    load_ext loadpy logoff logon logstart logstate logstop ls lsmagic lx macro magic mamba man
    matplotlib micromamba mkdir more mv notebook page pastebin pdb pdef pdoc pfile pinfo pinfo2 pip
    popd pprint precision prun psearch psource pushd pwd pycat pylab quickref recall rehashx
    reload_ext rerun reset reset_selective rm rmdir run save sc set_env sx system tb time timeit
    unalias unload_ext uv who who_ls whos xdel xmode
"""
_AUTOMAGICS = frozenset(_AUTOMAGIC_WORDS.split())
_AUTOMAGIC = re.compile(r"([a-z]\w*)[ \t]+(?![-+*/%&|^@<>!]*=)\S")

_ESCAPES = tuple("%!?/,;")
_CELL_MAGIC = re.compile(r"%%(\w+)(?![\w?])")
_LINE_MAGIC = re.compile(r"%(\w+)[ \t]+")
_OPTIONS = re.compile(r"(?:-[lsTDfm][ \t]+\S+[ \t]+|--?[a-zA-Z][\w-]*(?:[ \t]*[0-9]+)?[ \t]+)*")
_ASSIGNED = re.compile(
    r"""((?:[^#='"\n]|'[^'\n]*'|"[^"\n]*")*?[^\s!<>=:+*/%&|^@-][ \t]*=[ \t]*)(?:!|%[a-zA-Z_])"""
)
_INDENT = re.compile(r"[ \t]*")


def python_rows(text: str) -> list[ShiftedRow] | None:
    """The rows of a cell as Python; None where it does not hold Python for this kernel."""
    rows = [leading_form_feeds(row) for row in split_rows(parsable(text))]
    first = next((index for index, (row, _) in enumerate(rows) if row.strip()), len(rows))
    if first == len(rows):
        return rows
    rows = _dedented(rows, first)
    opening = _opening(rows, first)
    if opening is None:
        return None
    if rows[opening][0].startswith("%%"):
        rows[opening] = ("", 0)
    return _without_escapes(rows)


def _dedented(rows: list[ShiftedRow], first: int) -> list[ShiftedRow]:
    """The rows without the indent of the first that is not blank, as IPython has it."""
    indent = _indent(rows[first][0])
    if not indent:
        return rows
    return [
        (row[len(indent) :], shift + len(indent)) if row.startswith(indent) else (row, shift)
        for row, shift in rows
    ]


def _opening(rows: list[ShiftedRow], first: int) -> int | None:
    """The row that tells what a cell holds; None where that is no Python of this kernel.

    IPython takes the first row that is not blank; comments before it are passed over here,
    since no cell magic can be meant as Python.
    """
    automagic = _AUTOMAGIC.match(rows[first][0])
    if automagic and automagic[1] in _AUTOMAGICS and not parses(rows[first][0]):
        return None
    for index in range(first, len(rows)):
        row = rows[index][0].strip()
        if row.startswith("%%"):
            magic = _CELL_MAGIC.match(row)
            return index if magic and magic[1] in _CELL_MAGICS else None
        if row and not row.startswith("#"):
            break
    return first


def _without_escapes(rows: list[ShiftedRow]) -> list[ShiftedRow]:
    """The rows with IPython's lines rewritten; all others as they are."""
    text = "\n".join(row for row, _ in rows)
    done: list[ShiftedRow] = []
    start = 0
    while len(done) < len(rows):
        line, rewritten = _next_line(rows, len(done), text, start)
        done += rewritten
        start += sum(len(row) + 1 for row, _ in line)
    return done


def _next_line(
    rows: list[ShiftedRow], index: int, text: str, start: int
) -> tuple[list[ShiftedRow], list[ShiftedRow]]:
    """The rows of the logical line at a row of a cell, as they are and rewritten."""
    row = rows[index][0]
    if row.lstrip().startswith(_ESCAPES):
        line = _continued(rows, index)
        return line, _escaped(line)
    if assigned := _ASSIGNED.match(row):
        line = _continued(rows, index)
        return line, _assigned(line, assigned[1])
    end, asks = logical_line(text, start)
    line = rows[index : index + text.count("\n", start, end) + 1]
    return line, _passed(line) if asks else line


def _continued(rows: list[ShiftedRow], index: int) -> list[ShiftedRow]:
    """The rows of a magic or a shell command: only a backslash continues them."""
    end = index + 1
    while end < len(rows) and rows[end - 1][0].endswith("\\"):
        end += 1
    return rows[index:end]


def _escaped(line: list[ShiftedRow]) -> list[ShiftedRow]:
    """A line that begins with an escape: the Python that it runs, or `pass`."""
    row, shift = line[0]
    indent = _indent(row)
    begin = _python_begin(row, len(indent))
    if begin and parses("\n".join([row[begin:], *(more for more, _ in line[1:])])):
        return [(indent + row[begin:], shift + begin - len(indent)), *line[1:]]
    return _passed(line)


def _assigned(line: list[ShiftedRow], target: str) -> list[ShiftedRow]:
    """`target = %magic` or `target = !command`: the Python that it runs, or None."""
    row, shift = line[0]
    begin = _python_begin(row, len(target))
    if begin:
        blank = " " * (begin - len(target))
        python = [(target + blank + row[begin:], shift), *line[1:]]
        if parses("\n".join(row for row, _ in python).lstrip()):
            return python
    return [(f"{target}None", shift), *[("", 0)] * (len(line) - 1)]


def _python_begin(row: str, start: int) -> int | None:
    """Where the Python begins that the line magic at `start` runs; None where it runs none."""
    magic = _LINE_MAGIC.match(row, start)
    if not magic or magic[1] not in _LINE_MAGICS:
        return None
    options = _OPTIONS.match(row, magic.end())
    return options.end() if options else magic.end()


def _passed(line: list[ShiftedRow]) -> list[ShiftedRow]:
    """A line replaced by `pass`."""
    row, shift = line[0]
    return [(f"{_indent(row)}pass", shift), *[("", 0)] * (len(line) - 1)]


def _indent(row: str) -> str:
    found = _INDENT.match(row)
    return found[0] if found else ""


def parses(text: str) -> bool:
    """Whether a text is Python."""
    return syntax_error(text) is None


def syntax_error(text: str) -> Exception | None:
    """Why a text is no Python; None where it is. Keeps the parser's warnings to itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    return None
