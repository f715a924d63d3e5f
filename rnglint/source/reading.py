"""Bytes to text and back: encodings, byte order marks, newlines, form feeds, cells.

A `Source` keeps the text as it stands in the file (`chunks`) beside what the parser is
given (`program`), and a map from the rows of the one to the rows of the other. Nothing
here raises: what cannot be read or decoded becomes a `SourceError`.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from os import PathLike, fspath

from rnglint.diagnostics import Position, Span
from rnglint.source.text import (
    encode,
    leading_form_feeds,
    line_starts,
    offset,
    parsable,
    position_at,
    split_rows,
)

__all__ = [
    "Chunk",
    "Origin",
    "Row",
    "Source",
    "SourceError",
    "decoding_error",
    "error_at",
    "line_starts",
    "may_matter",
    "null_error",
]

#: One of these, or "rand", stands in every program that can be reported; see `may_matter`.
WORDS = (
    *("seed", "rng", "Rng", "RNG", "initializers", "determinism"),
    *("blackjax", "brax", "distrax", "equinox", "gymnax", "haiku", "numpyro", "optax"),
    *("tensorflow", "torch"),
)

_NEWLINES = re.compile(rb"\r\n|\r|\n")
_HEAD = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?[^\r\n]*")


@dataclass(frozen=True, slots=True)
class SourceError:
    """Text that could not be decoded or parsed, and where."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """The exact text of a file, or of one code cell of a notebook."""

    cell: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row of the program stands: its column there is the program's plus `shift`."""

    cell: int | None
    row: int
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """What a source was read from: all that is needed to write an edited one back."""

    data: bytes = b""
    encoding: str = "utf-8"
    chunks: tuple[Chunk, ...] = ()
    notebook: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One file as the linter sees it.

    `chunks` hold the text exactly as it is in the file: one for a Python file, one for each
    Python cell of a notebook. `program` is what the parser is given: the rows of all chunks,
    joined by "\\n". `rows[i]` tells where row i + 1 of the program stands.
    """

    filename: str
    chunks: tuple[Chunk, ...] = ()
    program: str = ""
    rows: tuple[Row, ...] = ()
    errors: tuple[SourceError, ...] = ()
    origin: Origin = field(default=Origin(), repr=False)

    @classmethod
    def from_bytes(cls, filename: str, data: bytes, *, notebook: bool | None = None) -> Source:
        """The source that `data` encodes; a notebook where the name or `notebook` says so."""
        if filename.endswith(".ipynb") if notebook is None else notebook:
            from rnglint.source.notebook import read_notebook

            return read_notebook(filename, data)
        return _read_python(filename, data)

    @classmethod
    def from_text(cls, filename: str, text: str) -> Source:
        """The source of a Python file whose text is at hand; it is written back as UTF-8."""
        return _python_source(filename, text, parsable(text).encode(), "utf-8")

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Source:
        """The source at `path`; where it cannot be read, an empty one with an error."""
        filename = fspath(path)
        try:
            with open(filename, "rb") as file:
                data = file.read()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return cls(filename, errors=(error_at(f"cannot be read: {reason}"),))
        return cls.from_bytes(filename, data)

    @property
    def editable(self) -> bool:
        """Whether the text can be written back such that only what was edited changes.

        False for what could not be read, and for the few encodings that allow one text to be
        spelled in several ways (UTF-7, ISO-2022) where the file does not spell it as we would.
        """
        if self.errors:
            return False
        if self.origin.notebook:
            return True
        text = self.origin.chunks[0].text if self.origin.chunks else ""
        return encode(text, self.origin.encoding) == self.origin.data

    def chunk(self, cell: int | None) -> Chunk:
        """The chunk of a cell (None: of a Python file); an empty one where there is none."""
        for chunk in self.chunks:
            if chunk.cell == cell:
                return chunk
        return Chunk(cell, "")

    def text_at(self, span: Span) -> str:
        """The text at `span`, newlines as in the file."""
        text = self.chunk(span.cell).text
        return text[offset(text, span.start) : offset(text, span.end)]

    def line(self, cell: int | None, row: int) -> str:
        """The text of a row, without its newline; "" beyond the end."""
        text = self.chunk(cell).text
        starts = line_starts(text)
        if not 1 <= row <= len(starts):
            return ""
        end = starts[row] if row < len(starts) else len(text)
        return text[starts[row - 1] : end].rstrip("\r\n")

    def newline(self, cell: int | None) -> str:
        """The newline that is used most in a chunk; "\\n" where it has none."""
        text = self.chunk(cell).text
        crlf = text.count("\r\n")
        counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
        return max(counts, key=lambda newline: counts[newline])

    def position(self, row: int, column: int) -> tuple[int | None, Position]:
        """The cell and the place in it of the 1-based `row` and `column` of the program."""
        place = self.rows[min(max(row, 1), len(self.rows)) - 1] if self.rows else Row(None, 1)
        return place.cell, Position(place.row, column + place.shift)

    def with_chunks(self, texts: Mapping[int | None, str]) -> Source:
        """This source with the text of some cells (None: of the file) replaced."""
        chunks = tuple(
            Chunk(chunk.cell, texts.get(chunk.cell, chunk.text)) for chunk in self.chunks
        )
        broken = {error.span.cell for error in self.errors}
        sound = tuple(chunk for chunk in chunks if chunk.cell not in broken)
        if self.origin.notebook:
            from rnglint.source.notebook import cells_program

            program, rows = cells_program(sound)
        else:
            program, rows = _file_program(sound)
        return replace(self, chunks=chunks, program=program, rows=rows)

    def to_bytes(self) -> bytes:
        """The bytes to write: the original ones but for what was edited."""
        if self.chunks == self.origin.chunks:
            return self.origin.data
        if self.origin.notebook:
            from rnglint.source.notebook import write_notebook

            return write_notebook(self.origin.data, self.origin.chunks, self.chunks)
        return self.chunks[0].text.encode(self.origin.encoding)


def may_matter(data: bytes | str, extra: Iterable[str] = ()) -> bool:
    """Whether anything here can be about random numbers; False is certain.

    Whatever is reported starts from a name that a library's knowledge table describes, and
    none of these can be reached without spelling "rand" or one of `WORDS`: a test holds all of
    them against it. "rand" in "operand", of which array code is full, does not count. `extra`
    are the words that a project's own table adds. Names spelled in compatibility characters
    (a full-width "random") are not looked for.
    """
    if isinstance(data, bytes):
        data = data.decode("latin-1")
    if data.count("rand") > data.count("operand"):
        return True
    return any(word in data for word in (*WORDS, *extra))


def error_at(
    message: str, position: Position | None = None, cell: int | None = None
) -> SourceError:
    """An error about one character, by default the first of the file."""
    start = position or Position(1, 1)
    return SourceError(message, Span(start, Position(start.row, start.column + 1), cell))


def null_error(chunk: Chunk) -> SourceError | None:
    """The error of a text that holds a null character, which no Python program may."""
    index = chunk.text.find("\0")
    if index < 0:
        return None
    return error_at("null character in the source", position_at(chunk.text, index), chunk.cell)


def _read_python(filename: str, data: bytes) -> Source:
    """The source of a Python file, decoded as PEP 263 says."""
    try:
        encoding = _encoding(data)
        text = data.decode(encoding)
    except (ValueError, SyntaxError, LookupError, OverflowError) as error:
        return Source(filename, errors=(decoding_error(data, error),), origin=Origin(data))
    return _python_source(filename, text, data, encoding)


def _python_source(filename: str, text: str, data: bytes, encoding: str) -> Source:
    chunks = (Chunk(None, text),)
    origin = Origin(data, encoding, chunks)
    if null := null_error(chunks[0]):
        return Source(filename, chunks, errors=(null,), origin=origin)
    program, rows = _file_program(chunks)
    return Source(filename, chunks, program, rows, origin=origin)


def _encoding(data: bytes) -> str:
    """The encoding that the byte order mark or the comment on the first two rows declares."""
    head = _HEAD.match(data)
    lines = io.BytesIO(_NEWLINES.sub(b"\n", head[0] if head else b""))
    return tokenize.detect_encoding(lines.readline)[0]


def decoding_error(data: bytes, error: Exception) -> SourceError:
    """The error of bytes that are no text in their encoding, at the first such byte.

    `detect_encoding` wraps it, without the place, where it is on the first two rows.
    """
    cause = _utf8_error(data) or error if isinstance(error, SyntaxError) else error
    if not isinstance(cause, UnicodeDecodeError):
        return error_at(f"cannot be decoded: {cause}")
    name = "utf-8" if cause.encoding.startswith("utf-8") else "latin-1"
    before = cause.object[: cause.start].decode(name, "replace")
    byte = cause.object[cause.start]
    message = f"cannot be decoded as {cause.encoding}: byte 0x{byte:02x}: {cause.reason}"
    return error_at(message, position_at(before, len(before)))


def _utf8_error(data: bytes) -> UnicodeDecodeError | None:
    """Why bytes are not UTF-8; None where they are."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    return None


def _file_program(chunks: tuple[Chunk, ...]) -> tuple[str, tuple[Row, ...]]:
    """The program of a Python file: its rows without the form feeds before their first word."""
    text = parsable(chunks[0].text) if chunks else ""
    if "\r" not in text and "\f" not in text:
        return text, _plain_rows(text.count("\n") + 1)
    lines = [leading_form_feeds(line) for line in split_rows(text)]
    rows = tuple(
        Row(None, row.row, shift) if shift else row
        for row, (_, shift) in zip(_plain_rows(len(lines)), lines, strict=True)
    )
    return "\n".join(line for line, _ in lines), rows


def _plain_rows(count: int) -> tuple[Row, ...]:
    """Rows 1 to `count` of a file without form feeds, shared by all such files."""
    return _row_table(count.bit_length())[:count]


@lru_cache
def _row_table(bits: int) -> tuple[Row, ...]:
    """As many rows as a number of so many bits can ask for."""
    return tuple(Row(None, row) for row in range(1, 1 << bits))
