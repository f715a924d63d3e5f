"""Words of code: what counts as a mention of a name."""

from __future__ import annotations

import pytest

from rnglint.rewrite.words import code, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("rng = f(rng)", 2),
        ("self.rng = 1", 1),
        ("x = 'rng'  # rng", 0),
        ('"""rng\nrng"""', 0),
        ("b'rng' r'\\rng' rb'rng'", 0),
        ("f'{rng}' rf'{rng!r}'", 2),
        ("'#' + rng", 1),
        ("# it's rng\nrng", 1),
        ("rngs = _rng = rng2", 0),
    ],
)
def test_mentions_in_code_and_f_strings_count(text: str, count: int) -> None:
    assert words(text)["rng"] == count


def test_code_keeps_neither_comments_nor_the_contents_of_strings() -> None:
    assert code("f('json', \"x\")  # json\ny") == 'f("", "")  \ny'
