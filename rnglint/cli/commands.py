"""The command line: parses options, calls what does the work, and exits.

Nothing heavy is imported before a command needs it: `rnglint --version` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from rnglint import __version__
from rnglint.cli.verifying import verify

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Names of `rnglint.report.FORMATS`, repeated here to import nothing; a test compares them.
FORMATS = ("full", "concise", "grouped", "json", "json-lines", "github", "pylint")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="rnglint %(version)s")
def main() -> None:
    """rnglint finds and fixes misused random numbers in Python files and notebooks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


main.add_command(verify)


@contextmanager
def _errors() -> Iterator[None]:
    """Turns bad usage and bad settings into one line and exit code 2, Ctrl-C into 130."""
    from rnglint.config.resolution import ConfigError

    try:
        yield
    except ConfigError as error:
        click.echo(f"rnglint: error: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("rnglint: interrupted", err=True)
        sys.exit(130)


def _split(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[str] | None:
    """A list that is given by commas, by repetition, or both; None where it is not given."""
    words = [word.strip() for value in values for word in value.split(",")]
    return [word for word in words if word] if values else None


def _pairs(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[str]] | None:
    """`PATTERN:SELECTOR` pairs, grouped by pattern."""
    pairs: dict[str, list[str]] = {}
    for pair in _split(context, parameter, values) or ():
        pattern, colon, selector = pair.rpartition(":")
        if not (pattern and colon and selector):
            raise click.BadParameter(f"expected PATTERN:SELECTOR, not {pair!r}")
        pairs.setdefault(pattern.strip(), []).append(selector.strip())
    return pairs or None


def _list(name: str, metavar: str, text: str) -> Callable[[_Command], _Command]:
    """An option that takes a list."""
    return click.option(name, multiple=True, callback=_split, metavar=metavar, help=text)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--fix/--no-fix", default=False, help="Apply fixes.")
@click.option(
    "--unsafe-fixes/--no-unsafe-fixes",
    default=None,
    help="Count in fixes that change the numbers drawn, or want a person's eye.",
)
@click.option("--show-fixes", is_flag=True, help="List what was fixed.")
@click.option("--diff", is_flag=True, help="Print what --fix-only would change; write nothing.")
@click.option("--fix-only", is_flag=True, help="Apply fixes, and do not report what is left.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    envvar="RNGLINT_OUTPUT_FORMAT",
    help="How to print diagnostics; full if not set.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(),
    envvar="RNGLINT_OUTPUT_FILE",
    help="Write diagnostics to this file instead of standard output.",
)
@click.option("--statistics", is_flag=True, help="Print how often each rule was broken.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked.")
@_list("--select", "RULES", "Rules to turn on: codes, prefixes of codes, names, or ALL.")
@_list("--ignore", "RULES", "Rules to turn off.")
@_list("--extend-select", "RULES", "Rules to turn on besides those already on.")
@_list("--extend-ignore", "RULES", "Rules to turn off besides those already off.")
@click.option(
    "--per-file-ignores",
    multiple=True,
    callback=_pairs,
    metavar="PATTERN:RULE,...",
    help="Rules to turn off in the files that match a pattern.",
)
@_list("--fixable", "RULES", "Rules whose fixes may be applied.")
@_list("--unfixable", "RULES", "Rules whose fixes may not be applied.")
@_list("--exclude", "PATTERNS", "Files and folders to leave out, in place of the usual ones.")
@_list("--extend-exclude", "PATTERNS", "Files and folders to leave out besides the usual ones.")
@click.option(
    "--force-exclude/--no-force-exclude",
    default=None,
    help="Leave out excluded files even if they are named on the command line.",
)
@click.option(
    "--respect-gitignore/--no-respect-gitignore",
    default=None,
    help="Leave out what git ignores; on by default.",
)
@click.option(
    "--config",
    multiple=True,
    metavar="FILE|KEY=VALUE",
    help="A settings file to use instead of the closest one, or a setting, in TOML.",
)
@click.option("--isolated", is_flag=True, help="Ignore all settings files.")
@click.option("--stdin-filename", metavar="PATH", help="The name of what `-` reads.")
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even if there are diagnostics.")
@click.option(
    "--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was fixed, even if all."
)
@click.option("-n", "--no-cache", is_flag=True, envvar="RNGLINT_NO_CACHE", help="Use no cache.")
@click.option(
    "--cache-dir", type=click.Path(), envvar="RNGLINT_CACHE_DIR", help="Where the cache is."
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="How many processes to use.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to use colours; on terminals if not set.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Print diagnostics and errors, nothing else.")
def check(paths: tuple[str, ...], **given: Any) -> None:
    """Check files and folders (by default the current one; `-` alone is standard input).

    Exits with 0 if nothing is left to report, 1 if diagnostics remain, 2 if something went wrong.
    """
    with _errors():
        from rnglint.cli.check_command import run
        from rnglint.cli.options import options_from

        sys.exit(run(paths, options_from(given)))


@main.command()
@click.argument("rule", required=False)
@click.option("--all", "every", is_flag=True, help="Print the pages of all rules.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def rule(rule: str | None, every: bool, output_format: str) -> None:
    """Print the manual page of a rule, given by code or name."""
    if (rule is None) != every:
        raise click.UsageError("name a rule, or ask for --all")
    with _errors():
        from rnglint.cli.manual import show_pages

        show_pages(rule, as_json=output_format == "json")


@main.command()
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def rules(output_format: str) -> None:
    """Print the table of all rules."""
    from rnglint.cli.manual import show_table

    show_table(as_json=output_format == "json")


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("-m", "module", is_flag=True, help="Run a module by its name, as `python -m` does.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    envvar="RNGLINT_OUTPUT_FORMAT",
    help="How to print diagnostics; full if not set.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(),
    envvar="RNGLINT_OUTPUT_FILE",
    help="Write diagnostics to this file instead of standard error.",
)
@_list("--select", "RULES", "Rules to turn on: codes, prefixes of codes, names, or ALL.")
@_list("--ignore", "RULES", "Rules to turn off.")
@click.option(
    "-e", "--exit-zero", is_flag=True, help="Exit as the program does, whatever is found."
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to use colours; on terminals if not set.",
)
@click.argument("script")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(script: str, args: tuple[str, ...], **given: Any) -> None:
    """Run a program and report what it does wrong with random numbers.

    SCRIPT is a file, a folder with a `__main__.py`, or with `-m` a module; ARGS are the program's
    own. It runs as it would without rnglint. The report goes to standard error when it has ended.

    Exits as the program does if that fails, else with 1 if something was found.
    """
    with _errors():
        from rnglint.discovery.tasks import Settings
        from rnglint.verify.watch.command import Run
        from rnglint.verify.watch.command import run as run_program

        rules = {name: given.pop(name) for name in ("select", "ignore")}
        settings = Settings(overrides={name: codes for name, codes in rules.items() if codes})
        request = Run(script, args, output_format=given.pop("output_format") or "full", **given)
        sys.exit(run_program(request, settings))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path())
def clean(paths: tuple[str, ...]) -> None:
    """Delete the caches at and below PATHS (by default the current folder)."""
    with _errors():
        from rnglint.runner.cache import clear_below

        for folder in clear_below(paths or (".",)):
            click.echo(f"Removed cache at: {folder}", err=True)
