"""RNG101: seeding NumPy's hidden global state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.numpy_consumers import consumers
from rnglint.rewrite.numpy_generator import Repairs, generator_fixes
from rnglint.rewrite.numpy_groups import is_seed
from rnglint.rules import Rule


class NumpyGlobalSeed(Rule):
    """Checks for `np.random.seed`, which seeds one hidden state for the whole process.

    ## Why is this bad?
    All functions of `numpy.random` draw from one hidden generator. Whoever seeds it decides the
    numbers of every other user of it: a library that seeds it restarts its caller's stream, and any
    draw that is added somewhere shifts all the draws that follow. NumPy keeps these functions
    for old code only; since NumPy 1.17 a program makes a `Generator` and hands it to whoever draws.

    `np.random.seed = 0` is reported as well: it replaces the function and seeds nothing.

    ## Example
    ```python
    import numpy as np

    np.random.seed(42)
    noise = np.random.normal(size=3)
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng(42)
    noise = rng.normal(size=3)
    ```

    ## Fix safety
    The fix makes the generator where the seed was and turns the draws that it feeds into methods
    of it, all in one step. It is unsafe because other numbers come out: a `Generator` uses
    another algorithm, and no seed reproduces the old stream. Distributions, shapes and dtypes stay.

    A scalar `randint` gets `dtype=int` where it could be noticed that `integers` returns a NumPy
    integer and no `int`; see `numpy-global-sample`.

    `if seed is not None: np.random.seed(seed)` becomes `rng = np.random.default_rng(seed)`, which
    is unseeded without a seed, and does not go on with a stream that somebody else has seeded.

    Where others may draw from the global state too, the seed stays, and the generator is made on a
    line above it: `rng = np.random.default_rng(42)`. The draws in sight move to the generator;
    the seed is still reported, and the help says for whom it stays. Others are: functions of the
    file that draw and cannot move, and what the code that runs after the seed mentions of those who
    may draw behind its back: scikit-learn, SciPy, pandas and whatever is not known to leave
    NumPy's state alone, your own other modules too if one of them, or of up to 60 modules that they
    import, mentions that state or such a library. Pass these a seed or a generator with
    `random_state=` or `rng=`, then remove the seed. After a test function nobody else counts.

    With `target-numpy = "randomstate"` in the settings, `rng = np.random.RandomState(42)` takes the
    seed's place. It draws the very same numbers, so that stored results stay right. That fix is
    offered only where all draws that the seed feeds can move, and nobody else may need it.

    No fix is offered where stored numbers are compared with what is drawn (many digits, a digest,
    or, if a seed is in sight, rounded decimals in an assertion), where a comment says that the seed
    was chosen or that the result depends on it, for a seed under a condition, for one that a loop
    sets again to the same value, and where `get_state` and `set_state` are used around the draws.
    The help of each finding without a fix says why there is none, and what to do.

    ## Known limits
    Draws in other files that rely on this seed are not seen. A seed of an object that
    wraps the global state is not known for one.

    ## References
    - [NumPy: random sampling](https://numpy.org/doc/stable/reference/random/index.html)
    - [NEP 19: random number generator policy](https://numpy.org/neps/nep-0019-rng-policy.html)
    """

    code: ClassVar[str] = "RNG101"
    name: ClassVar[str] = "numpy-global-seed"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each use of the seeding function."""
        seeds = [item for item in facts.references if is_seed(item) and not item.alias]
        repairs = generator_fixes(facts) if seeds else Repairs()
        for seed in seeds:
            yield self.diagnostic(
                facts,
                seed.span,
                _message(facts, seed),
                label="seeds the state that the whole process shares",
                help=repairs.reasons.get(seed.span)
                or f"make a generator where you seed: `rng = {_default_rng(seed)}(…)`",
                fix=repairs.fixes.get(seed.span),
            )


def _message(facts: Facts, seed: Reference) -> str:
    if seed.context is Context.STORE:
        return f"`{seed.text} = …` replaces the function and seeds nothing"
    message = f"`{seed.text}` seeds NumPy's hidden global state; make a generator instead"
    others = consumers(facts)
    if not others:
        return message
    return f"{message}, and pass `random_state=` to {', '.join(others)}, which this seed may feed"


def _default_rng(seed: Reference) -> str:
    return f"{seed.prefix}.default_rng" if seed.prefix else "default_rng"
