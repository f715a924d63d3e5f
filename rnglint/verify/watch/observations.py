"""What the watch tells: plain frozen data, which a running program writes as lines of JSON.

It says what happened where; what to call it and how to word it is decided by who reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a user's program that was being executed.

    Rows count from 1. Columns count bytes from 0 as Python's compiler does; they are None
    where this Python does not keep them.
    """

    filename: str
    function: str
    row: int
    end_row: int
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that should not have happened at `place`.

    `kind` is one of those of `wording.KINDS`. `by` names what did it ("jax.random.normal"), if
    that has a name of its own; `inner` is the place in a callee where it was done in the end.
    `first` and its companions are the same of the earlier place. `detail` is what else there is
    to say: a seed, or the name of a transformation.
    """

    kind: str
    place: Place
    by: str = ""
    inner: Place | None = None
    first: Place | None = None
    first_by: str = ""
    first_inner: Place | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that could not be watched, and why."""

    text: str


def to_line(message: Observation | Note) -> str:
    """The message as one line of JSON."""
    return json.dumps([type(message).__name__, asdict(message)]) + "\n"


def from_line(line: str) -> Observation | Note:
    """The message that `to_line` wrote."""
    kind, data = json.loads(line)
    if kind == "Note":
        return Note(**data)
    places = {name: _place(data[name]) for name in ("place", "inner", "first", "first_inner")}
    return Observation(**(data | places))


def _place(data: Mapping[str, Any] | None) -> Place | None:
    return None if data is None else Place(**data)
