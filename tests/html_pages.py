"""A verification with everything in it that a report can show, made without running a thing."""

from __future__ import annotations

from rnglint.verify.messages import Comparison, Measurement, Outcome, Series, Setting
from rnglint.verify.results import (
    Evidence,
    FunctionResult,
    Options,
    Result,
    Target,
    Verdict,
    Verification,
)

#: A name that would be a script, were it not escaped.
NASTY = '<script>alert("1")</script>&\x00\ud800.py'

VALUES = tuple(i * 37 % 64 / 64 for i in range(64))
OTHERS = tuple(i * 29 % 61 / 64 for i in range(64))


def verification() -> Verification:
    """A fixture that passed, one whose every text is an attack, and a user's own function."""
    environment = {"python": "3.12.1", "numpy": "2.1.0", "jax": "0.9.9", "jaxlib": "0.9.8"}
    environment |= {"backend": "cpu", "device": "4 x cpu", "PRNG": "rbg", "flags": "enable_x64=on"}
    results = (
        result(Target("RNG201_key_reuse", "fixture", "/f/RNG201", "RNG201", "key-reuse")),
        result(Target(NASTY, "file", f"/f/{NASTY}"), passed=False, text=NASTY),
        result(Target("lab.models:draw", "function", ""), passed=None),
    )
    notes = ("not compared with pmap: there is only one device",)
    every = (
        Result(r.target, r.setting, r.verdicts, r.functions, r.diff, r.notes, environment)
        for r in results
    )
    return Verification(Options(("jit", "vmap")), tuple(every), notes)


def result(target: Target, *, passed: bool | None = True, text: str = "sample_pair") -> Result:
    """One target with one function, which draws the same twice before the fix and not after it."""
    status = {True: "passed", False: "failed", None: "none"}[passed]
    checks = ("fix", "before", "after", "eager", "vmap", "process")
    verdicts = [Verdict(check, status, passed, "short", (text,)) for check in checks]
    verdicts.insert(4, Verdict("jit", "close", passed, "3 ULP", (f"{text}: 3 ULPs apart",), 3))
    repeated = Measurement("equal-samples", 4, "0.25 stands twice", 8, True)
    gone = Measurement("equal-samples", 0, "", 8)
    compared = Comparison("jit", "close", text, 3, None, 5, 64, (1, 3, 1))
    before = Outcome(text, samples=(series("[0]", VALUES), series("[1]", VALUES)))
    after = Outcome(
        text, samples=(series("[0]", VALUES), series("[1]", OTHERS)), comparisons=(compared,)
    )
    own = target.kind == "function"
    function = FunctionResult(
        text,
        None if own else before,
        after,
        (Evidence("equal-samples", None if own else repeated, repeated if own else gone),),
    )
    diff = "" if own else f"--- before.py\n+++ fixed\n@@ -1 +1 @@\n-old({text!r})\n+new({text!r})"
    return Result(target, Setting(), tuple(verdicts), (function,), diff, (text,))


def series(path: str, values: tuple[float, ...]) -> Series:
    """An array of four numbers for each of 16 keys."""
    return Series(path, "float32", (4,), values, 16)
