"""The process in which `rnglint run` runs a program: as Python would, but watched.

It writes what it observes to a file, line by line, at once: nothing is lost if the program ends
by `os._exit`, a signal or a crash, and processes that it forks write to the same file.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from types import CodeType, ModuleType
from typing import Any

from rnglint.verify.watch import stack
from rnglint.verify.watch.observations import Note, Observation, to_line
from rnglint.verify.watch.watching import Watch


def main() -> None:
    """Runs what `sys.argv` names: the file to write to, `script` or `module`, and the program."""
    path, kind, target, *arguments = sys.argv[1:]
    sys.argv[:] = [target, *arguments]
    try:
        code, module = _module(target) if kind == "module" else _script(target)
    except (OSError, ImportError, SyntaxError, ValueError) as error:
        _explain(kind, target, error)
        sys.exit(2 if isinstance(error, OSError) else 1)
    sys.modules["__main__"] = module
    Watch(_Writer(path)).start()
    _execute(code, module)


class _Writer:
    """Appends messages to a file that other processes append to as well."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, message: Observation | Note) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, to_line(message).encode())
        finally:
            os.close(descriptor)


def _script(target: str) -> tuple[CodeType, ModuleType]:
    """The code of a file, or of the `__main__.py` in a folder, and the module to run it in."""
    folder = os.path.isdir(target)
    path = os.path.join(os.getcwd(), target, "__main__.py") if folder else os.path.abspath(target)
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = target if folder else os.path.dirname(os.path.realpath(path))
    return code, _new_main(__file__=path, __cached__=None, __spec__=None)


def _module(name: str) -> tuple[CodeType, ModuleType]:
    """The code of a module that is found by name, as `python -m` does."""
    sys.path[0] = os.getcwd()
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        name = f"{name}.__main__"
        spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"No module named {name}")
    code: CodeType | None = getattr(spec.loader, "get_code", lambda name: None)(name)
    if code is None or spec.origin is None:
        raise ImportError(f"No code object available for {name}")
    sys.argv[0] = spec.origin
    stack.own_folders.append(os.path.join(os.path.dirname(spec.origin), ""))
    given = {"__file__": spec.origin, "__spec__": spec, "__package__": spec.parent}
    return code, _new_main(**given, __cached__=spec.cached, __loader__=spec.loader)


def _new_main(**given: Any) -> ModuleType:
    """A module `__main__`, which stays when the program has come to its end."""
    module = ModuleType("__main__")
    vars(module).update({"__builtins__": sys.modules["builtins"], **given})
    return module


def _execute(code: CodeType, module: ModuleType) -> None:
    """Runs the program; an exception is shown without our own frames in it."""
    try:
        exec(code, vars(module))
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        below = error.__traceback__.tb_next if error.__traceback__ else None
        sys.excepthook(type(error), error.with_traceback(below), below)
        sys.exit(1)


def _explain(kind: str, target: str, error: Exception) -> None:
    """Says, as Python does, why a program cannot be run."""
    if isinstance(error, SyntaxError):
        sys.excepthook(type(error), error.with_traceback(None), None)
    elif kind == "module":
        print(f"{sys.executable}: {error}", file=sys.stderr)
    else:
        print(f"{sys.executable}: can't open file {target!r}: {error}", file=sys.stderr)
