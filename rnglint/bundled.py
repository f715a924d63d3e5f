"""Where the data that comes with rnglint lies."""

from __future__ import annotations

from pathlib import Path


def fixtures_path() -> Path:
    """The folder of the fixtures: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "fixtures", package.parent / "fixtures"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the fixtures of rnglint are not installed with it")
