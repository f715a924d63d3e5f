"""Which keys were consumed where, by the bits of the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count, islice

from rnglint.verify.watch.observations import Place
from rnglint.verify.watch.stack import Stack

#: More keys than this are not remembered: the oldest are forgotten.
_MOST_KEYS = 1_000_000


@dataclass(frozen=True, slots=True)
class Use:
    """A consumption: the stack that led to it and, in compiled code, the places in there.

    `inner` finds these places, outermost first, and the name of what consumed the key; it is
    asked only when there is something to tell. `captured` says that the compiled function got
    the key from the scope around it.
    """

    stack: Stack
    inner: Callable[[], tuple[tuple[Place, ...], str]] = field(default=lambda: ((), ""))
    captured: bool = False


@dataclass(slots=True)
class _Key:
    """A key that was made once; `folded` are those that were folded out of it.

    Those that were made later have higher numbers. `cloned` says that the program asked for a
    second one (`jax.random.clone`).
    """

    number: int = field(default_factory=count().__next__)
    cloned: bool = False
    use: Use | None = None
    folded: dict[int, _Key] = field(default_factory=dict)


class Ledger:
    """The keys of a program.

    A key is known by its bits, whatever holds it. Bits that are made again by a seed or a
    split are a new key; bits that are folded out of one key again are the same.
    """

    def __init__(self, most: int = _MOST_KEYS) -> None:
        self._keys: dict[bytes, _Key] = {}
        self._most = most

    def consume(self, bits: bytes, use: Use) -> Use | None:
        """Notes a consumption; the one before it, if the key was consumed already."""
        return _consume(self._key(bits), use)

    def consume_folded(self, bits: bytes, data: int, use: Use) -> Use | None:
        """The same for the key that folding `data` into a key makes."""
        return _consume(self._key(bits).folded.setdefault(data, _Key()), use)

    def make(self, keys: Iterable[bytes]) -> None:
        """Notes that these keys were made, consumed by nobody."""
        for bits in keys:
            self._keys[bits] = _Key()
        self._forget()

    def clone(self, keys: Iterable[bytes]) -> None:
        """Notes that these keys may be consumed again, in the program's own words."""
        for bits in keys:
            self._key(bits).cloned = True

    def fold(self, bits: bytes, data: int, folded: bytes) -> None:
        """Notes that `folded` was folded out of a key; a split of it may have made it already."""
        parent = self._key(bits)
        if data not in parent.folded:
            known = self._keys.get(folded)
            older = known is None or known.number < parent.number
            parent.folded[data] = known if known is not None and not older else _Key()
        self._keys[folded] = parent.folded[data]
        self._forget()

    def split(self, bits: bytes, keys: Iterable[bytes]) -> None:
        """Notes that a key was split into these; folding may have made some of them already."""
        parent = self._keys.get(bits)
        folded = [] if parent is None else list(parent.folded.values())
        self.make(key for key in keys if not any(self._keys.get(key) is item for item in folded))

    def _key(self, bits: bytes) -> _Key:
        key = self._keys.get(bits)
        if key is None:
            key = self._keys[bits] = _Key()
            self._forget()
        return key

    def _forget(self) -> None:
        if len(self._keys) > self._most:
            for bits in list(islice(self._keys, len(self._keys) // 10 + 1)):
                del self._keys[bits]


def _consume(key: _Key, use: Use) -> Use | None:
    first = key.use
    if first is None:
        key.use = use
    return None if key.cloned else first
