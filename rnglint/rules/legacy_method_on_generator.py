"""RNG105: legacy method names on a `Generator`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Applicability, Diagnostic, Fix
from rnglint.facts.model import Facts, MethodUse
from rnglint.rewrite.numpy_calls import Draw, translation
from rnglint.rules import Rule

_GENERATOR = "numpy.random.Generator"
#: What to do where no method can be meant.
_HELP = {
    "seed": "make a new generator to start again: `rng = np.random.default_rng(seed)`",
    "get_state": "read `rng.bit_generator.state`",
    "set_state": "assign `rng.bit_generator.state`",
}


class LegacyMethodOnGenerator(Rule):
    """Checks for methods that a NumPy `Generator` does not have, such as `rng.randint`.

    ## Why is this bad?
    A `Generator` is not a drop-in for `np.random`: `rand`, `randn`, `randint`, `random_sample`,
    `random_integers`, `seed` and a few more do not exist on it. The call raises an AttributeError
    when it is reached, which may be long after the half-finished migration that left it there.

    ## Example
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    weights = rng.randn(3, 2)
    labels = rng.randint(0, 10, size=5)
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    weights = rng.standard_normal((3, 2))
    labels = rng.integers(0, 10, size=5)
    ```

    ## Fix safety
    The fix is safe: the code raises as it stands. The method is renamed, and its arguments are
    brought into the form that the new one takes: `rng.rand(2, 3)` becomes `rng.random((2, 3))`,
    `rng.random_integers(6)` becomes `rng.integers(1, 6, endpoint=True)`.

    There is none for `seed`, `get_state`, `set_state` and `tomaxint`, nor where the arguments
    do not say what was meant: `rng.rand(*shape)`, `rng.rand(size=3)`.

    ## Known limits
    Only values that are known to be Generators are looked at: made by `default_rng` or `Generator`
    in sight. A parameter that is merely called `rng` may be anything.

    ## References
    - [NumPy: what is different in a Generator](https://numpy.org/doc/stable/reference/random/new-or-different.html)
    """

    code: ClassVar[str] = "RNG105"
    name: ClassVar[str] = "legacy-method-on-generator"
    fixable: ClassVar[str] = "safe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each method that is not there."""
        known = facts.knowledge.cls(_GENERATOR)
        for use in facts.method_uses:
            if known is None or use.owner != _GENERATOR or use.attribute not in known.missing:
                continue
            method = known.missing[use.attribute]
            instead = f"; use `{method}`" if method else ""
            yield self.diagnostic(
                facts,
                use.span,
                f"`{use.receiver}` is a NumPy Generator, which has no `{use.attribute}`{instead}",
                label="raises an AttributeError",
                help=_HELP.get(use.attribute, f"call `{use.receiver}.{method}`"),
                fix=_fix(facts, use, method),
            )


def _fix(facts: Facts, use: MethodUse, method: str) -> Fix | None:
    edits = translation(facts, Draw.of(use)) if method else None
    return Fix(f"Call `{method}`", edits, Applicability.SAFE) if edits else None
