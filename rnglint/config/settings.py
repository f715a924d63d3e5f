"""The keys of a settings file: where the file is found, what each key holds, and is called."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rnglint.config.selectors import ConfigError, canonical_selector, nearest, resolve_selector

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from rnglint.rules import Rule

#: The files that hold settings, in the order in which they are looked for in a folder.
CONFIG_FILES = (".rnglint.toml", "rnglint.toml", "pyproject.toml")

OUTPUT_FORMATS = (
    "azure",
    "concise",
    "full",
    "github",
    "gitlab",
    "grouped",
    "json",
    "json-lines",
    "junit",
    "pylint",
    "rdjson",
    "sarif",
)

#: The fields of `Config` that hold selectors, and those of `Selection`.
SELECTORS = ("select", "ignore", "extend_select", "extend_ignore", "fixable", "unfixable")

#: Keys that are not spelled like their field; `numpy-target` is the other name of `target-numpy`.
_FIELDS = {"target-numpy": "numpy_target"}


def closest_table(path: str) -> tuple[str | None, dict[str, Any]]:
    """The closest settings file at or above a path that has settings, and these."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while True:
        for name in CONFIG_FILES:
            file = os.path.join(folder, name)
            table = read_table(file) if os.path.isfile(file) else None
            if table is not None:
                return file, table
        if folder == (parent := os.path.dirname(folder)):
            return None, {}
        folder = parent


def read_table(path: str) -> dict[str, Any] | None:
    """The settings in a file; None for a pyproject.toml that has none."""
    try:
        with open(path, "rb") as file:
            table = parse_toml(file.read(), path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if os.path.basename(path) != "pyproject.toml":
        return table
    tools = table.get("tool", {})
    settings = tools.get("rnglint") if isinstance(tools, dict) else None
    if settings is not None and not isinstance(settings, dict):
        raise ConfigError(f"{path}: `tool.rnglint` must be a table")
    return settings


def parse_toml(data: bytes | str, where: str) -> dict[str, Any]:
    """The table that a TOML text describes: a file's, or one `KEY = VALUE` of `--config`."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{where}: no valid TOML: {error}") from error


def typed(
    table: Mapping[str, Any],
    where: str,
    root: str,
    rules: Iterable[type[Rule]] | None = None,
) -> dict[str, Any]:
    """The values of `Config`'s fields that a table sets, all of them checked.

    `where` names the place in errors; paths are relative to `root`.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _READERS:
            raise ConfigError(f"{where}: unknown key `{key}`{nearest(key, _READERS)}")
        field = _FIELDS.get(key, key.replace("-", "_"))
        try:
            values[field] = _READERS[key](value)
            if field in SELECTORS:
                values[field] = _selectors(values[field], rules)
            elif field == "per_file_ignores":
                values[field] = tuple(
                    (pattern, _selectors(codes, rules)) for pattern, codes in values[field]
                )
        except (ValueError, ConfigError) as error:
            raise ConfigError(f"{where}: `{key}`: {error}") from error
    if "cache_dir" in values:
        values["cache_dir"] = os.path.join(root, os.path.expanduser(values["cache_dir"]))
    return values


def absolute(pattern: str) -> str:
    """A pattern of the command line, which is relative to the working directory."""
    negation = "!" if pattern.startswith("!") else ""
    pattern = os.path.expanduser(pattern[len(negation) :])
    if "/" in pattern and not os.path.isabs(pattern):
        pattern = os.path.join(glob.escape(os.getcwd()), pattern)
    return negation + pattern


def _selectors(texts: Iterable[str], rules: Iterable[type[Rule]] | None) -> tuple[str, ...]:
    """Selectors, each of which means a rule, in codes instead of names."""
    if rules is None:
        from rnglint.rules import all_rules

        rules = all_rules()
    known = tuple(rules)
    names = {rule.name: rule.code for rule in known}
    for text in texts:
        resolve_selector(text, known)
    return tuple(names.get(text) or canonical_selector(text) for text in texts)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"must be a list of strings, not {_kind(value)}")
    return tuple(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_kind(value)}")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, not {_kind(value)}")
    return value


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a table, not {_kind(value)}")
    return dict(value)


def _lists_by_pattern(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((pattern, _strings(codes)) for pattern, codes in _table(value).items())


def _one_of(*choices: str) -> Callable[[object], str]:
    """A reader of a string that must be one of some."""

    def read(value: object) -> str:
        text = _string(value)
        if text not in choices:
            known = ", ".join(f"`{choice}`" for choice in choices)
            raise ValueError(f"must be one of {known}, not `{text}`{nearest(text, choices)}")
        return text

    return read


def _kind(value: object) -> str:
    """What a value is called in TOML."""
    names = {bool: "a boolean", int: "an integer", float: "a float", str: "a string"}
    names |= {list: "an array of other values", tuple: "an array of other values"}
    return names.get(type(value), "a table" if isinstance(value, Mapping) else "a date or time")


_READERS: dict[str, Callable[[object], Any]] = {
    "select": _strings,
    "ignore": _strings,
    "extend-select": _strings,
    "extend-ignore": _strings,
    "fixable": _strings,
    "unfixable": _strings,
    "per-file-ignores": _lists_by_pattern,
    "exclude": _strings,
    "extend-exclude": _strings,
    "force-exclude": _boolean,
    "respect-gitignore": _boolean,
    "unsafe-fixes": _boolean,
    "output-format": _one_of(*OUTPUT_FORMATS),
    "cache-dir": _string,
    "target-numpy": _one_of("generator", "randomstate"),
    "numpy-target": _one_of("generator", "randomstate"),
    "numpy-rng": _one_of("module", "parameter"),
    "knowledge": _table,
}
