"""Puts a `KeyWatch` in the place of JAX's own checker, for the versions of JAX that have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnglint.verify.watch.jax_keys import KeyWatch
from rnglint.verify.watch.observations import Note

_FLAG = "jax_debug_key_reuse"
_CALL = "call_impl_with_key_reuse_checks"
_CHECK = "check_key_reuse_jaxpr"


def install(watch: KeyWatch, note: Callable[[Note], None]) -> Callable[[], None]:
    """Watches from now on; what ends it. A JAX without such a checker is left alone, and noted."""
    import jax

    try:
        from jax._src import config, traceback_util
        from jax.experimental.key_reuse import _core as core

        flag, call, check = config.debug_key_reuse, vars(core)[_CALL], vars(core)[_CHECK]
        before = bool(flag.value)
        traceback_util.register_exclusion(__file__)
    except (ImportError, AttributeError, KeyError) as error:
        note(Note(f"the keys of JAX {jax.__version__} were not watched: {error}"))
        return lambda: None
    hook = _Hook(watch, note, call, lambda: before or _is_asked_for(flag))

    def checked(jaxpr: Any) -> None:
        if hook.asked():
            check(jaxpr)

    places: dict[str, Any] = vars(core)
    places.update({_CALL: hook, _CHECK: checked})
    _set(jax, True)

    def remove() -> None:
        places.update({_CALL: call, _CHECK: check})
        _set(jax, before)

    return remove


def _set(jax: Any, value: bool) -> None:
    """Switches the checker; what was compiled without it would not be seen by older versions."""
    jax.config.update(_FLAG, value)
    jax.clear_caches()


def _is_asked_for(flag: Any) -> bool:
    """Whether the program itself switched the checker on, with `jax.debug_key_reuse(True)`."""
    return getattr(flag, "get_local", lambda: None)() is True


class _Hook:
    """What JAX calls for each operation instead of its own check."""

    def __init__(
        self,
        watch: KeyWatch,
        note: Callable[[Note], None],
        original: Callable[..., Any],
        asked: Callable[[], bool],
    ) -> None:
        self._watch, self._note, self._original = watch, note, original
        self.asked = asked
        self._failed = False

    def __call__(
        self, primitive: Any, execute: Callable[..., Any], *args: Any, **params: Any
    ) -> Any:
        if self.asked():
            return self._original(primitive, execute, *args, **params)
        name = primitive.name
        after = self._safely(lambda: self._watch.before(name, args, params))
        if self._watch.inside(name, params):
            result = self._watch.quietly(lambda: execute(*args, **params))
        else:
            result = execute(*args, **params)
        if after is not None:
            self._safely(lambda: after(result))
        return result

    def _safely(self, look: Callable[[], Any]) -> Any:
        """Looks; a failure of ours is noted once and never becomes one of the program's."""
        try:
            return look()
        except Exception as error:
            if not self._failed:
                self._failed = True
                what = f"{type(error).__name__}: {error}"
                self._note(Note(f"some keys were not watched, by a fault of rnglint: {what}"))
            return None
