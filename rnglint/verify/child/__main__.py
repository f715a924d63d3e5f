"""The child's main loop: jobs come in on stdin, one JSON line each, answers go out on stdout.

A program must neither read our jobs nor write among our answers: before anything runs, both
channels are moved away from file descriptors 0 and 1. When the parent goes away, stdin ends, and
the whole process group ends with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import threading
from collections.abc import Callable
from typing import BinaryIO

from rnglint.verify.child.work import perform
from rnglint.verify.family import adopt_orphans, family
from rnglint.verify.messages import job_from_json, to_json


def main() -> None:
    """Performs jobs until stdin ends."""
    home = os.getpid()
    adopt_orphans()
    incoming, outgoing = _private_channels()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(incoming, lines), daemon=True).start()
    say = _speaker(outgoing, home)
    while True:
        job = job_from_json(json.loads(lines.get()))
        answer = perform(job, lambda step: say("step", step))
        say("answer", to_json(answer))


def _private_channels() -> tuple[BinaryIO, BinaryIO]:
    """Our own stdin and stdout; the program's stdin is empty and its stdout goes to stderr."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return incoming, outgoing


def _receive(incoming: BinaryIO, lines: queue.SimpleQueue[bytes]) -> None:
    for line in incoming:
        lines.put(line)
    if hasattr(os, "killpg"):
        for member in family(os.getpid())[1:]:
            with contextlib.suppress(OSError):
                os.kill(member, signal.SIGKILL)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _speaker(outgoing: BinaryIO, home: int) -> Callable[[str, object], None]:
    """A function that sends one message; a process that the program forked is silenced here."""

    def say(kind: str, content: object) -> None:
        if os.getpid() != home:
            os._exit(0)
        outgoing.write(json.dumps([kind, content]).encode() + b"\n")
        outgoing.flush()

    return say


if __name__ == "__main__":
    main()
