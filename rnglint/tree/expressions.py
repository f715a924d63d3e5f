"""Expressions of `ast` as nodes of libcst."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import libcst as cst

from rnglint.tree.nodes import make
from rnglint.tree.positions import Positions

#: One string literal, prefix included.
_STRING = re.compile(
    r"""[a-z]*(?:
        \"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"\"\"
      | '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''
      | "[^"\\]*(?:\\.[^"\\]*)*"
      | '[^'\\]*(?:\\.[^'\\]*)*'
    )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
#: Operators that libcst calls otherwise than `ast` does.
_RENAMED = {
    "Mult": "Multiply",
    "Sub": "Subtract",
    "Div": "Divide",
    "FloorDiv": "FloorDivide",
    "Mod": "Modulo",
    "Pow": "Power",
    "LShift": "LeftShift",
    "RShift": "RightShift",
    "MatMult": "MatrixMultiply",
    "Invert": "BitInvert",
    "UAdd": "Plus",
    "USub": "Minus",
    "Eq": "Equal",
    "NotEq": "NotEqual",
    "Lt": "LessThan",
    "LtE": "LessThanEqual",
    "Gt": "GreaterThan",
    "GtE": "GreaterThanEqual",
}


class Unbuilt(Exception):
    """There is something in the program of which only libcst itself can make a node."""


class ExpressionBuilder:
    """Makes the libcst node of each expression, and notes where it stands."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.parsed = positions.parsed

    def expression(self, node: ast.expr) -> Any:
        """The node of an expression."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise Unbuilt(type(node).__name__)
        built = handler(self, node)
        self.parsed[id(built)] = node
        return built

    def optional(self, node: ast.expr | None) -> Any:
        """The node of an expression that may be missing."""
        return None if node is None else self.expression(node)

    # -- names and literals -----------------------------------------------------------------------

    def name_at(self, name: str, row: int, column: int) -> cst.Name:
        """A name that `ast` keeps as a text."""
        node = make(cst.Name, value=name)
        self.positions.note(node, row, column, row, column + len(name))
        return node

    def name_ending(self, name: str, parsed: ast.AST) -> cst.Name:
        """A name that `ast` keeps as a text, at the end of a node."""
        _, _, row, column = self.positions.place(parsed)
        return self.name_at(name, row, column - len(name))

    def name_behind(self, name: str, row: int, column: int) -> cst.Name:
        """A name that `ast` keeps as a text, and that comes next from a place on."""
        return self.name_at(name, *self.positions.find(name, row, column))

    def _name(self, node: ast.Name) -> cst.Name:
        return make(cst.Name, value=node.id)

    def _attribute(self, node: ast.Attribute) -> cst.Attribute:
        value, attr = self.expression(node.value), self.name_ending(node.attr, node)
        return make(cst.Attribute, value=value, attr=attr)

    def _constant(self, node: ast.Constant) -> cst.BaseExpression:
        kind = type(node.value)
        if kind is str or kind is bytes:
            return self._string(node)
        if node.value is None or kind is bool:
            return make(cst.Name, value=str(node.value))
        if kind is type(...):
            return make(cst.Ellipsis)
        numbers: dict[Any, Any] = {int: cst.Integer, float: cst.Float, complex: cst.Imaginary}
        number: cst.BaseNumber = make(numbers[kind], value=self.positions.text(node))
        return number

    def _string(self, node: ast.Constant) -> cst.BaseExpression:
        text = self.positions.text(node)
        match = _STRING.match(text)
        if match is None or match.end() < len(text):
            return self._parsed(node)
        return make(cst.SimpleString, value=text)

    def _parsed(self, node: ast.expr) -> cst.BaseExpression:
        """Leaves an expression to libcst: one that consists of several parts within quotes."""
        row, column, _, _ = self.positions.place(node)
        try:
            built = cst.parse_expression(f"({self.positions.text(node)})")
        except cst.ParserSyntaxError as error:
            raise Unbuilt("string") from error
        self.positions.note_generated(built, row, column - 1)
        return built

    # -- operators --------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> cst.BinaryOperation:
        return make(
            cst.BinaryOperation,
            left=self.expression(node.left),
            operator=operator(node.op),
            right=self.expression(node.right),
        )

    def _boolean(self, node: ast.BoolOp) -> cst.BooleanOperation:
        """`ast` has one node for `a and b and c`, libcst one for each `and`."""
        row, column, _, _ = self.positions.place(node)
        left: cst.BooleanOperation = self.expression(node.values[0])
        for previous, value in pairwise(node.values):
            if previous is not node.values[0]:
                self.positions.note(left, row, column, *self.positions.place(previous)[2:])
            right = self.expression(value)
            left = make(cst.BooleanOperation, left=left, operator=operator(node.op), right=right)
        return left

    def _unary(self, node: ast.UnaryOp) -> cst.UnaryOperation:
        expression = self.expression(node.operand)
        return make(cst.UnaryOperation, operator=operator(node.op), expression=expression)

    def _comparison(self, node: ast.Compare) -> cst.Comparison:
        return make(
            cst.Comparison,
            left=self.expression(node.left),
            comparisons=[
                make(
                    cst.ComparisonTarget,
                    operator=operator(op),
                    comparator=self.expression(comparator),
                )
                for op, comparator in zip(node.ops, node.comparators, strict=True)
            ],
        )

    def _conditional(self, node: ast.IfExp) -> cst.IfExp:
        return make(
            cst.IfExp,
            test=self.expression(node.test),
            body=self.expression(node.body),
            orelse=self.expression(node.orelse),
        )

    def _walrus(self, node: ast.NamedExpr) -> cst.NamedExpr:
        target, value = self.expression(node.target), self.expression(node.value)
        return make(cst.NamedExpr, target=target, value=value)

    # -- calls and subscripts ---------------------------------------------------------------------

    def _call(self, node: ast.Call) -> cst.Call:
        func, args = self.expression(node.func), self.arguments(node.args, node.keywords)
        if len(args) == 1 and isinstance(args[0].value, cst.GeneratorExp):
            self._without_brackets(args[0].value, node)
        return make(cst.Call, func=func, args=args)

    def _without_brackets(self, node: cst.GeneratorExp, call: ast.Call) -> None:
        """To `ast` the brackets of `f(x for x in y)` belong to both, to libcst to the call."""
        row, column, end_row, end = self.positions[node]
        if (end_row, end) == self.positions.place(call)[2:]:
            self.positions.note(node, row, column + 1, end_row, end - 1)

    def arguments(
        self, positional: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> list[cst.Arg]:
        """The arguments of a call, or the bases of a class, as they stand in the text."""
        given: list[ast.expr | ast.keyword] = [*positional, *keywords]
        if keywords and any(isinstance(item, ast.Starred) for item in positional):
            given.sort(key=lambda item: (item.lineno, item.col_offset))
        return [self._argument(item) for item in given]

    def _argument(self, node: ast.expr | ast.keyword) -> cst.Arg:
        if isinstance(node, ast.keyword):
            keyword, star = None, "**"
            if node.arg is not None:
                row, column, _, _ = self.positions.place(node)
                keyword, star = self.name_at(node.arg, row, column), ""
            value = self.expression(node.value)
            built = make(cst.Arg, value=value, keyword=keyword, star=star)
        elif isinstance(node, ast.Starred):
            built = make(cst.Arg, value=self.expression(node.value), star="*")
        else:
            built = make(cst.Arg, value=self.expression(node))
        self.parsed[id(built)] = node
        return built

    def _subscript(self, node: ast.Subscript) -> cst.Subscript:
        value, index = self.expression(node.value), node.slice
        bare = isinstance(index, ast.Tuple) and index.elts and not self._in_brackets(index)
        parts = index.elts if bare and isinstance(index, ast.Tuple) else [index]
        elements = [make(cst.SubscriptElement, slice=self._index(part)) for part in parts]
        return make(cst.Subscript, value=value, slice=elements)

    def _index(self, node: ast.expr) -> cst.BaseSlice:
        if isinstance(node, ast.Slice):
            bounds = {name: self.optional(getattr(node, name)) for name in ("lower", "upper")}
            return make(cst.Slice, **bounds, step=self.optional(node.step))
        if isinstance(node, ast.Starred):
            return make(cst.Index, value=self.expression(node.value), star="*")
        return make(cst.Index, value=self.expression(node))

    def _in_brackets(self, node: ast.Tuple) -> bool:
        """Whether the brackets at the beginning of a tuple with elements are all its own."""
        row, column, end_row, end_column = self.positions.place(node)
        first_row, first_column, row_behind, behind = self.positions.place(node.elts[0])
        opened = self.positions.between((row, column), (first_row, first_column))
        following = node.elts[1] if len(node.elts) > 1 else None
        until = self.positions.place(following)[:2] if following else (end_row, end_column)
        closed = self.positions.between((row_behind, behind), until).partition(",")[0]
        return opened.count("(") > closed.count(")")

    # -- containers -------------------------------------------------------------------------------

    def elements(self, nodes: Sequence[ast.expr]) -> list[cst.BaseElement]:
        """The elements of a tuple, list or set."""
        return [self._element(node) for node in nodes]

    def _element(self, node: ast.expr) -> cst.BaseElement:
        if isinstance(node, ast.Starred):
            built = make(cst.StarredElement, value=self.expression(node.value))
            self.parsed[id(built)] = node
            return built
        return make(cst.Element, value=self.expression(node))

    def _tuple(self, node: ast.Tuple) -> cst.Tuple:
        return make(cst.Tuple, elements=self.elements(node.elts))

    def _list(self, node: ast.List) -> cst.List:
        return make(cst.List, elements=self.elements(node.elts))

    def _set(self, node: ast.Set) -> cst.Set:
        return make(cst.Set, elements=self.elements(node.elts))

    def _dict(self, node: ast.Dict) -> cst.Dict:
        return make(cst.Dict, elements=[*map(self._item, node.keys, node.values)])

    def _item(self, key: ast.expr | None, value: ast.expr) -> cst.BaseDictElement:
        if key is None:
            return make(cst.StarredDictElement, value=self.expression(value))
        return make(cst.DictElement, key=self.expression(key), value=self.expression(value))

    # -- functions and comprehensions -------------------------------------------------------------

    def _lambda(self, node: ast.Lambda) -> cst.Lambda:
        params = self.parameters(node.args)
        return make(cst.Lambda, params=params, body=self.expression(node.body))

    def parameters(self, node: ast.arguments) -> cst.Parameters:
        """The parameters of a function."""
        plain = [*node.posonlyargs, *node.args]
        missing: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults))
        defaults = [*missing, *node.defaults]
        built = [self._parameter(*each) for each in zip(plain, defaults, strict=True)]
        keywords = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        star: cst.Param | cst.ParamStar | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
        if node.vararg:
            star = self._parameter(node.vararg, None, star="*")
        elif node.kwonlyargs:
            star = make(cst.ParamStar)
        return make(
            cst.Parameters,
            posonly_params=built[: len(node.posonlyargs)],
            params=built[len(node.posonlyargs) :],
            star_arg=star,
            kwonly_params=[self._parameter(*each) for each in keywords],
            star_kwarg=self._parameter(node.kwarg, None, star="**") if node.kwarg else None,
        )

    def _parameter(self, node: ast.arg, default: ast.expr | None, star: str = "") -> cst.Param:
        row, column, _, _ = self.positions.place(node)
        return make(
            cst.Param,
            name=self.name_at(node.arg, row, column),
            annotation=self.annotation(node.annotation),
            default=self.optional(default),
            star=star,
        )

    def annotation(self, node: ast.expr | None) -> cst.Annotation | None:
        """The node of an annotation that may be missing."""
        return make(cst.Annotation, annotation=self.expression(node)) if node else None

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
    ) -> cst.ListComp | cst.SetComp | cst.GeneratorExp:
        kinds = {ast.ListComp: cst.ListComp, ast.SetComp: cst.SetComp}
        kind: Any = kinds.get(type(node), cst.GeneratorExp)
        built: cst.ListComp | cst.SetComp | cst.GeneratorExp = make(
            kind, elt=self.expression(node.elt), for_in=self._clauses(node.generators)
        )
        return built

    def _dict_comprehension(self, node: ast.DictComp) -> cst.DictComp:
        return make(
            cst.DictComp,
            key=self.expression(node.key),
            value=self.expression(node.value),
            for_in=self._clauses(node.generators),
        )

    def _clauses(self, nodes: Sequence[ast.comprehension]) -> cst.CompFor | None:
        if not nodes:
            return None
        first = nodes[0]
        return make(
            cst.CompFor,
            target=self.expression(first.target),
            iter=self.expression(first.iter),
            ifs=[make(cst.CompIf, test=self.expression(test)) for test in first.ifs],
            inner_for_in=self._clauses(nodes[1:]),
            asynchronous=make(cst.Asynchronous) if first.is_async else None,
        )

    def _await(self, node: ast.Await) -> cst.Await:
        return make(cst.Await, expression=self.expression(node.value))

    def _yield(self, node: ast.Yield) -> cst.Yield:
        return make(cst.Yield, value=self.optional(node.value))

    def _yield_from(self, node: ast.YieldFrom) -> cst.Yield:
        return make(cst.Yield, value=make(cst.From, item=self.expression(node.value)))


def operator(node: ast.AST, suffix: str = "") -> Any:
    """The libcst node of an operator, which is one for all; `suffix` is "Assign" for `+=`."""
    name = type(node).__name__
    return _operator(_RENAMED.get(name, name) + suffix)


@cache
def _operator(name: str) -> Any:
    return getattr(cst, name)()


_HANDLERS: dict[type[ast.expr], Callable[[ExpressionBuilder, Any], cst.BaseExpression]] = {
    ast.Name: ExpressionBuilder._name,
    ast.Attribute: ExpressionBuilder._attribute,
    ast.Constant: ExpressionBuilder._constant,
    ast.JoinedStr: ExpressionBuilder._parsed,
    ast.BinOp: ExpressionBuilder._binary,
    ast.BoolOp: ExpressionBuilder._boolean,
    ast.UnaryOp: ExpressionBuilder._unary,
    ast.Compare: ExpressionBuilder._comparison,
    ast.IfExp: ExpressionBuilder._conditional,
    ast.NamedExpr: ExpressionBuilder._walrus,
    ast.Call: ExpressionBuilder._call,
    ast.Subscript: ExpressionBuilder._subscript,
    ast.Tuple: ExpressionBuilder._tuple,
    ast.List: ExpressionBuilder._list,
    ast.Set: ExpressionBuilder._set,
    ast.Dict: ExpressionBuilder._dict,
    ast.Lambda: ExpressionBuilder._lambda,
    ast.ListComp: ExpressionBuilder._comprehension,
    ast.SetComp: ExpressionBuilder._comprehension,
    ast.GeneratorExp: ExpressionBuilder._comprehension,
    ast.DictComp: ExpressionBuilder._dict_comprehension,
    ast.Await: ExpressionBuilder._await,
    ast.Yield: ExpressionBuilder._yield,
    ast.YieldFrom: ExpressionBuilder._yield_from,
}
