"""What parent and child say to each other: plain frozen data that travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """What JAX is told before a program runs; what is None stays as JAX has it.

    The first of `backends` is where everything runs, the others are compared with it.
    """

    impl: str | None = None
    x64: bool | None = None
    partitionable: bool | None = None
    backends: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What is not JAX's default, such as `rbg, x64`; "" where all is."""
        switches = {"x64": self.x64, "partitionable": self.partitionable}
        told = [
            f"{name}={'on' if on else 'off'}" for name, on in switches.items() if on is not None
        ]
        return ", ".join([self.impl, *told] if self.impl else told)


@dataclass(frozen=True, slots=True)
class Call:
    """A user's own function, as it is to be called.

    `module` is imported by that name; without one, the job's text is the module.
    `function` is looked up in the module; it may be any expression there, such as
    `Model(3).sample`. `arguments` is what stands between the parentheses besides the key.
    """

    function: str
    module: str = ""
    key_argument: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One program to run in a child process.

    `filename` names it in tracebacks, `folder` is where it may import from. With `watch` JAX's
    own checker looks for reused keys; in each of `modes` the functions are run too, and compared
    with the eager run. Without a `call`, the functions named `sample*` are run.
    """

    text: str
    filename: str
    folder: str
    watch: bool = True
    modes: tuple[str, ...] = ()
    setting: Setting = field(default_factory=Setting)
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number that shows a misuse, or its absence; `kind` is one of the keys of `evidence.KINDS`.

    `value` counts what `detail` tells of, out of `total` where that makes sense; for
    dependent samples it is a rank correlation. `defect` says whether it is as bad as to be one.
    """

    kind: str
    value: float
    detail: str = ""
    total: int | None = None
    defect: bool = False


def defect(kind: str, detail: str) -> Measurement:
    """A misuse that happened once."""
    return Measurement(kind, 1, detail, defect=True)


@dataclass(frozen=True, slots=True)
class Place:
    """One element of a result: of which lane, of which array in it, at which index, and both
    values as text."""

    lane: int
    path: str
    index: tuple[int, ...]
    eager: str
    other: str

    def __str__(self) -> str:
        index = f"{list(self.index)}" if self.index else ""
        return f"lane {self.lane}, result{self.path}{index}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One mode's samples against the eager ones, over all lanes.

    `outcome` is "bitwise" (equal bit for bit), "close" (floats of the same shape, at most
    `ulps` units in the last place apart, which is no more than rounding explains), "different",
    "untraceable" (JAX cannot trace the function), "unsupported" (JAX's own code raised without
    jit), "error" (it raised), or "skipped" (the mode does not exist here). `place` is where the
    difference is largest, `unequal` of `total` elements differ; of those, `bins[0]` are no ULP
    apart (zeros of two signs), `bins[1]` are one, and `bins[n]` less than 2**n, where ULPs can be
    told.
    """

    mode: str
    outcome: str
    detail: str = ""
    ulps: int | None = None
    place: Place | None = None
    unequal: int = 0
    total: int = 0
    bins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """The first samples of one array of a result, for a picture; never more than a few hundred.

    `values` are those of several keys, one key after the other, each with equally many.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]
    values: tuple[float, ...]
    keys: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one function of a program did. `digest` identifies its samples, bit for bit.

    `steady` says that a second eager call gave the same samples. `unsupported` says that `error`
    is JAX's own word that it cannot do this, with the PRNG of this run.
    """

    function: str
    error: str = ""
    measurements: tuple[Measurement, ...] = ()
    digest: str = ""
    steady: bool = True
    comparisons: tuple[Comparison, ...] = ()
    samples: tuple[Series, ...] = ()
    notes: tuple[str, ...] = ()
    unsupported: bool = False

    @property
    def defects(self) -> tuple[Measurement, ...]:
        """The measurements that show a misuse."""
        return tuple(each for each in self.measurements if each.defect)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job. `error` says why the program as a whole could not be run.

    `defects` are those of the import itself. `printed` is the start of what it printed.
    """

    error: str = ""
    outcomes: tuple[Outcome, ...] = ()
    defects: tuple[Measurement, ...] = ()
    printed: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def to_json(message: Job | Answer) -> dict[str, Any]:
    """The message as what `json.dumps` takes."""
    return asdict(message)


def job_from_json(data: Mapping[str, Any]) -> Job:
    """The job that `to_json` described."""
    setting = data["setting"] | {"backends": tuple(data["setting"]["backends"])}
    call = Call(**data["call"]) if data["call"] else None
    return Job(
        **{**data, "modes": tuple(data["modes"]), "setting": Setting(**setting), "call": call}
    )


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """The answer that `to_json` described."""
    return Answer(
        error=data["error"],
        outcomes=tuple(map(_outcome, data["outcomes"])),
        defects=_measurements(data["defects"]),
        printed=data["printed"],
        environment=dict(data["environment"]),
    )


def _outcome(data: Mapping[str, Any]) -> Outcome:
    nested = {
        "measurements": _measurements(data["measurements"]),
        "comparisons": tuple(map(_comparison, data["comparisons"])),
        "samples": tuple(map(_series, data["samples"])),
        "notes": tuple(data["notes"]),
    }
    return Outcome(**{**data, **nested})


def _measurements(data: Sequence[Mapping[str, Any]]) -> tuple[Measurement, ...]:
    return tuple(Measurement(**item) for item in data)


def _comparison(data: Mapping[str, Any]) -> Comparison:
    place = data["place"]
    if place:
        place = Place(**{**place, "index": tuple(place["index"])})
    return Comparison(**{**data, "place": place, "bins": tuple(data["bins"])})


def _series(data: Mapping[str, Any]) -> Series:
    return Series(**{**data, "shape": tuple(data["shape"]), "values": tuple(data["values"])})
