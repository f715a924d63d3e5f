"""Reads compiled functions: follows keys through the equations of a jaxpr.

Two values get the same number (see `numbering`) where they are computed alike, so a key stays
the same key through slices, reshapes, containers and calls, typed or raw.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnglint.verify.watch.avals import is_random, may_be_key, open_jaxpr
from rnglint.verify.watch.control_flow import CONTROL_FLOW, Loop
from rnglint.verify.watch.numbering import Numbering, Value, move
from rnglint.verify.watch.summaries import Chain, Repeated, is_for_derivative

#: Parameters that hold the function which an equation calls with just its operands.
_BODIES = ("jaxpr", "call_jaxpr", "fun_jaxpr")
_CONSUMING = frozenset({"random_bits", "random_gamma", "random_split"})
_MAKING = frozenset({"random_seed", "random_split", "random_clone"})


@dataclass(frozen=True, slots=True)
class InnerUse:
    """A consumption; `rounds` tells of each loop around it which reading of its body it was in."""

    chain: Chain
    rounds: tuple[tuple[int, int], ...]


class Reader:
    """Reads one jaxpr, with all that it calls.

    `used` are the keys that were consumed, `made` those that are new, `folds` of what and what
    else a key was folded, `literals` the numbers that stand in the program.
    """

    def __init__(self) -> None:
        self.numbers = Numbering()
        self.used: dict[int, InnerUse] = {}
        self.made: set[int] = set()
        self.folds: dict[int, tuple[int, int]] = {}
        self.literals: dict[int, int] = {}
        self.chain: list[Any] = []
        self.loops: list[Loop] = []
        self._repeated: dict[Hashable, Repeated] = {}

    def repetitions(self) -> list[Repeated]:
        """What was consumed twice, each pair of places once."""
        return list(self._repeated.values())

    # -- equations ---------------------------------------------------------------------------

    def run(
        self, jaxpr: Any, arguments: Sequence[Value], constants: Sequence[Value]
    ) -> list[Value]:
        """Reads the equations with these values for the inputs; the values of the outputs."""
        environment: dict[Any, Value] = dict(zip(jaxpr.invars, arguments, strict=True))
        environment.update(zip(jaxpr.constvars, constants, strict=True))

        def read(atom: Any) -> Value:
            return self._literal(atom.val) if hasattr(atom, "val") else environment[atom]

        for equation in jaxpr.eqns:
            self.chain.append(equation)
            results = self._equation(equation, [read(atom) for atom in equation.invars])
            self.chain.pop()
            environment.update(zip(equation.outvars, results, strict=False))
        return [read(atom) for atom in jaxpr.outvars]

    def inside(self, body: Any, values: Sequence[Value]) -> list[Value]:
        """Reads the body of an equation; arguments of other shapes are taken as a whole."""
        jaxpr = open_jaxpr(body)
        return self.run(jaxpr, self._fitted(values, jaxpr.invars), self._constants(body))

    def _equation(self, equation: Any, values: list[Value]) -> list[Value]:
        """The values that one equation makes."""
        name = equation.primitive.name
        if name in CONTROL_FLOW:
            return CONTROL_FLOW[name](self, equation, values)
        if name.startswith("random_"):
            return self._random(name, equation, values)
        body = self._body(equation)
        if body is not None:
            return self._fitted(self.inside(body, values), equation.outvars)
        moved = self._moved(name, equation, values)
        return [moved] if moved is not None else self._unknown(equation, values)

    def _body(self, equation: Any) -> Any:
        """The function that an equation calls, if keys can have to do with it.

        The backward pass of a checkpoint consumes again what the forward pass did: not read.
        """
        params = equation.params
        bodies = (params.get(key) for key in _BODIES)
        body = next((item for item in bodies if hasattr(open_jaxpr(item), "eqns")), None)
        if body is None or params.get("differentiated"):
            return None
        jaxpr = open_jaxpr(body)
        keys = any(may_be_key(var.aval) for var in equation.outvars) or is_random(jaxpr)
        return body if keys and len(jaxpr.invars) == len(equation.invars) else None

    def _moved(self, name: str, equation: Any, values: list[Value]) -> Value | None:
        """The result of an operation that only moves keys about."""
        if len(equation.outvars) != 1 or not values:
            return None
        if name == "convert_element_type":
            return values[0]
        if not may_be_key(equation.outvars[0].aval):
            return None
        arrays = [
            self.numbers.spread(value, atom.aval.shape) if may_be_key(atom.aval) else value
            for value, atom in zip(values, equation.invars, strict=True)
        ]
        return move(name, arrays, equation.params)

    def _unknown(self, equation: Any, values: list[Value]) -> list[Value]:
        """Results of which only this is known: of the same operands comes the same."""
        try:
            how = hash(tuple(sorted(equation.params.items(), key=lambda item: item[0])))
        except TypeError:
            return [self.numbers.new() for _ in equation.outvars]
        name, operands = equation.primitive.name, tuple(map(self.numbers.pack, values))
        outputs = range(len(equation.outvars))
        return [self.numbers.of(name, how, index, *operands) for index in outputs]

    def _literal(self, value: Any) -> Value:
        if np.ndim(value) or not np.issubdtype(np.asarray(value).dtype, np.integer):
            return self.numbers.of("literal", str(value))
        number = self.numbers.of("literal", int(value))
        self.literals[number] = int(value)
        return number

    def _constants(self, body: Any) -> list[Value]:
        """The values of the constants of a jaxpr, if it is a closed one."""
        constants = getattr(body, "consts", None)
        if constants is None:
            return [self.numbers.new() for _ in open_jaxpr(body).constvars]
        return [self.numbers.of("constant", id(value)) for value in constants]

    def _fitted(self, values: Sequence[Value], variables: Sequence[Any]) -> list[Value]:
        return [
            value
            if not isinstance(value, np.ndarray) or value.shape == var.aval.shape
            else self.numbers.new()
            for value, var in zip(values, variables, strict=False)
        ]

    # -- keys --------------------------------------------------------------------------------

    def _random(self, name: str, equation: Any, values: list[Value]) -> list[Value]:
        """The results of an operation on keys."""
        if name == "random_wrap":
            aval = equation.invars[0].aval
            return [self.numbers.wrap(self.numbers.spread(values[0], aval.shape), aval.shape[-1])]
        keys = self.numbers.spread(values[0], equation.invars[0].aval.shape)
        if name == "random_unwrap":
            return [self.numbers.unwrap(keys, equation.outvars[0].aval.shape[-1])]
        if name == "random_fold_in":
            return [self._fold(keys, values[1], equation)]
        if name in _CONSUMING:
            self._consume(keys)
        if name not in _MAKING:
            return [self.numbers.new()]
        made = self.numbers.spread(self.numbers.new(), equation.outvars[0].aval.shape)
        self.made.update(np.atleast_1d(made).flatten().tolist())
        return [made]

    def _fold(self, keys: Value, data: Value, equation: Any) -> Value:
        """Keys that were folded out of others: the same key and the same data make the same."""
        shape = equation.invars[1].aval.shape
        data = np.asarray(data) if shape == () else self.numbers.spread(data, shape)
        if not isinstance(keys, np.ndarray) or not isinstance(data, np.ndarray):
            return self.numbers.of("fold", self.numbers.pack(keys), self.numbers.pack(data))
        keys, data = np.broadcast_arrays(keys, data)
        pairs = list(zip(keys.flatten().tolist(), data.flatten().tolist(), strict=True))
        numbers = [self.numbers.of("fold", *pair) for pair in pairs]
        self.folds.update(zip(numbers, pairs, strict=True))
        self.made.update(numbers)
        return np.array(numbers, dtype=np.int64).reshape(equation.outvars[0].aval.shape)

    def _consume(self, keys: Value) -> None:
        """Notes that the current equation consumes keys."""
        chain = tuple(self.chain)
        if is_for_derivative(chain):
            return
        use = InnerUse(chain, tuple((loop.token, loop.round) for loop in self.loops))
        for key in set(np.atleast_1d(keys).flatten().tolist()):
            first = self.used.setdefault(key, use)
            if first is not use:
                self._repeat(key, first, use)

    def _repeat(self, key: int, first: InnerUse, again: InnerUse) -> None:
        """Notes that a key was consumed twice, perhaps in two rounds of one loop."""
        identity = tuple(map(id, (*first.chain, None, *again.chain)))
        if identity in self._repeated:
            return
        pairs = zip(first.rounds, again.rounds, self.loops, strict=False)
        loop = next((loop for one, two, loop in pairs if one[0] == two[0] and one != two), None)
        if loop is None:
            self._repeated[identity] = Repeated(first.chain, again.chain)
            return
        constant = {key, self.folds.get(key, (key, key))[0]} & loop.constants
        around = again.chain[: loop.depth + 1]
        self._repeated[identity] = Repeated(first.chain, again.chain, around, bool(constant))
