"""What the values of a jaxpr may be, by their types, and which jaxprs deal in keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_RANDOM = frozenset(
    f"random_{name}"
    for name in ("bits", "clone", "fold_in", "gamma", "seed", "split", "unwrap", "wrap")
)
#: How many words a raw key has.
_WIDTHS = (2, 4)


def is_key(aval: Any) -> bool:
    """Whether a value holds typed keys."""
    return hasattr(getattr(aval, "dtype", None), "_impl")


def is_raw(aval: Any) -> bool:
    """Whether a value may hold raw keys."""
    shape: tuple[int, ...] = getattr(aval, "shape", ())
    return not is_key(aval) and _is_words(aval) and bool(shape) and shape[-1] in _WIDTHS


def may_be_key(aval: Any) -> bool:
    """Whether a value may hold keys or the words of keys."""
    return is_key(aval) or _is_words(aval)


def _is_words(aval: Any) -> bool:
    return str(getattr(aval, "dtype", None)) == "uint32"


def is_random(jaxpr: Any) -> bool:
    """Whether a jaxpr, or one in it, has anything to do with keys."""
    return any(
        equation.primitive.name in _RANDOM or any(map(is_random, _inner(equation.params)))
        for equation in jaxpr.eqns
    )


def _inner(params: dict[str, Any]) -> Iterator[Any]:
    for value in params.values():
        for item in value if isinstance(value, tuple | list) else (value,):
            jaxpr = open_jaxpr(item)
            if hasattr(jaxpr, "eqns"):
                yield jaxpr


def open_jaxpr(jaxpr: Any) -> Any:
    """The jaxpr in a closed one; any other value as it is."""
    return getattr(jaxpr, "jaxpr", jaxpr)
