"""The installed libraries, as the tests of the knowledge tables see them."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from rnglint.knowledge import loader
from rnglint.knowledge.loader import Entry, Parameter, load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: The shipped tables, as TOML documents, by the name of their file.
TABLES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted(Path(loader.__file__).parent.glob("*.toml"))
}
#: The releases that the tables can be compared with.
INSTALLED = {"numpy": np.__version__, "jax": jax.__version__, "stdlib": sys.version.split()[0]}


@cache
def resolve(qualified: str) -> Any:
    """The object behind a qualified name; AttributeError or ImportError where there is none."""
    parts = qualified.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, taken = importlib.import_module(parts[0]), 1
        for part in parts[1:]:
            if not hasattr(found, part):
                importlib.import_module(".".join(parts[: taken + 1]))
            found, taken = getattr(found, part), taken + 1
    return found


def exists(qualified: str) -> bool:
    """Whether a qualified name can be imported."""
    try:
        resolve(qualified)
    except (AttributeError, ImportError):
        return False
    return True


def entries_of(library: str) -> list[Entry]:
    """The shipped entries of a library that has to be there in this version of Python."""
    newer = "3.12" if sys.version_info < (3, 12) else "none"
    found = [entry for entry in load().entries.values() if entry.library == library]
    return [entry for entry in found if f"since Python {newer}" not in entry.note]


def is_older(library: str) -> bool:
    """Whether the installed release is older than the one that the table was checked against."""

    def number(text: str) -> list[int]:
        return [int(part) for part in text.split(".")[:3] if part.isdigit()]

    return number(INSTALLED[library]) < number(TABLES[library]["version"])


def require(entry: Entry) -> Any:
    """The function that an entry describes; skips where an older release lacks it."""
    if is_older(entry.library) and not exists(entry.qualified):
        pytest.skip(f"{entry.library} {INSTALLED[entry.library]} has no {entry.qualified}")
    return resolve(entry.qualified)


def signature_of(function: Any) -> tuple[Parameter, ...] | None:
    """The public parameters of a callable, `self` aside, None where Python cannot tell."""
    kinds: dict[Any, Any] = {
        inspect.Parameter.VAR_POSITIONAL: "variadic",
        inspect.Parameter.VAR_KEYWORD: "variadic-keyword",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
    }
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return tuple(
        Parameter(
            parameter.name,
            kinds.get(parameter.kind, "positional"),
            parameter.default is parameter.empty and "VAR" not in parameter.kind.name,
        )
        for parameter in found
        if not parameter.name.startswith("_") or parameter.kind.name == "VAR_KEYWORD"
        if parameter.name != "self"
    )
