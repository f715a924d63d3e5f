"""Names for what a fix adds: free ones, and library names in the file's own import style."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rnglint.diagnostics import Edit, Span
from rnglint.facts.model import Facts, Import, Scope, ScopeKind
from rnglint.rewrite.imports import relisted


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a library's function is written at some place, and what has to be imported for it."""

    text: str
    edits: tuple[Edit, ...] = ()


def free_name(
    facts: Facts, candidates: Iterable[str], home: int, readers: Collection[int] = ()
) -> str | None:
    """The first candidate that may be bound in scope `home` and be read in the scopes `readers`.

    No other meaning of the name is hidden by it, and none hides it.
    """
    return next((name for name in candidates if is_free(facts, name, home, readers)), None)


def is_free(facts: Facts, name: str, home: int, readers: Collection[int] = ()) -> bool:
    """Whether binding `name` in scope `home` changes nothing else; see `free_name`."""
    scope = facts.scopes[home]
    if name in scope.names or any(name in item.outer for item in facts.scopes):
        return False
    if scope.kind is not ScopeKind.MODULE and name in scope.mentioned:
        return False
    if scope.kind is ScopeKind.MODULE and _declared_global(facts, name):
        return False
    between = {item.index for reader in readers for item in _below(facts, reader, home)}
    return not any(name in facts.scopes[index].names for index in between)


def _declared_global(facts: Facts, name: str) -> bool:
    """Whether any text, analysed or not, says `global name`."""
    return re.search(rf"\bglobal\b[^\n]*\b{name}\b", facts.source.program) is not None


def _below(facts: Facts, scope: int, home: int) -> Iterator[Scope]:
    """The scopes from `scope` outwards to `home`, which is left out."""
    index: int | None = scope
    while index is not None and index != home:
        yield facts.scopes[index]
        index = facts.scopes[index].parent


def spelling(
    facts: Facts,
    qualified: str,
    scope: int,
    before: int,
    *,
    prefer: str = "",
    unused: Collection[str] = (),
) -> Spelling | None:
    """How `qualified` is written in `scope`, by the imports that ran before statement `before`.

    Of several ways the one whose prefix is `prefer` wins, then the most specific. Where the
    module's functions are imported by name, the name is added to that import, and those of the
    names in `unused` that it binds are dropped from it.
    """
    visible = [item for item in facts.imports if _is_visible(facts, item, scope, before)]
    ways = [way for item in visible if (way := _by_attribute(item, qualified)) is not None]
    if ways:
        best = max(ways, key=lambda way: (way.rpartition(".")[0] == prefer, -way.count(".")))
        return Spelling(best)
    module, _, name = qualified.rpartition(".")
    for item in visible:
        if item.qualified.rpartition(".")[0] == module and item.bound != "*":
            edit = relisted(facts, item.span, unused, name)
            if edit and is_free(facts, name, item.scope, (scope,)):
                return Spelling(name, (edit,))
    return None


def _by_attribute(item: Import, qualified: str) -> str | None:
    """`np.random.default_rng` for the import that binds `np`, if it leads to `qualified`."""
    if item.bound == "*":
        return None
    if item.qualified == qualified:
        return item.bound
    rest = qualified.removeprefix(item.qualified)
    return item.bound + rest if rest.startswith(".") and rest != qualified else None


def _is_visible(facts: Facts, item: Import, scope: int, before: int) -> bool:
    """Whether the name that `item` binds surely means that in `scope` at statement `before`."""
    home = _home(facts, item.bound, scope)
    if home != item.scope or item.statement >= before:
        return False
    meanings = {other.qualified for other in facts.imports if _same_name(item, other)}
    certain = facts.statements[item.statement].parent == definition(facts, item.scope)
    return certain and len(meanings) == 1


def _same_name(item: Import, other: Import) -> bool:
    return other.bound == item.bound and other.scope == item.scope


def _home(facts: Facts, name: str, scope: int) -> int | None:
    """The scope whose binding of `name` is read in `scope`."""
    for item in _below(facts, scope, -1):
        if name in item.names and (item.kind is not ScopeKind.CLASS or item.index == scope):
            return item.index
    return None


def definition(facts: Facts, scope: int) -> int | None:
    """The statement that opens a scope: None for the module."""
    span = facts.scopes[scope].span
    if facts.scopes[scope].kind is ScopeKind.MODULE:
        return None
    holders = [item for item in facts.statements if item.span.contains(span)]
    return holders[-1].index if holders else None


def assigned_name(facts: Facts, statement: int | None, value: Span) -> str | None:
    """`x` where the statement is `x = <value>` and nothing more."""
    name = assigned_target(facts, statement, value)
    return name if name and "." not in name else None


def assigned_target(facts: Facts, statement: int | None, value: Span) -> str | None:
    """`x`, or `self.x`, where the statement is `self.x = <value>` and nothing more."""
    if statement is None or facts.statements[statement].span.end != value.end:
        return None
    start = facts.statements[statement].span.start
    before = facts.text(Span(start, value.start, value.cell))
    match = re.fullmatch(r"(\w+(?:\.\w+)?)\s*=\s*", before)
    return match[1] if match else None
