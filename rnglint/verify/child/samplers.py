"""The functions that are run: those of a fixture named `sample*`, or the one a user names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter
from types import ModuleType
from typing import Any

from rnglint.verify.messages import Call as UserCall

#: What people call the parameter that takes a key, where they do not say.
_KEY_NAMES = ("key", "rng_key", "prng_key", "rngkey", "rng")

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class CallError(Exception):
    """A function that cannot be called as it was asked for; the message says why."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """A function to run. `call` takes one lane: a key, or something it ignores.

    `problem` says why it cannot be called at all.
    """

    name: str
    call: Callable[[Any], Any]
    takes_key: bool
    problem: str = ""


def samplers_of(module: ModuleType) -> list[Sampler]:
    """The module's own functions whose names begin with `sample`, in the order of definition."""
    return [
        _sampler(name, value)
        for name, value in vars(module).items()
        if name.startswith("sample")
        and callable(value)
        and getattr(value, "__module__", None) == module.__name__
    ]


def users_sampler(module: ModuleType, asked: UserCall) -> Sampler:
    """The function that `asked` names, to be called as it says."""
    function = _look_up(module, asked.function)
    positional, named = _evaluated(module, asked.arguments)
    parameters = _parameters(function)
    key = _key_parameter(asked, parameters, named)
    problem = _missing(parameters, key, positional, named)
    problem = problem and f"{problem} (--args gives them)"
    if key is None:
        return Sampler(asked.function, lambda _: function(*positional, **named), False, problem)
    call = _with_key(function, parameters, key, positional, named)
    return Sampler(asked.function, call, True, problem)


def _sampler(name: str, function: Callable[..., Any]) -> Sampler:
    parameters = _parameters(function)
    key = "key" if "key" in parameters else None
    problem = _missing(parameters, key, (), {})
    if key:
        return Sampler(name, lambda key: function(key=key), True, problem)
    return Sampler(name, lambda _: function(), False, problem)


def _look_up(module: ModuleType, expression: str) -> Callable[..., Any]:
    """The value of an expression in the module, which must be a function."""
    try:
        found = eval(expression, vars(module))
    except (NameError, AttributeError) as error:
        raise CallError(f"there is no {expression} in it ({error})") from None
    if not callable(found):
        raise CallError(f"{expression} is no function but {type(found).__name__}")
    function: Callable[..., Any] = found
    return function


def _evaluated(module: ModuleType, arguments: str) -> Arguments:
    """The arguments, which are written as in a call, where the module's names are known."""

    def collect(*positional: Any, **named: Any) -> Arguments:
        return positional, named

    names = {**_usual_names(), **vars(module), "__collect": collect}
    try:
        collected: Arguments = eval(f"__collect({arguments})", names)
    except Exception as error:
        raise CallError(f"--args {arguments!r} raised {type(error).__name__}: {error}") from None
    return collected


def _usual_names() -> dict[str, Any]:
    import numpy

    try:
        import jax
    except ImportError:
        return {"np": numpy, "numpy": numpy}
    return {"np": numpy, "numpy": numpy, "jax": jax, "jnp": jax.numpy}


def _parameters(function: Callable[..., Any]) -> Mapping[str, Parameter]:
    """The parameters as far as they can be known; some functions written in C do not tell."""
    try:
        return inspect.signature(function).parameters
    except (ValueError, TypeError):
        return {}


def _key_parameter(
    asked: UserCall, parameters: Mapping[str, Parameter], named: Mapping[str, Any]
) -> str | None:
    """The parameter that takes the key; None where the function takes none."""
    key = asked.key_argument
    if key and key not in parameters and not _takes_any_keyword(parameters):
        known = ", ".join(parameters) or "none"
        raise CallError(f"{asked.function} has no parameter {key!r} (its parameters: {known})")
    if key in named:
        raise CallError(f"{key!r} is given by --args and is the key as well")
    likely = (name for name in _KEY_NAMES if name in parameters and name not in named)
    return key or next(likely, None)


def _takes_any_keyword(parameters: Mapping[str, Parameter]) -> bool:
    return not parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _with_key(
    function: Callable[..., Any],
    parameters: Mapping[str, Parameter],
    key: str,
    positional: tuple[Any, ...],
    named: Mapping[str, Any],
) -> Callable[[Any], Any]:
    """Hands the key over by name, or by position where the name may not be used or stands first."""
    names = list(parameters)
    place = names.index(key) if key in parameters else len(names)
    by_name = key not in parameters or parameters[key].kind is Parameter.KEYWORD_ONLY
    if by_name or place > len(positional):
        return lambda lane: function(*positional, **{**named, key: lane})
    before, after = positional[:place], positional[place:]
    return lambda lane: function(*before, lane, *after, **named)


def _missing(
    parameters: Mapping[str, Parameter],
    key: str | None,
    positional: tuple[Any, ...],
    named: Mapping[str, Any],
) -> str:
    """Which parameters would be left without a value."""
    left = [name for name in _required(parameters) if name != key and name not in named]
    left = left[len(positional) :]
    if not left:
        return ""
    besides = " besides the key" if key else ""
    return f"needs arguments{besides} that are not given: {', '.join(left)}"


def _required(parameters: Mapping[str, Parameter]) -> Iterator[str]:
    for name, parameter in parameters.items():
        variable = parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
        if parameter.default is Parameter.empty and not variable:
            yield name
