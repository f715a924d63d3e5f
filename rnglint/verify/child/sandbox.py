"""Around a program: its import, its output, its errors, and what it may leave behind."""

from __future__ import annotations

import io
import linecache
import os
import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rnglint.verify.child.leaves import NotSamplesError
from rnglint.verify.child.samplers import CallError
from rnglint.verify.messages import Job, Setting

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: The name under which the program is imported.
_MODULE = "rnglint_fixture"

#: How much of a message, and of what a program prints, is kept.
_KEPT = 200

_FLAGS = (
    "jax_threefry_partitionable",
    "jax_enable_x64",
    "jax_enable_custom_prng",
    "jax_disable_jit",
)


class Printed(io.BytesIO):
    """Takes any amount of output and keeps the start of it."""

    @property
    def start(self) -> str:
        """The first characters that were printed."""
        return self.getvalue().decode("utf-8", "replace").strip()

    def write(self, data: ReadableBuffer) -> int:
        """Keeps what there is room for."""
        given = bytes(data)
        super().write(given[: _KEPT - self.tell()])
        return len(given)


def import_program(job: Job) -> ModuleType:
    """The program as a module: one that has a name is imported, a text is executed."""
    if job.call and job.call.module:
        return import_module(job.call.module)
    return _execute(job)


def _execute(job: Job) -> ModuleType:
    """Executes the text as a module, at hand for tracebacks and `inspect`."""
    module = ModuleType(_MODULE)
    module.__file__ = job.filename
    sys.modules[_MODULE] = module
    lines = job.text.splitlines(keepends=True)
    linecache.cache[job.filename] = (len(job.text), None, lines, job.filename)
    exec(compile(job.text, job.filename, "exec", dont_inherit=True), vars(module))
    return module


@contextmanager
def kept_clean(job: Job, printed: Printed) -> Iterator[None]:
    """Takes away the program's output, and undoes its changes to what the next one would see."""
    path, folder, flags = list(sys.path), os.getcwd(), _jax_flags()
    stream = io.TextIOWrapper(printed, "utf-8", "replace", write_through=True)
    try:
        with redirect_stdout(stream), redirect_stderr(stream):
            sys.path.insert(0, job.folder)
            yield
    finally:
        stream.detach()
        sys.path[:] = path
        sys.modules.pop(_MODULE, None)
        linecache.cache.pop(job.filename, None)
        os.chdir(folder)
        _restore(flags)


def tell_jax(setting: Setting) -> None:
    """Makes JAX run as the setting says."""
    import jax

    wanted = {
        "jax_default_prng_impl": setting.impl,
        "jax_enable_x64": setting.x64,
        "jax_threefry_partitionable": setting.partitionable,
        "jax_default_device": _device(setting.backends[0]) if setting.backends else None,
    }
    config: Any = jax.config
    for name, value in wanted.items():
        if value is not None:
            config.update(name, value)


def _device(backend: str) -> Any:
    import jax

    try:
        return jax.devices(backend)[0]
    except RuntimeError:
        raise CallError(f"there is no {backend} here, JAX sees {jax.default_backend()}") from None


def explain(error: BaseException, filename: str) -> str:
    """One line: what was raised, and on which line of the program."""
    if isinstance(error, (NotSamplesError, CallError)):
        what = str(error)
    elif isinstance(error, SystemExit):
        what = f"called sys.exit({error.code!r})"
    else:
        said = (str(error).strip().splitlines() or [""])[0][:_KEPT]
        what = f"raised {type(error).__name__}: {said}"
    frames = traceback.extract_tb(error.__traceback__)
    rows = [frame.lineno for frame in frames if frame.filename == filename]
    return f"{what} (line {rows[-1]})" if rows else what


def describe() -> dict[str, str]:
    """What samples may depend on: versions, backend, device, PRNG and flags."""
    environment = {"python": platform.python_version(), "numpy": version("numpy")}
    if "jax" in sys.modules:
        import jax

        flags = _jax_flags()
        environment |= {
            "jax": version("jax"),
            "jaxlib": version("jaxlib"),
            "backend": jax.default_backend(),
            "device": f"{jax.device_count()} x {jax.devices()[0].device_kind}",
            "PRNG": str(flags["jax_default_prng_impl"]),
            "flags": ", ".join(f"{name[4:]}={flags[name]}" for name in _FLAGS if name in flags),
        }
    if flags_of_xla := os.environ.get("XLA_FLAGS"):
        environment["XLA_FLAGS"] = flags_of_xla
    return environment


def _jax_flags() -> dict[str, Any]:
    if "jax" not in sys.modules:
        return {}
    import jax

    return dict(jax.config.values)


def _restore(flags: dict[str, Any]) -> None:
    if not flags:
        return
    import jax

    config: Any = jax.config
    for name, value in flags.items():
        if config.values.get(name) != value:
            config.update(name, value)
