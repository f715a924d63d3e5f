"""What the tests of rules share: findings that are written down on the lines where they belong."""

from __future__ import annotations

import re
from collections import Counter

from rnglint import check_source, fix_source
from rnglint.config.resolution import Config
from rnglint.source.reading import Source

_EXPECTATION = re.compile(r"[ \t]*# expect:[ \t]*([^\r\n]*)")

#: A cell (None in a Python file), a row in it, and the code that is reported there.
Finding = tuple[int | None, int, str]


def expected(source: Source) -> Counter[Finding]:
    """The findings that the `# expect:` comments of a source announce."""
    found: Counter[Finding] = Counter()
    for chunk in source.chunks:
        for row, line in enumerate(chunk.text.splitlines(), start=1):
            match = _EXPECTATION.search(line)
            codes = match[1].split(",") if match else []
            found.update((chunk.cell, row, code.strip()) for code in codes)
    return found


def reported(source: Source, *opted_in: str) -> Counter[Finding]:
    """The findings of the default rules and of those that are opted in."""
    found = check_source(source, Config(extend_select=opted_in))
    return Counter((each.span.cell, each.span.start.row, each.code) for each in found)


def program(text: str, filename: str = "program.py") -> Source:
    """A Python file with this text."""
    return Source.from_bytes(filename, text.encode())


def without_expectations(text: str) -> str:
    """The text as a user would have written it."""
    return _EXPECTATION.sub("", text)


def fixed(text: str, filename: str = "program.py", *opted_in: str) -> str:
    """The text after all fixes, unsafe ones included."""
    config = Config(extend_select=opted_in)
    result = fix_source(program(without_expectations(text), filename), config, unsafe=True)
    assert not result.rejections
    return result.source.chunks[0].text
