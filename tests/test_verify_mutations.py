"""Deliberate errors, in fixes, in fixtures and in `verify` itself: each of them is caught.

Everything runs in this process, which takes a fraction of the time: a job is performed as a child
would perform it, and judged as the parent would judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

import pytest
from verify_support import fixture_texts

from rnglint.verify import judge_modes, programs, verdicts
from rnglint.verify.messages import Setting
from rnglint.verify.programs import Program, strip_expectations
from rnglint.verify.results import Options, Result, Target
from rnglint.verify.sessions import Runs, Unit, tasks_of
from rnglint.verify.verdicts import judge

np = pytest.importorskip("numpy")
jax = pytest.importorskip("jax")

from rnglint.verify.child import compare, modes, probes, repeats, watch, work  # noqa: E402

MODES = ("jit", "vmap")


def verify_here(
    before: str,
    fixed: str | None = None,
    after: str | None = None,
    *,
    modes: tuple[str, ...] = MODES,
    impl: str | None = None,
) -> Result:
    """Judges a program whose fixes give `fixed`, and ought to give `after`."""
    before = dedent(before)
    stripped = strip_expectations(before)
    fixed = stripped if fixed is None else dedent(fixed)
    program = Program(
        Target("mutant", "fixture", "/"),
        "/",
        stripped,
        fixed,
        fixed if after is None else dedent(after),
        programs.expected_codes(before),
    )
    unit = Unit(program, Setting(impl), modes)
    answers = {task.field: work.perform(task.job, lambda step: None) for task in tasks_of(0, unit)}
    return judge(unit, Runs(**answers), Options(modes))


def failed(result: Result) -> dict[str, str]:
    """The checks that failed, and what is said of them."""
    return {v.check: "\n".join(v.details) for v in result.verdicts if v.passed is False}


# Wrong fixes: `after.py` is wrong in the same way, so that only running it can tell.


@dataclass(frozen=True)
class WrongFix:
    """A function of a bundled fixture, what is wrong with its fixed text, and where it shows."""

    code: str
    function: str
    old: str
    new: str
    check: str
    said: str


WRONG_FIXES = {
    "the second sampler gets the consumed subkey": WrongFix(
        "RNG201", "sample_two_samplers", "uniform(key", "uniform(subkey", "after", "key is reused"
    ),
    "a constant folded in twice instead of a split": WrongFix(
        "RNG201",
        "sample_two_samplers",
        "key, subkey = jax.random.split(key)",
        "subkey = key = jax.random.fold_in(key, 1)",
        "after",
        "key is reused",
    ),
    "an alias of a raw key instead of a split": WrongFix(
        "RNG201",
        "sample_raw_key",
        "rng, subkey = jax.random.split(rng)",
        "subkey = rng",
        "after",
        "samples repeat",
    ),
    "the split is forgotten": WrongFix(
        "RNG201",
        "sample_two_samplers",
        "    key, subkey = jax.random.split(key)\n",
        "",
        "eager",
        "raised NameError",
    ),
    "a split in the loop that does not move the key on": WrongFix(
        "RNG202",
        "sample_for",
        "key, subkey = jr.split(key)",
        "_, subkey = jr.split(key)",
        "after",
        "samples repeat",
    ),
    "the same number folded in in every round": WrongFix(
        "RNG202",
        "sample_for",
        "key, subkey = jr.split(key)",
        "subkey = jr.fold_in(key, 7)",
        "after",
        "samples repeat",
    ),
    "a fixed program that JAX cannot trace": WrongFix(
        "RNG201",
        "sample_two_samplers",
        "return weights",
        "weights = weights * float(weights[0])\n    return weights",
        "jit",
        "JAX cannot trace it",
    ),
    "a fixed program that returns no numbers": WrongFix(
        "RNG201",
        "sample_two_samplers",
        "return weights",
        "weights = weights / 0 * 0\n    return weights",
        "eager",
        "returned NaN",
    ),
    "a fixed program that cannot be parsed": WrongFix(
        "RNG201", "sample_two_samplers", "return weights", "return (weights", "eager", "SyntaxError"
    ),
    "the seed is lost": WrongFix(
        "RNG301",
        "sample_generator_in_loop",
        "default_rng(0)\n",
        "default_rng()\n",
        "process",
        "drew other samples",
    ),
    "the seed is set in the loop again": WrongFix(
        "RNG301",
        "sample_generator_in_loop",
        "        rows.append(",
        "        rng = np.random.default_rng(0)\n        rows.append(",
        "after",
        "samples repeat",
    ),
    "the global state is seeded": WrongFix(
        "RNG301",
        "sample_generator_in_loop",
        "    rows = []\n",
        "    np.random.seed(0)\n    rows = []\n",
        "after",
        "hidden global state",
    ),
    "a legacy class is used": WrongFix(
        "RNG301",
        "sample_generator_in_loop",
        "default_rng(0)\n",
        "RandomState(0)\n",
        "after",
        "a legacy RandomState",
    ),
    "the draw comes from the global state": WrongFix(
        "RNG301",
        "sample_generator_in_loop",
        "rng.normal(",
        "np.random.normal(",
        "after",
        "hidden global state",
    ),
}


@pytest.mark.parametrize("mutant", WRONG_FIXES.values(), ids=list(WRONG_FIXES))
def test_a_wrong_fix_is_caught(mutant: WrongFix) -> None:
    before, after = fixture_texts(mutant.code, mutant.function)
    assert mutant.old in after
    wrong = after.replace(mutant.old, mutant.new, 1)
    assert mutant.said in failed(verify_here(before, wrong))[mutant.check]


def test_the_right_fixes_pass() -> None:
    for mutant in {(each.code, each.function): each for each in WRONG_FIXES.values()}.values():
        assert failed(verify_here(*fixture_texts(mutant.code, mutant.function))) == {}


# Wrong fixtures: the fixer is right, the files are not.

WRONG_AFTER: dict[str, Callable[[str], str]] = {
    "a line too many": lambda text: text + "extra = True\n",
    "the names of a split swapped": lambda text: text.replace("key, subkey", "subkey, key", 1),
    "another line ending": lambda text: text.replace("\n", "\r\n", 1),
    "a statement dropped": lambda text: text.replace("    key, subkey = jr.split(key)\n", "", 1),
}


@pytest.mark.parametrize("change", WRONG_AFTER.values(), ids=list(WRONG_AFTER))
def test_a_wrong_after_file_is_caught(change: Callable[[str], str]) -> None:
    before, after = fixture_texts("RNG202", "sample_for")
    assert change(after) != after
    result = verify_here(before, after, change(after), modes=())
    assert failed(result)["fix"].startswith("the fixed program is not after.py")


# Wrong `verify`: programs whose verdicts are known tell that something is wrong with it.

JAX_CONTROL = """
    import jax
    import jax.numpy as jnp

    def traced(x):
        return isinstance(x, jax.core.Tracer)

    def sample(key):
        x = jax.random.normal(key, (4,))
        return {}
"""


def control(result: str) -> str:
    """A program whose only function draws `x` and returns `result`."""
    return dedent(JAX_CONTROL).replace("{}", result)


@dataclass(frozen=True)
class Control:
    """A program, and some of its verdicts: by check the status, with ULPs where it has them."""

    text: str
    verdicts: Mapping[str, str]
    modes: tuple[str, ...] = MODES
    impl: str | None = None
    notes: tuple[str, ...] = ()
    fixed: str | None = None
    after: str | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)


#: Of the last element of every lane but the first, the next float.
_LATE = (
    "x.at[3].set(jnp.where((jax.random.key_data(key) == jax.random.key_data("
    "jax.random.split(jax.random.key(0), 4)[0])).all() | (not traced(x)), x[3],"
    " jnp.nextafter(jnp.nextafter(x[3], 9.0), 9.0)))"
)

_ONLY_VMAP = """
    import jax

    @jax.custom_batching.custom_vmap
    def same(x):
        return x

    @same.def_vmap
    def rule(axis_size, in_batched, x):
        return x + 1.0, True

    def sample(key):
        return same(jax.random.normal(key, (4,)))
"""

CONTROLS = {
    "equal bits": Control(
        control("x"), {mode: "bitwise" for mode in (*MODES, "scan", "process")}, (*MODES, "scan")
    ),
    "two ULPs late": Control(control(_LATE), {"jit": "close 2", "vmap": "close 2"}),
    "one more": Control(control("x + 1.0 if traced(x) else x"), {"jit": "different"}),
    "other dtype": Control(
        control("x.astype('float16') if traced(x) else x"), {"jit": "different"}
    ),
    "other integers": Control(control("(9 * x).astype(int) + traced(x)"), {"jit": "different"}),
    "two functions": Control(
        control("x") + "\ndef sample_more(key):\n    x = sample(key)\n"
        "    return x + 1.0 if traced(x) else x\n",
        {"jit": "different"},
    ),
    "only under vmap": Control(dedent(_ONLY_VMAP), {"jit": "bitwise", "vmap": "different"}),
    "rbg": Control(control("x"), {"jit": "bitwise", "vmap": "documented"}, impl="rbg"),
    "a key reused": Control(
        control("x, jax.random.gumbel(key, (4,))  # expect: RNG201"),
        {"before": "passed", "after": "failed"},
        evidence={"key-reuse": 1},
    ),
    "equal samples": Control(control("x, x"), {"after": "failed"}, evidence={"equal-samples": 4}),
    "a sample follows from another": Control(
        control("jax.random.normal(key, (20,)), 3.5 * jax.random.normal(key, (20,)) + 9.0"),
        {"after": "failed"},
        evidence={"dependent-samples": 1},
    ),
    "NaN": Control(control("x / 0 * 0"), {"eager": "failed"}),
    "frozen": Control(
        "import jax, random\ndef sample():\n    return jax.numpy.ones(3) * random.random()\n",
        {"after": "failed"},
        evidence={"frozen-draw": 2},
    ),
    "global state": Control(
        "import numpy as np\ndef sample():\n    return np.random.rand(3)  # expect: RNG102\n",
        {"before": "passed", "after": "failed"},
        evidence={"global-state": 1},
    ),
    "not deterministic": Control(
        "import os\ndef sample():\n    return int.from_bytes(os.urandom(6), 'big')\n",
        {"process": "different"},
    ),
    "harmless": Control(
        "def sample():\n    return [1.5, 2.5]  # expect: RNG201\n", {"before": "failed"}
    ),
    "not after.py": Control("x = 1\n", {"fix": "failed"}, fixed="x = 1\n", after="x = 2\n"),
}


def wrong_controls(names: Iterator[str]) -> list[str]:
    """The controls that have other verdicts than they must have."""
    return [name for name in names if not _is_as_known(CONTROLS[name])]


def _is_as_known(known: Control) -> bool:
    result = verify_here(known.text, known.fixed, known.after, modes=known.modes, impl=known.impl)
    told = {
        verdict.check: f"{verdict.status} {verdict.ulps}" if verdict.ulps else verdict.status
        for verdict in result.verdicts
    }
    numbers = {
        each.kind: each.after.value
        for function in result.functions
        for each in function.evidence
        if each.after
    }
    return (
        {check: told[check] for check in known.verdicts} == dict(known.verdicts)
        and {kind: numbers.get(kind) for kind in known.evidence} == dict(known.evidence)
        and result.notes == known.notes
    )


def test_the_controls_are_as_they_are_known() -> None:
    assert wrong_controls(iter(CONTROLS)) == []


Patch = Callable[[pytest.MonkeyPatch], None]


def patch(owner: Any, name: str, value: Any) -> Patch:
    """Puts something wrong into a module."""
    return lambda monkeypatch: monkeypatch.setattr(owner, name, value)


def patch_mode(name: str, run: Callable[..., Any]) -> Patch:
    """Puts a wrong way to run a mode into the table."""
    return lambda monkeypatch: monkeypatch.setitem(modes.MODES, name, run)


@contextmanager
def _sees_nothing() -> Iterator[list[Any]]:
    yield []


def _first_lane_only(eager: Any, other: Any, right: Any = compare._differences) -> Any:
    return right(eager[:1], other[:1])


def _first_element_only(left: Any, right: Any, ulps: Any = compare.ulps_apart) -> Any:
    return ulps(left[:1], right[:1]) * 0


def _reversed(call: Any, lanes: Any, right: Any = modes.MODES["scan"]) -> Any:
    return right(call, lanes)[::-1]


_NOTHING = repeats.Measurement("equal-samples", 0, "", 1)

#: What is wrong, how it is made so, and the controls that must tell.
WRONG_PARTS: dict[str, tuple[Patch, str]] = {
    "any distance is rounding": (patch(compare, "_most_ulps", lambda dtype: 1 << 60), "one more"),
    "only the first lane is compared": (
        patch(compare, "_differences", _first_lane_only),
        "two ULPs late",
    ),
    "ULPs are not counted": (patch(compare, "ulps_apart", _first_element_only), "two ULPs late"),
    "dtypes are not compared": (patch(compare, "_mismatch", lambda *_: ""), "other dtype"),
    "integers count as close": (
        patch(compare, "mantissa_bits", lambda dtype: 23),
        "other integers",
    ),
    "jit does not jit": (
        patch_mode("jit", lambda call, lanes: [call(lane) for lane in lanes]),
        "one more",
    ),
    "vmap does not vmap": (
        patch_mode("vmap", lambda call, lanes: [call(lane) for lane in lanes]),
        "only under vmap",
    ),
    "lanes change places": (patch_mode("scan", _reversed), "equal bits"),
    "all lanes get one key": (
        patch(modes, "key_lanes", lambda: jax.numpy.stack([jax.random.key(0)] * 4)),
        "equal bits",
    ),
    "all samples have one digest": (patch(work, "digest", lambda leaves: "d"), "not deterministic"),
    "NaN is not seen": (patch(work, "not_a_number", lambda leaves: ""), "NaN"),
    "reused keys are not seen": (patch(watch, "key_reuse", lambda *_: None), "a key reused"),
    "repeated values are not seen": (
        patch(repeats, "_equal_values", lambda leaves: _NOTHING),
        "equal samples",
    ),
    "correlation is not seen": (
        patch(repeats, "_rank_correlation", lambda *_: 0.0),
        "a sample follows from another",
    ),
    "the global state is not looked at": (
        patch(watch, "hidden_state", _sees_nothing),
        "global state",
    ),
    "frozen draws are not counted": (patch(probes, "_repeated", lambda digests: 0), "frozen"),
    "the best function decides": (
        patch(judge_modes, "STATUSES", dict.fromkeys(reversed(judge_modes.STATUSES))),
        "two functions",
    ),
    "everything is documented": (
        patch(judge_modes, "documented", lambda *_: "so it is"),
        "one more",
    ),
    "nothing is documented": (patch(judge_modes, "documented", lambda *_: ""), "rbg"),
    "any rule is silent": (patch(verdicts, "shown_by", lambda code: frozenset()), "harmless"),
    "any rule is shown": (
        patch(verdicts, "_is_missed", lambda code, kinds: False),
        "harmless",
    ),
    "expectations are not read": (patch(programs, "expected_codes", lambda text: {}), "harmless"),
    "the texts are not compared": (
        patch(Program, "difference", property(lambda self: "")),
        "not after.py",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_PARTS)
def test_an_error_in_verify_itself_is_caught(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wrong, telling = WRONG_PARTS[wrong]
    make_wrong(monkeypatch)
    assert wrong_controls(iter([telling])) == [telling]
