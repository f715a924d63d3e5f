"""Comments that silence diagnostics, and which diagnostics each of them silences.

The comments are tokens of the program, so that one in a string is none. What they cover is
counted in rows of the program: a cell of a notebook can disable what the next one enables.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tokenize import COMMENT, DEDENT, INDENT, NEWLINE, NL, TokenInfo

from rnglint.config.selectors import specificity
from rnglint.diagnostics import Diagnostic, Span
from rnglint.source.lines import logical_rows
from rnglint.source.reading import Source, SourceError
from rnglint.suppress.directives import Directive, Kind, directives

_MENTIONED = re.compile(r"noqa|rnglint", re.IGNORECASE)
#: The code of a suppression that silences nothing; only a comment that names it silences that.
UNUSED = "RNG001"
UNUSED_NAME = "unused-suppression"
_FILE = (Kind.FILE_NOQA, Kind.FILE_IGNORE)
_TRIVIA = (COMMENT, NL)
_BLOCKS = (INDENT, DEDENT)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment at `span` that silences `selectors` (None: all) on some rows of the program.

    `partner` is where the `enable` of a `disable` stands, if it has one.
    """

    kind: Kind
    selectors: tuple[str, ...] | None
    first: int
    last: int
    span: Span
    partner: Span | None = None

    def means(self, diagnostic: Diagnostic) -> bool:
        """Whether the diagnostic's rule is meant: by its code, or in our own words its name."""
        if self.selectors is None:
            return diagnostic.code != UNUSED
        return any(self.selects(selector, diagnostic) for selector in self.selectors)

    def selects(self, selector: str, diagnostic: Diagnostic) -> bool:
        """Whether one of the comment's selectors means the diagnostic's rule."""
        if self.kind is Kind.NOQA:
            return selector == diagnostic.code
        return specificity(selector, diagnostic.code, diagnostic.name) is not None


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """A comment, and those of its selectors that silence nothing; None where it names none."""

    comment: Suppression
    selectors: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Suppressions:
    """All suppressions of one source. `problems` are comments that were not understood."""

    comments: tuple[Suppression, ...] = ()
    problems: tuple[SourceError, ...] = ()
    _rows: Mapping[tuple[int | None, int], int] = field(default_factory=dict, repr=False)

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a diagnostic is silenced."""
        return bool(self.covering(diagnostic))

    def covering(self, diagnostic: Diagnostic) -> tuple[Suppression, ...]:
        """The comments that silence a diagnostic; none silences a syntax error, as in Ruff."""
        if not self.comments or diagnostic.code == "RNG000":
            return ()
        span = diagnostic.span
        start = self._rows.get((span.cell, span.start.row), 0)
        end = self._rows.get((span.cell, span.end.row), start)
        parent = self._rows.get((span.cell, diagnostic.noqa_row or span.start.row), start)
        return tuple(
            comment
            for comment in self.comments
            if comment.means(diagnostic) and _reaches(comment, start, end, parent)
        )

    def unused(self, diagnostics: Iterable[Diagnostic]) -> tuple[UnusedSuppression, ...]:
        """What silences none of the diagnostics, which are all that were found, of all rules.

        A selector of RNG001 is left alone: what it silences is found only after this.
        """
        used: dict[Suppression, list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            for comment in self.covering(diagnostic):
                used.setdefault(comment, []).append(diagnostic)
        found = (_unused_of(comment, used.get(comment, ())) for comment in self.comments)
        return tuple(item for item in found if item)


def _unused_of(comment: Suppression, used: Sequence[Diagnostic]) -> UnusedSuppression | None:
    """What of a comment is not needed for the diagnostics that it silences."""
    if comment.selectors is None:
        return None if used else UnusedSuppression(comment, None)
    idle = tuple(
        selector
        for selector in dict.fromkeys(comment.selectors)
        if specificity(selector, UNUSED, UNUSED_NAME) is None
        and not any(comment.selects(selector, diagnostic) for diagnostic in used)
    )
    return UnusedSuppression(comment, idle) if idle else None


def _reaches(comment: Suppression, start: int, end: int, parent: int) -> bool:
    """Whether a comment covers a diagnostic on these rows, whose logical line ends at `parent`.

    A `disable` must cover all of it; for a comment at a line its start, or that end, is enough.
    """
    if comment.kind in _FILE:
        return True
    if comment.kind is Kind.DISABLE:
        return comment.first <= start and end <= comment.last
    return any(comment.first <= row <= comment.last for row in (start, parent))


def suppressions(source: Source) -> Suppressions:
    """The suppressions of a source; as many as its tokens tell where it is no Python."""
    if not _MENTIONED.search(source.program):
        return Suppressions()
    reader = _Reader(source)
    reader.read(_tokens(source.program))
    rows = {(row.cell, row.row): index for index, row in enumerate(source.rows, 1)}
    return Suppressions(tuple(reader.found), tuple(reader.problems), rows)


def noqa_rows(source: Source) -> dict[tuple[int | None, int], int]:
    """For each row of a logical line of several rows, the row on which that line ends."""
    found: dict[tuple[int | None, int], int] = {}
    for first, last in logical_rows(source.program):
        end = source.rows[last - 1]
        for row in source.rows[first - 1 : last]:
            if row.cell == end.cell:
                found[row.cell, row.row] = end.row
    return found


def _tokens(program: str) -> list[TokenInfo]:
    """The tokens of a program, up to where it stops to be Python."""
    tokens: list[TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            tokens.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return tokens


@dataclass(frozen=True, slots=True)
class _Disabled:
    """A `disable` that waits for its `enable` or for the end of its block."""

    indent: str
    row: int
    selectors: tuple[str, ...] | None
    span: Span


class _Reader:
    """Reads the suppressions from the tokens of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = source.program.split("\n")
        self.found: list[Suppression] = []
        self.problems: list[SourceError] = []
        self.indents = [""]
        self.disabled: list[_Disabled] = []

    def read(self, tokens: list[TokenInfo]) -> None:
        """Goes through all tokens of the source."""
        for index, token in enumerate(tokens):
            if token.type == INDENT:
                self.indents.append(token.string)
            elif token.type == DEDENT:
                self.close(self.indents.pop(), token.start[0] - 1)
            elif token.type == COMMENT and _MENTIONED.search(token.string):
                for directive in directives(token.string):
                    self.take(directive, tokens, index)
        self.close("", len(self.lines))

    def take(self, directive: Directive, tokens: list[TokenInfo], index: int) -> None:
        """Takes up one directive of the comment that is the token at `index`."""
        row, column = tokens[index].start
        start_cell, start = self.source.position(row, column + directive.start + 1)
        _, end = self.source.position(row, column + directive.end + 1)
        span = Span(start, end, start_cell)
        before = self.lines[row - 1][:column]
        indent = None if before.strip() else before
        if directive.problem:
            self.problems.append(SourceError(directive.problem, span))
        elif directive.kind is Kind.NOQA or (directive.kind is Kind.IGNORE and indent is None):
            self.add(directive.kind, directive.selectors, _trailed_row(tokens, index), row, span)
        elif directive.kind is Kind.IGNORE:
            self.add(Kind.IGNORE, directive.selectors, row, _followed_row(tokens, index), span)
        elif indent is None or (indent and directive.kind is Kind.FILE_IGNORE):
            place = "on a line of its own" if indent is None else "outside of all blocks"
            problem = f"`rnglint: {directive.kind.value}` must stand {place}"
            self.problems.append(SourceError(problem, span))
        elif directive.kind in _FILE:
            self.add(directive.kind, directive.selectors, 1, len(self.lines), span)
        else:
            in_place = indent == self.indents[-1] or _ends_block(tokens, index)
            self.range(directive, _Disabled(indent, row, directive.selectors, span), in_place)

    def range(self, directive: Directive, here: _Disabled, in_place: bool) -> None:
        """Begins or ends a range; both ends have the same indent and the same codes."""
        begun = [
            disabled
            for disabled in self.disabled
            if (disabled.indent, disabled.selectors) == (here.indent, here.selectors)
        ]
        name = f"`rnglint: {directive.kind.value}`"
        if not in_place:
            self.problems.append(SourceError(f"{name} is not indented as its block is", here.span))
        elif directive.kind is Kind.DISABLE:
            self.disabled.append(here)
        elif begun:
            self.disabled.remove(begun[0])
            self.end(begun[0], here.row, here.span)
        else:
            self.problems.append(SourceError(f"{name} ends no `disable` of its block", here.span))

    def close(self, indent: str, row: int) -> None:
        """Ends the ranges of a block that ends on `row`."""
        for disabled in [item for item in self.disabled if len(item.indent) >= len(indent)]:
            self.disabled.remove(disabled)
            self.end(disabled, row)

    def end(self, disabled: _Disabled, row: int, partner: Span | None = None) -> None:
        """Ends a range on `row`, where the `enable` at `partner` stands or its block ends."""
        self.add(Kind.DISABLE, disabled.selectors, disabled.row, row, disabled.span, partner)

    def add(
        self,
        kind: Kind,
        selectors: tuple[str, ...] | None,
        first: int,
        last: int,
        span: Span,
        partner: Span | None = None,
    ) -> None:
        """Adds a suppression."""
        self.found.append(Suppression(kind, selectors, first, last, span, partner))


def _trailed_row(tokens: list[TokenInfo], index: int) -> int:
    """The first row of what the comment at `index` trails: a multi-line string, say."""
    row = tokens[index].start[0]
    for token in _before(tokens, index):
        if token.type in (NL, NEWLINE):
            break
        if token.type not in _BLOCKS:
            row = token.start[0]
    return row


def _followed_row(tokens: list[TokenInfo], index: int) -> int:
    """The last row of what follows the comment at `index`, which has a line of its own.

    That is a logical line; within one, a row of it.
    """
    before = next((token for token in _before(tokens, index) if token.type not in _TRIVIA), None)
    inside = before is not None and before.type not in (NEWLINE, *_BLOCKS)
    row, code_seen = tokens[index].start[0], False
    for token in _after(tokens, index):
        if token.type == NEWLINE or (inside and code_seen and token.type == NL):
            return token.start[0]
        if token.type not in _TRIVIA:
            row, code_seen = token.end[0], True
    return row


def _ends_block(tokens: list[TokenInfo], index: int) -> bool:
    """Whether a block begins or ends right after the comment at `index`."""
    after = (token for token in _after(tokens, index) if token.type not in _TRIVIA)
    return next((token.type in _BLOCKS for token in after), False)


def _before(tokens: list[TokenInfo], index: int) -> Iterator[TokenInfo]:
    return (tokens[other] for other in range(index - 1, -1, -1))


def _after(tokens: list[TokenInfo], index: int) -> Iterator[TokenInfo]:
    return (tokens[other] for other in range(index + 1, len(tokens)))
