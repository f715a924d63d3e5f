"""What the runs of one source report, collected as nodes and handed out as facts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import libcst as cst

from rnglint.facts.flow.places import overlap
from rnglint.facts.flow.state import RETURNED, Site
from rnglint.facts.flow.values import Identity
from rnglint.facts.layout import Layout, ScopeNode
from rnglint.facts.model import (
    Consumption,
    KeyBroadcast,
    KeyCapture,
    KeyEscape,
    KeyReuse,
    UnusedKey,
)
from rnglint.tree.parsing import Tree


@dataclass(frozen=True, slots=True)
class Reuse:
    """A reuse as nodes; see `KeyReuse`."""

    first: Site
    again: Site
    loop: int | None
    same_binding: bool
    others: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """A captured key as nodes; see `KeyCapture`."""

    site: Site
    by: str
    node: cst.CSTNode
    loop: int | None = None
    calls: tuple[Site, Site] | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A key sent to every lane, as nodes; see `KeyBroadcast`."""

    site: Site
    by: str
    node: cst.CSTNode


@dataclass(frozen=True, slots=True)
class Escape:
    """A consumed key that is handed on, as nodes; see `KeyEscape`."""

    site: Site
    node: cst.CSTNode
    stored: bool


@dataclass(slots=True)
class _Made:
    """A variable that gets a new key: each key that any evaluation gave it."""

    node: cst.Name
    call: cst.CSTNode
    by: str
    identities: set[Identity] = field(default_factory=set)


#: A misuse of something that may be no key counts if one of these is proven to be one.
Unproven = tuple[Identity, ...]


@dataclass(slots=True)
class Findings:
    """Collects what is reported, one finding for each place, and who uses which key.

    `excused` are functions in which nothing is reported: rules of derivatives, which draw the same
    noise again as they should, and functions that are expected to fail.
    """

    layout: Layout
    muted: int = 0
    proven: set[Identity] = field(default_factory=set)
    reuses: dict[int, Reuse] = field(default_factory=dict)
    captures: dict[int, Capture] = field(default_factory=dict)
    broadcasts: dict[int, Broadcast] = field(default_factory=dict)
    escapes: dict[int, Escape] = field(default_factory=dict)
    excused: set[int] = field(default_factory=set)
    dropped: dict[int, tuple[cst.CSTNode, str]] = field(default_factory=dict)
    doubts: dict[int, Site] = field(default_factory=dict)
    _pending: list[tuple[Reuse | Capture | Broadcast, Unproven]] = field(default_factory=list)
    _made: dict[int, _Made] = field(default_factory=dict)
    _used: dict[object, set[Identity]] = field(default_factory=dict)

    @property
    def tree(self) -> Tree:
        """The tree of the source."""
        return self.layout.tree

    # -- collecting -----------------------------------------------------------------------------

    def report(self, found: Reuse | Capture | Broadcast, unless_proven: Unproven = ()) -> None:
        """Notes a misuse; one of something that may be no key waits until it is proven one."""
        if self.muted:
            return
        if unless_proven:
            self._pending.append((found, unless_proven))
        else:
            self._add(found)

    def _add(self, found: Reuse | Capture | Broadcast) -> None:
        if isinstance(found, Reuse):
            self.reuses.setdefault(id(found.again.node), found)
        elif isinstance(found, Capture):
            self.captures.setdefault(id(found.site.node), found)
        else:
            self.broadcasts.setdefault(id(found.site.node), found)

    def escape(self, found: Escape) -> None:
        """Notes that a consumed key is handed on."""
        if not self.muted:
            self.escapes.setdefault(id(found.node), found)

    def doubt(self, site: Site) -> None:
        """Notes that a key may be consumed there: no ground for a finding."""
        if not self.muted:
            self.doubts.setdefault(id(site.node), site)

    def drop(self, node: cst.CSTNode, by: str) -> None:
        """Notes that a call makes keys which nobody gets."""
        if not self.muted:
            self.dropped[id(node)] = (node, by)

    def make(self, node: cst.Name, call: cst.CSTNode, by: str, identity: Identity) -> None:
        """Notes that a variable got a new key from `call`."""
        if not self.muted:
            made = self._made.setdefault(id(node), _Made(node, call, by))
            made.identities.add(identity)

    def use(self, identity: Identity) -> None:
        """Notes that something with this identity was asked for."""
        self._used.setdefault(identity.root, set()).add(identity)

    # -- handing out ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Decides what waited to be proven, and gives each misuse its most specific name."""
        for found, identities in self._pending:
            if any(identity in self.proven for identity in identities):
                self._add(found)
        self._pending.clear()
        self._drop_excused()
        self._prefer_escapes()
        told = {id(node) for node in self._told()}
        for key, escape in list(self.escapes.items()):
            if any(id(site.node) in told for site in _chain(escape.site)):
                del self.escapes[key]
        for key in self.captures.keys() & self.reuses.keys():
            del self.captures[key]

    def _prefer_escapes(self) -> None:
        """What a function returns consumed is reported there, not wherever it is used."""
        escaped = {id(escape.site.node) for escape in self.escapes.values()}
        for key, reuse in list(self.reuses.items()):
            returned = reuse.first.parameter == RETURNED
            if returned and any(id(site.node) in escaped for site in _chain(reuse.first)):
                del self.reuses[key]

    def _drop_excused(self) -> None:
        """Nothing is reported in functions that are excused."""
        excused = self._is_excused
        self.reuses = {k: i for k, i in self.reuses.items() if not excused(i.again.scope)}
        self.captures = {k: i for k, i in self.captures.items() if not excused(i.site.scope)}
        self.broadcasts = {k: i for k, i in self.broadcasts.items() if not excused(i.site.scope)}
        self.escapes = {k: i for k, i in self.escapes.items() if not excused(i.site.scope)}

    def _is_excused(self, index: int) -> bool:
        """Whether a scope lies in a function in which nothing is reported."""
        scope: ScopeNode | None = self.layout.scopes[index]
        while scope is not None:
            if id(scope.node) in self.excused:
                return True
            scope = scope.parent
        return False

    def _told(self) -> Iterator[cst.CSTNode]:
        """The places that consume a key of which a misuse is reported."""
        sites = [site for item in self.reuses.values() for site in (item.first, item.again)]
        sites += [capture.site for capture in self.captures.values()]
        sites += [broadcast.site for broadcast in self.broadcasts.values()]
        for start in sites:
            for site in _chain(start):
                yield site.node

    def place(self, site: Site) -> Consumption:
        """A site as plain data."""
        span = self.tree.span(site.node)
        via = ""
        if site.inner:
            inner = site.inner.tree.span(site.inner.node)
            if site.inner.tree is not self.tree:
                where = f" of {self._from_here(site.inner.tree.source.filename)}"
            elif inner.cell != span.cell:
                where = f" of cell {inner.cell}"
            else:
                where = ""
            via = f"`{site.by}` consumes {site.parameter} on line {inner.start.row}{where}"
        return Consumption(
            span=span,
            text="" if site.parameter == RETURNED else site.label or self.tree.source.text_at(span),
            by=site.by,
            scope=site.scope,
            statement=site.statement,
            rewritable=site.rewritable,
            loops=site.loops,
            via=via,
        )

    def _from_here(self, filename: str) -> str:
        """Where another file lies, seen from this one."""
        folder = os.path.dirname(os.path.abspath(self.tree.source.filename))
        try:
            return os.path.relpath(filename, folder).replace(os.sep, "/")
        except ValueError:  # another drive
            return filename

    def key_reuses(self) -> tuple[KeyReuse, ...]:
        """All reuses, in source order."""
        found = [
            KeyReuse(
                first=self.place(item.first),
                again=self.place(item.again),
                loop=item.loop,
                same_binding=item.same_binding,
                others=tuple(map(self.place, item.others)),
            )
            for item in self.reuses.values()
        ]
        return tuple(sorted(found, key=lambda item: item.again.span.sort_key))

    def key_captures(self) -> tuple[KeyCapture, ...]:
        """All captured keys, in source order."""
        found = [
            KeyCapture(
                consumption=self.place(item.site),
                by=item.by,
                span=self.tree.span(item.node),
                loop=item.loop,
                calls=(self.place(item.calls[0]), self.place(item.calls[1])) if item.calls else (),
            )
            for item in self.captures.values()
        ]
        return tuple(sorted(found, key=lambda item: item.consumption.span.sort_key))

    def key_broadcasts(self) -> tuple[KeyBroadcast, ...]:
        """All keys sent to every lane, in source order."""
        found = [
            KeyBroadcast(self.place(item.site), item.by, self.tree.span(item.node))
            for item in self.broadcasts.values()
        ]
        return tuple(sorted(found, key=lambda item: item.argument.span.sort_key))

    def key_escapes(self) -> tuple[KeyEscape, ...]:
        """All consumed keys that are handed on, in source order."""
        found = []
        for item in self.escapes.values():
            span = self.tree.span(item.node)
            text = self.tree.source.text_at(span)
            found.append(KeyEscape(self.place(item.site), span, text, item.stored))
        return tuple(sorted(found, key=lambda item: item.span.sort_key))

    def key_doubts(self) -> tuple[Consumption, ...]:
        """All places that may consume a key, for all that is known, in source order."""
        found = map(self.place, self.doubts.values())
        return tuple(sorted(found, key=lambda item: item.span.sort_key))

    def unused_keys(self) -> tuple[UnusedKey, ...]:
        """All keys that were made for nothing, in source order."""
        found = [UnusedKey(self.tree.span(node), (), by) for node, by in self.dropped.values()]
        calls: dict[int, list[_Made]] = {}
        for made in self._made.values():
            if not any(self._is_used(identity) for identity in made.identities):
                calls.setdefault(id(made.call), []).append(made)
        for group in calls.values():
            names = tuple(made.node.value for made in group)
            found.append(UnusedKey(self.tree.span(group[0].node), names, group[0].by))
        return tuple(sorted(found, key=lambda item: item.span.sort_key))

    def _is_used(self, identity: Identity) -> bool:
        return any(overlap(identity, other) for other in self._used.get(identity.root, ()))


def _chain(site: Site) -> Iterable[Site]:
    """A site and the places in called functions that it stands for."""
    current: Site | None = site
    while current is not None:
        yield current
        current = current.inner
