"""Which samples of a function a picture shows: two rows, one against the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import StatisticsError, correlation

from rnglint.verify.messages import Outcome, Series

#: Each row is paired with each other, which grows quickly.
_MOST_ROWS = 16

#: With fewer points a rank correlation says nothing.
_ENOUGH = 8

Rows = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points, and what their coordinates are."""

    points: tuple[tuple[float, float], ...]
    x: str
    y: str

    @property
    def correlation(self) -> float | None:
        """The rank correlation of x and y; None where it is not known or means nothing."""
        if len(self.points) < _ENOUGH or self.x == ORDER:
            return None
        return _rank_correlation(*zip(*self.points, strict=True))


#: What x is where there is one row only.
ORDER = "order of drawing"


def clouds(before: Outcome | None, after: Outcome | None) -> tuple[Cloud | None, Cloud | None]:
    """The same two rows before and after the fix: those most dependent on each other before it."""
    rows = [_rows(outcome.samples) if outcome else {} for outcome in (before, after)]
    pair = _most_dependent(rows[0] or rows[1])
    return _cloud(rows[0], pair), _cloud(rows[1], pair)


def _rows(samples: Sequence[Series]) -> Rows:
    """All rows by their names; an array of two dimensions or more has one for each first index."""
    found = (row for series in samples for row in _rows_of(series))
    return dict(row for row, _ in zip(found, range(_MOST_ROWS), strict=False))


def _rows_of(series: Series) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Each row of a result, of one key after the other."""
    size = len(series.values) // series.keys
    name = f"result{series.path}"
    if len(series.shape) < 2 or not series.shape[0] or size < series.shape[-1]:
        yield name, series.values
        return
    total = 1
    for length in series.shape[1:]:
        total *= length
    width = max(1, min(total, size))
    for row in range(size // width):
        starts = range(row * width, len(series.values), size)
        values = [value for start in starts for value in series.values[start : start + width]]
        yield f"{name}[{row}]", tuple(values)


def _most_dependent(rows: Rows) -> tuple[str, str] | None:
    pairs = [
        (left, right)
        for left, right in combinations(rows, 2)
        if len(rows[left]) == len(rows[right]) > 1
    ]
    return max(
        pairs,
        key=lambda pair: round(abs(_rank_correlation(rows[pair[0]], rows[pair[1]])), 6),
        default=None,
    )


def _cloud(rows: Rows, pair: tuple[str, str] | None) -> Cloud | None:
    pair = pair if pair and set(pair) <= set(rows) else _most_dependent(rows)
    if pair:
        points = tuple(zip(rows[pair[0]], rows[pair[1]], strict=False))
        return Cloud(points, *pair)
    for name, values in rows.items():
        return Cloud(tuple((float(i), value) for i, value in enumerate(values)), ORDER, name)
    return None


def _rank_correlation(left: Sequence[float], right: Sequence[float]) -> float:
    try:
        return correlation(_ranks(left), _ranks(right))
    except StatisticsError:
        return 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Each value's place in the order; equal values share one."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    return [sum(places[value]) / len(places[value]) for value in values]
