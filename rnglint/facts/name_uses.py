"""Every occurrence of the variables that may hold a generator, and what is done with it there.

An attribute that a method gives its object, `self.rng = RandomState(0)`, is a variable `self.rng`
of the class.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from rnglint.facts.layout import ScopeNode, Store, Use
from rnglint.facts.model import Handing, MethodUse, NameUse, ScopeKind
from rnglint.facts.names import Names, call_fact
from rnglint.facts.walk import dotted

#: A variable: the index of the scope that binds it, and its name.
_Variable = tuple[int, str]
#: Decorators of functions whose first parameter is no object of the class.
_NO_METHODS = frozenset({"classmethod", "staticmethod"})


def name_uses(names: Names) -> tuple[NameUse, ...]:
    """The uses of variables to which a "make" call is assigned, and of those they are handed to."""
    return _NameUses(names).all()


class _NameUses:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.tree = names.tree
        self.layout = names.layout
        self.found: list[NameUse] = []

    def all(self) -> tuple[NameUse, ...]:
        new = self._makers()
        self.found += self._attribute_uses()
        if not new and not self.found:
            return ()
        loads, stores = self._by_variable()
        new |= {
            (item.handing.scope, item.handing.parameter)
            for item in self.found
            if item.handing and item.handing.scope is not None
        }
        seen: set[_Variable] = set()
        while new:
            seen |= new
            uses = [self._load(use, root) for item in new for use, root in loads.get(item, ())]
            self.found += uses
            self.found += [self._store(store) for item in new for store in stores.get(item, ())]
            handed = {(i.handing.scope, i.handing.parameter) for i in uses if i.handing}
            new = {(scope, name) for scope, name in handed if scope is not None} - seen
        return tuple(sorted(self.found, key=lambda item: item.span.sort_key))

    def _makers(self) -> set[_Variable]:
        return {
            (scope.index, name)
            for scope in self.layout.scopes
            for name, bindings in scope.bindings.items()
            if any(self._makes(binding.value, scope) for binding in bindings)
        }

    def _attribute_uses(self) -> list[NameUse]:
        """The uses of attributes to which a "make" call is assigned by methods of their class."""
        uses: dict[_Variable, list[_AttributeUse]] = {}
        for use in self.layout.uses:
            found = _attribute_of_self(use)
            if found:
                uses.setdefault(found.variable, []).append(found)
        return [
            self._attribute_use(item)
            for items in uses.values()
            if any(self._makes(_assigned(item), item.use.scope) for item in items)
            for item in items
        ]

    def _attribute_use(self, item: _AttributeUse) -> NameUse:
        use, (home, name) = item.use, item.variable
        whole = use.node is item.node
        store = _assigned(item) is not None
        return NameUse(
            name,
            self.tree.span(item.node),
            use.scope.index,
            home,
            use.statement,
            store,
            None if store else self._member(use, item.node),
            self._handing(use) if whole and not store else None,
            whole and _asks_for_none(use),
        )

    def _makes(self, value: cst.BaseExpression | None, scope: ScopeNode) -> bool:
        entry = self.names.entry(value.func, scope) if isinstance(value, cst.Call) else None
        return entry is not None and entry.effect == "make" and not entry.workers

    def _by_variable(
        self,
    ) -> tuple[dict[_Variable, list[tuple[Use, cst.Name]]], dict[_Variable, list[Store]]]:
        """All loads, with the name at the bottom of each, and all stores, by their variable."""
        loads: dict[_Variable, list[tuple[Use, cst.Name]]] = {}
        stores: dict[_Variable, list[Store]] = {}
        for use in self.layout.uses:
            root = _root(use.node)
            home = use.scope.lookup(root.value)
            if home:
                loads.setdefault((home.index, root.value), []).append((use, root))
        for store in self.layout.stores:
            home = store.scope.lookup(store.name)
            if home:
                stores.setdefault((home.index, store.name), []).append(store)
        return loads, stores

    def _store(self, store: Store) -> NameUse:
        home = store.scope.lookup(store.name)
        assert home is not None
        span = self.tree.span(store.node)
        return NameUse(store.name, span, store.scope.index, home.index, store.statement, True)

    def _load(self, use: Use, root: cst.Name) -> NameUse:
        home = use.scope.lookup(root.value)
        assert home is not None
        return NameUse(
            root.value,
            self.tree.span(root),
            use.scope.index,
            home.index,
            use.statement,
            False,
            self._member(use, root),
            self._handing(use) if use.node is root else None,
            use.node is root and _asks_for_none(use),
        )

    def _member(self, use: Use, root: cst.Name | cst.Attribute) -> MethodUse | None:
        """The attribute that is taken of a variable, and its call."""
        taken: cst.BaseExpression = use.node
        if taken is root:
            return None
        while isinstance(taken, cst.Attribute) and taken.value is not root:
            taken = taken.value
        assert isinstance(taken, cst.Attribute)
        parent = use.parents[-1] if use.parents else None
        call = None
        if taken is use.node and isinstance(parent, cst.Call) and parent.func is taken:
            call = call_fact(self.tree, parent)
        return MethodUse(
            owner="",
            attribute=taken.attr.value,
            span=self.tree.span(taken.attr),
            receiver=dotted(root) or "",
            scope=use.scope.index,
            statement=use.statement,
            call=call,
        )

    def _handing(self, use: Use) -> Handing | None:
        """The call of which a variable is an argument."""
        inner: cst.CSTNode = use.node
        for parent in reversed(use.parents):
            if isinstance(parent, cst.Arg):
                continue
            if not isinstance(parent, cst.Call) or parent.func is inner:
                return None
            return self._handed_to(parent, use)
        return None

    def _handed_to(self, call: cst.Call, use: Use) -> Handing | None:
        places = [index for index, item in enumerate(call.args) if item.value is use.node]
        if not places or call.args[places[0]].star:
            return None
        keyword = call.args[places[0]].keyword
        qualified = self.names.qualified(call.func, use.scope, use.statement)
        function = qualified or dotted(call.func) or ""
        name = keyword.value if keyword else None
        target = self._definition(call.func, use.scope)
        if target is None:
            return Handing(function, name)
        starred = any(item.star for item in call.args[: places[0]])
        parameters = target.parameters
        if name is None and not starred and places[0] < len(parameters):
            return Handing(function, name, target.index, parameters[places[0]])
        known = name in parameters
        return (
            Handing(function, name, target.index, name or "") if known else Handing(function, name)
        )

    def _definition(self, function: cst.BaseExpression, scope: ScopeNode) -> ScopeNode | None:
        """The one function of this source that a name means."""
        if not isinstance(function, cst.Name):
            return None
        home = scope.lookup(function.value)
        if home is None or len(home.bindings[function.value]) != 1:
            return None
        found = self.layout.inner.get((home.index, function.value), [])
        return found[0] if len(found) == 1 and found[0].kind is ScopeKind.FUNCTION else None


@dataclass(frozen=True, slots=True)
class _AttributeUse:
    """A use of an attribute of a method's own object: `self.rng`, the `node` in `use`."""

    use: Use
    node: cst.Attribute

    @property
    def variable(self) -> _Variable:
        method = self.use.scope.lookup(_root(self.node).value)
        assert method and method.parent
        return method.parent.index, dotted(self.node) or ""


def _attribute_of_self(use: Use) -> _AttributeUse | None:
    """The attribute of `self` that a use reads or binds, if there is one."""
    node: cst.BaseExpression = use.node
    while isinstance(node, cst.Attribute) and not isinstance(node.value, cst.Name):
        node = node.value
    if not isinstance(node, cst.Attribute):
        return None
    root = _root(node).value
    home = use.scope.lookup(root)
    if home is None or home.parent is None or home.kind is not ScopeKind.FUNCTION:
        return None
    own = home.parent.kind is ScopeKind.CLASS and home.parameters[:1] == (root,)
    return _AttributeUse(use, node) if own and _NO_METHODS.isdisjoint(home.decorators) else None


def _assigned(item: _AttributeUse) -> cst.BaseExpression | None:
    """What `self.rng = …` gives an attribute; None for any other use."""
    use = item.use
    if use.node is not item.node or len(use.parents) < 2:
        return None
    target, statement = use.parents[-1], use.parents[-2]
    if not isinstance(target, cst.AssignTarget) or not isinstance(statement, cst.Assign):
        return None
    return statement.value if len(statement.targets) == 1 else None


def _root(node: cst.Name | cst.Attribute) -> cst.Name:
    root: cst.BaseExpression = node
    while isinstance(root, cst.Attribute):
        root = root.value
    assert isinstance(root, cst.Name)
    return root


def _asks_for_none(use: Use) -> bool:
    """Whether a name stands in `name is None` or `name is not None`."""
    parent = use.parents[-1] if use.parents else None
    if not isinstance(parent, cst.Comparison) or len(parent.comparisons) != 1:
        return False
    target = parent.comparisons[0]
    none = isinstance(target.comparator, cst.Name) and target.comparator.value == "None"
    return none and isinstance(target.operator, (cst.Is, cst.IsNot))
