"""The HTML report in a browser; where there is none, nothing is tested here.

A copy of the page gets a script that chooses each theme in turn and writes down what it sees; a
spoiled page shows that it does see.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from html_pages import verification

from rnglint.verify.report.html import render_html

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), ""
)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
)

#: What WCAG asks of text (AA).
READABLE = 4.5

pytestmark = pytest.mark.skipif(not BROWSER, reason="there is no Chromium on this machine")

WATCH = """<script>
window.errors = [];
window.addEventListener("error", function (event) { errors.push(String(event.message)); }, true);
["error", "warn"].forEach(function (name) {
  console[name] = function (text) { errors.push(String(text)); };
});
</script>"""

MEASURE = """<script>
function numbers(color) { return color.match(/[\\d.]+/g).map(Number); }
function luminance(rgb) {
  var parts = rgb.slice(0, 3).map(function (value) {
    value /= 255;
    return value <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}
function background(node) {
  for (; node; node = node.parentElement) {
    var color = numbers(getComputedStyle(node).backgroundColor);
    if (color.length === 3 || color[3] > 0) { return color; }
  }
  return [255, 255, 255];
}
function contrast(node) {
  var style = getComputedStyle(node);
  var front = numbers(node.namespaceURI.endsWith("svg") ? style.fill : style.color);
  var pair = [luminance(front), luminance(background(node))];
  return (Math.max.apply(null, pair) + 0.05) / (Math.min.apply(null, pair) + 0.05);
}
function shown(node) {
  if (/^(script|style|title)$/.test(node.localName) || !node.getClientRects().length) {
    return false;
  }
  return Array.from(node.childNodes).some(function (child) {
    return child.nodeType === 3 && child.data.trim();
  });
}
function measure() {
  var texts = Array.from(document.body.querySelectorAll("*")).filter(shown);
  var seen = texts.map(function (node) {
    return [contrast(node), node.localName + "." + node.className + ": " + node.textContent];
  });
  seen.sort(function (a, b) { return a[0] - b[0]; });
  return {
    count: seen.length,
    worst: seen[0],
    page: getComputedStyle(document.body).backgroundColor,
    wide: document.documentElement.scrollWidth - innerWidth
  };
}
window.addEventListener("load", function () {
  var button = document.getElementById("theme"), told = {themes: {}};
  for (var turn = 0; turn < 3; turn++) {
    button.click();
    told.themes[document.documentElement.dataset.theme] = measure();
  }
  told.errors = errors;
  told.fetched = performance.getEntriesByType("resource").map(function (each) {
    return each.name;
  });
  told.pictures = Array.from(document.querySelectorAll("svg")).map(function (svg) {
    var box = svg.getBBox();
    return [box.width, box.height, svg.getBoundingClientRect().width];
  });
  var place = document.createElement("pre");
  place.id = "told";
  place.textContent = JSON.stringify(told);
  document.body.append(place);
});
</script>"""


def opened(page: str, folder: Path) -> tuple[str, str]:
    """The document after its scripts ran, and what the browser logged."""
    path = folder / "report.html"
    path.write_text(page, encoding="ascii")
    command = [BROWSER, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def measured(page: str, folder: Path) -> Any:
    """What the script tells of the page; its policy is taken out, else it would not run."""
    page, count = re.subn(r'<meta http-equiv="[^>]*>', "", page, count=1)
    assert count == 1
    page = page.replace("<head>", f"<head>{WATCH}", 1).replace("</body>", f"{MEASURE}</body>", 1)
    document, _ = opened(page, folder)
    told = re.search(r'<pre id="told">(.*?)</pre>', document, re.DOTALL)
    assert told, document[-2000:]
    return json.loads(html.unescape(told[1]))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return measured(render_html(verification()), tmp_path_factory.mktemp("page"))


def test_nothing_is_requested_and_nothing_fails(told: Any) -> None:
    assert told["fetched"] == []
    assert told["errors"] == []


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_all_text_is_readable_in_each_theme(told: Any, theme: str) -> None:
    seen = told["themes"][theme]
    assert seen["count"] > 100
    assert seen["worst"][0] >= READABLE, seen["worst"]


def test_the_themes_differ_and_the_page_is_not_wider_than_its_window(told: Any) -> None:
    themes = told["themes"]
    assert themes["light"]["page"] != themes["dark"]["page"]
    assert all(seen["wide"] <= 0 for seen in themes.values())


def test_the_pictures_show_something(told: Any) -> None:
    assert len(told["pictures"]) == 8
    assert all(min(sizes) > 30 for sizes in told["pictures"])


def test_a_spoiled_page_is_seen_to_be_one(tmp_path: Path) -> None:
    page = render_html(verification())
    spoiled = '<p style="color: #777; background: #888">grey on grey</p>'
    spoiled += '<img src="http://127.0.0.1:9/a.png"><script>console.error("spoiled")</script>'
    told = measured(page.replace("</main>", f"{spoiled}</main>"), tmp_path)
    assert told["fetched"] == ["http://127.0.0.1:9/a.png"]
    assert "spoiled" in told["errors"]
    assert told["themes"]["light"]["worst"][0] < 2


def test_the_policy_lets_style_and_script_pass_and_nothing_else(tmp_path: Path) -> None:
    forged = "<script>document.title = 'forged'</script></main>"
    document, log = opened(render_html(verification()).replace("</main>", forged), tmp_path)
    assert "<title>rnglint verify: " in document
    assert 'data-theme="auto"' in document
    assert re.search(r'<button[^>]*id="theme"[^>]*>Theme: auto<', document)
    complaints = [line for line in log.splitlines() if "CONSOLE" in line]
    assert len(complaints) == 1 and "Content Security Policy" in complaints[0]
