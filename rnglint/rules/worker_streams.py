"""What is wrong with a draw that workers make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rnglint.diagnostics import Span
from rnglint.facts.model import Context, Facts, HandOver, Scope
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code
from rnglint.rules.worker_setups import Setups
from rnglint.source.modules import is_test_file

#: Methods of generators that draw nothing.
_QUIET = frozenset(
    {"bit_generator", "get_state", "getstate", "seed", "set_state", "setstate", "spawn"}
)
_FROM_WORKER = re.compile(r"worker_info|\brank\b|worker_id", re.IGNORECASE)
_COPIES = "draws in workers, each of which has a copy of `{}`: all of them get the same numbers"
_IN_THREADS = (
    "draws in threads from one seeded stream: which of them gets which number changes from run"
    " to run"
)
#: What is wrong with draws from NumPy's global state, by the kind of workers.
_GLOBAL = {
    "processes": "draws in forked processes, each of which has a copy of NumPy's global state: all"
    " of them get the same numbers",
    "jobs": "draws in jobs from NumPy's global state: no seed reaches them all, and forked jobs all"
    " get the same numbers",
    "loader": "draws in a data set from NumPy's global state: before PyTorch 1.9, all workers of a"
    " `DataLoader` get the same numbers",
}


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw: from the global state of `library`, or from the object `receiver`."""

    span: Span
    text: str
    scope: int
    library: str = ""
    receiver: str = ""


def global_draws(facts: Facts) -> Iterator[Draw]:
    for item in facts.references:
        called = item.context is Context.CALL and item.entry.effect == "draw"
        if called and item.entry.library in ("numpy", "stdlib"):
            yield Draw(item.span, item.text, item.scope, library=item.entry.library)


def shared_draws(facts: Facts) -> Iterator[Draw]:
    for item in facts.method_uses:
        known = facts.knowledge.cls(item.owner)
        if known and item.call and item.attribute in known.methods - _QUIET:
            text = f"{item.receiver}.{item.attribute}"
            yield Draw(item.span, text, item.scope, receiver=item.receiver)


class Judge:
    """Tells what is wrong with a draw in a worker."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.places = Places(facts)
        self.setups = Setups(facts)

    def harm(self, draw: Draw, handed: HandOver) -> str:
        """What is wrong with a draw; "" where nothing is, or nothing is known."""
        workers = self.setups.workers(handed)
        if not workers or self._is_seeded_there(draw, handed):
            return ""
        if workers == "threads" and is_test_file(self.facts.source.filename):
            return ""
        if draw.library:
            return self._of_global_state(draw, workers)
        return self._of_an_object(draw, handed, workers)

    def _of_global_state(self, draw: Draw, workers: str) -> str:
        if workers == "threads":
            return _IN_THREADS if self._seeds(draw.library) else ""
        if draw.library != "numpy" or (workers == "processes" and self.setups.anew):
            return ""
        if workers == "loader" and self.setups.loader_seeds:
            return ""
        return _GLOBAL.get(workers, "")

    def _of_an_object(self, draw: Draw, handed: HandOver, workers: str) -> str:
        owner, _, name = draw.receiver.partition(".")
        if owner == "self" and name.isidentifier():
            held = workers == "loader" and self._is_held(name, handed)
            return _COPIES.format(draw.receiver) if held else ""
        binder = self.places.binder(draw.receiver, draw.scope)
        if binder is None or not self.places.within(handed.through[0], binder.index):
            return ""
        if binder.index == handed.through[0] or self._is_rebound(draw.receiver, handed):
            return ""
        if workers == "threads":
            return _IN_THREADS if self._made_with_a_seed(draw.receiver, binder) else ""
        return _COPIES.format(draw.receiver)

    def _is_seeded_there(self, draw: Draw, handed: HandOver) -> bool:
        """Whether workers are seeded before they draw."""
        if self.setups.initialized and handed.entry.workers != "threads":
            return True
        if _FROM_WORKER.search(self._class_text(handed)):
            return True
        return any(
            item.entry.effect == "seed"
            and item.entry.library == draw.library
            and self.places.evaluated_in(item.scope) in handed.through
            for item in self.facts.references
        )

    def _seeds(self, library: str) -> bool:
        """Whether the source seeds the global state of a library."""
        return any(
            item.entry.effect == "seed" and item.entry.library == library and item.call
            for item in self.facts.references
        )

    def _made_with_a_seed(self, name: str, binder: Scope) -> bool:
        return any(
            item.call
            and item.call.arguments
            and item.scope == binder.index
            and assigned_name(self.facts, item.statement, item.call.span) == name
            for item in self.facts.references
            if item.entry.effect == "make"
        )

    def _is_rebound(self, name: str, handed: HandOver) -> bool:
        """Whether a function on the way binds the variable itself: `global RNG`."""
        return any(name in self.facts.scopes[index].outer for index in handed.through)

    def _class_text(self, handed: HandOver) -> str:
        """The code of the class whose method is handed over."""
        parent = self.facts.scopes[handed.through[0]].parent
        if not parent or not handed.entry.methods:
            return ""
        return code(self.facts.text(self.facts.scopes[parent].span))

    def _is_held(self, name: str, handed: HandOver) -> bool:
        """Whether a data set gets its attribute when it is made, and no other afterwards."""
        text = self._class_text(handed)
        methods = re.split(r"\n\s*(?:async\s+)?def\s+", text)
        assigned = re.compile(rf"\bself\.{name}\b\s*(?::[^=\n]+)?=(?!=)")
        makers = [item for item in methods if assigned.search(item)]
        return bool(makers) and all(item.startswith("__init__") for item in makers)
