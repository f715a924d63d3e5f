"""RNG001: comments that suppress nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.config.selectors import specificity
from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Facts
from rnglint.rewrite.comments import suppression_fix
from rnglint.rules import Rule, all_rules
from rnglint.suppress.comments import UnusedSuppression
from rnglint.suppress.directives import Kind


class UnusedSuppressionRule(Rule):
    """Checks for suppression comments that suppress nothing.

    ## Why is this bad?
    A comment that silences a finding is a promise that somebody looked at that line. When the
    misuse is gone, or was on another line, or the code is misspelled, the comment promises
    something that is not so, and it will silence the next finding on that line unseen.

    ## Example
    ```python
    import jax

    key, subkey = jax.random.split(jax.random.key(0))
    noise = jax.random.normal(key)
    again = jax.random.normal(subkey)  # noqa: RNG201
    ```

    ## Use instead
    ```python
    import jax

    key, subkey = jax.random.split(jax.random.key(0))
    noise = jax.random.normal(key)
    again = jax.random.normal(subkey)
    ```

    ## Fix safety
    The fix is safe: only comments change. Codes that are not used are taken out of the comment,
    and the comment goes where none is left, with the `enable` of a `disable`. Words that explain
    it stay behind as a comment, and so do the codes of other linters.

    ## Known limits
    Judged by what all rules find, also those that are not selected: a comment does not become
    unused because of the settings of one run. `# noqa` and `# flake8: noqa` without codes, and
    codes that are not rnglint's, may be meant for other linters, and are left alone. So is a file
    that has a syntax error, and `# noqa: RNG001` itself.
    """

    code: ClassVar[str] = "RNG001"
    name: ClassVar[str] = "unused-suppression"
    default: ClassVar[bool] = False
    fixable: ClassVar[str] = "safe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each comment of which something is not used."""
        for unused in facts.unused_suppressions:
            own = _own(facts, unused)
            if own is None:
                continue
            yield self.diagnostic(
                facts,
                own.comment.span,
                _message(facts, own),
                label="suppresses nothing" if own.selectors is None else "not needed",
                help="remove it, or move it to the line that is reported",
                fix=suppression_fix(facts, own),
            )


def _own(facts: Facts, unused: UnusedSuppression) -> UnusedSuppression | None:
    """What is surely meant for rnglint; None where nothing is."""
    comment, selectors = unused.comment, unused.selectors
    if selectors is None:
        meant = comment.kind is Kind.FILE_NOQA and "rnglint" in facts.text(comment.span)
        return unused if meant else None
    if comment.kind in (Kind.NOQA, Kind.FILE_NOQA):
        selectors = tuple(each for each in selectors if each.startswith("RNG"))
    return UnusedSuppression(comment, selectors) if selectors else None


def _message(facts: Facts, unused: UnusedSuppression) -> str:
    if unused.selectors is None:
        return f"`{facts.text(unused.comment.span)}` suppresses nothing"
    unknown = [each for each in unused.selectors if not _is_known(each)]
    if unknown:
        return f"{_listed(unknown)} {'names' if len(unknown) == 1 else 'name'} no rule"
    verb = "suppresses" if len(unused.selectors) == 1 else "suppress"
    where = "in this file" if unused.comment.kind in (Kind.FILE_NOQA, Kind.FILE_IGNORE) else "here"
    return f"{_listed(unused.selectors)} {verb} nothing {where}"


def _is_known(selector: str) -> bool:
    return any(specificity(selector, rule.code, rule.name) is not None for rule in all_rules())


def _listed(selectors: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{selector}`" for selector in selectors)
