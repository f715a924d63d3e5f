"""What the tests of `verify` share: running it, and writing fixtures for it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from cli_support import heed_interrupts

from rnglint.verify import programs
from rnglint.verify.fixtures import find_fixtures
from rnglint.verify.programs import strip_expectations

ROOT = Path(__file__).resolve().parent.parent

#: `verify` with an engine that changes nothing: a fixture's `after.py` is then its own choice.
_UNFIXED = """
import json, sys
from rnglint.verify import programs, run
from rnglint.verify.request import Request
programs.fix = lambda text, filename, code: text
options = json.loads(sys.argv[1])
sys.exit(run(Request(sys.argv[2:], output_format="json", **options)))
"""


@dataclass(frozen=True)
class Verified:
    """What a run of `rnglint verify --output-format json` gave."""

    code: int
    content: Mapping[str, Any]

    def fixture(self, name: str) -> Mapping[str, Any]:
        """The part of the report about one fixture."""
        return next(each for each in self.content["results"] if each["name"] == name)

    def failures(self, name: str) -> dict[str, str]:
        """The failed checks of a fixture, and what was said about them."""
        verdicts = self.fixture(name)["verdicts"].items()
        return {k: "\n".join(v["details"]) for k, v in verdicts if v["passed"] is False}


def start_unfixed(targets: Sequence[object], **options: object) -> subprocess.Popen[str]:
    """Starts `verify` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _UNFIXED, json.dumps(options), *map(str, targets)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts if os.name == "posix" else None,
    )


def verify_unfixed(*targets: object, **options: object) -> Verified:
    """Runs `verify` in a process of its own, to its end."""
    process = start_unfixed(targets, **options)
    out, err = process.communicate(timeout=300)
    assert err == ""
    return Verified(process.returncode, json.loads(out))


def write_fixture(folder: Path, before: str, after: str | None = None) -> Path:
    """A fixture folder; `after` is by default what is left of `before` without its comments."""
    folder.mkdir(parents=True)
    before = dedent(before)
    (folder / "before.py").write_text(before)
    (folder / "after.py").write_text(strip_expectations(before) if after is None else dedent(after))
    return folder


def copy_fixture(
    code: str, folder: Path, *, function: str = "", after: Callable[[str], str] = str
) -> Path:
    """A bundled fixture copied, of its functions only `function`, its `after.py` changed."""
    (fixture,) = find_fixtures([code])
    before, wanted = fixture_texts(code, function)
    return write_fixture(folder / fixture.name, before, after(wanted))


def fixture_texts(code: str, function: str = "") -> tuple[str, str]:
    """A bundled fixture's `before.py` and `after.py`, of their functions only `function`."""
    (fixture,) = find_fixtures([code])
    before, after = (_only(function, fixture.read(stem)) for stem in ("before", "after"))
    return before, after


def _only(function: str, text: str) -> str:
    """The text without the functions that are not called `function`, if that is given."""
    lines = text.splitlines(keepends=True)
    for node in reversed(ast.parse(text).body):
        if function and isinstance(node, ast.FunctionDef) and node.name != function:
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def fixed_by(monkeypatch: pytest.MonkeyPatch, fixer: Callable[[str], str]) -> None:
    """Puts `fixer` in the place of the engine."""
    monkeypatch.setattr(programs, "fix", lambda text, filename, code: fixer(text))
