"""Which code is a test: there, fixed numbers are wanted."""

from __future__ import annotations

import re
from pathlib import PurePath

from rnglint.rewrite.places import Places

_TEST = re.compile(r"test|Test|\w*Test(?:s|Case)?$|set_?[uU]p|setup_|\w*[bB]enchmark$")
_TEST_FILE = re.compile(r"test_\w+|\w+_test|conftest|\w+_test_utils?")


def is_test_file(filename: str) -> bool:
    """Whether a file says by its name that it holds tests."""
    return _TEST_FILE.fullmatch(PurePath(filename).stem) is not None


def in_test(places: Places, scope: int) -> bool:
    """Whether a place is in the function or class of a test, or in what sets one up."""
    return any(_TEST.match(item.name) for item in places.chain(scope))
