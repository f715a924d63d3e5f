"""From a fixture's `before.py` to the program that rnglint's own fixes make of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from itertools import islice

from rnglint.verify.fixtures import Fixture
from rnglint.verify.functions import UsersFunction
from rnglint.verify.messages import Call
from rnglint.verify.results import Target

_EXPECTATION = re.compile(r"[ \t]*# expect:[ \t]*([^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Program:
    """What is run. `fixed` is what the fixes made of `before`, `after` what they ought to.

    A fixture without a fix has no `after`; `by_hand` says that `fixed` is its `repaired.py`. A
    user's own function has nothing before a fix, and a `call` that says how it is called.
    `expected` maps each function `sample*` to the codes that its lines expect, and "" to all
    codes of the file. `error` says why there is nothing to run.
    """

    target: Target
    folder: str
    before: str = ""
    fixed: str = ""
    after: str | None = None
    expected: Mapping[str, frozenset[str]] | None = None
    error: str = ""
    call: Call | None = None
    bundled: bool = False
    by_hand: bool = False

    @property
    def file(self) -> str:
        """The name of the file before the fix."""
        return "before.py" if self.target.kind == "fixture" else self.target.name

    @property
    def difference(self) -> str:
        """The first lines in which `fixed` is not `after`, or "" where they are the same."""
        if self.after is None or self.fixed == self.after:
            return ""
        lines = _diff(self.after, self.fixed, "after.py", "fixed", context=1)
        return "\n".join(islice(lines.splitlines(), 14)) or "the line endings differ"

    @property
    def diff(self) -> str:
        """What the fix changes."""
        if self.call or not self.is_repaired:
            return ""
        return _diff(self.before, self.fixed, self.file, "repaired.py" if self.by_hand else "fixed")

    @property
    def uses_jax(self) -> bool:
        """Whether it needs JAX; of a user's function that is taken for granted."""
        return bool(self.call or re.search(r"\bjax\b", self.before + self.fixed))

    @property
    def runs(self) -> bool:
        """Whether there is anything to be run; fixtures of ours need not draw, others must."""
        draws = not self.bundled or any(self.expected or ()) or self.target.kind != "fixture"
        return not self.error and self.is_repaired and draws

    @property
    def is_repaired(self) -> bool:
        """Whether `fixed` is meant to be right."""
        return self.after is not None or self.by_hand or self.target.kind != "fixture"


def load_program(fixture: Fixture) -> Program:
    """Reads, strips and fixes a fixture; whatever goes wrong is told in `Program.error`."""
    kind = "fixture" if fixture.in_folder else "file"
    path = fixture.folder if fixture.in_folder else fixture.folder / fixture.file
    target = Target(fixture.name, kind, str(path), fixture.code, fixture.rule or None)
    program = Program(target, str(fixture.folder), bundled=fixture.bundled)
    try:
        marked = fixture.read("before")
        after = fixture.read("after") if fixture.fixable else None
        repaired = fixture.read("repaired") if fixture.repaired else ""
    except (OSError, UnicodeDecodeError) as error:
        return replace(program, error=f"cannot be read: {error}")
    program = replace(program, before=strip_expectations(marked), after=after)
    program = replace(program, fixed=repaired, by_hand=bool(repaired))
    if kind == "file" and not re.search(r"^def sample", marked, re.MULTILINE):
        hint = f"name a function of it, as in {fixture.file}::function"
        return replace(program, error=f"defines no function sample*: {hint}")
    return _fixed(program, marked, f"{fixture.name}/{fixture.file}")


def load_function(function: UsersFunction) -> Program:
    """A user's own function, which nothing is done to before it is run."""
    path = function.filename if function.text else ""
    target = Target(function.target, "function", path)
    return Program(target, str(function.folder), fixed=function.text, call=function.call)


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


def _fixed(program: Program, marked: str, filename: str) -> Program:
    """The program with its expectations, and with what the fixes make of it."""
    try:
        program = replace(program, expected=expected_codes(marked))
        if program.by_hand:
            return program
        return replace(program, fixed=fix(program.before, filename, program.target.code))
    except SyntaxError as error:
        return replace(program, error=f"{program.file} does not parse: {error}")
    except Exception as error:
        return replace(program, error=f"the fixer raised {type(error).__name__}: {error}")


def _diff(left: str, right: str, left_name: str, right_name: str, context: int = 3) -> str:
    texts = left.splitlines(), right.splitlines()
    return "\n".join(unified_diff(*texts, left_name, right_name, "", "", context, ""))
