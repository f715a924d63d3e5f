"""Where the program is: the user's frames of the Python stack, and which of them still run."""

from __future__ import annotations

import site
import sys
import sysconfig
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from rnglint.verify.watch.observations import Place

_OURS = str(Path(__file__).resolve().parents[2])

#: The mode in which the rule for a derivative runs.
RULE = "rule"
_IMPORT = "import"
#: Functions of JAX that run a function of the user's in another way than a plain call does.
_MODES = {
    "cache_miss": "jax.jit",
    "vmap_f": "jax.vmap",
    "pmap_f": "jax.pmap",
    "scan": "jax.lax.scan",
    "fori_loop": "jax.lax.fori_loop",
    "while_loop": "jax.lax.while_loop",
    "_cond": "jax.lax.cond",
    "switch": "jax.lax.switch",
    "fun_remat": "jax.checkpoint",
    "grad_f": "jax.grad",
    "value_and_grad_f": "jax.grad",
    "vjp": "jax.vjp",
    "jvp": "jax.jvp",
    "linearize": "jax.linearize",
    "jacfun": "jax.jacobian",
    "make_jaxpr_f": "jax.make_jaxpr",
    "eval_shape": "jax.eval_shape",
    "shard_map": "jax.shard_map",
    "_flatten_jvp": RULE,
    "_flatten_bwd": RULE,
}
#: Of these, the ones after which the number drawn is the same in all lanes or runs.
_FREEZING = frozenset(
    {"jax.jit", "jax.vmap", "jax.pmap", "jax.checkpoint", "jax.shard_map"}
    | {f"jax.lax.{name}" for name in ("scan", "fori_loop", "while_loop")}
)


class Kind(NamedTuple):
    """What a piece of code is: the user's own, a library's or ours.

    `name` is the public name of a function of `jax.random`, `mode` that of a transformation.
    """

    user: bool
    ours: bool = False
    name: str = ""
    mode: str = ""


class Step(NamedTuple):
    """One frame of the user's, or (`place` is None) the library's function that it called.

    Two steps with one `activation` belong to one call of a function; `instruction` is where in
    its code that call is.
    """

    activation: int
    instruction: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Stack:
    """The steps that led here, outermost first.

    `by` is the function of `jax.random` that the innermost frame of the user's called, `modes`
    are JAX's transformations on the way, `frozen` the place and name of the innermost of those
    that freeze what is drawn. `direct` says that no library stands between the user's innermost
    frame and what was called, `importing` that a library is being imported there.
    """

    steps: tuple[Step, ...]
    by: str
    modes: frozenset[str]
    frozen: tuple[Place, str] | None
    direct: bool
    importing: bool = False

    @property
    def place(self) -> Place | None:
        """The innermost place of the user's."""
        return next((step.place for step in reversed(self.steps) if step.place), None)


class _Live(threading.local):
    """The frames that were running when this thread was last looked at, and their numbers."""

    def __init__(self) -> None:
        self.frames: dict[FrameType, int] = {}


_live = _Live()
_numbers = count()
_kinds: dict[CodeType, Kind] = {}
_places: dict[tuple[CodeType, int], Place] = {}
#: Folders that are the user's although they look like a library's (`-m` with such a module).
own_folders: list[str] = []


def here() -> Stack:
    """The stack of the caller of our caller."""
    steps: list[Step] = []
    running: dict[FrameType, int] = {}
    modes: set[str] = set()
    frozen, by, direct, importing, depth = None, "", True, False, 0
    for frame in _frames():
        kind = _kind_of(frame.f_code)
        if kind.ours:
            continue
        if kind.user:
            steps.append(_step(frame, running, place_of(frame.f_code, frame.f_lasti)))
            by, direct, importing, depth = "", True, False, 0
            continue
        direct, depth = False, depth + 1
        importing = importing or kind.mode == _IMPORT
        if depth == 1 and steps:
            steps.append(_step(frame, running, None))
        by = by or (kind.name if depth <= 2 else "")
        if kind.mode and kind.mode != _IMPORT:
            modes.add(kind.mode)
            caller = next((step.place for step in reversed(steps) if step.place), None)
            if kind.mode in _FREEZING and caller:
                frozen = (caller, kind.mode)
    _live.frames = running
    return Stack(tuple(steps), by, frozenset(modes), frozen, direct, importing)


def _frames() -> list[FrameType]:
    """The frames of this thread, the outermost first."""
    frames, frame = [], sys._getframe(2)
    while True:
        frames.append(frame)
        if frame.f_back is None:
            return frames[::-1]
        frame = frame.f_back


def _step(frame: FrameType, running: dict[FrameType, int], place: Place | None) -> Step:
    """The step of a frame; a frame that was running before keeps its number."""
    number = _live.frames.get(frame)
    running[frame] = next(_numbers) if number is None else number
    return Step(running[frame], frame.f_lasti, place)


def _kind_of(code: CodeType) -> Kind:
    kind = _kinds.get(code)
    if kind is None:
        kind = _kinds[code] = _look_at(code)
    return kind


def _look_at(code: CodeType) -> Kind:
    if code.co_filename.startswith(_OURS):
        return Kind(user=False, ours=True)
    if is_user_code(code.co_filename):
        return Kind(user=True)
    return Kind(user=False, name=sampler(code), mode=mode_of(code))


def sampler(code: CodeType) -> str:
    """The public name of a function of `jax.random`; "" for any other."""
    path = code.co_filename.replace("\\", "/")
    if "/jax/_src/random" not in path or code.co_name.startswith("_"):
        return ""
    return f"jax.random.{code.co_name}"


def mode_of(code: CodeType) -> str:
    """In which way a function runs what it is given; "" if in no special one."""
    if code.co_filename.startswith("<frozen importlib"):
        return _IMPORT
    path = code.co_filename.replace("\\", "/")
    return _MODES.get(code.co_name, "") if "/jax/_src/" in path else ""


@cache
def is_user_code(filename: str) -> bool:
    """Whether a file is neither of Python nor an installed package nor ours."""
    if filename.startswith(("<", _OURS)):
        return False
    if any(filename.startswith(folder) for folder in own_folders):
        return True
    parts = Path(filename).parts
    if "site-packages" in parts or "dist-packages" in parts:
        return False
    return not any(filename.startswith(folder) for folder in _library_folders())


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    for name in ("jax", "numpy"):
        if file := getattr(sys.modules.get(name), "__file__", None):
            folders.add(str(Path(file).parent))
    with_user_site = [*folders, *site.getsitepackages(), site.getusersitepackages()]
    return tuple(f"{folder}/" for folder in with_user_site)


def place_of(code: CodeType, instruction: int) -> Place:
    """The place of an instruction of a piece of code."""
    place = _places.get((code, instruction))
    if place is None:
        place = _places[code, instruction] = _find_place(code, instruction)
    return place


def _find_place(code: CodeType, instruction: int) -> Place:
    name = getattr(code, "co_qualname", code.co_name)
    positions = getattr(code, "co_positions", None)
    if positions is not None and instruction >= 0:
        row, end_row, column, end_column = list(positions())[instruction // 2]
        if row is not None:
            return Place(code.co_filename, name, row, end_row or row, column, end_column)
    row = _row(code, instruction)
    return Place(code.co_filename, name, row, row)


def _row(code: CodeType, instruction: int) -> int:
    rows: Iterator[tuple[int, int, int | None]] = code.co_lines()
    for start, end, row in rows:
        if row is not None and start <= instruction < end:
            return row
    return code.co_firstlineno
