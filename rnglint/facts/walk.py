"""Fast walks over libcst nodes: only the fields that hold syntax, never white space."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from dataclasses import fields
from functools import cache, lru_cache

import libcst as cst

#: Fields that hold white space, punctuation or operators: nothing below them names anything.
_SILENT = frozenset(
    {
        "asname_whitespace",
        "colon",
        "comma",
        "dot",
        "equal",
        "first_line",
        "footer",
        "header",
        "lbrace",
        "lbracket",
        "leading_lines",
        "lines_after_decorators",
        "lines_after_module_header",
        "lpar",
        "newline",
        "operator",
        "posonly_ind",
        "rbrace",
        "rbracket",
        "rpar",
        "semicolon",
        "separator",
        "trailing_whitespace",
    }
)


#: Types of field values that are no nodes; asking `isinstance` would take several times as long.
_NO_NODES = frozenset({type(None), str, bool, cst.MaybeSentinel})


@cache
def _syntax_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(kind)
        if field.name not in _SILENT and not field.name.startswith("whitespace")
    )


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The syntactic children of `node`, in the order of its fields."""
    for name in _syntax_fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is list or kind is tuple:
            yield from value
        elif kind not in _NO_NODES:
            yield value


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`node` and everything below it, depth first, in source order of fields."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += reversed(list(children(current)))


def dotted(node: cst.CSTNode) -> str | None:
    """ "np.random.rand" for a chain of a name and attributes, else None."""
    if type(node) is cst.Name:
        return node.value
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))


@lru_cache(maxsize=4096)
def evaluated(literal: str) -> object:
    """The value of a literal, given as text: the same few come again and again."""
    return literal_eval(literal)


def names_in(node: cst.CSTNode) -> frozenset[str]:
    """All names that occur in `node` (attributes and keywords are no names)."""
    return frozenset(_names(node))


def _names(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from _names(node.value)
    else:
        for child in children(node):
            yield from _names(child)
