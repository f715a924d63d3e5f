"""Runs a program on every path: what JAX says of it, and which keys are drawn from twice.

A path is a value for each flag, and at most one statement of a `try` with a handler that raises;
if that handler has a `try` in it, one more there.
Two things are asked. Does JAX raise a `KeyReuseError` (while running, and while tracing, which is
stricter)? And which places consume the same key bits once more, and draw the same numbers?
"""

from __future__ import annotations

import ast
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental.key_reuse._core import check_key_reuse

from judge.strategy import Program
from judge.writing import Entry

_FILE = "<program>"
_SAMPLERS = ("normal", "uniform", "bits")


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a program: where it starts, the flags, and where it raises.

    `raises` are numbers of steps, each with whether it raises whenever it is reached.
    """

    entry: Entry
    flags: tuple[bool, ...]
    raises: tuple[tuple[int, bool], ...]


@dataclass(slots=True)
class Recorder:
    """What a run did with key bits."""

    consumed: list[tuple[bytes, frozenset[int]]] = field(default_factory=list)
    split: Counter[bytes] = field(default_factory=Counter)
    folded: Counter[bytes] = field(default_factory=Counter)
    clones: int = 0

    def meets(self) -> bool:
        """Whether `split` and `fold_in` made the same key."""
        return not self.split.keys().isdisjoint(self.folded)

    def only_meets(self) -> bool:
        """Whether each key that was consumed twice was made twice: by `split`, and by `fold_in`."""
        uses = Counter(bits for bits, _ in self.consumed)
        return all(
            (count, self.split[bits], self.folded[bits]) == (2, 1, 1)
            for bits, count in uses.items()
            if count > 1
        )

    def only_folds(self) -> bool:
        """Whether each key that was consumed twice was made twice, by `fold_in`."""
        uses = Counter(bits for bits, _ in self.consumed)
        return all(self.folded[bits] == count for bits, count in uses.items() if count > 1)

    def repeats(self) -> list[frozenset[int]]:
        """For each consumption of bits that were consumed before: the lines that are running."""
        seen: set[bytes] = set()
        found = []
        for bits, lines in self.consumed:
            if bits in seen:
                found.append(lines)
            seen.add(bits)
        return found


class Paths:
    """A program with all its paths, ready to run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        tree = _Raising().visit(ast.parse(program.typed))
        self.points = tree.points
        self.code = compile(ast.fix_missing_locations(tree), _FILE, "exec")

    def all(self) -> Iterator[Path]:
        """Every path."""
        for entry in self.program.entries:
            flags = [name for name, kind in entry.parameters if kind == "flag"]
            for values in itertools.product((False, True), repeat=len(flags)):
                for raises in self.points:
                    yield Path(entry, values, raises)

    def start(self, path: Path) -> Callable[..., Any]:
        """A function of no arguments but keys that goes this way."""
        namespace: dict[str, Any] = {"__name__": "program", "_step": _stepper(path.raises)}
        sys.modules.setdefault("program", type(sys)("program"))
        exec(self.code, namespace)
        function = namespace[path.entry.name]
        flags = iter(path.flags)
        fixed = {name: next(flags) for name, kind in path.entry.parameters if kind == "flag"}

        def run(keys: dict[str, Any]) -> Any:
            try:
                return function(**keys, **fixed)
            except Raised:
                return None

        return run


class Raised(ValueError):
    """What a statement raises to see where that leads."""


def _stepper(raises: tuple[tuple[int, bool], ...]) -> Callable[[int], None]:
    again = dict(raises)
    reached: set[int] = set()

    def step(number: int) -> None:
        if number in again and (again[number] or number not in reached):
            reached.add(number)
            raise Raised

    return step


class _Raising(ast.NodeTransformer):
    """Lets each statement of a `try` that has a handler raise before it has any effect.

    `inner` are the steps of the handlers that a visit has been through.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.inner: list[int] = []
        self.pairs: list[tuple[int, int]] = []

    def visit_Module(self, node: ast.Module) -> ast.Module:
        self.generic_visit(node)
        single = itertools.product(range(self.steps), (True, False))
        paired = (((one, False), (other, False)) for one, other in self.pairs)
        points = [(), *((point,) for point in single), *paired]
        node.points = points  # type: ignore[attr-defined]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        first = self.steps
        self.generic_visit(node)
        self.inner += range(first, self.steps)
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        enclosing, self.inner = self.inner, []
        self.generic_visit(node)
        first = self.steps
        if node.handlers:
            node.body = [item for statement in node.body for item in self._raising(statement)]
        self.pairs += itertools.product(range(first, self.steps), self.inner)
        self.inner = enclosing
        return node

    def _raising(self, node: ast.stmt) -> list[ast.stmt]:
        if isinstance(node, (ast.Break, ast.Continue, ast.Pass)):
            return [node]
        call = ast.parse(f"_step({self.steps})").body[0]
        self.steps += 1
        return [ast.copy_location(call, node), node]


def keys_for(entry: Entry) -> dict[str, Any]:
    """Different keys for all parameters."""
    found = {}
    for number, (name, kind) in enumerate(entry.parameters):
        if kind == "key":
            found[name] = jax.random.key(1000 + number)
        elif kind == "keys":
            found[name] = jax.random.split(jax.random.key(1000 + number), 2)
    return found


# -- JAX's verdict ------------------------------------------------------------------------------


def errs_running(paths: Paths) -> bool:
    """Whether JAX raises while a path runs."""
    with jax.debug_key_reuse(True):
        return any(_errs(paths.start(path), keys_for(path.entry)) for path in paths.all())


def errs_tracing(paths: Paths) -> bool | None:
    """Whether JAX raises while it looks at what a path would compute; None if it fails at that."""
    found = [
        _errs(partial(check_key_reuse, paths.start(path)), keys_for(path.entry))
        for path in paths.all()
    ]
    return True if True in found else None if None in found else False


def _errs(run: Callable[..., Any], keys: dict[str, Any]) -> bool | None:
    try:
        run(keys)
    except jax.errors.KeyReuseError:
        return True
    except ValueError as error:
        if not _is_of_the_checker(error):
            raise
        return None
    return False


def _is_of_the_checker(error: ValueError) -> bool:
    """Whether JAX's own check failed, not what it checks."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and "key_reuse" in place.tb_frame.f_code.co_filename


# -- what happens to key bits -------------------------------------------------------------------


def recorded(paths: Paths) -> list[Recorder]:
    """What every path does with key bits. Nothing is compiled, so all keys are at hand."""
    found = []
    for path in paths.all():
        recorder = Recorder()
        keys = keys_for(path.entry)
        context = jax.disable_jit() if paths.program.is_compiled else nullcontext()
        with context, watching(recorder):
            paths.start(path)(keys)
        found.append(recorder)
    return found


@contextmanager
def watching(recorder: Recorder) -> Iterator[None]:
    """Puts functions that record in the place of those that use keys."""
    real: dict[tuple[Any, str], Any] = {}
    replaced: list[tuple[Any, str, Callable[..., Any]]] = [
        (jax.random, name, _watched(recorder, getattr(jax.random, name))) for name in _SAMPLERS
    ]
    replaced += [
        (jax.random, "split", _watched_split(recorder, jax.random.split)),
        (jax.random, "fold_in", _watched_fold(recorder, jax.random.fold_in)),
        (jax.random, "clone", _watched_clone(recorder, jax.random.fold_in)),
        (jax, "vmap", _looped),
    ]
    for module, name, function in replaced:
        real[module, name] = getattr(module, name)
        setattr(module, name, function)
    try:
        yield
    finally:
        for (module, name), function in real.items():
            setattr(module, name, function)


def _watched(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    def sample(key: Any, *args: Any, **options: Any) -> Any:
        recorder.consumed.append((_bits(key), _lines()))
        with jax.disable_jit(False):
            return real(key, *args, **options)

    return sample


def _watched_split(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    def split(key: Any, num: int = 2) -> Any:
        recorder.consumed.append((_bits(key), _lines()))
        with jax.disable_jit(False):
            made = real(key, num)
            recorder.split.update(_bits(item) for item in made)
        return made

    return split


def _watched_fold(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    def fold_in(key: Any, data: Any) -> Any:
        with jax.disable_jit(False):
            made = real(key, data)
        recorder.folded[_bits(made)] += 1
        return made

    return fold_in


def _watched_clone(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    """A clone may be drawn from again: here it is a key of its own."""

    def clone(key: Any) -> Any:
        recorder.clones += 1
        with jax.disable_jit(False):
            return real(key, 10**6 + recorder.clones)

    return clone


def _looped(function: Callable[..., Any], in_axes: Any = 0) -> Callable[..., Any]:
    """`vmap` as a loop."""

    def run(*args: Any) -> Any:
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        mapped = next(arg for arg, axis in zip(args, axes, strict=True) if axis is not None)
        lanes = [
            function(
                *(arg if axis is None else arg[i] for arg, axis in zip(args, axes, strict=True))
            )
            for i in range(mapped.shape[0])
        ]
        return jnp.stack(lanes)

    return run


def _bits(key: Any) -> bytes:
    with jax.disable_jit(False):
        return np.asarray(jax.random.key_data(key)).tobytes()


def _lines() -> frozenset[int]:
    """The lines of the program that are running."""
    found = []
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == _FILE:
            found.append(frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return frozenset(found)
