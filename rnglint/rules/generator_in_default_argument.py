"""RNG108: a generator, key or draw in a default, made once for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Default, Facts, Reference, Scope, ScopeKind
from rnglint.rewrite.late_default import late_fix
from rnglint.rewrite.places import Places
from rnglint.rewrite.words import code
from rnglint.rules import Rule
from rnglint.rules.entry_points import is_tested_in
from rnglint.rules.wording import one_line
from rnglint.source.modules import is_test_file

#: Classes, by the last word of their names, whose objects move on with every draw.
_STREAMS = frozenset(
    {
        "Generator",
        "PRNGSequence",
        "Random",
        "RandomState",
        "Rngs",
        "SeedGenerator",
        "StatefulPRNG",
    }
)
#: Decorators and bases, by their last words, of classes whose body gives the defaults of fields.
_RECORDS = frozenset(
    {"attrs", "dataclass", "define", "frozen", "Module", "NamedTuple", "PyTreeNode"}
)


class GeneratorInDefaultArgument(Rule):
    """Checks for a generator, key or draw in a default, which is made once for all calls.

    ## Why is this bad?
    Python evaluates the default of a parameter once, where the function is defined. So all calls
    that leave `rng=np.random.default_rng(0)` to its default share one stream: what one of them
    draws depends on how often others were called before, and a test that runs alone sees other
    numbers than one that runs after another. With `key=jax.random.key(0)` all calls draw the same
    numbers, and with `noise=np.random.normal()` they all get the same draw. Fields of dataclasses
    and NamedTuples are shared by all objects in the same way, and so is what stands in a class
    body.

    ## Example
    ```python
    import numpy as np


    def sample(n, rng=np.random.default_rng(0)):
        return rng.normal(size=n)
    ```

    ## Use instead
    ```python
    import numpy as np


    def sample(n, rng=None):
        rng = np.random.default_rng(rng)
        return rng.normal(size=n)
    ```

    That is what SPEC 7 recommends: `default_rng` takes a seed, a generator, which it hands back, or
    None. A key has no good default: let the callers pass it.

    ## Fix safety
    The fix makes None the default, and the value in the body: `rng = np.random.default_rng(rng)`,
    or, under `if rng is None:`, `rng = random.Random()`; in a dataclass, a `default_factory`. It is
    unsafe because it changes the numbers. The seed is dropped, since with it all calls would draw
    the same numbers: who wants to repeat them passes a seed or a generator. No fix is offered for
    keys and streams of keys, for classes that are no dataclasses, for functions within functions,
    and where an annotation would have to allow None and is not only read (`from __future__ import
    annotations`).

    ## Known limits
    A default that is a name (`rng=RNG`) is not looked at. In a class that is neither dataclass nor
    NamedTuple, only a seeded generator or a key is reported that the methods use as `self.name`,
    and `ClassVar` says that sharing is meant. Tests may have keys in their defaults, and a test
    itself whatever it likes, as it is called once.

    ## References
    - [SPEC 7: seeding pseudo-random number generation](https://scientific-python.org/specs/spec-0007/)
    """

    code: ClassVar[str] = "RNG108"
    name: ClassVar[str] = "generator-in-default-argument"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each default that holds what should be made each time."""
        made = [item for item in facts.references if item.context is Context.CALL and _kind(item)]
        places = Places(facts)
        for default in facts.defaults if made else ():
            held = _outermost(places, default, made)
            if held and not _is_meant(places, default, held):
                yield self._report(facts, default, held)

    def _report(self, facts: Facts, default: Default, held: Reference) -> Diagnostic:
        assert held.call is not None
        owner, kind = facts.scopes[default.owner], _kind(held)
        text = one_line(facts.text(held.call.span))
        return self.diagnostic(
            facts,
            held.call.span,
            f"`{text}` is made once, for the default of `{default.name}`:"
            f" {_consequence(facts, owner, kind)}",
            label="made once for all",
            help=_advice(default, kind),
            fix=late_fix(facts, default, held) if kind != "key" else None,
        )


def _kind(reference: Reference) -> str:
    """ "stream", "key" or "draw", or "" for what may well be made once."""
    effect, makes = reference.entry.effect, (reference.entry.makes or "").rpartition(".")[2]
    if effect == "make":
        return "stream" if makes in _STREAMS else ""
    return {"key": "key", "draw": "draw", "consume": "draw"}.get(effect, "")


def _outermost(places: Places, default: Default, made: list[Reference]) -> Reference | None:
    """The first call in a default that makes a generator, key or draw, and not in a lambda."""
    found = [
        item
        for item in made
        if item.call
        and default.value.contains(item.call.span)
        and places.evaluated_in(item.scope) == default.scope
    ]
    return min(found, key=lambda item: item.span.sort_key, default=None)


def _is_meant(places: Places, default: Default, held: Reference) -> bool:
    facts, kind = places.facts, _kind(held)
    owner = facts.scopes[default.owner]
    annotation = facts.text(default.annotation) if default.annotation else ""
    if is_tested_in(places, default.owner) or "ClassVar" in annotation:
        return True
    if owner.kind is ScopeKind.CLASS:
        return not _is_field(facts, default, owner, held)
    if kind == "draw" and facts.scopes[default.scope].kind is ScopeKind.FUNCTION:
        return True
    return owner.name == "main" or (kind == "key" and is_test_file(facts.source.filename))


def _is_field(facts: Facts, default: Default, owner: Scope, held: Reference) -> bool:
    """Whether all objects of a class share what its body makes, and that is not meant."""
    marks = {
        name.partition("(")[0].rpartition(".")[2] for name in (*owner.decorators, *owner.bases)
    }
    if not marks.isdisjoint(_RECORDS) and default.annotation is not None:
        return True
    if _kind(held) == "draw" or held.call is None or not held.call.arguments:
        return False
    text = code(facts.text(owner.span))
    used = re.search(rf"\bself\.{default.name}\b", text) is not None
    return used and not re.search(rf"\bself\.{default.name}\b[^=\n]*=(?!=)", text)


def _consequence(facts: Facts, owner: Scope, kind: str) -> str:
    if owner.name == "__init__" and owner.parent is not None:
        owner = facts.scopes[owner.parent]
    if owner.kind is ScopeKind.CLASS:
        shared = f"all objects of `{owner.name}`"
    else:
        name = "the lambda" if owner.kind is ScopeKind.LAMBDA else f"`{owner.name}`"
        shared = f"all calls of {name}"
    if kind == "stream":
        return f"{shared} share one stream"
    return f"{shared} draw the same numbers" if kind == "key" else f"{shared} get the same draw"


def _advice(default: Default, kind: str) -> str:
    if kind == "key":
        return "let the caller pass the key"
    return f"make `None` the default of `{default.name}`, and the value in the body"
