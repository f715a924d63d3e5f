"""Parts of arrays of keys: which of them may be the same, be they counted by a loop."""

from __future__ import annotations

from rnglint.facts.flow.values import At, Fold, Identity, Item, Step


def taken(identity: Identity, step: Item | At) -> Identity:
    """The identity one index further; an index into a slice becomes one into the array."""
    last = identity.path[-1] if identity.path else None
    if not isinstance(last, Item) or not isinstance(step, Item) or last.loop:
        return identity.then(step)
    if last.high is not None and last.high == last.low + 1:
        return identity.then(step)
    high = last.high if step.high is None else last.low + step.high
    merged = Item(last.low + step.low, high, step.loop, step.turn)
    return Identity(identity.root, (*identity.path[:-1], merged))


def overlap(first: Identity, second: Identity) -> bool:
    """Whether two identities certainly have a key in common, on some round where loops do."""
    if first.root != second.root:
        return False
    for one, other in zip(first.path, second.path, strict=False):
        if not _meet(one, other):
            return False
    short, long = sorted((first.path, second.path), key=len)
    rest = long[len(short) :]
    if rest and short and not _covers(short[-1], long[len(short) - 1]):
        return False
    return all(isinstance(step, (Item, At)) for step in rest)


def _covers(whole: Step, part: Step) -> bool:
    """Whether a step is to everything that another one is to."""
    if not isinstance(whole, Item) or not isinstance(part, Item) or whole.loop or part.loop:
        return whole == part
    ends = part.high is not None and whole.high is not None and part.high <= whole.high
    return whole.low <= part.low and (whole.high is None or ends)


def _meet(one: Step, other: Step) -> bool:
    if isinstance(one, Item) and isinstance(other, Item):
        if one.loop and one.loop == other.loop:
            return one.turn == other.turn
        (low, high), (other_low, other_high) = _span(one), _span(other)
        return (high is None or other_low < high) and (other_high is None or low < other_high)
    if isinstance(one, At) and isinstance(other, At):
        return one == other or _same_range(one.index, other.index)
    if isinstance(one, At) and isinstance(other, Item):
        return _counts_to(one.index, other)
    if isinstance(one, Item) and isinstance(other, At):
        return _counts_to(other.index, one)
    if isinstance(one, Fold) and isinstance(other, Fold) and one != other:
        data, constant = (
            (one.data, other.data) if isinstance(other.data, int) else (other.data, one.data)
        )
        if isinstance(data, Identity) and isinstance(constant, int):
            return _counts_to(data, Item(constant, constant + 1))
        if isinstance(data, Identity) and isinstance(constant, Identity):
            return _same_range(data, constant)
    return one == other


def _span(item: Item) -> tuple[int, int | None]:
    """The elements that a step is to; a loop takes out the first one, then all others."""
    if not item.loop:
        return item.low, item.high
    return (item.low, item.low + 1) if item.turn == 1 else (item.low + 1, item.high)


def _counts_to(index: Identity, item: Item) -> bool:
    """Whether the variable of a loop over `range(n)` is an index of `item` in its round."""
    count = count_of(index)
    if count is None:
        return False
    first, end = count
    low, high = _span(item)
    if item.loop:
        counter = index.path[-1] if index.path else None
        if not isinstance(counter, Item):
            return False
        if counter.loop == item.loop:
            return item.low == 0 and counter.turn == item.turn
    if end is None:
        # There are at least the numbers that begin a range.
        return first == 0 and low == 0
    return low < end and (high is None or high > first)


def count_of(index: Identity) -> tuple[int, int | None] | None:
    """The numbers that the variable of a loop over `range(n)` goes through in its round.

    (0, 1) in the first round, (1, n) in the one that stands for all later ones, (0, n) for all
    rounds together; n is None where it is not known. Those of `i + 1` are one more. None for
    anything else.
    """
    words = index.root.name.split()
    if words[:1] == ["Add"]:
        return _added(words[1:], index.path)
    if not words or words[0] != "range":
        return None
    path = index.path
    last = path[-1] if path else None
    looped = isinstance(last, Item) and bool(last.loop)
    if len(words) - 1 + len(path) - looped > 1:
        return None
    end = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    if not isinstance(last, Item) or not looped:
        return 0, end
    return (0, 1) if last.turn == 1 else (1, end)


def _added(words: list[str], path: tuple[Step, ...]) -> tuple[int, int | None] | None:
    """The numbers of a range to each of which a constant is added."""
    numbers = [int(word) for word in words if word.isdigit()]
    if len(numbers) != 1 or len(path) != 1 or not isinstance(path[0], At):
        return None
    count = count_of(path[0].index)
    if count is None:
        return None
    first, end = count
    return first + numbers[0], end + numbers[0] if end is not None else None


def _same_range(first: Identity, second: Identity) -> bool:
    """Whether both are variables of different loops over one range, which meet on some rounds.

    Or the same is computed of both.
    """
    one, other = count_of(first), count_of(second)
    loops = {_loop_of(first), _loop_of(second)}
    if one and other and len(loops) == 2 and 0 not in loops and _have_common(one, other):
        return True
    if first.root != second.root or not first.path or not second.path:
        return False
    if first.path[:-1] != second.path[:-1]:
        return False
    a, b = first.path[-1], second.path[-1]
    if isinstance(a, At) and isinstance(b, At):
        return _same_range(a.index, b.index)
    return (
        isinstance(a, Item)
        and isinstance(b, Item)
        and bool(a.loop)
        and bool(b.loop)
        and a.loop != b.loop
    )


def _loop_of(index: Identity) -> int:
    """The loop of which an index is the variable, or computed of it; 0 if there is none."""
    last = index.path[-1] if index.path else None
    if isinstance(last, At):
        return _loop_of(last.index)
    return last.loop if isinstance(last, Item) else 0


def _have_common(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    """Whether two loops certainly have a number in common; one without an end begins at 0."""
    (low, high), (other_low, other_high) = (
        (first, end if end is not None else int(first == 0)) for first, end in (one, other)
    )
    return max(low, other_low) < min(high, other_high)
