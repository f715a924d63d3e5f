"""Calls that are repeated and whose results nobody wants: warm-ups, benchmarks, demonstrations."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rnglint.facts.intent.dependence import targets, value_names
from rnglint.facts.layout import Layout
from rnglint.facts.model import Consumption, KeyReuse
from rnglint.facts.walk import dotted, names_in


def is_thrown_away(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether one call of the program's own functions is made twice for nothing."""
    assert reuse.first.statement is not None and reuse.again.statement is not None
    if _are_shown(reuse, layout):
        return True
    if reuse.first.by.startswith("jax.random."):
        return False
    first = layout.nodes[reuse.first.statement]
    again = layout.nodes[reuse.again.statement]
    alike = reuse.first.by == reuse.again.by
    if (alike and is_for_nothing(reuse.again, layout)) or _is_dropped(reuse.first, layout):
        return True
    calls = [_consuming_call(place, layout) for place in (reuse.first, reuse.again)]
    if calls[0] is None or calls[0] != calls[1]:
        return False
    kept = {name for name in _places(first) if not name.startswith("_")}
    if kept & value_names(again):
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


def is_for_nothing(place: Consumption, layout: Layout) -> bool:
    """Whether a visible function is called and what it returns is dropped."""
    assert place.statement is not None
    dropped = isinstance(layout.nodes[place.statement], cst.Expr)
    return bool(place.via) and dropped and _consuming_call(place, layout) is not None


def _is_dropped(place: Consumption, layout: Layout) -> bool:
    """Whether what a call returns is bound to names that say it is not wanted: `_ = f(key)`."""
    assert place.statement is not None
    node = layout.nodes[place.statement]
    unwanted = isinstance(node, cst.Assign) and all(map(_is_unwanted, targets(node)))
    return unwanted and _consuming_call(place, layout) is not None


def _is_unwanted(name: str) -> bool:
    """Whether a name is given to what is not wanted, or holds a shape, which no key changes."""
    return name.startswith("_") or "shape" in name


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
