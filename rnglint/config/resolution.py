"""Settings: `[tool.rnglint]` in pyproject.toml, or rnglint.toml, as one frozen value.

The closest file wins and is not merged with those above it. An unknown key, a value of the
wrong type or an unknown code is an error that names the file, the key and what was meant.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rnglint.config.globs import matches
from rnglint.config.selectors import (
    ConfigError,
    Selection,
    canonical_selector,
    resolve_selector,
    selected,
    specificity,
)

if TYPE_CHECKING:
    from rnglint.rules import Rule

__all__ = [
    "DEFAULT_EXCLUDE",
    "Config",
    "ConfigError",
    "Selection",
    "load_config",
    "resolve_selector",
]

#: What is left out of a walk unless `exclude` is set: Ruff's list.
DEFAULT_EXCLUDE = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".rnglint_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run.

    `select` and `fixable` are None where they are not set: the default rules, and all fixes.
    `per_file_ignores` are pairs of a pattern and its selectors. `root` is the folder of the
    file at `path`; patterns are relative to it (to the working directory where there is
    none). `command_line` holds the selectors given there, which stand above the file's.
    `origins` tells for each key that was set where: a file, or "command line".
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    unsafe_fixes: bool = False
    output_format: str | None = None
    cache_dir: str | None = None
    numpy_target: str = "generator"
    numpy_rng: str = "module"
    knowledge: Mapping[str, Any] = field(default_factory=dict, hash=False)
    root: str | None = None
    path: str | None = None
    command_line: Selection = field(default_factory=Selection)
    origins: tuple[tuple[str, str], ...] = ()

    def enabled(self, rule: type[Rule]) -> bool:
        """Whether a rule is selected: the most specific selector decides, as in Ruff."""
        layers = (self._selection, self.command_line)
        return selected(layers, rule.code, rule.name, default=rule.default)

    def may_fix(self, rule: type[Rule]) -> bool:
        """Whether the fixes of a rule may be applied, by `fixable` and `unfixable`."""
        layers = tuple(
            Selection(select=layer.fixable, ignore=layer.unfixable)
            for layer in (self._selection, self.command_line)
        )
        return selected(layers, rule.code, rule.name, default=True)

    def ignored_in(self, code: str, filename: str) -> bool:
        """Whether `per-file-ignores` silences a code in a file; "!" turns a pattern around."""
        for pattern, selectors in self.per_file_ignores:
            negated = pattern.startswith("!")
            named = matches((pattern[negated:],), os.path.abspath(filename), self.base)
            if named != negated and any(
                specificity(canonical_selector(text), code) is not None for text in selectors
            ):
                return True
        return False

    @property
    def base(self) -> str:
        """The folder that patterns are relative to."""
        return self.root or os.getcwd()

    @property
    def _selection(self) -> Selection:
        return Selection(
            self.select,
            self.ignore,
            self.extend_select,
            self.extend_ignore,
            self.fixable,
            self.unfixable,
        )


def load_config(
    start: str | None = None,
    *,
    config_file: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    isolated: bool = False,
    rules: Iterable[type[Rule]] | None = None,
) -> Config:
    """The settings for what stands at `start` (a file or a folder; None: here).

    `config_file` names the file to use instead of the closest one; its patterns are then
    relative to the working directory, as in Ruff. `overrides` are settings of the command
    line: the same keys, "-" or "_" in them, None where an option was not given.
    """
    from rnglint.config import settings

    if isolated and config_file is not None:
        raise ConfigError(f"`{config_file}` cannot be used where settings files are ignored")
    path, table = config_file, {}
    if config_file is not None:
        table = settings.read_table(config_file) or {}
    elif not isolated:
        path, table = settings.closest_table(os.path.abspath(start or os.curdir))
    root = os.path.dirname(path) if path and config_file is None else os.getcwd()
    given = settings.typed(table, path or "", root, rules)
    config = replace(
        Config(),
        **given,
        root=root,
        path=path,
        origins=tuple((key, path or "") for key in table),
    )
    return _overridden(config, overrides or {}, rules)


def _overridden(
    config: Config, overrides: Mapping[str, Any], rules: Iterable[type[Rule]] | None
) -> Config:
    """`config` under the settings of the command line.

    Its selectors stand above the file's and do not replace them, `extend-exclude` is added,
    everything else replaced. Its patterns are relative to the working directory.
    """
    from rnglint.config import settings

    where = "command line"
    table = {key.replace("_", "-"): value for key, value in overrides.items() if value is not None}
    given = settings.typed(table, where, os.getcwd(), rules)
    selection = {name: given.pop(name) for name in settings.SELECTORS if name in given}
    for name in ("exclude", "extend_exclude"):
        if name in given:
            given[name] = tuple(settings.absolute(pattern) for pattern in given[name])
    if "per_file_ignores" in given:
        given["per_file_ignores"] = tuple(
            (settings.absolute(pattern), codes) for pattern, codes in given["per_file_ignores"]
        )
    if "extend_exclude" in given:
        given["extend_exclude"] = (*config.extend_exclude, *given["extend_exclude"])
    origins = {**dict(config.origins), **dict.fromkeys(table, where)}
    return replace(
        config,
        **given,
        command_line=Selection(**selection),
        origins=tuple(origins.items()),
    )
