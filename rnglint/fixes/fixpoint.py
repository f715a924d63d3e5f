"""Applies fixes until nothing changes any more, and throws away those that make things worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

from rnglint.diagnostics import Applicability, Diagnostic, Fix
from rnglint.fixes.applying import apply_fixes
from rnglint.source.reading import Source

#: Fixes are applied, and the result is checked again, this often at most.
ROUNDS = 10
#: What a fix brings to light is fixed at once, this often at most, to see whether all ends well.
FOLLOWING = 5
#: The code of what cannot be parsed.
_SYNTAX_ERROR = "RNG000"
_UNPARSED = "the result cannot be parsed"
#: What a good fix may bring about: a comment whose finding is repaired silences nothing, and a
#: generator in the place of a global state that nobody seeds has no seed either.
_HARMLESS = frozenset({"RNG001", "RNG106"})


@dataclass(frozen=True, slots=True)
class View:
    """A source as the rules see it: what is reported, and how much of everything there is.

    `counts` are the findings per rule, also of rules that are on by default but not selected
    here: no fix may raise any of them. `consulted` are the other files on which it depends.
    """

    source: Source
    reported: tuple[Diagnostic, ...]
    counts: Counter[str]
    consulted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A fix that was tried and thrown away, and why."""

    diagnostic: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class FixResult:
    """A fixed source: what was repaired, what is left, and which fixes made things worse."""

    source: Source
    applied: tuple[Diagnostic, ...] = ()
    remaining: tuple[Diagnostic, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    consulted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Step:
    """What became of a source: `fault` says what is wrong with that, "" if nothing is."""

    view: View
    applied: tuple[Diagnostic, ...]
    fault: str


def may_apply(diagnostic: Diagnostic, *, unsafe: bool) -> bool:
    """Whether the diagnostic has a fix that the user's trust extends to."""
    fix = diagnostic.fix
    return fix is not None and (unsafe or fix.applicability is Applicability.SAFE)


@dataclass(slots=True)
class Fixer:
    """Fixes sources with the help of `look`, which says what the rules find in one."""

    look: Callable[[Source], View]
    unsafe: bool
    rejections: dict[Hashable, Rejection] = field(default_factory=dict)

    def fix(self, source: Source) -> FixResult:
        """The source after as many rounds as it takes."""
        view = self.look(source)
        applied: list[Diagnostic] = []
        settled: View | None = None
        for _ in range(ROUNDS if source.editable else 0):
            step = self._round(view)
            if step is not None:
                view = step.view
                applied += step.applied
            elif applied and self.rejections and settled is not view:
                # What was rejected may go with what has been applied since.
                settled = view
                self.rejections.clear()
            else:
                break
        remaining = tuple(
            replace(each, fix=None) if self._is_rejected(view, each) else each
            for each in view.reported
        )
        rejections = tuple(self.rejections.values())
        return FixResult(view.source, tuple(applied), remaining, rejections, view.consulted)

    def _round(self, view: View) -> _Step | None:
        """Applies all that can be, at once where that goes well; None where nothing could be."""
        candidates = [
            each
            for each in view.reported
            if may_apply(each, unsafe=self.unsafe) and not self._is_rejected(view, each)
        ]
        if not candidates:
            return None
        step = self._try(view, candidates)
        if step.fault:
            fixes = list(dict.fromkeys(each.fix for each in candidates if each.fix))
            good = self._good(view, candidates, fixes, [])
            step = self._try(view, _carrying(candidates, good)) if good else step
        return None if step.fault else step

    def _good(
        self, view: View, candidates: Sequence[Diagnostic], fixes: list[Fix], good: list[Fix]
    ) -> list[Fix]:
        """`good` and those of `fixes` that go with it, found by halving; others are rejected."""
        fault = self._try(view, _carrying(candidates, [*good, *fixes])).fault
        if not fault:
            return [*good, *fixes]
        if len(fixes) > 1:
            middle = len(fixes) // 2
            good = self._good(view, candidates, fixes[:middle], good)
            return self._good(view, candidates, fixes[middle:], good)
        for each in _carrying(candidates, fixes):
            self.rejections[_fingerprint(view.source, each)] = Rejection(each, fault)
        return good

    def _try(self, view: View, chosen: Sequence[Diagnostic]) -> _Step:
        """What becomes of a view with the fixes of `chosen`, and of what these bring to light.

        A key that is consumed twice may hide that it is consumed in each round as well.
        """
        step = self._applied(view, view, chosen)
        known = {_fingerprint(view.source, each) for each in view.reported}
        end = step
        for _ in range(FOLLOWING):
            if end.fault in ("", _UNPARSED):
                break
            new = [
                each
                for each in end.view.reported
                if may_apply(each, unsafe=self.unsafe)
                and not self._is_rejected(end.view, each)
                and _fingerprint(end.view.source, each) not in known
            ]
            if not new:
                break
            further = self._applied(view, end.view, new)
            end = replace(further, applied=end.applied + further.applied)
        return step if end.fault else end

    def _applied(self, start: View, view: View, chosen: Sequence[Diagnostic]) -> _Step:
        """What becomes of a view with the fixes of `chosen`, compared with where all began."""
        result = apply_fixes(view.source, chosen, unsafe=self.unsafe)
        after = self.look(result.source)
        return _Step(after, result.applied, _fault(start.counts, after.counts))

    def _is_rejected(self, view: View, diagnostic: Diagnostic) -> bool:
        return _fingerprint(view.source, diagnostic) in self.rejections


def _fault(before: Counter[str], after: Counter[str]) -> str:
    """Why a fixed source is no better than the one before; "" where it is."""
    risen = sorted(
        code for code, number in after.items() if number > before[code] and code not in _HARMLESS
    )
    if _SYNTAX_ERROR in risen:
        return _UNPARSED
    if risen:
        return f"it leads to new findings of {', '.join(risen)}"
    return "" if _weight(after) < _weight(before) else "it leaves as many findings as there were"


def _weight(counts: Counter[str]) -> tuple[int, int]:
    """How much is wrong with a program, and how much of what is harmless."""
    harmless = sum(counts[code] for code in _HARMLESS)
    return counts.total() - harmless, harmless


def _carrying(candidates: Sequence[Diagnostic], fixes: Sequence[Fix]) -> list[Diagnostic]:
    return [each for each in candidates if each.fix in fixes]


def _fingerprint(source: Source, diagnostic: Diagnostic) -> Hashable:
    """What a rejected fix is known by in later rounds, when rows have shifted."""
    line = source.line(diagnostic.span.cell, diagnostic.span.start.row).strip()
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    return diagnostic.code, line, tuple(edit.content for edit in edits)
