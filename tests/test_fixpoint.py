"""Fixes to a fixpoint: what is applied again, what is thrown away, when it ends.

The "rules" here find words in the text; `_FIXES` says what each word is replaced by.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Span
from rnglint.fixes.fixpoint import ROUNDS, Fixer, FixResult, View
from rnglint.source.reading import Source

_FIXES = {
    "bad": "good",
    "nested": "bad",
    "breaks": "(",
    "worse": "alarm1 + alarm2",
    "same": "same2",
    "same2": "same",
    "risky": "good",
    "hides": "hidden + hidden",
    "hidden": "good",
}
_WORD = re.compile(r"\w+")


def find(source: Source) -> list[Diagnostic]:
    """A finding for each word that `_FIXES` knows, and for each that is an alarm."""
    found = []
    for row, line in enumerate(source.program.split("\n"), start=1):
        for match in _WORD.finditer(line):
            word = match[0]
            if word in _FIXES or word.startswith("alarm"):
                found.append(_diagnostic(row, match.start() + 1, word))
    if "(" in source.program:
        found.append(_diagnostic(1, 1, "RNG000"))
    return found


def _diagnostic(row: int, column: int, word: str) -> Diagnostic:
    place = Span(Position(row, column), Position(row, column + len(word)))
    trust = Applicability.UNSAFE if word == "risky" else Applicability.SAFE
    fix = Fix("replace it", (Edit(place, _FIXES[word]),), trust) if word in _FIXES else None
    code = "ALARM" if word.startswith("alarm") else word
    return Diagnostic(code, "word", word, "a.py", place, fix=fix)


def look(source: Source) -> View:
    found = find(source)
    return View(source, tuple(found), Counter(each.code for each in found))


def fixed(text: str, *, unsafe: bool = False) -> FixResult:
    return Fixer(look, unsafe).fix(Source.from_bytes("a.py", text.encode()))


@pytest.mark.parametrize(
    ("before", "after", "applied"),
    [
        pytest.param("x = good\n", "x = good\n", 0, id="nothing to do"),
        pytest.param("x = bad\n", "x = good\n", 1, id="one fix"),
        pytest.param("bad = bad\nbad\n", "good = good\ngood\n", 3, id="several at once"),
        pytest.param("x = breaks\n", "x = breaks\n", 0, id="no longer a program"),
        pytest.param("bad, breaks, bad\n", "good, breaks, good\n", 2, id="one of three breaks"),
        pytest.param("x = worse\n", "x = worse\n", 0, id="new findings of another rule"),
        pytest.param(
            "worse\nbad\nworse\nbreaks\nbad\n",
            "worse\ngood\nworse\nbreaks\ngood\n",
            2,
            id="good ones among bad ones",
        ),
        pytest.param(
            "x = hides\n", "x = good + good\n", 3, id="new findings with fixes of their own"
        ),
        pytest.param("x = same\n", "x = same\n", 0, id="a fix that repairs nothing"),
        pytest.param("x = risky\n", "x = risky\n", 0, id="an unsafe fix waits for trust"),
    ],
)
def test_fixes(before: str, after: str, applied: int) -> None:
    result = fixed(before)
    assert result.source.program == after
    assert len(result.applied) == applied
    assert len(result.remaining) == len(find(result.source))
    assert fixed(after).source.program == after


def test_unsafe_fixes_are_applied_when_trusted() -> None:
    assert fixed("x = risky\n", unsafe=True).source.program == "x = good\n"


def test_what_a_fix_uncovers_is_fixed_in_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"step{number}" for number in range(3)]
    for word, following in zip(words, [*words[1:], "good"], strict=True):
        monkeypatch.setitem(_FIXES, word, following)
    source = Source.from_bytes("a.py", b"step0\nstep0\n")

    def look_less_each_round(source: Source) -> View:
        found = find(source)
        rest = sum(3 - int(each.message[-1]) for each in found)
        return View(source, tuple(found), Counter(all=rest))

    result = Fixer(look_less_each_round, unsafe=False).fix(source)
    assert result.source.program == "good\ngood\n"
    assert len(result.applied) == 6


def test_what_was_rejected_may_go_with_what_is_applied_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = 8
    monkeypatch.setitem(_FIXES, "late", "calm")
    for number in range(steps):
        monkeypatch.setitem(_FIXES, f"step{number}", f"step{number + 1}")

    def look_for_calm_before_the_end(source: Source) -> View:
        found = find(source)
        left = sum(steps - int(each.message[-1]) for each in found if each.message != "late")
        early = left > 0 and "calm" in source.program
        counts = Counter(step=left, late=source.program.count("late"), ALARM=int(early))
        return View(source, tuple(found), counts)

    source = Source.from_bytes("a.py", b"step0\nlate\n")
    result = Fixer(look_for_calm_before_the_end, unsafe=False).fix(source)
    assert result.source.program == f"step{steps}\ncalm\n"
    assert not result.rejections


def test_rounds_are_limited() -> None:
    rounds = 0

    def look_better_each_time(source: Source) -> View:
        nonlocal rounds
        rounds += 1
        return View(source, tuple(find(source)), Counter(all=1000 - rounds))

    source = Source.from_bytes("a.py", b"x = same\n")
    Fixer(look_better_each_time, unsafe=False).fix(source)
    assert rounds == ROUNDS + 1


def test_rejected_fixes_are_told_and_taken_from_what_remains() -> None:
    result = fixed("bad\nbreaks\nworse\n")
    assert [(each.diagnostic.code, each.reason) for each in result.rejections] == [
        ("breaks", "the result cannot be parsed"),
        ("worse", "it leads to new findings of ALARM"),
    ]
    assert [each.fix for each in result.remaining] == [None, None]


def test_what_cannot_be_written_back_is_not_fixed() -> None:
    undecodable = Source.from_bytes("a.py", b"bad = '\xff'\n")
    assert not undecodable.editable
    assert Fixer(look, unsafe=True).fix(undecodable).source is undecodable
