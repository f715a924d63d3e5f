"""The parts of `verify`: messages, and what a child process measures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnglint.verify.messages import (
    Answer,
    Call,
    Comparison,
    Job,
    Measurement,
    Outcome,
    Place,
    Series,
    Setting,
    answer_from_json,
    defect,
    job_from_json,
    to_json,
)
from rnglint.verify.programs import Program
from rnglint.verify.results import Options, Target
from rnglint.verify.sessions import Runs, Unit, plan
from rnglint.verify.verdicts import judge

np = pytest.importorskip("numpy")

from rnglint.verify.child.compare import compare_leaves, ulps_apart  # noqa: E402
from rnglint.verify.child.leaves import NotSamplesError, digest, leaves_of  # noqa: E402
from rnglint.verify.child.probes import _frozen_draw  # noqa: E402
from rnglint.verify.child.repeats import measure_repeats  # noqa: E402
from rnglint.verify.child.watch import hidden_state, key_reuse, numpy_watched  # noqa: E402


def test_messages_survive_the_journey() -> None:
    place = Place(0, "[0]", (1, 2), "1.5", "2.5")
    outcome = Outcome(
        "f",
        measurements=(Measurement("equal-samples", 2, "x", 9, True), defect("key-reuse", "y")),
        digest="d",
        steady=False,
        comparisons=(
            Comparison("jit", "close", "z", 3, place, 1, 9),
            Comparison("vmap", "bitwise"),
        ),
        samples=(Series("[0]", "float32", (3, 3), (0.5, 1.5)),),
        notes=("n",),
    )
    answer = Answer("", (outcome,), (defect("global-state", "y"),), "hello", {"jax": "1"})
    setting = Setting("rbg", True, None, ("cpu",))
    job = Job(
        "x = 1", "a.py", "/", modes=("jit",), setting=setting, call=Call("f", "m", "key", "3")
    )
    assert answer_from_json(json.loads(json.dumps(to_json(answer)))) == answer
    assert job_from_json(json.loads(json.dumps(to_json(job)))) == job


@pytest.mark.parametrize(
    ("result", "kinds"),
    [
        pytest.param([0.3, 0.4], [], id="different floats"),
        pytest.param([0.3, 0.4, 0.3], ["equal-samples"], id="a float twice"),
        pytest.param([0.0, 1.0, 0.0, 1.0], [], id="a mask of zeros and ones"),
        pytest.param([3.0, 5.0, 3.0, 2.0], [], id="counts"),
        pytest.param([np.nan, np.nan, np.inf, np.inf], [], id="no numbers"),
        pytest.param(np.array([[1, 2], [1, 2]]), [], id="short integer rows may agree"),
        pytest.param(np.array([[1, 2, 3, 4]] * 2), ["equal-samples"], id="long integer rows"),
        pytest.param([np.arange(9), np.arange(9)], ["equal-samples"], id="two equal leaves"),
        pytest.param(np.zeros((3, 9), int), [], id="constant rows"),
        pytest.param([True, False, True], [], id="booleans"),
        pytest.param(
            [np.linspace(0.1, 0.2, 20), np.linspace(5.1, 6.2, 20) ** 3],
            ["dependent-samples"],
            id="one leaf follows from another",
        ),
        pytest.param(
            [np.linspace(0.1, 0.2, 20), -np.linspace(5.1, 6.2, 20)],
            ["dependent-samples"],
            id="one leaf mirrors another",
        ),
        pytest.param([np.linspace(0.1, 0.2, 8), np.linspace(5, 6, 8)], [], id="too few to say"),
    ],
)
def test_repeats_are_found(result: object, kinds: list[str]) -> None:
    assert [each.kind for each in measure_repeats(leaves_of(result)) if each.defect] == kinds


@pytest.mark.parametrize(
    ("left", "right", "ulps"),
    [
        (1.0, 1.0, 0),
        (np.float32(1), np.nextafter(np.float32(1), np.float32(2)), 1),
        (-0.0, 0.0, 0),
        (np.float32(-1e-45), np.float32(1e-45), 2),
        (np.float16(1), np.float16(1) + np.float16(2**-9), 2),
        (1, 2, None),
        (np.nan, 1.0, None),
    ],
    ids=["equal", "next", "zeros", "across zero", "half", "integers", "nan"],
)
def test_distance_in_ulps(left: Any, right: Any, ulps: int | None) -> None:
    found = ulps_apart(np.asarray(left), np.asarray(right, np.asarray(left).dtype))
    assert (None if found is None else found.tolist()) == (None if ulps is None else [ulps])


@pytest.mark.parametrize(
    ("eager", "other", "detail"),
    [
        pytest.param([1.0, np.nan], [1.0, np.nan], "", id="equal bits, NaN included"),
        pytest.param(0.0, -0.0, "lane 0, result: 0.0 eagerly, -0.0 here", id="signed zero"),
        pytest.param([1, 2], [1, 3], "lane 0, result[1]: 2 eagerly, 3 here", id="a value"),
        pytest.param(
            np.array([[1.5, 2.5]]),
            np.array([[1.5, 2.0]]),
            "lane 0, result[0, 1]: 2.5 eagerly, 2.0 here",
            id="an element",
        ),
        pytest.param(
            np.zeros(2), np.zeros(3), "lane 0, result: shape (2,) eagerly, (3,) here", id="a shape"
        ),
        pytest.param(
            np.zeros(1, "f4"),
            np.zeros(1),
            "lane 0, result: float32 eagerly, float64 here",
            id="dtype",
        ),
        pytest.param([1.0], [1.0, 2.0], "lane 0: a result of another structure", id="structure"),
    ],
)
def test_comparison_is_bit_for_bit(eager: object, other: object, detail: str) -> None:
    comparison = compare_leaves("jit", [leaves_of(eager)], [leaves_of(other)])
    assert (comparison.outcome == "bitwise", comparison.detail) == (not detail, detail)


def test_digests_tell_dtype_shape_and_place() -> None:
    results = [np.zeros(4), np.zeros((2, 2)), np.zeros(8, "f4"), [np.zeros(2)] * 2, -np.zeros(4)]
    assert len({digest(leaves_of(result)) for result in results}) == len(results)


def test_texts_made_by_numpy_are_samples_and_others_are_not() -> None:
    assert leaves_of(np.array(["a", "b"]))[0].array.tolist() == ["a", "b"]
    with pytest.raises(NotSamplesError):
        leaves_of("a")


@pytest.mark.parametrize(
    ("touch", "kinds"),
    [
        pytest.param(lambda: np.random.default_rng(0).random(), [], id="a Generator of its own"),
        pytest.param(lambda: np.random.rand(), ["global-state"], id="a draw"),
        pytest.param(lambda: np.random.seed(0), ["global-state"], id="a seed"),
        pytest.param(
            lambda: setattr(np.random, "seed", 0), ["global-state"], id="the slip seed = 0"
        ),
        pytest.param(
            lambda: vars(np.random)["set_bit_generator"](np.random.PCG64(0)),
            ["global-state"],
            id="another bit generator",
        ),
        pytest.param(lambda: np.random.RandomState(0).rand(), ["random-state"], id="RandomState"),
        pytest.param(lambda: isinstance(1, np.random.RandomState), [], id="an isinstance test"),
    ],
)
def test_touching_legacy_numpy_is_seen_and_undone(
    touch: Callable[[], object], kinds: list[str]
) -> None:
    np.random.seed(1)
    first = np.random.rand()
    np.random.seed(1)
    with numpy_watched(), hidden_state() as defects:
        touch()
    assert [each.kind for each in defects] == kinds
    assert np.random.rand() == first


def test_the_watched_class_is_a_random_state() -> None:
    made = np.random.RandomState(3)
    with numpy_watched():
        assert isinstance(made, np.random.RandomState)
        assert issubclass(np.random.RandomState, type(made))
        assert np.random.RandomState(3).rand() == made.rand()


def test_what_jit_freezes_is_counted() -> None:
    pytest.importorskip("jax")
    shared = np.random.default_rng(0)
    (found,) = _frozen_draw(lambda x: x + shared.normal(size=3), 1.0)
    assert (found.kind, found.value, found.total, found.defect) == ("frozen-draw", 2, 3, True)
    assert list(_frozen_draw(lambda x: float(x), 1.0)) == []


def test_raw_keys_are_watched_too() -> None:
    jax = pytest.importorskip("jax")

    def twice(_: object) -> object:
        key = jax.random.PRNGKey(0)
        return jax.random.normal(key), jax.random.normal(key)

    def once(_: object) -> object:
        first, second = jax.random.split(jax.random.PRNGKey(0))
        return jax.random.normal(first), jax.random.normal(second)

    assert "key" in str(key_reuse(twice, None))
    assert key_reuse(once, None) is None


def test_a_program_that_was_not_run_passes_nothing(tmp_path: Path) -> None:
    target = Target("any", "fixture", str(tmp_path))
    program = Program(target, str(tmp_path), after="", expected={"": frozenset({"RNG201"})})
    runs = Runs(Answer("gone"), Answer("gone"), Answer("gone"))
    result = judge(Unit(program, modes=("jit",)), runs, Options(("jit",)))
    assert result.passed is False
    assert [verdict.check for verdict in result.verdicts if verdict.passed] == ["fix"]


@pytest.mark.parametrize("bundled", [True, False])
def test_each_job_is_planned_once_and_no_program_runs_twice_in_one_process(
    bundled: bool, tmp_path: Path
) -> None:
    texts = {0: "import jax", 1: "import numpy", 2: "import jax.numpy"}
    target = Target("any", "fixture", str(tmp_path))
    units = {
        index: Unit(Program(target, str(tmp_path), text, text, text, {}, bundled=bundled))
        for index, text in texts.items()
    }
    sessions = plan(units, lanes=1)
    planned = [(task.unit, task.field) for session in sessions for task in session]
    assert sorted(planned) == sorted(
        (index, field) for index in texts for field in ("before", "fixed", "again")
    )
    for session in sessions:
        fixed = {task.unit for task in session if task.field == "fixed"}
        assert not fixed & {task.unit for task in session if task.field == "again"}
        if any(texts[task.unit] == "import numpy" for task in session):
            assert len(session) == 1
