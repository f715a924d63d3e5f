"""What is watched while a program runs: NumPy's hidden global state, and JAX's keys."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.random import RandomState, get_state, mtrand, set_state

from rnglint.verify.messages import Measurement, defect

# Not all of NumPy's stubs know these two.
_get_bit_generator: Callable[[], Any] = vars(np.random)["get_bit_generator"]
_set_bit_generator: Callable[[Any], None] = vars(np.random)["set_bit_generator"]


#: A seed that no program has.
_UNUSUAL = [0x726E, 0x676C, 0x696E, 0x74]


class _Alike(type):
    """Makes `isinstance` answer for the watched class as for the class that it stands for."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, RandomState)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, RandomState)


class _Watched(RandomState, metaclass=_Alike):
    """Counts how often a RandomState is made."""

    made = 0

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        _Watched.made += 1
        super().__init__(*arguments, **keywords)


@contextmanager
def numpy_watched() -> Iterator[None]:
    """Puts the counting class in the place of `numpy.random.RandomState`."""
    homes = vars(np.random), vars(mtrand)
    try:
        for home in homes:
            home["RandomState"] = _Watched
        yield
    finally:
        for home in homes:
            home["RandomState"] = RandomState


@contextmanager
def hidden_state() -> Iterator[list[Measurement]]:
    """Fills the list, on leaving, with what was done to global states; they are then restored.

    They are put in a place where no program puts them, so that a seed is seen even if the program
    has set the same one before.
    """
    defects: list[Measurement] = []
    found = get_state(legacy=False), random.getstate()
    set_state(RandomState(_UNUSUAL).get_state(legacy=False))
    random.seed(repr(_UNUSUAL))
    functions, made = dict(vars(np.random)), _Watched.made
    generator, state, stdlib = _get_bit_generator(), _state(), random.getstate()
    try:
        yield defects
    finally:
        now = vars(np.random)
        replaced = [name for name in functions if now.get(name) is not functions[name]]
        now.update(functions)
        if replaced:
            defects.append(defect("global-state", f"np.random.{replaced[0]} was replaced"))
        if _get_bit_generator() is not generator or _state() != state:
            defects.append(defect("global-state", "NumPy's hidden RandomState was changed"))
            _set_bit_generator(generator)
        set_state(found[0])
        if random.getstate() != stdlib:
            defects.append(defect("stdlib-state", "the state of Python's random was changed"))
        random.setstate(found[1])
        if _Watched.made > made:
            defects.append(defect("random-state", "numpy.random.RandomState was called"))


def _state() -> bytes:
    return pickle.dumps(get_state(legacy=False))


def key_reuse(call: Callable[[Any], Any], lane: object) -> BaseException | None:
    """The error by which JAX's own checker says that `call` consumes a key twice.

    The checker tracks typed keys only, so `PRNGKey` is first made to return such; a program
    that cannot live with that is run as it is.
    """
    import jax

    if _compiled_code_is_unwatched():
        forget: Callable[[], None] = vars(jax)["clear_caches"]
        forget()
    for typed in (True, False):
        try:
            with jax.debug_key_reuse(True), jax.enable_custom_prng(typed):
                call(lane)
        except jax.errors.KeyReuseError as error:
            return error
        except Exception:
            continue
        return None
    return None


@cache
def _compiled_code_is_unwatched() -> bool:
    """Whether this JAX checks only while it compiles, as those before 0.10 do."""
    import jax

    jax.random.normal(jax.random.key(0))
    try:
        with jax.debug_key_reuse(True):
            key = jax.random.key(0)
            jax.random.normal(key)
            jax.random.normal(key)
    except jax.errors.KeyReuseError:
        return False
    return True
