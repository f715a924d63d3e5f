"""Whether the tables of JAX's ecosystem say what is true of the libraries that are installed.

None of these libraries is needed to develop rnglint: a test of one that is missing is skipped, and
so is one of a release that is older than the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from installed_libraries import TABLES, entries_of, exists, resolve, signature_of

from rnglint.knowledge.loader import Entry, Parameter, load

#: The distributions that install the library of each table, the first that is there.
DISTRIBUTIONS = {
    "blackjax": ("blackjax",),
    "brax": ("brax",),
    "distrax": ("distrax",),
    "equinox": ("equinox",),
    "flax": ("flax",),
    "gymnax": ("gymnax",),
    "haiku": ("dm-haiku",),
    "keras": ("keras",),
    "lightning": ("lightning",),
    "numpyro": ("numpyro",),
    "optax": ("optax",),
    "tfp": ("tensorflow-probability", "tfp-nightly"),
    "transformers": ("transformers",),
}


def installed(library: str) -> str | None:
    """The release that is installed, if any."""
    for name in DISTRIBUTIONS[library]:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")[:3] if part.isdigit()]


def need(library: str) -> None:
    """Skips the test where the library is missing or older than its table."""
    release = installed(library)
    if release is None:
        pytest.skip(f"{library} is not installed")
    if numbers(release) < numbers(TABLES[library]["version"]):
        pytest.skip(f"{library} {release} is older than the table")


@pytest.fixture(params=sorted(DISTRIBUTIONS))
def library(request: pytest.FixtureRequest) -> str:
    """A library that is installed."""
    name: str = request.param
    need(name)
    return name


def is_method(entry: Entry) -> bool:
    """Whether the name of an entry is that of a method behind its class."""
    return inspect.isclass(resolve(entry.qualified.rpartition(".")[0]))


def parameters_of(entry: Entry) -> tuple[Parameter, ...] | None:
    """The parameters of the installed function; None where it hides them."""
    function = resolve(entry.qualified)
    found = signature_of(function)
    if inspect.isclass(function) and _hides(found):
        found = (signature_of(function.__init__) or ())[1:]
    elif is_method(entry):
        found = (found or ())[1:]
    return None if _hides(found) else found


def _hides(found: tuple[Parameter, ...] | None) -> bool:
    return not found or {parameter.name for parameter in found} <= {"args", "kwargs"}


def positional(parameters: tuple[Parameter, ...]) -> list[Parameter]:
    return [parameter for parameter in parameters if parameter.kind == "positional"]


def test_every_name_exists(library: str) -> None:
    known = entries_of(library)

    assert known
    assert [entry.qualified for entry in known if not exists(entry.qualified)] == []
    assert [entry.makes for entry in known if entry.makes and not exists(entry.makes)] == []


def test_parameters_begin_like_those_of_the_installed_function(library: str) -> None:
    for entry in entries_of(library):
        found = parameters_of(entry)
        if found is None:
            continue
        known = positional(entry.parameters)
        assert positional(found)[: len(known)] == known, entry.qualified
        required = {parameter.name: parameter.required for parameter in found}
        for parameter in entry.parameters:
            assert required.get(parameter.name) == parameter.required, entry.qualified


def test_classes_are_those_that_the_entries_say(library: str) -> None:
    for entry in entries_of(library):
        made = resolve(entry.makes) if entry.makes and entry.effect == "make" else None
        if made is not None and inspect.isclass(resolve(entry.qualified)):
            assert issubclass(resolve(entry.qualified), made), entry.qualified


def test_aliases_and_former_spellings(library: str) -> None:
    for alias, target in TABLES[library].get("aliases", {}).items():
        assert exists(alias), alias
        if not inspect.ismodule(resolve(alias)):
            assert resolve(alias) is resolve(target), alias
    for former in TABLES[library].get("former", {}):
        assert not exists(former), former


# -- effects, by running what the tables speak of ------------------------------------------------


def raw(key: Any) -> list[int]:
    """The bits of a key, in either form."""
    typed = jnp.issubdtype(key.dtype, jax.dtypes.prng_key)
    data = jax.random.key_data(key) if typed else key
    return np.asarray(data).ravel().tolist()


def flax_stream() -> Iterator[Any]:
    rngs = resolve("flax.nnx.Rngs")(jax.random.key(0))
    for _ in range(3):
        yield from (rngs(), rngs.params(), rngs.dropout())


def haiku_sequence() -> Iterator[Any]:
    sequence = resolve("haiku.PRNGSequence")(0)
    for _ in range(3):
        yield from (next(sequence), sequence.next(), *sequence.take(2))


def haiku_keys() -> Iterator[Any]:
    hk = resolve("haiku")

    def network() -> list[Any]:
        return [hk.next_rng_key(), hk.maybe_next_rng_key(), *hk.next_rng_keys(2)]

    transformed = hk.transform(network)
    yield from transformed.apply({}, jax.random.key(0))


def numpyro_keys() -> Iterator[Any]:
    numpyro = resolve("numpyro")
    with resolve("numpyro.handlers.seed")(rng_seed=0):
        for _ in range(3):
            yield numpyro.prng_key()


STREAMS: dict[str, Callable[[], Iterator[Any]]] = {
    "flax: Rngs": flax_stream,
    "haiku: PRNGSequence": haiku_sequence,
    "haiku: next_rng_key": haiku_keys,
    "numpyro: prng_key": numpyro_keys,
}


@pytest.mark.parametrize("case", STREAMS)
def test_each_key_of_a_stream_is_a_fresh_one(case: str) -> None:
    need(case.partition(":")[0])
    drawn = [tuple(raw(key)) for key in STREAMS[case]()]

    assert len(set(drawn)) == len(drawn) >= 3


def haiku_init(key: Any) -> Any:
    hk = resolve("haiku")
    return hk.transform(lambda x: hk.Linear(2)(x)).init(key, jnp.ones(3))


def equinox_layer(name: str, *sizes: int) -> Callable[[Any], Any]:
    return lambda key: resolve(f"equinox.nn.{name}")(*sizes, key=key)


def mcmc(key: Any) -> Any:
    infer, numpyro = resolve("numpyro.infer"), resolve("numpyro")
    normal = resolve("numpyro.distributions.Normal")
    kernel = infer.NUTS(lambda: numpyro.sample("x", normal(0.0, 1.0)))
    chains = infer.MCMC(kernel, num_warmup=2, num_samples=2, progress_bar=False)
    return chains.run(key)


def predictive(key: Any) -> Any:
    numpyro, normal = resolve("numpyro"), resolve("numpyro.distributions.Normal")
    model = resolve("numpyro.infer.Predictive")
    return model(lambda: numpyro.sample("x", normal(0.0, 1.0)), num_samples=2)(key)


def hmc_step(key: Any) -> Any:
    algorithm = resolve("blackjax").hmc(lambda x: -x @ x, 0.1, jnp.ones(2), 3)
    return algorithm.step(key, algorithm.init(jnp.ones(2)))


def warmup(key: Any) -> Any:
    blackjax = resolve("blackjax")
    return blackjax.window_adaptation(blackjax.nuts, lambda x: -x @ x).run(key, jnp.ones(2), 5)


def tfp(name: str) -> Any:
    return resolve(f"tensorflow_probability.substrates.jax.{name}")


def tfp_chain(key: Any) -> Any:
    kernel = tfp("mcmc").RandomWalkMetropolis(lambda x: -x * x)
    return tfp("mcmc").sample_chain(2, 0.0, kernel=kernel, trace_fn=None, seed=key)


def brax_reset(key: Any) -> Any:
    return resolve("brax.envs").get_environment("inverted_pendulum").reset(key)


def gymnax_reset(key: Any) -> Any:
    return resolve("gymnax.environments.CartPole")().reset(key)


def gymnax_action(key: Any) -> Any:
    return resolve("gymnax.environments.CartPole")().action_space().sample(key)


#: Calls that consume the key that they are given: JAX says so.
CONSUMERS: dict[str, Callable[[Any], Any]] = {
    "blackjax: SamplingAlgorithm.step": hmc_step,
    "blackjax: window_adaptation.run": warmup,
    "blackjax: generate_unit_vector": lambda key: resolve("blackjax.util").generate_unit_vector(
        key, jnp.ones(2)
    ),
    "brax: Env.reset": brax_reset,
    "distrax: Normal.sample": lambda key: resolve("distrax").Normal(0.0, 1.0).sample(seed=key),
    "distrax: Categorical.sample_and_log_prob": lambda key: (
        resolve("distrax").Categorical(jnp.zeros(3)).sample_and_log_prob(seed=key)
    ),
    "equinox: Linear": equinox_layer("Linear", 2, 2),
    "equinox: MLP": equinox_layer("MLP", 2, 2, 4, 1),
    "equinox: Conv2d": equinox_layer("Conv2d", 1, 1, 3),
    "equinox: GRUCell": equinox_layer("GRUCell", 2, 2),
    "equinox: MultiheadAttention": equinox_layer("MultiheadAttention", 1, 2),
    "equinox: Embedding": equinox_layer("Embedding", 2, 2),
    "gymnax: Environment.reset": gymnax_reset,
    "gymnax: Space.sample": gymnax_action,
    "haiku: Transformed.init": haiku_init,
    "haiku: dropout": lambda key: resolve("haiku").dropout(key, 0.5, jnp.ones(3)),
    "haiku: PRNGSequence": lambda key: next(resolve("haiku").PRNGSequence(key)),
    "numpyro: Distribution.sample": lambda key: (
        resolve("numpyro.distributions").Normal(0.0, 1.0).expand([2]).to_event(1).sample(key)
    ),
    "numpyro: MCMC.run": mcmc,
    "numpyro: Predictive": predictive,
    "optax: random_like": lambda key: resolve("optax").tree.random_like(key, jnp.ones(2)),
    "optax: split_key_like": lambda key: resolve("optax").tree.split_key_like(key, [1, 2]),
    "tfp: Distribution.sample": lambda key: tfp("distributions").Normal(0.0, 1.0).sample(seed=key),
    "tfp: rayleigh": lambda key: tfp("random").rayleigh((2,), seed=key),
}  # fmt: skip


@pytest.mark.parametrize("case", CONSUMERS)
@pytest.mark.filterwarnings("ignore")
def test_consumers_refuse_a_consumed_key(case: str) -> None:
    need(case.partition(":")[0])
    key = jax.random.key(0)
    with jax.debug_key_reuse(True):
        jax.random.bits(key)
        with pytest.raises(jax.errors.KeyReuseError):
            CONSUMERS[case](key)


def once_traced(x: Any) -> Any:
    SEEN.append(isinstance(x, jax.core.Tracer))
    return x * jnp.float32(2.0)


SEEN: list[bool] = []
ONE = np.float32(1.0)
TWO = np.ones(2, "float32")
#: How a transform is made to run the function that it is given.
RUNNERS: dict[str, Callable[[Any], Any]] = {
    "equinox.filter_jit": lambda run: run(once_traced)(TWO),
    "equinox.filter_vmap": lambda run: run(once_traced)(TWO),
    "equinox.filter_grad": lambda run: run(once_traced)(ONE),
    "equinox.filter_value_and_grad": lambda run: run(once_traced)(ONE),
    "equinox.filter_checkpoint": lambda run: run(once_traced)(ONE),
    "equinox.filter_eval_shape": lambda run: run(once_traced, ONE),
    "equinox.filter_make_jaxpr": lambda run: run(once_traced)(ONE),
    "equinox.filter_jvp": lambda run: run(once_traced, (ONE,), (ONE,)),
    "flax.nnx.jit": lambda run: run(once_traced)(TWO),
    "flax.nnx.vmap": lambda run: run(once_traced)(TWO),
    "flax.nnx.grad": lambda run: run(once_traced)(ONE),
    "flax.nnx.value_and_grad": lambda run: run(once_traced)(ONE),
    "flax.nnx.remat": lambda run: run(once_traced)(ONE),
    "flax.nnx.eval_shape": lambda run: run(once_traced, ONE),
    "flax.nnx.cond": lambda run: run(True, once_traced, once_traced, ONE),
    "flax.nnx.fori_loop": lambda run: run(0, 2, lambda i, x: once_traced(x), ONE),
    "numpyro.contrib.control_flow.scan": lambda run: run(
        lambda carry, x: (once_traced(carry), x), ONE, TWO
    ),
}


@pytest.mark.parametrize("qualified", RUNNERS)
@pytest.mark.filterwarnings("ignore")
def test_traces_says_whether_jax_traces_the_function(qualified: str) -> None:
    entry = load().entries[qualified]
    need(entry.library)
    SEEN.clear()
    RUNNERS[qualified](resolve(qualified))

    assert SEEN
    assert any(SEEN) == entry.traces


@pytest.mark.parametrize("name", ["filter_eval_shape", "filter_make_jaxpr"])
def test_looking_at_shapes_consumes_nothing(name: str) -> None:
    need("equinox")
    looked = resolve(f"equinox.{name}")
    key = jax.random.key(0)
    with jax.debug_key_reuse(True):
        if name == "filter_eval_shape":
            looked(jax.random.normal, key)
        else:
            looked(jax.random.normal)(key)
        jax.random.bits(key)


def test_the_key_that_makes_a_stream_is_consumed() -> None:
    need("flax")
    key = jax.random.key(0)
    stream = resolve("flax.nnx.Rngs")(key)

    assert raw(stream()) == raw(jax.random.split(key)[0])


def test_a_chain_of_tfp_is_repeated_by_the_same_key() -> None:
    need("tfp")

    first, again = (tfp_chain(jax.random.key(0)) for _ in range(2))
    assert first.tolist() == again.tolist() != tfp_chain(jax.random.key(1)).tolist()


def test_a_seeded_handler_repeats_itself() -> None:
    need("numpyro")
    numpyro, normal = resolve("numpyro"), resolve("numpyro.distributions.Normal")
    model = resolve("numpyro.handlers.seed")(
        lambda: numpyro.sample("x", normal(0.0, 1.0)), rng_seed=jax.random.key(0)
    )

    assert model() == model()


@pytest.mark.parametrize("seeder", ["numpyro.util.set_rng_seed", "keras.utils.set_random_seed"])
def test_seeders_seed_numpy(seeder: str) -> None:
    need(load().entries[seeder].library)
    resolve(seeder)(7)
    first = np.random.rand(3).tolist()
    resolve(seeder)(7)

    assert np.random.rand(3).tolist() == first


def test_transformers_seed_numpy() -> None:
    need("transformers")
    resolve("transformers.set_seed")(7)
    first = np.random.rand(3).tolist()
    resolve("transformers.set_seed")(7)

    assert np.random.rand(3).tolist() == first


def test_an_integer_seed_of_distrax_repeats_the_sample() -> None:
    need("distrax")
    normal = resolve("distrax").Normal(0.0, 1.0)

    assert normal.sample(seed=3) == normal.sample(seed=3)


def test_an_integer_seed_of_keras_repeats_the_sample_and_a_generator_does_not() -> None:
    need("keras")
    normal, generator = resolve("keras.random").normal, resolve("keras.random").SeedGenerator(3)

    assert np.array_equal(normal((2,), seed=3), normal((2,), seed=3))
    assert not np.array_equal(normal((2,)), normal((2,)))
    assert not np.array_equal(normal((2,), seed=generator), normal((2,), seed=generator))
