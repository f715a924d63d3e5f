"""Which rules a setting means: codes, prefixes of codes, names, and `ALL`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnglint.rules import Rule

#: What all codes begin with; nothing shorter selects any.
PREFIX = "RNG"

_COMPLETE = 1_000


class ConfigError(Exception):
    """A setting that cannot be understood; its message is meant for the user."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selectors of one place where rules can be selected: a file, or the command line."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()


def selected(layers: Sequence[Selection], code: str, name: str, *, default: bool) -> bool:
    """Whether a rule is on after all layers, the last of which is the strongest.

    Within a layer the most specific selector that means the rule decides, and `ignore` where
    two are equal. `select` starts afresh; without it a layer adds to those before. An empty
    `select` hands its `ignore` on to the next layer, as in Ruff.
    """
    chosen, carried = default, tuple[str, ...]()
    for layer in layers:
        ignores = (*layer.ignore, *layer.extend_ignore, *carried)
        on = _strength((*(layer.select or ()), *layer.extend_select), code, name)
        off = _strength(ignores, code, name)
        if on >= 0 or off >= 0:
            chosen = on > off
        elif layer.select is not None:
            chosen = False
        carried = layer.ignore if layer.select == () else ()
    return chosen


def _strength(selectors: Iterable[str], code: str, name: str) -> int:
    """The specificity of the strongest selector that means a rule; -1 where none does."""
    found = (specificity(text, code, name) for text in selectors)
    return max((strength for strength in found if strength is not None), default=-1)


def specificity(selector: str, code: str, name: str = "") -> int | None:
    """How precisely a selector means a rule; None where it does not."""
    if selector == "ALL":
        return 0
    if selector in (code, name):
        return _COMPLETE
    return len(selector) if selector.startswith(PREFIX) and code.startswith(selector) else None


def resolve_selector(text: str, rules: Iterable[type[Rule]]) -> frozenset[str]:
    """The codes that a selector means; a ConfigError names the nearest where it means none."""
    known = {rule.code: rule.name for rule in rules}
    codes = frozenset(
        code for code, name in known.items() if specificity(text, code, name) is not None
    )
    if not codes:
        hint = nearest(text, ("ALL", *known, *known.values()))
        raise ConfigError(f"unknown rule selector `{text}`{hint}")
    return codes


def nearest(text: str, known: Iterable[str]) -> str:
    """A hint at the known word that is most like `text`, to end a message with; or ""."""
    words = {word.lower(): word for word in known}
    close = difflib.get_close_matches(text.lower(), words, n=1, cutoff=0.5)
    return f"; did you mean `{words[close[0]]}`?" if close else ""


def canonical_selector(text: str) -> str:
    """The code of a selector that is a rule's name; any other selector as it is."""
    return text if text.startswith(PREFIX) or text == "ALL" else _names().get(text, text)


@cache
def _names() -> dict[str, str]:
    """The code of each rule's name."""
    from rnglint.rules import all_rules

    return {rule.name: rule.code for rule in all_rules()}
