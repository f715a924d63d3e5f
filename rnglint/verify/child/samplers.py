"""The functions of a program that are run: those named `sample*`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


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


def _sampler(name: str, function: Callable[..., Any]) -> Sampler:
    parameters = inspect.signature(function).parameters
    required = [
        parameter.name
        for parameter in parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    unknown = [parameter for parameter in required if parameter != "key"]
    problem = f"needs more arguments than a key: {', '.join(unknown)}" if unknown else ""
    if "key" in parameters:
        return Sampler(name, lambda key: function(key=key), True, problem)
    return Sampler(name, lambda _: function(), False, problem)
