"""The command line: what goes in, what comes out on which stream, and the exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_support import BROKEN, CLEAN, LEGACY, LEGACY_FIXED, MISNAMED, MISNAMED_FIXED, Shell

from rnglint import __version__, engine
from rnglint.cli import commands as cli
from rnglint.config.resolution import Config
from rnglint.fixes.fixpoint import View
from rnglint.report import FORMATS
from rnglint.rules import all_rules
from rnglint.source.reading import Source

#: Says which modules are loaded after `rnglint` did what its arguments say.
_SPY = """
import sys
from rnglint.cli.commands import main
watched, *arguments = sys.argv[1:]
try:
    main(arguments)
finally:
    print(*sorted(set(watched.split()) & set(sys.modules)), file=sys.stderr)
"""


def test_version_is_printed_without_importing_much(shell: Shell) -> None:
    heavy = "libcst rich numpy jax asyncio pathspec rnglint.rules rnglint.engine"
    done = shell.python("-c", _SPY, heavy, "--version")
    assert (done.stdout.decode(), done.stderr) == (f"rnglint {__version__}\n", b"\n")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param(CLEAN, [], id="a file without randomness needs no parser"),
        pytest.param(LEGACY, ["libcst"], id="a file with findings needs libcst alone"),
    ],
)
def test_check_imports_only_what_it_needs(shell: Shell, text: str, allowed: list[str]) -> None:
    shell.write("a.py", text)
    heavy = "libcst rich numpy jax asyncio multiprocessing pygls"
    done = shell.python("-c", _SPY, heavy, "check", "-q", "--no-cache", "a.py")
    assert done.stderr.decode().split() == allowed


def test_module_can_be_run(shell: Shell) -> None:
    done = shell.python("-m", "rnglint", "check", "-", stdin=b"x = 1\n")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (0, b"", b"All checks passed!")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(["legacy.py"], 1, id="findings remain"),
        pytest.param(["clean.py"], 0, id="nothing found"),
        pytest.param(["broken.py"], 1, id="a syntax error is a finding"),
        pytest.param(["missing.py"], 1, id="a missing path is a finding"),
        pytest.param(["legacy.py", "--exit-zero"], 0, id="exit zero"),
        pytest.param(["legacy.py", "--fix"], 1, id="only unsafe fixes, not asked for"),
        pytest.param(["legacy.py", "--fix", "--unsafe-fixes"], 0, id="all fixed"),
        pytest.param(["misnamed.py", "--fix"], 0, id="all fixed safely"),
        pytest.param(["misnamed.py", "--fix", "--exit-non-zero-on-fix"], 1, id="fixed, and told"),
        pytest.param(["misnamed.py", "--fix-only"], 0, id="fix only"),
        pytest.param(["legacy.py", "--fix-only"], 0, id="fix only does not mind what is left"),
        pytest.param(["misnamed.py", "--diff"], 1, id="a diff is not empty"),
        pytest.param(["legacy.py", "--diff"], 0, id="a diff is empty"),
        pytest.param(["legacy.py", "--select", "RNG3"], 0, id="not selected"),
        pytest.param(["legacy.py", "--select", "NOPE"], 2, id="unknown rule"),
        pytest.param(["legacy.py", "--config", "selct = []"], 2, id="unknown setting"),
        pytest.param(["legacy.py", "--config", "nope.toml"], 2, id="missing settings file"),
        pytest.param(["legacy.py", "--no-such-option"], 2, id="unknown option"),
        pytest.param(["legacy.py", "--output-format", "nope"], 2, id="unknown format"),
        pytest.param(["legacy.py", "--jobs", "0"], 2, id="no processes"),
        pytest.param(["legacy.py", "--output-file", "no/such/file"], 2, id="unwritable output"),
    ],
)
def test_exit_code(shell: Shell, options: list[str], code: int) -> None:
    shell.write("legacy.py", LEGACY)
    shell.write("misnamed.py", MISNAMED)
    shell.write("clean.py", CLEAN)
    shell.write("broken.py", BROKEN)
    assert shell.check(*options).code == code


def test_findings_go_to_stdout_and_the_summary_to_stderr(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    outcome = shell.check("a.py")
    assert outcome.codes == ["RNG101", "RNG102"]
    assert outcome.out.startswith("a.py:3:1: RNG101 ")
    assert outcome.err == (
        "Found 2 errors.\n2 unsafe fixes available with `--fix --unsafe-fixes`.\n"
    )


def test_quiet_prints_findings_only(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    outcome = shell.check("a.py", "-q")
    assert outcome.codes == ["RNG101", "RNG102"]
    assert outcome.err == ""


def test_star_marks_what_would_be_fixed(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    shell.write("b.py", MISNAMED)
    assert [line.partition("[*]")[0] for line in shell.check().out.splitlines() if "[*]" in line]
    assert shell.check().out.count("[*]") == 1
    assert shell.check("--unsafe-fixes").out.count("[*]") == 3


def test_fix_writes_the_file_and_keeps_the_rest(shell: Shell) -> None:
    path = shell.write("a.py", MISNAMED + LEGACY.replace("\n", "  # noqa\n"))
    path.chmod(0o750)
    outcome = shell.check("--fix", "--show-fixes", "a.py")
    assert shell.read("a.py").startswith(MISNAMED_FIXED)
    assert path.stat().st_mode & 0o777 == 0o750
    assert "Fixed 1 error:\n- a.py:\n    1 \N{MULTIPLICATION SIGN} RNG105 (leg" in outcome.err
    assert os.listdir(shell.folder) == ["a.py"]


def test_fix_follows_a_link_and_keeps_it(shell: Shell) -> None:
    target = shell.write("real/a.py", MISNAMED)
    link = shell.folder / "link.py"
    link.symlink_to(target)
    assert shell.check("--fix", "link.py").code == 0
    assert link.is_symlink()
    assert shell.read("real/a.py") == MISNAMED_FIXED


def test_diff_shows_and_does_not_write(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    outcome = shell.check("--diff", "--unsafe-fixes", "a.py")
    assert outcome.out.splitlines()[:2] == ["--- a.py", "+++ a.py"]
    assert "+rng = np.random.default_rng(0)" in outcome.out
    assert outcome.err == "Would fix 2 errors.\n"
    assert shell.read("a.py") == LEGACY


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--diff"], "No errors would be fixed (2 fixes available with `--unsafe-fixes`).\n"),
        (["--fix-only"], "No errors fixed (2 fixes available with `--unsafe-fixes`).\n"),
    ],
)
def test_fixes_that_wait_for_trust_are_counted(
    shell: Shell, options: list[str], sentence: str
) -> None:
    shell.write("a.py", LEGACY)
    outcome = shell.check(*options, "a.py")
    assert (outcome.out, outcome.err) == ("", sentence)


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        pytest.param([], ["RNG101", "RNG102", "RNG105"], id="the default rules"),
        pytest.param(["--select", "RNG101"], ["RNG101"], id="a code"),
        pytest.param(["--select", "numpy-global-seed"], ["RNG101"], id="a name"),
        pytest.param(["--select", "RNG1"], ["RNG101", "RNG102", "RNG105"], id="a prefix"),
        pytest.param(["--select", "RNG101,RNG105"], ["RNG101", "RNG105"], id="two, by comma"),
        pytest.param(
            ["--select", "RNG101", "--select", "RNG105"], ["RNG101", "RNG105"], id="two, repeated"
        ),
        pytest.param(["--ignore", "RNG10"], [], id="ignore a prefix"),
        pytest.param(["--select", "ALL", "--ignore", "RNG101"], ["RNG102", "RNG105"], id="but one"),
        pytest.param(["--select", "RNG2", "--extend-select", "RNG105"], ["RNG105"], id="extended"),
        pytest.param(["--extend-ignore", "RNG102"], ["RNG101", "RNG105"], id="extended ignore"),
        pytest.param(["--per-file-ignores", "b.py:RNG1"], ["RNG101", "RNG102"], id="per file"),
        pytest.param(["--config", "ignore = ['RNG101']"], ["RNG102", "RNG105"], id="config value"),
        pytest.param(["--exclude", "b.py"], ["RNG101", "RNG102"], id="exclude"),
        pytest.param(["--extend-exclude", "a.*"], ["RNG105"], id="extend exclude"),
    ],
)
def test_selection(shell: Shell, options: list[str], codes: list[str]) -> None:
    shell.write("a.py", LEGACY)
    shell.write("b.py", MISNAMED)
    assert shell.check(*options).codes == codes


@pytest.mark.parametrize(
    ("options", "fixed"),
    [
        pytest.param([], True, id="fixable by default"),
        pytest.param(["--fixable", "RNG1"], True, id="made fixable"),
        pytest.param(["--fixable", "RNG2"], False, id="others made fixable"),
        pytest.param(["--unfixable", "RNG105"], False, id="made unfixable"),
    ],
)
def test_fixable_and_unfixable(shell: Shell, options: list[str], fixed: bool) -> None:
    shell.write("a.py", MISNAMED)
    outcome = shell.check("--fix", *options, "a.py")
    assert shell.read("a.py") == (MISNAMED_FIXED if fixed else MISNAMED)
    assert outcome.code == (0 if fixed else 1)


def test_unknown_rule_names_the_nearest(shell: Shell) -> None:
    outcome = shell.check("--select", "numpy-global-sed")
    assert outcome.code == 2
    assert outcome.out == ""
    assert "`numpy-global-sed`" in outcome.err
    assert "did you mean `numpy-global-seed`?" in outcome.err
    assert outcome.err.count("\n") == 1


def test_syntax_error_stays_on_when_others_are_selected(shell: Shell) -> None:
    shell.write("a.py", BROKEN)
    assert shell.check("--select", "RNG2").codes == ["RNG000"]
    assert shell.check("--ignore", "RNG000").codes == []
    assert shell.check("--select", "RNG2", "--ignore", "RNG000").codes == []


def test_bad_files_do_not_stop_the_others(shell: Shell) -> None:
    shell.write("a_broken.py", BROKEN)
    shell.write("b_null.py", b"x = 1\0\n")
    shell.write("c_undecodable.py", b"x = '\xff'\n")
    shell.write("d_notebook.ipynb", b"{")
    shell.write("e_legacy.py", LEGACY)
    shell.write("f_empty.py", b"")
    (shell.folder / "g_nowhere.py").symlink_to("nothing")
    (shell.folder / "h_loop").symlink_to(".")
    outcome = shell.check(".", "missing.py")
    assert outcome.codes == ["RNG000"] * 4 + ["RNG101", "RNG102"] + ["RNG000"] * 2
    assert "Traceback" not in outcome.err
    assert outcome.code == 1


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="needs permissions that hold")
def test_unreadable_file_is_a_finding(shell: Shell) -> None:
    shell.write("a.py", LEGACY).chmod(0)
    assert shell.check().codes == ["RNG000"]


def test_no_files_is_a_warning(shell: Shell) -> None:
    outcome = shell.check()
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "warning: No Python files found under the given path(s)",
        "All checks passed!",
    ]


def test_stdin_is_checked_under_its_name(shell: Shell) -> None:
    shell.write("sub/rnglint.toml", 'ignore = ["RNG101"]\n')
    assert shell.check("-", stdin=LEGACY).out.startswith("-:3:1: RNG101")
    outcome = shell.check("-", "--stdin-filename", "sub/new.py", stdin=LEGACY)
    assert outcome.codes == ["RNG102"]
    assert outcome.out.startswith("sub/new.py:4:5: ")


def test_stdin_that_is_excluded_by_force_is_left_alone(shell: Shell) -> None:
    shell.write("rnglint.toml", 'exclude = ["skipped.py"]\n')
    options = ("-", "--stdin-filename", "skipped.py")
    assert shell.check(*options, stdin=LEGACY).codes == ["RNG101", "RNG102"]
    assert shell.check(*options, "--force-exclude", stdin=LEGACY).codes == []


def test_fixed_stdin_goes_to_stdout_and_findings_to_stderr(shell: Shell) -> None:
    outcome = shell.check("-", "--fix", stdin=MISNAMED + "np.random.seed(0)\n")
    assert outcome.out == MISNAMED_FIXED + "np.random.seed(0)\n"
    assert outcome.err.splitlines()[0].startswith("-:5:1: RNG101")
    assert "Found 2 errors (1 fixed, 1 remaining)." in outcome.err
    assert outcome.code == 1


def test_fixed_stdin_keeps_its_bytes(shell: Shell) -> None:
    data = b"\xef\xbb\xbf" + MISNAMED.replace("\n", "\r\n").encode() + b"s = '\xc3\xa9'"
    done = shell.python("-m", "rnglint", "check", "--fix", "-", stdin=data)
    assert done.stdout == data.replace(b"randint", b"integers")


def test_diff_of_stdin_is_named_by_stdin_filename(shell: Shell) -> None:
    outcome = shell.check("-", "--diff", "--stdin-filename", "foo.py", stdin=MISNAMED)
    assert outcome.out.startswith("--- foo.py\n+++ foo.py\n")
    assert outcome.code == 1


def test_notebook_on_stdin_is_fixed_in_place(shell: Shell) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": MISNAMED}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    outcome = shell.check("-", "--fix", "--stdin-filename", "a.ipynb", stdin=text)
    assert outcome.out == text.replace("randint", "integers")


def test_statistics(shell: Shell) -> None:
    shell.write("a.py", LEGACY + "y = np.random.rand()\n")
    shell.write("b.py", MISNAMED)
    outcome = shell.run("check", "--statistics")
    assert outcome.out.splitlines() == [
        "2\tRNG102\t[ ] numpy-global-sample",
        "1\tRNG101\t[ ] numpy-global-seed",
        "1\tRNG105\t[*] legacy-method-on-generator",
    ]
    counted = json.loads(shell.run("check", "--statistics", "--output-format", "json").out)
    assert counted[0] == {
        "code": "RNG102",
        "name": "numpy-global-sample",
        "count": 2,
        "fixable": False,
        "fixable_count": 0,
    }
    assert shell.run("check", "--statistics", "--output-format", "github").code == 2


def test_show_files_lists_what_would_be_checked(shell: Shell) -> None:
    paths = [shell.write(name, LEGACY) for name in ("a.py", "b.ipynb", "sub/c.pyi")]
    shell.write("notes.txt", "")
    outcome = shell.run("check", "--show-files")
    assert (outcome.out.splitlines(), outcome.code) == ([str(path) for path in paths], 0)


def test_output_file_takes_the_findings(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    outcome = shell.check("-o", "findings.txt", "a.py")
    assert (outcome.out, outcome.code) == ("", 1)
    assert shell.read("findings.txt").count("\n") == 2


def test_output_format_may_come_from_settings_or_the_environment(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    shell.write("rnglint.toml", 'output-format = "pylint"\n')
    assert shell.run("check").out.startswith("a.py:3: [RNG101]")
    shell.patch.setenv("RNGLINT_OUTPUT_FORMAT", "json-lines")
    assert json.loads(shell.run("check").out.splitlines()[0])["code"] == "RNG101"


def test_closest_settings_count_for_each_file(shell: Shell) -> None:
    shell.write("rnglint.toml", 'select = ["RNG101"]\n')
    shell.write("a.py", LEGACY)
    shell.write("inner/pyproject.toml", '[tool.rnglint]\nselect = ["RNG102"]\n')
    shell.write("inner/b.py", LEGACY)
    shell.write("other/pyproject.toml", "[tool.else]\n")
    shell.write("other/c.py", LEGACY)
    outcome = shell.check()
    assert outcome.codes == ["RNG101", "RNG102", "RNG101"]
    assert shell.check("--isolated").codes == ["RNG101", "RNG102"] * 3
    shell.write("chosen.toml", 'select = ["RNG3"]\n')
    assert shell.check("--config", "chosen.toml").codes == []


def test_gitignore_is_respected_unless_told_otherwise(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()
    shell.write(".gitignore", "generated.py\n")
    shell.write("generated.py", LEGACY)
    assert shell.check().codes == []
    assert shell.check("--no-respect-gitignore").codes == ["RNG101", "RNG102"]
    assert shell.check("generated.py").codes == ["RNG101", "RNG102"]


def test_colour_is_for_terminals_unless_asked_for(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    assert "\x1b[" not in shell.check().out
    assert "\x1b[" in shell.check("--color", "always").out
    shell.patch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in shell.check().out
    assert "\x1b[" not in shell.check("--color", "never").out
    shell.patch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in shell.check().out


def test_misunderstood_comment_is_a_warning(shell: Shell) -> None:
    shell.write("a.py", "import numpy as np\n\nnp.random.seed(0)  # rnglint: ignre[RNG101]\n")
    outcome = shell.check()
    assert outcome.codes == ["RNG101"]
    assert "warning: a.py:3:" in outcome.err


def test_rule_prints_its_page(shell: Shell) -> None:
    outcome = shell.run("rule", "RNG101")
    assert outcome.out.startswith("# numpy-global-seed (RNG101)\n")
    assert "## Fix safety" in outcome.out
    assert shell.run("rule", "numpy-global-seed").out == outcome.out
    assert shell.run("rule", "--all").out.count("\n# ") + 1 >= len(all_rules())


def test_rule_as_json(shell: Shell) -> None:
    page = json.loads(shell.run("rule", "RNG105", "--output-format", "json").out)
    assert (page["code"], page["name"]) == ("RNG105", "legacy-method-on-generator")
    assert (page["fix"], page["default"]) == ("safe", True)
    pages = json.loads(shell.run("rule", "--all", "--output-format", "json").out)
    assert [each["code"] for each in pages] == [rule.code for rule in all_rules()]


def test_unknown_page_names_the_nearest(shell: Shell) -> None:
    outcome = shell.run("rule", "key-reus")
    assert outcome.code == 2
    assert "did you mean `key-reuse`?" in outcome.err
    assert shell.run("rule").code == 2
    assert shell.run("rule", "RNG101", "--all").code == 2


def test_rules_prints_a_table(shell: Shell) -> None:
    lines = shell.run("rules").out.splitlines()
    assert lines[0].split() == ["code", "name", "fix", "on", "finds"]
    assert [line.split()[0] for line in lines[1:]] == [rule.code for rule in all_rules()]


def test_clean_removes_caches_and_nothing_else(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    shell.check()
    shell.check("--cache-dir", "shared/.rnglint_cache")
    shell.write("shared/.rnglint_cache/mine.txt", "keep")
    outcome = shell.run("clean")
    assert outcome.code == 0
    assert not (shell.folder / ".rnglint_cache").exists()
    assert os.listdir(shell.folder / "shared" / ".rnglint_cache") == ["mine.txt"]
    assert shell.run("clean").err == ""


def test_formats_are_those_of_the_report() -> None:
    assert tuple(FORMATS) == cli.FORMATS


def test_internal_error_is_told_and_the_others_go_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = engine._look

    def stumble(source: Source, config: Config) -> View:
        if source.filename == "a.py":
            raise RuntimeError("stumbled")
        return look(source, config)

    monkeypatch.setattr(engine, "_look", stumble)
    shell.write("a.py", LEGACY)
    shell.write("b.py", LEGACY)
    outcome = shell.check("--exit-zero")
    assert outcome.codes == ["RNG101", "RNG102"]
    assert outcome.code == 2
    assert "error: a.py: internal error: RuntimeError: stumbled" in outcome.err
    assert "Traceback" not in outcome.err
    assert "Traceback" in shell.check("--verbose").err


def test_path_types(shell: Shell) -> None:
    shell.write("a b/ü.py", LEGACY)
    assert shell.check(str(Path("a b"))).out.startswith(f"{Path('a b', 'ü.py')}:3:1: RNG101")


def test_legacy_program_is_fixed_as_expected(shell: Shell) -> None:
    shell.write("a.py", LEGACY)
    shell.check("--fix", "--unsafe-fixes")
    assert shell.read("a.py") == LEGACY_FIXED
    assert shell.check().codes == []
