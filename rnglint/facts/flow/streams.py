"""What becomes of a generator or key that a statement makes: its name, and who uses it."""

from __future__ import annotations

import re

import libcst as cst

from rnglint.facts.layout import Layout, ScopeNode, Use
from rnglint.facts.names import Names
from rnglint.facts.walk import descendants, dotted

#: Names of variables that may hold a generator.
_GENERATOR = re.compile(r"(?:^|_)p?(?:rng|gen|generator|bit_generator)s?\d*$", re.IGNORECASE)


def is_called_a_generator(seed: cst.BaseExpression) -> bool:
    """Whether a seed may be a generator by its name: what is made of that is the same one."""
    return _GENERATOR.search((dotted(seed) or "").rpartition(".")[2]) is not None


def bound_name(statement: cst.CSTNode, call: cst.Call, *, method: bool) -> str | None:
    """`rng` in `rng = make(0)`, and in `rng.manual_seed(0)` where the call is that of a method."""
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        return dotted(statement.targets[0].target) if statement.value is call else None
    if isinstance(statement, cst.AnnAssign):
        return dotted(statement.target) if statement.value is call else None
    if method and isinstance(statement, cst.Expr) and isinstance(call.func, cst.Attribute):
        return dotted(call.func.value) if statement.value is call else None
    return None


def uses_of(name: str, scope: ScopeNode, layout: Layout, made: int) -> tuple[Use, ...]:
    """Where a variable, or an attribute in its class, is used other than where it is made."""
    return tuple(
        use
        for use in layout.uses_of(name.partition(".")[0])
        if use.statement != made
        and f"{dotted(use.node) or ''}.".startswith(f"{name}.")
        and _is_home(name, use.scope, scope)
    )


def _is_home(name: str, here: ScopeNode, scope: ScopeNode) -> bool:
    if "." not in name:
        return here.lookup(name) is scope
    return here.function().parent is scope.parent


def user(use: Use, names: Names) -> str:
    """What is done with a stream: "f()" where it is handed to `f`, ".normal" where that draws.

    ".normal" also where it is handed to a library's function of that name.
    """
    last = dotted(use.node) or ""
    for parent in reversed(use.parents):
        if isinstance(parent, cst.Call):
            function = dotted(parent.func) or ""
            entry = names.entry(parent.func, use.scope, use.statement)
            if entry is not None:
                return f".{entry.name}"
            return "." + last.rpartition(".")[2] if function == last else f"{function}()"
    return ""


def is_drawn_from(statement: int, call: cst.Call, scope: ScopeNode, names: Names) -> bool:
    """Whether a generator is drawn from where it is made, or kept in an attribute to be."""
    layout = names.layout
    node = layout.nodes[statement]
    name = bound_name(node, call, method=False)
    if name is None:
        return any(isinstance(i, cst.Attribute) and i.value is call for i in descendants(node))
    if "." in name:
        return True
    return any(user(use, names).startswith(".") for use in uses_of(name, scope, layout, statement))
