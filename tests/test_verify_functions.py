"""`rnglint verify` on functions of someone's own, in the styles in which people write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from verify_support import write_fixture

from rnglint.cli.commands import main
from rnglint.verify.fixtures import UsageError
from rnglint.verify.functions import find_function
from rnglint.verify.messages import Call, Job
from rnglint.verify.request import Request

pytest.importorskip("numpy")
pytest.importorskip("jax")

from rnglint.verify.child.work import perform

STYLES = """
    import functools
    import random
    import jax
    import jax.numpy as jnp
    import numpy as np

    class Model:
        def __init__(self, width=4):
            self.width = width

        def sample(self, key):
            return jax.random.normal(key, (self.width,))

        @staticmethod
        def noise(rng_key, scale=2.0):
            return scale * jax.random.uniform(rng_key, (3,))

        @classmethod
        def make(cls, key):
            return {"w": jax.random.normal(key, (2, 2)), "b": [jnp.zeros(2), None]}

        def __call__(self, key):
            return self.sample(key)

    def make_sampler(n):
        def draw(key):
            return jax.random.uniform(key, (n,))
        return draw

    def keywords(key, *, shape, **options):
        return jax.random.normal(key, shape) * options.get("scale", 1)

    @functools.partial(jax.jit, static_argnames="n")
    def static(n, key):
        return jax.random.normal(key, (n,))

    def key_last(x, y, key, /):
        return x, y, jax.random.normal(key, x.shape)

    def odd_name(*, entropy):
        return jax.random.normal(entropy, (2,))

    def integers(key):
        left, right = jax.random.split(key)
        return jax.random.randint(left, (5,), 0, 99), jax.random.bernoulli(right, 0.5, (3,))

    def narrow(key):
        return jax.random.normal(key, (8,), dtype=jnp.bfloat16)

    def host(key):
        return np.random.default_rng(int(jax.random.randint(key, (), 0, 99))).normal(size=3)

    def jitter(x):
        return x + np.random.default_rng().normal(size=3)

    def no_key():
        return jax.random.normal(jax.random.key(3), (4,))

    bound = functools.partial(make_sampler, 3)
    number = 3
"""


@pytest.fixture(scope="module")
def styles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("styles") / "styles.py"
    path.write_text(dedent(STYLES))
    return path


def performed(path: Path, call: Call, modes: Sequence[str] = ("jit", "vmap")) -> Any:
    """The answer of a child, from this process."""
    job = Job(path.read_text(), str(path), str(path.parent), modes=tuple(modes), call=call)
    return perform(job, lambda step: None)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call("Model().sample"), id="a bound method"),
        pytest.param(Call("Model(2)"), id="an object that can be called"),
        pytest.param(Call("Model.noise"), id="a static method, and another name for the key"),
        pytest.param(Call("Model.make"), id="a class method that returns a tree"),
        pytest.param(Call("make_sampler(3)"), id="a closure"),
        pytest.param(Call("bound()"), id="what a partial returns"),
        pytest.param(Call("keywords", "", "", "shape=(3,), scale=2.0"), id="keywords"),
        pytest.param(Call("static", "", "", "3"), id="a static argument before the key"),
        pytest.param(Call("static", "", "key", "n=3"), id="a static argument by name"),
        pytest.param(Call("key_last", "", "", "jnp.ones(3), 2.0"), id="a positional key, last"),
        pytest.param(Call("odd_name", "", "entropy"), id="a key of another name"),
        pytest.param(Call("integers"), id="integers and booleans"),
        pytest.param(Call("narrow"), id="bfloat16"),
        pytest.param(Call("no_key"), id="no key"),
        pytest.param(Call("jax.random.uniform", "", "", "(3,)"), id="a function of a library"),
    ],
)
def test_functions_of_all_styles_are_run(call: Call, styles: Path) -> None:
    answer = performed(styles, call)
    (outcome,) = answer.outcomes
    assert (answer.error, outcome.error) == ("", "")
    assert [each.outcome for each in outcome.comparisons] == ["bitwise", "bitwise"]
    assert outcome.defects == ()
    assert outcome.samples


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("nowhere"), "there is no nowhere in it (name 'nowhere' is not defined)"),
        (Call("Model.nowhere"), "there is no Model.nowhere in it"),
        (Call("number"), "number is no function but int"),
        (Call("keywords"), "that are not given: shape (--args gives them)"),
        (Call("static", "", "seed"), "static has no parameter 'seed' (its parameters: n, key)"),
        (Call("static", "", "", "n=="), "--args 'n==' raised SyntaxError"),
        (Call("static", "", "key", "key=1"), "'key' is given by --args and is the key as well"),
        (Call("f", "no_such_module"), "raised ModuleNotFoundError: No module named"),
    ],
    ids=lambda each: each.function if isinstance(each, Call) else "",
)
def test_what_cannot_be_called_is_told_in_one_line(call: Call, said: str, styles: Path) -> None:
    answer = performed(styles, call)
    told = answer.error or answer.outcomes[0].error
    assert said in told
    assert "\n" not in told


def test_host_code_cannot_be_traced_and_fails_nothing(styles: Path) -> None:
    (outcome,) = performed(styles, Call("host")).outcomes
    assert [each.outcome for each in outcome.comparisons] == ["untraceable", "untraceable"]


def test_what_jax_itself_cannot_run_without_jit_is_no_error_of_the_function(tmp_path: Path) -> None:
    path = tmp_path / "programs.py"
    path.write_text(
        "import jax, jax.numpy as jnp\n"
        "def in_jax(key):\n"
        "    if jax.config.jax_disable_jit: jax.random.normal(key, 'shape')\n"
        "    return jax.random.normal(key)\n"
        "def in_the_function(key):\n"
        "    if jax.config.jax_disable_jit: raise AttributeError('astype')\n"
        "    return jax.random.normal(key)\n"
    )
    outcomes = [
        comparison.outcome
        for name in ("in_jax", "in_the_function")
        for comparison in performed(path, Call(name), ["disable_jit"]).outcomes[0].comparisons
    ]
    assert outcomes == ["unsupported", "error"]


def test_a_draw_that_jit_freezes_is_measured(styles: Path) -> None:
    (outcome,) = performed(styles, Call("jitter", "", "", "np.ones(3)")).outcomes
    assert not outcome.steady
    assert {each.kind: each.value for each in outcome.defects} == {"frozen-draw": 2}


@pytest.mark.parametrize(
    ("target", "place", "function"),
    [
        ("package.module:f", "package.module", "f"),
        ("module:Class.f", "module", "Class.f"),
        ("module::f", "module", "f"),
        ("styles.py::make(3)", "", "make(3)"),
        ("RNG201", None, None),
        ("key-reuse", None, None),
        ("some/folder", None, None),
    ],
)
def test_targets_that_name_functions(
    target: str, place: str | None, function: str | None, styles: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(styles.parent)
    found = find_function(target, "", "")
    assert (found.call.module if found else None) == place
    assert (found.call.function if found else None) == function


def test_a_file_that_is_not_there_is_bad_usage() -> None:
    with pytest.raises(UsageError, match=r"nowhere.py: cannot be read"):
        find_function("nowhere.py::f", "", "")


# The command line.

Invoke = Callable[..., Any]


@pytest.fixture
def invoke(styles: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    monkeypatch.chdir(styles.parent)
    return lambda *arguments: CliRunner().invoke(main, ["verify", *arguments])


def test_settings_are_combined(invoke: Invoke) -> None:
    done = invoke(
        "styles:Model.noise", "--impl", "threefry2x32,rbg", "--x64", "on,off", "--modes", "vmap",
        "--output-format", "json", "--backends", "cpu,gpu",
    )  # fmt: skip
    content = json.loads(done.stdout)
    found = {each["name"]: each["verdicts"]["vmap"]["status"] for each in content["results"]}
    assert found == {
        "styles:Model.noise [threefry2x32, x64=on]": "bitwise",
        "styles:Model.noise [threefry2x32, x64=off]": "bitwise",
        "styles:Model.noise [rbg, x64=on]": "documented",
        "styles:Model.noise [rbg, x64=off]": "documented",
    }
    assert content["results"][2]["functions"][0]["after"]["samples"][0]["dtype"] == "float64"
    assert content["results"][3]["functions"][0]["after"]["samples"][0]["dtype"] == "float32"
    if "gpu" not in content["environment"]["backend"]:
        assert done.stderr == "rnglint verify: not compared with gpu: there is no gpu here\n"
    assert done.exit_code == 0


def test_strict_lets_only_equal_bits_pass(invoke: Invoke) -> None:
    common = ("styles.py::Model.noise", "--impl", "rbg", "--modes", "vmap")
    assert invoke(*common).exit_code == 0
    assert invoke(*common, "--strict").exit_code == 1


def test_junit_has_a_case_per_check(invoke: Invoke) -> None:
    done = invoke("styles.py::Model.noise", "--modes", "jit", "--output-format", "junit")
    suites = ET.fromstring(done.stdout.partition("\n")[2])
    (suite,) = suites
    assert [case.get("name") for case in suite.iter("testcase")] == [
        "fix", "before", "after", "eager", "jit", "process",
    ]  # fmt: skip
    assert suite.attrib == {
        "name": "styles.py::Model.noise", "tests": "6", "failures": "0", "skipped": "2",
    }  # fmt: skip
    assert {each.get("name") for each in suite.iter("property")} >= {"jax", "backend", "PRNG"}


def test_junit_tells_failures_and_holds_any_text(invoke: Invoke, tmp_path: Path) -> None:
    text = "def sample():\n    print('\\x00\\x1b')\n    raise ValueError('<\\x01>')\n"
    fixture = write_fixture(tmp_path / "broken", text)
    done = invoke(str(fixture), "--output-format", "junit")
    suite = ET.fromstring(done.stdout.partition("\n")[2])[0]
    (failure,) = suite.iter("failure")
    assert failure.text == "sample: raised ValueError: <\ufffd> (line 3)"
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--impl", "rgb"], "unknown PRNG implementation 'rgb': did you mean rbg?"),
        (["--modes", "jit,vmpa"], "unknown mode 'vmpa': did you mean vmap?"),
        (["--x64", "maybe"], "unknown value of --x64 'maybe': choose from on, off"),
        (["--backends", "cpu,abacus"], "unknown backend 'abacus'"),
        (["--output-format", "xml"], "unknown output format 'xml'"),
        (["RNG201", "--key-arg", "key"], "--key-arg and --args are for functions"),
        (["no/styles.txt::f"], "no such fixture or folder"),
    ],
    ids=lambda each: each[-1] if isinstance(each, list) else "",
)
def test_bad_usage_is_one_line(arguments: list[str], said: str, invoke: Invoke) -> None:
    done = invoke(*arguments)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_a_file_without_samples_says_what_to_do(invoke: Invoke) -> None:
    done = invoke("styles.py", "--modes", "jit")
    assert done.exit_code == 1
    assert "name a function of it, as in styles.py::function" in done.stdout


def test_every_combination_is_a_setting() -> None:
    request = Request(implementations=("rbg",), x64=("on", "off"), partitionable=("off",))
    names = [setting.name for setting in request.settings]
    assert names == ["rbg, x64=on, partitionable=off", "rbg, x64=off, partitionable=off"]
