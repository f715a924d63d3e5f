"""rnglint finds and fixes misused random numbers.

The public API is loaded when it is first used, so that importing this package costs nothing:

    >>> from rnglint import check_source
    >>> check_source("import numpy as np\\nnp.random.seed(0)\\n")[0].code
    'RNG101'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnglint.config.resolution import Config, ConfigError, load_config
    from rnglint.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Related, Span
    from rnglint.engine import check_source, fix_source
    from rnglint.fixes.fixpoint import FixResult
    from rnglint.rules import Rule, all_rules
    from rnglint.source.reading import Source

__version__ = "0.1.0"

__all__ = [
    "Applicability",
    "Config",
    "ConfigError",
    "Diagnostic",
    "Edit",
    "Fix",
    "FixResult",
    "Position",
    "Related",
    "Rule",
    "Source",
    "Span",
    "__version__",
    "all_rules",
    "check_source",
    "fix_source",
    "load_config",
]

_HOMES = {
    "config.resolution": ("Config", "ConfigError", "load_config"),
    "diagnostics": ("Applicability", "Diagnostic", "Edit", "Fix", "Position", "Related", "Span"),
    "engine": ("check_source", "fix_source"),
    "fixes.fixpoint": ("FixResult",),
    "rules": ("Rule", "all_rules"),
    "source.reading": ("Source",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
