"""What RNG201, RNG202 and RNG301 say, and where: messages, both places, help."""

from __future__ import annotations

import pytest
from expectations import expected, program, reported

from rnglint import Diagnostic, check_source

HEADER = "import jax\nimport jax.random as jr\nimport numpy as np\n\n"


def only(text: str) -> Diagnostic:
    """The only finding in a program."""
    (found,) = check_source(program(HEADER + text))
    return found


def test_both_places_are_named() -> None:
    found = only("def f(key):\n    x = jr.normal(key)\n    return x, jr.uniform(key)\n")
    assert found.message == "key `key` was already consumed by `jax.random.normal` on line 6"
    assert (found.span.start.row, found.span.start.column) == (7, 26)
    (first,) = found.related
    assert (first.span.start.row, first.span.start.column) == (6, 19)
    assert "key, subkey = jax.random.split(key)" in found.help


def test_a_callee_is_explained() -> None:
    text = "def init(k):\n    return jr.normal(k)\n\ndef f(key):\n    return init(key), init(key)\n"
    assert "(`init` consumes its parameter `k` on line 6)" in only(text).message


def test_an_alias_is_explained() -> None:
    found = only("def f(key):\n    k = key\n    return jr.normal(k), jr.normal(key)\n")
    assert "already consumed, as `k`, by" in found.message


def test_the_loop_is_named() -> None:
    found = only("def f(key):\n    for i in x:\n        jr.normal(key)\n")
    assert found.code == "RNG202"
    assert "in every round of the `for` loop on line 6" in found.message
    assert found.related[-1].span.start.row == 6


def test_a_method_of_what_a_call_returns_consumes_like_one_of_a_variable() -> None:
    body = "    key = jr.key(n)\n    x = env.reset(key)\n    return env.space(x).sample(key)\n"
    found = only(f"def f(env, n):\n{body}")
    assert found.message == "key `key` was already consumed by `env.reset` on line 7"


@pytest.mark.parametrize("decorator", ["gin.configurable", "register('name')", "nn.vmap"])
def test_the_methods_of_a_decorated_class_do_what_they_say(decorator: str) -> None:
    text = f"@{decorator}\nclass A:\n    def init(self, key):\n        return self.zeros()\n"
    text += "def f(n):\n    key = jr.key(n)\n    a = A()\n"
    text += "    x = a.init(key)\n    return x, jr.normal(key)\n"
    codes = [each.code for each in check_source(program(HEADER + text))]
    assert codes == (["RNG201"] if decorator == "nn.vmap" else [])


@pytest.mark.parametrize("name", ["KeyReuseError", "ValueError"])
def test_tests_about_reuse_may_hand_on_what_is_consumed(name: str) -> None:
    text = f"def step(key):\n    return jr.normal(key), key\ndef test():\n    fails({name}, step)\n"
    found = check_source(program(HEADER + text, "x_test.py"))
    assert [each.code for each in found] == ([] if name == "KeyReuseError" else ["RNG209"])


@pytest.mark.parametrize(
    ("filename", "after", "codes"),
    [
        ("x_test.py", "", []),
        ("x.py", "", ["RNG204"]),
        ("x_test.py", "    return jr.fold_in(key, 1)\n", ["RNG204", "RNG201"]),
    ],
    ids=["a test", "no test", "the key is used afterwards"],
)
def test_a_test_may_try_whether_a_key_can_be_split(
    filename: str, after: str, codes: list[str]
) -> None:
    text = f"def test_split():\n    key = make(0)\n    jr.split(key)  # no error\n{after}"
    assert [each.code for each in check_source(program(HEADER + text, filename))] == codes


HELPS = {
    "after a split": ("x.k = jr.split(key)\njr.normal(key)", "use one of the keys"),
    "two splits": ("x.k = jr.split(key)\nx.k = jr.split(key, 3)", "split it once"),
    "split and fold_in": ("x.k = jr.split(key)\nx.k = jr.fold_in(key, 1)", "are one key"),
    "elements": ("jr.normal(key[0])\njr.normal(key[0])", "make one key for each use"),
    "a comprehension": ("[jr.normal(key) for _ in x]", "for k in jax.random.split(key, n)"),
    "fold_in in a loop": (
        "for i in x:\n    jr.normal(jr.fold_in(key, 7))",
        "fold in something that changes",
    ),
}


@pytest.mark.parametrize(("body", "help"), HELPS.values(), ids=HELPS)
def test_the_help_fits_the_case(body: str, help: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    assert help in only(f"def f(key):\n{lines}").help


PROGRAMS = {
    "a method that renews the key": """\
class Agent:
    def next_key(self):
        self.key, subkey = jr.split(self.key)
        return subkey

    def act(self):
        a = jr.normal(self.next_key())
        b = jr.normal(self.next_key())
        return a, b, [self.next_key() for _ in range(3)]
""",
    "a method that only draws from the key": """\
class Agent:
    def noise(self):
        return jr.normal(self.key)

    def act(self):
        a = self.noise()
        b = self.noise()  # expect: RNG201
        return a, b
""",
    "an object of a factory": """\
class Dummy:
    def init(self, key):
        return 1.0

    def draw(self, key):
        return jr.normal(key)

def make():
    return Dummy()

def f(key):
    x = jr.normal(key)
    task = make()
    return x, task.init(key), make().draw(key)  # expect: RNG201
""",
    "a first round that is told by None": """\
def f(key, data):
    w = None
    for x in data:
        if w is None:
            w = jr.normal(key)  # expect: RNG202
        if x:
            w = None
    return w
""",
    "a comment that says so": """\
def f(key, unroll, a, b):
    # The same key for both: antithetic sampling.
    x = unroll(a, key)
    y = unroll(b, key)
    return jr.normal(key), x, y  # expect: RNG201
""",
    "a difference": """\
def f(key, unroll, a, b):
    jr.key_data(key)
    x = unroll(a, key)
    y = unroll(b, key)
    return (x - y) / 2
""",
    "what is expected to fail": """\
def test(self):
    def bad():
        key = jr.key(0)
        return jr.normal(key), jr.normal(key)
    with self.assertRaises(ValueError):
        self.check(bad)
""",
    "a property": """\
class Agent:
    @property
    def fresh(self):
        self.state, subkey = jr.split(self.state)
        return subkey

    def act(self):
        return jr.normal(self.fresh), jr.normal(self.fresh)
""",
    "a global that a function renews": """\
KEY = jr.key(0)

def next_key():
    global KEY
    KEY, subkey = jr.split(KEY)
    return subkey

def f():
    return jr.normal(next_key()), jr.normal(next_key())
""",
    "a state that an unknown function may change": """\
def f(state, advance):
    x = jr.normal(state.key)
    advance(state)
    return x, jr.normal(state.key)
""",
    "a function under an unknown decorator": """\
@traced
def step(model, key, i):
    key = jr.fold_in(key, i)
    return jr.normal(key)

def f(model, key):
    return [step(model, key, i) for i in range(3)]
""",
    "what cannot raise": """\
def f(key):
    for _ in range(3):
        try:
            x = jr.normal(key)
            break
        except RuntimeError:
            continue
    return x
""",
    "what never returns": """\
def f(key, bad):
    if bad:
        print(jr.normal(key))
        sys.exit()
    return jr.uniform(key)
""",
    "a constructor that consumes": """\
class Layer:
    def __init__(self, key):
        self.weights = jr.normal(key)

def f(key):
    return Layer(key), Layer(key)  # expect: RNG201
""",
    "two functions away": """\
def sample(key):
    return jr.normal(key)

def draw(key):
    return sample(key)

def f(key):
    return draw(key), draw(key)  # expect: RNG201
""",
    "a class of the file that ignores its key": """\
class Fake:
    def init(self, key):
        return 0

def f(key):
    fake = Fake()
    x = fake.init(key)
    return x, jr.normal(key)
""",
    "a class of the file that uses its key": """\
class Real:
    def init(self, key):
        return jr.normal(key)

def f(key):
    real = Real()
    x = real.init(key)
    return x, jr.normal(key)  # expect: RNG201
""",
    "a loop is taken to make a round": """\
def f(key, n):
    x = helper(key)
    for _ in range(n):
        key, subkey = jr.split(key)  # expect: RNG201
        use(jr.normal(subkey))
    return jr.normal(key), x
""",
    "what follows a loop that always returns": """\
def f(key, xs):
    for x in xs:
        return jr.normal(key)
    y = jr.normal(key)
    return y, jr.normal(key)  # expect: RNG201
""",
    "a network derives its keys": """\
def f(key, model, x):
    params = model.init(key, x)
    return params, jr.normal(key)
""",
    "one key for two networks": """\
def f(actor, critic, x):
    key = jr.key(0)
    one = actor.init(key, x)
    two = critic.init(key, x)  # expect: RNG201
    return one, two
""",
    "a target network": """\
def f(key, net, x):
    params = net.init(key, x)
    target_params = net.init(key, x)
    return params, target_params
""",
    "reuse that may happen": """\
def f(key):
    with jax.debug_key_reuse(False):
        return jr.normal(key) + jr.normal(key)
""",
    "a jitted unknown function": """\
def f(key, init):
    x = jax.jit(init)(key)
    return x, jr.normal(key)  # expect: RNG201
""",
    "a function that may only be traced": """\
def f(key):
    shapes = shapes_of(draw, key)
    return shapes, jr.normal(key)

def draw(key):
    return jr.normal(key)
""",
    "a result that is thrown away": """\
def f(key, run):
    _ = run(key)
    return run(key, 3)
""",
    "a chained comparison": """\
def test_f(key, env):
    x = env.first(key)
    y = env.second(key)
    assert x == y > 0
""",
    "compared within the assertion": """\
def test_f(self, key, run):
    out = run(key)
    self.assertAllClose(jr.normal(key), out)
""",
    "listed cases with the same numbers each": """\
def f(show):
    for dtype in (int, float):
        rng = np.random.default_rng(0)
        show(rng.normal().astype(dtype))
""",
    "the most specific code, once": """\
def f(key):
    x = jr.normal(key)
    for _ in y:
        jr.normal(key)  # expect: RNG201
""",
    "the third use points at the first": """\
def f(key):
    a = jr.normal(key)
    b = jr.normal(key)  # expect: RNG201
    c = jr.normal(key)  # expect: RNG201
""",
    "attributes, until a method may have changed them": """\
class A:
    def f(self):
        x = jr.normal(self.key)
        y = jr.normal(self.key)  # expect: RNG201
        self.renew()
        z = jr.normal(self.key)
""",
    "an unknown function consumes a key": """\
def f(key):
    x = helper(key)
    return jr.normal(key)  # expect: RNG201
""",
    "nothing is known of what may be no key": """\
def f(key):
    return first(key), second(key)
""",
    "what only keeps a key does not consume it": """\
def f(key, log):
    state = State(key)
    log.append(key)
    print(key)
    assert_valid(key)
    return jr.normal(key), state
""",
    "a function that holds a key": """\
def f(key):
    def noise():
        return jr.normal(key)
    x = noise()
    return x, jr.uniform(key)  # expect: RNG201
""",
    "expected failures": """\
def test_f(key):
    with pytest.raises(ValueError):
        jr.normal(key, -1)
    with pytest.raises(ValueError):
        jr.normal(key, -2)
    return jr.normal(key)
""",
    "a test that compares": """\
def test_f(key, f):
    x = jr.normal(key)
    y = jax.jit(jr.normal)(key)
    z = y.sum()
    np.testing.assert_allclose(x.sum(), z)
""",
    "a test that compares other things": """\
def test_f(key, f):
    x = jr.normal(key)
    y = jr.normal(key)  # expect: RNG201
    np.testing.assert_allclose(f(x, y), g(x, y))
""",
    "a method of the class": """\
class A:
    def draw(self, key):
        return jr.normal(key)

    def f(self, key):
        return self.draw(key), self.draw(key)  # expect: RNG201
""",
    "a guard of the first round": """\
def f():
    rng = None
    for i in x:
        if rng is None:
            rng = np.random.default_rng(0)
        use(rng)
""",
    "two equal seeds in one round, to compare": """\
def f(a, b):
    for x in y:
        rng = np.random.default_rng(0)
        one = a(rng, x)
        rng = np.random.default_rng(0)
        assert one == b(rng, x)
""",
    "a variable seed that stays": """\
def f(seed):
    for x in y:
        rng = np.random.default_rng(seed)  # expect: RNG301
        use(rng)
""",
    "arithmetic that stays": """\
def f(seed):
    for x in y:
        rng = np.random.default_rng(seed + 1)  # expect: RNG301
        use(rng)
""",
    "a seed from a function": """\
def f():
    for x in y:
        use(np.random.default_rng(get_seed()))
""",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_what_is_reported(text: str) -> None:
    source = program(HEADER + text)
    assert reported(source) == expected(source)


def test_the_round_before_is_named_where_another_place_consumed_the_key() -> None:
    text = "def f(key):\n    for i in x:\n        key, s = jr.split(key)\n        jr.normal(key)\n"
    found = [item for item in check_source(program(HEADER + text)) if item.code == "RNG202"]
    assert len(found) == 1
    assert "already consumed by `jax.random.normal` on line 8, in the round before" in (
        found[0].message
    )


def test_nested_loops_take_no_exponential_time() -> None:
    depth = 16
    lines = [f"{'    ' * (n + 1)}while c{n}:\n" for n in range(depth)]
    text = "def f(key):\n" + "".join(lines) + "    " * (depth + 1) + "jr.normal(key)\n"
    assert [item.code for item in check_source(program(HEADER + text))] == ["RNG202"]


def test_a_generator_whose_attribute_is_bound_otherwise_too_is_not_known() -> None:
    text = """\
class A:
    def __init__(self):
        self.rng = np.random.default_rng(0)
        self.rng, self.ok = wrap(self.rng), True

    def f(self):
        return self.rng.randint(3)

def g(rng: np.random.Generator):
    return rng.integers(3) if hasattr(rng, "integers") else rng.randint(3)
"""
    assert check_source(program(HEADER + text)) == []
