"""What we think of the facts: one rule per file, registered by standing here.

A rule reads `Facts` and yields `Diagnostic`s. It never visits a tree, prints, reads files
or keeps state; if it wants to walk the tree, a fact is missing.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar

from rnglint.diagnostics import Diagnostic, Fix, Related, Span

if TYPE_CHECKING:
    from rnglint.facts.model import Facts

#: Where the manual pages are published; a rule's page is this plus its code and name.
DOCUMENTATION = "https://github.com/rnglint/rnglint/blob/main/docs/rules"


class Rule(ABC):
    """One misuse: a code, a name, and a manual page, which is the class docstring.

    The docstring's first line is the summary in the table of rules; its headings are
    "Why is this bad?", "Example", "Use instead", "Fix safety" and "Known limits".
    """

    code: ClassVar[str]
    name: ClassVar[str]
    #: Whether the rule runs when nothing is selected.
    default: ClassVar[bool] = True
    #: "safe", "unsafe" or "-": what the rule's fixes promise, where it has any.
    fixable: ClassVar[str] = "-"

    @abstractmethod
    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields the diagnostics of this rule for one source."""

    def diagnostic(
        self,
        facts: Facts,
        span: Span,
        message: str,
        *,
        label: str = "",
        help: str = "",
        related: Sequence[Related] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A diagnostic of this rule at `span` of the file that `facts` describes."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            message=message,
            filename=facts.source.filename,
            span=span,
            label=label,
            help=help,
            related=tuple(related),
            fix=fix,
            noqa_row=facts.noqa_row(span),
        )

    @classmethod
    def page(cls) -> str:
        """The manual page: the cleaned docstring of the rule."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def summary(cls) -> str:
        """The first line of the manual page."""
        return cls.page().splitlines()[0]

    @classmethod
    def url(cls) -> str:
        """Where the manual page is published."""
        return f"{DOCUMENTATION}/{cls.code}-{cls.name}.md"


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule class of this package, ordered by code."""
    found: set[type[Rule]] = set()
    for module in iter_modules(__path__):
        members = vars(import_module(f"{__name__}.{module.name}")).values()
        found.update(
            member
            for member in members
            if inspect.isclass(member)
            and issubclass(member, Rule)
            and not inspect.isabstract(member)
        )
    return tuple(sorted(found, key=lambda rule: rule.code))
