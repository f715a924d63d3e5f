"""Calls: what a library function, a visible function or an unknown one does to its arguments."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import libcst as cst

from rnglint.facts.flow.arguments import Given, argument, folded_data, integer_of
from rnglint.facts.flow.definitions import is_frozen, looks_like_a_class
from rnglint.facts.flow.frame import BudgetSpent, Frame, Repetition
from rnglint.facts.flow.state import HELD, fresh, fresh_number
from rnglint.facts.flow.summaries import Summary
from rnglint.facts.flow.values import (
    SILENT,
    At,
    Attr,
    Choice,
    Class,
    Entity,
    Fold,
    Function,
    Identity,
    Instance,
    Item,
    Kind,
    Library,
    Literal,
    Mapping,
    Partial,
    Record,
    Root,
    Transformed,
    Value,
    Zip,
    count_of,
    described,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.names import call_fact
from rnglint.facts.walk import dotted
from rnglint.knowledge.loader import Entry

#: Methods that keep, show or describe their argument, whatever they belong to.
_HARMLESS = frozenset(
    [
        "add",
        "add_argument",
        "append",
        "appendleft",
        "count",
        "debug",
        "discard",
        "error",
        "eval_shape",
        "exception",
        "extend",
        "fail",
        "format",
        "get",
        "index",
        "info",
        "insert",
        "issubset",
        "join",
        "log",
        "lower",
        "pop",
        "print",
        "push",
        "put",
        "remove",
        "set",
        "setdefault",
        "startswith",
        "tabulate",
        "warn",
        "warning",
        "write",
    ]
)
_HARMLESS_PREFIXES = (
    "assert",
    "check",
    "copy",
    "dma",
    "has_",
    "is_",
    "load",
    "log_",
    "print",
    "save",
    "sync_copy",
    "transfer",
    "validate",
)
#: Libraries whose other functions compute with arrays and consume no keys.
_ARRAY_LIBRARIES = ("jax.numpy.", "numpy.", "jax.lax.", "jax.tree", "jax.debug.", "builtins.")
#: Methods that make a function the derivative, or the batched version, of another one.
DERIVATIVE_RULES = frozenset({"def_vmap", "defjvp", "defvjp"})
#: Methods of networks that derive keys of their own from the one that they are given.
_DERIVING = frozenset({"init", "init_with_output", "lazy_init"})
#: Names that people give to keys.
KEY_NAME = re.compile(r"key|rng|seed", re.IGNORECASE)
#: Iterables that hand on what they are given.
_SAME_ITEMS = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.iter", "builtins.reversed", "builtins.sorted"}
)


#: Classes of whose objects every use is a fact: a fix has to see them all. Of others, only methods
#: that they lack.
_ALL_USES = frozenset({"numpy.random.RandomState"})


class Caller(Frame):
    """A frame that can call."""

    @abstractmethod
    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression, whose effects happen."""

    def arguments(self, node: cst.Call) -> list[Given]:
        """Evaluates the arguments of a call; what is unpacked is, where it is known."""
        found: list[Given] = []
        for item in node.args:
            value = self.evaluate(item.value)
            if item.star == "*" and isinstance(value, Items):
                found += [Given(each, item.value, earlier=True) for each in value.items]
            elif item.star == "**" and isinstance(value, Mapping) and _all_names(value):
                pairs = value.items
                found += [Given(each, item.value, str(name), earlier=True) for name, each in pairs]
            else:
                keyword = item.keyword.value if item.keyword else None
                found.append(Given(value, item.value, keyword, item.star))
        return found

    @abstractmethod
    def component(self, value: Value, index: int) -> Value:
        """The element at a known index."""

    @abstractmethod
    def callee(self, node: cst.Call) -> Value:
        """The value of the function that a call names."""

    def apply(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        """Calls `callee` and returns what it returns."""
        if isinstance(callee, Library):
            return self._library(callee, given, node)
        if isinstance(callee, Items):
            return fresh()
        if isinstance(callee, Partial):
            bound = [Given(value, where, earlier=True) for value, where in callee.positional]
            named = [
                Given(value, where, name, earlier=True) for name, value, where in callee.keywords
            ]
            outer, self.resumed = self.resumed, node
            result = self.apply(callee.function, [*bound, *given, *named], node)
            self.resumed = outer
            return result
        if isinstance(callee, Transformed):
            return self._transformed(callee, given, node)
        if isinstance(callee, Function):
            return self._function(callee, given, node)
        if isinstance(callee, Class):
            return self._class(callee, given, node)
        if isinstance(callee, Instance):
            method = self.knowledge.lookup(f"{callee.qualified}.__call__")
            return self._library(Library(method.qualified), given, node) if method else fresh()
        return self._unknown(callee, given, node)

    def _transformed(self, callee: Transformed, given: Sequence[Given], node: cst.Call) -> Value:
        if callee.derivative:
            enclosing, self.derived_from = self.derived_from, _first_argument(callee.node)
            self.derivative += 1
            self.apply(callee.function, given, node)
            self.derivative -= 1
            self.derived_from = enclosing
            return fresh()
        lanes = [_in_lane(callee, index, item) for index, item in enumerate(given)]
        with self.repeated(Repetition(callee.by, callee.node)):
            self.apply(callee.function, lanes, node)
        return fresh()

    @contextmanager
    def repeated(self, repetition: Repetition | None) -> Iterator[None]:
        """Calls meanwhile are runs of a function that `repetition` repeats."""
        enclosing, self.repetition = self.repetition, repetition
        self.mapped += 1
        yield
        self.mapped -= 1
        self.repetition = enclosing

    # -- library functions --------------------------------------------------------------------

    def _library(self, callee: Library, given: Sequence[Given], node: cst.Call) -> Value:
        entry = self.knowledge.lookup(callee.qualified)
        if entry is None:
            return self._undescribed(callee, given, node)
        special = _SPECIAL.get(callee.qualified)
        if special:
            return special(self, given)
        if any(item.star for item in given) and entry.effect not in ("transform", "inspect"):
            return fresh()
        result = _EFFECTS[entry.effect](self, entry, given, node)
        if entry.seed is not None:
            self._seed(entry, given, node, result)
        return result

    def _undescribed(self, callee: Library, given: Sequence[Given], node: cst.Call) -> Value:
        special = _SPECIAL.get(callee.qualified)
        if special:
            return special(self, given)
        if callee.qualified.startswith(_ARRAY_LIBRARIES):
            return fresh()
        harmless = _is_harmless(callee.qualified.rpartition(".")[2])
        if not harmless and any(_may_hold_a_key(item) for item in given):
            known = self.analysis.definitions.imported(callee.qualified)
            if known is not None:
                return self.apply(known, given, node)
        self._consume_all(callee.qualified, given, node)
        made = fresh()
        if looks_like_a_class(callee.qualified):
            self.analysis.definitions.foreign[made.identity.root] = callee.qualified
        return made

    def _seed(self, entry: Entry, given: Sequence[Given], node: cst.Call, made: Value) -> None:
        seed = argument(entry, given, entry.seed)
        if seed is None or self.state is None or seed.value == Literal(None):
            return
        if isinstance(seed.value, Literal) or (
            isinstance(seed.value, Entity) and seed.value.kind is Kind.UNKNOWN
        ):
            self.analysis.seedings.note(self, entry, node, seed.node, seed.value, made)

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
        options = [
            (guard, Entity(entity.identity.then(self._fold_step(data)), Kind.KEY))
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

    def _transform(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        function = argument(entry, given, entry.function[0]) if entry.function else None
        if function:
            axes = next((item.node for item in given if item.keyword == "in_axes"), None)
            if axes is None and (position := entry.position("in_axes")) is not None:
                plain = [item for item in given if item.keyword is None]
                axes = plain[position].node if position < len(plain) else None
            return self.analysis.definitions.transformed(function.value, entry, node, axes)
        # `partial(jax.jit, static_argnums=0)` and `jax.jit(static_argnums=0)` wait for a function.
        return Library(entry.qualified)

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

    @abstractmethod
    def run(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        """Calls the functions that are handed to `entry` as it does; returns what it returns."""

    def blindly(self, callee: Value, node: cst.Call) -> None:
        """Calls a function with arguments of which nothing is known."""
        if isinstance(callee, Partial):
            values = [*callee.positional, *((value, where) for _, value, where in callee.keywords)]
            if any(isinstance(value, Entity) for value, _ in values):
                self.apply(callee, [], node)
        elif isinstance(callee, Function):
            summary = self._summary(callee)
            if summary is not None:
                self.analysis.instantiate(self, summary, {}, node)

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

    def _zip(self, given: Sequence[Given]) -> Value:
        return Zip(tuple(item.value for item in given if not item.star))

    def _enumerate(self, given: Sequence[Given]) -> Value:
        return Zip((Entity(described("range")), given[0].value)) if len(given) == 1 else fresh()

    def _items(self, given: Sequence[Given]) -> Value:
        if len(given) == 1 and isinstance(given[0].value, (Entity, Items, Zip)):
            return given[0].value
        return fresh()

    def _next(self, given: Sequence[Given]) -> Value:
        kind = Kind.UNKNOWN
        if given and isinstance(given[0].value, Entity) and given[0].value.kind is Kind.KEYS:
            kind = Kind.KEY
        if given and isinstance(given[0].value, Instance):
            method = self.knowledge.lookup(f"{given[0].value.qualified}.__next__")
            kind = Kind.KEY if method else Kind.UNKNOWN
        return fresh(kind)

    # -- functions of this program ------------------------------------------------------------

    def _function(self, callee: Function, given: Sequence[Given], node: cst.Call) -> Value:
        summary = self._summary(callee)
        if summary is None or self.state is None:
            return self._unknown(callee, given, node)
        if callee.home is self.analysis:
            self.analysis.traces.call(self.scope, callee.node)
        bound = summary.bind(callee, given, node)
        if bound is None:
            # What it does with its arguments cannot be told; what it captures it has all the same.
            self.analysis.instantiate(self, summary, {}, node)
            return self._unknown(callee, given, node)
        return self.analysis.instantiate(self, summary, bound, node)

    def _summary(self, callee: Function) -> Summary | None:
        """What a visible function does; None where that cannot be told."""
        if callee.home is self.analysis:
            return self.analysis.summary(callee.node)
        try:
            return callee.home.summary(callee.node)
        except (BudgetSpent, RecursionError):
            return None

    def _class(self, callee: Class, given: Sequence[Given], node: cst.Call) -> Value:
        """Makes an object: what a visible `__init__` consumes is consumed, the rest is kept."""
        record = self._record(callee, given)
        if record is not None:
            return record
        instance = fresh()
        self.analysis.definitions.classes[instance.identity.root] = callee
        method = callee.home.definitions.method(callee.node, "__init__", instance)
        if method is not None:
            self.apply(method, given, node)
        return instance

    def _record(self, callee: Class, given: Sequence[Given]) -> Record | None:
        """An object of a NamedTuple or dataclass, if all its fields can be told."""
        fields = callee.home.definitions.fields(callee.node)
        plain = [item.value for item in given if item.keyword is None]
        if fields is None or len(plain) > len(fields) or any(item.star for item in given):
            return None
        values: dict[str, Value] = {name: fresh() for name in fields}
        values.update(zip(fields, plain, strict=False))
        values.update((item.keyword, item.value) for item in given if item.keyword)
        return Record(tuple(values.items()), callee, frozen=is_frozen(callee.node))

    def changed_copy(self, value: Value, given: Sequence[Given]) -> Value | None:
        """What `value._replace(field=…)` makes; None where the arguments are no fields."""
        items = [(item.keyword, item.value) for item in given if item.keyword and not item.star]
        if not given or len(items) != len(given):
            return None
        if isinstance(value, Record):
            return value.replaced(items)
        if isinstance(value, Entity) and value.kind is Kind.UNKNOWN:
            return Record(tuple(items), None, value)
        return None

    def field_of(self, record: Record, name: str) -> Value:
        """The field `name` of a record."""
        known = record.get(name)
        if known is not None:
            return known
        if isinstance(record.base, Record):
            return self.field_of(record.base, name)
        if isinstance(record.base, Entity):
            return self.attribute_of(record.base, name)
        return fresh()

    def _repeat_key(self, given: Sequence[Given]) -> Value:
        """`jnp.repeat(key, n)`: an array of one and the same key."""
        value = given[0].value if given else fresh()
        single = isinstance(value, Entity) and value.kind is not Kind.KEYS
        return Items((value, value)) if single else fresh()

    def _replace(self, given: Sequence[Given]) -> Value:
        """`dataclasses.replace(value, field=…)`."""
        changed = self.changed_copy(given[0].value, given[1:]) if given else None
        return changed if changed is not None else fresh()

    # -- unknown functions --------------------------------------------------------------------

    def _unknown(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        if isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name):
            self.disturb(node.func.value)
            if node.func.attr.value in DERIVATIVE_RULES:
                self._excuse(given)
        name = self.derived_from or _name_of(node.func)
        self._consume_all(name, given, node, guessed=True)
        return fresh()

    def _excuse(self, given: Sequence[Given]) -> None:
        """The rules of a custom derivative may hand the key on, to draw the same noise again."""
        for item in given:
            if isinstance(item.value, Function):
                self.findings.excused.add(id(item.value.node))

    def _consume_all(
        self, name: str, given: Sequence[Given], node: cst.Call, *, guessed: bool = False
    ) -> None:
        """An unknown function is taken to consume the keys that it is given.

        Not one that is given a function as well: it may only trace that. Not one whose result is
        thrown away: it keeps the key, or checks it. Not one that is also given the index of a loop,
        which it may fold in.
        """
        last = name.rpartition(".")[2]
        if not last or _is_harmless(last) or looks_like_a_class(last):
            return
        if any(isinstance(item.value, (Function, Partial, Transformed, Library)) for item in given):
            return
        keeps = node is self.dropped or any(_holds_an_index(item.value) for item in given)
        derives = last if last in _DERIVING and "." in name and len(given) > 1 else ""
        for item in given:
            if item.keyword == "rngs" or (derives and isinstance(item.value, Mapping)):
                self._hand_over_streams(last, item)
            elif not item.star:
                if not keeps:
                    self.consume(
                        item.value, item.node, name, weak=True, derives=derives, guessed=guessed
                    )
                self.forget(item.value)
                if isinstance(item.node, cst.Name):
                    self.lose(item.node, item.value)

    def _hand_over_streams(self, name: str, given: Given) -> None:
        """A network derives keys by `fold_in` from those of its streams: `rngs={"dropout": key}`.

        It does so for every name of a stream anew: the same key under two names is two keys.
        """
        value, literal = given.value, given.node
        streams = value.items if isinstance(value, Mapping) else (("", value),)
        nodes = [literal] * len(streams)
        if isinstance(literal, cst.Dict) and len(literal.elements) == len(streams):
            nodes = [element.value for element in literal.elements]
        for node, (stream, key) in zip(nodes, streams, strict=True):
            derives = f"{name} {stream}"
            self.consume(key, node, name, weak=True, derives=derives, written=node is not literal)

    @abstractmethod
    def store(
        self, owner: Value, step: Attr | Item | At, value: Value, target: cst.CSTNode
    ) -> None:
        """Sets an attribute or element of what `owner` is."""

    @abstractmethod
    def set_field(self, node: cst.Name, record: Record, name: str, value: Value) -> None:
        """The variable `node`, which holds this record, holds one with another field now."""

    def disturb(self, node: cst.Name) -> None:
        """A method of an object was called: its attributes may be others now."""
        if self.state is None:
            return
        value = self.state.variables.get(node.value)
        if isinstance(value, (Items, Mapping)):
            self.state.variables[node.value] = fresh()
        if value is not None:
            self.lose(node, value)
            self.forget(value)

    def lose(self, node: cst.Name, value: Value) -> None:
        """Someone else got what a variable holds: there may be something else in it now."""
        mutable = isinstance(value, (Items, Mapping)) or (
            isinstance(value, Record) and not value.frozen
        )
        if mutable and self.state is not None:
            self.state.variables[node.value] = fresh()

    def forget(self, value: Value) -> None:
        """The attributes of `value` may be others from here on."""
        if isinstance(value, Entity) and value.kind is Kind.UNKNOWN and self.state is not None:
            for place in [item for item in self.state.stored if _below(item, value.identity)]:
                del self.state.stored[place]
            if value.identity.root.is_variable:
                self.stored.add(value.identity.then(Attr("*")))
            self.state.moved[value.identity] = Root(fresh_number())

    def attribute_of(self, entity: Entity, name: str) -> Value:
        """The attribute `name` of an entity: what was stored there, or something of its own."""
        if self.state is None or entity.kind is not Kind.UNKNOWN:
            return fresh()
        moved = self.state.moved.get(entity.identity)
        base = Identity(moved) if moved else entity.identity
        place = base.then(Attr(name))
        return self.state.stored.get(place, Entity(place))

    def record_method(self, instance: Instance, node: cst.Attribute, call: cst.Call | None) -> None:
        """Notes that an attribute of a library's object is used, unless nobody asks for it."""
        entry = self.knowledge.cls(instance.qualified)
        missing = entry is None or node.attr.value in entry.missing
        if not missing and instance.qualified not in _ALL_USES:
            return
        self.analysis.record_method(
            instance.qualified,
            node,
            self.scope,
            self.statement,
            call_fact(self.tree, call) if call is not None else None,
        )


def _all_names(value: Mapping) -> bool:
    return all(isinstance(name, str) for name, _ in value.items)


def _holds_an_index(value: Value) -> bool:
    """Whether a value is, or holds, the variable of a loop over a range."""
    if isinstance(value, Items):
        return any(map(_holds_an_index, value.items))
    if not isinstance(value, Entity) or not value.identity.path:
        return False
    last = value.identity.path[-1]
    return isinstance(last, Item) and bool(last.loop) and count_of(value.identity) is not None


def _may_hold_a_key(given: Given) -> bool:
    """Whether an argument is known to be a key, or is called as one."""
    value = given.value
    if isinstance(value, Choice):
        return any(isinstance(i, Entity) and i.kind is not Kind.UNKNOWN for _, i in value.options)
    if isinstance(value, (Items, Mapping)):
        return True
    if not isinstance(value, Entity):
        return False
    name = (dotted(given.node) or "").rpartition(".")[2] + " " + (given.keyword or "")
    return value.kind is not Kind.UNKNOWN or KEY_NAME.search(name) is not None


def _captured(given: Given) -> int | None:
    """Marks a key that a `partial` holds, as `Consumed.captured` does one that a function holds."""
    return HELD if given.earlier else None


def _in_lane(callee: Transformed, index: int, given: Given) -> Given:
    """An argument as one lane of a transformed function gets it."""
    if not callee.many or given.keyword is not None:
        return replace(given, shared=False, varied=True)
    shared = callee.is_shared(index)
    return replace(given, shared=shared and not given.varied, varied=given.varied or not shared)


def _below(place: Identity, base: Identity) -> bool:
    return place.root == base.root and place.path[: len(base.path)] == base.path


def _name_of(function: cst.BaseExpression) -> str:
    """What an unknown function is called: `f` in `f(x)` and `jax.jit(f)(x)`, else nothing."""
    name = dotted(function)
    if name is None and isinstance(function, cst.Call) and function.args:
        outer = (dotted(function.func) or "").rpartition(".")[2]
        if "jit" in outer or outer in ("vmap", "pmap"):
            name = dotted(function.args[0].value)
    return name or ""


def _first_argument(node: cst.CSTNode) -> str:
    """The name of what a transformation is applied to: `f` in `jax.grad(f)`."""
    if isinstance(node, cst.Call) and node.args:
        return dotted(node.args[0].value) or ""
    return ""


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or name.startswith(_HARMLESS_PREFIXES)


def index_step(value: Value, length: int | None) -> Item | At:
    """The step that a subscript with `value` takes."""
    index = integer_of(value)
    if index is not None and index < 0 and length is not None:
        index += length
    if index is not None and index >= 0:
        return Item(index, index + 1)
    if isinstance(value, Entity):
        return At(value.identity)
    return At(described(repr(value)) if index is not None else Identity(Root(fresh_number())))


_EFFECTS: dict[str, Callable[[Caller, Entry, Sequence[Given], cst.Call], Value]] = {
    "seed": Caller._nothing,
    "draw": Caller._nothing,
    "state": Caller._nothing,
    "make": Caller._make,
    "key": Caller._fresh_key,
    "clone": Caller._fresh_key,
    "consume": Caller._consume_key,
    "split": Caller._split,
    "fold": Caller._fold,
    "same": Caller._same,
    "inspect": Caller._nothing,
    "transform": Caller._transform,
    "run": Caller._run,
    "partial": Caller._partial,
}
_SPECIAL: dict[str, Callable[[Caller, Sequence[Given]], Value]] = {
    "builtins.range": Caller._range,
    "builtins.zip": Caller._zip,
    "builtins.enumerate": Caller._enumerate,
    "builtins.next": Caller._next,
    "copy.replace": Caller._replace,
    "jax.numpy.arange": Caller._range,
    "jax.numpy.broadcast_to": Caller._repeat_key,
    "jax.numpy.repeat": Caller._repeat_key,
    "jax.numpy.tile": Caller._repeat_key,
    "dataclasses.replace": Caller._replace,
    **dict.fromkeys(_SAME_ITEMS, Caller._items),
}
