"""From the paths on the command line to files, each with the settings that hold for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rnglint.config.resolution import Config, load_config
from rnglint.config.settings import CONFIG_FILES


@dataclass(frozen=True, slots=True)
class Task:
    """A file to check, and the settings that hold for it."""

    filename: str
    config: Config


class Settings:
    """The settings of each folder: those of the closest settings file, or the same for all."""

    def __init__(
        self,
        config_file: str | None = None,
        *,
        overrides: Mapping[str, Any] | None = None,
        isolated: bool = False,
    ) -> None:
        self._load = partial(
            load_config, config_file=config_file, overrides=overrides, isolated=isolated
        )
        self._everywhere = self._load() if isolated or config_file else None
        self._folders: dict[str, Config] = {}

    def at(self, path: str) -> Config:
        """The settings for a file or folder."""
        if self._everywhere:
            return self._everywhere
        path = os.path.abspath(path)
        return self._of(path if os.path.isdir(path) else os.path.dirname(path))

    def _of(self, folder: str) -> Config:
        if folder not in self._folders:
            parent = os.path.dirname(folder)
            own = any(os.path.isfile(os.path.join(folder, name)) for name in CONFIG_FILES)
            self._folders[folder] = (
                self._load(folder) if own or parent == folder else self._of(parent)
            )
        return self._folders[folder]


def find_tasks(paths: Iterable[str], settings: Settings) -> list[Task]:
    """The files at and below `paths`, each with its own settings, sorted and without doubles."""
    from rnglint.discovery.walking import discover

    groups: dict[Config, list[str]] = {}
    for path in paths:
        groups.setdefault(settings.at(path), []).append(path)
    found: dict[str, str] = {}
    for config, group in groups.items():
        for name in discover(group, config):
            found.setdefault(os.path.abspath(name), name)
    return [Task(found[path], settings.at(path)) for path in sorted(found)]
