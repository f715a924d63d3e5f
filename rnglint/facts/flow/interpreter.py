"""Statements: sequence, branches, loops, exceptions and early exits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from rnglint.facts.flow.conditions import SURELY, Outcome
from rnglint.facts.flow.constants import constant_of
from rnglint.facts.flow.definitions import is_plain_class
from rnglint.facts.flow.expressions import Evaluator
from rnglint.facts.flow.failures import allows_reuse, expects_failure
from rnglint.facts.flow.frame import Exits, Round
from rnglint.facts.flow.guards import Truth
from rnglint.facts.flow.guesses import DERIVATIVE_RULES
from rnglint.facts.flow.state import State, fresh, fresh_number, join
from rnglint.facts.flow.targets import DEEPEST_LOOP
from rnglint.facts.flow.values import (
    SILENT,
    Class,
    Entity,
    Identity,
    Instance,
    Literal,
    Mapping,
    Record,
    Root,
    Value,
)
from rnglint.facts.flow.values import Sequence as Items
from rnglint.facts.model import ScopeKind
from rnglint.facts.scopes import parameters_of
from rnglint.facts.walk import descendants, dotted, names_in

#: Calls after which nothing follows.
_NEVER_RETURN = frozenset(
    {
        "exit",
        "os._exit",
        "pytest.fail",
        "pytest.skip",
        "quit",
        "self.fail",
        "self.skipTest",
        "sys.exit",
    }
)
#: Exceptions at statements farther apart than this, in one `try`, are not told apart.
_MOST_STATEMENTS = 24
#: Names that say that nobody wants what they are bound to.
_UNWANTED = re.compile(r"_+$|_*(unused|dummy|ignored)", re.IGNORECASE)


class Interpreter(Evaluator):
    """A frame that can execute statements."""

    def run_module(self) -> None:
        """Executes the module's own statements."""
        self.execute(self.tree.module.body)

    def run_function(self, node: cst.FunctionDef | cst.Lambda) -> None:
        """Executes a function body whose parameters can be anything."""
        assert self.state is not None
        for parameter in parameters_of(node.params):
            name = parameter.name.value
            self.state.variables[name] = self._parameter(parameter)
            if isinstance(parameter.default, cst.Name) and parameter.default.value == "None":
                self.optional.add(name)
            self.state.bindings[name] = fresh_number()
        if isinstance(node, cst.Lambda):
            self.uncertain += 1
            self._return(self.evaluate(node.body), node.body)
            return
        if any(_excuses(item.decorator) for item in node.decorators):
            self.findings.excused.add(id(node))
        self.execute(node.body.body)
        if self.state is not None:
            self._return(Literal(None))

    def _parameter(self, parameter: cst.Param) -> Value:
        identity = Identity(Root(0, self.scope.number, parameter.name.value))
        if parameter.annotation is None:
            return Entity(identity)
        definitions, annotation = self.analysis.definitions, parameter.annotation.annotation
        owner = definitions.annotated_class(annotation, self.scope)
        if owner is not None:
            return Instance(owner)
        if self.scope.name.startswith("test"):
            # A fixture: an object of this class itself, where elsewhere it may be of one below it.
            definitions.note_described(identity.root, annotation, self.scope)
        return Entity(identity, definitions.annotated_kind(annotation))

    def _return(self, value: Value, node: cst.BaseExpression | None = None) -> None:
        """Notes that the function ends here, and what it hands on that was consumed."""
        if self.state is None:
            return
        self.returned.append((self.state.guard, value))
        self.ends.append(self.state)
        if node is not None:
            self._hand_on(node, value)
        for place, where in self.storing.items():
            if place.root.is_variable and place in self.state.stored:
                self.escape(self.state.stored[place], where, stored=True)

    def _hand_on(self, node: cst.BaseExpression, value: Value) -> None:
        """Reports the consumed keys in what `node`, of which this is the value, hands on."""
        if isinstance(node, (cst.Name, cst.Attribute)) and dotted(node):
            self.escape(value, node)
        elif isinstance(node, (cst.Tuple, cst.List)) and isinstance(value, Items):
            for element, item in zip(node.elements, value.items, strict=False):
                self._hand_on(element.value, item)
        elif isinstance(node, cst.Dict) and isinstance(value, Mapping):
            held = [item for item in node.elements if isinstance(item, cst.DictElement)]
            for pair, (_, item) in zip(held, value.items, strict=False):
                self._hand_on(pair.value, item)
        elif isinstance(node, cst.Call) and _keeps(node.func):
            if isinstance(value, Record) and value.base is not None:
                held_here = tuple((name, Literal(None)) for name, _ in value.items)
                self.escape(replace(value, items=held_here), node)
            for argument in node.args:
                inner = argument.value
                if not argument.star and isinstance(inner, (cst.Name, cst.Attribute)):
                    self._hand_on(inner, self.evaluate(inner))

    # -- suites -------------------------------------------------------------------------------

    def execute(self, body: Sequence[cst.CSTNode]) -> None:
        """Executes statements in order, as long as the path is alive."""
        for statement in body:
            if self.state is None:
                return
            if isinstance(statement, cst.SimpleStatementLine):
                self._each(statement.body)
            else:
                self._each([statement])

    def _each(self, statements: Iterable[cst.CSTNode]) -> None:
        for node in statements:
            if self.state is None:
                return
            enclosing = self.statement
            self.statement = self.analysis.layout.statement_of.get(id(node), enclosing)
            handler = _STATEMENTS.get(type(node))
            if handler:
                handler(self, node)
            self.statement = enclosing

    def _suite(self, body: cst.BaseSuite) -> None:
        if isinstance(body, cst.SimpleStatementSuite):
            self._each(body.body)
        else:
            self.execute(body.body)

    # -- simple statements ----------------------------------------------------------------------

    def _expression(self, node: cst.Expr) -> None:
        displayed = self.analysis.is_displayed(self.statement)
        self.dropped = None if displayed else node.value
        self.evaluate(node.value)
        by = self._deriver(node.value)
        if by and not displayed:
            self.findings.drop(node.value, by)
        if isinstance(node.value, cst.Call) and dotted(node.value.func) in _NEVER_RETURN:
            self.state = None

    def _assign(self, node: cst.Assign) -> None:
        value = self.evaluate(node.value)
        for item in node.targets:
            self.assign(item.target, value)
            self._note_made(item.target, node.value)

    def _deriver(self, node: cst.BaseExpression) -> str | None:
        """What a call derives keys with, if that is all that it does."""
        if not isinstance(node, cst.Call):
            return None
        entry = self.names.entry(node.func, self.scope, self.statement)
        return entry.qualified if entry and entry.effect in ("split", "fold") else None

    def _note_made(self, target: cst.BaseExpression, node: cst.BaseExpression) -> None:
        """Notes which variables get a derived key, to see whether anything uses them.

        Not a variable that takes the place of the key that it is derived from.
        """
        while isinstance(node, cst.Subscript):
            node = node.value
        by = self._deriver(node)
        home = self.scope.function()
        local = home.kind is ScopeKind.FUNCTION and len(self.rounds) < DEEPEST_LOOP
        if by is None or not local or self.state is None:
            return
        parents = names_in(node)
        for name in _plain_names(target):
            value = self.state.variables.get(name.value)
            if (
                isinstance(value, Entity)
                and name.value not in parents
                and name.value not in home.outer
                and not _UNWANTED.match(name.value)
                and not self.analysis.is_seen_inside(name.value, home)
            ):
                self.findings.make(name, node, by, value.identity)

    def _annotated_assign(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))

    def _aug_assign(self, node: cst.AugAssign) -> None:
        self.evaluate(node.value)
        self.assign(node.target, fresh())

    def _return_statement(self, node: cst.Return) -> None:
        if node.value is None:
            self._return(Literal(None))
        else:
            self._return(self.evaluate(node.value), node.value)
        self._leave()

    def _leave(self) -> None:
        """Nothing follows here but the `finally` of the enclosing `try` statements."""
        if self.leaving and self.state is not None:
            self.leaving[-1].append(self.state)
        self.state = None

    def _raise(self, node: cst.Raise) -> None:
        if node.exc:
            self.evaluate(node.exc)
        self.state = None

    def _break(self, node: cst.Break) -> None:
        if self.exits and self.state is not None:
            self.exits[-1].breaks.append(self.state)
        self._leave()

    def _continue(self, node: cst.Continue) -> None:
        if self.exits and self.state is not None:
            self.exits[-1].continues.append(self.state)
        self._leave()

    def _assert(self, node: cst.Assert) -> None:
        true, _ = self.test(node.test)
        if self.state is not None:
            self.state = self.state.assume(true)

    def _delete(self, node: cst.Del) -> None:
        if self.state is not None and isinstance(node.target, cst.Name):
            self.state.variables.pop(node.target.value, None)

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        """Imports bind library names, which `names` resolves: forget what stood there."""
        if self.state is None or isinstance(node.names, cst.ImportStar):
            return
        for item in node.names:
            bound: cst.BaseExpression = item.asname.name if item.asname else item.name
            while isinstance(bound, cst.Attribute):
                bound = bound.value
            if isinstance(bound, cst.Name):
                self.state.variables.pop(bound.value, None)

    # -- definitions ----------------------------------------------------------------------------

    def _function_def(self, node: cst.FunctionDef) -> None:
        if self.state is None:
            return
        defaults = self.defaults(node)
        value = self.analysis.definitions.decorated(node, self.scope, defaults)
        self.assign(node.name, value or SILENT)

    def _class_def(self, node: cst.ClassDef) -> None:
        frame = type(self)(self.analysis, self.analysis.layout.scope_of[id(node)])
        frame.execute(node.body.body)
        self.assign(node.name, Class(node, self.analysis) if is_plain_class(node) else fresh())

    # -- branches -------------------------------------------------------------------------------

    def _if(self, node: cst.If) -> None:
        self._branch(node)

    def _branch(self, node: cst.If, *, is_elif: bool = False) -> None:
        """An `if` or `elif`: no line can be put before the condition of the latter."""
        self.uncertain += is_elif
        true, false = self.test(node.test)
        self.uncertain -= is_elif
        before = self.state
        if before is None:
            return
        self.state = before.assume(true)
        self._suite(node.body)
        after = self.state
        self.state = before.assume(false)
        if isinstance(node.orelse, cst.If) and self.state is not None:
            self._branch(node.orelse, is_elif=True)
        elif isinstance(node.orelse, cst.Else):
            self._suite(node.orelse.body)
        self.state = join([after, self.state])

    def _match(self, node: cst.Match) -> None:
        subject = self.evaluate(node.subject)
        ends = []
        for case in node.cases:
            before = self.state
            if before is None:
                break
            true, false = self._pattern(case.pattern, subject)
            self.state = before.assume(true)
            for name in pattern_names(case.pattern):
                self.assign(cst.Name(name), fresh())
            skipped = before.assume(false)
            if case.guard is not None and self.state is not None:
                holds, fails = self.test(case.guard)
                matched = self.state
                skipped = join([skipped, matched.assume(fails) if matched else None])
                self.state = matched.assume(holds) if matched else None
            self._suite(case.body)
            ends.append(self.state)
            self.state = skipped
        self.state = join([*ends, self.state])

    def _pattern(self, pattern: cst.MatchPattern, subject: Value) -> Outcome:
        """Where a pattern matches a value, and where it does not."""
        if isinstance(pattern, cst.MatchAs) and pattern.pattern is None:
            return SURELY
        constant: Value | None = None
        if isinstance(pattern, cst.MatchSingleton):
            constant = constant_of(pattern.value)
        elif isinstance(pattern, cst.MatchValue):
            constant = self.evaluate(pattern.value)
        known = self.equality(subject, constant) if isinstance(constant, Literal) else None
        return known or self.outcome(Truth(fresh_number()))

    # -- loops ----------------------------------------------------------------------------------

    def _for(self, node: cst.For) -> None:
        """A loop over something of unknown length is taken to make at least one round."""
        iterable = self.iterated(node.iter)
        loop, run = self.analysis.loop_index(node), fresh_number()
        before = self.state.copy() if self.state else None
        left: list[State | None] = []
        self._enter_loop()
        only_one = _ends_in_a_break(node.body)
        for turn in (1,) if only_one else self.turns(iterable):
            if self.state is None:
                break
            if turn > 1 and not self.is_exact(iterable):
                again = Truth(fresh_number())
                left.append(self.state.assume(frozenset({(again, False)})))
                self.state = self.state.assume(frozenset({(again, True)}))
            self.rounds.append(Round(loop, run, turn))
            element = self.first(iterable) if only_one else self.element(iterable, run, turn)
            self.assign(node.target, element)
            self._suite(node.body)
            self._continue_round()
            self.rounds.pop()
        if self.state is None and not left and not self.exits[-1].breaks:
            # Every round leaves the function: what follows runs if there is no round.
            left.append(before)
        self._leave_loop(left, node.orelse)

    def _while(self, node: cst.While) -> None:
        loop, run = self.analysis.loop_index(node), fresh_number()
        left: list[State | None] = []
        self._enter_loop()
        for turn in (1, 2) if len(self.rounds) < DEEPEST_LOOP else (1,):
            if self.state is None:
                break
            self.rounds.append(Round(loop, run, turn))
            self.uncertain += 1
            true, false = self.test(node.test)
            self.uncertain -= 1
            if self.state is not None:
                left.append(self.state.assume(false))
                self.state = self.state.assume(true)
            self._suite(node.body)
            self._continue_round()
            self.rounds.pop()
        if isinstance(node.test, cst.Name) and node.test.value == "True":
            self.state = None
        self._leave_loop(left, node.orelse)

    def _enter_loop(self) -> None:
        known = self.state.variables.items() if self.state else ()
        self.empty.append(frozenset(name for name, value in known if value == Literal(None)))
        self.exits.append(Exits())

    def _continue_round(self) -> None:
        self.state = join([self.state, *self.exits[-1].continues])
        self.exits[-1].continues.clear()

    def _leave_loop(self, left: list[State | None], orelse: cst.Else | None) -> None:
        exits = self.exits.pop()
        self.empty.pop()
        self.state = join([*left, self.state])
        if orelse is not None and self.state is not None:
            self._suite(orelse.body)
        self.state = join([self.state, *exits.breaks])

    # -- exceptions and contexts ------------------------------------------------------------------

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        """A statement of the `try` suite that raises is taken to have had no effect."""
        left: list[State] = []
        if node.finalbody is not None:
            self.leaving.append(left)
        raised = self._try_suites(node)
        if node.finalbody is not None:
            self.leaving.pop()
            normal = self.state
            if left or (normal is None and raised is not None):
                # What was left early comes by here too, and goes on leaving.
                self.state = join([*left, *([raised] if normal is None else [])])
                self._suite(node.finalbody.body)
            self.state = normal
            if normal is not None:
                self._suite(node.finalbody.body)

    def _try_suites(self, node: cst.Try | cst.TryStar) -> State | None:
        """Everything but the `finally`; returns the state in which an exception is raised."""
        interrupted: list[State | None] = []
        # That an exception was raised at a statement or before it, for each of them: what is true
        # of two states that meet in a handler is then true of what they have in common.
        raised_by = [Truth(fresh_number()) for _ in node.body.body]
        for index, statement in enumerate(node.body.body):
            if self.state is None:
                break
            if not _cannot_raise(statement):
                later = raised_by[index : index + _MOST_STATEMENTS]
                interrupted.append(self.state.assume(frozenset((each, True) for each in later)))
            self.state = self.state.assume(frozenset({(raised_by[index], False)}))
            self.execute([statement])
        if node.orelse is not None and self.state is not None:
            self._suite(node.orelse.body)
        ends = [self.state]
        raised = join(interrupted)
        for handler in node.handlers:
            self.state = (
                raised.assume(frozenset({(Truth(fresh_number()), True)})) if raised else None
            )
            if self.state is not None:
                if handler.name is not None:
                    self.assign(handler.name.name, fresh())
                self._suite(handler.body)
            ends.append(self.state)
        self.state = join(ends)
        return raised

    def _with(self, node: cst.With) -> None:
        if any(expects_failure(item.item) for item in node.items):
            # What is expected to raise, or is not to be checked, consumes nothing.
            before, self.findings.muted = self.state, self.findings.muted + 1
            self.state = before.copy() if before else None
            self._suite(node.body)
            self.state, self.findings.muted = before, self.findings.muted - 1
            return
        for item in node.items:
            value = self.evaluate(item.item)
            if item.asname:
                self.assign(item.asname.name, value if isinstance(value, Instance) else fresh())
        self._suite(node.body)


def _keeps(function: cst.BaseExpression) -> bool:
    """Whether a call makes an object of its arguments: `State(…)`, `state.replace(…)`."""
    last = (dotted(function) or "").rpartition(".")[2]
    return last in ("replace", "_replace", "dict", "tuple") or last.lstrip("_")[:1].isupper()


def _plain_names(target: cst.BaseExpression) -> Iterator[cst.Name]:
    """The variables that a target binds, unpacked ones included."""
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _plain_names(element.value)


def pattern_names(pattern: cst.MatchPattern) -> Iterator[str]:
    """The names that a `match` pattern binds."""
    for node in descendants(pattern):
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            yield node.name.value


def _ends_in_a_break(body: cst.BaseSuite) -> bool:
    """Whether a loop makes a single round: its body ends in `break` and has no `continue`."""
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    if not isinstance(last, cst.Break):
        return False
    return not any(isinstance(item, cst.Continue) for item in descendants(body))


def _excuses(decorator: cst.BaseExpression) -> bool:
    """Whether a decorator says that a function may repeat keys.

    Because it is the derivative of another (`@f.defjvp`), or by `@jax.debug_key_reuse(False)`.
    """
    if isinstance(decorator, cst.Call):
        return _excuses(decorator.func) or allows_reuse(decorator)
    return isinstance(decorator, cst.Attribute) and decorator.attr.value in DERIVATIVE_RULES


def _cannot_raise(node: cst.CSTNode) -> bool:
    """Whether a statement only leaves: `break`, `continue`, `pass`, `return` of a name."""
    if isinstance(node, cst.SimpleStatementLine):
        return all(_cannot_raise(item) for item in node.body)
    if isinstance(node, cst.Return):
        return node.value is None or isinstance(node.value, cst.Name)
    return isinstance(node, (cst.Break, cst.Continue, cst.Pass))


_STATEMENTS: dict[type[cst.CSTNode], Callable[..., None]] = {
    cst.Expr: Interpreter._expression,
    cst.Assign: Interpreter._assign,
    cst.AnnAssign: Interpreter._annotated_assign,
    cst.AugAssign: Interpreter._aug_assign,
    cst.Return: Interpreter._return_statement,
    cst.Raise: Interpreter._raise,
    cst.Break: Interpreter._break,
    cst.Continue: Interpreter._continue,
    cst.Assert: Interpreter._assert,
    cst.Del: Interpreter._delete,
    cst.Import: Interpreter._import,
    cst.ImportFrom: Interpreter._import,
    cst.FunctionDef: Interpreter._function_def,
    cst.ClassDef: Interpreter._class_def,
    cst.If: Interpreter._if,
    cst.Match: Interpreter._match,
    cst.For: Interpreter._for,
    cst.While: Interpreter._while,
    cst.Try: Interpreter._try,
    cst.TryStar: Interpreter._try,
    cst.With: Interpreter._with,
}
