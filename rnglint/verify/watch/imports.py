"""Does something as soon as the program has imported a module, and not before."""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Then = Callable[[ModuleType], None]


def when_imported(name: str, then: Then) -> Callable[[], None]:
    """Calls `then` with the module once it is there; what calls that off."""
    module = sys.modules.get(name)
    if module is not None:
        then(module)
        return lambda: None
    finder = _Finder(name, then)
    sys.meta_path.insert(0, finder)
    return finder.remove


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module as it would be found anyway, with a loader that calls back."""

    def __init__(self, name: str, then: Then) -> None:
        self._name, self._then = name, then

    def remove(self) -> None:
        """Looks out for the module no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's own spec, with our loader around its own."""
        if fullname != self._name:
            return None
        for finder in [other for other in sys.meta_path if other is not self]:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(fullname, path, target) if find else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self._then, self.remove)
                return spec
        return None


class _Loader(importlib.abc.Loader):
    """Loads as the loader within does, leaves that in the module, and calls back."""

    def __init__(self, inner: Any, then: Then, done: Callable[[], None]) -> None:
        self._inner, self._then, self._done = inner, then, done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module, as the loader within makes it."""
        module: ModuleType | None = self._inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Executes the module, then calls back."""
        module.__loader__ = self._inner
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        self._inner.exec_module(module)
        self._done()
        self._then(module)
