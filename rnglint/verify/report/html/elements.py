"""HTML that cannot be forged: text is escaped wherever it becomes part of an element."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

#: Characters that HTML does not allow, not even escaped.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

#: Elements that have no end tag.
_VOID = frozenset({"meta", "link", "br"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """The text as HTML that shows it, in quotes too; what is HTML already stays as it is."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(_UNFIT.sub("\ufffd", text)))


def element(name: str, /, *content: str, **attributes: str | float) -> Html:
    """One element. An attribute's name is given with `_` for `-`, and a trailing `_` is dropped."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
    )
    start = f"<{name}{told}>"
    return Html(start if name in _VOID else f"{start}{joined(content)}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    """The parts one after the other."""
    return Html("".join(map(escaped, parts)))
