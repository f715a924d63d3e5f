"""The recorded cases: programs with JAX's verdict and with ours."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HEADER = """\
import copy
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax import random as jr

normal = jr.normal

"""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of `cases.toml`; `traced` is None for what cannot be traced."""

    name: str
    program: str
    running: bool
    codes: tuple[str, ...]
    traced: bool | None = None
    why: str = ""
    module: str = ""

    @property
    def text(self) -> str:
        """The whole program: a function of one key."""
        body = "".join(f"    {line}\n" for line in self.program.splitlines())
        return f"{HEADER}{self.module}\n\ndef program(k):\n{body}"


def cases() -> tuple[Case, ...]:
    """All cases."""
    table = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
    return tuple(Case(**{**row, "codes": tuple(row["codes"])}) for row in table["case"])
