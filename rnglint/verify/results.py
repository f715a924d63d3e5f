"""The result of a verification, which every report is written from, and nothing else.

`Verification` is the whole run: the environment, the options that were in force, and one `Result`
per target and setting. A `Result` holds

- `target`: what was verified, a fixture or a user's own function, and where it is;
- `setting`: PRNG implementation, x64, partitionable, backends, where they are not JAX's own;
- `environment`: backend, device kind, versions, PRNG, flags, as the process told that ran it;
- `verdicts`: one `Verdict` per check in the order of the report; a mode's verdict says how many
  ULPs, and in `details` where;
- `functions`: for each function its `Outcome` before and after the fix: measurements, each
  mode's `Comparison` with ULPs and element, and a bounded number of samples for a picture;
  `evidence` pairs the numbers before and after;
- `diff`: what the fix changes, as a unified diff; "" where there is no fix.

All of it is frozen, and `dataclasses.asdict` makes JSON of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnglint.verify.messages import Measurement, Outcome, Setting


@dataclass(frozen=True, slots=True)
class Target:
    """What was verified. `kind` is "fixture" or "function"; `code` and `rule` are a rule's."""

    name: str
    kind: str
    path: str
    code: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found.

    `status` is one of `STATUSES`. `passed` is None where there was nothing to judge; `short`
    fits into a cell of a table, `details` has a line for each thing to be told. `ulps` is the
    largest distance in a mode that gave close samples.
    """

    check: str
    status: str
    passed: bool | None
    short: str
    details: tuple[str, ...] = ()
    ulps: int | None = None


#: What each status means, worst last. A mode has the worst status of the program's functions.
STATUSES = {
    "none": "there was nothing to judge",
    "passed": "as it ought to be",
    "unsupported": "JAX itself cannot do this",
    "bitwise": "equal to the eager samples, bit for bit",
    "close": "equal but for rounding",
    "documented": "different, as JAX's own documentation says",
    "skipped": "this mode does not exist here",
    "untraceable": "JAX cannot trace it",
    "different": "different samples",
    "failed": "it is not as it ought to be, or could not be run",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of misuse in one function, measured before and after the fix.

    None where it was not measured: there is no fix, or the function did not run.
    """

    kind: str
    before: Measurement | None
    after: Measurement | None


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """One function before and after the fix; a function of the user's own has only an `after`."""

    name: str
    before: Outcome | None
    after: Outcome | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One target under one setting."""

    target: Target
    setting: Setting
    verdicts: tuple[Verdict, ...]
    functions: tuple[FunctionResult, ...] = ()
    diff: str = ""
    notes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The target's name, with the setting where that is not JAX's own."""
        return (
            f"{self.target.name} [{self.setting.name}]" if self.setting.name else self.target.name
        )

    @property
    def passed(self) -> bool | None:
        """Whether all went well; None where nothing was judged."""
        judged = {verdict.passed for verdict in self.verdicts}
        return None if judged <= {None} else False not in judged

    def verdict(self, check: str) -> Verdict:
        """The verdict of that check."""
        return next(verdict for verdict in self.verdicts if verdict.check == check)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: modes, whether only equal bits pass, and the limits of each process."""

    modes: tuple[str, ...]
    strict: bool = False
    timeout: float = 60.0
    memory: float = 4.0


@dataclass(frozen=True, slots=True)
class Verification:
    """A whole run."""

    options: Options
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()

    @property
    def environment(self) -> Mapping[str, str]:
        """Where it ran; of several processes, what the one that had JAX loaded told."""
        return max((result.environment for result in self.results), key=len, default={})

    @property
    def summary(self) -> dict[str, int]:
        """How many results passed, failed, and had nothing to be judged."""
        passed = [result.passed for result in self.results]
        return {
            "passed": passed.count(True),
            "failed": passed.count(False),
            "without a fix": passed.count(None),
        }

    @property
    def exit_code(self) -> int:
        """1 where anything failed, else 0."""
        return int(self.summary["failed"] > 0)
