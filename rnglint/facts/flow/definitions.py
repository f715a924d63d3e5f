"""What the names of one source stand for: functions, classes, methods, objects of libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from rnglint.facts.flow.state import fresh
from rnglint.facts.flow.values import (
    SILENT,
    Class,
    Entity,
    Function,
    Identity,
    Instance,
    Kind,
    Library,
    Root,
    Transformed,
    Value,
)
from rnglint.facts.layout import Binding, ScopeNode
from rnglint.facts.model import ScopeKind
from rnglint.facts.walk import descendants, dotted

if TYPE_CHECKING:
    from rnglint.facts.flow.analysis import Analysis
    from rnglint.knowledge.loader import Entry

#: Decorators under which a function still does to its parameters what its body says.
_TRANSPARENT = frozenset(
    [
        "abstractmethod",
        "abc.abstractmethod",
        "cache",
        "functools.cache",
        "functools.lru_cache",
        "lru_cache",
        "contextmanager",
        "contextlib.contextmanager",
        "nn.compact",
        "nn.nowrap",
        "flax.linen.compact",
        "hk.transparent",
        "override",
        "typing.override",
        "final",
        "typing.final",
        "overload",
        "staticmethod",
        "classmethod",
    ]
)
#: Decorators that make a dataclass, by their last component.
_RECORD_DECORATORS = frozenset({"dataclass", "register_dataclass", "pytree_dataclass"})
#: Decorators under which the methods of a class do something else than its body says. All others
#: register a class, configure it or add to it.
_LIFTING = frozenset({"pmap", "remat_scan", "scan", "vmap"})
#: Bases that make a class a record, by their last component.
_RECORD_BASES = frozenset({"NamedTuple", "PyTreeNode"})
#: Statements, and parts of them, that bind what stands in them.
_BINDING = frozenset({cst.AnnAssign, cst.AsName, cst.Assign, cst.AugAssign, cst.For})
#: Annotations that say "a key", by their last component.
_KEY_TYPES = frozenset({"PRNGKey", "PRNGKeyArray", "KeyArray"})
#: Classes deeper than this below a visible base are not looked at.
_MOST_BASES = 8


class Definitions:
    """Resolves the names of one source for the interpreter."""

    def __init__(self, home: Analysis) -> None:
        self.home = home
        self.names = home.names
        self.layout = home.names.layout
        self.tree = home.names.tree
        self.classes: dict[Root, Class] = {}
        #: Classes of other sources, by their qualified names, as long as nobody asked for them.
        self.foreign: dict[Root, str] = {}
        #: Objects of which only an annotation tells the class.
        self.described: set[Root] = set()
        self.module: Mapping[str, Value] = {}
        libraries = home.names.knowledge.key_libraries
        self._has_keys = any(
            item.qualified.partition(".")[0] in libraries for item in self.layout.imports
        )
        self._held_by: dict[int, dict[str, set[str | None]]] = {}

    # -- variables of enclosing scopes ----------------------------------------------------------

    def outer_value(self, node: cst.Name, scope: ScopeNode, statement: int | None) -> Value:
        """The value of a name that the running function did not bind."""
        home = scope.lookup(node.value)
        qualified = self.names.qualified(node, scope, statement)
        if qualified is not None:
            return Library(qualified)
        if home is None:
            return fresh()
        bindings = home.bindings[node.value]
        if len(bindings) == 1:
            known = self._single(home, node.value, bindings[0])
            if known is not None:
                return known
        for binding in bindings:
            # What wraps an object, `env = wrap(env)`, is taken to do to keys what the object does.
            self._note_class(home, node.value, binding.value)
        instance = self._instance(bindings, home)
        if instance is not None:
            return instance
        kind = Kind.UNKNOWN
        if home.index == 0:
            kind = _kind_of(self.module.get(node.value))
        return Entity(Identity(Root(0, home.number, node.value)), kind)

    def _single(self, home: ScopeNode, name: str, binding: Binding) -> Value | None:
        for scope in self.layout.inner.get((home.index, name), ()):
            if isinstance(scope.node, cst.FunctionDef):
                return self.decorated(scope.node, home) or SILENT
            if isinstance(scope.node, cst.ClassDef) and is_plain_class(scope.node):
                return Class(scope.node, self.home)
        if isinstance(binding.value, cst.Lambda):
            return Function(binding.value, self.home)
        return None

    def _note_class(self, home: ScopeNode, name: str, value: cst.BaseExpression | None) -> None:
        """Remembers the class of a variable that is only ever bound to `Class(…)`."""
        if isinstance(value, cst.Call):
            self.note_object(Root(0, home.number, name), value.func, home)

    def note_described(self, root: Root, annotation: cst.BaseExpression, home: ScopeNode) -> None:
        """Remembers the class of a parameter, if that is what its annotation names."""
        self.described.add(root)
        self.note_object(root, annotation, home)

    def note_object(self, root: Root, made_by: cst.BaseExpression, home: ScopeNode) -> None:
        """Remembers that `root` is an object of the class that an expression in `home` names."""
        qualified = self.names.qualified(made_by, home)
        if qualified and looks_like_a_class(qualified):
            self.foreign[root] = qualified
        if not isinstance(made_by, cst.Name):
            return
        owner = home.lookup(made_by.value)
        if owner is None or len(owner.bindings[made_by.value]) != 1:
            return
        for scope in self.layout.inner.get((owner.index, made_by.value), ()):
            if isinstance(scope.node, cst.ClassDef) and is_plain_class(scope.node):
                self.classes[root] = Class(scope.node, self.home)

    def _instance(self, bindings: list[Binding], home: ScopeNode) -> Instance | None:
        """The library object that all bindings of a name make."""
        made = {self._made(binding.value, home) for binding in bindings}
        owner = made.pop() if len(made) == 1 else None
        return Instance(owner) if owner else None

    def _made(self, value: cst.BaseExpression | None, home: ScopeNode) -> str | None:
        if not isinstance(value, cst.Call):
            return None
        entry = self.names.entry(value.func, home)
        return entry.makes if entry and entry.effect == "make" else None

    # -- other sources ----------------------------------------------------------------------------

    def imported(self, qualified: str) -> Value | None:
        """The function or class that is imported from another source of the program."""
        return self.home.neighbours.find(qualified) if self._has_keys else None

    def exported(self, path: str) -> Value | str | None:
        """What others get who import `path`: a function or class, or where that comes from."""
        name, _, rest = path.partition(".")
        module = self.layout.scopes[0]
        bindings = module.bindings.get(name, [])
        if len(bindings) != 1:
            star = next((item.qualified for item in self.layout.imports if item.bound == "*"), None)
            return f"{star}.{path}" if star and not bindings else None
        if bindings[0].qualified is not None:
            return f"{bindings[0].qualified}.{rest}" if rest else bindings[0].qualified
        found = self._single(module, name, bindings[0])
        if rest and isinstance(found, Class):
            return self.method(found.node, rest, found)
        return found if not rest else None

    # -- functions ------------------------------------------------------------------------------

    def decorated(
        self,
        node: cst.FunctionDef,
        scope: ScopeNode,
        defaults: tuple[tuple[str, Value], ...] = (),
    ) -> Value | None:
        """What the name of a `def` in `scope` stands for; None where its body is not there."""
        if self.tree.is_stub(node):
            return None
        if node.asynchronous:
            return SILENT
        value: Value = Function(node, self.home, defaults=defaults)
        for item in reversed(node.decorators):
            decorated = self._decorate(value, item.decorator, scope)
            if decorated is None:
                return SILENT
            value = decorated
        return value

    def _decorate(self, value: Value, node: cst.BaseExpression, scope: ScopeNode) -> Value | None:
        """What a decorator makes of a function; None where that cannot be told."""
        function: cst.BaseExpression = node
        arguments: tuple[cst.Arg, ...] = ()
        if isinstance(node, cst.Call):
            function, arguments = node.func, tuple(node.args)
            entry = self.names.entry(function, scope)
            if entry and entry.effect == "partial" and arguments:
                function, arguments = arguments[0].value, arguments[1:]
        entry = self.names.entry(function, scope)
        if entry:
            if entry.effect != "transform":
                return None
            axes = next((i.value for i in arguments if _says(i, "in_axes")), None)
            return self.transformed(value, entry, node, axes)
        return value if (dotted(function) or "") in _TRANSPARENT else None

    def transformed(
        self, value: Value, entry: Entry, node: cst.CSTNode, axes: cst.BaseExpression | None
    ) -> Value:
        """What the transformation that `entry` describes makes of a function."""
        if entry.traces and not entry.derivative:
            # A derivative alone runs its function anew at each call.
            self.home.trace(value, entry, node)
        many = entry.runs == "many"
        if not many and not entry.derivative:
            return value
        shared = self._shared_axes(axes) if many else ()
        return Transformed(value, entry.qualified, node, many, entry.derivative, shared)

    def _shared_axes(self, node: cst.BaseExpression | None) -> tuple[bool, ...] | bool:
        """Which positional arguments all lanes share, by `in_axes` or `in_specs`."""
        if isinstance(node, (cst.Tuple, cst.List)):
            return tuple(self._is_shared(element.value) for element in node.elements)
        return node is not None and self._is_shared(node)

    def _is_shared(self, node: cst.BaseExpression) -> bool:
        """Whether an axis is `None`, or a `PartitionSpec()` that divides nothing."""
        if isinstance(node, cst.Name) and node.value != "None":
            bindings = self.layout.scopes[0].bindings.get(node.value, ())
            value = bindings[0].value if len(bindings) == 1 else None
            return isinstance(value, cst.Call) and self._is_shared(value)
        if isinstance(node, cst.Call):
            function = (dotted(node.func) or "").rpartition(".")[2]
            return not node.args and function in ("P", "PartitionSpec")
        return isinstance(node, cst.Name)

    # -- classes and methods ----------------------------------------------------------------------

    def method(self, node: cst.ClassDef, name: str, receiver: Value) -> Value | None:
        """The method `name` of a class or of its visible bases, bound to `receiver`."""
        scope = self.layout.scope_of.get(id(node))
        for _ in range(_MOST_BASES):
            if scope is None:
                return None
            own = self._own_method(scope, name)
            if own is not None:
                return _bound_to(self.decorated(own, scope) or SILENT, receiver)
            base = self._base(scope)
            if base is None:
                return self._elsewhere(scope, name, receiver)
            scope = base
        return None

    def _elsewhere(self, scope: ScopeNode, name: str, receiver: Value) -> Value | None:
        """The method `name` of a base class that another source defines."""
        assert isinstance(scope.node, cst.ClassDef)
        for base in scope.node.bases:
            qualified = self.names.qualified(base.value, scope.parent or scope)
            found = self.imported(qualified) if qualified else None
            if isinstance(found, Class):
                return found.home.definitions.method(found.node, name, receiver)
        return None

    def _own_method(self, scope: ScopeNode, name: str) -> cst.FunctionDef | None:
        if len(scope.bindings.get(name, ())) != 1:
            return None
        for inner in self.layout.inner.get((scope.index, name), ()):
            return inner.node if isinstance(inner.node, cst.FunctionDef) else None
        return None

    def _base(self, scope: ScopeNode) -> ScopeNode | None:
        home = scope.parent.index if scope.parent else 0
        for base in scope.bases:
            for candidate in self.layout.inner.get((home, base), ()):
                if candidate.kind is ScopeKind.CLASS and candidate is not scope:
                    return candidate
        return None

    def method_of(
        self, receiver: Entity, name: str, scope: ScopeNode, *, elsewhere: bool
    ) -> Value | None:
        """The method `name` of an object, or, inside a method, an object that `self.name` holds.

        A class of another source is looked at if `elsewhere` says that it may matter.
        """
        known = self._class_of(receiver.identity.root, elsewhere=elsewhere)
        if known is not None and not receiver.identity.path:
            return known.home.definitions.method(known.node, name, receiver)
        function = scope.function()
        owner = function.parent
        if owner is None or owner.kind is not ScopeKind.CLASS or not function.parameters:
            return None
        if receiver.identity != Identity(Root(0, function.number, function.parameters[0])):
            return None
        assert isinstance(owner.node, cst.ClassDef)
        instance = self._held(owner, name)
        return instance if instance is not None else self.method(owner.node, name, receiver)

    def adopt(self, root: Root, other: Definitions, known: Root) -> None:
        """What another function made has the class here that it has there."""
        if known in other.classes:
            self.classes[root] = other.classes[known]
        elif known in other.foreign and other is self:
            self.foreign[root] = other.foreign[known]

    def _class_of(self, root: Root, *, elsewhere: bool) -> Class | None:
        """The class of an object that the program makes."""
        if root in self.foreign and elsewhere:
            found = self.imported(self.foreign.pop(root))
            if isinstance(found, Class):
                self.classes[root] = found
        return self.classes.get(root)

    def _held(self, owner: ScopeNode, name: str) -> Instance | None:
        """The library object that every assignment to `self.name` in the class makes."""
        if owner.index not in self._held_by:
            self._held_by[owner.index] = self._all_held(owner)
        made = self._held_by[owner.index].get(name, set())
        found = next(iter(made)) if len(made) == 1 else None
        return Instance(found) if found else None

    def _all_held(self, owner: ScopeNode) -> dict[str, set[str | None]]:
        """What library objects, or None for anything else, each `self.name` is assigned."""
        held: dict[str, set[str | None]] = {}
        for scope in self.layout.scopes:
            node = scope.node
            if scope.parent is not owner or not isinstance(node, cst.FunctionDef):
                continue
            for inner in () if self.tree.is_stub(node) else descendants(node.body):
                for target, value in _bindings(inner) if type(inner) in _BINDING else ():
                    receiver, _, name = (dotted(target) or "").partition(".")
                    if name and scope.parameters[:1] == (receiver,):
                        held.setdefault(name, set()).add(self._made(value, scope))
        return held

    def fields(self, node: cst.ClassDef) -> tuple[str, ...] | None:
        """The fields of a NamedTuple or dataclass, in order; None for any other class."""
        scope = self.layout.scope_of[id(node)]
        bases = {base.rpartition(".")[2] for base in scope.bases} - {"", "Generic"}
        made = {_decorator_name(item.decorator) for item in node.decorators} & _RECORD_DECORATORS
        if "__init__" in scope.bindings or "__new__" in scope.bindings or bases - _RECORD_BASES:
            return None
        if not made and not bases:
            return None
        found = []
        for statement in node.body.body:
            for item in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
                if isinstance(item, cst.AnnAssign) and isinstance(item.target, cst.Name):
                    found.append(item.target.value)
        return tuple(found)

    # -- annotations ------------------------------------------------------------------------------

    def annotated_class(self, node: cst.BaseExpression, scope: ScopeNode) -> str | None:
        """The library class that an annotation names, alone or with None."""
        found: set[str] = set()
        for part in _alternatives(node):
            if isinstance(part, cst.Name) and part.value == "None":
                continue
            qualified = self.names.qualified(part, scope)
            if qualified is None or self.names.knowledge.cls(qualified) is None:
                return None
            found.add(qualified)
        return found.pop() if len(found) == 1 else None

    def annotated_kind(self, node: cst.BaseExpression) -> Kind:
        """Whether an annotation says that a parameter holds a key.

        `chex.PRNGKey`, `jaxtyping.PRNGKeyArray`, `Key[Array, ""]`, each also as a string or
        beside None.
        """
        if isinstance(node, cst.SimpleString):
            return Kind.KEY if _quoted(node).rpartition(".")[2] in _KEY_TYPES else Kind.UNKNOWN
        for part in _alternatives(node):
            if isinstance(part, cst.Subscript):
                if (dotted(part.value) or "").rpartition(".")[2] == "Key" and _is_scalar(part):
                    return Kind.KEY
            elif (dotted(part) or "").rpartition(".")[2] in _KEY_TYPES:
                return Kind.KEY
        return Kind.UNKNOWN


def looks_like_a_class(name: str) -> bool:
    """Whether the last component of a name is written as those of classes are."""
    return name.rpartition(".")[2].lstrip("_")[:1].isupper()


def is_plain_class(node: cst.ClassDef) -> bool:
    """Whether the decorators of a class, if any, leave its methods as they are."""
    return all(_decorator_name(item.decorator) not in _LIFTING for item in node.decorators)


def is_frozen(node: cst.ClassDef) -> bool:
    """Whether the fields of a record's objects cannot be assigned."""
    if not node.decorators:
        return True
    decorator = node.decorators[0].decorator
    name = dotted(decorator.func if isinstance(decorator, cst.Call) else decorator) or ""
    arguments = decorator.args if isinstance(decorator, cst.Call) else ()
    frozen = any(_says(i, "frozen") and dotted(i.value) == "True" for i in arguments)
    return frozen or "struct" in name


def _decorator_name(node: cst.BaseExpression) -> str:
    """The last component of a decorator's name, of what `partial` holds where it is one."""
    while isinstance(node, cst.Call):
        name = (dotted(node.func) or "").rpartition(".")[2]
        node = node.args[0].value if name == "partial" and node.args else node.func
    return (dotted(node) or "").rpartition(".")[2]


def _says(argument: cst.Arg, keyword: str) -> bool:
    return argument.keyword is not None and argument.keyword.value == keyword


def _bound_to(value: Value, receiver: Value) -> Value:
    """A function of a class body as its method."""
    if isinstance(value, Function):
        return replace(value, receiver=receiver)
    if isinstance(value, Transformed):
        return replace(value, function=_bound_to(value.function, receiver))
    return value


def _alternatives(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The members of `A | B`, `Optional[A]` and `Union[A, B]`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    elif isinstance(node, cst.Subscript) and (dotted(node.value) or "").rpartition(".")[2] in (
        "Optional",
        "Union",
    ):
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                yield from _alternatives(element.slice.value)
    else:
        yield node


def _quoted(node: cst.SimpleString) -> str:
    value = node.evaluated_value
    return value if isinstance(value, str) else ""


def _is_scalar(node: cst.Subscript) -> bool:
    """Whether `Key[Array, ""]` has no axes."""
    last = node.slice[-1].slice
    return (
        isinstance(last, cst.Index)
        and isinstance(last.value, cst.SimpleString)
        and not _quoted(last.value).strip()
    )


def _bindings(
    node: cst.CSTNode,
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression | None]]:
    """The targets that a node binds, each with the value, where it gets that very value."""
    if isinstance(node, cst.Assign):
        for item in node.targets:
            yield from _parts(item.target, node.value)
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, (cst.AugAssign, cst.For)):
        yield from _parts(node.target, None)
    elif isinstance(node, cst.AsName):
        yield from _parts(node.name, None)


def _parts(
    target: cst.BaseExpression, value: cst.BaseExpression | None
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression | None]]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _parts(element.value, None)
    else:
        yield target, value


def _kind_of(value: Value | None) -> Kind:
    return value.kind if isinstance(value, Entity) else Kind.UNKNOWN
