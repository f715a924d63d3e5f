"""Pictures as inline SVG: samples as points, and ULPs as bars."""

from __future__ import annotations

from collections.abc import Sequence

from rnglint.verify.messages import Comparison
from rnglint.verify.report.html.elements import Html, element, joined
from rnglint.verify.report.html.samples import Cloud

#: The side of a square picture, and the space between its frame and the outermost point.
_SIDE, _MARGIN = 150, 10

#: A bar with the space beside it, the tallest bar, and what stands above and below.
_BAR, _TALL, _ABOVE, _BELOW = 34, 70, 16, 32

Limits = tuple[float, float]


def scatter(cloud: Cloud, when: str, like: Sequence[Cloud]) -> Html:
    """The points of a cloud, on the scale of all that are `like` it."""
    every = [point for each in like for point in each.points]
    across, up = (_limits([point[axis] for point in every]) for axis in (0, 1))
    places = [(_place(x, across), _SIDE - _place(y, up)) for x, y in cloud.points]
    # Dots are strokes without length: many of them in one short path.
    dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
    told = f"{when}: {len(places)} points, {cloud.y} against {cloud.x}"
    return _svg(
        _SIDE,
        _SIDE,
        told,
        element("rect", x=0.5, y=0.5, width=_SIDE - 1, height=_SIDE - 1, class_="frame"),
        element("path", d=dots, class_="dots"),
    )


def ulp_histogram(comparison: Comparison) -> Html:
    """How many elements are how many ULPs apart, in bins that double in width."""
    counts = [comparison.total - comparison.unequal, *comparison.bins[1:]]
    counts[0] += comparison.bins[0]
    # A count of one must still be seen beside thousands.
    tallest = max(count.bit_length() for count in counts)
    bars = (
        _bar(place, name, count, _TALL * count.bit_length() / tallest)
        for place, (name, count) in enumerate(zip(_ranges(len(counts)), counts, strict=True))
    )
    told = f"ULPs between {comparison.mode} and eager: " + ", ".join(
        f"{count} at {name}"
        for name, count in zip(_ranges(len(counts)), counts, strict=True)
        if count
    )
    return _svg(max(3, len(counts)) * _BAR, _ABOVE + _TALL + _BELOW, told, *bars)


def _bar(place: int, name: str, count: int, height: float) -> Html:
    left, floor = place * _BAR, _ABOVE + _TALL
    middle = left + _BAR / 2
    bar = element(
        "rect",
        x=left + 4,
        y=round(floor - height, 1),
        width=_BAR - 8,
        height=round(height, 1),
        rx=2,
        class_="bar equal" if place == 0 else "bar",
    )
    number = element("text", str(count), x=middle, y=round(floor - height - 4, 1))
    label = element("text", name, x=middle, y=floor + 14, class_="label")
    return joined((bar, number, label) if count else (label,))


def _ranges(count: int) -> list[str]:
    """The names of the bins: 0, 1, 2-3, 4-7 …"""
    names = ["0", "1"] + [_power_range(bits) for bits in range(2, count)]
    return names[:count]


def _power_range(bits: int) -> str:
    return f"{1 << bits - 1}-{(1 << bits) - 1}" if bits < 8 else f"≥2^{bits - 1}"


def _limits(values: Sequence[float]) -> Limits:
    return min(values), max(values)


def _place(value: float, limits: Limits) -> float:
    """Where a value stands between both margins; in the middle where there is but one value."""
    low, high = limits
    # Halved first, as the width of all floats is no float.
    width = high / 2 - low / 2
    share = (value / 2 - low / 2) / width if width else 0.5
    return _MARGIN + share * (_SIDE - 2 * _MARGIN)


def _svg(width: float, height: float, told: str, *content: Html) -> Html:
    return element(
        "svg",
        element("title", told),
        *content,
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        role="img",
    )
