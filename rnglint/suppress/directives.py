"""The grammar of suppression comments, which is Ruff's: from a comment to what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_HASH = re.compile("#")
_NOQA = re.compile(r"#\s*(?:(rnglint|flake8)\s*:\s*)?(?i:noqa)")
_OURS = re.compile(r"#\s*rnglint\s*:(?!\s*(?i:noqa))\s*([\w-]*)\s*(\[[^]#]*\]?)?")
_CODE = re.compile(r"[\s,]*([A-Z]+[0-9]+)")
_WORD = re.compile(r"[A-Za-z][\w-]*")


class Kind(Enum):
    """What a comment silences: a line, the whole file, or all from `disable` to `enable`."""

    NOQA = "# noqa"
    FILE_NOQA = "noqa"
    IGNORE = "ignore"
    FILE_IGNORE = "file-ignore"
    DISABLE = "disable"
    ENABLE = "enable"


@dataclass(frozen=True, slots=True)
class Directive:
    """A part of a comment that asks for silence, and where in the comment it stands.

    `selectors` is None where it silences everything. `problem` says why it is not understood:
    it then silences nothing.
    """

    kind: Kind
    selectors: tuple[str, ...] | None
    start: int
    end: int
    problem: str = ""


def directives(comment: str) -> Iterator[Directive]:
    """The directives in a comment, each of which starts at a "#"; one `noqa` at the most."""
    noqa_seen = False
    for mark in _HASH.finditer(comment):
        if ours := _OURS.match(comment, mark.start()):
            yield _ours(ours)
        elif (noqa := _NOQA.match(comment, mark.start())) and not noqa_seen:
            noqa_seen = True
            if directive := _noqa(comment, noqa):
                yield directive


def _ours(match: re.Match[str]) -> Directive:
    """`# rnglint: ignore[RNG201, key-reuse]` and the other words that may stand there."""
    word, codes = match[1], match[2] or ""
    kinds = {kind.value: kind for kind in Kind}
    selectors = [part.strip() for part in codes[1:-1].split(",")]
    if selectors[-1] == "":
        selectors.pop()
    problem = ""
    if word not in kinds:
        problem = f"unknown directive `rnglint: {word}`"
    elif not codes.endswith("]") or not selectors:
        problem = f"`rnglint: {word}` needs codes or names, as in `[RNG201]`"
    elif not all(_WORD.fullmatch(selector) for selector in selectors):
        problem = f"`rnglint: {word}` takes codes or names, parted by commas"
    kind = kinds.get(word, Kind.IGNORE)
    return Directive(kind, tuple(selectors), match.start(), match.end(), problem)


def _noqa(comment: str, match: re.Match[str]) -> Directive | None:
    """`# noqa`, `# noqa: RNG201, E501`, and with `rnglint:` before it for the whole file."""
    kind = Kind.FILE_NOQA if match[1] else Kind.NOQA
    rest = comment[match.end() :]
    if not rest.lstrip().startswith(":"):
        blanket = not rest or rest[0] == "#" or rest[0].isspace()
        return Directive(kind, None, match.start(), match.end()) if blanket else None
    index = match.end() + rest.index(":") + 1
    codes = []
    while code := _CODE.match(comment, index):
        codes.append(code[1])
        index = code.end()
    after = comment[index : index + 1]
    if not codes or not (after in ("", ",", "#") or after.isspace()):
        return None
    return Directive(kind, tuple(codes), match.start(), index)
