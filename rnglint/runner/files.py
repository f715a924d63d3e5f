"""Writing files such that a reader sees the old bytes or the new ones, never a part."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress


def write_atomically(path: str, data: bytes) -> None:
    """Puts `data` at `path`: its mode is kept, and a symbolic link stays one.

    Raises OSError where that cannot be done; the file is then as it was.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """The permissions of the file at `path`, or those that a new file would get."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
