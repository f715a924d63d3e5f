"""Elements of arrays of keys: by iterators, by counted indices, by the round of a loop."""

from __future__ import annotations

import pytest
from expectations import expected, program, reported

HEADER = """\
import jax.numpy as jnp
import jax.random as jr
from functools import partial
from jax import lax

"""

PROGRAMS = {
    "the last key first": """\
def f(key):
    ks = jr.split(key, 3)
    for k in reversed(ks):
        x = jr.normal(k)
        break
    return x, jr.normal(ks[0]), jr.normal(ks[-1])  # expect: RNG201
""",
    "all keys, backwards": """\
def f(key):
    ks = jr.split(key, 3)
    return [jr.normal(k) for k in reversed(ks)], jr.normal(ks[1])  # expect: RNG201
""",
    "an iterator that is empty": """\
def f(key):
    it = iter(jr.split(key))
    for k in it:
        x = jr.normal(k)
    for k in it:
        x += jr.normal(k)
    return x
""",
    "an iterator of its own, twice": """\
def f(key):
    ks = jr.split(key)
    return jr.normal(next(iter(ks))), jr.normal(next(iter(ks)))  # expect: RNG201
""",
    "a function that iterates over what it gets": """\
def draw(keys):
    it = iter(keys)
    return jr.normal(next(it)), jr.normal(next(it))

def f(key):
    ks = jr.split(key, 4)
    return draw(ks[:2]), draw(ks[2:]), draw(ks)  # expect: RNG201
""",
    "a function that may get an iterator": """\
def draw(keys):
    it = iter(keys)
    return jr.normal(next(it))

def f(key, stream):
    it = iter(jr.split(key, 3))
    return draw(it), draw(it), draw(stream), draw(stream)
""",
    "an iterator that a function hands out": """\
class Keys:
    def __init__(self, key):
        self.left = iter(jr.split(key, 3))

    def stream(self):
        return self.left

def f(key, more):
    it = iter(jr.split(key, 3))
    def stream():
        return it
    keys = Keys(more)
    xs = jr.normal(next(stream())), jr.normal(next(stream()))
    return xs, jr.normal(next(keys.stream())), jr.normal(next(keys.stream()))
""",
    "a function that takes out of the list that it gets": """\
def draw(bag):
    return jr.normal(bag.pop())

def f(key):
    bag = list(jr.split(key, 3))
    return draw(bag), draw(bag)
""",
    "two loops over one array, by index and by element": """\
def f(key):
    ks = jr.split(key, 3)
    for i in range(3):
        x = jr.normal(ks[i])
    return x, lax.scan(lambda c, k: (c, jr.normal(k)), 0.0, ks)  # expect: RNG201
""",
    "a copy of what turns out to be a key": """\
def f(x, y):
    a = jr.normal(x.copy())
    b = first(y.copy()), second(y.copy())
    return a, b, jr.split(x)  # expect: RNG201
""",
    "one key at two indices": """\
def f(key):
    ks = jnp.stack([key, key])
    return [jr.normal(ks[i]) for i in range(2)]  # expect: RNG202
""",
    "two keys at two indices": """\
def f(key):
    ks = jnp.stack(jr.split(key))
    pair = ks[0], ks[1]
    return [jr.normal(pair[i]) for i in range(2)]
""",
    "an index and one, in every round": """\
def f(key):
    xs = []
    for _ in range(3):
        xs += [jr.normal(jr.fold_in(key, i + 1)) for i in range(2)]  # expect: RNG202
    return xs
""",
    "two loops that count alike": """\
def f(key, n):
    def draw(i, x):
        return x + jr.normal(jr.fold_in(key, i))
    x = lax.fori_loop(0, n, draw, 0.0)
    y = [jr.normal(jr.fold_in(key, i)) for i in jnp.arange(2)]  # expect: RNG201
    return x, y
""",
    "two loops that count on": """\
def f(key, n):
    x = [jr.normal(jr.fold_in(key, i)) for i in range(2)]
    y = [jr.normal(jr.fold_in(key, i + 2)) for i in range(n)]
    return x, y
""",
    "an element and the index that it has": """\
def f(key):
    ks = jr.split(key, 3)
    return [(jr.normal(k), jr.normal(ks[i])) for i, k in enumerate(ks)]  # expect: RNG201
""",
    "an element and the index of another": """\
def f(key):
    ks = jr.split(key, 4)
    return [(jr.normal(k), jr.normal(ks[i + 2])) for i, k in enumerate(ks[:2])]
""",
    "an index and one": """\
def f(key):
    xs = [jr.normal(jr.fold_in(key, i + 1)) for i in range(2)]
    y = jr.normal(jr.fold_in(key, 0)), jr.normal(jr.fold_in(key, 3))
    return xs, y, jr.normal(jr.fold_in(key, 2))  # expect: RNG201
""",
    "an index and one, which an unknown function may fold in": """\
def f(key, step):
    key = jr.clone(key)
    return [step(key, i + 1) for i in range(3)]
""",
    "a loop over a tuple of keys in a function": """\
def draw(keys):
    return [jr.normal(k) for k in keys]

def f(key):
    xs = []
    for _ in range(3):
        key, sub = jr.split(key)  # expect: RNG202
        xs.append(draw((key, sub)))
    return xs
""",
    "a loop over one key in a function": """\
def draw(keys):
    return [jr.normal(k) for k in keys]

def f(key):
    return draw(jr.split(jr.clone(key))), draw((key, key))  # expect: RNG201
""",
    "what a loop in a function makes of each key": """\
def draw(keys):
    return [jr.normal(jr.fold_in(k, 7)) for k in keys]

def f(key):
    ks = jr.split(key, 4)
    xs = draw(ks[:2]), draw(ks[2:]), [jr.normal(k) for k in ks]
    return xs, draw(ks)  # expect: RNG201
""",
    "a loop in a function that draws in its first round": """\
def draw(keys):
    for i, k in enumerate(keys):
        if i == 0:
            x = jr.normal(k)
    return x

def f(key):
    ks = jr.split(key)
    one, other = jr.split(jr.clone(key))
    return draw(ks), draw((one, other)), jr.normal(ks[1]), jr.normal(other)
""",
    "a first round that comes last": """\
def f(key):
    ks = jr.split(key, 3)
    key = ks[0]
    x = 0
    for i in reversed(range(3)):
        if i == 0:
            key = jr.clone(key)
        x += jr.normal(key)  # expect: RNG202
    return x
""",
    "all that is left of the arguments": """\
def f(key):
    step = lambda s: (lambda i, x: (i + 1, x + jr.normal(jr.fold_in(key, i))))(*s)
    x = lax.while_loop(lambda s: s[0] < 2, step, (0, 0.0))[1]
    return x, jr.normal(jr.split(key)[0])  # expect: RNG201
""",
    "a loop that certainly makes a round": """\
def f(key):
    x = jr.normal(jr.fold_in(key, 2))
    n = 0
    while n < 2:
        n += 1
        key, sub = jr.split(key)
        x += jr.normal(sub)
    return x, jr.split(key, 3)
""",
    "a function without keys of its own that is handed on": """\
def twice(key):
    return jnp.array([key, key])

def f(key):
    return [jr.normal(k) for k in partial(twice)(key)]  # expect: RNG202
""",
    "what an iterator of a parameter hands out, and its first": """\
def f(keys):
    it = iter(keys)
    return jr.normal(next(it)), jr.split(keys[0])

def g(key):
    return f(jr.split(key, 3))  # expect: RNG201
""",
    "what is left in the third of three rounds": """\
def f(key):
    ks = jr.split(key, 3)
    k = jr.key(1)
    x = 0.0
    for i, own in zip(range(3), ks):
        k, sub = jr.split(k)  # expect: RNG202
        x += jr.normal(sub)
        k = ks[2]
    return x
""",
    "two rounds of the same": """\
def f(key):
    ks = jr.split(key, 2)
    k = jr.key(1)
    x = 0.0
    for i, own in zip(range(3), ks):
        k, sub = jr.split(k)
        x += jr.normal(sub)
        k = ks[1]
    return x
""",
    "a zip of nothing, and of who knows what": """\
def f(key, parts):
    x = [each for each in zip()]
    for each in zip(*parts):
        x.append(jr.normal(key) + each)  # expect: RNG202
    return x
""",
    "a flag after three rounds": """\
def f(key, a, b):
    x = 0.0
    if b:
        for i in range(3):
            b = not b
        if b and a:
            x += jr.normal(key)
    return x + jr.normal(key)
""",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_what_is_reported(text: str) -> None:
    source = program(HEADER + text)
    assert reported(source) == expected(source)
