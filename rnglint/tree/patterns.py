"""Patterns of `match` statements as nodes of libcst."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import libcst as cst

from rnglint.tree.expressions import ExpressionBuilder, Unbuilt
from rnglint.tree.nodes import make


class PatternBuilder(ExpressionBuilder):
    """Makes the libcst node of each pattern, and notes where it stands."""

    def pattern(self, node: ast.pattern) -> Any:
        """The node of a pattern."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise Unbuilt(type(node).__name__)
        built = handler(self, node)
        self.parsed[id(built)] = node
        return built

    def _equal(self, node: ast.MatchValue) -> cst.MatchValue:
        return make(cst.MatchValue, value=self.expression(node.value))

    def _same(self, node: ast.MatchSingleton) -> cst.MatchSingleton:
        return make(cst.MatchSingleton, value=self.name_ending(str(node.value), node))

    def _parts(self, node: ast.MatchSequence) -> cst.MatchList:
        return make(
            cst.MatchList,
            patterns=[*map(self._part, node.patterns)],
            lbracket=make(cst.LeftSquareBracket),
            rbracket=make(cst.RightSquareBracket),
        )

    def _part(self, node: ast.pattern) -> cst.MatchSequenceElement | cst.MatchStar:
        if isinstance(node, ast.MatchStar):
            star: cst.MatchStar = self.pattern(node)
            return star
        return make(cst.MatchSequenceElement, value=self.pattern(node))

    def _rest(self, node: ast.MatchStar) -> cst.MatchStar:
        name = self.name_ending(node.name, node) if node.name else None
        return make(cst.MatchStar, name=name)

    def _keys(self, node: ast.MatchMapping) -> cst.MatchMapping:
        pairs = zip(node.keys, node.patterns, strict=True)
        row, column, _, _ = self.positions.place(node)
        if node.patterns:
            _, _, row, column = self.positions.place(node.patterns[-1])
        return make(
            cst.MatchMapping,
            elements=[
                make(
                    cst.MatchMappingElement,
                    key=self.expression(key),
                    pattern=self.pattern(pattern),
                )
                for key, pattern in pairs
            ],
            rest=self.name_behind(node.rest, row, column) if node.rest else None,
        )

    def _instance(self, node: ast.MatchClass) -> cst.MatchClass:
        return make(
            cst.MatchClass,
            cls=self.expression(node.cls),
            patterns=[*map(self._part, node.patterns)],
            kwds=self._attributes(node),
        )

    def _attributes(self, node: ast.MatchClass) -> list[cst.MatchKeywordElement]:
        elements = []
        previous: ast.AST = node.patterns[-1] if node.patterns else node.cls
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
            _, _, row, column = self.positions.place(previous)
            key = self.name_behind(name, row, column)
            value = self.pattern(pattern)
            elements.append(make(cst.MatchKeywordElement, key=key, pattern=value))
            previous = pattern
        return elements

    def _capture(self, node: ast.MatchAs) -> cst.MatchAs:
        return make(
            cst.MatchAs,
            pattern=self.pattern(node.pattern) if node.pattern else None,
            name=self.name_ending(node.name, node) if node.name else None,
        )

    def _alternatives(self, node: ast.MatchOr) -> cst.MatchOr:
        parts = [make(cst.MatchOrElement, pattern=self.pattern(each)) for each in node.patterns]
        return make(cst.MatchOr, patterns=parts)


_HANDLERS: dict[type[ast.pattern], Callable[[PatternBuilder, Any], cst.CSTNode]] = {
    ast.MatchValue: PatternBuilder._equal,
    ast.MatchSingleton: PatternBuilder._same,
    ast.MatchSequence: PatternBuilder._parts,
    ast.MatchStar: PatternBuilder._rest,
    ast.MatchMapping: PatternBuilder._keys,
    ast.MatchClass: PatternBuilder._instance,
    ast.MatchAs: PatternBuilder._capture,
    ast.MatchOr: PatternBuilder._alternatives,
}
