"""RNG403: TensorFlow's hidden global state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rules import Rule


class TensorflowGlobalSeed(Rule):
    """Checks for TensorFlow's global seed, and for draws that depend on it.

    ## Why is this bad?
    What `tf.random.normal` draws depends on the global seed, on the seed of the operation, on how
    often it was called and, in a `tf.function`, on how many operations were made before it: a line
    that is added elsewhere changes all numbers behind it. Where only one of the two seeds is set,
    the other one is chosen for you, by rules that few people know. The stateless functions draw
    what their `seed` says and nothing else, and a `tf.random.Generator` has a stream of its own.

    ## Example
    ```python
    import tensorflow as tf

    tf.random.set_seed(1)
    noise = tf.random.normal([3])
    ```

    ## Use instead
    ```python
    import tensorflow as tf

    generator = tf.random.Generator.from_seed(1)
    noise = generator.normal([3])
    ```

    Or `tf.random.stateless_normal([3], seed=[1, 0])`, where each draw has a seed of its own.

    ## Fix safety
    There is no fix: a seed may feed layers and other files, and other numbers would be drawn.

    ## Known limits
    The initializers and dropout of Keras, and `tf.data`'s `shuffle`, draw from the same state and
    are not looked at. What TensorFlow does is known from its documentation; it was not run.

    ## References
    - [TensorFlow: random numbers](https://www.tensorflow.org/guide/random_numbers)
    """

    code: ClassVar[str] = "RNG403"
    name: ClassVar[str] = "tensorflow-global-seed"
    default: ClassVar[bool] = False

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each seed and draw."""
        for item in facts.references:
            if item.entry.library == "tensorflow" and _is_global(item):
                yield self._report(facts, item)

    def _report(self, facts: Facts, item: Reference) -> Diagnostic:
        does, help = "draws from", "draw from a `tf.random.Generator`, or `tf.random.stateless_…`"
        if item.entry.effect == "seed":
            does, help = "seeds", "make `generator = tf.random.Generator.from_seed(…)`"
        return self.diagnostic(
            facts,
            item.span,
            f"`{item.text}` {does} the hidden global state of TensorFlow",
            label=f"{does} state that the whole process shares",
            help=help,
        )


def _is_global(reference: Reference) -> bool:
    used = reference.context in (Context.CALL, Context.VALUE) and not reference.alias
    return used and reference.entry.effect in ("seed", "draw")
