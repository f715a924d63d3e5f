"""A user's own function as a target: `module:function` or `FILE::function`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rnglint.verify.fixtures import UsageError
from rnglint.verify.messages import Call

_IN_FILE = re.compile(r"(?P<place>.+?\.py)::(?P<function>.+)", re.DOTALL)
_IN_MODULE = re.compile(r"(?P<place>[^\W\d]\w*(\.\w+)*)::?(?P<function>[^\W\d].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class UsersFunction:
    """A function to be run as it is. `text` is its file's, or "" for a module to be imported."""

    target: str
    folder: Path
    filename: str
    text: str
    call: Call


def find_function(target: str, key_argument: str, arguments: str) -> UsersFunction | None:
    """The function that `target` names; None where it names no function."""
    if found := _IN_FILE.fullmatch(target):
        return _in_file(target, Path(found["place"]), found["function"], key_argument, arguments)
    if found := _IN_MODULE.fullmatch(target):
        call = Call(found["function"], found["place"], key_argument, arguments)
        return UsersFunction(target, Path.cwd(), found["place"], "", call)
    return None


def _in_file(
    target: str, path: Path, function: str, key_argument: str, arguments: str
) -> UsersFunction:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path}: cannot be read: {why}") from None
    call = Call(function, "", key_argument, arguments)
    return UsersFunction(target, path.resolve().parent, str(path.resolve()), text, call)
