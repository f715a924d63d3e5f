"""Programs that are executed and watched: the lines that are reported, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from watch_support import Watched, expected, watching

pytest.importorskip("jax")

HEADER = """\
import random
import jax, jax.numpy as jnp, numpy as np
from jax import lax, random as jr
from jax.random import normal, split, fold_in

"""

CLEAN = {
    "a key that is split before each use": """
key = make(0)
for _ in range(3):
    key, subkey = split(key)
    x = normal(subkey)
""",
    "keys of a split array, by index, by unpacking and by iteration": """
ks = split(make(0), 3)
x = normal(ks[0]) + normal(ks[1]) + normal(ks[2])
a, b = split(make(1))
y = [normal(k) for k in split(make(2), 3)] + [normal(a), normal(b)]
""",
    "a round's index folded in": """
key = make(0)
x = [normal(fold_in(key, i)) for i in range(3)]
""",
    "vmap over keys, stacked by hand": """
a, b = split(make(0))
x = jax.vmap(normal)(jnp.stack([a, b]))
""",
    "scan with a key in the carry": """
def body(key, x):
    key, subkey = split(key)
    return key, normal(subkey)
key, xs = lax.scan(body, make(0), jnp.arange(4))
y = normal(key)
""",
    "scan, fori_loop and while_loop in a compiled function": """
def body(state):
    key, x = state
    key, subkey = split(key)
    return key, x + jnp.abs(normal(subkey)) + 0.1
@jax.jit
def f(key):
    a, b, c = split(key, 3)
    x, _ = lax.scan(lambda x, k: (x + normal(k), None), 0.0, split(a, 5))
    y = lax.fori_loop(0, 4, lambda i, y: y + normal(fold_in(b, i)), x)
    return lax.while_loop(lambda s: s[1] < 3, body, (c, y))
key, x = f(make(0))
key, x = f(key)
""",
    "one branch or the other": """
@jax.jit
def f(key, x):
    return lax.cond(x > 0, lambda k: normal(k), lambda k: jr.uniform(k), key)
x = f(make(0), 1.0)
""",
    "a function and its derivative at one noise": """
key = make(0)
def loss(x):
    return x * normal(key)
x, y = loss(1.0), jax.grad(loss)(1.0)
""",
    "a derivative through a checkpoint, eager and compiled": """
def f(x, key):
    return jnp.sin(x * normal(key))
x = jax.grad(jax.checkpoint(f))(1.0, make(0))
y = jax.jit(jax.grad(jax.checkpoint(f)))(1.0, make(1))
""",
    "the rules of a custom_vjp draw the same noise": """
@jax.custom_vjp
def f(x, key):
    return x * normal(key)
f.defvjp(lambda x, k: (f(x, k), k), lambda k, g: (g * normal(k), None))
x = jax.grad(f)(1.0, make(0))
y = jax.jit(jax.grad(f))(1.0, make(1))
""",
    "a key that is made again by its seed, as two programs would": """
x = normal(make(0))
y = normal(make(0))
""",
    "both results are compared": """
key = make(0)
f = lambda key: normal(key, (3,))
a = f(key)
b = jax.jit(f)(key)
np.testing.assert_allclose(a, b)
c = f(split(key)[0] if False else make(3))
""",
    "a line that says that it is meant": """
key = make(0)
x = normal(key)
y = normal(key)  # rnglint: ignore[RNG201]
""",
    "samplers that split and loop within": """
k = split(make(0), 9)
x = jr.gamma(k[0], 1.0) + jr.poisson(k[1], 3.0) + jr.beta(k[2], 1.0, 2.0) + jr.t(k[3], 3.0)
y = jr.permutation(k[4], 5), jr.choice(k[5], 5, (2,), replace=False), jr.binomial(k[6], 5, 0.5)
z = jr.multivariate_normal(k[7], jnp.zeros(2), jnp.eye(2)), jr.dirichlet(k[8], jnp.ones(3))
""",
    "seeds that vary in the inner loop": """
for width in (4, 5):
    for seed in range(2):
        rng = np.random.default_rng(seed)
        random.seed(seed)
        x = rng.normal(size=width) + random.random()
""",
    "a generator that a compiled function does not draw from": """
rng = np.random.default_rng(0)
f = jax.jit(lambda x: x + 1)
x = f(rng.normal()) + f(random.random())
""",
}

MISUSED = {
    "two samplers": """
key = make(0)
x = normal(key)
y = jr.uniform(key)  # expect: RNG201
""",
    "a key that was split": """
key = make(0)
a, b = split(key)
x = normal(key)  # expect: RNG201
""",
    "through functions": """
def draw(key, shape):
    return normal(key, shape)
key = make(0)
x = draw(key, (2,))
y = draw(key, (3,))  # expect: RNG201
""",
    "through a compiled function, whose second call is not traced": """
draw = jax.jit(lambda key: normal(key))
key = make(0)
x = draw(key)
y = draw(key) + 1  # expect: RNG201
""",
    "in a compiled function": """
@jax.jit
def f(key):
    x = normal(key)
    return x + jr.uniform(key)  # expect: RNG201
x = f(make(0))
""",
    "in a function that a compiled one calls, compiled itself": """
@jax.jit
def draw(key):
    return normal(key)
@jax.jit
def f(key):
    x = draw(key)
    return x + draw(key)  # expect: RNG201
x = f(make(0))
""",
    "a copy in a container": """
key = make(0)
state = {"key": jnp.array(key) if key.dtype == jnp.uint32 else key.copy()}
x = normal(key)
y = normal(state["key"])  # expect: RNG201
""",
    "an element of what vmap consumed": """
ks = split(make(0), 3)
x = jax.vmap(normal)(ks)
y = normal(ks[1])  # expect: RNG201
""",
    "a key that a compiled function returns after it consumed it": """
@jax.jit
def step(key):
    return normal(key), key
key = make(0)
x, key = step(key)
y = normal(key)  # expect: RNG201
""",
    "a split and a fold that make the same key": """
key = make(0)
ks = split(key)
x = normal(ks[0])
y = normal(fold_in(key, 0))  # expect: RNG201
""",
    "in every round of a loop": """
key = make(0)
for _ in range(3):
    x = normal(key)  # expect: RNG202
""",
    "in every round, a compiled function": """
key = make(0)
step = jax.jit(lambda key, x: x + normal(key))
x = 0.0
while x < 10:
    x = step(key, x) + 4  # expect: RNG202
""",
    "in every round, folded with what does not change": """
key = make(0)
for _ in range(3):
    x = normal(fold_in(key, 7))  # expect: RNG202
""",
    "in a comprehension": """
key = make(0)
x = [normal(key) for _ in range(2)]  # expect: RNG202
""",
    "in a loop of Python's in a compiled function": """
@jax.jit
def f(key):
    x = 0.0
    for _ in range(3):
        x = x + normal(key)  # expect: RNG202
    return x
x = f(make(0))
""",
    "captured by a scan": """
key = make(0)
x, _ = lax.scan(lambda c, _: (c + normal(key), None), 0.0, None, length=3)  # expect: RNG203
""",
    "captured by a scan in a compiled function": """
@jax.jit
def f(key):
    def body(c, _):
        return c + normal(key), None  # expect: RNG203
    return lax.scan(body, 0.0, None, length=3)[0]
x = f(make(0))
""",
    "carried through a loop as it is": """
@jax.jit
def f(key):
    def body(i, state):
        return state[0], state[1] + normal(state[0])  # expect: RNG202
    return lax.fori_loop(0, 3, body, (key, 0.0))
x = f(make(0))
""",
    "captured by a compiled function that is called again": """
key = make(0)
noisy = jax.jit(lambda x: x + normal(key))  # expect: RNG203
x = noisy(1.0)
y = noisy(2.0)
""",
    "the same seed in every round": """
for _ in range(2):
    key = make(3)  # expect: RNG301
    rng = np.random.default_rng(3)  # expect: RNG301
    random.seed(3)  # expect: RNG301
    x = normal(key) + rng.normal() + random.random()
""",
    "NumPy's global state": """
np.random.seed(0)  # expect: RNG101
x = np.random.rand(3)  # expect: RNG102
state = np.random.get_state()  # expect: RNG104
""",
    "NumPy's global state, seeded again alike": """
for _ in range(2):
    np.random.seed(0)  # expect: RNG101 RNG301
    x = np.random.rand(3)  # expect: RNG102
""",
    "NumPy's global state, seeded again by a function": """
def prepare():
    np.random.seed(0)  # expect: RNG101
prepare()
x = np.random.rand(3)  # expect: RNG102
prepare()  # expect: RNG302
y = np.random.rand(3)  # expect: RNG102
np.random.seed(0)  # expect: RNG101 RNG301
""",
    "draws that are frozen by a trace": """
@jax.jit
def f(x):
    return x + random.random()  # expect: RNG207
@jax.vmap
def g(x):
    return x + np.random.rand()  # expect: RNG102 RNG207
x = f(1.0) + g(jnp.ones(3))
""",
}


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with watching() as watched:
        yield watched


def found(watched: Watched, path: Path, program: str, make: str) -> list[tuple[int, str]]:
    text = f"{HEADER}make = jax.random.{make}\n{program}"
    watched.execute(path, text)
    assert not watched.notes
    rows = [(each.span.start.row, each.code) for each in watched.diagnostics()]
    assert expected(text) or not rows, watched.diagnostics()
    return [(row, code) for row, code in rows if (row, code) not in expected(text)] + [
        item for item in expected(text) if item not in rows
    ]


@pytest.mark.parametrize("make", ["key", "PRNGKey"])
@pytest.mark.parametrize("name", CLEAN)
def test_nothing_is_reported(watched: Watched, tmp_path: Path, name: str, make: str) -> None:
    assert not found(watched, tmp_path / "program.py", CLEAN[name], make)


@pytest.mark.parametrize("make", ["key", "PRNGKey"])
@pytest.mark.parametrize("name", MISUSED)
def test_misuse_is_reported(watched: Watched, tmp_path: Path, name: str, make: str) -> None:
    assert not found(watched, tmp_path / "program.py", MISUSED[name], make)


def test_both_places_are_named(watched: Watched, tmp_path: Path) -> None:
    program = f"{HEADER}make = jr.PRNGKey\n{MISUSED['through functions']}"
    watched.execute(tmp_path / "program.py", program)
    (each,) = watched.diagnostics()
    rows = [i for i, line in enumerate(program.splitlines(), 1) if "draw(key, (" in line]
    assert [each.related[0].span.start.row, each.span.start.row] == rows
    assert "key `key` was already consumed by `draw` on line" in each.message
    assert program.splitlines()[each.span.start.row - 1][each.span.start.column - 1 :][:3] == "key"


def test_what_another_file_does_is_named_with_its_file(watched: Watched, tmp_path: Path) -> None:
    helper = tmp_path / "helper_of_the_watch.py"
    helper.write_text("import jax\n\ndef draw(key):\n    return jax.random.normal(key)\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport jax, helper_of_the_watch as h\n"
        "key = jax.random.PRNGKey(0)\nx = h.draw(key)\ny = jax.random.uniform(key)\n"
    )
    watched.execute(tmp_path / "program.py", program)
    (each,) = watched.diagnostics()
    assert each.span.start.row == 5
    assert "helper_of_the_watch.py" in each.related[0].message


def test_jax_checks_as_well_where_the_program_asks_for_it(watched: Watched) -> None:
    import jax

    key = jax.random.key(0)
    with jax.debug_key_reuse(True), pytest.raises(jax.errors.KeyReuseError):
        jax.random.normal(key)
        jax.random.normal(key)


def test_everything_is_left_as_it_was() -> None:
    import random

    import jax
    import numpy as np
    from jax.experimental.key_reuse import _core as core

    def state() -> tuple[object, ...]:
        flag = jax.config.jax_debug_key_reuse
        return np.random.rand, np.random.seed, random.seed, vars(core)[_CALL], flag

    before = state()
    with watching():
        assert state() != before
    assert state() == before


_CALL = "call_impl_with_key_reuse_checks"
