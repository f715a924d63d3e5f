"""The processes that a process started, and theirs: what they take, and their end.

Only Linux tells; elsewhere a family is just its head.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections import defaultdict
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Makes this process the parent of whatever its descendants leave behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def family(pid: int) -> list[int]:
    """The process and its descendants, as far as they can be seen."""
    children = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # The name may hold anything, so what counts stands behind its last parenthesis.
            children[int(path.read_text().rpartition(")")[2].split()[1])].append(
                int(path.parent.name)
            )
    found = [pid]
    for member in found:
        found += children[member]
    return found


def memory(pids: list[int]) -> int:
    """How many bytes of memory the processes hold together."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return total and total * os.sysconf("SC_PAGE_SIZE")


def end(pid: int) -> None:
    """Ends the process, its group, and all descendants, those in other sessions too.

    A process is stopped before its children are looked for, so that it starts no more of them.
    """
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGSTOP)
    for member in reversed(family(pid)):
        with contextlib.suppress(OSError):
            os.kill(member, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
