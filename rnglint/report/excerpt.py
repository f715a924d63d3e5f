"""Source lines with underlines and labels: what stands below the headline in `full`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rnglint.diagnostics import Position, Span
from rnglint.report.style import paint, visible, width

#: A span of more rows than this is shown by its ends.
_WHOLE = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to underline: with `^` where it is the finding, with `-` where it explains."""

    span: Span
    label: str
    primary: bool

    @property
    def sign(self) -> str:
        """The character that underlines it."""
        return "^" if self.primary else "-"

    @property
    def style(self) -> str:
        """The colour of underline and label."""
        return "error" if self.primary else "related"

    @property
    def first(self) -> int:
        """The first row."""
        return self.span.start.row

    @property
    def last(self) -> int:
        """The last row."""
        return self.span.end.row


def last_row(marks: Sequence[Mark]) -> int:
    """The last row that any of the marks touches."""
    return max(mark.last for mark in marks)


def draw(
    line: Callable[[int], str], marks: Sequence[Mark], gutter: int, color: bool
) -> Iterator[str]:
    """The lines of an excerpt, `gutter` columns wide before the bar."""
    trimmed = [_trimmed(mark, line) for mark in marks]
    bar = paint("|", "frame", color)
    lanes = [mark for mark in trimmed if mark.first != mark.last]
    previous = None
    for row in _rows(trimmed):
        if previous is not None and row > previous + 1:
            yield paint("...", "frame", color)
        previous = row
        text = line(row)
        number = paint(f"{row:>{gutter}}", "frame", color)
        yield f"{number} {bar} {_content(row, text, lanes, color)}".rstrip()
        for below in _underlines(row, text, trimmed, lanes):
            yield f"{' ' * gutter} {bar} {below.text(color)}"


def _trimmed(mark: Mark, line: Callable[[int], str]) -> Mark:
    """The mark without a newline at its end."""
    span = mark.span
    if span.end.column > 1 or span.end.row == span.start.row:
        return mark
    row = span.end.row - 1
    return replace(mark, span=replace(span, end=Position(row, len(line(row)) + 1)))


def _rows(marks: Sequence[Mark]) -> list[int]:
    """The rows to show: the ends of each mark, what lies between if it is little, lone gaps."""
    shown: set[int] = set()
    for mark in marks:
        if mark.last - mark.first < _WHOLE:
            shown.update(range(mark.first, mark.last + 1))
        else:
            shown.update((mark.first, mark.first + 1, mark.last - 1, mark.last))
    shown.update(row + 1 for row in tuple(shown) if row + 2 in shown)
    return sorted(shown)


class _Canvas:
    """One line below a source line, drawn character by character."""

    def __init__(self) -> None:
        self.cells: dict[int, tuple[str, str]] = {}

    def put(self, column: int, text: str, style: str) -> None:
        """Writes `text` from `column` on."""
        for index, character in enumerate(text):
            self.cells[column + index] = (character, style)

    def text(self, color: bool) -> str:
        """The line, neighbours of one style painted together."""
        runs: list[tuple[str, str]] = []
        for column in range(max(self.cells, default=-1) + 1):
            character, style = self.cells.get(column, (" ", ""))
            if runs and runs[-1][1] == style:
                runs[-1] = (runs[-1][0] + character, style)
            else:
                runs.append((character, style))
        return "".join(paint(text, style, color and bool(style)) for text, style in runs)


def _content(row: int, text: str, lanes: Sequence[Mark], color: bool) -> str:
    """A source line behind the lanes that lead spans of several rows past it."""
    canvas = _Canvas()
    for lane, mark in enumerate(lanes):
        if mark.first == row and _opens_line(mark, text):
            canvas.put(lane, "/", mark.style)
        elif mark.first < row <= mark.last:
            canvas.put(lane, "|", mark.style)
    margin = _margin(lanes)
    missing = margin - 1 - max(canvas.cells, default=-1)
    return f"{canvas.text(color)}{' ' * missing}{visible(text)}"


def _underlines(
    row: int, text: str, marks: Sequence[Mark], lanes: Sequence[Mark]
) -> Iterator[_Canvas]:
    """The lines below a source line: spans that open, those on this row, spans that close."""
    opened = [mark for mark in lanes if mark.first < row <= mark.last]
    opened += [mark for mark in lanes if mark.first == row and _opens_line(mark, text)]
    margin = _margin(lanes)
    for mark in lanes:
        if mark.first == row and mark not in opened:
            column = margin + width(text[: mark.span.start.column - 1])
            yield _stroke(mark, column, lanes, opened, closing=False)
            opened.append(mark)
    single = [mark for mark in marks if mark.first == mark.last == row]
    for canvas in _labels(single, text, margin):
        _draw_lanes(canvas, lanes, opened)
        yield canvas
    for mark in [mark for mark in lanes if mark.last == row]:
        opened.remove(mark)
        column = margin + max(width(text[: mark.span.end.column - 1]) - 1, 0)
        canvas = _stroke(mark, column, lanes, opened, closing=True)
        if mark.label:
            canvas.put(column + 2, visible(mark.label), mark.style)
        yield canvas


def _stroke(
    mark: Mark, column: int, lanes: Sequence[Mark], opened: Sequence[Mark], *, closing: bool
) -> _Canvas:
    """A line from the lane of a span to the column where it starts or ends."""
    canvas = _Canvas()
    lane = lanes.index(mark)
    canvas.put(lane + 1, "_" * (column - lane - 1), mark.style)
    canvas.put(column, mark.sign, mark.style)
    _draw_lanes(canvas, lanes, [*opened, mark] if closing else opened)
    return canvas


def _draw_lanes(canvas: _Canvas, lanes: Sequence[Mark], opened: Sequence[Mark]) -> None:
    for lane, mark in enumerate(lanes):
        if mark in opened:
            canvas.put(lane, "|", mark.style)


def _labels(marks: Sequence[Mark], text: str, margin: int) -> list[_Canvas]:
    """Underlines of one row: the label of the last beside it, the others' below their start."""
    if not marks:
        return []
    places = [(margin + width(text[: mark.span.start.column - 1]), mark) for mark in marks]
    places.sort(key=lambda place: (place[0], place[1].primary))
    under = _Canvas()
    for column, mark in sorted(places, key=lambda place: place[1].primary):
        length = width(text[mark.span.start.column - 1 : mark.span.end.column - 1])
        under.put(column, mark.sign * max(length, 1), mark.style)
    beside = max(marks, key=lambda mark: (_reaches(mark, marks), mark.primary, mark.span.start))
    if beside.label:
        under.put(max(under.cells) + 2, visible(beside.label), beside.style)
    waiting = [(column, mark) for column, mark in places if mark.label and mark is not beside]
    if not waiting:
        return [under]
    lines = [under, _connectors(waiting)]
    while waiting:
        column, mark = waiting.pop()
        canvas = _connectors(waiting)
        canvas.put(column, visible(mark.label), mark.style)
        lines.append(canvas)
    return lines


def _reaches(mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether none of the marks starts behind this one."""
    return all(other.span.start < mark.span.end for other in marks if other is not mark)


def _connectors(waiting: Sequence[tuple[int, Mark]]) -> _Canvas:
    canvas = _Canvas()
    for column, mark in waiting:
        canvas.put(column, "|", mark.style)
    return canvas


def _margin(lanes: Sequence[Mark]) -> int:
    """The columns before the text: one for each lane, and a blank after them."""
    return len(lanes) + 1 if lanes else 0


def _opens_line(mark: Mark, text: str) -> bool:
    return not text[: mark.span.start.column - 1].strip()
