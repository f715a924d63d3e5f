"""The parent's side of a child process: start it, ask it, and be sure that it ends."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import rnglint
from rnglint.verify.family import end, family, memory
from rnglint.verify.messages import Answer, Job, answer_from_json, to_json

# The child finds this very rnglint first, and only last when the program imports something.
_START = """
import sys
sys.path.insert(0, sys.argv[1])
from rnglint.verify.child.__main__ import main
sys.path.append(sys.path.pop(0))
main()
"""

#: How often a waiting parent looks whether its child still lives, in seconds, and how often it
#: adds up its family's memory, which takes a few milliseconds.
_GLANCE, _WEIGH = 0.1, 0.4

#: So many bytes are a gigabyte of the memory limit.
_GIGABYTE = 1 << 30

#: Several virtual devices, so that there is something to map over where there is only a CPU.
_DEVICES = "--xla_force_host_platform_device_count=4"

#: How much of a child's stderr is kept to explain its end.
_TAIL = 2000


def _environment() -> dict[str, str]:
    """The child's environment variables: ours, and what JAX reads when it starts."""
    flags = os.environ.get("XLA_FLAGS", "")
    if "device_count" not in flags:
        flags = f"{flags} {_DEVICES}".strip()
    return {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **os.environ, "XLA_FLAGS": flags}


class ChildError(Exception):
    """A child that ended, hung or spoke nonsense instead of answering."""


class Child:
    """A process that performs jobs one after the other until it is closed."""

    def __init__(self, memory: float = 4.0) -> None:
        self._memory, self._weighed = memory, time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="rnglint-", ignore_cleanup_errors=True)
        root = Path(rnglint.__file__).resolve().parent.parent
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder.name,
            env=_environment(),
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._tail = b""
        for hear in (self._hear_answers, self._hear_complaints):
            threading.Thread(target=hear, daemon=True).start()

    def ask(
        self, job: Job, timeout: float, told: Callable[[str], None] = lambda step: None
    ) -> Answer:
        """Sends `job` and waits; raises ChildError where one step takes longer than `timeout`.

        `told` is called with each step that begins.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(to_json(job)).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ChildError(f"the process ended before it ran ({error})") from None
        step, deadline = "starting", time.monotonic() + timeout
        while True:
            line = self._next_line(step, deadline)
            try:
                kind, content = json.loads(line)
                if kind == "answer":
                    return answer_from_json(content)
                step, deadline = str(content), time.monotonic() + timeout
                told(step)
            except (ValueError, TypeError, KeyError):
                raise ChildError(f"spoke out of turn {step}") from None

    def close(self) -> None:
        """Ends the process and all that it started."""
        if hasattr(os, "killpg"):
            end(self._process.pid)
        else:
            self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def _next_line(self, step: str, deadline: float) -> bytes:
        while True:
            alive = self._process.poll() is None
            try:
                return self._lines.get(timeout=_GLANCE)
            except queue.Empty:
                if not alive:
                    raise ChildError(self._epitaph(step)) from None
                if self._is_too_large():
                    raise ChildError(f"took more than {self._memory:g} GB {step}") from None
                if time.monotonic() > deadline:
                    raise ChildError(f"took too long {step}") from None

    def _is_too_large(self) -> bool:
        now = time.monotonic()
        if now - self._weighed < _WEIGH:
            return False
        self._weighed = now
        return memory(family(self._process.pid)) > self._memory * _GIGABYTE

    def _epitaph(self, step: str) -> str:
        code = self._process.returncode
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        last = self._tail.decode("utf-8", "replace").strip().splitlines()
        return f"the process ended ({how}) {step}" + (f": {last[-1]}" if last else "")

    def _hear_answers(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def _hear_complaints(self) -> None:
        assert self._process.stderr is not None
        while data := os.read(self._process.stderr.fileno(), _TAIL):
            self._tail = (self._tail + data)[-_TAIL:]
