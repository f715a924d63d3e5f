"""Where the paths to two events part: that is where the program did the second one again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from rnglint.verify.watch.ledger import Use
from rnglint.verify.watch.observations import Observation, Place
from rnglint.verify.watch.stack import Stack, Step

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@dataclass(frozen=True, slots=True)
class Parting:
    """Two places of one call of a function, `there` and later `here`.

    `loop` says that they are one place which that call came to twice. Without `known`, nothing
    is known of the way from one to the other, and they are the innermost places.
    """

    there: Place
    here: Place
    loop: bool = False
    known: bool = True


def part(first: Stack, second: Stack) -> Parting | None:
    """Where the way to `second` left that to `first`; None where a library is answerable.

    The calls that both share are still running. In the innermost of them the program went on
    from one place to another, or came to one place twice. If that one is a library's, it may
    know what it does, unless it called the user's code twice which drew by itself.
    """
    steps, others = second.steps, first.steps
    shared = _shared(others, steps)
    mine, other = _at(steps, shared), _at(others, shared)
    if mine and other and mine.place and other.place and mine.activation == other.activation:
        return Parting(_into(others, shared), _into(steps, shared))
    last = _at(steps, shared - 1)
    if last is not None and last.place is not None:
        return Parting(last.place, last.place, loop=True)
    ours = len(steps) > shared < len(others) and first.by and second.by
    if second.place is None or first.place is None or (last is not None and not ours):
        return None
    return Parting(first.place, second.place, known=False)


def meet(first: Use, second: Use) -> Observation | None:
    """The observation that a key was consumed by both; None where that is no fault of the user's.

    It is none in one call of a library, which may know what it does, and where one line ran
    again through other transformations, as in `f(key)` and `jax.grad(f)(key)`.
    """
    if _repeats_otherwise(first, second):
        return None
    parting = part(first.stack, second.stack)
    if parting is None:
        return None
    kind = "captured" if second.captured else "loop" if parting.loop else "reuse"
    if not parting.known and kind == "reuse" and parting.there == parting.here:
        kind = "again"
    inner, by = _way(second, parting.here)
    first_inner, first_by = _way(first, parting.there)
    return Observation(
        kind=kind,
        place=parting.here,
        by=by,
        inner=inner,
        first=parting.there,
        first_by=first_by,
        first_inner=first_inner,
    )


def _shared(others: tuple[Step, ...], steps: tuple[Step, ...]) -> int:
    """How many of the outermost steps are the same call, gone to the same place."""
    for index, (other, step) in enumerate(zip_longest(others, steps)):
        if other is None or step is None or other[:2] != step[:2]:
            return index
    return len(steps)


def _at(steps: tuple[Step, ...], index: int) -> Step | None:
    return steps[index] if 0 <= index < len(steps) else None


def _into(steps: tuple[Step, ...], index: int) -> Place:
    """The place of a step; within a comprehension, which is a function of its own to Python."""
    place, inner = steps[index].place, _at(steps, index + 1)
    assert place is not None
    if inner and inner.place and inner.place.function.endswith(_COMPREHENSIONS):
        return _into(steps, index + 1)
    return place


def _repeats_otherwise(first: Use, second: Use) -> bool:
    """Whether one line ran again through other transformations."""
    ways = [(use.stack.modes, bool(use.inner()[0])) for use in (first, second)]
    return _innermost(first) == _innermost(second) and ways[0] != ways[1]


def _innermost(use: Use) -> Place | None:
    places, _ = use.inner()
    return places[-1] if places else use.stack.place


def _way(use: Use, place: Place) -> tuple[Place | None, str]:
    """The place deeper than `place` where a use consumed the key, and what consumed it."""
    places, by = use.inner()
    innermost = _innermost(use)
    return (None if innermost == place else innermost), by if places else use.stack.by
