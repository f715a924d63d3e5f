"""Making libcst nodes where white space does not matter."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar

import libcst as cst

_Node = TypeVar("_Node", bound=cst.CSTNode)


def make(kind: type[_Node], **given: Any) -> _Node:
    """A node whose blanks and punctuation are shared with all others of its kind.

    Left to itself, each node makes new ones, which takes longer than all the rest.
    """
    return kind(**_shared(kind), **given)


@cache
def _shared(kind: type[cst.CSTNode]) -> dict[str, Any]:
    return {
        field.name: field.default_factory()
        for field in fields(kind)
        if field.default_factory is not MISSING
    }
