"""The other sources of a program: what a name that is imported from one of them stands for."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rnglint.facts.flow.values import Value
from rnglint.facts.names import Names
from rnglint.facts.scopes import lay_out
from rnglint.knowledge.loader import Knowledge
from rnglint.source.modules import find_module, read_module
from rnglint.source.reading import Source
from rnglint.source.seeders import is_seeder
from rnglint.tree.parsing import parse

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis

#: A name may be handed on by this many modules (`from .networks import MLP` in a package).
_MOST_HOPS = 4
#: Modules reached through more calls than this are not looked at.
_DEEPEST = 4
#: The parts of other sources that one process remembers.
_REMEMBERED = 256


@dataclass(slots=True)
class Neighbours:
    """Finds and analyses what one source imports from others.

    `start` makes the analysis of a source; `distance` counts the calls from source to source that
    led here. `consulted` are the files on which the answers depend.
    """

    source: Source
    knowledge: Knowledge
    start: Callable[[Names, Neighbours], Analysis]
    distance: int = 0
    consulted: set[str] = field(default_factory=set)
    _found: dict[str, Value | None] = field(default_factory=dict)
    _seeders: dict[str, bool] = field(default_factory=dict)
    _others: list[Neighbours] = field(default_factory=list)

    def find(self, qualified: str) -> Value | None:
        """The function or class that a qualified name means, if its source lies beside this one."""
        if qualified not in self._found:
            self._found[qualified] = self._find(qualified)
        return self._found[qualified]

    def find_seeder(self, qualified: str) -> Value | None:
        """As `find`, for a function that may set a seed, as its words tell."""
        if qualified not in self._seeders:
            self._seeders[qualified] = is_seeder(self.source.filename, qualified)
        return self.find(qualified) if self._seeders[qualified] else None

    def files(self) -> frozenset[str]:
        """The files on which answers depended, here or further away."""
        return frozenset(self.consulted).union(*(other.files() for other in self._others))

    def _find(self, qualified: str) -> Value | None:
        if self.distance >= _DEEPEST or not os.path.isfile(self.source.filename):
            return None
        filename = self.source.filename
        for _ in range(_MOST_HOPS):
            place = find_module(filename, qualified)
            if place is None or not place[1]:
                return None
            filename, rest = place
            self.consulted.add(filename)
            source = read_module(filename)
            if source is None or os.path.samefile(filename, self.source.filename):
                return None
            analysis = self._analysis(source, rest.partition(".")[0])
            if analysis is None:
                return None
            found = analysis.definitions.exported(rest)
            if not isinstance(found, str):
                return found
            qualified = found
        return None

    def _analysis(self, source: Source, wanted: str) -> Analysis | None:
        """The analysis of the part of another source that defines the name `wanted`."""
        key = (source.filename, source.program, wanted, id(self.knowledge), self.distance)
        if key in _remembered:
            _remembered.move_to_end(key)
            analysis = _remembered[key]
        else:
            analysis = _remembered[key] = self._analyse(source, wanted)
            if len(_remembered) > _REMEMBERED:
                _remembered.popitem(last=False)
        if analysis is not None:
            self._others.append(analysis.neighbours)
        return analysis

    def _analyse(self, source: Source, wanted: str) -> Analysis | None:
        tree, _ = parse(source, self.knowledge, wanted=wanted)
        if tree is None:
            return None
        names = Names(lay_out(tree), self.knowledge)
        beyond = Neighbours(source, self.knowledge, self.start, self.distance + 1)
        return self.start(names, beyond)


_remembered: OrderedDict[tuple[str, str, str, int, int], Analysis | None] = OrderedDict()
