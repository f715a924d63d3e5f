"""The options of `rnglint check`, from the words of the command line to one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rnglint.config.resolution import ConfigError
from rnglint.config.settings import parse_toml
from rnglint.runner.checking import FixMode

#: The options that say the same as a setting, under the same name.
_SETTINGS = (
    "unsafe_fixes",
    "output_format",
    "select",
    "ignore",
    "extend_select",
    "extend_ignore",
    "per_file_ignores",
    "fixable",
    "unfixable",
    "exclude",
    "extend_exclude",
    "force_exclude",
    "respect_gitignore",
    "cache_dir",
)


@dataclass(frozen=True, slots=True)
class Options:
    """The options that are not settings of a project.

    `overrides` are those that are: they stand above the settings files.
    """

    mode: FixMode = FixMode.NONE
    show_fixes: bool = False
    show_files: bool = False
    statistics: bool = False
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False
    output_file: str | None = None
    stdin_filename: str | None = None
    config_file: str | None = None
    isolated: bool = False
    use_cache: bool = True
    jobs: int | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)


def options_from(given: Mapping[str, Any]) -> Options:
    """The options as the command line gives them, under the names of its parameters."""
    values = dict(given)
    config_file, settings = _config(values.pop("config"))
    flags = {name: values.pop(name) for name in _SETTINGS}
    flags = {name: value for name, value in flags.items() if value is not None}
    return Options(
        mode=_mode(values.pop("fix"), values.pop("fix_only"), values.pop("diff")),
        config_file=config_file,
        use_cache=not values.pop("no_cache"),
        overrides=settings | flags,
        **values,
    )


def _mode(fix: bool, fix_only: bool, diff: bool) -> FixMode:
    if diff:
        return FixMode.DIFF
    if fix_only:
        return FixMode.ONLY
    return FixMode.APPLY if fix else FixMode.NONE


def _config(values: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
    """What `--config` gives: the settings file, if one is named, and the single settings."""
    files = [value for value in values if os.path.isfile(value)]
    if len(files) > 1:
        raise ConfigError(f"`--config` names two settings files: {files[0]} and {files[1]}")
    settings: dict[str, Any] = {}
    for value in values:
        if value in files:
            continue
        if "=" not in value:
            raise ConfigError(f"`--config {value}`: no such file, and no KEY=VALUE either")
        table = parse_toml(value, f"`--config {value}`")
        settings |= {key.replace("-", "_"): table[key] for key in table}
    return (files[0] if files else None), settings
