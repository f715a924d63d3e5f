"""Functions that call other functions right away: `jax.lax.scan`, `cond`, `jax.tree.map`, …

A loop is interpreted like a `for` loop: two rounds, the second of which stands for all later ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.arguments import Given, argument, integer_of, rest
from rnglint.facts.flow.frame import Repetition, Round
from rnglint.facts.flow.guards import Equals
from rnglint.facts.flow.state import State, fresh, fresh_number, join
from rnglint.facts.flow.values import (
    Elements,
    Entity,
    Function,
    Identity,
    Kind,
    Library,
    Literal,
    Mapping,
    Partial,
    Record,
    Root,
    Transformed,
    Value,
    described,
    members_of,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.knowledge.loader import Entry

if TYPE_CHECKING:
    from rnglint.facts.flow.targets import Binder

_CALLABLE = (Function, Library, Partial, Transformed)


def run(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    """Calls the functions that are handed to `entry` as it does; returns what it returns."""
    primitive = _PRIMITIVES.get(entry.qualified)
    if primitive:
        return primitive(frame, entry, given, node)
    repetition = Repetition(entry.qualified, node) if entry.runs == "many" else None
    for name in entry.function:
        function = argument(entry, given, name)
        if function and isinstance(function.value, _CALLABLE):
            with frame.repeated(repetition):
                frame.blindly(function.value, node)
    return fresh()


def _scan(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    body, init, xs = (argument(entry, given, name) for name in ("f", "init", "xs"))
    if body is None or init is None or not isinstance(body.value, _CALLABLE):
        return fresh()

    def one_round(carry: Value, run: int, turn: int) -> Value:
        element = Given(leaf(frame, xs.value, run, turn), xs.node) if xs else Given(fresh(), node)
        return frame.component(frame.apply(body.value, [Given(carry, init.node), element], node), 0)

    return Items((_loop(frame, entry, node, init.value, one_round), fresh()))


def _fori_loop(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    lower, body, init = (argument(entry, given, name) for name in ("lower", "body_fun", "init_val"))
    if lower is None or body is None or init is None or not isinstance(body.value, _CALLABLE):
        return fresh()
    upper = argument(entry, given, "upper")
    end = integer_of(upper.value) if upper else None
    counted = f"range {end}" if end else "range"
    index = Entity(described(counted)) if lower.value == Literal(0) else fresh()

    def one_round(carry: Value, run: int, turn: int) -> Value:
        turned = Given(frame.element(index, run, turn), lower.node)
        return frame.apply(body.value, [turned, Given(carry, init.node)], node)

    return _loop(frame, entry, node, init.value, one_round)


def _while_loop(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    names = ("cond_fun", "body_fun", "init_val")
    test, body, init = (argument(entry, given, name) for name in names)
    if init is None or body is None or not isinstance(body.value, _CALLABLE):
        return fresh()

    def one_round(carry: Value, run: int, turn: int) -> Value:
        if test and isinstance(test.value, _CALLABLE):
            frame.apply(test.value, [Given(carry, init.node)], node)
        return frame.apply(body.value, [Given(carry, init.node)], node)

    return _loop(frame, entry, node, init.value, one_round)


def _map(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    """`jax.lax.map` and the builtin `map`: once for each element."""
    function = argument(entry, given, entry.function[0])
    if function is None or not isinstance(function.value, _CALLABLE):
        return fresh()
    sources = [item for item in given if item is not function and not item.star]
    if entry.qualified == "jax.lax.map":
        sources = [item for item in sources if item.keyword in (None, "xs")][:1]

    def one_round(carry: Value, run: int, turn: int) -> Value:
        elements = [Given(leaf(frame, item.value, run, turn), item.node) for item in sources]
        frame.apply(function.value, elements, node)
        return carry

    _loop(frame, entry, node, fresh(), one_round)
    return fresh()


def _tree_map(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    """`jax.tree.map`: once for each leaf of the trees."""
    function, tree = argument(entry, given, "f"), argument(entry, given, "tree")
    if function is None or tree is None or not isinstance(function.value, _CALLABLE):
        return fresh()
    trees = [tree, *rest(entry, given, "rest")]
    if isinstance(tree.value, Entity) and tree.value.kind is not Kind.UNKNOWN:
        # An array of keys is one leaf.
        return frame.apply(function.value, trees, node)
    if entry.qualified.endswith("_with_path"):
        trees.insert(0, Given(fresh(), tree.node))
    lengths = [len(_members(item.value)) for item in trees if _members(item.value)]
    results = []
    for index in range(min([*lengths, 8]) if lengths else 1):
        leaves = []
        for item in trees:
            members = _members(item.value)
            leaves.append(Given(members[index] if members else fresh(), item.node))
        with frame.repeated(Repetition(entry.qualified, node)):
            results.append(frame.apply(function.value, leaves, node))
    return _with_members(tree.value, results)


def _cond(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    branches = [argument(entry, given, name) for name in ("true_fun", "false_fun")]
    return _branch(frame, entry, [item.value for item in branches if item], given, node)


def _switch(frame: Binder, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
    branches = argument(entry, given, "branches")
    functions = _members(branches.value) if branches else ()
    return _branch(frame, entry, functions, given, node)


def _branch(
    frame: Binder, entry: Entry, functions: Sequence[Value], given: Sequence[Given], node: cst.Call
) -> Value:
    """One of several functions runs, which cannot be told."""
    operands = rest(entry, given, "operands")
    operands += [Given(i.value, i.node) for i in given if i.keyword == "operand"]
    before, chosen = frame.state, Identity(Root(fresh_number()))
    if before is None or not all(isinstance(item, _CALLABLE) for item in functions):
        return fresh()
    ends: list[State | None] = []
    results: list[tuple[State, Value]] = []
    for index, function in enumerate(functions):
        frame.state = before.assume(frozenset({(Equals(chosen, index), True)}))
        result = frame.apply(function, operands, node)
        if frame.state is not None:
            results.append((frame.state, result))
        ends.append(frame.state)
    frame.state = join(ends) or before
    return frame.one_of(results)


def _loop(
    frame: Binder,
    entry: Entry,
    node: cst.Call,
    carry: Value,
    one_round: Callable[[Value, int, int], Value],
) -> Value:
    """Runs the rounds of a loop; returns what the last one carries on."""
    loop = frame.analysis.loop_of_call(node, entry.qualified, frame.scope, frame.statement)
    run = fresh_number()
    for turn in frame.turns(fresh()):
        frame.rounds.append(Round(loop, run, turn))
        with frame.repeated(Repetition(entry.qualified, node)):
            carry = one_round(carry, run, turn)
        frame.rounds.pop()
    return carry


def leaf(frame: Binder, value: Value, run: int, turn: int) -> Value:
    """What round `turn` takes out of each array of a tree."""
    if isinstance(value, Items):
        return Items(tuple(leaf(frame, item, run, turn) for item in value.items))
    if isinstance(value, Mapping):
        return Mapping(tuple((key, leaf(frame, item, run, turn)) for key, item in value.items))
    if isinstance(value, Record) and value.base is None:
        items = tuple((name, leaf(frame, item, run, turn)) for name, item in value.items)
        return Record(items, value.cls)
    return frame.element(value, run, turn) if isinstance(value, (Entity, Elements)) else fresh()


def _members(value: Value) -> tuple[Value, ...]:
    """The members of a tree whose members are all known, else nothing."""
    changed = isinstance(value, Record) and value.base is not None
    return () if changed else members_of(value)


def _with_members(tree: Value, members: Sequence[Value]) -> Value:
    """A tree like `tree` with other members, if it has as many."""
    if len(_members(tree)) != len(members):
        return fresh()
    if isinstance(tree, Items):
        return Items(tuple(members))
    if isinstance(tree, Mapping):
        names = [name for name, _ in tree.items]
        return Mapping(tuple(zip(names, members, strict=True)))
    if isinstance(tree, Record):
        fields = [name for name, _ in tree.items]
        return tree.replaced(zip(fields, members, strict=True))
    return fresh()


_PRIMITIVES: dict[str, Callable[[Binder, Entry, Sequence[Given], cst.Call], Value]] = {
    "jax.lax.scan": _scan,
    "jax.lax.fori_loop": _fori_loop,
    "jax.lax.while_loop": _while_loop,
    "jax.lax.map": _map,
    "builtins.map": _map,
    "jax.tree.map": _tree_map,
    "jax.tree.map_with_path": _tree_map,
    "jax.lax.cond": _cond,
    "jax.lax.switch": _switch,
}
