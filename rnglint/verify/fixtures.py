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
    """A folder with a `before.py`, or a single file of someone's own.

    Without an `after.py` there is no fix to arrive at; what repairs the program by hand may then
    stand in `repaired.py`.
    """

    folder: Path
    bundled: bool = False
    file: str = "before.py"

    @property
    def name(self) -> str:
        """The folder's name, such as `RNG201_key_reuse`, or that of the single file."""
        return self.folder.name if self.in_folder else self.file

    @property
    def in_folder(self) -> bool:
        """Whether it has the layout of a fixture."""
        return self.file == "before.py"

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
        return self._has("after")

    @property
    def repaired(self) -> bool:
        """Whether there is no fix, but a repair by hand."""
        return self._has("repaired") and not self.fixable

    def read(self, stem: str) -> str:
        """The text of `before`, `after` or `repaired`, newlines as they are."""
        name = self.file if stem == "before" else f"{stem}.py"
        return (self.folder / name).read_bytes().decode("utf-8")

    def _has(self, stem: str) -> bool:
        return self.in_folder and (self.folder / f"{stem}.py").is_file()


def bundled_fixtures() -> tuple[Fixture, ...]:
    """All fixtures that come with rnglint, ordered by name."""
    try:
        return tuple(_below(fixtures_path(), bundled=True))
    except FileNotFoundError:
        return ()


#: The target that is all samplers of JAX.
SAMPLERS = "samplers"


def samplers() -> Fixture:
    """All samplers of JAX, each in a function of its own."""
    return Fixture(Path(__file__).parent / "samplers", True, "jax_random.py")


def find_fixtures(targets: Sequence[str]) -> tuple[Fixture, ...]:
    """The fixtures that `targets` name, each once; all bundled ones where none is named."""
    if not targets:
        return bundled_fixtures() or _fail("the bundled fixtures are missing from this install")
    found = (fixture for target in targets for fixture in _find(target))
    return tuple(dict.fromkeys(found))


def _find(target: str) -> tuple[Fixture, ...]:
    path = Path(target)
    if path.is_file():
        if not (path.parent / "before.py").is_file():
            return (_single(path),)
        path = path.parent
    if target == SAMPLERS and not path.exists():
        return (samplers(),)
    if path.is_dir():
        if (path / "before.py").is_file():
            return (Fixture(path.resolve()),)
        return tuple(_below(path.resolve())) or _fail(f"{target}: no before.py in it or below it")
    return _named(target)


def _single(path: Path) -> Fixture:
    if path.suffix != ".py":
        raise UsageError(f"{path}: only Python files can be run")
    return Fixture(path.resolve().parent, file=path.name)


def _named(target: str) -> tuple[Fixture, ...]:
    """The bundled fixtures whose code, prefix or name is `target`."""
    fixtures = bundled_fixtures()
    chosen = [
        fixture
        for fixture in fixtures
        if target == fixture.rule or (target.startswith("RNG") and fixture.name.startswith(target))
    ]
    names = [name for fixture in fixtures for name in (fixture.name[:6], fixture.rule)] + [SAMPLERS]
    near = get_close_matches(target, names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return tuple(chosen) or _fail(f"{target}: no such fixture or folder{hint}")


def _below(folder: Path, *, bundled: bool = False) -> Iterator[Fixture]:
    for before in sorted(folder.glob("*/before.py")):
        yield Fixture(before.parent, bundled)


def _fail(message: str) -> tuple[Fixture, ...]:
    raise UsageError(message)
