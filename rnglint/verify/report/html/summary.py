"""The head of the page: how it went, where it ran, and all verdicts in one table."""

from __future__ import annotations

from rnglint import __version__
from rnglint.verify.report.html.elements import Html, element, joined
from rnglint.verify.report.html.verdicts import cell, checks, heading
from rnglint.verify.results import Options, Result, Verification

#: What the environment's entries are called in words.
_NAMES = {"device": "devices", "PRNG": "PRNG implementation", "flags": "JAX flags"}

#: The class of each count of the summary.
_KINDS = {"passed": "good", "failed": "bad"}


def counts(verification: Verification) -> Html:
    """How many targets passed, failed, and could not be judged."""
    told = (
        element("li", element("b", str(count)), f" {what}", class_=_KINDS.get(what, "quiet"))
        for what, count in verification.summary.items()
        if count
    )
    return element("ul", *told, class_="counts")


def environment(verification: Verification) -> Html:
    """What the samples may depend on."""
    options = verification.options
    entries = {
        "rnglint": __version__,
        **verification.environment,
        "strict": "only equal bits pass" if options.strict else "rounding is let pass",
        "limits": f"{options.timeout:g} s a step, {options.memory:g} GB a process",
    }
    pairs = (
        element("div", element("dt", _NAMES.get(name, name)), element("dd", value))
        for name, value in entries.items()
    )
    return element("dl", *pairs, class_="environment")


def notes(told: tuple[str, ...]) -> Html:
    """What is to be known besides; nothing where there is nothing."""
    items = [element("li", note) for note in told]
    return element("ul", *items, class_="notes") if items else joined(())


def summary_table(verification: Verification) -> Html:
    """A row per target and setting, which links to its section."""
    own = all(result.target.kind == "function" for result in verification.results)
    titles = ["target", *(heading(c, own=own) for c in checks(verification.options, own=own))]
    head = (element("th", title, scope="col") for title in titles)
    rows = (
        _row(number, result, verification.options, own=own)
        for number, result in enumerate(verification.results)
    )
    table = element(
        "table",
        element("caption", "All verdicts"),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
    )
    return element(
        "div", table, _LEGEND, class_="wide", tabindex=0, role="region", aria_label="All verdicts"
    )


def _row(number: int, result: Result, options: Options, *, own: bool) -> Html:
    link = element("a", result.name, href=f"#{anchor(number)}")
    cells = (cell(result.verdict(check)) for check in checks(options, own=own))
    return element("tr", element("th", link, scope="row"), *cells)


def anchor(number: int) -> str:
    """The id of the section of that result."""
    return f"result-{number}"


_LEGEND = element(
    "p",
    "= equal to the eager samples bit for bit · n ULP equal but for rounding · doc different, as "
    "JAX documents · ≠ different · ! error · no JAX cannot run it · - nothing to compare",
    class_="legend",
)
