"""All that is watched in a process, from when it is imported on."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from rnglint.verify.watch.global_state import GlobalWatch, watch_numpy, watch_stdlib
from rnglint.verify.watch.imports import when_imported
from rnglint.verify.watch.observations import Note, Observation

if TYPE_CHECKING:
    from rnglint.verify.watch.jax_keys import KeyWatch

Tell = Callable[[Observation | Note], None]


class Watch:
    """Watches the process until it is stopped. Each observation is told once."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: set[Observation | Note] = set()
        self._globals: list[GlobalWatch] = []
        self._keys: KeyWatch | None = None
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Watches what is imported, and what will be."""
        self._globals.append(watch_stdlib(self.tell, self.tell))
        self._ends.append(when_imported("numpy.random", self._on_numpy))
        self._ends.append(when_imported("jax", self._on_jax))

    def stop(self) -> None:
        """Leaves everything as it was found."""
        for end in reversed(self._ends):
            end()
        for watch in self._globals:
            watch.remove()

    def forget(self) -> None:
        """Begins anew, as for another program: nothing was drawn, seeded, consumed or told."""
        self._told.clear()
        for watch in (*self._globals, self._keys):
            if watch is not None:
                watch.forget()

    def tell(self, message: Observation | Note) -> None:
        """Tells what is new."""
        if message not in self._told:
            self._told.add(message)
            self._tell(message)

    def _on_numpy(self, module: ModuleType) -> None:
        try:
            self._globals.append(watch_numpy(module, self.tell, self.tell))
        except Exception as error:
            self.tell(Note(f"`numpy.random` was not watched: {error}"))

    def _on_jax(self, module: ModuleType) -> None:
        try:
            from rnglint.verify.watch.jax_hook import install
            from rnglint.verify.watch.jax_keys import KeyWatch

            self._keys = KeyWatch(self.tell)
            self._ends.append(install(self._keys, self.tell))
        except Exception as error:
            self.tell(Note(f"the keys of JAX were not watched: {error}"))
