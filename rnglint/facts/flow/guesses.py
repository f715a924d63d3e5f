"""Functions of which nothing is known: which keys they are taken to consume."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from rnglint.facts.flow.arguments import Given
from rnglint.facts.flow.definitions import looks_like_a_class
from rnglint.facts.flow.objects import Holder
from rnglint.facts.flow.places import count_of
from rnglint.facts.flow.state import fresh
from rnglint.facts.flow.values import (
    At,
    Choice,
    Entity,
    Function,
    Item,
    Kind,
    Library,
    Mapping,
    Partial,
    Transformed,
    Value,
    alternatives,
    members_of,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.walk import dotted

#: Methods that keep, show or describe their argument, whatever they belong to.
_HARMLESS = frozenset(
    [
        "add",
        "add_argument",
        "append",
        "appendleft",
        "count",
        "debug",
        "discard",
        "error",
        "eval_shape",
        "exception",
        "extend",
        "fail",
        "format",
        "get",
        "index",
        "info",
        "insert",
        "issubset",
        "join",
        "log",
        "lower",
        "pop",
        "print",
        "push",
        "put",
        "remove",
        "set",
        "setdefault",
        "startswith",
        "tabulate",
        "warn",
        "warning",
        "write",
    ]
)
_HARMLESS_PREFIXES = (
    "assert",
    "check",
    "copy",
    "dma",
    "has_",
    "is_",
    "load",
    "log_",
    "print",
    "save",
    "sync_copy",
    "transfer",
    "validate",
)
#: Methods that make a function the derivative, or the batched version, of another one.
DERIVATIVE_RULES = frozenset({"def_vmap", "defjvp", "defvjp"})
#: Methods of networks that derive keys of their own from the one that they are given.
_DERIVING = frozenset({"init", "init_with_output", "lazy_init"})
#: Names that people give to keys.
KEY_NAME = re.compile(r"(?:^|[\s_])(?:sub_?)?(?:key|p?rng|seed)s?\d*(?:$|[\s_])", re.IGNORECASE)


class Guesser(Holder):
    """A frame that can call what it knows nothing of."""

    def _unknown(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        if isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name):
            self.disturb(node.func.value)
            if node.func.attr.value in DERIVATIVE_RULES:
                self._excuse(given)
        name = self.derived_from or name_of(node.func)
        self._consume_all(name, given, node, guessed=True)
        return fresh()

    def _excuse(self, given: Sequence[Given]) -> None:
        """The rules of a custom derivative may hand the key on, to draw the same noise again."""
        for item in given:
            if isinstance(item.value, Function):
                self.findings.excused.add(id(item.value.node))

    def _consume_all(
        self, name: str, given: Sequence[Given], node: cst.Call, *, guessed: bool = False
    ) -> None:
        """An unknown function is taken to consume the keys that it is given.

        Not one that is given a function as well: it may only trace that. Not one whose result is
        thrown away: it keeps the key, or checks it. Not one that is also given the index of a loop,
        which it may fold in. The `init` of a network may hand on what it derives its keys from.
        """
        last = name.rpartition(".")[2]
        if not last or is_harmless(last) or looks_like_a_class(last):
            return
        if any(isinstance(item.value, (Function, Partial, Transformed, Library)) for item in given):
            return
        keeps = node is self.dropped or any(_holds_an_index(item.value) for item in given)
        derives = last if last in _DERIVING and "." in name and len(given) > 1 else ""
        for index, item in enumerate(given):
            if item.keyword == "rngs" or (derives and isinstance(item.value, Mapping)):
                self._hand_over_streams(last, item)
            elif not item.star:
                again = derives and any(item.value == other.value for other in given[:index])
                if not keeps and not again:
                    self.consume(
                        item.value, item.node, name, weak=True, derives=derives, guessed=guessed
                    )
                self.forget(item.value)
                if isinstance(item.node, cst.Name):
                    self.lose(item.node, item.value)

    def _hand_over_streams(self, name: str, given: Given) -> None:
        """A network derives keys by `fold_in` from those of its streams: `rngs={"dropout": key}`.

        It does so for every name of a stream anew: the same key under two names is two keys.
        """
        value, literal = given.value, given.node
        streams = value.items if isinstance(value, Mapping) else (("", value),)
        nodes = [literal] * len(streams)
        if isinstance(literal, cst.Dict) and len(literal.elements) == len(streams):
            nodes = [element.value for element in literal.elements]
        for node, (stream, key) in zip(nodes, streams, strict=True):
            derives = f"{name} {stream}"
            self.consume(key, node, name, weak=True, derives=derives, written=node is not literal)


def _holds_an_index(value: Value) -> bool:
    """Whether a value is, or holds, the variable of a loop over a range, be it with one added."""
    if isinstance(value, Items):
        return any(map(_holds_an_index, value.items))
    if not isinstance(value, Entity) or not value.identity.path:
        return False
    last = value.identity.path[-1]
    if isinstance(last, At):
        last = last.index.path[-1] if last.index.path else last
    return isinstance(last, Item) and bool(last.loop) and count_of(value.identity) is not None


def may_hold_a_key(given: Given) -> bool:
    """Whether an argument is known to be a key, or is called as one."""
    if _is_key(given.value):
        return True
    name = (dotted(given.node) or "").rpartition(".")[2] + " " + (given.keyword or "")
    return isinstance(given.value, (Entity, Choice)) and KEY_NAME.search(name) is not None


def _is_key(value: Value) -> bool:
    """Whether a value is known to be a key, or to hold one."""
    if isinstance(value, Entity):
        return value.kind is not Kind.UNKNOWN
    return any(map(_is_key, (*alternatives(value), *members_of(value))))


def name_of(function: cst.BaseExpression) -> str:
    """What an unknown function is called: `f` in `f(x)` and `jax.jit(f)(x)`, else nothing.

    A method of what another call returns has the name of both: `env.action_space().sample`.
    """
    name = dotted(function)
    if isinstance(function, cst.Attribute) and isinstance(function.value, cst.Call):
        maker = dotted(function.value.func)
        return f"{maker}().{function.attr.value}" if maker else ""
    if name is None and isinstance(function, cst.Call) and function.args:
        outer = (dotted(function.func) or "").rpartition(".")[2]
        if "jit" in outer or outer in ("vmap", "pmap"):
            return first_argument(function)
    return name or ""


def first_argument(node: cst.CSTNode) -> str:
    """The name of what a transformation is applied to: `f` in `jax.grad(f)`."""
    if isinstance(node, cst.Call) and node.args:
        return dotted(node.args[0].value) or ""
    return ""


def is_harmless(name: str) -> bool:
    """Whether a function says by its name that it only keeps, shows or checks its arguments."""
    return name in _HARMLESS or name.startswith(_HARMLESS_PREFIXES)
