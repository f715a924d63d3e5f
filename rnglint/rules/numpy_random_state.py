"""RNG103: constructing a legacy `RandomState`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.numpy_generator import Repairs
from rnglint.rewrite.numpy_nearby import RANDOM_STATE
from rnglint.rewrite.numpy_random_state import random_state_fixes
from rnglint.rules import Rule

#: What is handed on here will be called: `map(RandomState, seeds)`.
_CONSTRUCTS = re.compile(r"\b(?:map|partial|starmap|defaultdict)\(\s*$|\bdefault_factory\s*=\s*$")


class NumpyRandomState(Rule):
    """Checks for `np.random.RandomState(…)`, NumPy's legacy generator.

    ## Why is this bad?
    `RandomState` is frozen: it exists so that old programs keep their numbers, and gets no
    improvement. `Generator` has taken its place in NumPy 1.17. It is faster, draws from better
    algorithms, and has sound ways to make independent streams (`spawn`). A `RandomState` is right
    only where the old numbers must stay the same, in tests with stored results, say.

    ## Example
    ```python
    import numpy as np

    rng = np.random.RandomState(42)
    noise = rng.randn(3, 2)
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    noise = rng.standard_normal((3, 2))
    ```

    ## Fix safety
    The fix is unsafe because other numbers are drawn; distributions, shapes and dtypes stay. A
    scalar `randint` gets `dtype=int` where it could be noticed that `integers` returns a NumPy
    integer and no `int`; see `numpy-global-sample`.

    It is offered only where every use of the object is in sight: it is bound to a variable, or by
    a method to an attribute (`self._rng`), and all that is done with that is to call methods that a
    `Generator` has as well, to ask whether it is None, to hand it to a function of the same file
    whose parameter is used likewise, to a SciPy function that draws, or to any other function as
    `rng=`, which takes Generators by SPEC 7. An object that is passed on otherwise, returned,
    reseeded or asked for its state stays, and so does one whose numbers are compared with stored
    ones. An attribute counts as its class's own if its name begins with an underscore, or if it
    stands in a test, in a file that runs by itself or in a private class, without a base class
    from elsewhere. The help of each finding without a fix says why there is none.

    ## Known limits
    Nothing is reported where the settings say `target-numpy = "randomstate"`. Annotations,
    `isinstance` tests and subclasses are no finding. Neither is a `RandomState` that a library
    makes for you, as `check_random_state(0)` of scikit-learn does. Other files may import a
    variable of a module, or inherit an attribute that begins with an underscore; the fix takes
    them for used in their own file only.

    ## References
    - [NumPy: legacy random generation](https://numpy.org/doc/stable/reference/random/legacy.html)
    """

    code: ClassVar[str] = "RNG103"
    name: ClassVar[str] = "numpy-random-state"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each construction."""
        if facts.numpy_target == "randomstate":
            return
        made = [item for item in facts.references if _constructs(facts, item)]
        repairs = random_state_fixes(facts) if made else Repairs()
        for item in made:
            module = f"{item.prefix}." if item.prefix else ""
            yield self.diagnostic(
                facts,
                item.span,
                f"`{item.text}` is NumPy's legacy generator; make a `{module}default_rng` instead",
                label="a legacy generator",
                help=_help(item, module, repairs),
                fix=repairs.fixes.get(item.span),
            )


def _constructs(facts: Facts, reference: Reference) -> bool:
    """Whether a reference constructs an object, or is handed to what will."""
    if reference.entry.makes != RANDOM_STATE:
        return False
    if reference.context is Context.CALL:
        return True
    start = reference.span.start
    before = facts.source.line(reference.span.cell, start.row)[: start.column - 1]
    return reference.context is Context.VALUE and _CONSTRUCTS.search(before) is not None


def _help(made: Reference, module: str, repairs: Repairs) -> str:
    instead = f"use `{module}default_rng({_seed(made)})`; it draws other numbers"
    return instead if made.span in repairs.fixes else repairs.reasons.get(made.span, instead)


def _seed(reference: Reference) -> str:
    arguments = reference.call.arguments if reference.call else ()
    short = len(arguments) == 1 and len(arguments[0].text) < 20
    return arguments[0].text if short else "…" if arguments else ""
