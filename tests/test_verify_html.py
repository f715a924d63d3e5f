"""The HTML report: well formed, self-contained, escaped, and with the numbers of the result."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from html_pages import NASTY, OTHERS, VALUES, result, series, verification

from rnglint.cli.commands import main
from rnglint.verify.child.compare import compare_leaves
from rnglint.verify.child.leaves import Leaf, series_of
from rnglint.verify.messages import Comparison, Outcome, Series
from rnglint.verify.report.html import render_html
from rnglint.verify.report.html.elements import element, escaped
from rnglint.verify.report.html.pictures import scatter, ulp_histogram
from rnglint.verify.report.html.samples import ORDER, Cloud, clouds
from rnglint.verify.results import Target, Verification

VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """The tags, attributes and texts of a page; fails where a tag is not closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def text(self) -> str:
        """What a reader sees."""
        return "".join(data for tag, data in self.texts if tag not in ("script", "style"))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_html(verification()))


def test_nothing_is_fetched(page: Page) -> None:
    told = [
        str(value)
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "action", "data", "poster", "srcset", "xlink:href")
    ]
    assert told
    assert all(value.startswith("#") or value == "data:," for value in told)
    inlined = "".join(data for tag, data in page.texts if tag in ("script", "style"))
    assert not re.search(r"https?:|//\w|url\(|@import|fetch\(", inlined)


def test_each_target_has_a_section_and_a_link_to_it(page: Page) -> None:
    sections = [each["id"] for each in page.all("section")]
    links = [each["href"] for each in page.all("a")]
    assert len(sections) == len(set(sections)) == 3
    assert all(f"#{section}" in links for section in sections)
    for name in ("RNG201_key_reuse", "lab.models:draw", "lab.models:draw"):
        assert page.text().count(name) >= 2


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(each["href"])[1:] for each in page.all("a")} <= set(ids)


def test_no_text_becomes_a_tag(page: Page) -> None:
    assert len(page.all("script")) == 1
    assert '<script>alert("1")</script>&\ufffd\ufffd.py' in page.text()
    assert page.text().count("alert") > 8


def test_the_environment_is_told(page: Page) -> None:
    for value in verification().environment.values():
        assert value in page.text()


def test_numbers_are_those_of_the_result(page: Page) -> None:
    text = page.text()
    assert "4 of 8" in text and "0 of 8" in text
    assert "0.25 stands twice" in text
    assert "5 of 64 elements differ, at most by 3 ULP" in text
    assert "rank correlation +1.00" in text
    assert "1 passed" in text and "1 failed" in text
    assert "there is only one device" in text


def test_the_diff_is_told_by_lines(page: Page) -> None:
    classes = [each.get("class") for each in page.all("span")]
    assert classes.count("added") == classes.count("removed") == 2
    assert classes.count("hunk") == 2


def test_a_function_of_the_users_own_has_no_fix() -> None:
    only = replace(verification(), results=verification().results[2:])
    heads = Page(render_html(only)).texts
    checks = [data for tag, data in heads if tag == "th"]
    assert "misuse" in checks
    assert "fix" not in checks and "before" not in checks


@pytest.mark.parametrize("results", [0, 1], ids=["no targets", "a target that did not run"])
def test_little_makes_a_page_too(results: int) -> None:
    bare = replace(result(Target("a.py", "file", "a.py"), passed=None), functions=(), diff="")
    page = Page(render_html(Verification(verification().options, (bare,) * results)))
    assert page.all("svg") == []
    assert len(page.all("section")) == results


def test_the_page_is_ascii_and_small() -> None:
    many = replace(verification(), results=verification().results * 30)
    text = render_html(many)
    assert text.isascii()
    assert len(text) < 1_000_000


def test_pictures_have_a_title_and_all_points(page: Page) -> None:
    assert len(page.all("svg")) == 2 + 2 + 1 + 3
    assert len([tag for tag, _ in page.tags if tag == "title"]) == 1 + 8
    dots = [str(each["d"]) for each in page.all("path")]
    assert all(path.count("M") == 64 for path in dots)


def test_the_line_before_and_the_cloud_after() -> None:
    first, second = (
        (series("[0]", VALUES), series("[1]", VALUES)),
        (
            series("[0]", VALUES),
            series("[1]", OTHERS),
        ),
    )
    before, after = clouds(Outcome("f", samples=first), Outcome("f", samples=second))
    assert before and after
    assert all(x == y for x, y in before.points)
    assert before.correlation == pytest.approx(1)
    assert after.correlation is not None and abs(after.correlation) < 0.5
    assert (after.x, after.y) == ("result[0]", "result[1]")


def test_rows_of_one_array_are_taken_of_each_key() -> None:
    # Two keys; of each, two rows of two numbers, of which the second repeats the first.
    both = Series("", "float32", (2, 2), (1, 2, 1, 2, 3, 4, 3, 4), 2)
    cloud, _ = clouds(Outcome("f", samples=(both,)), None)
    assert cloud == Cloud(((1, 1), (2, 2), (3, 3), (4, 4)), "result[0]", "result[1]")


@pytest.mark.parametrize(
    ("shape", "values", "keys"),
    [((), (1.0, 2.0), 2), ((5,), (1.0, 2.0), 1), ((3, 500), (1.0, 2.0), 1), ((0, 3), (), 1)],
    ids=["a scalar per key", "one row", "a row too long to be kept whole", "nothing"],
)
def test_a_single_row_is_drawn_in_its_order(
    shape: tuple[int, ...], values: tuple[float, ...], keys: int
) -> None:
    one = Series("", "float32", shape, values, keys)
    _, cloud = clouds(None, Outcome("f", samples=(one,)))
    assert cloud == Cloud(tuple(enumerate(values)), ORDER, "result")


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (-1.7e308, 1.7e308), (1e-320, 2e-320)], ids=["equal", "wide", "narrow"]
)
def test_all_points_lie_inside(values: tuple[float, float]) -> None:
    cloud = Cloud(tuple((value, value) for value in values), "x", "y")
    path = re.search(r' d="([^"]*)"', scatter(cloud, "after", [cloud]))
    assert path
    places = [float(number) for number in re.findall(r"[\d.]+(?=[ h])", path[1])]
    assert len(places) == 4
    assert all(0 <= place <= 150 for place in places)


def test_bars_count_equal_elements_as_well() -> None:
    picture = ulp_histogram(Comparison("jit", "close", "", 3, None, 5, 64, (1, 3, 1)))
    numbers = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    assert numbers == ["60", "0", "3", "1", "1", "2-3"]


def test_ulps_are_counted_by_their_bits() -> None:
    eager = np.array([1.0, 1.0, 1.0, 1.0, 0.0], np.float32)
    step = np.float32(2**-23)
    other = np.array([1.0, 1 + step, 1 + 2 * step, 1 + 3 * step, -0.0], np.float32)
    comparison = compare_leaves("jit", [[Leaf("", eager)]], [[Leaf("", other)]])
    assert comparison.bins == (1, 1, 2)
    assert comparison.unequal == sum(comparison.bins)


def test_lanes_are_counted_together_and_integers_not_at_all() -> None:
    one, two = np.float32([1.0]), np.float32([1.0 + 2**-23])
    lanes = [[Leaf("", one)]] * 2
    assert compare_leaves("jit", lanes, [[Leaf("", two)]] * 2).bins == (0, 2)
    assert (
        compare_leaves("jit", [[Leaf("", np.array([1]))]], [[Leaf("", np.array([2]))]]).bins == ()
    )


def test_samples_of_several_keys_are_kept_side_by_side() -> None:
    draws = [[Leaf("[0]", np.array([i, i + 0.5]))] for i in range(3)]
    draws.append([Leaf("[0]", np.array([np.nan, 1.0]))])
    draws.append([Leaf("[0]", np.arange(9.0))])
    assert series_of(draws) == (Series("[0]", "float64", (2,), (0.0, 0.5, 1.0, 1.5, 2.0, 2.5), 3),)


def test_large_samples_are_cut() -> None:
    (kept,) = series_of([[Leaf("", np.arange(10_000.0))] for _ in range(16)])
    assert (len(kept.values), kept.keys) == (256, 16)


def test_text_is_escaped_and_html_is_not_twice() -> None:
    inner = element("b", "<&>")
    assert element("p", inner, '"', title='"<') == (
        '<p title="&quot;&lt;"><b>&lt;&amp;&gt;</b>&quot;</p>'
    )
    assert escaped(NASTY).count("<") == 0


def test_the_report_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.html"
    arguments = ["verify", "RNG105", "--output-format", "html", "--output-file", str(report)]
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert capsys.readouterr().out == ""
    page = Page(report.read_text(encoding="utf-8"))
    assert "RNG105_legacy_method_on_generator" in page.text()
    assert page.all("svg")


def test_a_file_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["verify", "RNG105", "--output-file", str(tmp_path / "missing" / "a.html")])
    assert end.value.code == 2
    assert "there is no such folder" in capsys.readouterr().err
