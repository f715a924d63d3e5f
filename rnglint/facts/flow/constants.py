"""Expressions that are literals."""

from __future__ import annotations

import libcst as cst

from rnglint.facts.flow.values import Literal
from rnglint.facts.walk import evaluated

_CONSTANTS = {"None": Literal(None), "True": Literal(True), "False": Literal(False)}


def constant_of(node: cst.BaseExpression) -> Literal | None:
    """The literal that an expression is, if it is one."""
    if isinstance(node, cst.Name):
        return _CONSTANTS.get(node.value)
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        value = evaluated(node.value)
        return Literal(value) if isinstance(value, (int, float, str)) else None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = constant_of(node.expression)
        if inner and isinstance(inner.value, (int, float)):
            return Literal(-inner.value)
    return None
