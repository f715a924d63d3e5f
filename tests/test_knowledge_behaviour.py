"""Whether the installed libraries do what the knowledge tables say that they do."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from installed_libraries import entries_of, require, resolve, signature_of

from rnglint.knowledge.loader import Entry, load

#: A value for each required parameter of the samplers.
VALUES: dict[str, Any] = {
    "a": 2.0, "alpha": np.ones(2), "b": 2.0, "concentration": 1.0, "cov": np.eye(2), "d": 2,
    "df": 2.0, "dfden": 2.0, "dfnum": 2.0, "kappa": 1.0, "lam": 1.0, "left": 0.0, "length": 4,
    "loc": 0.0, "logits": np.zeros(2), "low": 5, "lower": 0.0, "maxval": 5, "mean": 1.0,
    "minval": 0, "mode": 0.5, "mu": 0.0, "n": 3, "nbad": 4, "ngood": 4, "nonc": 1.0,
    "nsample": 3, "p": 0.5, "pvals": [0.5, 0.5], "right": 1.0, "scale": 1.0, "shape": (2,),
    "upper": 1.0, "x": 4, "k": 2, "population": [1, 2, 3],
    "seq": [1, 2, 3], "sigma": 1.0, "start": 9,
}  # fmt: skip
#: Where a parameter of that name means something else.
SPECIAL: dict[str, dict[str, Any]] = {
    "jax.random.multinomial": {"p": np.array([0.5, 0.5])},
    "jax.random.multivariate_normal": {"mean": np.zeros(2)},
    "numpy.random.choice": {"a": 5},
    "numpy.random.gamma": {"shape": 2.0},
    "numpy.random.multivariate_normal": {"mean": np.zeros(2)},
    "numpy.random.shuffle": {"x": [1, 2, 3]},
    "numpy.random.standard_gamma": {"shape": 2.0},
    "random.betavariate": {"alpha": 1.0, "beta": 1.0},
    "random.expovariate": {"lambd": 1.0},
    "random.gammavariate": {"alpha": 1.0, "beta": 1.0},
    "random.gauss": {"mu": 0.0, "sigma": 1.0},
    "random.normalvariate": {"mu": 0.0, "sigma": 1.0},
    "random.paretovariate": {"alpha": 1.0},
    "random.randint": {"a": 1, "b": 6},
    "random.shuffle": {"x": [1, 2, 3]},
    "random.weibullvariate": {"alpha": 1.0, "beta": 1.0},
}


def arguments_of(entry: Entry) -> dict[str, Any]:
    """Something for every required parameter but the key."""
    required = [p.name for p in entry.parameters if p.required and p.name != entry.key]
    return {name: VALUES.get(name) for name in required} | SPECIAL.get(entry.qualified, {})


def with_effect(module: str, *effects: str) -> list[Any]:
    """The entries of a module with one of some effects, as test parameters."""
    return [
        pytest.param(entry, id=entry.name)
        for entry in load().entries.values()
        if entry.qualified.rpartition(".")[0] == module and entry.effect in effects
        if entry in entries_of(entry.library)
    ]


def numpy_state() -> Any:
    return [np.asarray(part).tolist() for part in np.random.get_state()]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("entry", with_effect("numpy.random", "draw"))
def test_numpy_draws_advance_the_hidden_state(entry: Entry) -> None:
    np.random.seed(0)
    before = numpy_state()
    require(entry)(**arguments_of(entry))

    assert numpy_state() != before


@pytest.mark.parametrize("entry", with_effect("numpy.random", "make", "inspect"))
def test_numpy_constructors_leave_the_hidden_state_alone(entry: Entry) -> None:
    np.random.seed(0)
    before = numpy_state()
    if entry.seed and entry.name != "BitGenerator":
        made = require(entry)(**{entry.seed: 7})
        assert type(made) is resolve(entry.makes or "")

    assert numpy_state() == before


@pytest.mark.parametrize(
    "entry",
    [
        case
        for case in with_effect("numpy.random", "draw")
        if case.values[0].arguments == "verbatim"
    ],
)
def test_verbatim_arguments_suit_the_method_of_generator(entry: Entry) -> None:
    method = getattr(np.random.default_rng(0), entry.generator or "")
    positional = [p.name for p in entry.parameters]

    method(**arguments_of(entry))
    assert [p.name for p in signature_of(method) or ()][: len(positional)] == positional


@pytest.mark.parametrize("entry", with_effect("random", "draw"))
def test_stdlib_draws_advance_the_hidden_state(entry: Entry) -> None:
    random.seed(0)
    before = random.getstate()
    require(entry)(*arguments_of(entry).values())

    assert random.getstate() != before


@pytest.mark.parametrize("entry", with_effect("jax.random", "consume", "split"))
def test_jax_consumers_refuse_a_consumed_key(entry: Entry) -> None:
    key = jax.random.key(0)
    with jax.debug_key_reuse(True):
        jax.random.bits(key)
        with pytest.raises(jax.errors.KeyReuseError):
            require(entry)(key, **arguments_of(entry))


@pytest.mark.parametrize(
    ("qualified", "arguments"),
    [
        ("jax.random.fold_in", (1,)),
        ("jax.random.clone", ()),
        ("jax.random.key_data", ()),
        ("jax.random.key_impl", ()),
        ("jax.numpy.shape", ()),
        ("jax.numpy.ndim", ()),
        ("jax.numpy.size", ()),
        ("jax.typeof", ()),
        ("jax.tree.structure", ()),
        ("builtins.print", ()),
        ("builtins.repr", ()),
        ("builtins.isinstance", (jax.Array,)),
    ],
)
def test_what_does_not_consume_leaves_the_key_to_be_used(
    qualified: str, arguments: tuple[Any, ...]
) -> None:
    entry = load().entries[qualified]
    key = jax.random.key(0)
    with jax.debug_key_reuse(True):
        require(entry)(key, *arguments)
        require(entry)(key, *arguments)
        jax.random.bits(key)

    assert entry.effect in ("fold", "clone", "inspect")


@pytest.mark.parametrize(
    ("qualified", "arguments"),
    [
        ("copy.copy", ()),
        ("copy.deepcopy", ()),
        ("jax.block_until_ready", ()),
        ("jax.device_put", ()),
        ("jax.lax.optimization_barrier", ()),
        ("jax.lax.stop_gradient", ()),
        ("jax.numpy.array", ()),
        ("jax.numpy.asarray", ()),
        ("jax.numpy.copy", ()),
        ("jax.numpy.expand_dims", (0,)),
        ("jax.numpy.ravel", ()),
        ("jax.numpy.reshape", ((1,),)),
        ("jax.numpy.squeeze", ()),
    ],
)
def test_what_returns_the_same_key_returns_equal_bits(
    qualified: str, arguments: tuple[Any, ...]
) -> None:
    entry = load().entries[qualified]
    key = jax.random.key(3)
    kept = require(entry)(key, *arguments)

    assert entry.effect == "same"
    assert entry.position(entry.key or "") == 0
    np.testing.assert_array_equal(jax.random.key_data(kept).ravel(), jax.random.key_data(key))


@pytest.mark.parametrize("entry", with_effect("jax.nn.initializers", "partial"))
def test_initializer_factories_return_what_consumes_a_key(entry: Entry) -> None:
    required = {"scale": 1.0, "mode": "fan_in", "distribution": "normal", "value": 0.0}
    arguments = {p.name: required[p.name] for p in entry.parameters if p.required}
    initialize = require(entry)(**arguments)
    key = jax.random.key(0)

    with jax.debug_key_reuse(True):
        jax.random.bits(key)
        if entry.makes:
            with pytest.raises(jax.errors.KeyReuseError):
                initialize(key, (2, 2, 2))
        else:
            initialize(key, (2, 2, 2))


ONE = np.float32(1.0)
#: How each function is made to run the function that it is given.
RUNNERS: dict[str, Callable[[Any, Any], Any]] = {
    "jax.jit": lambda run, f: run(f)(ONE),
    "jax.vmap": lambda run, f: run(f)(np.ones(2, "float32")),
    "jax.grad": lambda run, f: run(f)(ONE),
    "jax.value_and_grad": lambda run, f: run(f)(ONE),
    "jax.jacfwd": lambda run, f: run(f)(ONE),
    "jax.jacrev": lambda run, f: run(f)(ONE),
    "jax.jacobian": lambda run, f: run(f)(ONE),
    "jax.hessian": lambda run, f: run(f)(ONE),
    "jax.checkpoint": lambda run, f: run(f)(ONE),
    "jax.remat": lambda run, f: run(f)(ONE),
    "jax.jvp": lambda run, f: run(f, (ONE,), (ONE,)),
    "jax.vjp": lambda run, f: run(f, ONE),
    "jax.linearize": lambda run, f: run(f, ONE),
    "jax.eval_shape": lambda run, f: run(f, ONE),
    "jax.make_jaxpr": lambda run, f: run(f)(ONE),
    "jax.lax.map": lambda run, f: run(f, np.ones(2, "float32")),
    "jax.lax.scan": lambda run, f: run(lambda c, x: (f(c), x), ONE, np.ones(2)),
    "jax.lax.fori_loop": lambda run, f: run(0, 2, lambda i, x: f(x), ONE),
    "jax.lax.while_loop": lambda run, f: run(lambda x: x < 0, f, ONE),
    "jax.lax.cond": lambda run, f: run(True, f, f, ONE),
    "jax.lax.switch": lambda run, f: run(0, [f, f], ONE),
    "jax.numpy.vectorize": lambda run, f: run(f)(np.ones(2, "float32")),
    "jax.tree.map": lambda run, f: run(f, [ONE, ONE]),
    "jax.pure_callback": lambda run, f: run(f, ONE, ONE),
    "functools.reduce": lambda run, f: run(lambda x, y: f(y), [ONE, ONE]),
    "builtins.map": lambda run, f: list(run(f, [ONE])),
    "builtins.filter": lambda run, f: list(run(f, [ONE])),
}  # fmt: skip


@pytest.mark.parametrize("qualified", RUNNERS)
def test_traces_says_whether_jax_traces_the_function(qualified: str) -> None:
    traced: list[bool] = []

    def function(x: Any) -> Any:
        traced.append(isinstance(x, jax.core.Tracer))
        return x * jnp.float32(1.0)

    RUNNERS[qualified](require(load().entries[qualified]), function)

    assert any(traced) == load().entries[qualified].traces
    assert traced
