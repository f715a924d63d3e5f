"""The runtime mode: run what was fixed, and see whether the misuse is gone.

`rnglint check` never runs code; this package is the only place that does, and only what it
was told to run, in separate processes under a time limit. The parent fixes, compares and
reports; whatever imports jax or a fixture stands in `rnglint.verify.child`.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["run"]


def run(
    targets: Sequence[str] = (),
    *,
    output_format: str = "table",
    timeout: float = 60.0,
    workers: int | None = None,
) -> int:
    """Verifies fixtures (all bundled ones by default) and prints a report on stdout.

    A target is a fixture folder, a folder of such folders, or the code or name of bundled
    fixtures. `output_format` is "table" or "json". `timeout` is how many seconds one step (one
    function in one mode) may take, `workers` how many processes run side by side.
    Returns 0 where all is well, 1 where a fixture failed, 2 for bad usage or a missing
    library, and 130 after Ctrl-C.
    """
    from rnglint.verify.command import verify

    return verify(targets, output_format=output_format, timeout=timeout, workers=workers)
