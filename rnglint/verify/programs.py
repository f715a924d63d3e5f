"""From a fixture's `before.py` to the program that rnglint's own fixes make of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from itertools import islice

from rnglint.verify.fixtures import Fixture

_EXPECTATION = re.compile(r"[ \t]*# expect:[ \t]*([^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Program:
    """A fixture's texts. `fixed` is what the fixes made of `before`, `after` what they ought to.

    `expected` maps each function `sample*` to the codes that its lines expect, and "" to all
    codes of the file. `error` says why there is no fixed program.
    """

    fixture: Fixture
    before: str
    fixed: str
    after: str | None
    expected: Mapping[str, frozenset[str]]
    error: str = ""

    @property
    def difference(self) -> str:
        """The first lines in which `fixed` is not `after`, or "" where they are the same."""
        if self.after is None or self.fixed == self.after:
            return ""
        lines = unified_diff(
            self.after.splitlines(), self.fixed.splitlines(), "after.py", "fixed", "", "", 1
        )
        return "\n".join(islice(lines, 14)) or "the line endings differ"


def load_program(fixture: Fixture) -> Program:
    """Reads, strips and fixes a fixture; whatever goes wrong is told in `Program.error`."""
    try:
        marked = fixture.read("before")
        after = fixture.read("after") if fixture.fixable else None
    except (OSError, UnicodeDecodeError) as error:
        return Program(fixture, "", "", None, {}, f"cannot be read: {error}")
    before = strip_expectations(marked)
    try:
        expected = expected_codes(marked)
        fixed = fix(before, f"{fixture.name}/before.py", fixture.code)
    except SyntaxError as error:
        return Program(fixture, before, "", after, {}, f"before.py does not parse: {error}")
    except Exception as error:
        problem = f"the fixer raised {type(error).__name__}: {error}"
        return Program(fixture, before, "", after, expected, problem)
    return Program(fixture, before, fixed, after, expected)


def strip_expectations(text: str) -> str:
    """The text without its `# expect:` comments."""
    return _EXPECTATION.sub("", text)


def expected_codes(text: str) -> dict[str, frozenset[str]]:
    """The codes that the `# expect:` comments name, by function; "" stands for the whole file."""
    by_row = {
        row: frozenset(re.findall(r"RNG\d{3}", found[1]))
        for row, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
        if (found := _EXPECTATION.search(line))
    }
    codes = {"": frozenset[str]().union(*by_row.values())}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("sample"):
            rows = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            codes[node.name] = frozenset[str]().union(*(by_row.get(row, ()) for row in rows))
    return codes


def fix(text: str, filename: str, code: str | None) -> str:
    """The text after `--fix --unsafe-fixes` under default settings, the rule `code` included."""
    from rnglint.config.resolution import Config
    from rnglint.engine import fix_source
    from rnglint.source.reading import Source

    config = Config()
    if code:
        config = replace(config, extend_select=(*config.extend_select, code))
    source = Source.from_bytes(filename, text.encode())
    return fix_source(source, config, unsafe=True).source.to_bytes().decode("utf-8")
