"""Legacy calls and what they are fixed to, both run with the installed NumPy."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from expectations import fixed, program

from rnglint import check_source

np = pytest.importorskip("numpy")

#: Calls that draw, as they stand after `np.random.`.
CALLS = """
    rand()
    rand(5)
    rand(2, 3)
    rand(2, 3,)
    rand((2), (3))
    rand(2, *(3, 4))
    randn()
    randn(4)
    randn(2, 3)
    randn(*(2,), 3)
    random()
    random(3)
    random(size=(2, 3))
    random_sample((2, 3))
    ranf()
    sample(4)
    bytes(7)
    randint(5)
    randint(2, 5)
    randint(low=2, high=5)
    randint(5, size=4)
    randint(2, 5, (2, 3))
    randint(2, None, (2, 3))
    randint(5, size=(2, 3), dtype=np.int8)
    randint(0, 2, 6, bool)
    randint([2, 3, 4])
    randint(2.7, size=3)
    random_integers(1, 6, 500)
    random_integers(1, 6)
    random_integers(6)
    random_integers(6, size=500)
    random_integers((6), size=(50, 10))
    choice(5)
    choice(5, 3)
    choice([1.5, 2.5], size=(2, 2))
    choice(4, 4, False)
    choice(3, 2, p=[0.1, 0.2, 0.7])
    permutation(6)
    permutation([3, 1, 2])
    uniform()
    uniform(2, 3, 4)
    uniform(low=-1)
    normal(1, 2, (2, 2))
    normal(size=3)
    standard_normal()
    lognormal(0, 0.5, 3)
    exponential(2.0, 3)
    standard_exponential(2)
    gamma(2.0, size=2)
    standard_gamma(2.0, 2)
    beta(1, 2, 3)
    binomial(10, 0.3, 4)
    binomial(10, 0.3)
    poisson(3.0)
    poisson([1.0, 2.0])
    geometric(0.4, 3)
    negative_binomial(3, 0.4, 2)
    logseries(0.4, 2)
    zipf(2.0, 3)
    hypergeometric(5, 6, 7, 3)
    multinomial(8, [0.2, 0.8], 3)
    multivariate_normal([0, 0], [[1, 0], [0, 1]], 4, "ignore", 1e-6)
    dirichlet((1, 2, 3), 2)
    chisquare(2, 3)
    noncentral_chisquare(2, 1, 3)
    f(2, 3, 4)
    noncentral_f(2, 3, 1, 4)
    standard_t(4)
    standard_cauchy(3)
    pareto(2.0, 3)
    power(2.0, 3)
    weibull(2.0)
    rayleigh(size=2)
    wald(1.0, 2.0, 3)
    laplace(0, 1, 2)
    logistic(0, 1, 2)
    gumbel(0, 1, 2)
    triangular(0, 1, 2, 3)
    vonmises(0, 1, 2)
"""
SEEDED = "import numpy as np\nnp.random.seed(1)\nx = np.random.{}\n"


def run(text: str) -> Any:
    """What `x` is after the program."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        exec(text, names)
    return names["x"]


def form(value: Any) -> tuple[object, ...]:
    """Type, shape and dtype, which a fix has to keep."""
    array = np.asarray(value)
    kind = type(value) if not isinstance(value, (int, np.integer)) else int
    return kind, array.shape, array.dtype


@pytest.mark.parametrize("call", CALLS.strip().splitlines(), ids=str.strip)
def test_fixed_call_draws_the_same_kind_of_thing(call: str) -> None:
    before = SEEDED.format(call.strip())
    after = fixed(before)
    assert check_source(after) == [] and "default_rng(1)" in after
    np.random.seed(3)
    untouched = np.random.get_state()[1].tolist()
    first, second = run(after), run(after)
    assert np.random.get_state()[1].tolist() == untouched
    assert form(first) == form(run(before))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("call", "low", "high"),
    [
        ("rand(4000)", 0.0, 1.0),
        ("randint(3, size=400)", 0, 2),
        ("randint(2, 5, 400)", 2, 4),
        ("randint(-2, 1, 400)", -2, 0),
        ("random_integers(3, size=400)", 1, 3),
        ("random_integers(2, 5, 400)", 2, 5),
        ("uniform(2, 3, 400)", 2.0, 3.0),
        ("choice(3, 400)", 0, 2),
    ],
)
def test_bounds_stay(call: str, low: float, high: float) -> None:
    for text in (SEEDED.format(call), fixed(SEEDED.format(call))):
        values = run(text)
        assert low <= values.min() <= low + 0.01 and high - 0.01 <= values.max() <= high


@pytest.mark.parametrize(
    "call",
    [
        "rand(4000)",
        "randn(4000)",
        "random_sample(4000)",
        "normal(1, 2, 4000)",
        "uniform(-1, 3, 4000)",
        "exponential(2, 4000)",
        "standard_gamma(2, 4000)",
        "poisson(5, 4000)",
        "binomial(9, 0.4, 4000)",
        "randint(0, 50, 4000)",
        "random_integers(50, size=4000)",
        "triangular(0, 1, 4, 4000)",
        "lognormal(0, 0.5, 4000)",
        "standard_exponential(4000)",
        "gamma(2, 3, 4000)",
        "beta(1, 2, 4000)",
        "chisquare(2, 4000)",
        "noncentral_chisquare(2, 1, 4000)",
        "f(2, 3, 4000)",
        "noncentral_f(2, 3, 1, 4000)",
        "standard_t(4, 4000)",
        "standard_cauchy(4000)",
        "pareto(2, 4000)",
        "power(2, 4000)",
        "weibull(2, 4000)",
        "rayleigh(2, 4000)",
        "wald(1, 2, 4000)",
        "laplace(0, 1, 4000)",
        "logistic(0, 1, 4000)",
        "gumbel(0, 1, 4000)",
        "vonmises(0, 1, 4000)",
        "geometric(0.1, 4000)",
        "negative_binomial(3, 0.4, 4000)",
        "logseries(0.9, 4000)",
        "zipf(2, 4000)",
        "hypergeometric(50, 60, 30, 4000)",
        "choice(20, 4000, p=np.arange(20) / 190)",
        "permutation(4000)[:2000].repeat(2)",
        "multinomial(30, [0.2, 0.8], 4000)[:, 0]",
        "dirichlet((1, 2, 3), 4000)[:, 1]",
        "multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 4000).sum(1)",
    ],
)
def test_distributions_agree(call: str) -> None:
    """Two samples of 4000: the Kolmogorov-Smirnov distance stays below its 0.1 % point."""
    old, new = run(SEEDED.format(call)), run(fixed(SEEDED.format(call)))
    points = np.sort(np.concatenate([old, new]))
    ranks = [np.searchsorted(np.sort(sample), points, side="right") for sample in (old, new)]
    assert np.abs(ranks[0] - ranks[1]).max() / 4000 < 1.95 * (2 / 4000) ** 0.5


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("rand(*shape)", "an empty shape is a scalar"),
        ("rand(*x, *y)", "both may be empty"),
        ("rand(size=3)", "a TypeError in any case"),
        ("rand((2, 3))", "a TypeError in any case"),
        ("rand(None)", "a TypeError that would become a number"),
        ("rand(2.0)", "a TypeError in any case"),
        ("rand(**shape)", "nobody knows"),
        ("random_integers(5, None, 3)", "an unusual form"),
        ("random_integers(low=5)", "the one bound is the upper one"),
        ("random_integers(*bounds)", "one bound or two"),
        ("uniform(3, 2)", "swapped bounds are an error now"),
        ("uniform(2)", "swapped bounds are an error now"),
        ("hypergeometric(2000000000, 3, 4)", "too large now"),
        ("randint(0, 9, 3, '>i4')", "byte orders are refused now"),
        ("normal(mean=1)", "not a parameter"),
        ("randint(1, 2, 3, int, 5)", "too many"),
    ],
)
def test_no_fix_where_a_generator_would_not_do_the_same(call: str, why: str) -> None:
    found = check_source(f"import numpy as np\nx = np.random.{call}\n")
    assert [item.code for item in found] == ["RNG102"], why
    assert found[0].fix is None, why


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("x = xs[np.random.randint(3)]", "x = xs[rng.integers(3)]"),
        ("x = np.zeros(np.random.randint(3))", "x = np.zeros(rng.integers(3))"),
        ("x = 2 * np.random.randint(3)", "x = 2 * rng.integers(3, dtype=int)"),
        ("x = (np.random.randint(3) + 1) / 2", "x = (rng.integers(3, dtype=int) + 1) / 2"),
        ("x += np.random.randint(0, 3)", "x += rng.integers(0, 3, dtype=int)"),
        ("n = np.random.randint(3)\ny = xs[n]", "n = rng.integers(3)\ny = xs[n]"),
        ("n = np.random.randint(3)\ny = w * n", "n = rng.integers(3, dtype=int)\ny = w * n"),
        ("n = np.random.randint(3)\nn += 1", "n = rng.integers(3, dtype=int)\nn += 1"),
        (
            "import json\ndraw = json.dumps(np.random.randint(3))",
            "\nrng = np.random.default_rng()\n\ndraw = json.dumps(rng.integers(3, dtype=int))",
        ),
        (
            "x = w * \\\n    np.random.randint(3)",
            "x = w * \\\n    rng.integers(3, dtype=int)",
        ),
        (
            "x = (np.random.randint(3)  # one\n     * w)",
            "x = (rng.integers(3, dtype=int)  # one\n     * w)",
        ),
        ("x = [w,\n     np.random.randint(3)]", "x = [w,\n     rng.integers(3)]"),
        ("env.reset(seed=np.random.randint(3))", "env.reset(seed=rng.integers(3, dtype=int))"),
        ("env.seed(np.random.randint(3))", "env.seed(rng.integers(3, dtype=int))"),
        ("s = np.random.randint(3)\nenv.seed(s)", "s = rng.integers(3, dtype=int)\nenv.seed(s)"),
        ("me.seed = np.random.randint(3)", "me.seed = rng.integers(3, dtype=int)"),
        ("me.index = np.random.randint(3)", "me.index = rng.integers(3)"),
        (
            "r = np.random.RandomState(seed=np.random.randint(3)).get_state()",
            "r = np.random.RandomState(seed=rng.integers(3)).get_state()",
        ),
        ("y = 2 * np.random.randint(3, size=4)", "y = 2 * rng.integers(3, size=4)"),
        ("import json\ny = int(np.random.randint(3))", None),
    ],
)
def test_scalar_randint_stays_an_int_where_that_can_be_noticed(
    text: str, after: str | None
) -> None:
    whole = fixed(f"import numpy as np\n{text}\n")
    if after is None:
        assert "dtype" not in whole and "rng.integers" in whole
    else:
        assert whole.endswith(after + "\n")


def test_number_type_is_kept_in_arithmetic_with_small_floats() -> None:
    text = SEEDED.format("randint(1, 5) * np.ones(2, np.float32)")
    assert run(text).dtype == run(fixed(text)).dtype == np.float32


#: Forms of seeding that the legacy functions take; whether the program is the same in each run.
SEEDS = {"": False, "None": False, "0": True, "42": True, "2**32 - 1": True, "[1, 2]": True}
SEEDS |= {"(1, 2)": True, "np.arange(3)": True, "True": True, "np.int64(3)": True, "seed=3": True}
REFUSED = ["-1", "4294967296", "[]", "1.5", "'a'"]
SEEDINGS = [
    "np.random.seed({})\nx = np.random.rand(3)\n",
    "state = np.random.RandomState({})\nx = state.rand(3)\n",
]


@pytest.mark.parametrize("text", SEEDINGS)
@pytest.mark.parametrize(("seed", "fixes_it"), SEEDS.items())
def test_forms_of_seeding_mean_the_same(text: str, seed: str, fixes_it: bool) -> None:
    before = f"import numpy as np\n{text.format(seed)}"
    after = fixed(before)
    assert f"default_rng({seed})" in after and check_source(program(after)) == []
    for program_text in (before, after):
        assert np.array_equal(run(program_text), run(program_text)) == fixes_it


@pytest.mark.parametrize("text", SEEDINGS)
@pytest.mark.parametrize("seed", REFUSED)
def test_a_seed_that_is_refused_has_no_fix(text: str, seed: str) -> None:
    before = f"import numpy as np\n{text.format(seed)}"
    assert fixed(before) == before
    with pytest.raises((TypeError, ValueError)):
        run(before)


def test_comments_and_line_breaks_in_a_call_stay() -> None:
    text = """import numpy as np

x = np.random.rand(  # a matrix
    2,  # rows
    3,
)
y = np.random.random_integers(
    (6),  # the highest
)
"""
    assert (
        fixed(text)
        == """import numpy as np

rng = np.random.default_rng()

x = rng.random((  # a matrix
    2,  # rows
    3,
))
y = rng.integers(
    1, (6), endpoint=True,  # the highest
)
"""
    )


def test_fix_of_a_call_inside_of_a_call() -> None:
    inner = "np.random.randint(1, 3), np.random.rand(2, 3).ndim"
    text = f"import numpy as np\nx = np.random.rand({inner})\n"
    assert fixed(text).endswith("x = rng.random((rng.integers(1, 3), rng.random((2, 3)).ndim))\n")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("rng.rand(2, 3)", "rng.random((2, 3))"),
        ("rng.randn()", "rng.standard_normal()"),
        ("rng.randint(2) + 1", "rng.integers(2) + 1"),
        ("rng.random_integers(6)", "rng.integers(1, 6, endpoint=True)"),
        ("map(rng.randint, [3])", "map(rng.integers, [3])"),
        ("rng.rand(*shape)", None),
        ("rng.rand(size=3)", None),
        ("map(rng.rand, [3])", None),
        ("rng.seed(3)", None),
        ("rng.get_state()", None),
        ("rng.tomaxint()", None),
    ],
)
def test_legacy_methods_are_renamed_safely_or_not_at_all(text: str, after: str | None) -> None:
    start = "import numpy as np\nrng = np.random.default_rng(0)\n"
    (found,) = check_source(program(f"{start}{text}\n"))
    assert found.code == "RNG105" and (found.fix is None) == (after is None)
    assert fixed(f"{start}{text}\n") == f"{start}{after or text}\n"
    if found.fix:
        assert found.fix.applicability.value == "safe"
