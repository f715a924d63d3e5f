"""RNG109: one stream that several workers draw from, or copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Facts, HandOver
from rnglint.rules import Rule
from rnglint.rules.worker_streams import Draw, Judge, global_draws, shared_draws

_IN_TASKS = "give each task a generator of its own: `np.random.default_rng(seed).spawn(n)`"
_IN_DATA_SETS = "make the generator where you draw: `np.random.default_rng([seed, epoch, index])`"


class RngSharedWithWorkers(Rule):
    """Checks for draws in workers from a stream that they share, or of which each has a copy.

    ## Why is this bad?
    A forked process is a copy of its parent, the state of its random numbers included. So all
    processes of a pool draw the same numbers from NumPy's global state, and from a generator that
    belongs to the module: four workers do the same work four times, and nobody sees it. A generator
    is copied just so where it is sent to a process that is started anew, with the module or with
    the data set that holds it. PyTorch gives each worker of a `DataLoader` a seed of its own for
    its own state and for Python's `random`, and since version 1.9 for NumPy's global state, but
    never for a generator in the data set. Threads do not copy, they share: which of them gets which
    number changes from run to run, whatever the seed.

    ## Example
    ```python
    import multiprocessing

    import numpy as np

    RNG = np.random.default_rng(0)


    def simulate(scale):
        return scale * RNG.normal()


    def run(scales):
        with multiprocessing.Pool() as pool:
            return pool.map(simulate, scales)
    ```

    ## Use instead
    ```python
    import multiprocessing

    import numpy as np


    def simulate(scale, rng):
        return scale * rng.normal()


    def run(scales, seed):
        generators = np.random.default_rng(seed).spawn(len(scales))
        with multiprocessing.Pool() as pool:
            return pool.starmap(simulate, zip(scales, generators))
    ```

    In a data set, make the generator where you draw, `np.random.default_rng([seed, epoch, index])`,
    or in each worker, from `torch.utils.data.get_worker_info().seed`.

    ## Fix safety
    There is no fix: the generators have to come from where the workers are started.

    ## Known limits
    Known workers are those of `multiprocessing`, `concurrent.futures`, `threading`, joblib, Ray,
    Dask, PyTorch's loaders and TensorFlow's `py_function`. A function that is handed over is
    followed to the functions of the same file that it calls. A `Dataset` is reported without its
    loader, which is usually made in another file, unless the file's loaders have no `num_workers`;
    so is a subclass of `Process`. Draws from Python's `random` are reported in threads alone, as
    forked processes get new states of it. In threads a stream is reported only if it is seeded:
    without a seed, nothing is lost. Workers that have an initializer, that start with `spawn` (for
    global state), or that seed before they draw are taken to be right; a single process or thread
    is. Joblib's default workers have global states of their own, which no seed reaches; with
    `backend="multiprocessing"` they are copies. A draw from NumPy's global state in a data set is
    no finding where the file shows that it wants a PyTorch that seeds that: it names
    `torch.inference_mode`, `torch.compile` or `torch.func`, or imports a package that came later,
    such as `lightning` or `diffusers`. Elsewhere, what runs with PyTorch 1.9 or later does no harm.

    ## References
    - [NumPy: parallel random number generation](https://numpy.org/doc/stable/reference/random/parallel.html)
    - [PyTorch: randomness in workers](https://docs.pytorch.org/docs/stable/notes/faq.html)
    """

    code: ClassVar[str] = "RNG109"
    name: ClassVar[str] = "rng-shared-with-workers"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each draw that workers repeat, or take from one another."""
        if not facts.hand_overs:
            return
        judge = Judge(facts)
        for draw in (*global_draws(facts), *shared_draws(facts)):
            for handed in facts.hand_overs.get(judge.places.evaluated_in(draw.scope), ()):
                harm = judge.harm(draw, handed)
                if harm:
                    yield self._report(facts, draw, handed, harm)
                    break

    def _report(self, facts: Facts, draw: Draw, handed: HandOver, harm: str) -> Diagnostic:
        callers = [facts.scopes[index].name for index in handed.through[:-1]]
        way = f", by way of {', '.join(f'`{name}`' for name in callers)}" if callers else ""
        loader = handed.entry.workers == "loader"
        return self.diagnostic(
            facts,
            draw.span,
            f"`{draw.text}` {harm}",
            label="drawn in each worker",
            help=_IN_DATA_SETS if loader else _IN_TASKS,
            related=[Related(f"handed to workers here{way}", handed.span)],
        )
