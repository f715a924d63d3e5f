"""What a function of this program does to its parameters and to the variables around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.arguments import Bound, Given
from rnglint.facts.flow.seedings import Seeding
from rnglint.facts.flow.state import Consumed
from rnglint.facts.flow.values import (
    Function,
    Identity,
    Root,
    Value,
)
from rnglint.facts.scopes import parameters_of

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Summary:
    """The effects of one function, in terms of its parameters and free variables.

    `effects` are the consumptions of things that a caller can name, `result` what is returned,
    `fields` the parts of parameters and variables that it sets, with what they are then, `stores`
    the parameters and variables of which it may change something else, `rebinds` the variables of
    enclosing scopes that it binds anew, `leftovers` the consumptions of keys that it made and
    returns. `seedings` are the seeds that it sets in the same way at every call with the same
    arguments, `draws` the libraries from whose hidden state it draws.
    """

    home: Analysis
    node: cst.FunctionDef | cst.Lambda
    name: str
    scope: int
    effects: tuple[Consumed, ...]
    result: Value
    fields: tuple[tuple[Identity, Value], ...]
    stores: tuple[Root, ...]
    rebinds: frozenset[Root]
    is_method: bool
    leftovers: tuple[Consumed, ...] = ()
    seedings: tuple[Seeding, ...] = ()
    draws: frozenset[str] = frozenset()

    def places(self, callee: Function) -> int | None:
        """How many positional arguments a call has to have; None if more than one number may do."""
        parameters = self.node.params
        plain = (*parameters.posonly_params, *parameters.params)
        if isinstance(parameters.star_arg, cst.Param) or any(item.default for item in plain):
            return None
        return len(plain) - (callee.receiver is not None and self.is_method)

    def bind(
        self, callee: Function, given: Sequence[Given], node: cst.Call
    ) -> dict[str, Bound] | None:
        """Which argument each parameter gets; None if that cannot be told."""
        if any(item.star for item in given):
            return None
        parameters = self.node.params
        names = [item.name.value for item in (*parameters.posonly_params, *parameters.params)]
        known = {item.name.value: item for item in parameters_of(parameters)}
        positional = [
            Bound(item.value, item.node, item.shared, item.earlier)
            for item in given
            if item.keyword is None
        ]
        if callee.receiver is not None and self.is_method:
            receiver = node.func.value if isinstance(node.func, cst.Attribute) else None
            positional.insert(0, Bound(callee.receiver, receiver))
        if len(positional) > len(names) and not isinstance(parameters.star_arg, cst.Param):
            return None
        bound = dict(zip(names, positional, strict=False))
        for name, value in callee.defaults:
            bound.setdefault(name, Bound(value, None, earlier=True))
        for item in given:
            if item.keyword is not None and item.keyword in known:
                bound[item.keyword] = Bound(item.value, item.node, item.shared, item.earlier)
        return bound
