"""What parent and child say to each other: plain frozen data that travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One program to run in a child process.

    `filename` names it in tracebacks, `folder` is where it may import from. With `watch` JAX's
    own checker looks for reused keys; with `modes` the functions are also run under jit and
    vmap and compared with the eager run.
    """

    text: str
    filename: str
    folder: str
    watch: bool = True
    modes: bool = False


@dataclass(frozen=True, slots=True)
class Defect:
    """A misuse that showed itself at run time; `kind` is one of the keys of `evidence.KINDS`."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One mode's samples against the eager ones, over all lanes.

    `ulps` is the largest distance in units in the last place where both are floats of the
    same shape; it stays None where such a number makes no sense.
    """

    mode: str
    equal: bool
    detail: str = ""
    ulps: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one function of a program did. `digest` identifies its samples, bit for bit."""

    function: str
    error: str = ""
    defects: tuple[Defect, ...] = ()
    digest: str = ""
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job. `error` says why the program as a whole could not be run.

    `defects` are those of the import itself. `printed` is the start of what it printed.
    """

    error: str = ""
    outcomes: tuple[Outcome, ...] = ()
    defects: tuple[Defect, ...] = ()
    printed: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def to_json(message: Job | Answer) -> dict[str, Any]:
    """The message as what `json.dumps` takes."""
    return asdict(message)


def job_from_json(data: Mapping[str, Any]) -> Job:
    """The job that `to_json` described."""
    return Job(**data)


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """The answer that `to_json` described."""
    return Answer(
        error=data["error"],
        outcomes=tuple(map(_outcome, data["outcomes"])),
        defects=_defects(data["defects"]),
        printed=data["printed"],
        environment=dict(data["environment"]),
    )


def _outcome(data: Mapping[str, Any]) -> Outcome:
    return Outcome(
        function=data["function"],
        error=data["error"],
        defects=_defects(data["defects"]),
        digest=data["digest"],
        comparisons=tuple(Comparison(**item) for item in data["comparisons"]),
    )


def _defects(data: list[Mapping[str, str]]) -> tuple[Defect, ...]:
    return tuple(Defect(**item) for item in data)
