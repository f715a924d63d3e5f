"""What a program expects to fail, and where it allows that a key is used twice."""

from __future__ import annotations

import libcst as cst

from rnglint.facts.walk import dotted


def expects_failure(node: cst.BaseExpression) -> bool:
    """Whether a call says that what it is given fails, or that reuse in it is all right.

    `pytest.raises(…)`, `self.assertRaises(…)`, `self.assertNoWarnings()`,
    `jax.debug_key_reuse(False)`: as context managers, or with the function that is to fail.
    """
    if not isinstance(node, cst.Call):
        return False
    name = (dotted(node.func) or "").rpartition(".")[2].lower()
    tested = "raises" in name or name == "warns" or (name.startswith("assert") and "warn" in name)
    return tested or allows_reuse(node)


def allows_reuse(node: cst.Call) -> bool:
    """Whether a call is `jax.debug_key_reuse(False)`."""
    name = (dotted(node.func) or "").rpartition(".")[2]
    return name == "debug_key_reuse" and bool(node.args) and dotted(node.args[0].value) == "False"
