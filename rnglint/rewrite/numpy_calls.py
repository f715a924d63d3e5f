"""One legacy NumPy draw as a method of a `Generator`: the name and, where need be, the arguments.

Each translation draws from the same distribution, with the same shape and dtype. Where a Generator
rejects what the legacy function took, or where that cannot be told from the text, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Argument, Call, Facts, MethodUse, Reference
from rnglint.rewrite.python_int import is_noticed
from rnglint.rewrite.shapes import is_full

#: The kinds of expressions that cannot be one dimension of a shape.
_NO_DIMENSION = frozenset({"Tuple", "List", "Set", "Dict", "GeneratorExp", "ListComp"})
_ENCLOSED = re.compile(r"\(.*\)")
#: From here on `Generator.hypergeometric` refuses what the legacy one took.
_HYPERGEOMETRIC_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Draw:
    """A legacy draw: its name, and its call if it is called on the spot.

    `span` is what the method's name replaces: all of `np.random.rand`, or the attribute alone
    where the receiver stays.
    """

    name: str
    span: Span
    call: Call | None
    scope: int
    statement: int | None

    @classmethod
    def of(cls, use: Reference | MethodUse) -> Draw:
        """The draw that a function of the module, or a method of a legacy object, makes."""
        name = use.attribute if isinstance(use, MethodUse) else use.entry.name
        return cls(name, use.span, use.call, use.scope, use.statement)


def translation(
    facts: Facts, draw: Draw, receiver: str = "", *, python_int: bool = False
) -> tuple[Edit, ...] | None:
    """The edits that turn `draw` into a method of `receiver`; None where there are none.

    With an empty `receiver` only the method's own name is written. With `python_int`, a scalar
    `randint` keeps its Python type where that may be noticed.
    """
    entry = facts.knowledge.lookup(f"numpy.random.{draw.name}")
    if entry is None or entry.effect != "draw" or not entry.generator:
        return None
    form = entry.arguments or "none"
    name = Edit(draw.span, f"{receiver}.{entry.generator}" if receiver else entry.generator)
    if draw.call is None:
        return (name,) if form in ("verbatim", "integers") else None
    if form in ("integers", "verbatim", "random_integers"):
        keywords = [item.keyword for item in draw.call.arguments if item.keyword]
        known = {parameter.name for parameter in entry.parameters}
        if len(_plain(draw.call)) > len(known) or not known.issuperset(keywords):
            return None
    keep_int = python_int and form == "integers"
    if keep_int and _is_scalar(draw.call):
        keep_int = is_noticed(facts, draw.call, draw.scope, draw.statement)
    edits = _FORMS[form](facts, draw, draw.call, keep_int)
    return None if edits is None else (name, *edits)


def _plain(call: Call) -> list[Argument]:
    """The positional arguments, starred ones left out."""
    return [item for item in call.arguments if not item.keyword and not item.star]


def _given(call: Call, *names: str) -> dict[str, Argument]:
    """The arguments by parameter, where `names` are the parameters in their order."""
    named = {item.keyword: item for item in call.arguments if item.keyword}
    return {**dict(zip(names, _plain(call), strict=False)), **named}


def _starred(call: Call) -> bool:
    return any(item.star for item in call.arguments)


def _literal(argument: Argument | None, kind: type) -> bool:
    return argument is not None and argument.is_literal and isinstance(argument.literal, kind)


def _insert(position: Position, like: Span, text: str) -> Edit:
    return Edit(Span(position, position, like.cell), text)


def _append(facts: Facts, call: Call, text: str) -> tuple[Edit, ...]:
    """Adds a keyword argument behind the last argument, which may have brackets of its own."""
    start, closing = call.arguments[-1].value.end, call.arguments_span.end
    last = Position(closing.row, closing.column - 1)
    tail = facts.text(Span(start, last, call.span.cell))
    brackets = re.match(r"(?:\s*\))*", tail)
    skipped = brackets[0] if brackets else ""
    rows = skipped.split("\n")
    column = len(rows[-1]) + (1 if len(rows) > 1 else start.column)
    return (_insert(Position(start.row + len(rows) - 1, column), call.span, f", {text}"),)


def _untranslatable(facts: Facts, draw: Draw, call: Call, keep_int: bool) -> None:
    return None


def _verbatim(facts: Facts, draw: Draw, call: Call, keep_int: bool) -> tuple[Edit, ...] | None:
    """Arguments that stay, save for the few that only the legacy function accepts."""
    if draw.name == "uniform":
        given = _given(call, "low", "high", "size")
        bounds = [_number(given.get("low"), 0.0), _number(given.get("high"), 1.0)]
        low, high = bounds
        return None if low is not None and high is not None and high < low else ()
    if draw.name == "hypergeometric":
        given = _given(call, "ngood", "nbad", "nsample", "size")
        counts = [_number(given.get(name), 0) for name in ("ngood", "nbad")]
        return None if any(n is not None and n >= _HYPERGEOMETRIC_LIMIT for n in counts) else ()
    return ()


def _number(argument: Argument | None, default: float) -> float | None:
    """The value of a literal number; None where it is not known."""
    if argument is None:
        return default
    return argument.literal if isinstance(argument.literal, (int, float)) else None


def _shape(facts: Facts, draw: Draw, call: Call, keep_int: bool) -> tuple[Edit, ...] | None:
    """`rand(2, 3)` takes dimensions, `random((2, 3))` a shape.

    An empty `shape` would give a scalar in `rand(*shape)`, and an array in `random(shape)`.
    """
    arguments = call.arguments
    if not all(_is_dimension(item) for item in arguments):
        return None
    if len(arguments) <= 1:
        if not _starred(call):
            return ()
        star = Span(arguments[0].span.start, arguments[0].value.start, call.span.cell)
        if not is_full(facts, arguments[0], draw.scope):
            return None
        return Edit(star, ""), *_without_parentheses(arguments[0])
    if not _plain(call):
        return None
    start, end = call.arguments_span.start, call.arguments_span.end
    inside = Position(start.row, start.column + 1), Position(end.row, end.column - 1)
    return _insert(inside[0], call.span, "("), _insert(inside[1], call.span, ")")


def _without_parentheses(argument: Argument) -> tuple[Edit, ...]:
    """The edits that take off the parentheses around an argument that is no tuple."""
    text, span = argument.text, argument.value
    if argument.kind == "Tuple" or "\n" in text or not _ENCLOSED.fullmatch(text):
        return ()
    depths = accumulate((char == "(") - (char == ")") for char in text)
    if 0 in list(depths)[:-1]:
        return ()
    row, column = span.end.row, span.end.column
    after = Position(span.start.row, span.start.column + 1)
    return (
        Edit(Span(span.start, after, span.cell), ""),
        Edit(Span(Position(row, column - 1), span.end, span.cell), ""),
    )


def _is_dimension(argument: Argument) -> bool:
    if argument.keyword or argument.star == "**":
        return False
    if argument.star:
        return argument.kind != "GeneratorExp"
    number = isinstance(argument.literal, int) and not isinstance(argument.literal, bool)
    return number if argument.is_literal else argument.kind not in _NO_DIMENSION


def _integers(facts: Facts, draw: Draw, call: Call, keep_int: bool) -> tuple[Edit, ...] | None:
    """Same bounds; a dtype that is not in native byte order is refused by Generators."""
    given = _given(call, "low", "high", "size", "dtype")
    dtype = given.get("dtype")
    if dtype is not None:
        return None if dtype.text.strip("'\"")[:1] in ("<", ">") else ()
    return _append(facts, call, "dtype=int") if keep_int and _is_scalar(call) else ()


def _is_scalar(call: Call) -> bool:
    """Whether a call of `randint` returns one number."""
    given = _given(call, "low", "high", "size", "dtype")
    return bool(given) and "size" not in given and "dtype" not in given and not _starred(call)


def _random_integers(
    facts: Facts, draw: Draw, call: Call, keep_int: bool
) -> tuple[Edit, ...] | None:
    """Bounds are inclusive, and a single one is the upper bound of a range from 1."""
    given = _given(call, "low", "high", "size")
    low, high = given.get("low"), given.get("high")
    if low is None or _starred(call) or _literal(high, type(None)):
        return None
    endpoint = _append(facts, call, "endpoint=True")
    if high is not None:
        return endpoint
    if low.keyword:
        return None
    return _insert(low.span.start, low.span, "1, "), *endpoint


_FORMS: dict[str, Callable[[Facts, Draw, Call, bool], tuple[Edit, ...] | None]] = {
    "verbatim": _verbatim,
    "shape": _shape,
    "integers": _integers,
    "random_integers": _random_integers,
    "none": _untranslatable,
}
