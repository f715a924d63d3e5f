"""Turns of phrase that the messages of several rules share."""

from __future__ import annotations

from rnglint.diagnostics import Span
from rnglint.facts.model import Consumption, Facts


def place(span: Span, seen_from: Span) -> str:
    """ "on line 4", with the cell where that is another one than the reader is in."""
    if span.cell is not None and span.cell != seen_from.cell:
        return f"on line {span.start.row} of cell {span.cell}"
    return f"on line {span.start.row}"


def one_line(text: str) -> str:
    """A piece of code in one line."""
    return " ".join(text.split()).replace("( ", "(").replace(", )", ")").replace(" )", ")")


def reason(consumption: Consumption) -> str:
    """ " (`init` consumes its parameter `key` on line 12)" for a consumption inside a callee."""
    return f" ({consumption.via})" if consumption.via else ""


def loop_in_words(facts: Facts, index: int, seen_from: Span) -> str:
    """ "`for` loop on line 4", without the line where the reader is on it."""
    loop = facts.loops[index]
    kind = (
        "comprehension"
        if loop.kind == "comprehension"
        else f"`{loop.kind.removeprefix('builtins.')}` loop"
    )
    if loop.header.start.row == seen_from.start.row:
        return kind
    return f"{kind} {place(loop.header, seen_from)}"
