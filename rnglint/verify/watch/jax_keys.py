"""Watches JAX's keys while a program runs.

JAX's own checker (`jax.debug_key_reuse`) looks at every operation that is executed outside of
compiled functions, and at every call of such a function, in one place. This module stands in
that place. It takes no part in the program: it reads the bits of the keys that are consumed,
and lets JAX do the rest.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnglint.verify.watch.jaxprs import summarize
from rnglint.verify.watch.ledger import Ledger, Use
from rnglint.verify.watch.meeting import meet, part
from rnglint.verify.watch.observations import Observation, Place
from rnglint.verify.watch.stack import RULE, Stack, here
from rnglint.verify.watch.summaries import Consumed, Repeated, Summary, places

#: Of a large array of keys no more than this many are looked at.
_MOST_AT_ONCE = 4096
#: Operations that run a function of the user's, compiled as a whole.
_LOOPS = frozenset({"scan", "while", "cond"})
_CALLS = frozenset({"jit", "pjit"})
#: Operations that are looked at as a whole, and not again at what they are made of.
_WHOLE = _LOOPS | {"random_clone"}

After = Callable[[Any], None]


class KeyWatch:
    """Notes what becomes of each key, and reports what is consumed twice."""

    def __init__(self, report: Callable[[Observation], None]) -> None:
        self._report = report
        self._summaries: dict[int, tuple[Any, Summary]] = {}
        self._quiet = threading.local()
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        """Begins anew: no key is known to be consumed."""
        self._ledger = Ledger()
        self._seeds: dict[Place, tuple[int | None, Stack]] = {}

    # -- one operation -----------------------------------------------------------------------

    def before(self, name: str, args: tuple[Any, ...], params: dict[str, Any]) -> After | None:
        """Looks at an operation that is about to be executed; what to do with its result."""
        if getattr(self._quiet, "on", False):
            return None
        with self._lock:
            if name in _CALLS:
                return self._before_call(params["jaxpr"], args)
            if name in _LOOPS:
                self._before_loop(name, args, params)
                return None
            handler = getattr(self, f"_before_{name}", None)
            result: After | None = handler(args) if handler else None
            return result

    def inside(self, name: str, params: dict[str, Any]) -> bool:
        """Whether what an operation executes in turn has been looked at with it."""
        return name in _WHOLE or bool(params.get("differentiated"))

    def quietly(self, call: Callable[[], Any]) -> Any:
        """Calls without looking."""
        if getattr(self._quiet, "on", False):
            return call()
        self._quiet.on = True
        try:
            return call()
        finally:
            self._quiet.on = False

    def _before_random_seed(self, args: tuple[Any, ...]) -> After:
        stack = here()
        place = stack.place
        if np.ndim(args[0]) == 0 and place is not None and stack.by:
            seed = int(np.asarray(args[0]))
            last, earlier = self._seeds.get(place, (None, stack))
            self._seeds[place] = seed, stack
            parting = part(earlier, stack) if last == seed else None
            if parting is not None and parting.loop and parting.here == place:
                self._report(Observation("seed-reset", place, stack.by, detail=str(seed)))
        return lambda made: self._ledger.make(_bits(made))

    def _before_random_bits(self, args: tuple[Any, ...]) -> None:
        self._consume(_bits(args[0]), Use(here()))

    def _before_random_gamma(self, args: tuple[Any, ...]) -> None:
        self._before_random_bits(args)

    def _before_random_split(self, args: tuple[Any, ...]) -> After:
        keys = _bits(args[0])
        self._consume(keys, Use(here()))
        return lambda made: self._ledger.split(keys[0] if len(keys) == 1 else b"", _bits(made))

    def _before_random_clone(self, args: tuple[Any, ...]) -> None:
        self._ledger.clone(_bits(args[0]))

    def _before_random_fold_in(self, args: tuple[Any, ...]) -> After:
        keys, data = _bits(args[0]), np.asarray(args[1])

        def after(made: Any) -> None:
            numbers = np.broadcast_to(data, np.shape(made)).flat
            parents = list(keys) * (len(numbers) if len(keys) == 1 else 1)
            for key, number, folded in zip(parents, numbers, _bits(made), strict=False):
                self._ledger.fold(key, int(number), folded)

        return after

    # -- compiled functions ------------------------------------------------------------------

    def _before_call(self, closed: Any, args: tuple[Any, ...]) -> After | None:
        summary = self._summary(closed.jaxpr, lambda: summarize(closed.jaxpr))
        return self._apply(summary, [*args, *closed.consts], len(args)) if summary else None

    def _before_loop(self, name: str, args: tuple[Any, ...], params: dict[str, Any]) -> None:
        body = params.get("body_jaxpr") or params.get("jaxpr") or params["branches"][-1]
        summary = self._summary(body, lambda: _summarize_loop(name, args, params))
        self._apply(summary, list(args), len(args))

    def _summary(self, jaxpr: Any, make: Callable[[], Summary]) -> Summary:
        known = self._summaries.get(id(jaxpr))
        if known is None or known[0]() is not jaxpr:
            known = self._summaries[id(jaxpr)] = weakref.ref(jaxpr), make()
        return known[1]

    def _apply(self, summary: Summary, inputs: list[Any], constants: int) -> After | None:
        if not summary:
            return None
        stack = here()
        for repeated in summary.repeated:
            self._tell_repeated(stack, repeated)
        for item in summary.consumed:
            inner = partial(places, item.chain)
            self._consume_input(item, inputs, Use(stack, inner, item.index >= constants))
        if not (summary.made or summary.used):
            return None
        return lambda results: self._after_call(summary, stack, results)

    def _consume_input(self, item: Consumed, inputs: list[Any], use: Use) -> None:
        keys = _bits(inputs[item.index])
        if item.elements is not None:
            keys = [keys[at] for at in item.elements if at < len(keys)]
        data = item.folded
        if item.folded_input is not None:
            data = int(np.asarray(inputs[item.folded_input]))
        if data is None:
            self._consume(keys, use)
            return
        for key in keys:
            self._tell(self._ledger.consume_folded(key, data, use), use)

    def _after_call(self, summary: Summary, stack: Stack, results: Any) -> None:
        for index in summary.made:
            self._ledger.make(_bits(results[index]))
        for index, chain in summary.used:
            keys = _bits(results[index])
            self._ledger.make(keys)
            use = Use(stack, partial(places, chain))
            for key in keys:
                self._ledger.consume(key, use)

    # -- what was found ----------------------------------------------------------------------

    def _consume(self, keys: Iterable[bytes], use: Use) -> None:
        for key in dict.fromkeys(keys):
            self._tell(self._ledger.consume(key, use), use)

    def _tell(self, first: Use | None, use: Use) -> None:
        if first is None or first is use or RULE in use.stack.modes:
            return
        observation = meet(first, use)
        if observation is not None:
            self._report(observation)

    def _tell_repeated(self, stack: Stack, repeated: Repeated) -> None:
        observation = _within(stack, repeated)
        if observation is not None:
            self._report(observation)


def _within(stack: Stack, repeated: Repeated) -> Observation | None:
    """What to tell of a key that one call of a compiled function consumes twice."""
    if repeated.loop:
        return _within_loop(stack, repeated)
    firsts, first_by = places(repeated.first)
    agains, again_by = places(repeated.again)
    if not firsts or not agains:
        return None
    pairs = zip(firsts, agains, strict=False)
    shared = next((at for at, (one, two) in enumerate(pairs) if one != two), None)
    if shared is None:
        # One line was traced twice: a loop in Python, or a library's own affair.
        if not again_by or again_by != first_by:
            return None
        shared = min(len(firsts), len(agains)) - 1
    return Observation(
        kind="reuse" if firsts[shared] != agains[shared] else "loop",
        place=agains[shared],
        by=again_by,
        inner=agains[-1] if agains[-1] != agains[shared] else None,
        first=firsts[shared],
        first_by=first_by,
        first_inner=firsts[-1] if firsts[-1] != firsts[shared] else None,
    )


def _within_loop(stack: Stack, repeated: Repeated) -> Observation | None:
    """The same where the loop is one of JAX's, by the place in its body."""
    around = (places(repeated.loop)[0] or (stack.place,))[-1]
    found, by = places(repeated.again[len(repeated.loop) :])
    if not found:
        return None
    kind = "captured-in-loop" if repeated.captured else "carried"
    inner = found[-1] if found[-1] != found[0] else None
    return Observation(kind, found[0], by, inner, first=around)


def _bits(keys: Any) -> list[bytes]:
    """The bits of each key of an array of keys, typed or raw."""
    data = getattr(keys, "_base_array", keys)
    array = np.asarray(data)
    width = array.shape[-1]
    rows = np.ascontiguousarray(array).reshape(-1, width)[:_MOST_AT_ONCE]
    text, size = rows.tobytes(), rows.itemsize * width
    return [text[at : at + size] for at in range(0, len(text), size)]


def _summarize_loop(name: str, args: tuple[Any, ...], params: dict[str, Any]) -> Summary:
    """What a loop does that is executed by itself, outside of compiled functions."""
    variables = [_Variable(_aval(value)) for value in args]
    equation: Any = SimpleNamespace(
        primitive=SimpleNamespace(name=name), params=params, invars=variables, outvars=[]
    )
    jaxpr = SimpleNamespace(invars=variables, constvars=[], eqns=[equation], outvars=[])
    return summarize(jaxpr)


@dataclass(frozen=True, eq=False, slots=True)
class _Variable:
    """An operand, as the reader of jaxprs wants it."""

    aval: Any


def _aval(value: Any) -> Any:
    dtype = getattr(value, "dtype", np.asarray(value).dtype if np.isscalar(value) else None)
    return SimpleNamespace(shape=np.shape(value), dtype=dtype)
