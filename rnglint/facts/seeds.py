"""What seeds are made of: arithmetic, and what differs from run to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from rnglint.diagnostics import Span
from rnglint.facts.layout import ScopeNode
from rnglint.facts.model import Reference, Seed, Term
from rnglint.facts.names import Names
from rnglint.facts.scopes import parameters_of
from rnglint.facts.walk import children, dotted
from rnglint.knowledge.loader import Entry

#: Variables that are made of one another are followed so far.
_MOST_STEPS = 3
#: Functions that only change the type of a number; the words are the last ones of their names.
_CONVERSIONS = frozenset(
    {
        "abs",
        "asarray",
        "array",
        "float",
        "int",
        "int32",
        "int64",
        "round",
        "str",
        "uint32",
        "uint64",
    }
)
#: Operators that keep a seed in the range that is allowed.
_LIMITS = (cst.Modulo, cst.BitAnd)
_OPERATORS = (cst.Add, cst.Subtract, cst.Multiply, cst.BitXor, cst.BitOr, cst.LeftShift)
#: Nodes that make a value of the values of all their children.
_MIXTURES = (
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.BooleanOperation,
    cst.IfExp,
    cst.Tuple,
    cst.List,
    cst.Element,
    cst.FormattedString,
    cst.FormattedStringExpression,
    cst.ConcatenatedString,
)


def find_seeds(names: Names, references: Iterable[Reference]) -> tuple[Seed, ...]:
    """The seeds that are given to the library functions of `references`."""
    found = (_Finder(names, reference).seed() for reference in references)
    return tuple(seed for seed in found if seed is not None)


class _Finder:
    """Looks at the seed of one call."""

    def __init__(self, names: Names, reference: Reference) -> None:
        self.names = names
        self.tree = names.tree
        self.reference = reference
        self.scope = names.layout.scopes[reference.scope]

    def seed(self) -> Seed | None:
        entry, call = self.reference.entry, self.reference.call
        if call is None or entry.seed is None:
            return None
        position = entry.position(entry.seed)
        for index, argument in enumerate(call.arguments):
            if argument.star:
                return None
            if argument.keyword == entry.seed or (argument.keyword is None and index == position):
                node = self.names.calls[call.span].args[index].value
                return self._described(argument_of=index, node=node)
        return None

    def _described(self, argument_of: int, node: cst.BaseExpression) -> Seed:
        assert self.reference.call is not None
        sum_, inline = self._arithmetic(node)
        terms, operators = _flat(sum_)
        return Seed(
            reference=self.reference,
            argument=self.reference.call.arguments[argument_of],
            terms=tuple(map(self._term, terms)),
            operators=operators,
            inline=inline,
            volatile=tuple(self._volatile(node, self.scope, self.reference.statement, _MOST_STEPS)),
        )

    # -- arithmetic ---------------------------------------------------------------------------

    def _arithmetic(self, node: cst.BaseExpression) -> tuple[cst.BaseExpression, bool]:
        """The arithmetic that `node` stands for, and whether it is written right there."""
        plain = _unconverted(node)
        if isinstance(plain, cst.Name):
            home = self.scope.lookup(plain.value)
            bindings = home.bindings[plain.value] if home else []
            if home and home.function() is self.scope.function() and len(bindings) == 1:
                value = bindings[0].value
                if value is not None and len(_flat(_unconverted(value))[0]) > 1:
                    return _unconverted(value), False
        return plain, plain is node

    def _term(self, node: cst.BaseExpression) -> Term:
        span = self.tree.span(node)
        literal = isinstance(node, (cst.Integer, cst.Float))
        return Term(self.tree.source.text_at(span), span, _word(node), literal)

    # -- what differs from run to run -----------------------------------------------------------

    def _volatile(
        self, node: cst.CSTNode, scope: ScopeNode, statement: int | None, steps: int
    ) -> Iterator[tuple[Entry, Span]]:
        if isinstance(node, cst.Name):
            yield from self._of_variable(node, scope, statement, steps)
        elif isinstance(node, cst.Attribute):
            yield from self._volatile(node.value, scope, statement, steps)
        elif isinstance(node, cst.Call):
            yield from self._of_call(node, scope, statement, steps)
        elif isinstance(node, _MIXTURES):
            for child in children(node):
                yield from self._volatile(child, scope, statement, steps)

    def _of_variable(
        self, node: cst.Name, scope: ScopeNode, statement: int | None, steps: int
    ) -> Iterator[tuple[Entry, Span]]:
        home = scope.lookup(node.value)
        if home is None or not steps:
            return
        for binding in home.bindings[node.value]:
            same = home.function() is scope.function()
            later = same and statement is not None and binding.statement >= statement
            if binding.value is not None and not later:
                yield from self._volatile(binding.value, home, binding.statement, steps - 1)

    def _of_call(
        self, node: cst.Call, scope: ScopeNode, statement: int | None, steps: int
    ) -> Iterator[tuple[Entry, Span]]:
        entry = self.names.entry(node.func, scope, statement)
        salted = entry is not None and entry.volatile == "salt"
        if entry and entry.volatile and (not salted or self._is_text(node, scope)):
            yield entry, self.tree.span(node)
            return
        if isinstance(node.func, cst.Attribute):
            yield from self._volatile(node.func.value, scope, statement, steps)
        word = (dotted(node.func) or "").rpartition(".")[2]
        if word in _CONVERSIONS or salted:
            for argument in node.args:
                yield from self._volatile(argument.value, scope, statement, steps)

    def _is_text(self, node: cst.Call, scope: ScopeNode) -> bool:
        """Whether a call is given what surely is, or holds, a text."""
        return any(_holds_text(argument.value, scope) for argument in node.args)


def _unconverted(node: cst.BaseExpression) -> cst.BaseExpression:
    """`seed + i` for `int(seed + i) % 2**32`."""
    while True:
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, _LIMITS):
            node = node.left
        elif (
            isinstance(node, cst.Call)
            and len(node.args) == 1
            and (dotted(node.func) or "").rpartition(".")[2] in _CONVERSIONS
        ):
            node = node.args[0].value
        else:
            return node


def _flat(node: cst.BaseExpression) -> tuple[list[cst.BaseExpression], tuple[str, ...]]:
    """The operands of nested arithmetic, from left to right, and the operators between them."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, _OPERATORS):
        left, before = _flat(node.left)
        right, behind = _flat(node.right)
        return [*left, *right], (*before, type(node.operator).__name__, *behind)
    return [node], ()


def _word(node: cst.BaseExpression) -> str:
    """The last name in an operand: "seed" for `self.seed`, `config["seed"]`, `args.seed()`."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.Call):
        converted = _unconverted(node)
        return _word(converted if converted is not node else node.func)
    if isinstance(node, cst.Subscript):
        index = node.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
            return str(index.value.evaluated_value)
        return _word(node.value)
    return ""


def _holds_text(node: cst.CSTNode, scope: ScopeNode) -> bool:
    if isinstance(node, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)):
        return True
    if isinstance(node, cst.Call):
        return (dotted(node.func) or "").rpartition(".")[2] in ("str", "repr", "format", "join")
    if isinstance(node, cst.Name):
        home = scope.lookup(node.value)
        return home is not None and _is_annotated_text(node.value, home)
    return isinstance(node, _MIXTURES) and any(_holds_text(item, scope) for item in children(node))


def _is_annotated_text(name: str, home: ScopeNode) -> bool:
    """Whether a name is a parameter that its annotation calls a text."""
    if not isinstance(home.node, cst.FunctionDef):
        return False
    return any(
        item.name.value == name
        and item.annotation is not None
        and dotted(item.annotation.annotation) == "str"
        for item in parameters_of(home.node.params)
    )
