"""Where fixtures are, and which of them were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rnglint.bundled import fixtures_path


class UsageError(Exception):
    """A request that cannot be carried out; the message is one line for the terminal."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A folder with a `before.py`. Without an `after.py` its rule has no fix."""

    folder: Path
    bundled: bool = False

    @property
    def name(self) -> str:
        """The folder's name, such as `RNG201_key_reuse`."""
        return self.folder.name

    @property
    def code(self) -> str | None:
        """The rule's code, where the folder is named after a rule."""
        match = re.match(r"RNG\d{3}", self.name)
        return match[0] if match else None

    @property
    def rule(self) -> str:
        """The rule's name, such as `key-reuse`, where the folder is named after a rule."""
        return self.name.partition("_")[2].replace("_", "-")

    @property
    def fixable(self) -> bool:
        """Whether there is an `after.py` to arrive at."""
        return (self.folder / "after.py").is_file()

    def read(self, stem: str) -> str:
        """The text of `before` or `after`, newlines as they are."""
        return (self.folder / f"{stem}.py").read_bytes().decode("utf-8")


def bundled_fixtures() -> tuple[Fixture, ...]:
    """All fixtures that come with rnglint, ordered by name."""
    try:
        return tuple(_below(fixtures_path(), bundled=True))
    except FileNotFoundError:
        return ()


def find_fixtures(targets: Sequence[str]) -> tuple[Fixture, ...]:
    """The fixtures that `targets` name, each once; all bundled ones where none is named."""
    if not targets:
        return bundled_fixtures() or _fail("the bundled fixtures are missing from this install")
    found = (fixture for target in targets for fixture in _find(target))
    return tuple(dict.fromkeys(found))


def _find(target: str) -> tuple[Fixture, ...]:
    path = Path(target)
    if path.is_file() and (path.parent / "before.py").is_file():
        path = path.parent
    if path.is_dir():
        if (path / "before.py").is_file():
            return (Fixture(path.resolve()),)
        return tuple(_below(path.resolve())) or _fail(f"{target}: no before.py in it or below it")
    return _named(target)


def _named(target: str) -> tuple[Fixture, ...]:
    """The bundled fixtures whose code, prefix or name is `target`."""
    fixtures = bundled_fixtures()
    chosen = [
        fixture
        for fixture in fixtures
        if target == fixture.rule or (target.startswith("RNG") and fixture.name.startswith(target))
    ]
    names = [name for fixture in fixtures for name in (fixture.name[:6], fixture.rule)]
    near = get_close_matches(target, names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return tuple(chosen) or _fail(f"{target}: no such fixture or folder{hint}")


def _below(folder: Path, *, bundled: bool = False) -> Iterator[Fixture]:
    for before in sorted(folder.glob("*/before.py")):
        yield Fixture(before.parent, bundled)


def _fail(message: str) -> tuple[Fixture, ...]:
    raise UsageError(message)
