"""Verdicts as HTML: a sign, a word, and what it means."""

from __future__ import annotations

from rnglint.verify.report.html.elements import Html, element
from rnglint.verify.results import STATUSES, Options, Result, Verdict

#: Sign, word and class of whatever passed, failed, or was not judged.
_JUDGED = {
    True: ("✓", "passed", "good"),
    False: ("✗", "failed", "bad"),
    None: ("·", "not judged", "quiet"),
}


def badge(passed: bool | None) -> Html:
    """A coloured word that says whether all went well."""
    sign, word, kind = _JUDGED[passed]
    return element("span", f"{sign} {word}", class_=f"badge {kind}")


def cell(verdict: Verdict) -> Html:
    """The verdict as a cell of the summary; the cell's colour is never all that tells."""
    _, word, kind = _JUDGED[verdict.passed]
    return element("td", verdict.short, class_=kind, title=f"{word}: {STATUSES[verdict.status]}")


def checks(options: Options, *, own: bool) -> list[str]:
    """The names of the checks in their order; a function of the user's own has no fix."""
    every = ["fix", "before", "after", "eager", *options.modes, "process"]
    return every[2:] if own else every


def heading(check: str, *, own: bool) -> str:
    """What a check is called: of a user's own function there is no before and after."""
    return "misuse" if own and check == "after" else check


def verdict_table(result: Result, options: Options) -> Html:
    """All verdicts on one result, with whatever there is to be told of each."""
    own = result.target.kind == "function"
    rows = (_row(result.verdict(check), own=own) for check in checks(options, own=own))
    head = (element("th", title, scope="col") for title in ("check", "verdict", "meaning"))
    return element(
        "table",
        element("caption", "Verdicts"),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_="verdicts",
    )


def _row(verdict: Verdict, *, own: bool) -> Html:
    sign, _, kind = _JUDGED[verdict.passed]
    told = (element("p", each, class_="detail") for each in verdict.details)
    return element(
        "tr",
        element("th", heading(verdict.check, own=own), scope="row"),
        element("td", f"{sign} {verdict.short}", class_=kind),
        element("td", STATUSES[verdict.status], *told),
    )
