"""The fixes of RNG201, RNG202, RNG204 and RNG301: what is written, and where nothing is."""

from __future__ import annotations

import json

import pytest
from expectations import fixed, program

from rnglint import check_source, fix_source
from rnglint.source.reading import Source

REPAIRED = {
    "the file's own import style": (
        """\
import jax.random as jr

def f(key):
    x = jr.normal(key)
    y = jr.normal(key)
    return x, y
""",
        """\
import jax.random as jr

def f(key):
    key, subkey = jr.split(key)
    x = jr.normal(subkey)
    y = jr.normal(key)
    return x, y
""",
    ),
    "functions imported by name": (
        """\
from jax.random import key, normal

k = key(0)
x = normal(k)
y = normal(k)
""",
        """\
from jax.random import key, normal, split

k = key(0)
k, k1 = split(k)
x = normal(k1)
y = normal(k)
""",
    ),
    "two uses in one statement": (
        """\
import jax

def f(key):
    return jax.random.normal(key) + jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    return jax.random.normal(subkey) + jax.random.uniform(key)
""",
    ),
    "first use in a branch": (
        """\
import jax

def f(key, a):
    if a:
        x = jax.random.normal(key)  # kept
    return jax.random.uniform(key)
""",
        """\
import jax

def f(key, a):
    if a:
        key, subkey = jax.random.split(key)
        x = jax.random.normal(subkey)  # kept
    return jax.random.uniform(key)
""",
    ),
    "first use in a condition": (
        """\
import jax

def f(key):
    if jax.random.bernoulli(key):
        return jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    if jax.random.bernoulli(subkey):
        return jax.random.uniform(key)
""",
    ),
    "second use in a loop": (
        """\
import jax

def f(key):
    x = jax.random.normal(key)
    for _ in range(3):
        y = jax.random.normal(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    for _ in range(3):
        key, subkey = jax.random.split(key)
        y = jax.random.normal(subkey)
""",
    ),
    "second use in a loop over cases, which share it": (
        """\
import jax

def compare(key, init, first, second):
    x = jax.random.normal(key)
    for case in (first, second):
        case.update(init(key, x.shape))
    return x
""",
        """\
import jax

def compare(key, init, first, second):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    for case in (first, second):
        case.update(init(key, x.shape))
    return x
""",
    ),
    "second use in a loop that renews the key": (
        """\
import jax

def f(rng):
    x = jax.random.normal(rng)
    for _ in range(3):
        rng, step = jax.random.split(rng)
        y = jax.random.normal(step)
""",
        """\
import jax

def f(rng):
    rng, subkey = jax.random.split(rng)
    x = jax.random.normal(subkey)
    for _ in range(3):
        rng, step = jax.random.split(rng)
        y = jax.random.normal(step)
""",
    ),
    "two uses in each round": (
        """\
import jax

def f(key):
    for _ in range(3):
        x = jax.random.normal(key)
        y = jax.random.normal(key)
""",
        """\
import jax

def f(key):
    for _ in range(3):
        key, subkey, subkey2 = jax.random.split(key, 3)
        x = jax.random.normal(subkey)
        y = jax.random.normal(subkey2)
""",
    ),
    "a subkey that is still needed": (
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(key)
    y = jax.random.normal(key)
    return x, y, jax.random.normal(subkey)
""",
        """\
import jax

def f(key):
    key, subkey, subkey2 = jax.random.split(key, 3)
    x = jax.random.normal(subkey2)
    y = jax.random.normal(key)
    return x, y, jax.random.normal(subkey)
""",
    ),
    "a key that was split off and is not used": (
        """\
import jax

def f(key):
    key, noise_key = jax.random.split(key)
    x = jax.random.normal(key)
    return x, jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    key, noise_key = jax.random.split(key)
    x = jax.random.normal(noise_key)
    return x, jax.random.uniform(key)
""",
    ),
    "a split whose keys are not used, and its argument is": (
        """\
import jax

def f(key):
    k1, k2 = jax.random.split(key)
    x = jax.random.normal(key)
    return x, jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    k1, k2 = jax.random.split(key)
    x = jax.random.normal(k1)
    return x, jax.random.uniform(k2)
""",
    ),
    "a sibling that was thrown away": (
        """\
import jax

def f(key):
    key, _ = jax.random.split(key)
    x = jax.random.normal(key)
    return x, jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    return x, jax.random.uniform(key)
""",
    ),
    "a split that leaves its argument consumed": (
        """\
import jax

def f(key):
    a, b = jax.random.split(key, num=2)
    x = jax.random.normal(a), jax.random.normal(b)
    return x, jax.random.uniform(key)
""",
        """\
import jax

def f(key):
    key, a, b = jax.random.split(key, num=3)
    x = jax.random.normal(a), jax.random.normal(b)
    return x, jax.random.uniform(key)
""",
    ),
    "three uses of a key from a split": (
        """\
import jax

def f(seed):
    a, b = jax.random.split(seed)
    x = jax.random.normal(a)
    y = jax.random.normal(a)
    z = jax.random.normal(a)
    return x, y, z, jax.random.normal(b)
""",
        """\
import jax

def f(seed):
    a, b, subkey, subkey2 = jax.random.split(seed, 4)
    x = jax.random.normal(a)
    y = jax.random.normal(subkey)
    z = jax.random.normal(subkey2)
    return x, y, z, jax.random.normal(b)
""",
    ),
    "an attribute of an object that may change": (
        """\
import jax

class Agent:
    def __init__(self, seed):
        self.key = jax.random.key(seed)

    def noise(self):
        a = jax.random.normal(self.key)
        b = jax.random.uniform(self.key)
        return a, b

    def rounds(self, n):
        for _ in range(n):
            yield jax.random.normal(self.key)

    def halves(self):
        a, b = jax.random.split(self.key)
        return a, b, jax.random.normal(self.key)
""",
        """\
import jax

class Agent:
    def __init__(self, seed):
        self.key = jax.random.key(seed)

    def noise(self):
        self.key, subkey, subkey2 = jax.random.split(self.key, 3)
        a = jax.random.normal(subkey)
        b = jax.random.uniform(subkey2)
        return a, b

    def rounds(self, n):
        for _ in range(n):
            self.key, subkey = jax.random.split(self.key)
            yield jax.random.normal(subkey)

    def halves(self):
        self.key, a, b, subkey = jax.random.split(self.key, 4)
        return a, b, jax.random.normal(subkey)
""",
    ),
    "a key whose name others have as a parameter": (
        """\
import jax

key = jax.random.key(0)
x = jax.random.normal(key)

class Model:
    def init(self, key):
        return [jax.random.normal(k) for k in jax.random.split(key)]

y = Model().init(key)
""",
        """\
import jax

key = jax.random.key(0)
key, subkey = jax.random.split(key)
x = jax.random.normal(subkey)

class Model:
    def init(self, key):
        return [jax.random.normal(k) for k in jax.random.split(key)]

y = Model().init(key)
""",
    ),
    "a key that both branches and what follows consume": (
        """\
import jax

def f(seed, noisy):
    key = jax.random.key(seed)
    if noisy:
        x = jax.random.normal(key, (3,))
    else:
        x = jax.random.uniform(key, (3,))
    return x, jax.random.split(key, 3)
""",
        """\
import jax

def f(seed, noisy):
    key = jax.random.key(seed)
    key, subkey = jax.random.split(key)
    if noisy:
        x = jax.random.normal(subkey, (3,))
    else:
        x = jax.random.uniform(subkey, (3,))
    return x, jax.random.split(key, 3)
""",
    ),
    "a suite on the line": (
        """\
import jax

def f(key, a):
    if a: x = jax.random.normal(key)
    return jax.random.normal(key)
""",
        """\
import jax

def f(key, a):
    key, subkey = jax.random.split(key)
    if a: x = jax.random.normal(subkey)
    return jax.random.normal(key)
""",
    ),
    "a key that one branch consumes twice": (
        """\
import jax

def f(seed, noisy):
    key = jax.random.key(seed)
    if noisy:
        x = jax.random.normal(key)
    return x, jax.random.uniform(key)
""",
        """\
import jax

def f(seed, noisy):
    key = jax.random.key(seed)
    if noisy:
        key, subkey = jax.random.split(key)
        x = jax.random.normal(subkey)
    return x, jax.random.uniform(key)
""",
    ),
    "uses in loops that each hide the next": (
        """\
import jax

def f(envs, n):
    rng = jax.random.key(0)
    for env in envs:
        state = env.reset(rng)
        action = env.sample(rng)
        for _ in range(n):
            state = env.step(rng, state, action)
            action = env.sample(rng)
""",
        """\
import jax

def f(envs, n):
    rng = jax.random.key(0)
    for env in envs:
        rng, reset_rng, sample_rng = jax.random.split(rng, 3)
        state = env.reset(reset_rng)
        action = env.sample(sample_rng)
        for _ in range(n):
            rng, step_rng, sample_rng = jax.random.split(rng, 3)
            state = env.step(step_rng, state, action)
            action = env.sample(sample_rng)
""",
    ),
    "a split before uses that are meant to be equal": (
        """\
import jax

def f(key, loss, params):
    noise = jax.random.normal(key)
    plus = loss(params + noise, key)
    minus = loss(params - noise, key)
    return plus - minus
""",
        """\
import jax

def f(key, loss, params):
    key, subkey = jax.random.split(key)
    noise = jax.random.normal(subkey)
    plus = loss(params + noise, key)
    minus = loss(params - noise, key)
    return plus - minus
""",
    ),
    "a key that is made at the start of each round": (
        """\
import jax

def f(seeds, step):
    for seed in seeds:
        key = jax.random.key(seed)
        state = jax.random.uniform(key)
        action = jax.random.normal(key)
        step(state, action, key)
""",
        """\
import jax

def f(seeds, step):
    for seed in seeds:
        key = jax.random.key(seed)
        key, subkey, subkey2 = jax.random.split(key, 3)
        state = jax.random.uniform(subkey)
        action = jax.random.normal(subkey2)
        step(state, action, key)
""",
    ),
    "numbered keys, of which one was thrown away": (
        """\
import jax

def f(seed):
    k1, k2, _ = jax.random.split(seed, 3)
    x = jax.random.normal(k1)
    x_mask = jax.random.bernoulli(k1)
    y = jax.random.normal(k2)
    y_mask = jax.random.bernoulli(k2)
    return x, x_mask, y, y_mask
""",
        """\
import jax

def f(seed):
    k1, k2, k3, k4 = jax.random.split(seed, 4)
    x = jax.random.normal(k1)
    x_mask = jax.random.bernoulli(k3)
    y = jax.random.normal(k2)
    y_mask = jax.random.bernoulli(k4)
    return x, x_mask, y, y_mask
""",
    ),
    "a sibling that every round of a program binds anew": (
        """\
import jax

key = jax.random.key(0)
for i in range(9):
    key, key1 = jax.random.split(key)
    x = jax.random.normal(key)
key, key1 = jax.random.split(key)
print(x, jax.random.normal(key1))
""",
        """\
import jax

key = jax.random.key(0)
for i in range(9):
    key, key1 = jax.random.split(key)
    x = jax.random.normal(key1)
key, key1 = jax.random.split(key)
print(x, jax.random.normal(key1))
""",
    ),
    "a sibling that was forgotten": (
        """\
import jax

def f(rng, encoder, decoder):
    rng_encoder, rng_decoder = jax.random.split(rng)
    return encoder.init(rng_encoder), decoder.init(rng_encoder)
""",
        """\
import jax

def f(rng, encoder, decoder):
    rng_encoder, rng_decoder = jax.random.split(rng)
    return encoder.init(rng_encoder), decoder.init(rng_decoder)
""",
    ),
    "a sibling that was forgotten, with the underscore of the one for the next use": (
        """\
import jax

def f(rng):
    rng, _rng = jax.random.split(rng)
    start = jax.random.normal(rng)
    return start, jax.random.uniform(rng)
""",
        """\
import jax

def f(rng):
    rng, _rng = jax.random.split(rng)
    start = jax.random.normal(_rng)
    return start, jax.random.uniform(rng)
""",
    ),
    "names that begin with what they name": (
        """\
import jax

def f(key, env, state):
    for _ in range(3):
        key, key_act, key_step = jax.random.split(key, 3)
        action = env.sample(key_act)
        state = env.step(key_step, state, action)
        state = env.step(key_step, state, action)
    env.show(state)
    return env.reset(key), env.act(key)
""",
        """\
import jax

def f(key, env, state):
    for _ in range(3):
        key, key_act, key_step, key_step2 = jax.random.split(key, 4)
        action = env.sample(key_act)
        state = env.step(key_step, state, action)
        state = env.step(key_step2, state, action)
    env.show(state)
    key, key_reset = jax.random.split(key)
    return env.reset(key_reset), env.act(key)
""",
    ),
    "keys of a split, of which an inner function reads one": (
        """\
from jax import random

def f(n, estimate):
    key1, key2, _ = random.split(random.key(1), 3)
    x = random.normal(key1, (n,))
    mask = random.bernoulli(key1, shape=(n,))
    y = random.normal(key2, (n,))

    def later():
        return estimate(key=key1)

    return x, mask, y, later
""",
        """\
from jax import random

def f(n, estimate):
    key1, key2, key3 = random.split(random.key(1), 3)
    x = random.normal(key1, (n,))
    mask = random.bernoulli(key3, shape=(n,))
    y = random.normal(key2, (n,))

    def later():
        return estimate(key=key1)

    return x, mask, y, later
""",
    ),
    "an item of a dictionary that others get": (
        """\
import jax

def f(key, model):
    rngs = {"params": key, "dropout": jax.random.key(1)}
    noise = jax.random.normal(rngs["dropout"])
    rngs["more"] = jax.random.key(0)
    for _ in range(3):
        noise += jax.random.uniform(rngs["dropout"])
    return model(noise, rngs=rngs)
""",
        """\
import jax

def f(key, model):
    rngs = {"params": key, "dropout": jax.random.key(1)}
    rngs["dropout"], subkey = jax.random.split(rngs["dropout"])
    noise = jax.random.normal(subkey)
    rngs["more"] = jax.random.key(0)
    for _ in range(3):
        rngs["dropout"], subkey = jax.random.split(rngs["dropout"])
        noise += jax.random.uniform(subkey)
    return model(noise, rngs=rngs)
""",
    ),
    "elements of an array of keys, of which one is left over": (
        """\
from jax import random

def f(rng, n):
    rngs = random.split(rng, 3)
    a = random.normal(rngs[0], (n,))
    b = random.normal(rngs[1], (n,))
    c = random.normal(rngs[0], (n,))
    return a, b, c, random.normal(rngs[1]), random.uniform(rngs[0])
""",
        """\
from jax import random

def f(rng, n):
    rngs = random.split(rng, 5)
    a = random.normal(rngs[0], (n,))
    b = random.normal(rngs[1], (n,))
    c = random.normal(rngs[2], (n,))
    return a, b, c, random.normal(rngs[3]), random.uniform(rngs[4])
""",
    ),
    "an element of two keys in each round, used again in a branch": (
        """\
import jax

def f(key, flag):
    total = 0.0
    for _ in range(3):
        keys = jax.random.split(key)
        total += jax.random.normal(keys[0])
        if flag:
            total += jax.random.uniform(keys[0])
        key = keys[1]
    return total
""",
        """\
import jax

def f(key, flag):
    total = 0.0
    for _ in range(3):
        keys = jax.random.split(key, 3)
        total += jax.random.normal(keys[0])
        if flag:
            total += jax.random.uniform(keys[2])
        key = keys[1]
    return total
""",
    ),
    "a sibling that was forgotten, whose name inner functions have for another": (
        """\
import jax

def f(rng, create):
    rng, _rng = jax.random.split(rng)
    state = create(rng)

    def step(rng):
        rng, _rng = jax.random.split(rng)
        return jax.lax.cond(True, lambda: jax.random.normal(_rng), lambda: 0.0), rng

    rng, _rng = jax.random.split(rng)
    return state, step(_rng)
""",
        """\
import jax

def f(rng, create):
    rng, _rng = jax.random.split(rng)
    state = create(_rng)

    def step(rng):
        rng, _rng = jax.random.split(rng)
        return jax.lax.cond(True, lambda: jax.random.normal(_rng), lambda: 0.0), rng

    rng, _rng = jax.random.split(rng)
    return state, step(_rng)
""",
    ),
    "a sibling that was forgotten, before a loop that splits on": (
        """\
import jax

def f(key, init, n):
    key, key1 = jax.random.split(key)
    found = [init(key)]
    for _ in range(n):
        key, key1 = jax.random.split(key)
        found.append(jax.random.normal(key1))
    return found
""",
        """\
import jax

def f(key, init, n):
    key, key1 = jax.random.split(key)
    found = [init(key1)]
    for _ in range(n):
        key, key1 = jax.random.split(key)
        found.append(jax.random.normal(key1))
    return found
""",
    ),
    "a sibling that was forgotten, in a script whose loop binds it anew": (
        """\
import jax

key = jax.random.key(0)
key, subkey = jax.random.split(key)
state = jax.random.normal(key, (3,))
for _ in range(4):
    key, subkey = jax.random.split(key)
    state = state + jax.random.normal(subkey, (3,))
print(state)
""",
        """\
import jax

key = jax.random.key(0)
key, subkey = jax.random.split(key)
state = jax.random.normal(subkey, (3,))
for _ in range(4):
    key, subkey = jax.random.split(key)
    state = state + jax.random.normal(subkey, (3,))
print(state)
""",
    ),
    "a sibling that only one of two branches binds anew": (
        """import jax

def f(key, a):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(key)
    if a:
        key, subkey = jax.random.split(key)
    return x, jax.random.normal(subkey), key
""",
        """import jax

def f(key, a):
    key, subkey, subkey2 = jax.random.split(key, 3)
    x = jax.random.normal(subkey2)
    if a:
        key, subkey = jax.random.split(key)
    return x, jax.random.normal(subkey), key
""",
    ),
    "a key from a split, bound anew in between": (
        """\
import jax

def f(key, renew):
    a, b = jax.random.split(key)
    a = jax.random.fold_in(a, 3)
    x = jax.random.normal(a)
    return x, jax.random.normal(a), jax.random.normal(b)
""",
        """\
import jax

def f(key, renew):
    a, b = jax.random.split(key)
    a = jax.random.fold_in(a, 3)
    a, subkey = jax.random.split(a)
    x = jax.random.normal(subkey)
    return x, jax.random.normal(a), jax.random.normal(b)
""",
    ),
    "a key from a split in another branch": (
        """\
import jax

def f(key, a):
    if a:
        key, other = jax.random.split(key)
        print(jax.random.normal(other))
    x = jax.random.normal(key)
    return x, jax.random.normal(key)
""",
        """\
import jax

def f(key, a):
    if a:
        key, other = jax.random.split(key)
        print(jax.random.normal(other))
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    return x, jax.random.normal(key)
""",
    ),
    "a key from a split before a loop": (
        """\
import jax

def f(key):
    key, a = jax.random.split(key)
    for _ in range(3):
        print(jax.random.normal(a))
    return key
""",
        """\
import jax

def f(key):
    key, a = jax.random.split(key)
    for _ in range(3):
        a, subkey = jax.random.split(a)
        print(jax.random.normal(subkey))
    return key
""",
    ),
    "a name that says what the key is for": (
        """\
import jax

def f(rng, net, x):
    rng = jax.random.clone(rng)
    params = net.init_params(rng, x)
    return params, jax.random.normal(rng)
""",
        """\
import jax

def f(rng, net, x):
    rng = jax.random.clone(rng)
    rng, params_rng = jax.random.split(rng)
    params = net.init_params(params_rng, x)
    return params, jax.random.normal(rng)
""",
    ),
    "a key that is renewed after it was used": (
        """\
import jax

def f(key, n):
    for _ in range(n):
        x = jax.random.normal(key)
        (key,) = jax.random.split(key, 1)
    return x
""",
        """\
import jax

def f(key, n):
    for _ in range(n):
        key, subkey = jax.random.split(key)
        x = jax.random.normal(subkey)
    return x
""",
    ),
    "a late split with a key that nobody uses": (
        """\
import jax

def f(key):
    x = jax.random.normal(key)
    key, spare = jax.random.split(key)
    return x, jax.random.normal(key)
""",
        """\
import jax

def f(key):
    key, spare = jax.random.split(key)
    x = jax.random.normal(spare)
    return x, jax.random.normal(key)
""",
    ),
    "a late split whose second key is dropped": (
        """\
import jax

def f(key):
    x = jax.random.normal(key)
    key, _ = jax.random.split(key)
    return x, jax.random.normal(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    return x, jax.random.normal(key)
""",
    ),
    "one more key of the split that is there, for a use before a loop over the same cases": (
        """\
import jax

def f(key, init, a, b):
    key, k1 = jax.random.split(key)
    x = jax.random.normal(k1)
    y = jax.random.normal(key)
    for case in (a, b):
        case.update(params=init(key))
    return x, y
""",
        """\
import jax

def f(key, init, a, b):
    key, k1, subkey = jax.random.split(key, 3)
    x = jax.random.normal(k1)
    y = jax.random.normal(subkey)
    for case in (a, b):
        case.update(params=init(key))
    return x, y
""",
    ),
    "a name that functions above have for keys of their own": (
        """\
import jax

def noise(key, n):
    key, subkey = jax.random.split(key)
    return jax.random.normal(subkey, (n,)), jax.random.uniform(key)

key = jax.random.key(1)
x = jax.random.normal(key)
y = jax.random.normal(key)
""",
        """\
import jax

def noise(key, n):
    key, subkey = jax.random.split(key)
    return jax.random.normal(subkey, (n,)), jax.random.uniform(key)

key = jax.random.key(1)
key, subkey = jax.random.split(key)
x = jax.random.normal(subkey)
y = jax.random.normal(key)
""",
    ),
    "a name that a function takes from the module": (
        """\
import jax
from settings import *

def noise(n):
    return jax.random.normal(subkey, (n,))

key = jax.random.key(1)
x = jax.random.normal(key)
y = jax.random.normal(key)
""",
        """\
import jax
from settings import *

def noise(n):
    return jax.random.normal(subkey, (n,))

key = jax.random.key(1)
key, subkey2 = jax.random.split(key)
x = jax.random.normal(subkey2)
y = jax.random.normal(key)
""",
    ),
    "a key that is handed on after its last known use": (
        """\
import jax

def f(make, a):
    key = jax.random.key(0)
    x = jax.random.normal(key)
    y = None if a else jax.random.normal(key)
    return x, y, make(key=key)
""",
        """\
import jax

def f(make, a):
    key = jax.random.key(0)
    key, subkey, subkey2 = jax.random.split(key, 3)
    x = jax.random.normal(subkey)
    y = None if a else jax.random.normal(subkey2)
    return x, y, make(key=key)
""",
    ),
    "a key that is handed on, of a split that is there": (
        """\
import jax

def f(key, make, apply_fn):
    key, data_key = jax.random.split(key)
    x = apply_fn(jax.random.normal(data_key))
    y = jax.random.normal(key)
    z = jax.random.normal(key)
    return x, y, z, make(x, key)
""",
        """\
import jax

def f(key, make, apply_fn):
    key, data_key, subkey, subkey2 = jax.random.split(key, 4)
    x = apply_fn(jax.random.normal(data_key))
    y = jax.random.normal(subkey)
    z = jax.random.normal(subkey2)
    return x, y, z, make(x, key)
""",
    ),
    "a key that is handed on where its uses are not": (
        """\
import jax

def f(key, make, a):
    if a:
        x = jax.random.normal(key)
        y = jax.random.normal(key)
        return x, y
    return make(key)
""",
        """\
import jax

def f(key, make, a):
    if a:
        key, subkey = jax.random.split(key)
        x = jax.random.normal(subkey)
        y = jax.random.normal(key)
        return x, y
    return make(key)
""",
    ),
    "a key that is handed on for one round": (
        """\
import jax

def f(key):
    for name in ["a"]:
        x = jax.random.normal(key)
        y = jax.random.uniform(key)
        z = jax.random.gumbel(key)
        print(name, x, y, z)
""",
        """\
import jax

def f(key):
    for name in ["a"]:
        key, subkey, subkey2, subkey3 = jax.random.split(key, 4)
        x = jax.random.normal(subkey)
        y = jax.random.uniform(subkey2)
        z = jax.random.gumbel(subkey3)
        print(name, x, y, z)
""",
    ),
    "a key that is named for what it is for": (
        """\
import jax

def f(seed):
    data_key, init_key = jax.random.split(seed)
    x = jax.random.normal(data_key)
    y = jax.random.normal(data_key)
    return x, y, jax.random.normal(init_key)
""",
        """\
import jax

def f(seed):
    data_key, init_key, data_key2 = jax.random.split(seed, 3)
    x = jax.random.normal(data_key)
    y = jax.random.normal(data_key2)
    return x, y, jax.random.normal(init_key)
""",
    ),
    "functions with what they work on in their names": (
        """\
import jax

def f(task, key):
    state = task.init_with_state(key)
    first = task.loss_with_state(state, key)
    return first, jax.random.normal(key)
""",
        """\
import jax

def f(task, key):
    key, init_key, loss_key = jax.random.split(key, 3)
    state = task.init_with_state(init_key)
    first = task.loss_with_state(state, loss_key)
    return first, jax.random.normal(key)
""",
    ),
    "rows that only short names keep within the width": (
        """\
import jax

def f(model, key, loss):
    loss = loss + jax.random.normal(key)
    return loss + model.unroll_all(jax.random.normal(key), "some text", key, 0)
""",
        """\
import jax

def f(model, key, loss):
    key, key1, key2 = jax.random.split(key, 3)
    loss = loss + jax.random.normal(key1)
    return loss + model.unroll_all(jax.random.normal(key2), "some text", key, 0)
""",
    ),
    "a call whose arguments get a row of their own": (
        """\
import jax

def f(env, key):
    state = env.step(env.reset(key), env.best_of_all(3), env.step_size, 0.12345)
    return state, jax.random.normal(key)
""",
        """\
import jax

def f(env, key):
    key, reset_key = jax.random.split(key)
    state = env.step(
        env.reset(reset_key), env.best_of_all(3), env.step_size, 0.12345
    )
    return state, jax.random.normal(key)
""",
    ),
    "all of several uses in a row, the last of which is not the last reader": (
        """\
import jax

def f(key, make):
    x = jax.random.normal(key)
    y = jax.random.normal(key)
    z = jax.random.normal(key)
    return make(x, y, z, key)
""",
        """\
import jax

def f(key, make):
    key, subkey, subkey2, subkey3 = jax.random.split(key, 4)
    x = jax.random.normal(subkey)
    y = jax.random.normal(subkey2)
    z = jax.random.normal(subkey3)
    return make(x, y, z, key)
""",
    ),
    "a script of cells, each of which makes its own keys": (
        """\
import jax

# %%
key = jax.random.key(0)
x = jax.random.normal(key)

# %%
y = jax.random.normal(key)
z = jax.random.normal(key)
""",
        """\
import jax

# %%
key = jax.random.key(0)
key, subkey = jax.random.split(key)
x = jax.random.normal(subkey)

# %%
key, subkey = jax.random.split(key)
y = jax.random.normal(subkey)
z = jax.random.normal(key)
""",
    ),
    "a chain of splits that goes on with the wrong key": (
        """\
import jax

key, subkey = jax.random.split(jax.random.key(0))
x = jax.random.normal(subkey)
key, subkey = jax.random.split(subkey)
y = jax.random.normal(subkey)
key, subkey = jax.random.split(subkey)
""",
        """\
import jax

key, subkey = jax.random.split(jax.random.key(0))
x = jax.random.normal(subkey)
key, subkey = jax.random.split(key)
y = jax.random.normal(subkey)
key, subkey = jax.random.split(key)
""",
    ),
    "a split whose key is handed on, in a class": (
        """\
import jax

class Kernel:
    def init(self, rng_key):
        key_model, key_init = jax.random.split(rng_key)
        self.model = jax.random.normal(key_model)
        return State(jax.random.normal(key_init), rng_key)
""",
        """\
import jax

class Kernel:
    def init(self, rng_key):
        rng_key, key_model, key_init = jax.random.split(rng_key, 3)
        self.model = jax.random.normal(key_model)
        return State(jax.random.normal(key_init), rng_key)
""",
    ),
    "a name that would be the other way round of another": (
        """\
import jax

def f(seed, wrap_env):
    local_key, key_env, eval_key = jax.random.split(seed, 3)
    x = jax.random.normal(key_env)
    return x, wrap_env(key_env), local_key, eval_key
""",
        """\
import jax

def f(seed, wrap_env):
    local_key, key_env, eval_key, key_env2 = jax.random.split(seed, 4)
    x = jax.random.normal(key_env)
    return x, wrap_env(key_env2), local_key, eval_key
""",
    ),
    "several uses in a loop that begins with a consumed key": (
        """\
import jax

def f(env, n):
    rng = jax.random.key(0)
    state = env.initial(rng)
    for _ in range(n):
        obs = env.observation(state, rng)
        print(obs)
        state = env.transition(state, rng)
    return state
""",
        """\
import jax

def f(env, n):
    rng = jax.random.key(0)
    rng, initial_rng = jax.random.split(rng)
    state = env.initial(initial_rng)
    for _ in range(n):
        rng, observation_rng, transition_rng = jax.random.split(rng, 3)
        obs = env.observation(state, observation_rng)
        print(obs)
        state = env.transition(state, transition_rng)
    return state
""",
    ),
    "uses before two that are meant to have one key": (
        """\
import jax
import numpy as np

def check(f, shape):
    key = jax.random.key(0)
    x = jax.random.normal(key, shape)
    jax.tree.map(np.testing.assert_allclose, f(key), jax.jit(f)(key))
    return x
""",
        """\
import jax
import numpy as np

def check(f, shape):
    key = jax.random.key(0)
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey, shape)
    jax.tree.map(np.testing.assert_allclose, f(key), jax.jit(f)(key))
    return x
""",
    ),
    "a key that is named after its later use": (
        """\
import jax

def f(key, algorithm, problem):
    key, key_ask, key_tell = jax.random.split(key, 3)
    population = algorithm.ask(key_ask)
    fitness = problem.eval(key_tell, population)
    return key, algorithm.tell(key_tell, population, fitness)
""",
        """\
import jax

def f(key, algorithm, problem):
    key, key_ask, key_tell, key_eval = jax.random.split(key, 4)
    population = algorithm.ask(key_ask)
    fitness = problem.eval(key_eval, population)
    return key, algorithm.tell(key_tell, population, fitness)
""",
    ),
    "a comprehension that gets rows of its own": (
        """\
import jax

def f(env, actions_of_all_agents):
    rng = jax.random.key(0)
    chosen = {a: env.action_space(a).sample(rng) for a in actions_of_all_agents}
    return chosen
""",
        """\
import jax

def f(env, actions_of_all_agents):
    rng = jax.random.key(0)
    chosen = {
        a: env.action_space(a).sample(jax.random.fold_in(rng, i))
        for i, a in enumerate(actions_of_all_agents)
    }
    return chosen
""",
    ),
    "the initialisation before a use": (
        """\
import jax
import haiku as hk

def f(net, x):
    net = hk.transform(net)
    rng = jax.random.key(0)
    params = net.init(rng, x)
    first = net.apply(params, rng, x)
    return first, net.apply(params, rng, x + 1)
""",
        """\
import jax
import haiku as hk

def f(net, x):
    net = hk.transform(net)
    rng = jax.random.key(0)
    rng, init_rng, apply_rng = jax.random.split(rng, 3)
    params = net.init(init_rng, x)
    first = net.apply(params, apply_rng, x)
    return first, net.apply(params, rng, x + 1)
""",
    ),
    "uses in a row before a loop whose rounds share the key": (
        """\
import jax

def f(init, others):
    key = jax.random.key(0)
    x = jax.random.normal(key)
    y = jax.random.normal(key)
    for n in [1, 2]:
        params = init(key, n)
        others(params, x, y)
""",
        """\
import jax

def f(init, others):
    key = jax.random.key(0)
    key, subkey, subkey2 = jax.random.split(key, 3)
    x = jax.random.normal(subkey)
    y = jax.random.normal(subkey2)
    for n in [1, 2]:
        params = init(key, n)
        others(params, x, y)
""",
    ),
    "a key whose name is one letter": (
        """\
import jax

k = jax.random.key(0)
x = jax.random.normal(k)
y = jax.random.normal(k)
z = jax.random.normal(k)
""",
        """\
import jax

k = jax.random.key(0)
k, k1, k2 = jax.random.split(k, 3)
x = jax.random.normal(k1)
y = jax.random.normal(k2)
z = jax.random.normal(k)
""",
    ),
    "a row that would become too wide for a telling name": (
        f"# {'x' * 200}\n"
        """\
import jax

def f(model, key):
    first = model.unroll_all(jax.random.normal(key), "a text here", key)
    return first, jax.random.normal(key)
""",
        f"# {'x' * 200}\n"
        """\
import jax

def f(model, key):
    key, subkey, subkey2 = jax.random.split(key, 3)
    first = model.unroll_all(jax.random.normal(subkey), "a text here", subkey2)
    return first, jax.random.normal(key)
""",
    ),
    "a row of names that would become too wide": (
        """\
import jax

def f(seed):
    key_encoder, key_decoder, key_dataset, key_noise = jax.random.split(seed, 4)
    x = jax.random.normal(key_encoder)
    y = jax.random.normal(key_encoder)
    z = jax.random.normal(key_decoder) + jax.random.normal(key_dataset)
    return x, y, z, jax.random.normal(key_noise)
""",
        """\
import jax

def f(seed):
    key_encoder, key_decoder, key_dataset, key_noise = jax.random.split(seed, 4)
    key_encoder, subkey = jax.random.split(key_encoder)
    x = jax.random.normal(subkey)
    y = jax.random.normal(key_encoder)
    z = jax.random.normal(key_decoder) + jax.random.normal(key_dataset)
    return x, y, z, jax.random.normal(key_noise)
""",
    ),
    "late splits in a chain, each of whose second keys is dropped": (
        """\
import jax

key = jax.random.key(0)
print(jax.random.normal(key))
key, _ = jax.random.split(key)
print(jax.random.normal(key))
key, _ = jax.random.split(key)
print(jax.random.normal(key))
""",
        """\
import jax

key = jax.random.key(0)
key, subkey = jax.random.split(key)
print(jax.random.normal(subkey))
key, subkey = jax.random.split(key)
print(jax.random.normal(subkey))
key, _ = jax.random.split(key)
print(jax.random.normal(key))
""",
    ),
    "a late split of a key that is read in between": (
        """\
import jax

def f(key):
    x = jax.random.normal(key)
    y = key.shape
    key = jax.random.split(key, 1)[0]
    return x, y, jax.random.normal(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(subkey)
    y = key.shape
    key = jax.random.split(key, 1)[0]
    return x, y, jax.random.normal(key)
""",
    ),
    "a call over several lines": (
        """\
import jax

def f(key):
    x = jax.random.normal(
        key,  # the key
        (3,),
    )
    return x, jax.random.normal(key)
""",
        """\
import jax

def f(key):
    key, subkey = jax.random.split(key)
    x = jax.random.normal(
        subkey,  # the key
        (3,),
    )
    return x, jax.random.normal(key)
""",
    ),
    "tabs": (
        "import jax\ndef f(key):\n\tx = jax.random.normal(key)\n\treturn jax.random.normal(key)\n",
        "import jax\ndef f(key):\n\tkey, subkey = jax.random.split(key)\n"
        "\tx = jax.random.normal(subkey)\n\treturn jax.random.normal(key)\n",
    ),
    "a key that something unseen may have consumed before": (
        """\
import jax

class Wrapper:
    def start(self, key):
        return self.inner.init(key)

def f(inner, batches):
    wrapper = Wrapper(inner)
    key = jax.random.key(0)
    theta = wrapper.start(key)
    state = jax.random.normal(key)
    for batch in batches:
        state = state + jax.random.normal(key)
    key = jax.random.key(1)
    return theta, state, jax.random.normal(key), jax.random.uniform(key)
""",
        """\
import jax

class Wrapper:
    def start(self, key):
        return self.inner.init(key)

def f(inner, batches):
    wrapper = Wrapper(inner)
    key = jax.random.key(0)
    key, start_key, subkey = jax.random.split(key, 3)
    theta = wrapper.start(start_key)
    state = jax.random.normal(subkey)
    for batch in batches:
        key, subkey = jax.random.split(key)
        state = state + jax.random.normal(subkey)
    key = jax.random.key(1)
    key, subkey = jax.random.split(key)
    return theta, state, jax.random.normal(subkey), jax.random.uniform(key)
""",
    ),
    "a key that was made for a method, over several lines": (
        """\
import jax

def f(env, rng):
    rng, reset_rng = jax.random.split(rng)
    state = env.reset(
        rng=rng,
    )
    for _ in range(3):
        rng, step_rng = jax.random.split(rng)
        state = env.step(state, step_rng)
    return state
""",
        """\
import jax

def f(env, rng):
    rng, reset_rng = jax.random.split(rng)
    state = env.reset(
        rng=reset_rng,
    )
    for _ in range(3):
        rng, step_rng = jax.random.split(rng)
        state = env.step(state, step_rng)
    return state
""",
    ),
    "a seed with its comment": (
        """\
import random

for i in range(3):
    random.seed(0)  # reproducible
    print(random.random())
""",
        """\
import random

random.seed(0)  # reproducible
for i in range(3):
    print(random.random())
""",
    ),
    "a seed out of two loops": (
        """\
import numpy as np

for i in range(3):
    for j in range(3):
        rng = np.random.default_rng(0)
        print(rng.normal())
""",
        """\
import numpy as np

rng = np.random.default_rng(0)
for i in range(3):
    for j in range(3):
        print(rng.normal())
""",
    ),
}


@pytest.mark.parametrize(("before", "after"), REPAIRED.values(), ids=REPAIRED)
def test_what_the_fix_writes(before: str, after: str) -> None:
    assert fixed(before) == after
    assert fixed(after) == after
    assert check_source(program(after)) == []


#: Comprehensions with one key, and what they become: a function of a key and a list.
COMPREHENSIONS = {
    "so many times": (
        "[jax.random.normal(key) for _ in range(3)]",
        "[jax.random.normal(subkey) for subkey in jax.random.split(key, 3)]",
    ),
    "with a number": (
        "{i: jax.random.normal(key) for i in range(3)}",
        "{i: jax.random.normal(jax.random.fold_in(key, i)) for i in range(3)}",
    ),
    "numbered": (
        "[x * jax.random.normal(key) for n, x in enumerate(xs)]",
        "[x * jax.random.normal(jax.random.fold_in(key, n)) for n, x in enumerate(xs)]",
    ),
    "over something": (
        "[x * jax.random.normal(key) for x in xs if x > 1]",
        "[x * jax.random.normal(jax.random.fold_in(key, i)) for i, x in enumerate(xs) if x > 1]",
    ),
    "over pairs": (
        "list(x * y * jax.random.normal(key) for x, y in zip(xs, iter(xs)))",
        "list(x * y * jax.random.normal(jax.random.fold_in(key, i))"
        " for i, (x, y) in enumerate(zip(xs, iter(xs))))",
    ),
}


@pytest.mark.parametrize(("before", "after"), COMPREHENSIONS.values(), ids=COMPREHENSIONS)
def test_a_comprehension_gets_a_key_for_each_round(before: str, after: str) -> None:
    jax = pytest.importorskip("jax")
    head = "import jax\n\ndef f(key, xs):\n    return "
    # Wide ones get rows of their own: what counts here is what is in them.
    result = fixed(f"{head}{before}\n")
    assert "".join(result.split()) == "".join(f"{head}{after}\n".split())
    assert check_source(program(result)) == []
    with jax.debug_key_reuse(True):
        with pytest.raises(jax.errors.KeyReuseError):
            eval(before, {"jax": jax, "key": jax.random.key(0), "xs": [2.0, 3.0, 4.0]})
        drawn = eval(after, {"jax": jax, "key": jax.random.key(0), "xs": [2.0, 3.0, 4.0]})
    assert len(drawn) == 3


LEFT_ALONE = {
    "an attribute of a module, which may not change": "import flax.linen as nn\n"
    "class A(nn.Module):\n    def setup(self):\n        self.key = jax.random.key(0)\n"
    "    def noise(self):\n        a = jax.random.normal(self.key)\n"
    "        return a, jax.random.uniform(self.key)\n",
    "an attribute that is changed under a trace": "class A:\n    def __init__(self):\n"
    "        self.key = jax.random.key(0)\n        self.run = jax.jit(self.noise)\n"
    "    def noise(self):\n        a = jax.random.normal(self.key)\n"
    "        return a, jax.random.uniform(self.key)\n",
    "an attribute that an inner function reads": "class A:\n    def __init__(self):\n"
    "        self.key = jax.random.key(0)\n    def noise(self):\n"
    "        a = jax.random.normal(self.key)\n        shape = lambda: self.key.shape\n"
    "        return a, shape(), jax.random.uniform(self.key)\n",
    "an attribute of another object": "def f(state):\n    a = jax.random.normal(state.key)\n"
    "    return a, jax.random.uniform(state.key)\n",
    "a key that a method reads": "key = jax.random.key(0)\nx = jax.random.normal(key)\n"
    "class Model:\n    def init(self):\n        return key.shape, lambda key: key\n"
    "y = jax.random.normal(key)\n",
    "keys that somebody gets all at once": "def f(key, n, a):\n"
    "    keys = jax.random.split(key, n)\n    x = a.init(keys)\n"
    "    return x, jax.vmap(jax.random.normal)(keys)\n",
    "a key that another use is meant to share": "def get(n, key):\n"
    "    return jax.random.normal(key, (n,))\n\ndef f(key, path):\n    sde = get(9, key)\n"
    "    sde_short = get(3, key)\n    return sde, sde_short, jax.random.uniform(key)\n",
    "a key that two objects are meant to share": "def f(env1, env2, key):\n"
    "    # Reset both with the same key.\n    state1 = env1.reset(key)\n"
    "    state2 = env2.reset(key)\n    for _ in range(3):\n"
    "        key, subkey = jax.random.split(key)\n"
    "        print(env1.step(subkey, state1), state2)\n",
    "a key that goes elsewhere in the loop as well": "def f(envs, reset, step):\n"
    "    key = jax.random.key(0)\n    for env in envs:\n        state = reset(env, key)\n"
    "        action = jax.random.normal(key)\n        step(state, action, key)\n",
    "a key that an inner function reads": "def f(key):\n    def g():\n        return key.shape\n"
    "    x = jax.random.normal(key)\n    return x, g(), jax.random.normal(key)\n",
    "the object that holds the key": "class A:\n    def noise(self):\n"
    "        return jax.random.normal(self.key)\n    def f(self):\n        a = self.noise()\n"
    "        b = self.noise()\n        return a, b\n",
    "an array of keys": "def f(key):\n    ks = jax.random.split(key, 3)\n"
    "    a = jax.vmap(jax.random.normal)(ks)\n    return a, jax.vmap(jax.random.uniform)(ks)\n",
    "what may be an array of keys": "def f(ks):\n    a = jax.vmap(jax.random.normal)(ks)\n"
    "    return a, jax.vmap(jax.random.uniform)(ks)\n",
    "a key that may be None": "def f(x, key=None):\n    if key is not None:\n"
    "        x = jax.random.normal(key)\n        x += jax.random.uniform(key)\n    return x\n",
    "two comprehensions in one": "def f(key):\n"
    "    return [jax.random.normal(key, (x, y)) for x in (1, 2) for y in (3, 4)]\n",
    "a comprehension in a loop": "def f(key):\n    for _ in range(2):\n"
    "        print([jax.random.normal(key) for _ in range(3)])\n",
    "twice in a comprehension": "def f(key):\n"
    "    return [(jax.random.normal(key), jax.random.uniform(key)) for _ in range(3)]\n",
    "a lambda": "f = lambda key: jax.random.normal(key) + jax.random.normal(key)\n",
    "a condition of elif": "def f(key, a):\n    if a:\n        pass\n"
    "    elif jax.random.bernoulli(key):\n        return jax.random.normal(key)\n",
    "a condition of while": "def f(key):\n    while jax.random.bernoulli(key):\n        pass\n",
    "two statements on a line": "def f(key):\n    x = jax.random.normal(key); y = x\n"
    "    return jax.random.normal(key)\n",
    "an attribute": "def f(state):\n    x = jax.random.normal(state.key)\n"
    "    return x, jax.random.normal(state.key)\n",
    "an element": "def f(keys):\n    x = jax.random.normal(keys[0])\n"
    "    return x, jax.random.normal(keys[0])\n",
    "an item of somebody else's dictionary": "def f(state):\n"
    "    x = jax.random.normal(state['key'])\n    return x, jax.random.normal(state['key'])\n",
    "an item of a dictionary that may be another": "def f(key, states):\n"
    "    state = {'key': key}\n    state = states.get(0, state)\n"
    "    x = jax.random.normal(state['key'])\n    return x, jax.random.normal(state['key'])\n",
    "an item of a dictionary that an inner function reads": "def f(key):\n"
    "    state = {'key': key}\n    x = jax.random.normal(state['key'])\n"
    "    return x, jax.random.normal(state['key']), lambda: state\n",
    "an element of keys that somebody gets all at once": "def f(key, g):\n"
    "    keys = jax.random.split(key, 2)\n    x = jax.random.normal(keys[0])\n"
    "    return x, g(keys), jax.random.normal(keys[0])\n",
    "an element of so many keys": "def f(key, n):\n    keys = jax.random.split(key, n)\n"
    "    x = jax.random.normal(keys[0])\n    return x, jax.random.normal(keys[0])\n",
    "an element from the end": "def f(key):\n    keys = jax.random.split(key, 2)\n"
    "    x = jax.random.normal(keys[-1])\n    return x, jax.random.normal(keys[1])\n",
    "an element with a number that is not written": "def f(key, i):\n"
    "    keys = jax.random.split(key, 2)\n    x = jax.random.normal(keys[i])\n"
    "    return x, jax.random.normal(keys[i])\n",
    "an element that an inner function reads": "def f(key):\n"
    "    keys = jax.random.split(key, 2)\n    x = jax.random.normal(keys[0])\n"
    "    return x, jax.random.normal(keys[0]), lambda: keys[1]\n",
    "an alias": "def f(key):\n    k = key\n    x = jax.random.normal(k)\n"
    "    return x, jax.random.normal(key)\n",
    "a variable of the module": "key = jax.random.key(0)\ndef f():\n"
    "    return jax.random.normal(key), jax.random.normal(key)\n",
    "a global": "key = jax.random.key(0)\ndef f():\n    global key\n"
    "    x = jax.random.normal(key)\n"
    "    y = jax.random.normal(key)\n    key = jax.random.key(1)\n    return x, y\n",
    "an alias made in each round": "def f(key):\n    for _ in range(3):\n        k = key\n"
    "        x = jax.random.normal(k)\n",
    "no way to spell split": "def f(key, jax=jax):\n    x = draw(key)\n    return x, draw(key)\n"
    "from jax.random import normal as draw\n",
}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_reported_and_left_alone_where_no_line_can_be_put(text: str) -> None:
    text = "import jax\n" + text
    found = check_source(program(text))
    assert {item.code for item in found} <= {"RNG201", "RNG202"} and found
    assert fixed(text) == text


SEEDS_LEFT_ALONE = {
    "a seed that the round sets": "for i in x:\n    seed = 3\n"
    "    rng = np.random.default_rng(seed)\n    print(rng.normal(size=i))\n",
    "a key that goes where nobody sees": "for i in x:\n    key = jax.random.key(0)\n"
    "    y = model(i, streams=[key])\n",
    "a draw comes first": "for i in range(3):\n    x = random.random()\n    random.seed(0)\n",
    "used before in the round": "rng = None\nfor i in range(3):\n    print(rng)\n"
    "    rng = np.random.default_rng(0)\n",
    "nothing else in the loop": "for i in range(3):\n    random.seed(0)\n",
    "under a condition": "for i in range(3):\n    if x:\n        random.seed(0)\n    y = 1\n",
    "in a comprehension": "x = [np.random.default_rng(0).normal() for _ in range(3)]\n",
    "bound to something else as well": "for i in range(3):\n    rng = np.random.default_rng(0)\n"
    "    rng = other(i)\n    rng.normal()\n",
    "a key consumed twice": "for i in range(3):\n    key = jax.random.key(0)\n"
    "    k1 = f(jax.random.normal(key))\n    k2 = f(jax.random.split(key))\n",
}


@pytest.mark.parametrize("text", SEEDS_LEFT_ALONE.values(), ids=SEEDS_LEFT_ALONE)
def test_a_seed_stays_where_moving_it_could_matter(text: str) -> None:
    text = "import random\nimport jax\nimport numpy as np\n\n" + text
    found = [item for item in check_source(program(text)) if item.code == "RNG301"]
    assert len(found) == 1
    assert found[0].fix is None


def test_each_cell_of_a_notebook_splits_for_itself() -> None:
    cells = [
        "import jax\nkey, key_act = jax.random.split(jax.random.key(0))",
        "state = env.reset(key)",
        "keys = jax.random.split(key, 4)",
        "action = env.act(key_act)",
        "run(key_act)\nkey1, key2 = jax.random.split(key)\nrun(key1)\nrun(key2)",
        "print(jax.random.normal(key))",
    ]
    code = [{"cell_type": "code", "source": text.splitlines(True)} for text in cells]
    source = Source.from_bytes("x.ipynb", json.dumps({"cells": code}).encode())
    fixed_source = fix_source(source, unsafe=True).source
    after = ["".join(cell["source"]) for cell in json.loads(fixed_source.to_bytes())["cells"]]
    assert after == [
        cells[0],
        "key, key_reset = jax.random.split(key)\nstate = env.reset(key_reset)",
        "key, subkey = jax.random.split(key)\nkeys = jax.random.split(subkey, 4)",
        "key_act, key_act2 = jax.random.split(key_act)\naction = env.act(key_act2)",
        "run(key_act)\nkey, key1, key2 = jax.random.split(key, 3)\nrun(key1)\nrun(key2)",
        cells[5],
    ]
