"""RNG206: a JAX key that is the same at every call of a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Span
from rnglint.facts.model import Argument, Context, Facts, Reference, Scope, ScopeKind
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code
from rnglint.rules import Rule
from rnglint.rules.entry_points import (
    ENTRY,
    ENTRY_DECORATORS,
    is_tested_in,
    under_main_guard,
)
from rnglint.source.modules import is_test_file

#: Functions that use a key for the shapes of what would come of it, derive others from it, or
#: mostly ignore it.
_HARMLESS = frozenset(
    {
        "eval_shape",
        "eval_summary",
        "filter_eval_shape",
        "filter_make_jaxpr",
        "fold_in",
        "initialize_carry",
        "lower",
        "make_jaxpr",
        "tabulate",
    }
)
#: Names for what stands in for something else, and is never computed with.
_DUMMY = re.compile(
    r"dummy|fake|mock|placeholder|abstract|template|example|demo|shape|struct|unused", re.IGNORECASE
)
_DEFAULT = re.compile(r"\bis\s+(?:not\s+)?None\b|\bor\b|\bnot\s+\w")
_TARGET = re.compile(r"[\w\s.,()]+(?::[^=]+)?=(?!=)")
_BRACKET = re.compile(r"([\w.]*)([(\[{])|[)\]}]")
_COMPOUND = frozenset({"If", "For", "While", "With", "Try", "FunctionDef", "ClassDef", "Match"})


class ConstantKey(Rule):
    """Checks for a JAX key that a function makes from a literal seed.

    ## Why is this bad?
    `jax.random.key(0)` inside a function makes the same key whenever the function is called, so
    every call draws the same numbers: the noise of all training steps is one noise, all dropout
    masks are one mask, two layers that are initialized by one helper are equal. The caller sees
    nothing of it and can do nothing about it. A key is to be made once, where the program starts,
    and handed down. The same goes for streams of keys, such as `nnx.Rngs(0)` and
    `hk.PRNGSequence(42)`.

    ## Example
    ```python
    import jax


    def noisy(x):
        key = jax.random.key(0)
        return x + jax.random.normal(key, x.shape)
    ```

    ## Use instead
    ```python
    import jax


    def noisy(x, key):
        return x + jax.random.normal(key, x.shape)
    ```

    ## Fix safety
    There is no fix: the callers have to hand in a key.

    ## Known limits
    A program's entry points run once and are no finding: the module itself, notebook cells, `main`,
    commands of Click and its relatives, functions that are called under `if __name__ ==
    "__main__"`, tests with their fixtures and helpers. Nor is a key that only serves to infer
    shapes (`jax.eval_shape`, `tabulate`), that data is folded into, that stands for a missing
    argument (`if key is None`), or that makes what its name calls a dummy. A seed that is a
    constant of the module, or a default of a parameter, is taken for a setting. A seed that a loop
    repeats is `seed-reset-in-loop`.

    ## References
    - [JAX: pseudorandom numbers](https://docs.jax.dev/en/latest/random-numbers.html)
    """

    code: ClassVar[str] = "RNG206"
    name: ClassVar[str] = "constant-key"
    default: ClassVar[bool] = False

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each key that is the same at every call."""
        made = [(item, seed) for item in facts.references if (seed := _literal_seed(facts, item))]
        if not made or is_test_file(facts.source.filename):
            return
        places = Places(facts)
        guarded = under_main_guard(facts)
        resets = {item.call for item in facts.seed_resets}
        for reference, seed in made:
            function = _repeated(places, reference.scope, guarded)
            call = reference.call
            if call is None or function is None or call.span in resets:
                continue
            if not _is_harmless(facts, reference, call.span, function):
                yield self._report(facts, call.span, seed, function)

    def _report(self, facts: Facts, call: Span, seed: Argument, function: Scope) -> Diagnostic:
        lambda_ = function.kind is ScopeKind.LAMBDA
        name = "this lambda" if lambda_ else f"`{function.name}`"
        return self.diagnostic(
            facts,
            call,
            f"`{facts.text(call)}` is the same at every call of {name}: each draws the same"
            " numbers",
            label=f"always seeded with {seed.text}",
            help="make the key once, where the program starts, and pass it as an argument",
        )


def _literal_seed(facts: Facts, reference: Reference) -> Argument | None:
    """The literal that a call makes a key, or a stream of keys, from."""
    entry, call = reference.entry, reference.call
    makes_stream = entry.effect == "make" and facts.knowledge.cls(entry.makes or "") is not None
    if reference.context is not Context.CALL or call is None or entry.seed is None:
        return None
    if entry.effect != "key" and not (makes_stream and entry.key):
        return None
    position = entry.position(entry.seed)
    plain = [item for item in call.arguments if item.keyword is None and not item.star]
    named = [item for item in call.arguments if item.keyword == entry.seed]
    given = plain[position : position + 1] if position is not None else []
    found = next(iter([*given, *named]), None)
    return found if found and found.is_literal and found.literal is not None else None


def _repeated(places: Places, scope: int, guarded: frozenset[str]) -> Scope | None:
    """The function that may run again and again, None where a place runs once, or in a test."""
    functions = places.functions(scope)
    if not functions or is_tested_in(places, scope):
        return None
    function = functions[0]
    decorators = {name.partition("(")[0].rpartition(".")[2] for name in function.decorators}
    if ENTRY.fullmatch(function.name) or decorators & ENTRY_DECORATORS:
        return None
    return None if function.parent == 0 and function.name in guarded else function


def _is_harmless(facts: Facts, reference: Reference, call: Span, function: Scope) -> bool:
    """Whether a key is no more than a default, or serves shapes or a dummy."""
    if reference.statement is None:
        return False
    if _DUMMY.search(function.name):
        return True
    statement = facts.statements[reference.statement]
    before = code(facts.text(Span(statement.span.start, call.start, call.cell)))
    target = _TARGET.match(before)
    if target and _DUMMY.search(target[0]):
        return True
    if not _HARMLESS.isdisjoint(_enclosing(before)):
        return True
    if statement.kind not in _COMPOUND and _DEFAULT.search(code(facts.text(statement.span))):
        return True
    if statement.parent is not None and facts.statements[statement.parent].kind == "If":
        above = Span(facts.statements[statement.parent].span.start, call.start, call.cell)
        if _DEFAULT.search(code(facts.text(above)).partition(":")[0]):
            return True
    name = assigned_name(facts, reference.statement, call)
    return name is not None and _serves_shapes(code(facts.text(function.span)), name)


def _serves_shapes(text: str, name: str) -> bool:
    """Whether every use of a variable in the text of a function is an argument that is harmless."""
    uses = re.finditer(rf"(?<![\w.]){name}\b(?!\s*=(?!=))", text)
    return all(not _HARMLESS.isdisjoint(_enclosing(text[: use.start()])) for use in uses)


def _enclosing(before: str) -> frozenset[str]:
    """The names of the calls in whose brackets the end of `before` stands.

    In `make_jaxpr(f)(key)` the key stands in a call of `make_jaxpr` as well.
    """
    stack: list[str] = []
    closed, end = "", -1
    for token in _BRACKET.finditer(before):
        if token[2]:
            name = token[1] or (closed if token.start() == end else "")
            stack.append(name.rpartition(".")[2])
        elif stack:
            closed, end = stack.pop(), token.end()
    return frozenset(stack)
