"""Fixtures that several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_support import Shell


@pytest.fixture
def shell(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A shell in an empty folder, without variables that change what `rnglint` does."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "RNGLINT_OUTPUT_FORMAT", "RNGLINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path, capsysbinary, monkeypatch)
