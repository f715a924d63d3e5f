"""What a run comes to: the counts, the closing sentences and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rnglint.diagnostics import Diagnostic
from rnglint.fixes.fixpoint import may_apply
from rnglint.runner.checking import FixMode


@dataclass(frozen=True, slots=True)
class Summary:
    """The outcome of a run, and how the user wants it judged."""

    remaining: tuple[Diagnostic, ...]
    applied: tuple[Diagnostic, ...] = ()
    failures: int = 0
    mode: FixMode = FixMode.NONE
    unsafe_fixes: bool = False
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False

    @property
    def exit_code(self) -> int:
        """2 after an internal error, 1 if something is left to do, else 0."""
        if self.failures:
            return 2
        if self.exit_zero:
            return 0
        if self.applied and (self.mode is FixMode.DIFF or self.exit_non_zero_on_fix):
            return 1
        return int(bool(self.remaining) and self.mode.reports)

    def sentences(self) -> list[str]:
        """The lines that close the run."""
        if self.mode is FixMode.DIFF:
            return self._done("Would fix {}", "No errors would be fixed")
        if self.mode is FixMode.ONLY:
            return self._done("Fixed {}", "No errors fixed")
        return [self._found(), *self._available()]

    def _found(self) -> str:
        fixed, remaining = len(self.applied), len(self.remaining)
        if fixed:
            counts = f"{fixed} fixed, {remaining} remaining"
            return f"Found {count(fixed + remaining, 'error')} ({counts})."
        if remaining:
            return f"Found {count(remaining, 'error')}."
        if self.failures:
            return "No errors found in the files that could be checked."
        return "All checks passed!"

    def _available(self) -> list[str]:
        visible, hidden = self._fixable()
        more = f"{count(hidden, 'unsafe fix')} available with `--fix --unsafe-fixes`"
        if visible:
            return [f"[*] {visible} fixable with `--fix`{f' ({more})' if hidden else ''}."]
        return [f"{more}."] if hidden else []

    def _done(self, some: str, none: str) -> list[str]:
        """What was or would be fixed, and what `--unsafe-fixes` would add."""
        hidden = self._fixable()[1]
        if self.applied:
            more = f" ({count(hidden, 'additional fix')} available with `--unsafe-fixes`)"
            return [f"{some.format(count(len(self.applied), 'error'))}{more if hidden else ''}."]
        return [f"{none} ({count(hidden, 'fix')} available with `--unsafe-fixes`)."] * bool(hidden)

    def _fixable(self) -> tuple[int, int]:
        """How many fixes `--fix` would apply now, and how many more with `--unsafe-fixes`."""
        fixable = [each for each in self.remaining if each.fix]
        visible = sum(may_apply(each, unsafe=self.unsafe_fixes) for each in fixable)
        return visible, len(fixable) - visible


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`, `3 fixes`."""
    plural = "es" if noun.endswith("x") else "s"
    return f"{number} {noun}{'' if number == 1 else plural}"


def fixes_by_file(applied: Iterable[Diagnostic]) -> str:
    """The list of `--show-fixes`: how often each rule was fixed in each file."""
    files: dict[str, Counter[tuple[str, str]]] = {}
    for each in applied:
        files.setdefault(each.filename, Counter())[each.code, each.name] += 1
    if not files:
        return ""
    total = count(sum(counter.total() for counter in files.values()), "error")
    lines = [f"Fixed {total}:"]
    for filename, counter in files.items():
        lines.append(f"- {filename}:")
        lines += [
            f"    {number} \N{MULTIPLICATION SIGN} {code} ({name})"
            for (code, name), number in counter.most_common()
        ]
    return "\n".join([*lines, ""]) + "\n"
