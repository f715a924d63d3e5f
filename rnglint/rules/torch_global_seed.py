"""RNG402: seeding PyTorch's hidden global state where a generator would do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rnglint.diagnostics import Diagnostic, Related
from rnglint.facts.model import Context, Facts, Reference
from rnglint.rewrite.words import code
from rnglint.rules import Rule
from rnglint.rules.wording import place

_NETWORK = re.compile(r"\bnn\b|\bDropout\b|\.dropout\(")


class TorchGlobalSeed(Rule):
    """Checks for `torch.manual_seed` and its relatives where a `torch.Generator` would do.

    ## Why is this bad?
    `torch.manual_seed` restarts the streams of the whole process, on all devices: initial weights,
    dropout and data loaders of everybody else included. Who only wants to repeat some draws gives
    them a `torch.Generator` of their own: `torch.randn`, `torch.randperm`, `random_split`,
    `DataLoader` and many others take a `generator`.

    ## Example
    ```python
    import torch

    torch.manual_seed(0)
    noise = torch.randn(3)
    ```

    ## Use instead
    ```python
    import torch

    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(3, generator=generator)
    ```

    ## Fix safety
    There is no fix: a seed may feed code in other files.

    ## Known limits
    Layers draw their weights and their dropout from the global state and take no generator: a seed
    in a file that speaks of `nn` or of dropout is no finding, nor is one in a file where nothing is
    drawn that takes a generator. What PyTorch does is known from its documentation; it was not run.

    ## References
    - [PyTorch: Generator](https://docs.pytorch.org/docs/stable/generated/torch.Generator.html)
    """

    code: ClassVar[str] = "RNG402"
    name: ClassVar[str] = "torch-global-seed"
    default: ClassVar[bool] = False

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """Yields one diagnostic for each seed."""
        used = [item for item in facts.references if item.entry.library == "torch"]
        seeds = [item for item in used if _is_seed(item)]
        draws = [item for item in used if _takes_a_generator(item)]
        if not seeds or not draws or _NETWORK.search(code(facts.source.program)):
            return
        for seed in seeds:
            yield self._report(facts, seed, draws[0])

    def _report(self, facts: Facts, seed: Reference, draw: Reference) -> Diagnostic:
        return self.diagnostic(
            facts,
            seed.span,
            f"`{seed.text}` seeds the hidden global state of PyTorch; `{draw.text}`"
            f" {place(draw.span, seed.span)} takes a `generator`",
            label="seeds state that the whole process shares",
            help="make `generator = torch.Generator().manual_seed(…)` and hand it to the draws",
            related=[Related("this takes a generator", draw.span)],
        )


def _is_seed(reference: Reference) -> bool:
    used = reference.context in (Context.CALL, Context.VALUE) and not reference.alias
    return used and reference.entry.effect == "seed"


def _takes_a_generator(reference: Reference) -> bool:
    """Whether a draw could be given a generator, and is given none."""
    if reference.entry.effect != "draw" or reference.call is None:
        return False
    names = {parameter.name for parameter in reference.entry.parameters}
    return "generator" in names and reference.argument("generator") is None
