"""Which repetitions of a key the program shows to be meant.

Two shapes: both results are compared with each other (a test that asserts `f(key) == jit(f)(key)`),
or one call of the program's own functions is made again and a result is thrown away, or bound to
the same names (a warm-up, a benchmark loop, a check that nothing is compiled twice).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.layout import Layout
from rnglint.facts.model import Consumption, KeyCapture, KeyReuse
from rnglint.facts.walk import descendants, dotted, names_in

#: Words of names for a network that starts as the equal of another one.
_TWIN = re.compile(r"target|teacher|ema|copy|frozen", re.IGNORECASE)
#: What a comment says where a key is repeated on purpose.
_SAYS_SO = re.compile(
    r"#.*\b(?:same|identical|correlated|reus\w*)\b[\w\s`-]*\b(?:key|keys|rng|rngs|seed|seeds|noise|crop|prng)\b",
    re.IGNORECASE,
)
#: In a source with more reuses than this nobody looks for what else was compared.
_FEW = 200
#: Results that are compared are compared within so many statements.
_FARTHEST = 400
_COMPARING = re.compile(r"assert|allclose|isclose|equal|same|identical|match", re.IGNORECASE)


def mark_intended(reuses: tuple[KeyReuse, ...], layout: Layout) -> tuple[KeyReuse, ...]:
    """The reuses, with `intended` set where the program shows it."""
    few = len(reuses) <= _FEW
    marked = []
    for reuse in reuses:
        firsts = (reuse.first, *reuse.others) if few else (reuse.first,)
        intended = any(_is_intended(replace(reuse, first=item), layout) for item in firsts)
        marked.append(replace(reuse, intended=True) if intended else reuse)
    return tuple(marked)


def mark_intended_captures(
    captures: tuple[KeyCapture, ...], layout: Layout
) -> tuple[KeyCapture, ...]:
    """The captured keys, with `intended` set where the program shows it of the two calls."""
    return tuple(
        replace(capture, intended=True)
        if capture.calls and _is_intended(_as_reuse(capture), layout)
        else capture
        for capture in captures
    )


def _as_reuse(capture: KeyCapture) -> KeyReuse:
    """The two calls of a function as if each consumed the key that it captures."""
    first, again = capture.calls
    return KeyReuse(first, again, capture.loop)


def _is_intended(reuse: KeyReuse, layout: Layout) -> bool:
    first, again = reuse.first.statement, reuse.again.statement
    if first is None or again is None:
        return False
    pair = reuse.first.by == reuse.again.by
    announced = _is_announced(again, layout) or (pair and _is_announced(first, layout))
    if announced or _is_a_constant(reuse):
        return True
    if reuse.loop is not None:
        return _is_for_nothing(reuse.again, layout)
    if first == again:
        return _compared_within(reuse, layout)
    if _are_twins(reuse, layout):
        return True
    return _is_thrown_away(reuse, layout) or _compared_later(reuse, first, again, layout)


def _is_announced(statement: int, layout: Layout) -> bool:
    """Whether a comment at a statement, or right above it, says that it is meant."""
    span = layout.statements[statement].span
    source = layout.tree.source
    first = span.start.row
    while first > 1 and source.line(span.cell, first - 1).lstrip().startswith("#"):
        first -= 1
    rows = range(first, span.end.row + 1)
    return any(_SAYS_SO.search(source.line(span.cell, row)) for row in rows)


def _is_a_constant(reuse: KeyReuse) -> bool:
    """Whether a key is named as constants are, and only goes to functions that are not seen."""
    places = (reuse.first, reuse.again)
    return all(
        place.text.isupper() and not place.via and not place.by.startswith("jax.random.")
        for place in places
    )


def _are_twins(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether two networks are made equal: one `init`, one key, a name like `target_params`."""
    if reuse.first.by != reuse.again.by or not reuse.first.by.endswith(".init"):
        return False
    statements = (reuse.first.statement, reuse.again.statement)
    texts = [layout.tree.source.text_at(layout.statements[i].span) for i in statements if i]
    return any(_TWIN.search(text.partition("=")[0]) for text in texts)


# -- compared in one expression -----------------------------------------------------------------


def _compared_within(reuse: KeyReuse, layout: Layout) -> bool:
    assert reuse.first.statement is not None
    tree = layout.tree
    for left, right in _comparisons(layout.nodes[reuse.first.statement]):
        sides = tree.span(left), tree.span(right)
        if _apart(sides, reuse.first.span, reuse.again.span):
            return True
    return False


def _apart(sides: tuple[Span, Span], first: Span, again: Span) -> bool:
    left, right = sides
    return (left.contains(first) and right.contains(again)) or (
        left.contains(again) and right.contains(first)
    )


def _comparisons(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """The two sides of everything below `node` that compares two values."""
    for item in descendants(node):
        if isinstance(item, cst.Comparison):
            sides = [item.left, *(target.comparator for target in item.comparisons)]
            yield from pairwise(sides)
        elif isinstance(item, cst.BinaryOperation) and isinstance(item.operator, cst.Subtract):
            yield item.left, item.right
        elif isinstance(item, cst.Call) and item.args:
            name = dotted(item.func) or ""
            if _COMPARING.search(name.rpartition(".")[2]):
                yield from pairwise(_compared(item))


def _compared(call: cst.Call) -> list[cst.BaseExpression]:
    """What a call compares: its first two arguments, or the members of a list."""
    first = call.args[0].value
    if isinstance(first, (cst.List, cst.Tuple)) and len(call.args) == 1:
        return [element.value for element in first.elements]
    return [argument.value for argument in call.args[:2]]


# -- compared later -------------------------------------------------------------------------------


def _compared_later(reuse: KeyReuse, first: int, again: int, layout: Layout) -> bool:
    """Whether what came of one statement is later compared with what came of the other.

    Follows names through assignments, in source order: one side of the comparison must depend on
    the first result alone, the other on the second alone.
    """
    home = layout.statements[first].scope
    start, end = min(first, again), max(first, again)
    if layout.statements[again].scope != home or end - start > _FARTHEST:
        return False
    ones: set[str] = set()
    others: set[str] = set()
    for index in range(start, min(end + _FARTHEST, len(layout.statements))):
        if layout.statements[index].scope != home:
            continue
        node = layout.nodes[index]
        if index > end and _tells_apart(node, ones, others):
            return True
        if index > end and reuse.first.by == reuse.again.by and _subtracts(node, ones, others):
            return True
        if index == again and _compares_with(node, reuse.again.span, ones, layout):
            return True
        _carry(node, index, (first, again), ones, others)
    return False


def _compares_with(node: cst.CSTNode, span: Span, ones: set[str], layout: Layout) -> bool:
    """Whether an assertion compares what stands at `span` with what depends on the names `ones`."""
    if not isinstance(node, (cst.Assert, cst.Expr)):
        return False
    for sides in _comparisons(node):
        for side, other in (sides, sides[::-1]):
            if layout.tree.span(side).contains(span) and names_in(other) & ones:
                return True
    return False


def _subtracts(node: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    """Whether a statement takes the difference of two results: the noise in them cancels."""
    if not isinstance(node, (cst.Assign, cst.Return)):
        return False
    return any(
        isinstance(item, cst.BinaryOperation)
        and isinstance(item.operator, cst.Subtract)
        and _are_apart(item.left, item.right, ones, others)
        for item in descendants(node)
    )


def _tells_apart(node: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    if isinstance(node, cst.BaseCompoundStatement):
        return False
    if not isinstance(node, (cst.Assert, cst.Expr)):
        return False
    return any(_are_apart(left, right, ones, others) for left, right in _comparisons(node))


def _are_apart(left: cst.CSTNode, right: cst.CSTNode, ones: set[str], others: set[str]) -> bool:
    """Whether one side depends on the first result alone, the other on the second alone."""
    left_names, right_names = names_in(left), names_in(right)
    for side, other_side in ((left_names, right_names), (right_names, left_names)):
        only_ones = side & ones and not side & others
        only_others = other_side & others and not other_side & ones
        if only_ones and only_others:
            return True
    return False


def _carry(
    node: cst.CSTNode,
    index: int,
    places: tuple[int, int],
    ones: set[str],
    others: set[str],
) -> None:
    if isinstance(node, cst.For) and _is_zip(node):
        _carry_pairs(node, ones, others)
        return
    bound = set(_targets(node))
    mentioned = _value_names(node)
    for place, names in zip(places, (ones, others), strict=True):
        if index == place or names & mentioned:
            names |= bound
        elif not isinstance(node, cst.AugAssign):
            names -= bound


def _is_zip(node: cst.For) -> bool:
    """Whether a loop goes through `zip(…)` with a variable for each part."""
    return (
        isinstance(node.iter, cst.Call)
        and dotted(node.iter.func) == "zip"
        and isinstance(node.target, (cst.Tuple, cst.List))
        and len(node.target.elements) == len(node.iter.args)
    )


def _carry_pairs(node: cst.For, ones: set[str], others: set[str]) -> None:
    """What a loop over `zip(a, b)` takes out of `a` depends on what `a` does."""
    assert isinstance(node.iter, cst.Call) and isinstance(node.target, (cst.Tuple, cst.List))
    parts = [names_in(argument.value) for argument in node.iter.args]
    for element, mentioned in zip(node.target.elements, parts, strict=True):
        for names in (ones, others):
            if names & mentioned:
                names |= names_in(element.value)


def _targets(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement assigns."""
    targets: Iterable[cst.CSTNode] = ()
    if isinstance(node, cst.Assign):
        targets = [item.target for item in node.targets]
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.For)):
        targets = [node.target]
    elif (call := _appending(node)) is not None:
        targets = [call.func]
    for target in targets:
        yield from names_in(target)


def _value_names(node: cst.CSTNode) -> frozenset[str]:
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)) and node.value is not None:
        return names_in(node.value)
    call = _appending(node)
    if call is not None:
        return names_in(call)
    return names_in(node.iter) if isinstance(node, cst.For) else frozenset()


def _appending(node: cst.CSTNode) -> cst.Call | None:
    """The call, if a statement is `results.append(…)`."""
    call = node.value if isinstance(node, cst.Expr) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return None
    named = isinstance(call.func.value, cst.Name) and call.func.attr.value in ("append", "extend")
    return call if named else None


# -- thrown away ----------------------------------------------------------------------------------


def _is_thrown_away(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether one call of the program's own functions is made twice for nothing."""
    assert reuse.first.statement is not None and reuse.again.statement is not None
    if _are_shown(reuse, layout):
        return True
    if reuse.first.by.startswith("jax.random."):
        return False
    first = layout.nodes[reuse.first.statement]
    again = layout.nodes[reuse.again.statement]
    if _is_for_nothing(reuse.again, layout) or _is_dropped(reuse.first, layout):
        return True
    calls = [_consuming_call(place, layout) for place in (reuse.first, reuse.again)]
    if calls[0] is None or calls[0] != calls[1]:
        return False
    kept = {name for name in _places(first) if not name.startswith("_")}
    if kept & _value_names(again):
        # `x = dropout(x, key)`, twice: the second takes what the first returned.
        return False
    return isinstance(first, (cst.Expr, cst.Assign)) and kept <= set(_places(again))


def _places(node: cst.CSTNode) -> Iterator[str]:
    """What an assignment binds: `self.a` and `self.b` are two places of one name."""
    for item in node.targets if isinstance(node, cst.Assign) else ():
        target = item.target
        several = target.elements if isinstance(target, (cst.Tuple, cst.List)) else ()
        for part in [each.value for each in several] or [target]:
            place = dotted(part)
            yield from names_in(part) if place is None else (place,)


def _are_shown(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether one statement stands there twice, to show that it gives the same: `print(f(key))`."""
    assert reuse.first.statement is not None and reuse.again.statement is not None
    nodes = [layout.nodes[i] for i in (reuse.first.statement, reuse.again.statement)]
    first, again = (layout.statements[i] for i in (reuse.first.statement, reuse.again.statement))
    text = layout.tree.source.text_at
    return all(map(_prints, nodes)) and text(first.span) == text(again.span)


def _prints(node: cst.CSTNode) -> bool:
    call = node.value if isinstance(node, cst.Expr) else None
    return isinstance(call, cst.Call) and dotted(call.func) in ("print", "display")


def _is_for_nothing(place: Consumption, layout: Layout) -> bool:
    """Whether a visible function is called and what it returns is dropped."""
    assert place.statement is not None
    dropped = isinstance(layout.nodes[place.statement], cst.Expr)
    return bool(place.via) and dropped and _consuming_call(place, layout) is not None


def _is_dropped(place: Consumption, layout: Layout) -> bool:
    """Whether what a call returns is bound to names that say it is not wanted: `_ = f(key)`."""
    assert place.statement is not None
    node = layout.nodes[place.statement]
    unwanted = isinstance(node, cst.Assign) and all(name[0] == "_" for name in _targets(node))
    return unwanted and _consuming_call(place, layout) is not None


def _consuming_call(place: Consumption, layout: Layout) -> str | None:
    """The text of the call that a statement consists of, if the key is an argument of it."""
    assert place.statement is not None
    node = layout.nodes[place.statement]
    value = node.value if isinstance(node, (cst.Expr, cst.Assign, cst.Return)) else None
    while isinstance(value, cst.Call) and _only_waits(value):
        value = value.args[0].value if value.args else value.func.value  # type: ignore[attr-defined]
    if not isinstance(value, cst.Call):
        return None
    tree = layout.tree
    if not any(tree.span(item.value) == place.span for item in value.args):
        return None
    return " ".join(tree.source.text_at(tree.span(value)).split()).replace("( ", "(")


def _only_waits(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Attribute) and call.func.attr.value == "block_until_ready"
