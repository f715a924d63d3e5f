"""What a user asked for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from pathlib import Path

from rnglint.verify.fixtures import UsageError
from rnglint.verify.messages import Setting
from rnglint.verify.results import Options

#: The modes that are compared with the eager run, in the order of the report.
MODES = (
    "disable_jit",
    "jit",
    "vmap",
    "jit(vmap)",
    "lax.map",
    "scan",
    "fori_loop",
    "pmap",
    "shard_map",
)

FORMATS = ("table", "json", "junit", "html")

#: What JAX calls its PRNG implementations.
IMPLEMENTATIONS = (
    "threefry2x32",
    "threefry4x32",
    "philox2x32",
    "philox4x32",
    "rbg",
    "unsafe_rbg",
)

BACKENDS = ("cpu", "gpu", "cuda", "rocm", "tpu")

_SWITCH = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class Request:
    """The targets, and the options as they were given; "" and () leave the choice to us."""

    targets: Sequence[str] = ()
    output_format: str = "table"
    output_file: str | None = None
    timeout: float = 60.0
    memory: float = 4.0
    workers: int | None = None
    modes: Sequence[str] = ()
    implementations: Sequence[str] = ()
    x64: Sequence[str] = ()
    partitionable: Sequence[str] = ()
    backends: Sequence[str] = ()
    key_argument: str = ""
    arguments: str = ""
    strict: bool = False
    verbose: bool = False

    @property
    def options(self) -> Options:
        """The modes, with the further backends, and the limits."""
        modes = (*(self.modes or MODES), *self.backends[1:])
        return Options(modes, self.strict, self.timeout, self.memory)

    @property
    def settings(self) -> list[Setting]:
        """Every combination of what JAX is to be told."""
        return [
            Setting(impl, _SWITCH.get(x64), _SWITCH.get(partitionable), tuple(self.backends[:1]))
            for impl, x64, partitionable in product(
                self.implementations or (None,), self.x64 or ("",), self.partitionable or ("",)
            )
        ]

    def check(self) -> None:
        """Raises UsageError for what does not exist."""
        if self.timeout <= 0:
            raise UsageError("the time limit must be more than 0 seconds")
        if self.memory <= 0:
            raise UsageError("the memory limit must be more than 0 gigabytes")
        if self.output_file and not Path(self.output_file).absolute().parent.is_dir():
            raise UsageError(f"{self.output_file}: there is no such folder")
        _check("output format", (self.output_format,), FORMATS)
        _check("mode", self.modes, MODES)
        _check("PRNG implementation", self.implementations, IMPLEMENTATIONS)
        _check("value of --x64", self.x64, tuple(_SWITCH))
        _check("value of --partitionable", self.partitionable, tuple(_SWITCH))
        _check("backend", self.backends, BACKENDS)


def _check(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}"
            raise UsageError(f"unknown {what} {name!r}: {hint}")
