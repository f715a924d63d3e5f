"""What a compiled function does with keys, in the form in which each call of it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rnglint.verify.watch.observations import Place
from rnglint.verify.watch.stack import RULE, is_user_code, mode_of, place_of, sampler

#: Functions of JAX's that begin to trace another function.
_TRACING = frozenset({"trace_to_jaxpr", "trace_to_jaxpr_dynamic", "_trace_to_jaxpr"})
#: Equations from the outermost to the one meant: how a consumption is reached.
Chain = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Consumed:
    """Keys of the input number `index` that are consumed; `elements` is None for all of them.

    `folded` is set if not they are, but what is folded out of them: the number folded in, or
    the index of the input that holds it.
    """

    index: int
    elements: tuple[int, ...] | None
    chain: Chain
    folded: int | None = None
    folded_input: int | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that is consumed by `again` after `first`, all in one call.

    `loop` is the loop that does both, if one is the next round of the other; `captured` says
    that the loop hands the key to all of its rounds as it is.
    """

    first: Chain
    again: Chain
    loop: Chain = ()
    captured: bool = False


@dataclass(slots=True)
class Summary:
    """What one compiled function does: to its inputs (its constants last), and by itself.

    `made` are outputs that hold new keys, `used` such that hold keys which are consumed already.
    """

    consumed: list[Consumed] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    used: list[tuple[int, Chain]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.consumed or self.repeated or self.made or self.used)


def places(chain: Chain) -> tuple[tuple[Place, ...], str]:
    """The user's places on the way to a consumption, and the name of what consumes the key."""
    found: list[Place] = []
    by = ""
    for equation in chain:
        for code, instruction in _frames(equation):
            if is_user_code(code.co_filename):
                found.append(place_of(code, instruction))
                by = ""
            elif not by and found:
                by = sampler(code)
    return tuple(found), by


def is_for_derivative(chain: Chain) -> bool:
    """Whether an equation is of a derivative: its backward pass, or a rule of the program's own.

    These consume again what the function itself consumed, and are to get the same noise.
    """
    return any(
        "transpose(" in str(_source_info(equation, "name_stack"))
        or any(mode_of(code) == RULE for code, _ in _frames(equation))
        for equation in chain
    )


def _frames(equation: Any) -> Sequence[tuple[Any, int]]:
    """The frames of an equation within the function that was traced, the outermost first."""
    traceback = _source_info(equation, "traceback")
    if traceback is None:
        return ()
    frames = []
    for code, instruction in zip(*traceback.raw_frames(), strict=True):
        if code.co_name in _TRACING and "partial_eval" in code.co_filename:
            break
        frames.append((code, instruction))
    return frames[::-1]


def _source_info(equation: Any, name: str) -> Any:
    return getattr(getattr(equation, "source_info", None), name, None)
