"""RNG000: text that cannot be read, decoded or parsed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rnglint.diagnostics import Diagnostic
from rnglint.rules import Rule

if TYPE_CHECKING:
    from rnglint.facts.model import Facts


class SyntaxErrorRule(Rule):
    """Checks for files and notebook cells that cannot be read, decoded or parsed.

    ## Why is this bad?
    What cannot be parsed cannot be checked. The finding says so, instead of letting the file
    pass for clean; all other files, and the other cells of a notebook, are checked as usual.

    The rule stays on when other rules are selected, and suppression comments have no hold on
    it. `--ignore RNG000` and `per-file-ignores` do switch it off.

    ## Example
    ```python
    import numpy as np

    print "mean:", np.random.rand(10).mean()
    ```

    ## Use instead
    ```python
    import numpy as np

    print("mean:", np.random.rand(10).mean())
    ```

    ## Fix safety
    There is no fix.

    ## Known limits
    Of a Python file only the first error is reported, of a notebook the first in each cell. A
    notebook is parsed with the Python that runs rnglint: under Python 3.10, a cell with syntax
    that came with Python 3.12 is an error. In a Python file it is not.
    """

    code = "RNG000"
    name = "syntax-error"

    def check(self, facts: Facts) -> Iterator[Diagnostic]:
        """One diagnostic for each error that stood in the way."""
        for error in facts.errors:
            yield self.diagnostic(facts, error.span, error.message)
