"""Repetitions of a key that the program shows to be meant, and their neighbours that are not."""

from __future__ import annotations

import pytest
from expectations import expected, program, reported

HEADER = "import jax\nimport jax.numpy as jnp\nimport jax.random as jr\nimport numpy as np\n\n"

PROGRAMS = {
    "results of a test that are checked one by one": """\
def test_dtypes(key, draw):
    key = jr.clone(key)
    x = draw(key, "low")
    assert x.shape == (3,)
    y = draw(key, "high")
    assert y.shape == (3,)
""",
    "the same outside of a test": """\
def main(key, draw):
    key = jr.clone(key)
    x = draw(key, "low")
    assert x.shape == (3,)
    y = draw(key, "high")  # expect: RNG201
    assert y.shape == (3,)
""",
    "results of a test that meet in a third": """\
def test_sum(key, draw):
    key = jr.clone(key)
    x = draw(key, "low")
    assert x.shape == (3,)
    y = draw(key, "high")  # expect: RNG201
    assert y.shape == (3,)
    assert (x + y).sum() > 0
""",
    "results of a test that meet in an object": """\
def test_buffer(key, draw, buffer):
    key = jr.clone(key)
    x = draw(key, "low")
    buffer.add(x)
    y = draw(key, "high")  # expect: RNG201
    buffer.add(y)
    assert x.shape
    assert y.shape
""",
    "results of a test that meet in the next round": """\
def test_rounds(key, draw, total):
    key = jr.clone(key)
    for case in total.cases:
        x = draw(key, case)  # expect: RNG202
        assert x.shape
        total = total.put(x)  # what the second call returns is added in the next round
        y = draw(key, case)  # expect: RNG201
        assert y.shape
        total = total.put(y)
""",
    "a result of a test that is not checked": """\
def test_half(key, draw, use):
    key = jr.clone(key)
    x = draw(key, "low")
    use(x)
    y = draw(key, "high")  # expect: RNG201
    assert y.shape
""",
    "samples that a test draws itself": """\
def test_samples(key):
    key = jr.clone(key)
    x = jr.normal(key, (3,))
    assert x.shape == (3,)
    y = jr.uniform(key, (3,))  # expect: RNG201
    assert y.shape == (3,)
""",
    "results that are kept on the test": """\
def test_kept(self, key, draw):
    key = jr.clone(key)
    self.x = draw(key, "low")
    y = draw(key, "high")  # expect: RNG201
    assert self.x.shape
    assert y.shape
""",
    "rounds of a test that never meet": """\
def test_environments(environments):
    key = jr.key(0)
    for environment in environments:
        state = environment.reset(key)
        assert state.done is False
""",
    "rounds of a test whose results are collected": """\
def test_collected(environments):
    key = jr.key(0)
    states = []
    for environment in environments:
        state = environment.reset(key)  # expect: RNG202
        assert state.done is False
        states.append(state)
""",
    "trials of a test that are one trial": """\
def test_trials(environment):
    key = jr.key(0)
    for _ in range(10):
        state = environment.reset(key)  # expect: RNG202
        assert state.done is False
""",
    "another way to get the same": """\
def build(key, make, make_tfp):
    key = jr.clone(key)
    dist = make(key)
    tfp_dist = make_tfp(key)
    return dist, tfp_dist
""",
    "the same for two names that say nothing": """\
def build(key, make, make_critic):
    key = jr.clone(key)
    policy = make(key)
    critic = make_critic(key)  # expect: RNG201
    return policy, critic
""",
    "a second start from the first, compared": """\
def compare(key, solver, problem):
    key = jr.clone(key)
    out = solver(key, problem)
    again = solver(key, problem, out.g)
    np.testing.assert_array_less(again.losses, out.losses)
""",
    "only the shape of the first is wanted": """\
def repeat(key, init, shape):
    key = jr.clone(key)
    out_shape, _ = init(key, shape)
    return out_shape, init(key, out_shape)
""",
    "a call for its effects, with the key of another": """\
def train(key, steps):
    data = load(key)
    fit(key, data)  # expect: RNG201

def load(key):
    return jr.normal(key)

def fit(key, data):
    print(jr.normal(key) + data)
""",
    "a look at the model every so many rounds": """\
def train(model, steps):
    train_key, sample_key = jr.split(jr.key(0))
    for step in range(steps):
        train_key, key = jr.split(train_key)
        model = model.update(key)
        if step % 50 == 0:
            print(model.sample(3, key=sample_key))
""",
    "training with such a key": """\
def train(model, steps):
    key, sample_key = jr.split(jr.key(0))
    for step in range(steps):
        model = model.update(key)  # expect: RNG202
        print(model.sample(3, key=sample_key))  # expect: RNG202
""",
    "one key for rates that a variable lists": """\
def compare(fit, data):
    key = jr.key(0)
    rates = [0.1, 0.01]
    return [fit(data, rate, key=key) for rate in rates]
""",
    "samples for rates that a variable lists": """\
def compare(fit, data):
    key = jr.key(0)
    rates = [0.1, 0.01]
    return [fit(data, rate, jr.normal(key)) for rate in rates]  # expect: RNG202
""",
    "a comment at the first of three": """\
def antithetic(key, start, one, other):
    key = jr.clone(key)
    # use the same key here for antithetic sampling
    steps = start(key)
    return one(key, steps), other(key, steps)
""",
    "a comment some statements above the first": """\
def antithetic(key, start, one, other, theta):
    key = jr.clone(key)

    # use the same key here for antithetic sampling.
    steps = start.init(key, theta)

    length = int(steps.length)

    up = one(
        theta, key, length)

    down = one(
        theta, key, length)
    return up, down
""",
    "trees that are compared leaf by leaf": """\
def test_jit(f, x):
    key = jr.key(0)
    jax.tree.map(np.testing.assert_allclose, f(key, x), jax.jit(f)(key, x))
    key = jr.key(1)
    jax.tree_util.tree_map(lambda a, b: np.allclose(a, b, 2), f(key), jax.jit(f)(key))
    key = jr.key(2)
    jax.tree.map(np.add, f(key), jax.jit(f)(key))  # expect: RNG201
""",
    "arrays that are put in one order": """\
def batch(key, x, y, n):
    key = jr.clone(key)
    images = jr.choice(key, x.images, (n,), replace=False)
    labels = jr.choice(key, x.labels, (n,), replace=False)
    key = jr.key(0)
    x = jr.permutation(key, x)
    y = jr.permutation(key, y)
    key = jr.key(1)
    a = jr.choice(key, n)
    b = jr.choice(key, n)  # expect: RNG201
    return images, labels, x, y, a, b
""",
    "a comment that says that it is fine": """\
def main(key, draw):
    key = jr.clone(key)  # This is fine: the shapes alone matter.
    x = draw(key)
    return x, draw(key, x)
""",
    "a comment above a blank row": """\
def main(key, draw):
    key = jr.clone(key)
    x = draw(key)
    # With the same key, to see that the results are identical.

    return x, jr.normal(key)
""",
    "results that an object keeps, compared": """\
from numpyro.infer import MCMC, NUTS

def test_warmup(model):
    mcmc = MCMC(NUTS(model), num_warmup=10)
    key = jr.key(0)
    mcmc.run(key)
    expected = mcmc.get_samples()
    mcmc.warmup(key)
    actual = mcmc.get_samples()
    np.testing.assert_allclose(actual, expected)
""",
    "results that an object keeps, of which no two are compared": """\
from numpyro.infer import MCMC, NUTS

def main(model):
    mcmc = MCMC(NUTS(model), num_warmup=10)
    key = jr.key(0)
    mcmc.run(key)
    first = mcmc.get_samples()
    mcmc.warmup(key)  # expect: RNG201
    return first, mcmc.get_samples()
""",
    "a comment in another function": """\
def antithetic(key, one):
    # use the same key here for antithetic sampling
    return one(key)

def other(key, one):
    key = jr.clone(key)
    return one(key, 1), one(key, 2)  # expect: RNG201
""",
    "samples of a test that never meet": """\
def test_modes():
    key = jr.key(0)
    samples = jr.bernoulli(key, p=1e-10, shape=(100,), mode="low")
    assert samples.sum() != 0
    samples = jr.bernoulli(key, p=1e-10, shape=(100,), mode="high")
    assert samples.sum() == 0
""",
    "samples of a test of which the third meets the first": """\
def test_costs(apply):
    key = jr.key(0)
    points = jr.normal(key, (3, 4))
    geometry = apply(points)
    matrix = jr.normal(key, (3, 2))  # expect: RNG201
    assert geometry.apply(matrix).sum() == 0
    vector = jr.normal(key, (3,))  # expect: RNG201
    assert geometry.apply(vector).sum() == 0
""",
    "the same variables are initialised once more": """\
def compare(model, fit, data):
    init_key = jr.key(42)
    params, props = model.initialize(init_key)
    print(fit(params, props, data, 0.1))
    params, props = model.initialize(init_key)
    print(fit(params, props, data, 0.2))
""",
    "other variables are": """\
def compare(model, fit, data):
    init_key = jr.key(42)
    params = model.initialize(init_key)
    weights = model.initialize(init_key)  # expect: RNG201
    return fit(params, weights, data)
""",
    "the same start for each rate of a loop": """\
def compare(model, fit, data):
    init_key = jr.key(42)
    params, props = model.initialize(init_key)
    print(fit(params, props, data, 0.5))
    for rate in (0.1, 0.2):
        fitted, _ = model.initialize(init_key)
        print(fit(fitted, props, data, rate))
""",
    "one argument that two models of a test share": """\
def test_emissions(model):
    keys = jr.split(jr.key(0), 2)
    one = Params(mean=jr.normal(keys[0], (3,)), emission="poisson")
    data = model.sample(one, keys[1])
    other = Params(mean=jr.normal(keys[0], (3,)))
    assert model.filter(one, data) > model.filter(other, data)
""",
    "two arguments of models of a test": """\
def test_emissions(model):
    keys = jr.split(jr.key(0), 2)
    one = Params(mean=jr.normal(keys[0], (3,)), emission="poisson")
    data = model.sample(one, keys[1])
    other = Params(scale=jr.normal(keys[0], (3,)))  # expect: RNG201
    assert model.filter(one, data) > model.filter(other, data)
""",
    "a variant of the method that samples": """\
def plot(model):
    key = jr.key(0)
    samples = model.sample(key)
    paths = model.sample_path(key)
    return samples, paths
""",
    "a method of another name": """\
def plot(model):
    key = jr.key(0)
    samples = model.sample(key)
    paths = model.resample(key)  # expect: RNG201
    return samples, paths
""",
    "a function that is to fail, in a lambda": """\
class ShapeTest:
    def test_shapes(self):
        @jax.jit
        def features(size, seed):
            key = jr.key(seed)
            weights = jr.normal(key, (size,))
            return weights, jr.normal(key, (size,))

        self.assertRaisesRegex(TypeError, "Shapes", lambda: features(5, 3))
""",
    "a batched function that is to fail": """\
class ReuseTest:
    def test_batch(self):
        @jax.vmap
        def bad(seed):
            key = jr.key(seed)
            return jr.bits(key) + jr.bits(key)

        with self.assertRaisesRegex(KeyReuseError, "bits"):
            self.check_key_reuse(bad, jnp.arange(4))
""",
    "a value, and its derivative at the same noise": """\
def describe(task, params, batch):
    key = jr.key(0)
    loss = task.loss(params, key, batch)
    loss, grad = jax.value_and_grad(task.loss)(params, key, batch)
    return loss, grad
""",
    "a key that `init` may hand on": """\
def start(policy, obs):
    key = jr.key(0)
    return policy.init(key, obs, key)
""",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_what_is_meant_is_not_reported(text: str) -> None:
    source = program(HEADER + text)
    assert reported(source) == expected(source)
