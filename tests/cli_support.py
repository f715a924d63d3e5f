"""What the tests of the command line share: a folder to work in, and running `rnglint` there."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rnglint.cli.commands import main

ROOT = Path(__file__).resolve().parent.parent
#: A program with an unsafe fix for each of its two findings.
LEGACY = "import numpy as np\n\nnp.random.seed(0)\nx = np.random.rand(3)\n"
LEGACY_FIXED = "import numpy as np\n\nrng = np.random.default_rng(0)\nx = rng.random(3)\n"
#: A program with one finding that has a safe fix.
MISNAMED = "import numpy as np\n\nrng = np.random.default_rng(0)\nx = rng.randint(3)\n"
MISNAMED_FIXED = MISNAMED.replace("randint", "integers")
CLEAN = "x = 1\n"
BROKEN = "x = (\n"


def heed_interrupts() -> None:
    """For a process that is to be interrupted: the background job of a shell ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of `rnglint` printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of the findings in concise output."""
        return [line.split(": ")[1].split()[0] for line in self.out.splitlines()]


@dataclass(slots=True)
class Shell:
    """Runs `rnglint` in a folder, inside this process."""

    folder: Path
    capture: pytest.CaptureFixture[bytes]
    patch: pytest.MonkeyPatch

    def write(self, name: str, text: str | bytes) -> Path:
        """Makes a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, name: str) -> str:
        """The text of a file, newlines as they are."""
        return (self.folder / name).read_bytes().decode()

    def run(self, *arguments: str, stdin: str | bytes = b"") -> Outcome:
        """Runs `rnglint`."""
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        self.capture.readouterr()
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        out, err = self.capture.readouterr()
        code = stop.value.code
        return Outcome(code if isinstance(code, int) else 0, out.decode(), err.decode())

    def check(self, *arguments: str, stdin: str | bytes = b"") -> Outcome:
        """Runs `rnglint check` in the format that is easiest to compare."""
        return self.run("check", "--output-format", "concise", *arguments, stdin=stdin)

    def python(
        self, *arguments: str, stdin: bytes = b"", timeout: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs Python in the folder, in a process of its own that finds rnglint."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=environment,
            timeout=timeout,
        )
