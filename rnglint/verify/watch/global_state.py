"""Watches NumPy's and the standard library's hidden global state while a program runs.

The functions of `numpy.random` and of `random` are replaced, in their modules, by functions that
look and then do the same.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import wraps
from types import CodeType, ModuleType
from typing import Any

from rnglint.verify.watch.meeting import part
from rnglint.verify.watch.observations import Note, Observation, Place
from rnglint.verify.watch.stack import Stack, here, is_user_code

_STATE = frozenset({"get_state", "set_state", "get_bit_generator", "set_bit_generator"})
#: Functions of `numpy.random` that are not methods of the hidden generator, and yet use it.
_ALIASES = frozenset({"ranf", "sample", "seed"})

Report = Callable[[Observation], None]


class GlobalWatch:
    """Notes who seeds one hidden state, and who draws from it."""

    def __init__(self, module: str, report: Report, note: Callable[[Note], None]) -> None:
        self._module, self._report, self._note = module, report, note
        self._originals: list[tuple[ModuleType, str, Any]] = []
        self._seen: set[tuple[CodeType, int]] = set()
        self._generators: dict[Place, tuple[str, Stack]] = {}
        self.forget()

    def forget(self) -> None:
        """Begins anew: the state has not been seeded."""
        self._seed: tuple[str, Stack] | None = None
        self._drawn = False
        self._seen.clear()
        self._generators.clear()

    def watch(self, module: ModuleType, name: str, look: Callable[..., None]) -> None:
        """Replaces a function by one that looks first."""
        function = getattr(module, name)

        @wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                look(name, args, kwargs)
            except Exception as error:
                self._note(Note(f"`{self._module}.{name}` was not watched: {error}"))
            return function(*args, **kwargs)

        watched.__module__ = self._module
        vars(watched)["__self__"] = getattr(function, "__self__", None)
        self._originals.append((module, name, function))
        setattr(module, name, watched)

    def remove(self) -> None:
        """Puts the functions back."""
        for module, name, function in self._originals:
            setattr(module, name, function)
        self._originals.clear()

    # -- what is looked at -------------------------------------------------------------------

    def on_draw(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A number is about to be drawn from the hidden state."""
        self._drawn = True
        caller = sys._getframe(2)
        spot = caller.f_code, caller.f_lasti
        if spot in self._seen or not (self._tells_draws or _is_tracing()):
            return
        if is_user_code(caller.f_code.co_filename):
            self._seen.add(spot)
        stack = here()
        self._tell("draw", name, stack, tell=self._tells_draws)

    def on_state(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The hidden state is about to be read or replaced as a whole."""
        self._seed = None
        self._tell("state", name, here())

    def on_seed(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The hidden state is about to be seeded."""
        stack, seed = here(), _seed_of(args, kwargs)
        self._tell("seed", name, stack, tell=self._tells_draws)
        if stack.direct and seed:
            if self._seed is not None and self._drawn and self._seed[0] == seed:
                self._tell_reset(name, self._seed[1], stack, seed)
            self._seed = seed, stack
        else:
            self._seed = None
        self._drawn = False

    def on_generator(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A generator is about to be made."""
        stack, seed = here(), _seed_of(args, kwargs)
        if not (stack.direct and seed and stack.place):
            return
        last, earlier = self._generators.get(stack.place, ("", stack))
        self._generators[stack.place] = seed, stack
        parting = part(earlier, stack) if last == seed else None
        if parting is not None and parting.loop and parting.here == stack.place:
            by = f"{self._module}.{name}"
            self._report(Observation("seed-reset", stack.place, by, detail=seed))

    # -- what is told ------------------------------------------------------------------------

    @property
    def _tells_draws(self) -> bool:
        return self._module == "numpy.random"

    def _tell(self, effect: str, name: str, stack: Stack, tell: bool = True) -> None:
        place, by = stack.place, f"{self._module}.{name}"
        if place is None or stack.importing:
            return
        if tell:
            library = "" if stack.direct else "library"
            seeded = self._seed[1].place if self._seed and effect == "draw" else None
            self._report(Observation(effect, place, by, first=seeded, detail=library))
        if stack.frozen and stack.direct and effect != "state" and _is_tracing():
            around, mode = stack.frozen
            self._report(Observation(f"traced-{effect}", place, by, first=around, detail=mode))

    def _tell_reset(self, name: str, earlier: Stack, stack: Stack, seed: str) -> None:
        parting = part(earlier, stack)
        if parting is None:
            return
        kind = "seed-reset" if parting.loop and parting.here == stack.place else "seed-again"
        by = f"{self._module}.{name}"
        inner = None if parting.here == stack.place else stack.place
        self._report(Observation(kind, parting.here, by, inner, parting.there, detail=seed))


def watch_numpy(module: ModuleType, report: Report, note: Callable[[Note], None]) -> GlobalWatch:
    """Watches `numpy.random`."""
    watch = GlobalWatch("numpy.random", report, note)
    hidden = getattr(module.rand, "__self__", None)
    for name, function in list(vars(module).items()):
        if name in _ALIASES or getattr(function, "__self__", None) is hidden is not None:
            watch.watch(module, name, _look_for(watch, name))
    for name in _STATE & vars(module).keys():
        if not hasattr(getattr(module, name), "__wrapped__"):
            watch.watch(module, name, watch.on_state)
    watch.watch(module, "default_rng", watch.on_generator)
    return watch


def watch_stdlib(report: Report, note: Callable[[Note], None]) -> GlobalWatch:
    """Watches the module `random`."""
    watch = GlobalWatch("random", report, note)
    hidden = vars(random)["_inst"]
    for name in set(random.__all__) - {"getstate", "setstate"}:
        if getattr(getattr(random, name), "__self__", None) is hidden:
            watch.watch(random, name, _look_for(watch, name))
    return watch


def _look_for(watch: GlobalWatch, name: str) -> Callable[..., None]:
    if name in _STATE:
        return watch.on_state
    return watch.on_seed if name == "seed" else watch.on_draw


def _seed_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The seed, if it is one that starts the same stream each time."""
    value: Any = args[0] if args else next(iter(kwargs.values()), None)
    try:
        return str(int(value)) if not isinstance(value, str | bytes) else repr(value)
    except (TypeError, ValueError):
        return ""


def _is_tracing() -> bool:
    """Whether JAX is tracing a function of the program right now."""
    core = sys.modules.get("jax._src.core")
    return core is not None and not core.trace_state_clean()
