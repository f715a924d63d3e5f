"""Generators and keys of one scope that are made of the same seed, and alive at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnglint.facts.flow.streams import bound_name, user, uses_of
from rnglint.facts.layout import ScopeNode, Use
from rnglint.facts.model import DuplicateSeed, Stream

if TYPE_CHECKING:
    from rnglint.facts.flow.frame import Frame
    from rnglint.facts.flow.seedings import Seeding

#: Functions that make one and the same thing of a seed.
_SAME = {"jax.random.PRNGKey": "jax.random.key"}


@dataclass(frozen=True, slots=True)
class _Maker:
    """A statement that makes a stream and binds it to `name`, once in its scope."""

    seeding: Seeding
    name: str
    statement: int
    uses: tuple[Use, ...]


def duplicates(frame: Frame, seedings: Iterable[Seeding]) -> Iterator[DuplicateSeed]:
    """The streams of one run that are equal to an earlier one which is still in use."""
    found: dict[object, list[_Maker]] = {}
    for seeding in seedings:
        maker = _maker(frame, seeding)
        if maker is not None:
            qualified = _SAME.get(seeding.entry.qualified, seeding.entry.qualified)
            found.setdefault((qualified, seeding.value, seeding.rounds), []).append(maker)
    for makers in found.values():
        alive = [makers[0]]
        for maker in makers[1:]:
            if all(_live_together(each, maker) for each in alive):
                alive.append(maker)
        if len(alive) > 1:
            streams = tuple(_stream(frame, each) for each in alive)
            yield DuplicateSeed(streams, alive[0].seeding.entry, frame.scope.index)


def _maker(frame: Frame, seeding: Seeding) -> _Maker | None:
    """The statement `name = make(seed)`, if a seeding is one and nothing else binds the name."""
    site, layout = seeding.site, frame.analysis.layout
    makes = seeding.entry.effect in ("make", "key", "reseed")
    if site.callee or not makes or seeding.statement is None or len(site.node.args) != 1:
        return None
    method = seeding.entry.effect == "reseed"
    name = bound_name(layout.nodes[seeding.statement], site.node, method=method)
    if name is None or not _is_bound_once(name, frame.scope):
        return None
    uses = uses_of(name, frame.scope, layout, seeding.statement)
    return _Maker(seeding, name, seeding.statement, uses) if uses or "." in name else None


def _is_bound_once(name: str, scope: ScopeNode) -> bool:
    """Whether a variable of the scope has one binding; an attribute is taken to have one."""
    return "." in name or len(scope.bindings.get(name, ())) == 1


def _live_together(one: _Maker, other: _Maker) -> bool:
    """Whether both have names of their own and the first is used after the second is made."""
    if one.name == other.name or one.statement == other.statement:
        return False
    if one.seeding.guard.excludes(other.seeding.guard):
        return False
    later = [use for use in one.uses if use.statement is None or use.statement > other.statement]
    return bool(later) or "." in one.name


def _stream(frame: Frame, maker: _Maker) -> Stream:
    tree = frame.tree
    site = maker.seeding.site
    assert site.seed is not None
    return Stream(
        call=tree.span(site.node),
        name=maker.name,
        seed=tree.source.text_at(tree.span(site.seed)),
        statement=maker.statement,
        users=frozenset(user(use, frame.names) for use in maker.uses),
    )
