"""RNG106: a generator that nobody can make again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.naming import assigned_name
from rnglint.rewrite.words import code
from rnglint.rules import Rule

#: What stands for an argument that the caller left out.
_FALLBACK = re.compile(r"\bis\s+(?:not\s+)?None\b|\bor\b|\bnot\s+\w|\bisinstance\b")
#: With this argument a bit generator that counts, `Philox`, takes its seed as it is.
_COUNTER_KEY = "key"
#: What tells a generator's entropy, or gives it a state: after its name.
_TOLD = r"\.(?:entropy|(?:bit_generator\.)?state\s*=(?!=)|setstate|set_state|seed\(\s*[^\s)])"
#: After a call, at the end of its statement: an attribute that is only read.
_READ = re.compile(r"\.\w+\s*$")


class UnseededGenerator(Rule):
    """Checks for a generator that is made without a seed.

    ## Why is this bad?
    `np.random.default_rng()` asks the operating system for entropy: the numbers are good, and no
    other run draws them. What a program without a seed has found cannot be found again, and a test
    that fails in one of a thousand runs cannot be made to fail. The rule is to be selected where
    results have to be repeatable, in experiments and in tests.

    ## Example
    ```python
    import numpy as np

    rng = np.random.default_rng()
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    ```

    ## Fix safety
    There is no fix: which seed it should be, and who gives it, the tool cannot know.

    ## Known limits
    What stands in for an argument that the caller may give is no finding: `rng or default_rng()`,
    `if rng is None:`. Nor is a `SeedSequence` that is asked for its `entropy`, which is how a
    seed is made that can be logged, a generator whose state is set or that is seeded afterwards,
    and one from which nothing is drawn. A seed that is a variable counts as one, whatever it holds.
    Stubs (`.pyi`), which are never run, are left out.

    ## References
    - [NumPy: SeedSequence](https://numpy.org/doc/stable/reference/random/bit_generators/generated/numpy.random.SeedSequence.html)
    """

    code: ClassVar[str] = "RNG106"
    name: ClassVar[str] = "unseeded-generator"
    default: ClassVar[bool] = False

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each generator or seed sequence without entropy of its own."""
        if facts.source.filename.endswith(".pyi"):
            return
        for reference in facts.references:
            if _is_unseeded(reference) and not _is_told(facts, reference):
                assert reference.call is not None
                yield self.diagnostic(
                    facts,
                    reference.call.span,
                    f"`{reference.text}` gets no seed: no other run draws these numbers",
                    label="seeded by the operating system",
                    help="give it a seed, or take a generator as an argument",
                )


def _is_unseeded(reference: Reference) -> bool:
    entry, call = reference.entry, reference.call
    if reference.context is not Context.CALL or call is None or entry.effect != "make":
        return False
    if entry.library not in ("numpy", "stdlib") or entry.seed is None:
        return False
    seed = reference.argument(entry.seed)
    if any(item.keyword == _COUNTER_KEY for item in call.arguments):
        return False
    if seed is None:
        return not any(item.star for item in call.arguments)
    return seed.is_literal and seed.literal is None


def _is_told(facts: Facts, reference: Reference) -> bool:
    """Whether a seed is not given on purpose: in place of an argument, or to be read afterwards."""
    assert reference.call is not None
    if reference.statement is None:
        return False
    statement = facts.statements[reference.statement]
    if statement.kind not in ("FunctionDef", "ClassDef"):
        above = statement if statement.parent is None else facts.statements[statement.parent]
        header = code(facts.text(above.span)).partition(":")[0] if above.kind == "If" else ""
        if _FALLBACK.search(header) or _FALLBACK.search(code(facts.text(statement.span))):
            return True
    name = assigned_name(facts, reference.statement, reference.call.span)
    line, call = facts.text(statement.span), facts.text(reference.call.span)
    if line == call or _READ.match(line.rpartition(call)[2]):
        return True
    text = facts.text(facts.scopes[reference.scope].span) if name else line
    return re.search((name or re.escape(call)) + _TOLD, text) is not None
