"""Library functions: what the knowledge tables say that they do to keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

import libcst as cst

from rnglint.facts.flow.arguments import Given, argument, folded_data, integer_of
from rnglint.facts.flow.definitions import looks_like_a_class
from rnglint.facts.flow.guesses import Guesser, is_harmless, may_hold_a_key
from rnglint.facts.flow.places import taken
from rnglint.facts.flow.seedings import Seeding, SeedSite
from rnglint.facts.flow.state import HELD, fresh, fresh_number
from rnglint.facts.flow.streams import is_called_a_generator
from rnglint.facts.flow.values import (
    SILENT,
    At,
    Attr,
    Choice,
    Elements,
    Entity,
    Fold,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Partial,
    Root,
    Value,
    Zip,
    described,
    from_end,
    handed_out,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.walk import dotted
from rnglint.knowledge.loader import Entry

#: Libraries whose other functions compute with arrays and consume no keys.
_ARRAY_LIBRARIES = ("jax.numpy.", "numpy.", "jax.lax.", "jax.tree", "jax.debug.", "builtins.")
#: Effects of functions that may be told even where arguments are unpacked.
_WITH_STARS = frozenset({"transform", "inspect", "hand"})
#: Iterables that hand on what they are given.
_SAME_ITEMS = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted"})


class Librarian(Guesser):
    """A frame that can call library functions."""

    @abstractmethod
    def apply(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        """Calls `callee` and returns what it returns."""

    def _library(self, callee: Library, given: Sequence[Given], node: cst.Call) -> Value:
        special = _SPECIAL.get(callee.qualified)
        if special:
            return special(self, given)
        entry = self.knowledge.lookup(callee.qualified)
        if entry is None:
            return self._undescribed(callee, given, node)
        if any(item.star for item in given) and entry.effect not in _WITH_STARS:
            return fresh()
        result = _EFFECTS[entry.effect](self, entry, given, node)
        if entry.seed is not None:
            self._seed(entry, given, node, result)
        return result

    def _undescribed(self, callee: Library, given: Sequence[Given], node: cst.Call) -> Value:
        if callee.qualified.startswith(_ARRAY_LIBRARIES):
            return fresh()
        harmless = is_harmless(callee.qualified.rpartition(".")[2])
        if not harmless and any(may_hold_a_key(item) for item in given):
            known = self.analysis.definitions.imported(callee.qualified)
            if known is not None:
                return self.apply(known, given, node)
        seeder = self.analysis.neighbours.find_seeder(callee.qualified)
        if seeder is not None:
            self.seed_by(seeder, given, node)
        self._consume_all(callee.qualified, given, node)
        made = fresh()
        if looks_like_a_class(callee.qualified):
            self.analysis.definitions.foreign[made.identity.root] = callee.qualified
        return made

    @abstractmethod
    def seed_by(self, callee: Value, given: Sequence[Given], node: cst.Call) -> None:
        """Notes the seeds that a function of another source sets."""

    def _seed(self, entry: Entry, given: Sequence[Given], node: cst.Call, made: Value) -> None:
        seed = argument(entry, given, entry.seed)
        if seed is None or self.state is None or seed.value == Literal(None):
            return
        if entry.effect == "make" and is_called_a_generator(seed.node):
            return
        value = seed.value
        if isinstance(value, Literal) or (isinstance(value, Entity) and value.kind is Kind.UNKNOWN):
            site = SeedSite(node, self.tree, seed.node)
            root = made.identity.root if isinstance(made, Entity) else None
            rounds = self.place_in_loops()
            seeding = Seeding(site, value, self.state.guard, rounds, entry, self.statement, root)
            self.analysis.seedings.note(self, seeding)

    def _consume_key(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = argument(entry, given, entry.key)
        if key:
            self.consume(
                key.value,
                key.node,
                entry.qualified,
                weak=entry.seed is not None,
                captured=_captured(key),
                written=not key.earlier,
                shared=key.shared,
            )
        return fresh()

    def _split(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = argument(entry, given, entry.key)
        count = argument(entry, given, entry.count)
        default = 2 if entry.count else None
        number = default if count is None else integer_of(count.value)
        if key:
            self.consume(
                key.value,
                key.node,
                entry.qualified,
                count=number or 0,
                captured=_captured(key),
                written=not key.earlier,
                shared=key.shared,
            )
        return fresh(Kind.KEYS, number)

    def _fold(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = argument(entry, given, entry.key)
        data = argument(entry, given, entry.data)
        if key is None or data is None or self.state is None:
            return fresh(Kind.KEY)
        folded = folded_data(data.value)
        if folded is not None:
            self.consume(key.value, key.node, entry.qualified, derived=folded)
        if isinstance(key.value, Entity):
            self.analysis.seedings.fold(key.value.identity.root, data.value)
        options = [
            (guard, Entity(self.original(entity.identity).then(self._fold_step(data)), Kind.KEY))
            for guard, entity in self.entities(key.value)
        ]
        if len(options) == 1:
            return options[0][1]
        return Choice(tuple(options)) if options else fresh(Kind.KEY)

    def _fold_step(self, data: Given) -> Fold:
        if isinstance(data.value, Literal):
            return Fold(data.value.value)
        if isinstance(data.value, Entity):
            return Fold(data.value.identity)
        return Fold(Identity(Root(fresh_number())))

    def _same(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = argument(entry, given, entry.key)
        if key and isinstance(key.value, (Entity, Choice, Items)):
            return key.value
        return fresh()

    def _fresh_key(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        return fresh(Kind.KEYS if entry.result == "keys" else Kind.KEY)

    def _make(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        self._consume_key(entry, given, node)
        return Instance(entry.makes) if entry.makes else fresh()

    def _nothing(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        return SILENT if entry.result == "function" else fresh()

    def _reseed(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        return Instance(entry.makes) if entry.makes else fresh()

    def _draw(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        if not any(item.keyword == "generator" for item in given):
            self.draw(entry.library, node)
        return fresh()

    def _transform(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        function = argument(entry, given, entry.function[0]) if entry.function else None
        if function:
            axes = next((item.node for item in given if item.keyword in _AXES), None)
            if axes is None and (position := entry.position("in_axes")) is not None:
                plain = [item for item in given if item.keyword is None]
                axes = plain[position].node if position < len(plain) else None
            return self.analysis.definitions.transformed(self._handed(function), entry, node, axes)
        # `partial(jax.jit, static_argnums=0)` and `jax.jit(static_argnums=0)` wait for a function.
        return Library(entry.qualified)

    def _handed(self, function: Given) -> Value:
        """The function that a transformation is given; of an object from elsewhere, too."""
        value, node = function.value, function.node
        if not isinstance(value, Entity) or not isinstance(node, cst.Attribute):
            return value
        if self.state is None or not isinstance(node.value, cst.Name):
            return value
        definitions = self.analysis.definitions
        owner = self.state.variables.get(node.value.value)
        owner = owner or definitions.outer_value(node.value, self.scope, self.statement)
        if not isinstance(owner, Entity):
            return value
        return definitions.method_of(owner, node.attr.value, self.scope, elsewhere=True) or value

    def _partial(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        if entry.makes and not entry.function:
            return Library(entry.makes)
        if not given or any(item.star for item in given):
            return fresh()
        first, *rest = given
        positional = tuple((item.value, item.node) for item in rest if item.keyword is None)
        keywords = tuple((item.keyword, item.value, item.node) for item in rest if item.keyword)
        return Partial(first.value, positional, keywords)

    def _run(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        """A function that calls its functions right away."""
        for name in entry.function if entry.traces and not entry.derivative else ():
            function = argument(entry, given, name)
            if function:
                self.analysis.trace(function.value, entry, node)
        return self.run(entry, given, node)

    def _hand(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        """What hands functions to workers; keys that go with them are consumed there."""
        for name in entry.function:
            handed = argument(entry, given, name)
            if handed:
                self.analysis.workers.hand(self, handed.value, entry, node)
        self._consume_all(entry.qualified, given, node)
        return fresh()

    @abstractmethod
    def run(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        """Calls the functions that are handed to `entry` as it does; returns what it returns."""

    def _range(self, given: Sequence[Given]) -> Value:
        parts: list[Identity] = []
        text = "range"
        for item in given:
            if isinstance(item.value, Entity):
                parts.append(item.value.identity)
            elif isinstance(item.value, Literal):
                text += f" {item.value.value}"
            else:
                return fresh()
        return Entity(described(text, *parts))

    def _converted(self, given: Sequence[Given]) -> Value:
        """`int(x)`: the same for the same argument."""
        value = given[0].value if len(given) == 1 else fresh()
        if isinstance(value, Entity) and value.kind is Kind.UNKNOWN:
            return Entity(described("int", value.identity))
        return value if isinstance(value, Literal) and isinstance(value.value, int) else fresh()

    def _zip(self, given: Sequence[Given]) -> Value:
        return Zip(tuple(item.value for item in given if not item.star))

    def _enumerate(self, given: Sequence[Given]) -> Value:
        return Zip((Entity(described("range")), given[0].value)) if len(given) == 1 else fresh()

    def _items(self, given: Sequence[Given]) -> Value:
        value = given[0].value if len(given) == 1 else fresh()
        if isinstance(value, Elements) and not value.backwards and not value.gone:
            value = value.value
        return value if isinstance(value, (Entity, Items, Zip)) else fresh()

    def _iterator(self, given: Sequence[Given]) -> Value:
        value = given[0].value if len(given) == 1 else fresh()
        if isinstance(value, (Entity, Items, Zip)):
            return Elements(value)
        return value if isinstance(value, Elements) else fresh()

    def _reversed(self, given: Sequence[Given]) -> Value:
        value = given[0].value if len(given) == 1 else fresh()
        if isinstance(value, Items):
            return Elements(Items(value.items[::-1]))
        return Elements(value, backwards=True) if isinstance(value, (Entity, Zip)) else fresh()

    def _next(self, given: Sequence[Given]) -> Value:
        """The first element; an iterator in a variable goes on to the others."""
        if not given:
            return fresh()
        node, value = given[0].node, given[0].value
        if found := self.taken_out(node, value, first=True):
            return found
        if isinstance(value, Elements):
            parts = _first_and_rest(value) if _is_made_here(node) else None
            if parts is not None:
                return parts[0]
            value = value.value
        keys = isinstance(value, Entity) and value.kind is Kind.KEYS
        if isinstance(value, Instance):
            keys = self.knowledge.lookup(f"{value.qualified}.__next__") is not None
        return fresh(Kind.KEY if keys else Kind.UNKNOWN)

    def _bits(self, given: Sequence[Given]) -> Value:
        """`key_data(key)`: the bits of a key are no key, but the same one can be made of them."""
        key = given[0].value if given else None
        return Entity(key.identity.then(_BITS)) if isinstance(key, Entity) else fresh()

    def _of_bits(self, given: Sequence[Given]) -> Value:
        """`wrap_key_data(bits)`."""
        bits = given[0].value if given else None
        if isinstance(bits, Entity) and bits.identity.path[-1:] == (_BITS,):
            return Entity(Identity(bits.identity.root, bits.identity.path[:-1]), Kind.KEY)
        return fresh(Kind.KEY)

    def taken_out(self, node: cst.BaseExpression, value: Value, *, first: bool) -> Value | None:
        """Takes the first or last key out of the variable `node`; None if it holds no keys."""
        if self.state is None or not isinstance(node, cst.Name):
            return None
        if node.value not in self.state.variables or _is_given(value, node.value):
            return None
        parts = _first_and_rest(value) if first else _last_and_rest(value)
        if parts is None:
            return None
        self.state.variables[node.value] = parts[1]
        return parts[0]

    def _repeat_key(self, given: Sequence[Given]) -> Value:
        """`jnp.repeat(key, n)`: an array of one and the same key."""
        value = given[0].value if given else fresh()
        single = isinstance(value, Entity) and value.kind is not Kind.KEYS
        return Items((value, value)) if single else fresh()

    def _replace(self, given: Sequence[Given]) -> Value:
        """`dataclasses.replace(value, field=…)`."""
        changed = self.changed_copy(given[0].value, given[1:]) if given else None
        return changed if changed is not None else fresh()


def _is_made_here(node: cst.BaseExpression) -> bool:
    """Whether an iterator is new: `iter(…)`, `reversed(…)`."""
    return isinstance(node, cst.Call) and dotted(node.func) in ("iter", "reversed")


def _is_given(value: Value, name: str) -> bool:
    """Whether a variable holds what the caller gave: the next call finds another element there."""
    return (
        isinstance(value, Entity)
        and value.kind is Kind.UNKNOWN
        and value.identity.root.is_variable
        and (value.identity.root.name, value.identity.path) == (name, ())
    )


def _first_and_rest(value: Value) -> tuple[Value, Value] | None:
    if isinstance(value, Elements):
        return _handed_out(value)
    if isinstance(value, Items) and value.items:
        return value.items[0], Items(value.items[1:])
    if not isinstance(value, Entity) or value.kind is not Kind.KEYS:
        return None
    identity, length = value.identity, value.length
    rest = Entity(taken(identity, Item(1, None)), Kind.KEYS, length - 1 if length else None)
    return Entity(taken(identity, Item(0, 1)), Kind.KEY), rest


def _handed_out(value: Elements) -> tuple[Value, Value] | None:
    """The next element, and what is left then."""
    inner = value.value
    parts = _last_and_rest(inner) if value.backwards else _first_and_rest(inner)
    if parts is not None:
        return parts[0], replace(value, value=parts[1])
    if value.backwards or not isinstance(inner, Entity) or inner.kind is Kind.KEY:
        return None
    index = handed_out(fresh_number(), value.gone)
    return Entity(taken(inner.identity, At(index))), replace(value, gone=value.gone + 1)


def _last_and_rest(value: Value) -> tuple[Value, Value] | None:
    if isinstance(value, Items) and value.items:
        return value.items[-1], Items(value.items[:-1])
    if not isinstance(value, Entity) or value.kind is Kind.KEY:
        return None
    identity, end = value.identity, value.length
    if not end:
        kind = Kind.KEY if value.kind is Kind.KEYS else Kind.UNKNOWN
        return Entity(taken(identity, At(from_end(1))), kind), fresh(value.kind)
    rest = Entity(taken(identity, Item(0, end - 1)), Kind.KEYS, end - 1)
    return Entity(taken(identity, Item(end - 1, end)), Kind.KEY), rest


#: The arguments of a transformation that say what each lane or device gets.
_AXES = ("in_axes", "in_specs")
#: The step from a key to its bits.
_BITS = Attr("key_data()")


def _captured(given: Given) -> int | None:
    """Marks a key that a `partial` holds, as `Consumed.captured` does one that a function holds."""
    return HELD if given.earlier else None


_EFFECTS: dict[str, Callable[[Librarian, Entry, Sequence[Given], cst.Call], Value]] = {
    "seed": Librarian._nothing,
    "reseed": Librarian._reseed,
    "draw": Librarian._draw,
    "state": Librarian._nothing,
    "make": Librarian._make,
    "key": Librarian._fresh_key,
    "clone": Librarian._fresh_key,
    "consume": Librarian._consume_key,
    "split": Librarian._split,
    "fold": Librarian._fold,
    "same": Librarian._same,
    "inspect": Librarian._nothing,
    "transform": Librarian._transform,
    "run": Librarian._run,
    "partial": Librarian._partial,
    "hand": Librarian._hand,
}
_SPECIAL: dict[str, Callable[[Librarian, Sequence[Given]], Value]] = {
    "builtins.range": Librarian._range,
    "builtins.int": Librarian._converted,
    "builtins.zip": Librarian._zip,
    "builtins.enumerate": Librarian._enumerate,
    "builtins.next": Librarian._next,
    "copy.replace": Librarian._replace,
    "jax.numpy.arange": Librarian._range,
    "jax.random.key_data": Librarian._bits,
    "jax.random.wrap_key_data": Librarian._of_bits,
    "jax.numpy.broadcast_to": Librarian._repeat_key,
    "jax.numpy.repeat": Librarian._repeat_key,
    "jax.numpy.tile": Librarian._repeat_key,
    "dataclasses.replace": Librarian._replace,
    "builtins.iter": Librarian._iterator,
    "builtins.reversed": Librarian._reversed,
    **dict.fromkeys(_SAME_ITEMS, Librarian._items),
}
