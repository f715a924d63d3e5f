"""The runtime mode: run what was fixed, and see whether the misuse is gone.

`rnglint check` never runs code; this package is the only place that does, and only what it
was told to run, in separate processes under a time limit. The parent fixes, compares and
reports; whatever imports jax or a fixture stands in `rnglint.verify.child`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnglint.verify.request import Request

__all__ = ["run"]


def run(request: Request) -> int:
    """Verifies what is asked for, all bundled fixtures by default, and prints a report on stdout.

    A target is a fixture folder, a folder of such folders, a Python file with functions
    `sample*`, the code or name of bundled fixtures, or a function: `module:function` or
    `FILE::function`. Returns 0 where all is well, 1 where something failed, 2 for bad usage or a
    missing library, and 130 after Ctrl-C.
    """
    from rnglint.verify.command import verify

    return verify(request)
