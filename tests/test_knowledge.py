"""How the knowledge tables are read, what is looked up in them, and what users may add."""

from __future__ import annotations

import pickle
import sys
import time

import pytest
from installed_libraries import TABLES

from rnglint.knowledge.entries import parse_parameters
from rnglint.knowledge.loader import Entry, Knowledge, KnowledgeError, Parameter, load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EMPTY = Knowledge({}, {}, {})


def read(text: str) -> Knowledge:
    """The shipped knowledge, extended by a user's tables."""
    return load().extend(tomllib.loads(text))


@pytest.mark.parametrize("name", TABLES)
def test_every_shipped_table_passes_the_check_that_user_tables_pass(name: str) -> None:
    knowledge = EMPTY.extend(TABLES[name])

    assert knowledge.entries
    assert {entry.library for entry in knowledge.entries.values()} == {name}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("key", (Parameter("key", "positional", True),)),
        ("num?", (Parameter("num", "positional", False),)),
        ("* axis", (Parameter("axis", "keyword", True),)),
        (
            "*dims dtype?",
            (Parameter("dims", "variadic", False), Parameter("dtype", "keyword", False)),
        ),
        ("**rest", (Parameter("rest", "variadic-keyword", False),)),
    ],
)
def test_parameters_are_read_from_their_short_form(
    text: str, expected: tuple[Parameter, ...]
) -> None:
    assert parse_parameters(text) == expected


def entry(parameters: str) -> Entry:
    return Entry("m.f", "m", "inspect", parse_parameters(parameters))


@pytest.mark.parametrize(
    ("name", "position"),
    [("a", 0), ("b", 1), ("rest", 2), ("c", None), ("others", None), ("unknown", None)],
)
def test_position_is_that_of_an_argument_without_keyword(name: str, position: int | None) -> None:
    assert entry("a b? *rest c? **others").position(name) == position


@pytest.mark.parametrize(
    ("parameters", "positional", "keywords", "bound"),
    [
        pytest.param("a b?", 1, (), {"a": 0}, id="what gets nothing is left out"),
        pytest.param("a b?", 1, ("b",), {"a": 0, "b": "b"}, id="by position and by keyword"),
        pytest.param("a * b?", 2, (), {"a": 0}, id="a keyword-only parameter takes no position"),
        pytest.param("*a b?", 3, ("b",), {"a": 0, "b": "b"}, id="a variadic takes all the rest"),
        pytest.param("a", 1, ("a",), {"a": 0}, id="given twice: the position wins"),
        pytest.param("a **rest", 1, ("z",), {"a": 0}, id="other keywords are left out"),
        pytest.param("*a", 1, ("a",), {"a": 0}, id="a variadic has no keyword"),
    ],
)
def test_bind_says_which_argument_each_parameter_gets(
    parameters: str, positional: int, keywords: tuple[str, ...], bound: dict[str, int | str]
) -> None:
    assert entry(parameters).bind(positional, keywords) == bound


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("jax.random.normal", "jax.random.normal"),
        ("jax._src.random.normal", "jax.random.normal"),
        ("jax._src.random", "jax.random"),
        ("jax.ad_checkpoint.checkpoint", "jax.checkpoint"),
        ("jax.tree_map", "jax.tree.map"),
        ("numpy.random.mtrand.rand", "numpy.random.rand"),
        ("numpy.random.mtrand._rand", "numpy.random.mtrand._rand"),
        ("numpy.random.mtrand._rand.shuffle", "numpy.random.mtrand._rand.shuffle"),
        ("numpy.random.mtrandom.rand", "numpy.random.mtrandom.rand"),
        ("numpy.random.bit_generator.SeedSequence.spawn", "numpy.random.SeedSequence.spawn"),
        ("unknown.module.name", "unknown.module.name"),
        ("", ""),
    ],
)
def test_canonical_replaces_the_longest_known_prefix(spelled: str, canonical: str) -> None:
    assert load().canonical(spelled) == canonical


@pytest.mark.parametrize("name", ["jax.numpy.random.rand", "jax.numpy.vander", "jnp.array", "rand"])
def test_names_that_merely_resemble_a_known_one_are_unknown(name: str) -> None:
    assert load().lookup(name) is None


def test_jax_numpy_is_not_numpy() -> None:
    entry = load().lookup("jax.numpy.asarray")

    assert entry is not None
    assert (entry.qualified, entry.library) == ("jax.numpy.asarray", "jax")


def test_no_name_is_both_an_entry_and_an_alias() -> None:
    assert not load().entries.keys() & load().aliases.keys()


def test_every_alias_leads_to_something_known() -> None:
    for alias, target in load().aliases.items():
        below = [name for name in load().entries if f"{name}.".startswith(f"{target}.")]
        assert below, alias


def test_words_are_those_that_can_lead_to_a_finding() -> None:
    words = load().words

    assert {"rand", "PRNGKey", "split", "manual_seed", "set_random_seed", "lecun_normal"} <= words
    assert not {"print", "scan", "vmap", "asarray", "wraps", "clone", "assert_equal"} & words


def test_reportable_names_include_every_spelling() -> None:
    names = load().reportable

    assert {"jax.random.split", "jax._src.random.split", "numpy.random.mtrand.rand"} <= names
    assert "tensorflow.set_random_seed" in names
    assert not {"jax.lax.scan", "builtins.print", "functools.partial"} & names


def test_libraries_are_top_level_packages() -> None:
    expected = {"numpy", "jax", "random", "torch", "tensorflow", "cupy", "functools", "builtins"}

    assert expected <= load().libraries
    assert not [name for name in load().libraries if "." in name]


def test_knowledge_pickles() -> None:
    copy: Knowledge = pickle.loads(pickle.dumps(load()))

    assert copy.lookup("numpy.random.rand") == load().lookup("numpy.random.rand")


def test_loading_takes_less_than_40_milliseconds() -> None:
    def seconds() -> float:
        parse_parameters.cache_clear()
        start = time.process_time()
        load.__wrapped__()
        return time.process_time() - start

    assert min(seconds() for _ in range(7)) < 0.040
    assert load() is load()


@pytest.mark.parametrize(
    ("qualified", "effect", "function", "runs"),
    [
        ("jax.jit", "transform", "fun", "once"),
        ("jax.vmap", "transform", "fun", "many"),
        ("jax.pmap", "transform", "fun", "many"),
        ("jax.shard_map", "transform", "f", "many"),
        ("jax.experimental.shard_map.shard_map", "transform", "f", "many"),
        ("jax.grad", "transform", "fun", "once"),
        ("jax.custom_jvp", "transform", "fun", "once"),
        ("jax.custom_vjp", "transform", "fun", "once"),
        ("jax.lax.scan", "run", "f", "many"),
        ("jax.lax.map", "run", "f", "many"),
        ("jax.lax.fori_loop", "run", "body_fun", "many"),
        ("jax.lax.while_loop", "run", "cond_fun body_fun", "many"),
        ("jax.lax.cond", "run", "true_fun false_fun", "branch"),
        ("jax.lax.switch", "run", "branches", "branch"),
        ("jax.lax.associative_scan", "run", "fn", "many"),
        ("jax.tree.map", "run", "f", "many"),
        ("jax.jvp", "run", "fun", "once"),
        ("functools.partial", "partial", "func", None),
        ("jax.tree_util.Partial", "partial", "func", None),
    ],
)
def test_what_is_handed_a_function_says_how_it_runs_it(
    qualified: str, effect: str, function: str, runs: str | None
) -> None:
    entry = load().entries[qualified]

    assert (entry.effect, entry.runs) == (effect, runs)
    assert entry.function == tuple(function.split())


@pytest.mark.parametrize(
    ("qualified", "effect", "seed"),
    [
        ("numpy.random.seed", "seed", "seed"),
        ("random.seed", "seed", "a"),
        ("torch.manual_seed", "seed", "seed"),
        ("torch.random.manual_seed", "seed", "seed"),
        ("torch.cuda.manual_seed_all", "seed", "seed"),
        ("torch.seed", "seed", None),
        ("tensorflow.random.set_seed", "seed", "seed"),
        ("tensorflow.compat.v1.set_random_seed", "seed", "seed"),
        ("tensorflow.random.uniform", "draw", None),
        ("tensorflow.random.Generator.from_seed", "make", "seed"),
        ("cupy.random.seed", "seed", "seed"),
        ("cupy.random.rand", "draw", None),
        ("jax.random.PRNGKey", "key", "seed"),
        ("jax.random.wrap_key_data", "key", None),
        ("numpy.random.get_state", "state", None),
    ],
)
def test_what_seeds_says_by_which_parameter(qualified: str, effect: str, seed: str | None) -> None:
    entry = load().lookup(qualified)

    assert entry is not None
    assert (entry.effect, entry.seed) == (effect, seed)


def test_user_tables_add_entries_and_leave_the_shipped_ones_alone() -> None:
    knowledge = read("""
        ["mylib.rng"]
        noise = { effect = "consume", parameters = "shape key", key = "key" }
    """)
    noise = knowledge.lookup("mylib.rng.noise")

    assert noise is not None
    assert (noise.library, noise.effect, noise.position("key")) == ("mylib", "consume", 1)
    assert "noise" in knowledge.words
    assert load().lookup("mylib.rng.noise") is None
    assert knowledge.lookup("jax.random.normal") == load().lookup("jax.random.normal")


def test_user_tables_win_over_the_shipped_ones() -> None:
    knowledge = read('["numpy.random"]\nseed = { effect = "inspect" }')
    seed = knowledge.lookup("numpy.random.seed")

    assert seed is not None
    assert seed.effect == "inspect"


def test_user_aliases_may_lead_to_aliases() -> None:
    knowledge = read('[aliases]\n"mylib.jr" = "jax._src.random"')

    assert knowledge.canonical("mylib.jr.split") == "jax.random.split"


def test_user_tables_may_leave_out_the_quotes_round_a_module() -> None:
    knowledge = read("""
        [mylib.rng.noise]
        effect = "consume"
        parameters = "key"
        key = "key"
    """)

    assert knowledge.lookup("mylib.rng.noise") is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[m]\nf = { effect = "drow" }', "`m.f.effect` cannot be `drow`; did you mean `draw`?"),
        ('[m]\nf = { effect = "draw", sede = "s" }', "`m.f.sede` is unknown; did you mean `seed`?"),
        ('[m]\nf = { parameters = "x" }', "`m.f` needs an `effect`"),
        ('[m]\nf = { effect = "split" }', "`m.f` needs a `key`, as its effect is `split`"),
        ('[m]\nf = { effect = "seed", seed = "s" }', "`m.f.seed` names `s`, which is no parameter"),
        ('[m]\nf = { effect = "draw", traces = "yes" }', "`m.f.traces` must be true or false"),
        ('[m]\nf = { effect = "draw", note = 3 }', "`m.f.note` must be a string"),
        ("[m]\nf = 3", "`m.f` is unknown"),
        ("m = 3", "`m` must be a table"),
        ('aliases = "numpy"', "`aliases` must be a table"),
        ("[aliases]\nm = 3", "`aliases.m` must be a string"),
        ("library = 3", "`library` must be a string"),
        ("classes = 3", "`classes` must be a table"),
        ('[classes."m.C"]\nmissing = {}', "`classes.m.C` needs a list of `methods`"),
        ('[classes."m.C"]\nmethods = [3]', "`classes.m.C.methods.0` must be a string"),
        (
            '[classes."m.C"]\nmethods = []\nmissing = { a = 1 }',
            "`classes.m.C.missing.a` must be a string",
        ),
    ],
)
def test_an_error_names_the_key_at_fault(text: str, message: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read(text)

    assert message in str(caught.value)
