"""`pytest --rnglint`: fails the test that misuses random numbers, and names both places.

pytest loads this module whether or not it is asked for, so it imports nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rnglint.diagnostics import Diagnostic
    from rnglint.verify.watch.observations import Note, Observation

_MARKER = (
    "rnglint_ignore(*rules): do not fail this test for these rules, or for any if none is named"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--rnglint` and `--rnglint-ignore`."""
    group = parser.getgroup("rnglint", "misused random numbers")
    group.addoption("--rnglint", action="store_true", help="fail tests that misuse random numbers")
    group.addoption(
        "--rnglint-ignore",
        action="append",
        default=[],
        metavar="RULES",
        help="codes, beginnings of codes, or names of rules that fail no test",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begins to watch before the tests import anything."""
    options = early_config.known_args_namespace
    if getattr(options, "rnglint", False):
        early_config.pluginmanager.register(_Plugin(options.rnglint_ignore), "rnglint-watch")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", _MARKER)


class _Plugin:
    """Watches from now on, and looks after each test at what was seen."""

    def __init__(self, ignored: Sequence[str]) -> None:
        from rnglint.discovery.tasks import Settings
        from rnglint.verify.watch.watching import Watch

        self._seen: list[Observation] = []
        self._notes: list[str] = []
        self._ignored = [word.strip() for words in ignored for word in words.split(",")]
        self._settings = Settings()
        self._watch = Watch(self._take)
        self._watch.start()

    def _take(self, message: Observation | Note) -> None:
        from rnglint.verify.watch.observations import Observation

        if isinstance(message, Observation):
            self._seen.append(message)
        else:
            self._notes.append(message.text)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Each test begins anew: another one may use the same keys and seeds."""
        self._watch.forget()
        self._seen.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Fails a test that passed but misused random numbers."""
        result = yield
        if text := self._report(item):
            pytest.fail(text, pytrace=False)
        return result

    def _report(self, item: pytest.Item) -> str:
        if not self._seen:
            return ""
        from rnglint.report import Report, render
        from rnglint.verify.watch.keeping import reported

        ignored = [*self._ignored, *_marked(item)]
        found = [
            each
            for each in reported(self._seen, self._settings)
            if not any(_means(selector, each) for selector in ignored)
        ]
        return render("full", Report(tuple(found))).rstrip()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says what could not be watched."""
        for note in dict.fromkeys(self._notes):
            terminalreporter.write_line(f"rnglint: {note}")

    def pytest_unconfigure(self) -> None:
        """Leaves everything as it was."""
        self._watch.stop()


def _marked(item: pytest.Item) -> list[str]:
    """The rules that the test's markers allow; "ALL" where one names none."""
    markers = list(item.iter_markers("rnglint_ignore"))
    return [word for marker in markers for word in (marker.args or ("ALL",))]


def _means(selector: str, diagnostic: Diagnostic) -> bool:
    from rnglint.config.selectors import specificity

    return specificity(selector, diagnostic.code, diagnostic.name) is not None
