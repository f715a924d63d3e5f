"""Which repetitions of a key the program shows to be meant.

Results that are compared with each other (a test that asserts `f(key) == jit(f)(key)`), results
that are checked one by one in a test and never meet, calls whose results nobody wants (a warm-up,
a benchmark loop), twins that are to start equal, runs that start anew from the same, and whatever a
comment or a name declares.
"""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from rnglint.facts.intent.alike import is_for_alike_objects, is_in_unison, starts_anew
from rnglint.facts.intent.apart import never_meet, rounds_never_meet
from rnglint.facts.intent.compared import compared_later
from rnglint.facts.intent.comparisons import compared_within
from rnglint.facts.intent.discarded import is_for_nothing, is_thrown_away
from rnglint.facts.layout import Layout
from rnglint.facts.model import Consumption, KeyCapture, KeyReuse
from rnglint.facts.walk import descendants

#: Words of names for a network that starts as the equal of another one.
_TWIN = re.compile(r"target|teacher|ema|copy|frozen", re.IGNORECASE)
#: What is put before or behind a name for another way to get the same.
_VARIANT = re.compile(
    r"tfp?|np|numpy|ref|reference|expected|true|exact|approx|(?:un)?jit(?:ted)?|vmap(?:ped)?"
    r"|pmap(?:ped)?|batched|parallel|serial|sharded|short|long",
    re.IGNORECASE,
)
#: Names of keys that serve to look at a model now and then.
_FOR_A_LOOK = re.compile(r"eval|test|valid|sample|plot|vis|fixed|render", re.IGNORECASE)
#: What a comment says where a key is repeated on purpose.
_SAYS_SO = re.compile(
    r"#.*\b(?:same|identical|correlated|reus\w*)\b[\w\s`-]*\b(?:key|keys|rng|rngs|seed|seeds|noise|crop|prng)\b"
    r"|#.*\b(?:on purpose|intentional\w*|deliberate\w*|this is (?:fine|ok|okay|safe))\b",
    re.IGNORECASE,
)
#: A comment so many rows above the first use, in the same function, still speaks of the key.
_ABOVE = 12
#: In a source with more reuses than this nobody looks for what else was compared.
_FEW = 200


def mark_intended(reuses: tuple[KeyReuse, ...], layout: Layout) -> tuple[KeyReuse, ...]:
    """The reuses, with `intended` set where the program shows it."""
    few = len(reuses) <= _FEW
    marked = []
    for reuse in reuses:
        firsts = (reuse.first, *reuse.others) if few else (reuse.first,)
        pairs = [replace(reuse, first=item) for item in firsts]
        seen = not reuse.again.by.startswith("jax.random.")
        intended = (
            (seen and any(_says_so(item, layout, above=_ABOVE) for item in firsts))
            or any(_is_intended(pair, layout) for pair in pairs)
            or all(_stay_apart(pair, layout) for pair in pairs)
        )
        marked.append(replace(reuse, intended=True) if intended else reuse)
    return tuple(marked)


def mark_intended_captures(
    captures: tuple[KeyCapture, ...], layout: Layout
) -> tuple[KeyCapture, ...]:
    """The captured keys, with `intended` set where the program shows it of the two calls."""
    marked = []
    for capture in captures:
        pair = _as_reuse(capture) if capture.calls else None
        intended = pair and (_is_intended(pair, layout) or _stay_apart(pair, layout))
        marked.append(replace(capture, intended=True) if intended else capture)
    return tuple(marked)


def _as_reuse(capture: KeyCapture) -> KeyReuse:
    """The two calls of a function as if each consumed the key that it captures."""
    first, again = capture.calls
    return KeyReuse(first, again, capture.loop)


def _is_intended(reuse: KeyReuse, layout: Layout) -> bool:
    first, again = reuse.first.statement, reuse.again.statement
    if first is None or again is None:
        return False
    if _says_so(reuse.again, layout) or _is_a_constant(reuse):
        return True
    if reuse.loop is not None:
        return is_for_nothing(reuse.again, layout) or _is_for_a_look(reuse, layout)
    if first == again:
        return compared_within(reuse, layout)
    if _are_twins(reuse, layout) or is_thrown_away(reuse, layout):
        return True
    if starts_anew(reuse, layout) or is_for_alike_objects(reuse, layout):
        return True
    if is_in_unison(reuse, layout):
        return True
    return compared_later(reuse, first, again, layout)


def _stay_apart(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether a test checks both results one by one; it has to be so for each earlier use."""
    first, again = reuse.first.statement, reuse.again.statement
    if first is None or again is None:
        return False
    if reuse.loop is not None:
        return rounds_never_meet(reuse, reuse.loop, layout)
    return first != again and never_meet(reuse, first, again, layout)


def _says_so(place: Consumption, layout: Layout, above: int = 0) -> bool:
    """Whether a comment at the statement of a place, or right above it, says that it is meant.

    So may one up to `above` rows higher, in the function of the statement.
    """
    if place.statement is None:
        return False
    span = layout.statements[place.statement].span
    source = layout.tree.source
    home = layout.scopes[layout.statements[place.statement].scope].statement
    top = layout.statements[home].span if home is not None else None
    lowest = top.start.row if top and top.cell == span.cell else 1
    first = max(lowest, span.start.row - above)
    while first > 1 and _is_comment_or_blank(source.line(span.cell, first - 1)):
        first -= 1
    rows = range(first, span.end.row + 1)
    return any(_SAYS_SO.search(source.line(span.cell, row)) for row in rows)


def _is_comment_or_blank(row: str) -> bool:
    return row.lstrip()[:1] in ("", "#")


def _is_a_constant(reuse: KeyReuse) -> bool:
    """Whether a key is named as constants are, and only goes to functions that are not seen."""
    places = (reuse.first, reuse.again)
    return all(
        place.text.isupper() and not place.via and not place.by.startswith("jax.random.")
        for place in places
    )


def _are_twins(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether two things are made equal: one `init`, one key, a name like `target_params`."""
    one, other = (_assigned(place.statement, layout) for place in (reuse.first, reuse.again))
    if not one or not other:
        return False
    if reuse.first.by == reuse.again.by and reuse.first.by.endswith(".init"):
        return any(_TWIN.search(name) for name in (one, other))
    if _is_a_variant_method(reuse.first.by, reuse.again.by):
        return True
    seen = not reuse.first.by.startswith("jax.random.")
    return seen and (_is_variant(one, other) or _is_variant(other, one))


def _text(statement: int | None, layout: Layout) -> str:
    if statement is None:
        return ""
    return layout.tree.source.text_at(layout.statements[statement].span)


def _assigned(statement: int | None, layout: Layout) -> str:
    """What stands on the left side of an assignment, else nothing."""
    if statement is None or not isinstance(layout.nodes[statement], cst.Assign):
        return ""
    return _text(statement, layout).partition("=")[0].strip()


def _is_variant(name: str, other: str) -> bool:
    """Whether `other` is `name` with a word for another way to get it: `tfp_samples`, `x_ref`."""
    owner, _, own = name.rpartition(".")
    owner_of_other, _, longer = other.rpartition(".")
    if owner != owner_of_other or not own.isidentifier():
        return False
    added = longer.removesuffix("_" + own), longer.removeprefix(own + "_")
    return any(word != longer and _VARIANT.fullmatch(word) for word in added)


def _is_a_variant_method(name: str, other: str) -> bool:
    """Whether a method samples in another way: `model.sample` and `model.sample_path`."""
    return name.rpartition(".")[2] == "sample" and other.startswith(f"{name}_")


def _is_for_a_look(reuse: KeyReuse, layout: Layout) -> bool:
    """Whether every so many rounds a key of its own shows how far a model is."""
    place = reuse.again
    if place.by.startswith("jax.random.") or not _FOR_A_LOOK.search(place.text):
        return False
    statement = place.statement
    while statement is not None:
        node = layout.nodes[statement]
        if isinstance(node, cst.If) and _has_modulo(node.test):
            return True
        statement = layout.statements[statement].parent
    return False


def _has_modulo(test: cst.CSTNode) -> bool:
    """Whether a condition has a remainder in it: `step % 100 == 0`."""
    return any(
        isinstance(item, cst.BinaryOperation) and isinstance(item.operator, cst.Modulo)
        for item in descendants(test)
    )
