"""Diagnostics to text: one pure function per format, looked up by name.

A format is a module of this package with a function `render(report) -> str`; it is imported
only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from rnglint.diagnostics import Diagnostic, Span
from rnglint.fixes.fixpoint import may_apply
from rnglint.source.reading import Source

#: Format names and the modules that render them.
FORMATS = {
    "full": "full",
    "concise": "concise",
    "grouped": "grouped",
    "json": "json_",
    "json-lines": "json_lines",
    "github": "github",
    "pylint": "pylint",
}
#: The formats that people read; a summary follows them.
TEXT_FORMATS = frozenset({"full", "concise", "grouped"})


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has to say, in the order in which it is said.

    `read` gives the source of a file, for excerpts.
    """

    diagnostics: tuple[Diagnostic, ...]
    unsafe_fixes: bool = False
    color: bool = False
    read: Callable[[str], Source] = field(default_factory=lambda: cache(Source.read))

    def is_fixable(self, diagnostic: Diagnostic) -> bool:
        """Whether `--fix` would repair it with the settings of this run."""
        return may_apply(diagnostic, unsafe=self.unsafe_fixes)


def render(format_name: str, report: Report) -> str:
    """The report in one of `FORMATS`; "" or text that ends in a newline."""
    module = import_module(f"{__name__}.{FORMATS[format_name]}")
    text: str = module.render(report)
    return text


def place(filename: str, span: Span) -> str:
    """A place as editors understand it: `train.py:5:24`, `nb.ipynb:cell 3:2:5`."""
    cell = "" if span.cell is None else f"cell {span.cell}:"
    return f"{filename}:{cell}{span.start.row}:{span.start.column}"
