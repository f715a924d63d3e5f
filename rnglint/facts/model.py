"""The facts of one source, as plain data: what is true of it, judged by nobody yet.

Facts hold spans and short texts instead of tree nodes, so that rules can compare them,
print them and render edits from them, and so that they can be sent between processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from rnglint.diagnostics import Span
from rnglint.source.behind import Behind
from rnglint.source.reading import Source, SourceError
from rnglint.source.seeders import ImportedSeed

if TYPE_CHECKING:
    from rnglint.knowledge.loader import Entry, Knowledge
    from rnglint.suppress.comments import UnusedSuppression


class ScopeKind(Enum):
    """What opens a scope."""

    MODULE = "module"
    FUNCTION = "function"
    CLASS = "class"
    LAMBDA = "lambda"
    COMPREHENSION = "comprehension"


@dataclass(frozen=True, slots=True)
class Scope:
    """A namespace. `index` is its place in `Facts.scopes`; the module's is 0.

    `names` are the names bound in it, `mentioned` all names that occur in it or below it,
    `outer` the names that it declares `global` or `nonlocal`. `decorators` are the qualified
    names (or, where unknown, the source texts) of a function's or class's decorators, `bases`
    the same for a class's bases. `parameters` are the names of a function's parameters.
    """

    index: int
    kind: ScopeKind
    name: str
    parent: int | None
    span: Span
    names: frozenset[str]
    mentioned: frozenset[str]
    outer: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement. `index` is its place in `Facts.statements` (source order).

    `block` numbers the suite that holds it and `position` its place there. `indent` is the
    white space before it. `alone` says that it starts its line and that nothing but a comment
    follows it there: a new line can be put before it, and it can be replaced by lines.
    `loops` are the indices of the enclosing loops of the same function, outermost first.
    """

    index: int
    kind: str
    span: Span
    scope: int
    block: int
    position: int
    indent: str
    alone: bool
    loops: tuple[int, ...] = ()
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: a `for` or `while` statement, or one `for` clause of a comprehension.

    `varying` are the names that change from round to round: targets, and whatever the body
    binds. `header` spans the line that introduces it. `cases` says that the loop goes through
    cases that are listed and uses them: `for dtype in (int, float)`, `for k, v in table.items()`;
    `listed` that they are written out right there.
    """

    index: int
    kind: str
    header: Span
    scope: int
    varying: frozenset[str]
    statement: int | None
    targets: frozenset[str] = frozenset()
    cases: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. `span` covers the whole argument, `value` its expression.

    `star` is "", "*" or "**". `kind` is the type of the expression in libcst's words
    ("Integer", "Name", "Tuple", "List", "Attribute", "Call", …). `literal` is the value where the
    argument is an int, float, str, bool or None literal (`is_literal` tells None from absent).
    `names` are the names that occur in it.
    """

    span: Span
    value: Span
    text: str
    keyword: str | None
    star: str
    kind: str
    names: frozenset[str]
    is_literal: bool = False
    literal: int | float | str | bool | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `arguments_span` runs from "(" to ")", both included."""

    span: Span
    function: Span
    arguments_span: Span
    arguments: tuple[Argument, ...]


class Context(Enum):
    """How a reference stands in the program."""

    CALL = "call"
    VALUE = "value"
    ANNOTATION = "annotation"
    TYPE_TEST = "type test"
    STORE = "store"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a library's name that the knowledge tables describe, looking and copying excepted.

    `qualified` is its canonical name ("numpy.random.rand"), `span` the expression
    (`np.random.rand`), `text` its source. `prefix` is the text before the last dot ("np.random"),
    or "" for a bare name. `alias` says that the name was not imported but assigned
    (`draw = np.random.rand`; `draw()`): the assignment is reported, not its uses. `statement` is
    the innermost statement that holds it. `loops` are all loops around it in the same function,
    comprehension clauses included.
    """

    qualified: str
    entry: Entry
    span: Span
    text: str
    prefix: str
    context: Context
    scope: int
    statement: int | None
    call: Call | None = None
    alias: bool = False
    loops: tuple[int, ...] = ()

    def argument(self, parameter: str) -> Argument | None:
        """What a call gives for a parameter; None where it gives nothing, or cannot be told."""
        arguments = self.call.arguments if self.call else ()
        position = self.entry.position(parameter)
        for index, item in enumerate(arguments):
            if item.star:
                return None
            if item.keyword == parameter or (item.keyword is None and index == position):
                return item
        return None


@dataclass(frozen=True, slots=True)
class Term:
    """One operand of the arithmetic that makes a seed.

    `word` is the last name in it ("seed" in `self.seed` and `config["seed"]`), else "".
    """

    text: str
    span: Span
    word: str
    literal: bool


@dataclass(frozen=True, slots=True)
class Seed:
    """What a call that seeds, or that makes a generator or key, gets for its seed.

    `terms` are the operands where that is arithmetic, and the only one where it is not;
    `operators` are those between them ("Add", "Multiply", …). `inline` says that the arithmetic
    stands in the call, and not where a variable is assigned. `volatile` are the calls that it is
    made of, directly or by way of variables, of which no two runs of a program agree on the result.
    """

    reference: Reference
    argument: Argument
    terms: tuple[Term, ...]
    operators: tuple[str, ...] = ()
    inline: bool = True
    volatile: tuple[tuple[Entry, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """A value that is made once for all: the default of a parameter, or a name of a class body.

    `owner` is the scope of the function or class, `scope` the one in which the value is evaluated.
    Only values that are more than a name or a literal are listed.
    """

    owner: int
    scope: int
    name: str
    value: Span
    annotation: Span | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """One name bound by an import: `import numpy as np` binds `np` to "numpy".

    `span` is the whole import statement, `names` how many names it binds.
    """

    bound: str
    qualified: str
    span: Span
    scope: int
    statement: int
    names: int


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """A library's module as a value: `getattr(np.random, name)`, `rng = seed or np.random`.

    Neither the object of an attribute nor the whole right side of an assignment to a name.
    """

    qualified: str
    span: Span
    scope: int
    statement: int | None


@dataclass(frozen=True, slots=True)
class MethodUse:
    """An attribute taken of a value that is known to be of a library's class.

    Of RandomState objects all of them; of others only methods that their class lacks, except in
    sources that hand functions to workers.

    `owner` is the qualified class ("numpy.random.Generator"), `attribute` the name, `span` the
    attribute's own name (`randint` in `rng.randint`), `receiver` the text before the dot.
    """

    owner: str
    attribute: str
    span: Span
    receiver: str
    scope: int
    statement: int | None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Handing:
    """A variable as an argument of a call, where it is the whole argument.

    `function` is the qualified name of what is called, or its text. Where that is a function of the
    same source, `scope` is that function's and `parameter` the name that the variable has there.
    """

    function: str
    keyword: str | None
    scope: int | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class NameUse:
    """An occurrence of a variable that may hold what a "make" call returns.

    It is assigned such a call somewhere, or is the parameter to which such a variable is handed.
    `home` is the scope that binds the variable, `scope` the one in which the occurrence stands.
    `store` tells a binding (of any kind, a parameter's too) from a load. Of a load, `member`
    is the attribute taken of it, `handing` the call to which it is passed, and `test` says
    that it is only asked whether it is None.
    """

    name: str
    span: Span
    scope: int
    home: int
    statement: int | None
    store: bool
    member: MethodUse | None = None
    handing: Handing | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Consumption:
    """A place where a key is consumed.

    `span` is the key's expression, `text` its source ("" for a key that a call has returned), `by`
    the qualified or local name of what consumes it. `via` explains a consumption inside a called
    function ("`init` consumes its parameter `key` on line 12"), else "". `rewritable` says that the
    key stands there as a plain name of the scope, or as an attribute of one, in a simple statement
    that runs once each time it is reached, so that a line before the statement may rebind it.
    """

    span: Span
    text: str
    by: str
    scope: int
    statement: int | None
    rewritable: bool
    loops: tuple[int, ...] = ()
    via: str = ""


@dataclass(frozen=True, slots=True)
class KeyReuse:
    """A key that is consumed `again` after `first` on one path of execution.

    `loop` is set where `again` is the next round of that loop (then `first` may be the very same
    place). `same_binding` says that both places name the key through the same variable and
    that it is not bound anew in between. `intended` says that the program shows the repetition to
    be meant: it compares the two results, or throws the first one away. `others` are places in
    between that consumed it too.
    """

    first: Consumption
    again: Consumption
    loop: int | None = None
    same_binding: bool = False
    intended: bool = False
    others: tuple[Consumption, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyCapture:
    """A key that a function does not get but captures, while the function runs many times.

    `by` names what repeats it: a transformation or primitive ("jax.vmap"), or the function that
    is called again. `span` is the place where that happens. `loop` is set where it is called
    again in the next round of that loop; `calls` are the two calls. `intended` as in `KeyReuse`.
    """

    consumption: Consumption
    by: str
    span: Span
    loop: int | None = None
    calls: tuple[Consumption, ...] = ()
    intended: bool = False


@dataclass(frozen=True, slots=True)
class KeyBroadcast:
    """A key that is the same in every lane of the transformation `by`, made at `span`."""

    argument: Consumption
    by: str
    span: Span


@dataclass(frozen=True, slots=True)
class KeyEscape:
    """A key that is handed on after it was consumed: returned, or `stored` where others find it.

    `span` is where it is handed on, `text` what stands there.
    """

    consumption: Consumption
    span: Span
    text: str
    stored: bool


@dataclass(frozen=True, slots=True)
class UnusedKey:
    """Keys that `by` makes and nobody uses: variables, or none if they are not even bound."""

    span: Span
    names: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a function runs under a JAX trace: the transformation `by`, applied at `span`.

    `callers` are the functions through which the traced one calls it, outermost first.
    """

    by: str
    span: Span
    callers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """Why a function runs in workers: `entry` hands it, or what calls it, over at `span`.

    `through` are the scopes of the functions that lead from the one that is handed over to this
    one, both included. `many` says that several workers get it, or one that is handed over alone is
    not the only one: as far as that can be seen here.
    """

    entry: Entry
    span: Span
    through: tuple[int, ...]
    many: bool


@dataclass(frozen=True, slots=True)
class SeedReset:
    """A seed that is set again, to the same value, in the next round of the loop `loop`.

    `call` is the whole call, `qualified` what it calls ("numpy.random.seed"), `seed` the text of
    its seed. Where it makes a key, `consumptions` are the places that consume that very key.
    `intended` says that one round seeds alike twice, to compare what comes of it.
    """

    qualified: str
    entry: Entry
    call: Span
    seed: str
    loop: int
    scope: int
    statement: int | None
    consumptions: tuple[Consumption, ...] = ()
    intended: bool = False


@dataclass(frozen=True, slots=True)
class RepeatedSeeder:
    """A call of a function that sets a seed to the value that it set it to before.

    `call` is the whole call, `callee` what it calls. Inside of that, `qualified` is called at
    `reseeds` in the file `filename` ("" for this one) with `seed`; `is_default` where that comes
    from the default of a parameter. `is_global` tells hidden state from an object or key of the
    function's own. The call is repeated by the loop `loop`, or comes after a seeding alike,
    `first`, and draws that are then drawn again. `intended` as in `SeedReset`.
    """

    call: Span
    callee: str
    qualified: str
    seed: str
    reseeds: Span
    filename: str
    is_global: bool
    is_default: bool
    loop: int | None
    first: Span | None
    scope: int
    statement: int | None
    intended: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """A generator or key that the statement `name = make(seed)` makes; `call` is the call in it.

    `users` says what is done with it: "f()" for what it is handed to, ".normal" for its methods.
    """

    call: Span
    name: str
    seed: str
    statement: int
    users: frozenset[str]


@dataclass(frozen=True, slots=True)
class DuplicateSeed:
    """Streams of one scope, in source order, that are alive at once and equal."""

    streams: tuple[Stream, ...]
    entry: Entry
    scope: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one source. Not `complete` where the flow analysis ran out of its budget.

    `traces` and `hand_overs` have the index of a scope for key: the functions that run under a JAX
    trace, and those that run in workers. `key_doubts` are places that may consume a key, for all
    that is known: no ground for a finding. `consulted` are the other files on which the facts
    depend.
    `in_package` says that the file lies beside an `__init__.py`, and is imported from there.
    `imported_seed` is that of NumPy's global state, where this file draws from it. `behind` says of
    names that are imported from the same program what is behind them, where this file seeds it.
    `numpy_target` and `numpy_rng` are what the settings want fixes for NumPy to make.
    `unused_suppressions` are known only when all other rules have looked at the facts.
    """

    source: Source
    knowledge: Knowledge
    errors: tuple[SourceError, ...] = ()
    scopes: tuple[Scope, ...] = ()
    statements: tuple[Statement, ...] = ()
    loops: tuple[Loop, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    seeds: tuple[Seed, ...] = ()
    defaults: tuple[Default, ...] = ()
    module_uses: tuple[ModuleUse, ...] = ()
    name_uses: tuple[NameUse, ...] = ()
    method_uses: tuple[MethodUse, ...] = ()
    key_reuses: tuple[KeyReuse, ...] = ()
    key_captures: tuple[KeyCapture, ...] = ()
    key_broadcasts: tuple[KeyBroadcast, ...] = ()
    key_escapes: tuple[KeyEscape, ...] = ()
    key_doubts: tuple[Consumption, ...] = ()
    unused_keys: tuple[UnusedKey, ...] = ()
    traces: Mapping[int, Trace] = field(default_factory=dict)
    hand_overs: Mapping[int, tuple[HandOver, ...]] = field(default_factory=dict)
    seed_resets: tuple[SeedReset, ...] = ()
    repeated_seeders: tuple[RepeatedSeeder, ...] = ()
    duplicate_seeds: tuple[DuplicateSeed, ...] = ()
    consulted: frozenset[str] = frozenset()
    complete: bool = True
    in_package: bool = False
    imported_seed: ImportedSeed | None = None
    behind: Mapping[str, Behind] = field(default_factory=dict)
    numpy_target: str = "generator"
    numpy_rng: str = "module"
    unused_suppressions: tuple[UnusedSuppression, ...] = ()
    noqa_rows: Mapping[tuple[int | None, int], int] = field(default_factory=dict, repr=False)

    def noqa_row(self, span: Span) -> int:
        """The row at whose end a suppression of `span` is written: where its logical line ends."""
        return self.noqa_rows.get((span.cell, span.start.row), span.end.row)

    def trace_of(self, scope: int) -> Trace | None:
        """Why the function whose code stands in `scope` runs under a JAX trace, if it does."""
        while self.scopes[scope].kind is ScopeKind.COMPREHENSION:
            scope = self.scopes[scope].parent or 0
        return self.traces.get(scope)

    def text(self, span: Span) -> str:
        """The source text at `span`, newlines as in the file."""
        return self.source.text_at(span)
