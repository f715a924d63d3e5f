"""What `rnglint check` prints, and where: findings on stdout, everything about them on stderr."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rnglint.cli.options import Options
from rnglint.config.resolution import Config, ConfigError
from rnglint.diagnostics import Diagnostic
from rnglint.report import FORMATS, TEXT_FORMATS, Report, diff, place, render
from rnglint.report.statistics import as_json, as_text, statistics
from rnglint.report.style import paint, use_color, visible
from rnglint.report.summary import Summary, fixes_by_file
from rnglint.runner.checking import FileResult
from rnglint.source.reading import Source


@dataclass(frozen=True, slots=True)
class Output:
    """The streams of a run.

    `takes_stdout` says that standard output is for a fixed program: then the findings go to
    standard error, as in Ruff.
    """

    options: Options
    config: Config
    takes_stdout: bool = False

    @property
    def format(self) -> str:
        """The format of the findings."""
        return self.config.output_format or "full"

    def check(self) -> None:
        """Raises ConfigError where the format cannot be had."""
        if self.format not in FORMATS:
            known = ", ".join(FORMATS)
            raise ConfigError(f"there is no output format `{self.format}`, only {known}")
        if self.options.statistics and self.format not in {*TEXT_FORMATS, "json"}:
            raise ConfigError(f"there are no statistics in the output format `{self.format}`")

    def write(self, text: str) -> None:
        """Prints findings, or writes them to the file that was asked for."""
        if self.options.output_file:
            _write(self.options.output_file, text)
        else:
            stream = sys.stderr if self.takes_stdout else sys.stdout
            stream.write(text)
            stream.flush()

    def say(self, text: str) -> None:
        """Prints what is no finding."""
        sys.stderr.write(text)
        sys.stderr.flush()

    def warn(self, text: str, kind: str = "warning") -> None:
        """Prints a warning or an error on a line of its own."""
        title = paint(kind, kind, use_color(self.options.color, sys.stderr))
        self.say(f"{title}: {text}\n")

    def show_diffs(self, results: Sequence[FileResult]) -> None:
        """Prints what fixes would change."""
        color = use_color(self.options.color, sys.stdout)
        for result in results:
            if result.before and result.after:
                sys.stdout.write(diff.render(result.before, result.after, color=color))
        sys.stdout.flush()

    def close(self, results: Sequence[FileResult], sources: Mapping[str, Source]) -> int:
        """Prints notes, findings and summary; the exit code.

        `sources` are those that cannot be read from a file.
        """
        summary = self._summary(results)
        for result in results:
            self._note(result)
        if self.options.mode.reports:
            self.write(self._findings(summary.remaining, sources))
        if self.format in TEXT_FORMATS and not self.options.quiet:
            if self.options.show_fixes:
                self.say(fixes_by_file(summary.applied))
            self.say("".join(f"{line}\n" for line in summary.sentences()))
        return summary.exit_code

    def _summary(self, results: Sequence[FileResult]) -> Summary:
        return Summary(
            remaining=tuple(each for result in results for each in result.diagnostics),
            applied=tuple(each for result in results for each in result.applied),
            failures=sum(bool(result.failure) for result in results),
            mode=self.options.mode,
            unsafe_fixes=self.config.unsafe_fixes,
            exit_zero=self.options.exit_zero,
            exit_non_zero_on_fix=self.options.exit_non_zero_on_fix,
        )

    def _note(self, result: FileResult) -> None:
        """Says what went wrong with a file."""
        name = visible(result.filename)
        if result.failure:
            self.warn(f"{name}: {result.failure}", "error")
            if self.options.verbose:
                self.say(result.trace)
        for problem in result.problems:
            self.warn(f"{place(name, problem.span)}: {problem.message}")
        for each in result.rejections:
            fault = f"the fix for {each.diagnostic.code} was not applied: {each.reason}"
            self.warn(f"{place(name, each.diagnostic.span)}: {fault}")

    def _findings(self, diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, Source]) -> str:
        stream = sys.stderr if self.takes_stdout else sys.stdout
        color = not self.options.output_file and use_color(self.options.color, stream)
        unsafe = self.config.unsafe_fixes
        if self.options.statistics:
            counted = statistics(diagnostics, unsafe_fixes=unsafe)
            return as_json(counted) if self.format == "json" else as_text(counted, color)
        read = dict(sources)

        def lookup(filename: str) -> Source:
            if filename not in read:
                read[filename] = Source.read(filename)
            return read[filename]

        return render(self.format, Report(diagnostics, unsafe, color, lookup))


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
