"""Calls: what a library function, a visible function or an unknown one does to its arguments."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from rnglint.facts.flow.frame import Frame
from rnglint.facts.flow.state import fresh, fresh_number
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
    Root,
    Value,
    Zip,
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
#: Iterables that hand on what they are given.
_SAME_ITEMS = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.iter", "builtins.reversed", "builtins.sorted"}
)


#: Classes of whose objects every use is a fact: a fix has to see them all. Of others, only methods
#: that they lack.
_ALL_USES = frozenset({"numpy.random.RandomState"})


@dataclass(frozen=True, slots=True)
class Given:
    """One argument of a call, evaluated; `earlier` if a `partial` bound it."""

    value: Value
    node: cst.BaseExpression
    keyword: str | None = None
    star: str = ""
    earlier: bool = False


class Caller(Frame):
    """A frame that can call."""

    @abstractmethod
    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression, whose effects happen."""

    def arguments(self, node: cst.Call) -> list[Given]:
        """Evaluates the arguments of a call."""
        return [
            Given(
                self.evaluate(item.value),
                item.value,
                item.keyword.value if item.keyword else None,
                item.star,
            )
            for item in node.args
        ]

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
            bound = [Given(value, node.func, earlier=True) for value in callee.positional]
            named = [Given(value, node.func, name, earlier=True) for name, value in callee.keywords]
            self.mapped += callee.mapped
            result = self.apply(callee.function, [*bound, *given, *named], node)
            self.mapped -= callee.mapped
            return result
        if isinstance(callee, Function):
            return self._function(callee, given, node)
        if isinstance(callee, Class):
            return self._class(callee, given, node)
        if isinstance(callee, Instance):
            method = self.knowledge.lookup(f"{callee.qualified}.__call__")
            return self._library(Library(method.qualified), given, node) if method else fresh()
        return self._unknown(callee, given, node)

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
        if not callee.qualified.startswith(_ARRAY_LIBRARIES):
            self._consume_all(callee.qualified, given)
        return fresh()

    def _seed(self, entry: Entry, given: Sequence[Given], node: cst.Call, made: Value) -> None:
        seed = self.argument(entry, given, entry.seed)
        if seed is None or self.state is None or seed.value == Literal(None):
            return
        if isinstance(seed.value, Literal) or (
            isinstance(seed.value, Entity) and seed.value.kind is Kind.UNKNOWN
        ):
            self.analysis.seedings.note(self, entry, node, seed.node, seed.value, made)

    def argument(self, entry: Entry, given: Sequence[Given], name: str | None) -> Given | None:
        """The argument that lands in the parameter `name` of a library function."""
        if name is None:
            return None
        position = entry.position(name)
        plain = [item for item in given if item.keyword is None and not item.star]
        if position is not None and position < len(plain):
            return plain[position]
        return next((item for item in given if item.keyword == name), None)

    def _consume_key(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = self.argument(entry, given, entry.key)
        if key:
            self.consume(
                key.value,
                key.node,
                entry.qualified,
                weak=entry.seed is not None,
                captured=_captured(key),
                written=not key.earlier,
            )
        return fresh()

    def _split(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = self.argument(entry, given, entry.key)
        count = self.argument(entry, given, entry.count)
        default = 2 if entry.count else None
        number = default if count is None else _integer(count.value)
        if key:
            self.consume(
                key.value,
                key.node,
                entry.qualified,
                count=number or 0,
                captured=_captured(key),
                written=not key.earlier,
            )
        return fresh(Kind.KEYS, number)

    def _fold(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        key = self.argument(entry, given, entry.key)
        data = self.argument(entry, given, entry.data)
        if key is None or data is None or self.state is None:
            return fresh(Kind.KEY)
        constant = _integer(data.value)
        if constant is not None:
            self.consume(key.value, key.node, entry.qualified, derived=constant)
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
        key = self.argument(entry, given, entry.key)
        if key and isinstance(key.value, (Entity, Choice)):
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
        functions = [self.argument(entry, given, name) for name in entry.function]
        if functions and functions[0]:
            function = functions[0].value
            known = isinstance(function, (Function, Library, Partial))
            if entry.runs == "many" and known:
                return Partial(function, (), (), mapped=True)
            return function
        # `partial(jax.jit, static_argnums=0)` and `jax.jit(static_argnums=0)` wait for a function.
        return Library(entry.qualified)

    def _partial(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        if entry.makes and not entry.function:
            return Library(entry.makes)
        if not given or any(item.star for item in given):
            return fresh()
        first, *rest = given
        positional = tuple(item.value for item in rest if item.keyword is None)
        keywords = tuple((item.keyword, item.value) for item in rest if item.keyword)
        return Partial(first.value, positional, keywords)

    def _run(self, entry: Entry, given: Sequence[Given], node: cst.Call) -> Value:
        """A control-flow primitive: what its functions do is not followed, so nothing is said."""
        return fresh()

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
        return Zip((fresh(), given[0].value)) if given else fresh()

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
        summary = self.analysis.summary(callee.node)
        if summary is None or self.state is None:
            return self._unknown(callee, given, node)
        bound = summary.bind(callee, given, node)
        if bound is None:
            return self._unknown(callee, given, node)
        return self.analysis.instantiate(self, summary, bound, node)

    def _class(self, callee: Class, given: Sequence[Given], node: cst.Call) -> Value:
        """Makes an object: what a visible `__init__` consumes is consumed, the rest is kept."""
        method = self.analysis.method(callee.node, "__init__")
        instance = fresh()
        self.analysis.classes[instance.identity.root] = callee.node
        if method is not None:
            self._function(Function(method, instance), given, node)
        return instance

    # -- unknown functions --------------------------------------------------------------------

    def _unknown(self, callee: Value, given: Sequence[Given], node: cst.Call) -> Value:
        if isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name):
            self.disturb(node.func.value)
        self._consume_all(_name_of(node.func), given)
        return fresh()

    def _consume_all(self, name: str, given: Sequence[Given]) -> None:
        """An unknown function is taken to consume the keys that it is given.

        Not one that is given a function as well: it may only trace that.
        """
        last = name.rpartition(".")[2]
        if not last or _is_harmless(last) or _looks_like_a_class(last):
            return
        if any(isinstance(item.value, (Function, Partial, Library)) for item in given):
            return
        derives = last == "init" and "." in name and len(given) > 1
        for item in given:
            if not item.star:
                self.consume(item.value, item.node, name, weak=True, derives=derives)
                self.forget(item.value)

    def disturb(self, node: cst.Name) -> None:
        """A method of an object was called: its attributes may be others now."""
        if self.state is None:
            return
        value = self.state.variables.get(node.value)
        if isinstance(value, (Items, Mapping)):
            self.state.variables[node.value] = fresh()
        if value is not None:
            self.forget(value)

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


def _captured(given: Given) -> int | None:
    """Marks a key that a `partial` holds, as `Consumed.captured` does one that a function holds."""
    return -1 if given.earlier else None


def _below(place: Identity, base: Identity) -> bool:
    return place.root == base.root and place.path[: len(base.path)] == base.path


def _integer(value: Value) -> int | None:
    if isinstance(value, Literal) and isinstance(value.value, (int, bool)):
        return int(value.value)
    return None


def _name_of(function: cst.BaseExpression) -> str:
    """What an unknown function is called: `f` in `f(x)` and `jax.jit(f)(x)`, else nothing."""
    name = dotted(function)
    if name is None and isinstance(function, cst.Call) and function.args:
        outer = (dotted(function.func) or "").rpartition(".")[2]
        if "jit" in outer or outer in ("vmap", "pmap"):
            name = dotted(function.args[0].value)
    return name or ""


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or name.startswith(_HARMLESS_PREFIXES)


def _looks_like_a_class(name: str) -> bool:
    return name.lstrip("_")[:1].isupper()


def index_step(value: Value, length: int | None) -> Item | At:
    """The step that a subscript with `value` takes."""
    index = _integer(value)
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
    **dict.fromkeys(_SAME_ITEMS, Caller._items),
}
