"""The section of one target: its diff, its verdicts, and what each function drew."""

from __future__ import annotations

from collections.abc import Iterator

from rnglint.verify.evidence import KINDS
from rnglint.verify.messages import Comparison, Measurement
from rnglint.verify.report.html.diffs import diff
from rnglint.verify.report.html.elements import Html, element, joined
from rnglint.verify.report.html.pictures import scatter, ulp_histogram
from rnglint.verify.report.html.samples import Cloud, clouds
from rnglint.verify.report.html.summary import anchor, notes
from rnglint.verify.report.html.verdicts import badge, verdict_table
from rnglint.verify.results import Evidence, FunctionResult, Options, Result


def section(number: int, result: Result, options: Options) -> Html:
    """All there is to be told of one target under one setting."""
    title = element("h2", f"{result.name} ", badge(result.passed))
    return element(
        "section",
        title,
        element("p", result.target.path, class_="path"),
        notes(result.notes),
        _diff(result),
        verdict_table(result, options),
        _evidence(result),
        _functions(result),
        _histograms(result),
        id=anchor(number),
    )


def _diff(result: Result) -> Html:
    if not result.diff:
        return joined(())
    return joined((element("h3", "The fix"), diff(result.diff)))


def _evidence(result: Result) -> Html:
    """The numbers that show each misuse before the fix and its absence after it."""
    sides = ("after",) if result.target.kind == "function" else ("before", "after")
    rows = [
        element("tr", element("th", function.name, scope="row"), *_numbers(each, sides))
        for function in result.functions
        for each in function.evidence
    ]
    if not rows:
        return joined(())
    measured = sides if len(sides) > 1 else ("measured",)
    titles = ("function", "misuse", *measured, "seen")
    table = element(
        "table",
        element("caption", "Evidence, in numbers"),
        element("thead", element("tr", *(element("th", each, scope="col") for each in titles))),
        element("tbody", *rows),
        class_="evidence",
    )
    return element(
        "div", table, class_="wide", tabindex=0, role="region", aria_label="Evidence, in numbers"
    )


def _numbers(evidence: Evidence, sides: tuple[str, ...]) -> Iterator[Html]:
    pair = {"before": evidence.before, "after": evidence.after}
    yield element("td", KINDS[evidence.kind])
    for measured in (pair[side] for side in sides):
        kind = "quiet" if measured is None else "bad" if measured.defect else "good"
        yield element("td", number(measured), class_=f"number {kind}")
    seen = (each.detail for each in pair.values() if each and each.defect)
    yield element("td", next(seen))


def number(measured: Measurement | None) -> str:
    """A measurement as people write it, such as `4 of 8`."""
    if measured is None:
        return "-"
    return f"{measured.value:g}" + (f" of {measured.total}" if measured.total else "")


def _functions(result: Result) -> Html:
    figures = [figure for function in result.functions for figure in _figure(function)]
    if not figures:
        return joined(())
    return joined((element("h3", "What is drawn"), element("div", *figures, class_="figures")))


def _figure(function: FunctionResult) -> Iterator[Html]:
    """The samples before and after, side by side; nothing where there are none."""
    pair = dict(zip(("before", "after"), clouds(function.before, function.after), strict=True))
    if function.before is None:
        del pair["before"]
    found = {when: cloud for when, cloud in pair.items() if cloud and cloud.points}
    if not found:
        return
    labels = list(dict.fromkeys(f"{cloud.y} ↑ against {cloud.x} →" for cloud in found.values()))
    panels = (_panel(when, cloud, list(found.values())) for when, cloud in found.items())
    yield element(
        "figure",
        element("figcaption", element("code", function.name)),
        element("div", *panels, class_="panels"),
        *(element("p", label, class_="axes") for label in labels),
    )


def _panel(when: str, cloud: Cloud, every: list[Cloud]) -> Html:
    like = [each for each in every if (each.x, each.y) == (cloud.x, cloud.y)]
    rho = cloud.correlation
    told = f"{len(cloud.points)} points" if rho is None else f"rank correlation {rho:+.2f}"
    return element(
        "div",
        element("span", when, class_="when"),
        scatter(cloud, when, like),
        element("span", told, class_="told"),
        class_=f"panel {when}",
    )


def _histograms(result: Result) -> Html:
    """How far each mode is from eager, in ULPs, where it is not equal."""
    figures = [
        _histogram(function.name, comparison)
        for function in result.functions
        if function.after
        for comparison in function.after.comparisons
        if comparison.bins
    ]
    if not figures:
        return joined(())
    title = element("h3", "Distance from eager, in units in the last place")
    return joined((title, element("div", *figures, class_="figures")))


def _histogram(function: str, comparison: Comparison) -> Html:
    told = f"{comparison.unequal} of {comparison.total} elements differ, at most by "
    return element(
        "figure",
        element("figcaption", element("code", function), f" under {comparison.mode}"),
        element("div", ulp_histogram(comparison), class_="panel after"),
        element("p", f"{told}{comparison.ulps} ULP; bars grow with the logarithm", class_="axes"),
    )
