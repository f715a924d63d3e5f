"""Which names a statement reads and which it binds, to follow a result through a function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from rnglint.facts.walk import names_in


def targets(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement assigns."""
    bound: Iterable[cst.CSTNode] = ()
    if isinstance(node, cst.Assign):
        bound = [item.target for item in node.targets]
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.For)):
        bound = [node.target]
    elif (call := appending(node)) is not None:
        bound = [call.func]
    for target in bound:
        yield from names_in(target)


def value_names(node: cst.CSTNode) -> frozenset[str]:
    """The names that a statement reads."""
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)) and node.value is not None:
        return names_in(node.value)
    call = appending(node)
    if call is not None:
        return names_in(call)
    return names_in(node.iter) if isinstance(node, cst.For) else frozenset()


def appending(node: cst.CSTNode) -> cst.Call | None:
    """The call, if a statement is `results.append(…)`."""
    call = node.value if isinstance(node, cst.Expr) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return None
    named = isinstance(call.func.value, cst.Name) and call.func.attr.value in ("append", "extend")
    return call if named else None


def read(node: cst.CSTNode) -> frozenset[str]:
    """The names that a statement reads or changes what they hold; of a compound one, its header.

    `self` is none of them: everything hangs together through it.
    """
    found = [names_in(part) for part in _read_parts(node)]
    return frozenset().union(*found) - {"self"}


def _read_parts(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    if isinstance(node, cst.Assign):
        places = [item.target for item in node.targets if not _binds_names(item.target)]
        return [node.value, *places]
    if isinstance(node, cst.AnnAssign):
        return [node.value] if node.value else []
    if isinstance(node, cst.For):
        return [node.iter]
    if isinstance(node, (cst.While, cst.If)):
        return [node.test]
    if isinstance(node, cst.With):
        return [item.item for item in node.items]
    if isinstance(node, cst.Match):
        return [node.subject]
    return [] if isinstance(node, (cst.Try, cst.TryStar)) else [node]


def _binds_names(target: cst.BaseExpression) -> bool:
    """Whether an assignment only binds names, and changes nothing that they hold."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return all(_binds_names(element.value) for element in target.elements)
    return isinstance(target, cst.Name)


def changed(node: cst.CSTNode) -> frozenset[str]:
    """The names that a statement binds, or whose objects it may change: `buffer.add(x)`."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return frozenset((node.name.value,))
    if isinstance(node, cst.With):
        bound = [item.asname.name for item in node.items if item.asname]
        return frozenset().union(*map(names_in, bound))
    call = node.value if isinstance(node, cst.Expr) else None
    if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
        receiver = call.func.value
        named = isinstance(receiver, cst.Name) and receiver.value != "self"
        return names_in(receiver) if named else frozenset()
    return frozenset(targets(node))
