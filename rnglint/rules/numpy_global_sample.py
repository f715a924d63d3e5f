"""RNG102: drawing from NumPy's hidden global state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.numpy_consumers import consumers
from rnglint.rewrite.numpy_generator import Repairs, generator_fixes
from rnglint.rewrite.numpy_groups import is_seed
from rnglint.rewrite.numpy_nearby import nearby
from rnglint.rewrite.places import Places
from rnglint.rules import Rule
from rnglint.rules.wording import place


class NumpyGlobalSample(Rule):
    """Checks for draws from NumPy's hidden global state, such as `np.random.rand(3)`.

    ## Why is this bad?
    The functions of `numpy.random` share one hidden generator with everything else in the process.
    What such a draw returns depends on all the draws made before it, by anyone: it cannot be
    repeated by itself, tests influence each other, and forked workers all draw the same numbers. A
    `Generator` is a plain object with a stream of its own. It is also faster, and has the better
    algorithms.

    A reference counts as well as a call: `map(np.random.normal, xs)`, `choice = np.random.choice`.

    ## Example
    ```python
    import numpy as np

    weights = np.random.randn(3, 2)
    labels = np.random.randint(0, 10, size=5)
    ```

    ## Use instead
    ```python
    import numpy as np

    rng = np.random.default_rng()
    weights = rng.standard_normal((3, 2))
    labels = rng.integers(0, 10, size=5)
    ```

    ## Fix safety
    The fix is unsafe because other numbers are drawn; distributions, shapes and dtypes stay. `rand`
    and `randn` get their dimensions as one tuple, `random_integers` gets `endpoint=True`.

    Where the file seeds the global state, the generator is made where the seed is (see
    `numpy-global-seed`). Where it does not, a generator that the program has already is used if
    there is one; else `rng = np.random.default_rng()` is made after the imports, without a seed,
    and called `_rng` in a module that is made to be imported. Where few tests draw, and where other
    functions of the file make a generator of their own, each function that draws makes its own. If
    another file, or the configuration of your tests, used to seed these draws, seed that generator.

    With `numpy-rng = "parameter"` in the settings, functions and methods take the generator
    instead, as SPEC 7 has it: `def f(x, *, rng=None)` and `rng = np.random.default_rng(rng)`. The
    functions of the file that call them take one too and pass it on; a `main` makes its own.
    Tests, nested and decorated functions still use the module's generator.

    Where a module that the file imports seeds the global state, the generator is made with that
    seed, if it is a number.

    A scalar `randint` is a Python `int`, a scalar `integers` a NumPy one. The fix adds `dtype=int`
    where that could be noticed: where the number meets an arithmetic operator (a float32 array
    times an `int64` is a float64 array) or is a seed for somebody else (Gymnasium refuses an
    `int64`), and in programs that use `json`, `yaml` or `sqlite3`, test for `int`, or seed the
    standard library's `random`. Elsewhere, as in `xs[rng.integers(9)]`, it does not.

    No fix is offered for a draw that a `Generator` would reject or shape otherwise (`rand(*shape)`,
    which is a number if `shape` is empty, where callers may pass nothing or an empty tuple is
    written nearby; `uniform` with its bounds swapped), nor in functions that are passed on where
    worker processes are near, in the classes of data sets, or in compiled functions: a module's
    generator is copied to each worker together with its state. The help says why, and what to do.

    ## Known limits
    `getattr(np.random, name)` is not seen, and neither is an alias that is stored in an attribute
    or a container. Only the place where an alias is made is reported, not its calls.

    ## References
    - [NumPy: what is different in a Generator](https://numpy.org/doc/stable/reference/random/new-or-different.html)
    """

    code: ClassVar[str] = "RNG102"
    name: ClassVar[str] = "numpy-global-sample"
    fixable: ClassVar[str] = "unsafe"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields a diagnostic for each draw, called or not."""
        draws = [item for item in facts.references if _is_draw(item)]
        repairs = generator_fixes(facts) if draws else Repairs()
        places, libraries = Places(facts), _fed(facts)
        for draw in draws:
            other = nearby(places, draw)
            yield self.diagnostic(
                facts,
                draw.span,
                _message(draw, other, libraries),
                label="draws from state that the whole process shares",
                help=repairs.reasons.get(draw.span) or _help(draw, other),
                related=[Related("a generator is made here", other[1].span)] if other else (),
                fix=repairs.fixes.get(draw.span),
            )


def _is_draw(reference: Reference) -> bool:
    if reference.entry.library != "numpy" or reference.entry.effect != "draw":
        return False
    return reference.context in (Context.CALL, Context.VALUE) and not reference.alias


def _fed(facts: Facts) -> str:
    """The libraries, if any, that a seed of this source may feed as well."""
    return ", ".join(consumers(facts)) if any(map(is_seed, facts.references)) else ""


def _message(draw: Reference, other: tuple[str, Reference] | None, libraries: str) -> str:
    message = f"`{draw.text}` draws from NumPy's hidden global state"
    if other:
        where = place(other[1].span, draw.span)
        message += f", not from the generator `{other[0]}` made {where}"
    if libraries:
        return f"{message}; its seed may feed {libraries} too: pass `random_state=` there"
    return message if other else f"{message}; draw from a generator instead"


def _help(draw: Reference, other: tuple[str, Reference] | None) -> str:
    method = draw.entry.generator or draw.entry.name
    several = draw.call is not None and len(draw.call.arguments) > 1
    shape = "(shape)" if several and draw.entry.arguments == "shape" else ""
    if other:
        return f"use `{other[0]}.{method}{shape}`"
    default_rng = f"{draw.prefix}.default_rng" if draw.prefix else "default_rng"
    return f"make `rng = {default_rng}()` once and use `rng.{method}{shape}`"
