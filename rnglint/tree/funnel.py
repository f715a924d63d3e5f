"""Which parts of a source can matter: decided on the cheap, from imports and words.

The analysis is exact and slow, the standard library's `ast` fast. So only functions that can matter
become part of the tree; of the others it has a stub that keeps their name bound.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnglint.knowledge.loader import Knowledge

#: The value of a statement outside of functions that spans more rows than this may be left out.
_LONG = 3
#: Functions that return data: what else a call returns has to be known, or its methods are not.
_OF_DATA = frozenset(
    ["DataFrame", "Series", "array", "asarray", "dict", "frozenset", "list", "set", "tuple"]
)
_WORD = re.compile(r"[^\W\d]\w*")
#: The beginning of an f-string in which a row may look like a comment.
_LONG_FORMAT = re.compile(r"[ft]r?(?:\"\"\"|''')", re.IGNORECASE)
_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
#: What is called as `jax.jit(f)(x)` or `partial(f)(x)`.
_HANDED = re.compile(r"\b(?:jit|partial|pmap|scan|vmap)\(\s*([^\W\d]\w*)\s*[,)]")
#: `np = pytest.importorskip("numpy")` and its relatives.
_IMPORTED = re.compile(
    r"(\w+)\s*=\s*[\w.]*(?:importorskip|import_module|__import__)\(\s*[\"']([\w.]+)[\"']"
)
#: Words of annotations that make a parameter a key although its function draws nothing itself.
_KEY_TYPES = frozenset({"PRNGKey", "PRNGKeyArray", "KeyArray", "PRNGKeyLike"})


class _Unit:
    """A function that is kept or left out as a whole: rows are 1-based, both included.

    `words` are all words of its text, `calls` those that an opening bracket follows.
    """

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        first: int,
        last: int,
        text: str,
        owner: str,
    ) -> None:
        self.node = node
        self.name = node.name
        self.first = first
        self.last = last
        self.owner = owner
        self.words = frozenset(_WORD.findall(text))
        self.kept = False
        self._text = text

    @cached_property
    def calls(self) -> frozenset[str]:
        return _calls(self._text)

    @property
    def spoken(self) -> str:
        """The word by which other code reaches it: its class for `__init__` and the like."""
        return self.owner if self.name.startswith("__") else self.name


def names_a_library(text: str, knowledge: Knowledge) -> bool:
    """Whether a text that `ast` cannot read names a library and something in it that may matter."""
    words = _words([text])
    following = _following(knowledge)
    return any(
        not words.isdisjoint(following.get(library, ())) for library in knowledge.libraries & words
    )


class Funnel:
    """Decides which functions can matter, from imports and from the words that they contain.

    A function is kept if it names randomness itself, if it mentions something that a kept place
    of that kind binds, or if a kept function mentions it. Statements outside of functions are
    always kept, but for long values in them. `helpers` are imported names that matter like those
    of libraries, each with what has to follow it.
    """

    def __init__(
        self,
        module: ast.Module,
        lines: list[str],
        knowledge: Knowledge,
        helpers: Mapping[str, frozenset[str] | None] | None = None,
    ) -> None:
        every = list(statements(module.body))
        self.lines = _without_documentation(every, lines)
        self.following = _following(knowledge)
        self.units: list[_Unit] = []
        self.loose: list[ast.stmt] = []
        self.roots: dict[str, frozenset[str] | None] = {}
        self.core_names: set[str] = set()
        self._collect(module.body, "")
        for bound, qualified in _IMPORTED.findall("\n".join(self.lines)):
            self._add_root(bound, qualified)
        for statement in every:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._add_roots(statement)
        self.roots.update(helpers or {})

    def omitted(self, wanted: str = "") -> frozenset[int] | None:
        """The `id` of each function, and of each value outside of them, that is left out.

        None if nothing in the file can matter. With `wanted`, only the function or class of that
        name matters, and what it calls.
        """
        if wanted:
            self._want(wanted)
        elif not self.roots or not self._mark():
            return None
        functions = (unit.node for unit in self.units if not unit.kept)
        values = (statement for statement in self.loose if self._is_idle(statement))
        return frozenset(map(id, (*functions, *values)))

    def _is_idle(self, statement: ast.stmt) -> bool:
        """Whether a statement only binds names to long data that name nothing that matters."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if last - first < _LONG or not isinstance(statement, (ast.Expr, ast.Assign)):
            return False
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if not all(isinstance(target, ast.Name) for target in targets):
            return False
        lines = self.lines[first - 1 : last]
        if targets and not _calls("\n".join(lines)) <= _OF_DATA:
            return False
        words = _words(lines)
        return not self._is_core(words) and words.isdisjoint(self.core_names)

    def _collect(self, body: Iterable[ast.stmt], owner: str) -> None:
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._add_unit(statement, owner)
            elif isinstance(statement, ast.ClassDef) or any(True for _ in _bodies(statement)):
                inner = statement.name if isinstance(statement, ast.ClassDef) else owner
                for nested in _bodies(statement):
                    self._collect(nested, inner)
                self.loose.append(statement)
            else:
                self.loose.append(statement)

    def _add_unit(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> None:
        first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        last = node.end_lineno or node.lineno
        text = "\n".join(self.lines[first - 1 : last])
        self.units.append(_Unit(node, first, last, text, owner))

    def _add_roots(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for item in statement.names:
                qualified = item.name if item.asname else item.name.partition(".")[0]
                self._add_root(item.asname or qualified, qualified)
        elif statement.module and not statement.level:
            for item in statement.names:
                if item.name == "*":
                    for word in self.following.get(statement.module, ()):
                        self._add_root(word, f"{statement.module}.{word}")
                else:
                    self._add_root(item.asname or item.name, f"{statement.module}.{item.name}")

    def _add_root(self, bound: str, qualified: str) -> None:
        following = self.following.get(qualified)
        if following is not None:
            known = self.roots.get(bound, frozenset())
            empty = not following or known is None
            self.roots[bound] = None if empty else following | (known or frozenset())

    def _mark(self) -> bool:
        """Marks the units to keep; False if nothing in the file can matter."""
        loose = [statement for statement in self.loose if not _is_import(statement)]
        core_names = self.core_names
        found = False
        words = [(statement, self._own_words(statement)) for statement in loose]
        for statement, own in words:
            if self._is_core(own):
                found = True
                core_names |= _bound_names(statement)
        core = [unit for unit in self.units if self._is_core(unit.words)]
        found = found or bool(core)
        if not found:
            return False
        for unit in core:
            core_names |= self._attributes(unit)
            core_names.add(unit.spoken)
        for statement, own in words:
            # In the order of the file: what a name is made of comes before it.
            if not own.isdisjoint(core_names):
                core_names |= _bound_names(statement)
        for unit in core:
            unit.kept = True
        self._keep_callers(core_names)
        self._keep_reached(loose)
        return True

    def _want(self, name: str) -> None:
        """Marks the function or class `name`, and what it calls."""
        for unit in self.units:
            unit.kept = unit.kept or name in (unit.name, unit.owner)
        self._keep_reached([])

    def _keep_callers(self, names: set[str]) -> None:
        """Keeps the functions that mention what matters, and those that mention them."""
        while True:
            more = [unit for unit in self.units if not unit.kept and unit.words & names]
            if not more:
                return
            for unit in more:
                unit.kept = True
                if unit.spoken:
                    names.add(unit.spoken)

    def _keep_reached(self, loose: list[ast.stmt]) -> None:
        """Keeps the functions that kept code calls, however far down."""
        calls = _calls("\n".join(self._own_text(item) for item in loose))
        calls = calls.union(*(unit.calls for unit in self.units if unit.kept))
        while True:
            reached = [
                unit
                for unit in self.units
                if not unit.kept and (unit.name in calls or unit.spoken in calls)
            ]
            if not reached:
                return
            for unit in reached:
                unit.kept = True
                calls |= unit.calls

    def _is_core(self, words: frozenset[str]) -> bool:
        if words & _KEY_TYPES:
            return True
        return any(
            bound in words and (following is None or not following.isdisjoint(words))
            for bound, following in self.roots.items()
        )

    def _attributes(self, unit: _Unit) -> set[str]:
        """Names after `self.` that the unit assigns on a line that names randomness."""
        found: set[str] = set()
        for line in self.lines[unit.first - 1 : unit.last]:
            match = re.match(r"\s*self\.(\w+)\s*(?::[^=]+)?=[^=]", line)
            if match and self._is_core(_words([line])):
                found.add(match[1])
        return found

    def _own_words(self, statement: ast.stmt) -> frozenset[str]:
        return _words([self._own_text(statement)])

    def _own_text(self, statement: ast.stmt) -> str:
        """The text of a statement outside of the functions and loose statements in it."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        first = min([first, *(item.lineno for item in _decorators(statement))])
        inner = [nested for body in _bodies(statement) for nested in body]
        if inner:
            last = max(first, min(nested.lineno for nested in inner) - 1)
        return "\n".join(self.lines[first - 1 : last])


@cache
def _following(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """What may follow each dotted name on the way to an entry that a rule may report.

    {"numpy": {"random"}, "numpy.random": {"rand", …}, "numpy.random.rand": {}, …}, with aliases.
    """
    found: dict[str, set[str]] = {}
    for name in knowledge.reportable:
        found.setdefault(name, set())
        prefix, _, word = name.rpartition(".")
        while prefix and word not in found.setdefault(prefix, set()):
            found[prefix].add(word)
            prefix, _, word = prefix.rpartition(".")
    for name in knowledge.reportable:
        # What is an entry of its own matters by itself, whatever is known of what it holds.
        found[name] = set()
    return {name: frozenset(words) for name, words in found.items()}


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    return getattr(statement, "decorator_list", [])


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The suites of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        nested = getattr(statement, name, None)
        if nested and isinstance(nested, list):
            yield nested
    for holder in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield holder.body


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements below `body`, at any depth."""
    stack = list(body)
    while stack:
        statement = stack.pop()
        yield statement
        for nested in _bodies(statement):
            stack += nested


def _bound_names(statement: ast.stmt) -> set[str]:
    """The names and attributes that a statement assigns."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For)):
        targets = [statement.target]
    elif isinstance(statement, ast.ClassDef):
        return {statement.name}
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for target in targets
        for node in ast.walk(target)
        if isinstance(node, (ast.Name, ast.Attribute))
    }


def _without_documentation(every: Iterable[ast.stmt], lines: list[str]) -> list[str]:
    """The lines, those blank that hold comments or strings which are statements of their own.

    Where an f-string may go over several rows, nothing is taken for a comment.
    """
    code = [*lines]
    if not any(map(_LONG_FORMAT.search, lines)):
        for row, line in enumerate(lines):
            if line.lstrip()[:1] == "#" and not lines[row - 1].endswith("\\"):
                code[row] = ""
    for statement in every:
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
            continue
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        before = lines[first - 1].encode()[: statement.col_offset]
        behind = lines[last - 1].encode()[statement.end_col_offset :]
        if not before.strip() and not behind.strip():
            code[first - 1 : last] = [""] * (last - first + 1)
    return code


def _calls(text: str) -> frozenset[str]:
    """The names of functions that a text calls, or has called for it."""
    return frozenset((*_CALL.findall(text), *_HANDED.findall(text)))


def _words(lines: list[str]) -> frozenset[str]:
    return frozenset(_WORD.findall("\n".join(lines)))
