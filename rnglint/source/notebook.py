"""Jupyter notebooks: their Python cells as one program, and edited cells back into the JSON.

Nothing is dumped anew: an edited cell's source is replaced where it stands in the bytes, in
the style in which it was written, and everything else stays as it was.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rnglint.diagnostics import Position
from rnglint.source.ipython import ShiftedRow, python_rows, syntax_error
from rnglint.source.reading import (
    Chunk,
    Origin,
    Row,
    Source,
    SourceError,
    decoding_error,
    error_at,
    null_error,
)
from rnglint.source.text import SURROGATE, position_at

#: A cell of a notebook: its 1-based index over all cells, and the value that the JSON holds.
Cell = tuple[int, Any]

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PYTHON = re.compile(r"i?python[0-9.]*", re.IGNORECASE)


def read_notebook(filename: str, data: bytes) -> Source:
    """The source of a notebook; what is broken in it becomes errors."""
    try:
        notebook = json.loads(_decode(data)[1])
        cells = [(index, cell) for index, cell in _cells(notebook) if _is_python(cell, notebook)]
    except UnicodeError as error:
        return Source(filename, errors=(decoding_error(data, error),), origin=Origin(data))
    except (ValueError, RecursionError) as error:
        return Source(filename, errors=(_json_error(error),), origin=Origin(data))
    errors: list[SourceError] = []
    read: list[tuple[Chunk, list[ShiftedRow]]] = []
    for index, cell in cells:
        text = _text(cell.get("source", cell.get("input")))
        rows = None if text is None else python_rows(text)
        if text is None:
            errors.append(error_at("the source of this cell is not text", cell=index))
        elif rows is not None:
            read.append((Chunk(index, text), rows))
    return _source(filename, data, read, errors)


def _source(
    filename: str,
    data: bytes,
    cells: Sequence[tuple[Chunk, list[ShiftedRow]]],
    errors: list[SourceError],
) -> Source:
    """The source of some cells, each parsed by itself.

    One that is only half written is reported, and does not silence what can be said of the
    others.
    """
    sound = []
    for chunk, rows in cells:
        if error := null_error(chunk) or _cell_error(chunk, rows):
            errors.append(error)
        else:
            sound.append((chunk, rows))
    chunks = tuple(chunk for chunk, _ in cells)
    origin = Origin(data, chunks=chunks, notebook=True)
    return Source(filename, chunks, *_joined(sound), errors=tuple(errors), origin=origin)


def cells_program(chunks: Iterable[Chunk]) -> tuple[str, tuple[Row, ...]]:
    """The program of the cells: IPython's additions rewritten, all rows in order."""
    return _joined([(chunk, python_rows(chunk.text) or []) for chunk in chunks])


def write_notebook(data: bytes, old: Sequence[Chunk], new: Sequence[Chunk]) -> bytes:
    """The notebook `data` with the source of each cell whose text changed replaced."""
    mark, text = _decode(data)
    places = _source_places(text)
    for before, after in reversed(list(zip(old, new, strict=True))):
        if before.text != after.text and before.cell in places:
            start, end = places[before.cell]
            source = _render(text[start:end], after.text, ascii_only=text.isascii())
            text = text[:start] + source + text[end:]
    return mark + text.encode("utf-8")


def _decode(data: bytes) -> tuple[bytes, str]:
    """The byte order mark, where there is one, and the JSON text."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark, data[len(mark) :].decode("utf-8")


def _cells(notebook: Any) -> Iterator[Cell]:
    """The cells of a notebook of format 4, or, in worksheets, 3."""
    if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
        yield from enumerate(notebook["cells"], 1)
    elif isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        lists = [cells for sheet in sheets if isinstance(cells := sheet.get("cells"), list)]
        yield from enumerate((cell for cells in lists for cell in cells), 1)
    else:
        raise ValueError("it has no list of cells")


def _is_python(cell: Any, notebook: Any) -> bool:
    """Whether a cell holds code, in Python as far as notebook and cell tell."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return False
    languages = (
        _at(notebook, "metadata", "language_info", "name")
        or _at(notebook, "metadata", "kernelspec", "language"),
        _at(cell, "metadata", "vscode", "languageId"),
        _at(cell, "language"),
    )
    return all(not isinstance(name, str) or _PYTHON.fullmatch(name) for name in languages)


def _at(value: Any, *keys: str) -> Any:
    """The value below some keys; None where one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(source: Any) -> str | None:
    """A cell's source, which may stand there as one string or as a list of them."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _json_error(error: Exception) -> SourceError:
    """The error of a file that is no notebook, where its JSON ends to make sense."""
    if isinstance(error, json.JSONDecodeError):
        message = f"not a notebook: no valid JSON: {error.msg}"
        return error_at(message, position_at(error.doc, error.pos))
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return error_at(f"not a notebook: {reason}")


def _cell_error(chunk: Chunk, rows: Sequence[ShiftedRow]) -> SourceError | None:
    """Why a cell cannot be parsed; None where it can."""
    error = syntax_error("\n".join(row for row, _ in rows))
    if error is None:
        return None
    if not isinstance(error, SyntaxError):
        return error_at(f"cannot be parsed: {error}", cell=chunk.cell)
    row = min(max(error.lineno or 1, 1), len(rows))
    column = max(error.offset or 1, 1) + rows[row - 1][1]
    return error_at(error.msg, Position(row, column), chunk.cell)


def _joined(
    cells: Sequence[tuple[Chunk, Sequence[ShiftedRow]]],
) -> tuple[str, tuple[Row, ...]]:
    """The rows of all cells as one program, and where each of them stands."""
    program = "\n".join(row for _, rows in cells for row, _ in rows)
    places = (
        Row(chunk.cell, number, shift)
        for chunk, rows in cells
        for number, (_, shift) in enumerate(rows, 1)
    )
    return program, tuple(places)


def _source_places(text: str) -> dict[int | None, tuple[int, int]]:
    """Where the source of each cell begins and ends in the JSON text."""
    places: dict[int | None, tuple[int, int]] = {}
    for index, start in enumerate(_cell_starts(text), 1):
        members = _members(text, start)
        if place := members.get("source", members.get("input")):
            places[index] = place
    return places


def _cell_starts(text: str) -> Iterator[int]:
    """Where each cell begins in the JSON text, in the order of `_cells`."""
    notebook = _members(text, _skip(text, 0))
    if (cells := notebook.get("cells")) and text[cells[0]] == "[":
        yield from (start for _, start, _ in _items(text, cells[0]))
        return
    for _, sheet, _ in _items(text, notebook["worksheets"][0]):
        cells = _members(text, sheet).get("cells")
        if cells and text[cells[0]] == "[":
            yield from (start for _, start, _ in _items(text, cells[0]))


def _members(text: str, start: int) -> dict[str | None, tuple[int, int]]:
    """Where the value of each member of the object at `start` stands; none for other values."""
    if text[start] != "{":
        return {}
    return {key: (begin, end) for key, begin, end in _items(text, start)}


def _items(text: str, start: int) -> Iterator[tuple[str | None, int, int]]:
    """The values in the object or array at `start`: key (None in an array), start, end.

    The text is known to be valid JSON.
    """
    index = _skip(text, start + 1)
    while text[index] not in "]}":
        key = None
        if text[start] == "{":
            key, index = _DECODER.raw_decode(text, index)
            index = _skip(text, _skip(text, index) + 1)
        _, end = _DECODER.raw_decode(text, index)
        yield key, index, end
        index = _skip(text, end)
        if text[index] == ",":
            index = _skip(text, index + 1)


def _skip(text: str, index: int) -> int:
    """The next index that is no white space."""
    space = _SPACE.match(text, index)
    return space.end() if space else index


def _render(raw: str, text: str, *, ascii_only: bool) -> str:
    """The JSON of an edited source, a list of lines or a string as `raw` was.

    Lines that were there before keep their spelling, and the list its white space.
    """
    if not raw.startswith("["):
        return _dumps(text, ascii_only=ascii_only)
    items = [(start, end) for _, start, end in _items(raw, 0)]
    spelled = {json.loads(raw[start:end]): raw[start:end] for start, end in items}
    lines = [
        spelled.get(line) or _dumps(line, ascii_only=ascii_only) for line in _LINE.findall(text)
    ]
    opening = raw[1 : items[0][0]] if items else ""
    closing = raw[items[-1][1] : -1] if items else ""
    between = raw[items[0][1] : items[1][0]] if len(items) > 1 else f",{opening or ' '}"
    return f"[{opening}{between.join(lines)}{closing}]"


def _dumps(text: str, *, ascii_only: bool) -> str:
    """A JSON string; a lone surrogate, which no encoding takes, is always escaped."""
    dumped = json.dumps(text, ensure_ascii=ascii_only)
    return SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", dumped)
