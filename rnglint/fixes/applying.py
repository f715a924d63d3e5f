"""Applies fixes to the text of a source: each wholly or not at all, and none over another.

Everything outside an edit stays as it is. What cannot be applied together with what was taken
before waits for the next round, when the result has been checked again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix
from rnglint.source.reading import Source
from rnglint.source.text import encode, line_starts, offset

#: An edit in offsets of a chunk's text: start, end, content.
_Change = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Applied:
    """An edited source, the diagnostics whose fix is in it, and those whose fix must wait."""

    source: Source
    applied: tuple[Diagnostic, ...] = ()
    skipped: tuple[Diagnostic, ...] = ()


def apply_fixes(source: Source, diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> Applied:
    """`source` with the fixes of `diagnostics`, the earlier ones first.

    Fixes that are not safe are left out unless `unsafe`. Equal fixes are applied once, and so
    are equal edits of different fixes.
    """
    trusted = (Applicability.SAFE, Applicability.UNSAFE) if unsafe else (Applicability.SAFE,)
    wanted = [each for each in diagnostics if each.fix and each.fix.applicability in trusted]
    taken: dict[int | None, list[_Change]] = {}
    good: set[Fix] = set()
    for fix in dict.fromkeys(each.fix for each in wanted if each.fix):
        changes = _changes(source, fix) if source.editable else None
        if changes and not any(_clashes(taken.get(cell, []), change) for cell, change in changes):
            good.add(fix)
            for cell, change in changes:
                cell_changes = taken.setdefault(cell, [])
                if change not in cell_changes:
                    insort(cell_changes, change)
    texts = {cell: _edited(source.chunk(cell).text, taken[cell]) for cell in taken}
    return Applied(
        source.with_chunks(texts) if texts else source,
        tuple(each for each in wanted if each.fix in good),
        tuple(each for each in wanted if each.fix not in good),
    )


def _changes(source: Source, fix: Fix) -> list[tuple[int | None, _Change]] | None:
    """The edits of a fix by cell; None where one does not fit the source, or two each other.

    What one fix inserts at one point in several edits is inserted in their order.
    """
    changes: dict[int | None, list[_Change]] = {}
    for edit in dict.fromkeys(fix.edits):
        change = _change(source, edit)
        if change is None:
            return None
        start, end, content = change
        so_far = changes.setdefault(edit.span.cell, [])
        before = next((each for each in so_far if each[:2] == (start, start) == (end, end)), None)
        if before:
            so_far.remove(before)
            change = (start, end, before[2] + content)
        if _clashes(so_far, change):
            return None
        insort(so_far, change)
    return [(cell, change) for cell, found in changes.items() for change in found]


def _change(source: Source, edit: Edit) -> _Change | None:
    """An edit in offsets, with the newlines of its chunk; None where it does not fit there."""
    cell, start, end = edit.span.cell, edit.span.start, edit.span.end
    if start > end or all(chunk.cell != cell for chunk in source.chunks):
        return None
    text, newline = source.chunk(cell).text, source.newline(cell)
    content = edit.content.replace("\r\n", "\n")
    if start.row > len(line_starts(text)) and text and not text.endswith(("\n", "\r")):
        content = f"\n{content}"
    content = content.replace("\n", newline)
    if not source.origin.notebook and encode(content, source.origin.encoding) is None:
        return None
    return offset(text, start), offset(text, end), content


def _clashes(taken: Sequence[_Change], change: _Change) -> bool:
    """Whether a change is another one, at the same place, than those taken, which are sorted.

    Two insertions at one point clash; an insertion at the edge of a replacement does not.
    """
    start, end, _ = change
    index = bisect_left(taken, (start, -1, ""))
    if index and taken[index - 1][1] > start:
        return True
    while index < len(taken) and taken[index][0] <= end:
        other_start, other_end, _ = other = taken[index]
        same_point = start == end == other_start == other_end
        overlaps = start < other_end and other_start < end
        if other != change and (same_point or overlaps):
            return True
        index += 1
    return False


def _edited(text: str, changes: Iterable[_Change]) -> str:
    """`text` after some changes, which are sorted and do not clash."""
    parts, done = [], 0
    for start, end, content in changes:
        parts += [text[done:start], content]
        done = end
    return "".join([*parts, text[done:]])
