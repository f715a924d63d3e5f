"""How wide the lines of a source are: what a fix writes keeps to that, where it has the choice."""

from __future__ import annotations

from functools import lru_cache

from rnglint.diagnostics import Span
from rnglint.facts.model import Facts

#: The widths, in columns, that projects agree on.
_USUAL = (80, 88, 100, 120)


def overhang(facts: Facts, columns: int) -> int:
    """How many of so many columns are beyond the width that nearly all rows keep to."""
    return max(0, columns - _width(facts.source.program))


def columns_with(facts: Facts, span: Span, added: int) -> int:
    """The columns of the row on which `span` starts, with so many more."""
    return len(facts.source.line(span.cell, span.start.row)) + added


@lru_cache(maxsize=8)
def _width(program: str) -> int:
    """The narrowest usual width that all but a twentieth of the rows keep to; none: any.

    Rows of comments do not count: notebooks kept as scripts hold their metadata in such.
    """
    rows = [len(row) for row in program.splitlines() if not row.lstrip().startswith("#")]
    fitting = (width for width in _USUAL if 20 * sum(row > width for row in rows) <= len(rows))
    return next(fitting, len(program))
