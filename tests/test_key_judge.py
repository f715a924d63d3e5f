"""JAX is the judge: the static verdict on a program is that of `jax.debug_key_reuse` running it.

Each program is run for every combination of its flags, since a run sees one path only. Where the
two verdicts differ on purpose, the table says so, and running the program shows who is right.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from expectations import program

from rnglint import check_source

jax = pytest.importorskip("jax")
jr = jax.random

HEADER = """\
import jax
import jax.numpy as jnp
from functools import partial
from jax import random as jr

normal = jr.normal


def draw(key, n=2):
    return jr.normal(key, (n,))


def keep(key):
    return key


def refresh(key):
    key, subkey = jr.split(key)
    return key, jr.normal(subkey)


def maybe(key, use):
    if use:
        return jr.normal(key)
    return 0.0


def program(key, a, b):
"""

#: Programs on which both verdicts are "ok".
OK = {
    "one draw": "return normal(key)",
    "split, then both keys": "k1, k2 = jr.split(key)\nreturn normal(k1), normal(k2)",
    "rebinding": "key, sub = jr.split(key)\nx = normal(sub)\nkey, sub = jr.split(key)\nnormal(sub)",
    "exclusive branches": "if a:\n    return normal(key)\nelse:\n    return jr.uniform(key)",
    "early return": "if a:\n    return normal(key)\nreturn jr.uniform(key)",
    "correlated conditions": "if a:\n    normal(key)\nif not a:\n    normal(key)",
    "correlated by and": "if a and b:\n    normal(key)\nif not a:\n    normal(key)",
    "correlated by a constant": "m = int(a)\nif m == 0:\n    normal(key)\n"
    "if m == 1:\n    normal(key)",
    "split on one path only": "if a:\n    key, _ = jr.split(key)\nreturn normal(key)",
    "ternary": "return normal(key) if a else jr.uniform(key)",
    "raise on one path": "try:\n    if a:\n        raise ValueError\n    normal(key)\n"
    "except ValueError:\n    normal(key)",
    "elements": "ks = jr.split(key, 3)\nreturn normal(ks[0]), normal(ks[1]), normal(ks[-1])",
    "disjoint slices": "ks = jr.split(key, 4)\njax.vmap(normal)(ks[:2])\njax.vmap(normal)(ks[2:])",
    "iteration": "for k in jr.split(key, 3):\n    normal(k)",
    "zip": "for k, n in zip(jr.split(key, 2), (1, 2)):\n    draw(k, n)",
    "loop index": "ks = jr.split(key, 3)\nfor i in range(3):\n    normal(ks[i])",
    "enumerate": "for i, k in enumerate(jr.split(key, 3)):\n    normal(k)",
    "loop that refreshes": "for _ in range(3):\n    key, sub = jr.split(key)\n    normal(sub)",
    "while that refreshes": "n = 0\nwhile n < 3:\n    key, sub = jr.split(key)\n"
    "    normal(sub)\n    n += 1",
    "fold_in of the index": "for i in range(3):\n    normal(jr.fold_in(key, i))",
    "fold_in of two constants": "return normal(jr.fold_in(key, 0)), normal(jr.fold_in(key, 1))",
    "loop that ends in its first round": "for _ in range(3):\n    normal(key)\n    break",
    "guard for the first round": "for i in range(3):\n    if i == 0:\n        normal(key)",
    "clone": "normal(jr.clone(key))\nreturn normal(key)",
    "looking at it": "print(key.shape, key.dtype)\njr.key_data(key)\nreturn normal(key)",
    "a helper that keeps it": "k = keep(key)\nreturn normal(k)",
    "a helper that refreshes it": "key, x = refresh(key)\nkey, y = refresh(key)\nreturn x, y",
    "a helper told not to use it": "maybe(key, False)\nreturn normal(key)",
    "comprehension over keys": "return [normal(k) for k in jr.split(key, 3)]",
    "starred rest": "first, *rest = jr.split(key, 3)\nreturn normal(first), normal(rest[0])",
    "keys in a dict": "ks = dict(zip('ab', jr.split(key)))\n"
    "return normal(ks['a']), normal(ks['b'])",
    "jit of a helper": "k1, k2 = jr.split(key)\nf = jax.jit(draw)\nreturn f(k1), f(k2)",
    "shape only": "jax.eval_shape(normal, key)\nreturn normal(key)",
}

#: Programs on which both verdicts are "reuse".
REUSE = {
    "two draws": "normal(key)\nnormal(key)",
    "two samplers": "normal(key)\njr.uniform(key)",
    "draw, then split": "normal(key)\njr.split(key)",
    "split, then draw": "jr.split(key)\nnormal(key)",
    "two splits": "jr.split(key)\njr.split(key, 3)",
    "alias": "k = key\nnormal(k)\nnormal(key)",
    "one path, then again": "if a:\n    normal(key)\nnormal(key)",
    "conditions that can both hold": "if a:\n    normal(key)\nif b:\n    normal(key)",
    "condition that is set anew": "if a:\n    normal(key)\na = not a\nif not a:\n    normal(key)",
    "element twice": "ks = jr.split(key, 3)\nnormal(ks[0])\nnormal(ks[0])",
    "negative index": "ks = jr.split(key, 4)\nnormal(ks[-1])\nnormal(ks[3])",
    "overlapping slices": "ks = jr.split(key, 4)\njax.vmap(normal)(ks[:3])\n"
    "jax.vmap(normal)(ks[2:])",
    "slice, then its element": "ks = jr.split(key, 4)\njax.vmap(normal)(ks[1:])\nnormal(ks[2])",
    "array, then element": "ks = jr.split(key, 4)\njax.vmap(normal)(ks)\nnormal(ks[0])",
    "loop": "for _ in range(2):\n    normal(key)",
    "loop that drops the new key": "for _ in range(2):\n    _, sub = jr.split(key)\n"
    "    normal(sub)",
    "refreshed on one path": "for i in range(2):\n    if a:\n"
    "        key, _ = jr.split(key)\n    normal(key)",
    "comprehension": "return [normal(key) for _ in range(2)]",
    "two loops over one array": "ks = jr.split(key, 2)\nfor i in range(2):\n    normal(ks[i])\n"
    "for i in range(2):\n    normal(ks[i])",
    "helper twice": "x = draw(key)\ny = draw(key)",
    "helper, then draw": "draw(key)\nnormal(key)",
    "one call, two parameters": "f = lambda k, l: normal(k) + normal(l)\nreturn f(key, key)",
    "helper told to use it": "maybe(key, True)\nreturn normal(key)",
    "jitted helper twice": "f = jax.jit(draw, static_argnums=1)\nreturn f(key), f(key)",
    "partial": "f = partial(jr.normal, shape=(2,))\nreturn f(key), f(key)",
    "tuple": "pair = (key, 1)\nnormal(pair[0])\nnormal(key)",
    "after a loop": "for k in [key]:\n    normal(k)\nnormal(key)",
    "in finally": "try:\n    normal(key)\nfinally:\n    normal(key)",
    "in else": "for _ in range(1):\n    normal(key)\nelse:\n    normal(key)",
    "walrus": "normal(k := key)\nnormal(k)",
    "match": "match a:\n    case True:\n        normal(key)\nnormal(key)",
}

#: Programs that JAX passes and that draw the same numbers twice: both results are returned.
BEYOND_JAX = {
    "fold_in of the same": "return normal(jr.fold_in(key, 7)), normal(jr.fold_in(key, 7))",
    "split and fold_in": "return normal(jr.split(key)[1]), normal(jr.fold_in(key, 1))",
    "fold_in of a constant in a loop": "x, y = [normal(jr.fold_in(key, 7)) for _ in range(2)]\n"
    "return x, y",
    "raw key": "raw = jr.PRNGKey(0)\nreturn normal(raw), normal(raw)",
    "iterating twice": "ks = jr.split(key)\nx = [normal(k) for k in ks]\n"
    "y = [normal(k) for k in ks]\nreturn x[0], y[0]",
    "unpacked, then indexed": "ks = jr.split(key)\nk, _ = ks\nreturn normal(k), normal(ks[0])",
    "a copy": "k = jnp.copy(key)\nreturn normal(k), normal(key)",
}

#: Programs that JAX stops and that we pass: the repetition is meant, or no key is used twice.
STRICTER_JAX = {
    "warm-up": "draw(key)\nx = draw(key)\nreturn x",
    "results compared": "x = draw(key)\ny = jax.jit(draw)(key)\nassert jnp.allclose(x, y)",
    "results compared at once": "assert (draw(key) == draw(key)).all()",
    "two elements taken, none used": "ks = jr.split(key)\nk = ks[0]\nl = ks[0]",
    "stacked keys, used once": "k1, k2 = jr.split(key)\n"
    "return jax.vmap(normal)(jnp.stack([k1, k2]))",
}


def static_verdict(body: str) -> bool:
    """Whether rnglint finds a reuse in `program`."""
    found = check_source(program(HEADER + indented(body)))
    return any(item.code in ("RNG201", "RNG202") for item in found)


def indented(body: str) -> str:
    """The lines of a function body."""
    return "".join(f"    {line}\n" for line in body.splitlines())


def compiled(body: str) -> Callable[..., Any]:
    """The function `program` with this body."""
    namespace: dict[str, Any] = {}
    exec(HEADER + indented(body), namespace)
    return namespace["program"]


def dynamic_verdict(body: str) -> bool:
    """Whether JAX raises a KeyReuseError on any path."""
    for a, b in itertools.product((False, True), repeat=2):
        with jax.debug_key_reuse(True):
            try:
                compiled(body)(jr.key(0), a, b)
            except jax.errors.KeyReuseError:
                return True
    return False


@pytest.mark.parametrize("body", OK.values(), ids=OK)
def test_both_pass_a_program_without_reuse(body: str) -> None:
    assert not dynamic_verdict(body)
    assert not static_verdict(body)


@pytest.mark.parametrize("body", REUSE.values(), ids=REUSE)
def test_both_find_a_reuse(body: str) -> None:
    assert dynamic_verdict(body)
    assert static_verdict(body)


@pytest.mark.parametrize("body", BEYOND_JAX.values(), ids=BEYOND_JAX)
def test_what_jax_passes_and_we_report_draws_equal_numbers(body: str) -> None:
    assert not dynamic_verdict(body)
    first, second = compiled(body)(jr.key(0), True, True)
    assert (first == second).all()
    assert static_verdict(body)


@pytest.mark.parametrize("body", STRICTER_JAX.values(), ids=STRICTER_JAX)
def test_what_jax_stops_and_we_pass(body: str) -> None:
    assert dynamic_verdict(body)
    assert not static_verdict(body)
