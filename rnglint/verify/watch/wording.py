"""From observations to diagnostics, in the codes and words of the rules that find the same."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable

from rnglint.diagnostics import Diagnostic, Related, Span
from rnglint.rules import all_rules
from rnglint.verify.watch.observations import Observation, Place
from rnglint.verify.watch.source_view import View, view


def diagnose(observation: Observation) -> Diagnostic:
    """The diagnostic of an observation."""
    return KINDS[observation.kind](observation)


# -- keys ---------------------------------------------------------------------------------------


class _Key:
    """How a key was consumed: at `place` of the program, in the end by `by` at `inner`."""

    def __init__(self, place: Place, by: str, inner: Place | None) -> None:
        self.place, self.by, self.inner = place, by, inner
        self.view = view(place.filename)
        call = self.view.call(place, by if inner is None else "")
        callee = self.view.callee(call) if call else ""
        sampler = inner is None and by.startswith("jax.random.")
        node = self.view.key(call, sampler=sampler) if call else None
        self.text = self.view.text(node)
        self.span = self.view.span_of(node) if node is not None else self.view.span(place)
        #: What the line calls, as the reader sees it.
        self.callee = by if sampler else callee or by or "a call"

    @property
    def name(self) -> str:
        """ "key `k`", or "a key" where it is not known what it is called."""
        return f"key `{self.text}`" if self.text else "a key"

    @property
    def via(self) -> str:
        """ " (in the end by `jax.random.normal` on line 12)" where that is another place."""
        if self.inner is None or not self.by:
            return ""
        return f" (`{self.callee}` hands it to `{self.by}` {_where(self.inner, self.place)})"

    def inside(self) -> _Key:
        """The consumption where it happens in the end."""
        return _Key(self.inner, self.by, None) if self.inner else self


def _again(observation: Observation) -> _Key:
    return _Key(observation.place, observation.by, observation.inner)


def _first(observation: Observation) -> _Key:
    assert observation.first is not None
    return _Key(observation.first, observation.first_by, observation.first_inner)


def _reuse(observation: Observation) -> Diagnostic:
    again, first = _again(observation), _first(observation)
    if observation.inner and observation.inner == observation.first_inner:
        within = again.inside()
        if within.text.isidentifier() and not _is_parameter(within):
            return _captured(observation)
    alias = f", as `{first.text}`," if first.text not in ("", again.text) else ""
    where = _where(first.place, again.place)
    if first.span == again.span and first.place.filename == again.place.filename:
        where = "here before, in an earlier call"
    return _diagnostic(
        "RNG201",
        again.place,
        again.span,
        f"{again.name} was already consumed{alias} by `{first.callee}` {where}{again.via}",
        label="consumed again here: the samples are not independent",
        help=_split_help(first.text),
        related=[_related("first consumed here" + first.via, first.place, first.span)],
    )


def _loop(observation: Observation) -> Diagnostic:
    again = _again(observation)
    loop = again.view.loop(again.place)
    if loop is None:
        return _reuse(observation)
    kind, header = loop
    where = f" on line {header.start.row}" if header.start.row != again.place.row else ""
    return _diagnostic(
        "RNG202",
        again.place,
        again.span,
        f"{again.name} is consumed by `{again.callee}` in every round of the {kind}{where},"
        f" and not refreshed in between{again.via}",
        label="the same key in every round: the samples repeat",
        help="split it in the loop, or derive a key for each round with `jax.random.fold_in`",
        related=[_related("each round of this loop", again.place, header)],
    )


def _carried(observation: Observation) -> Diagnostic:
    again, around = _again(observation), _around(observation)
    if observation.kind == "captured-in-loop" and not _is_parameter(again):
        return _captured_in_loop(again, around)
    return _diagnostic(
        "RNG202",
        again.place,
        again.span,
        f"{again.name} is consumed by `{again.callee}` in every round of `{around.callee}`"
        f" {_where(around.place, again.place)}, and not refreshed in between{again.via}",
        label="the same key in every round: the samples repeat",
        help="split it in the body and carry the new key to the next round",
        related=[_related("each round of this loop", around.place, around.span)],
    )


def _captured_in_loop(again: _Key, around: _Key) -> Diagnostic:
    where = f"in every run under `{around.callee}` {_where(around.place, again.place)}"
    message = f"captured {again.name} is consumed by `{again.callee}` {where}{again.via}"
    return _capture(again, message, around)


def _captured(observation: Observation) -> Diagnostic:
    call = _again(observation)
    if call.inner is None:
        return _loop(observation)
    again, loop = call.inside(), call.view.loop(call.place)
    how = "each time" if loop else "again where"
    where = _where(call.place, again.place)
    called = f"`{call.callee}` is called{' in the loop' if loop else ''} {where}"
    message = f"captured {again.name} is consumed by `{again.callee}` {how} {called}"
    return _capture(again, message, call)


def _capture(again: _Key, message: str, around: _Key) -> Diagnostic:
    return _diagnostic(
        "RNG203",
        again.place,
        again.span,
        message.replace("captured a key", "a captured key"),
        label="the same key in every run: the samples repeat",
        help="make the key a parameter of the function, and pass it a fresh one at each call",
        related=[_related("this runs it many times", around.place, around.span)],
    )


def _around(observation: Observation) -> _Key:
    assert observation.first is not None
    return _Key(observation.first, "", None)


def _is_parameter(key: _Key) -> bool:
    return bool(key.text) and key.view.is_parameter(key.place, key.text)


def _split_help(text: str) -> str:
    if text.isidentifier():
        return f"split it before the first use: `{text}, subkey = jax.random.split({text})`"
    return "make one key for each use with `jax.random.split`"


# -- seeds and hidden state ---------------------------------------------------------------------


def _seed_reset(observation: Observation) -> Diagnostic:
    place = observation.place
    loop = view(place.filename).loop(place)
    if loop is None:
        return _seed_again(observation)
    kind, header = loop
    where = f" on line {header.start.row}" if header.start.row != place.row else ""
    return _diagnostic(
        "RNG301",
        place,
        view(place.filename).span(place),
        f"`{observation.by}` is seeded with `{observation.detail}` in every round of the"
        f" {kind}{where}: each round replays the same numbers",
        label="the same seed in every round",
        help="seed once before the loop, or with what changes from round to round",
        related=[_related("each round of this loop", place, header)],
    )


def _seed_again(observation: Observation) -> Diagnostic:
    place, first = observation.place, observation.first or observation.place
    if observation.inner:
        return _seed_by_callee(observation, observation.inner)
    where = "here before" if first == place else _where(first, place)
    return _diagnostic(
        "RNG301",
        place,
        view(place.filename).span(place),
        f"`{observation.by}` is seeded with `{observation.detail}` again, as {where}: the numbers"
        " drawn since then are replayed",
        label="the same seed again",
        help="seed once, at the start of the program",
        related=[] if first == place else [_seeded(first)],
    )


def _seed_by_callee(observation: Observation, inner: Place) -> Diagnostic:
    seen, call = _callee(observation)
    callee = (seen.callee(call) if call else "") or "a function"
    return _diagnostic(
        "RNG302",
        observation.place,
        seen.span(observation.place),
        f"`{callee}` seeds `{observation.by}` with `{observation.detail}` again: what is drawn from"
        " here on was drawn before",
        label="replays the numbers drawn before",
        help="seed once, at the start of the program",
        related=[_seeded(inner)],
    )


def _draw(observation: Observation) -> Diagnostic:
    text = _called(observation)
    through = f", through `{observation.by}` in a library" if observation.detail else ""
    return _diagnostic(
        "RNG102",
        observation.place,
        _callee_span(observation),
        f"`{text}` draws from NumPy's hidden global state{through}; draw from a generator instead",
        label="draws from state that the whole process shares",
        help="make `rng = np.random.default_rng()` once and draw from it",
        related=[_seeded(observation.first)] if observation.first else [],
    )


def _seed(observation: Observation) -> Diagnostic:
    return _diagnostic(
        "RNG101",
        observation.place,
        _callee_span(observation),
        f"`{_called(observation)}` seeds NumPy's hidden global state; make a generator instead",
        label="seeds the state that the whole process shares",
        help="make a generator where you seed: `rng = np.random.default_rng(…)`",
    )


def _state(observation: Observation) -> Diagnostic:
    return _diagnostic(
        "RNG104",
        observation.place,
        _callee_span(observation),
        f"`{_called(observation)}` touches NumPy's hidden global state; make a generator instead",
        label="state that the whole process shares",
        help="make a generator, whose state is its own: `rng.bit_generator.state`",
    )


def _traced(observation: Observation) -> Diagnostic:
    assert observation.first is not None
    does = "seeds" if observation.kind == "traced-seed" else "draws"
    where = _where(observation.first, observation.place)
    traced = view(observation.first.filename).span(observation.first)
    return _diagnostic(
        "RNG207",
        observation.place,
        _callee_span(observation),
        f"`{observation.by}` {does} once, when `{observation.detail}` {where} traces the function",
        label="a constant of the compiled program",
        help="pass a key to the function and draw with `jax.random`",
        related=[_related("traced from here", observation.first, traced)],
    )


def _seeded(place: Place) -> Related:
    return _related("seeded here", place, view(place.filename).span(place))


def _callee(observation: Observation) -> tuple[View, ast.Call | None]:
    seen = view(observation.place.filename)
    return seen, seen.call(observation.place, observation.by)


def _called(observation: Observation) -> str:
    seen, call = _callee(observation)
    return (seen.callee(call) if call else "") or observation.by


def _callee_span(observation: Observation) -> Span:
    seen, call = _callee(observation)
    return seen.span_of(call.func) if call else seen.span(observation.place)


#: What there is to tell, and how.
KINDS: dict[str, Callable[[Observation], Diagnostic]] = {
    "reuse": _reuse,
    "again": _reuse,
    "loop": _loop,
    "captured": _captured,
    "captured-in-loop": _carried,
    "carried": _carried,
    "seed-reset": _seed_reset,
    "seed-again": _seed_again,
    "draw": _draw,
    "seed": _seed,
    "state": _state,
    "traced-draw": _traced,
    "traced-seed": _traced,
}


# -- diagnostics --------------------------------------------------------------------------------


def _where(place: Place, seen_from: Place) -> str:
    """ "on line 4", with the file where that is another one."""
    other = "" if place.filename == seen_from.filename else f" of {shown(place.filename)}"
    return f"on line {place.row}{other}"


def shown(filename: str) -> str:
    """A path as it is told: relative to the working folder where it lies in there."""
    relative = os.path.relpath(filename)
    return filename if relative.startswith(os.pardir) else relative


def _related(message: str, place: Place, span: Span) -> Related:
    return Related(message, span, shown(place.filename))


def _diagnostic(
    code: str,
    place: Place,
    span: Span,
    message: str,
    *,
    label: str,
    help: str,
    related: list[Related] | None = None,
) -> Diagnostic:
    name = next(rule.name for rule in all_rules() if rule.code == code)
    filename = shown(place.filename)
    return Diagnostic(
        code=code,
        name=name,
        message=message,
        filename=filename,
        span=span,
        label=label,
        help=help,
        related=tuple(related or ()),
    )
