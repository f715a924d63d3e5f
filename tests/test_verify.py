"""`rnglint verify` on fixtures: it passes on ours, and whatever is broken on purpose is caught."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest
from verify_support import ROOT, Verified, copy_fixture, fixed_by, write_fixture

from rnglint.verify import command, run
from rnglint.verify.fixtures import Fixture, UsageError, bundled_fixtures, find_fixtures
from rnglint.verify.messages import Job
from rnglint.verify.processes import Child
from rnglint.verify.programs import expected_codes, load_program, strip_expectations
from rnglint.verify.request import MODES, Request
from rnglint.verify.results import Options
from rnglint.verify.sessions import Unit
from rnglint.verify.verdicts import judge

np = pytest.importorskip("numpy")
jax = pytest.importorskip("jax")

Verify = Callable[..., Verified]

#: Modes enough where it is not the modes that are tested.
FEW = ("jit", "vmap", "jit(vmap)")

FIXABLE = [fixture for fixture in bundled_fixtures() if fixture.fixable]


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verify:
    """Runs `verify` on targets and reads its JSON."""

    def call(*targets: object, modes: Sequence[str] = FEW) -> Verified:
        request = Request([str(target) for target in targets], output_format="json", modes=modes)
        code = run(request)
        return Verified(code, json.loads(capsys.readouterr().out))

    return call


@pytest.fixture
def unfixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that changes nothing."""
    fixed_by(monkeypatch, str)


# The bundled fixtures pass.


@pytest.fixture(scope="module")
def bundled() -> Verified:
    """One run over all bundled fixtures, as a user starts it."""
    command = [sys.executable, "-m", "rnglint", "verify", "--output-format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.stderr == ""
    return Verified(done.returncode, json.loads(done.stdout))


@pytest.mark.parametrize("name", [fixture.name for fixture in bundled_fixtures()])
def test_a_bundled_fixture_passes(name: str, bundled: Verified) -> None:
    assert bundled.failures(name) == {}


def test_the_bundled_fixtures_pass_together(bundled: Verified) -> None:
    assert bundled.code == 0
    shown = [fixture for fixture in bundled_fixtures() if fixture.fixable or fixture.repaired]
    assert bundled.content["summary"]["passed"] == len(shown)
    environment = bundled.content["environment"]
    assert {"jax", "jaxlib", "numpy", "backend", "device", "PRNG", "flags"} <= set(environment)


@pytest.mark.parametrize(
    "name", ["RNG201_key_reuse", "RNG202_key_reuse_in_loop", "RNG301_seed_reset_in_loop"]
)
def test_a_jax_fixture_goes_through_every_check(name: str, bundled: Verified) -> None:
    verdicts = bundled.fixture(name)["verdicts"]
    assert {check for check, verdict in verdicts.items() if verdict["passed"] is not True} == set()
    assert {verdicts[mode]["status"] for mode in (*MODES, "process")} == {"bitwise"}


@pytest.mark.skipif(
    tuple(map(int, jax.__version__.split(".")[:2])) < (0, 10),
    reason="older checkers take keys[-1] for a key that was consumed",
)
@pytest.mark.parametrize("code", ["RNG201", "RNG202"])
def test_clean_programs_reuse_no_key(code: str) -> None:
    """What no rule may report is, as far as JAX itself can tell, free of misuse."""
    (fixture,) = find_fixtures([code])
    child = Child()
    try:
        answer = child.ask(Job(fixture.read("clean"), "clean.py", str(fixture.folder)), 60)
    finally:
        child.close()
    kinds = {outcome.function: {d.kind for d in outcome.defects} for outcome in answer.outcomes}
    assert len(answer.outcomes) > 50
    assert [outcome.error for outcome in answer.outcomes if outcome.error] == []
    assert [name for name in kinds if "key-reuse" in kinds[name]] == []


# Mutations.


def mutate(old: str, new: str) -> Callable[[str], str]:
    """Replaces the first `old` by `new`, and insists that there is one."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize("name", [fixture.name for fixture in FIXABLE])
def test_an_after_file_with_one_wrong_line_is_caught(name: str, tmp_path: Path) -> None:
    copy = copy_fixture(name, tmp_path, after=lambda text: text + "wrong = True\n")
    report = judge(Unit(load_program(Fixture(copy))), None, Options(()))
    assert report.passed is False
    assert "-wrong = True" in report.verdict("fix").details[0]


def test_a_broken_after_file_fails_the_command(verify: Verify, tmp_path: Path) -> None:
    broken = copy_fixture(
        "RNG301",
        tmp_path,
        function="sample_stdlib",
        after=mutate("    random.seed(0)\n", "    random.seed(1)\n"),
    )
    verified = verify(broken)
    assert verified.code == 1
    assert list(verified.failures(broken.name)) == ["fix"]
    assert "-    random.seed(1)\n+    random.seed(0)" in verified.failures(broken.name)["fix"]


@pytest.mark.parametrize(
    ("code", "function", "mutation", "seen"),
    [
        pytest.param(
            "RNG201",
            "sample_two_samplers",
            mutate("uniform(key", "uniform(subkey"),
            {"after": "sample_two_samplers: JAX says that a key is reused"},
            id="the second sampler gets the consumed subkey",
        ),
        pytest.param(
            "RNG201",
            "sample_raw_key",
            mutate("rng, subkey = jax.random.split(rng)", "subkey = rng"),
            {"after": "sample_raw_key: samples repeat that ought to differ"},
            id="an alias of a raw key instead of a split",
        ),
        pytest.param(
            "RNG202",
            "sample_for",
            mutate("key, subkey = jr.split(key)", "_, subkey = jr.split(key)"),
            {"after": "sample_for: samples repeat that ought to differ"},
            id="a split in the loop that does not move the key on",
        ),
        pytest.param(
            "RNG202",
            "sample_for",
            mutate("        key, subkey = jr.split(key)\n", ""),
            {"eager": "sample_for: raised NameError"},
            id="the split is forgotten",
        ),
        pytest.param(
            "RNG301",
            "sample_generator_in_loop",
            mutate("default_rng(0)\n", "default_rng()\n"),
            {"process": "sample_generator_in_loop: another process drew other samples"},
            id="the seed is lost",
        ),
        pytest.param(
            "RNG301",
            "sample_stdlib",
            mutate("    random.seed(0)\n", "    np.random.seed(0)\n    random.seed(0)\n"),
            {"after": "sample_stdlib: NumPy's hidden global state is touched"},
            id="the global state is touched",
        ),
        pytest.param(
            "RNG301",
            "sample_generator_in_loop",
            mutate("default_rng(0)\n", "RandomState(0)\n"),
            {"after": "sample_generator_in_loop: a legacy RandomState is made"},
            id="a legacy class is used",
        ),
    ],
)
def test_a_broken_fixer_is_caught_at_run_time(
    code: str,
    function: str,
    mutation: Callable[[str], str],
    seen: Mapping[str, str],
    verify: Verify,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even where `after.py` is wrong in the same way, running both tells."""
    broken = copy_fixture(code, tmp_path, function=function, after=mutation)
    fixed_by(monkeypatch, lambda text: (broken / "after.py").read_text())
    verified = verify(broken)
    failures = verified.failures(broken.name)
    assert verified.code == 1
    assert {check: seen[check] in failures.get(check, "") for check in seen} == dict.fromkeys(
        seen, True
    )


def test_a_fixer_that_does_nothing_is_caught_twice(
    verify: Verify, tmp_path: Path, unfixed: None
) -> None:
    verified = verify(copy_fixture("RNG202", tmp_path, function="sample_for"))
    assert verified.code == 1
    assert {"fix", "after"} == set(verified.failures("RNG202_key_reuse_in_loop"))


def test_a_fixer_that_raises_is_a_verdict(
    verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixer(text: str) -> str:
        raise RuntimeError("no idea")

    fixed_by(monkeypatch, fixer)
    verified = verify(write_fixture(tmp_path / "any", "def sample():\n    return 1.5\n"))
    assert verified.code == 1
    assert verified.failures("any") == {"fix": "the fixer raised RuntimeError: no idea"}


def test_a_before_file_without_the_misuse_is_caught(
    verify: Verify, tmp_path: Path, unfixed: None
) -> None:
    harmless = """
        import numpy as np

        def sample_local():
            return np.random.default_rng(0).normal(size=3)  # expect: RNG102
    """
    verified = verify(write_fixture(tmp_path / "harmless", harmless))
    assert verified.code == 1
    assert "sample_local: RNG102 does not show itself" in verified.failures("harmless")["before"]


JAX_MISUSE = """
    import jax

    def sample_otherwise_under_jit(key):
        x = jax.random.normal(key, (3,))
        return jax.numpy.nextafter(x, 9.0) if isinstance(x, jax.core.Tracer) else x

    def sample_branches_on_a_tracer(key):
        x = jax.random.normal(key)
        return x if x > 0 else -x

    def sample_host_number(key):
        return {"noise": jax.random.normal(key, (3,)), "scale": 0.5}
"""


def test_what_differs_between_modes_is_named(verify: Verify, tmp_path: Path, unfixed: None) -> None:
    failures = verify(write_fixture(tmp_path / "misuse", JAX_MISUSE)).failures("misuse")
    assert set(failures) == {"jit", "vmap", "jit(vmap)"}
    assert "sample_otherwise_under_jit: lane 0, result" in failures["jit"]
    assert "at most 1 ULPs apart" in failures["jit"]
    assert (
        "sample_branches_on_a_tracer: JAX cannot trace it: raised TracerBoolConversionError"
        in failures["vmap"]
    )
    assert "sample_host_number" not in "".join(failures.values())


# Usage.


@pytest.mark.parametrize(
    ("targets", "count"),
    [
        pytest.param(["RNG201"], 1, id="a code"),
        pytest.param(["RNG20"], 9, id="a prefix"),
        pytest.param(["seed-reset-in-loop"], 1, id="a name"),
        pytest.param(["RNG201", "key-reuse", "RNG201_key_reuse"], 1, id="the same thrice"),
        pytest.param([str(ROOT / "fixtures" / "RNG201_key_reuse")], 1, id="a folder"),
        pytest.param([str(ROOT / "fixtures" / "RNG201_key_reuse" / "after.py")], 1, id="a file"),
    ],
)
def test_targets_name_fixtures(targets: list[str], count: int) -> None:
    assert len(find_fixtures(targets)) == count


def test_no_target_means_all_bundled_fixtures() -> None:
    assert find_fixtures([]) == bundled_fixtures()
    assert {"RNG201", "RNG202", "RNG301"} <= {fixture.code for fixture in find_fixtures([])}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("key-resue", "did you mean key-reuse?", id="a misspelt name"),
        pytest.param("no/such/folder", "no such fixture or folder", id="a missing folder"),
        pytest.param(str(ROOT / "rnglint"), "no before.py in it or below it", id="no fixtures"),
    ],
)
def test_an_unknown_target_is_one_line_and_exit_2(
    target: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        find_fixtures([target])
    assert run(Request([target])) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("missing", ["numpy", "jax"])
def test_a_missing_library_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unfixed: None
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == missing else object())
    assert run(Request(["RNG201"])) == 2
    assert capsys.readouterr().err == (
        f"rnglint verify: needs {missing}: pip install 'rnglint[verify]'\n"
    )


def test_bad_options_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Request(["RNG201"], output_format="xml")) == 2
    assert run(Request(["RNG201"], timeout=0)) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_the_parent_imports_neither_jax_nor_numpy() -> None:
    program = (
        "import sys, rnglint.verify.command, rnglint.verify.child;"
        "print(sorted({'jax', 'numpy', 'libcst', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_table_has_a_row_per_fixture(
    tmp_path: Path, unfixed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    good = "def sample():\n    return [0.25, 0.5]\n"
    folders = [write_fixture(tmp_path / name, good) for name in ("first", "second")]
    (tmp_path / "second" / "after.py").unlink()
    assert run(Request([str(folder) for folder in folders])) == 0
    lines = capsys.readouterr().out.splitlines()
    (first,) = [line for line in lines if "first" in line]
    (second,) = [line for line in lines if "second" in line]
    assert "= after.py" in first and "1 equal" in first
    assert "no fix" in second
    assert lines[-1] == "1 passed, 0 failed, 1 without a fix"
    assert any(np.__version__ in line for line in lines)


# Expectations.


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("x = 1  # expect: RNG101\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1\t# expect: RNG101, RNG102\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        ("x = 1  # expects nothing\n", "x = 1  # expects nothing\n"),
        ("x = 1  # noqa  # expect: RNG101", "x = 1  # noqa"),
    ],
    ids=["plain", "tab and CRLF", "another comment", "after another comment"],
)
def test_expectations_are_stripped_and_nothing_else(text: str, stripped: str) -> None:
    assert strip_expectations(text) == stripped


def test_expected_codes_are_told_by_function() -> None:
    text = dedent("""
        seed(0)  # expect: RNG101

        def sample_one():
            a()  # expect: RNG201, RNG202
            return b()  # expect: RNG201

        def helper():
            return c()  # expect: RNG301

        def sample_none():
            return 1
    """)
    assert expected_codes(text) == {
        "": {"RNG101", "RNG201", "RNG202", "RNG301"},
        "sample_one": {"RNG201", "RNG202"},
        "sample_none": set(),
    }
