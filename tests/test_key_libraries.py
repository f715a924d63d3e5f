"""What the key rules see through the libraries of JAX's ecosystem."""

from __future__ import annotations

import pytest
from expectations import expected, program, reported

HEADER = """\
import blackjax
import distrax
import equinox as eqx
import flax.linen as nn
import haiku as hk
import jax
import jax.random as jr
import numpyro
import numpyro.distributions as dist
import optax
from flax import jax_utils, nnx
from flax.training import common_utils
from gymnax.environments import CartPole
from numpyro.infer import MCMC, SVI, Predictive
from tensorflow_probability.substrates import jax as tfp

tfd = tfp.distributions

"""

MISUSES = {
    "layers of Equinox": """\
class Net(eqx.Module):
    def __init__(self, key):
        self.first = eqx.nn.Linear(2, 2, key=key)
        self.second = eqx.nn.Linear(2, 2, key=key)  # expect: RNG201
""",
    "a function under filter_jit": """\
@eqx.filter_jit
def step(model, x, key):
    return model(x) + jr.normal(key, x.shape)

def train(model, xs, key):
    return [step(model, x, key) for x in xs]  # expect: RNG202
""",
    "a function under nnx.jit": """\
@nnx.jit
def step(model, key):
    return model(jr.normal(key))

def train(model, key):
    return step(model, key) + step(model, key)  # expect: RNG201
""",
    "samples of Distrax": """\
def f(logits, key):
    policy = distrax.Categorical(logits)
    action = policy.sample(seed=key)
    return action, jr.normal(key)  # expect: RNG201
""",
    "a distribution that is not named": """\
def f(key):
    return tfd.Normal(0.0, 1.0).sample(seed=key), jr.normal(key)  # expect: RNG201
""",
    "two samples of TFP with one seed": """\
def f(seed):
    normal = tfd.Normal(0.0, 1.0)
    return normal.sample(3, seed=seed), normal.sample(3, seed)  # expect: RNG201
""",
    "a distribution of NumPyro, reshaped": """\
def f(key):
    d = dist.Normal(0.0, 1.0).expand([3]).to_event(1)
    return d.sample(key), d.sample(key)  # expect: RNG201
""",
    "a sampler and a prediction": """\
def f(kernel, model, rng_key):
    mcmc = MCMC(kernel, num_warmup=1, num_samples=1)
    mcmc.run(rng_key)
    return Predictive(model, mcmc.get_samples())(rng_key)  # expect: RNG201
""",
    "what an object holds": """\
class Trainer:
    def __init__(self, model, guide, optim, loss):
        self.svi = SVI(model, guide, optim, loss)

    def run(self, rng_key):
        self.svi.init(rng_key)
        return self.svi.run(rng_key, 100)  # expect: RNG201
""",
    "a step of BlackJAX in a loop": """\
def f(logdensity, state, rng_key):
    nuts = blackjax.nuts(logdensity, 1e-3)
    for _ in range(10):
        state, _ = nuts.step(rng_key, state)  # expect: RNG202
    return state
""",
    "an environment of Gymnax": """\
def f(key):
    env = CartPole()
    obs, state = env.reset(key)
    action = env.action_space().sample(key)  # expect: RNG201
    return env.step(key, state, action)  # expect: RNG201
""",
    "a network of Haiku": """\
def f(key, x):
    net = hk.transform(forward)
    params = net.init(key, x)
    return params, jr.normal(key)  # expect: RNG201
""",
    "a key that made a stream": """\
def f():
    key = jr.key(0)
    rng = hk.PRNGSequence(key)
    return next(rng), jr.normal(key)  # expect: RNG201
""",
    "a key from a stream": """\
def f():
    rng = hk.PRNGSequence(0)
    key = next(rng)
    return unknown(key), other(key)  # expect: RNG201
""",
    "a stream of Flax": """\
def f():
    rngs = nnx.Rngs(0)
    key = rngs()
    return unknown(key), other(key)  # expect: RNG201
""",
    "keys of Haiku": """\
def f():
    keys = hk.next_rng_keys(3)
    return unknown(keys[0]), other(keys[0])  # expect: RNG201
""",
    "a key on all devices": """\
def f(step):
    key = jr.key(0)
    x = step(jax_utils.replicate(key))
    return x, jr.normal(key)  # expect: RNG201
""",
    "keys for the devices": """\
def f(step):
    key = jr.key(0)
    step(common_utils.shard_prng_key(key))
    return jr.normal(key)  # expect: RNG201
""",
    "the seed of a stream in a loop": """\
def f():
    for _ in range(3):
        print(nnx.Linear(2, 2, rngs=nnx.Rngs(0)))  # expect: RNG301
""",
    "an integer seed of Distrax in a loop": """\
def f(policy):
    normal = distrax.Normal(0.0, 1.0)
    return [normal.sample(seed=0) for _ in range(3)]  # expect: RNG301
""",
    "the seed of a program": """\
from transformers import set_seed

def f():
    for _ in range(3):
        set_seed(0)  # expect: RNG301
        print(run())
""",
}


CLEAN = {
    "a stream of Haiku": """\
class Trainer:
    def __init__(self, seed):
        self.rng = hk.PRNGSequence(seed)

    def run(self, net, x):
        params = net.init(next(self.rng), x)
        return [net.apply(params, next(self.rng), x) for _ in range(3)]
""",
    "a stream of Flax, handed on": """\
class Block(nnx.Module):
    def __init__(self, width, *, rngs: nnx.Rngs):
        self.first = nnx.Linear(width, width, rngs=rngs)
        self.second = nnx.Linear(width, width, rngs=rngs)
        self.noise = jr.normal(rngs.params(), (width,)) + jr.normal(rngs.params(), (width,))
""",
    "an integer seed for more than one": """\
def f(make, seed):
    env = make(seed)
    rng = hk.PRNGSequence(seed)
    normal = distrax.Normal(0.0, 1.0)
    return env, rng, normal.sample(seed=seed)
""",
    "looking at shapes": """\
def f(model, x, key):
    print(model.tabulate(key, x))
    shapes = eqx.filter_eval_shape(model.init, key, x)
    more = nnx.eval_shape(model.init, key, x)
    return shapes, more, model.init(key, x)
""",
    "an initializer that ignores its key": """\
def f(key):
    zeros, ones = nn.initializers.zeros_init(), nn.initializers.ones_init()
    return zeros(key, (2,)), ones(key, (2,)), nn.initializers.lecun_normal()(key, (2, 2))
""",
    "keys inside of a handler": """\
def model():
    a = jr.normal(numpyro.prng_key())
    b = jr.normal(numpyro.prng_key())
    return a, b, numpyro.sample("x", dist.Normal(0.0, 1.0))
""",
    "attention, whose key is an array": """\
def attend(query, key, value):
    first = nn.dot_product_attention(query, key, value)
    return first, nn.dot_product_attention(query, key, value), jr.normal(jr.key(0))
""",
    "a network without a key": """\
def f(key, x):
    net = hk.without_apply_rng(hk.transform(forward))
    params = net.init(key, x)
    return net.apply(params, x), net.apply(params, x)
""",
    "seeds that are split under salts": """\
def f(seed):
    first = tfp.random.split_seed(seed, salt="first")
    return first, tfp.random.split_seed(seed, salt="second")
""",
    "mapped over keys": """\
def f(model, key, xs):
    return eqx.filter_vmap(lambda x, k: model(x, key=k))(xs, jr.split(key, len(xs)))
""",
}


@pytest.mark.parametrize("text", MISUSES.values(), ids=MISUSES)
def test_misuses(text: str) -> None:
    source = program(HEADER + text)
    assert reported(source) == expected(source)


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_nothing_is_reported(text: str) -> None:
    assert reported(program(HEADER + text)) == {}
