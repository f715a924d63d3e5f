"""What RNG203, 204, 205, 207 and 209 say: which key, what repeats it, where, and what helps."""

from __future__ import annotations

import pytest
from expectations import program

from rnglint import Diagnostic, check_source

HEADER = "import functools\nimport random\n\nimport jax\nimport jax.random as jr\n\n"


def only(text: str) -> Diagnostic:
    """The only finding in a program, whose own lines begin with line 7."""
    (found,) = check_source(program(HEADER + text))
    return found


MESSAGES = {
    "a closure under vmap": (
        "def f(key, xs):\n    return jax.vmap(lambda x: x + jr.normal(key))(xs)\n",
        "captured key `key` is consumed by `jax.random.normal` in every run under `jax.vmap`",
        "jax.random.split(key, n)",
    ),
    "a partial under vmap": (
        "def f(key, xs):\n    return jax.vmap(functools.partial(jr.normal, key))(xs)\n",
        "captured key `key` is consumed by",
        "jax.random.split(key, n)",
    ),
    "a closure under fori_loop": (
        "def f(key):\n    return jax.lax.fori_loop(0, 9, lambda i, x: x + jr.normal(key), 0.0)\n",
        "in every run under `jax.lax.fori_loop`",
        "jax.random.fold_in(key, i)",
    ),
    "a closure under tree.map": (
        "def f(key, t):\n    return jax.tree.map(lambda p: p + jr.normal(key), t)\n",
        "in every run under `jax.tree.map`",
        "split one key for each leaf",
    ),
    "a function that is called again": (
        "def f(key):\n    g = lambda: jr.normal(key)\n    return g(), g()\n",
        "again where `lambda` is called on line 9",
        "make the key a parameter",
    ),
    "a function that is called in a loop": (
        "def f(key, xs):\n    def g(x):\n        return x + jr.normal(key)\n"
        "    return [g(x) for x in xs]\n",
        "each time `g` is called in the loop on line 10",
        "make the key a parameter",
    ),
    "an unused key": (
        "def f(key):\n    key, subkey = jr.split(key)\n    return jr.normal(key)\n",
        "key `subkey`, made by `jax.random.split`, is never used",
        "bind it to `_`",
    ),
    "two unused keys of one split": (
        "def f(key):\n    a, b, c = jr.split(key, 3)\n    return jr.normal(b)\n",
        "keys `a`, `c`, made by `jax.random.split`, are never used",
        "bind it to `_`",
    ),
    "keys that are thrown away": (
        "def f(key):\n    jr.split(key)\n",
        "what `jax.random.split` returns is thrown away",
        "key, subkey = jax.random.split(key)",
    ),
    "a key for all lanes": (
        "def f(k, x):\n    return x + jr.normal(k)\n\n"
        "def g(key, xs):\n    return jax.vmap(f, in_axes=(None, 0))(key, xs)\n",
        "every lane of `jax.vmap` consumes the same key `key` (`f` consumes its parameter `k` on",
        "map over the keys too",
    ),
    "a frozen draw": (
        "@jax.jit\ndef f(x):\n    return g(x)\n\ndef g(x):\n    return x + random.random()\n",
        "`random.random` draws once, when `jax.jit` on line 7 traces the function through `f`",
        "pass a key",
    ),
    "a returned key": (
        "def f(key):\n    x = jr.normal(key)\n    return x, key\n",
        "key `key` is returned although `jax.random.normal` consumes it on line 8",
        "key, subkey = jax.random.split(key)",
    ),
    "a returned state": (
        "def f(state):\n    x = jr.normal(state.key)\n    return state._replace(x=x)\n",
        "`state._replace(x=x)`, with the key `state.key`, is returned although",
        "key, subkey = jax.random.split(key)",
    ),
    "a stored key": (
        "class A:\n    def __init__(self, key):\n        self.key = key\n"
        "        self.w = jr.normal(key)\n",
        "key `key` is stored in `self.key` although `jax.random.normal` consumes it on line 10",
        "key, subkey = jax.random.split(key)",
    ),
}


@pytest.mark.parametrize(("text", "message", "help"), MESSAGES.values(), ids=MESSAGES)
def test_what_is_said(text: str, message: str, help: str) -> None:
    found = only(text)
    assert message in found.message
    assert help in found.help


SCANS = {
    "a carry that is not renewed": (
        "def f(key):\n    def body(carry, _):\n        k, x = carry\n"
        "        return (k, x + jr.normal(k)), x\n"
        "    return jax.lax.scan(body, (key, 0.0), None, length=3)\n",
        (10, 34, "in every round of the `jax.lax.scan` loop on line 11"),
    ),
    "a key that the loop has used": (
        "def f(key, n):\n"
        "    x = jax.lax.fori_loop(0, n, lambda i, c: (jr.split(c[0])[0], i), (key, 0))\n"
        "    return x, jr.normal(key)\n",
        (9, 25, "key `key` was already consumed by `lambda` on line 8"),
    ),
    "a branch that may use it": (
        "def f(key, p):\n    a = jax.lax.cond(p, lambda k: jr.normal(k), lambda k: 0.0, key)\n"
        "    return a, jr.uniform(key)\n",
        (9, 26, "key `key` was already consumed by `lambda` on line 8"),
    ),
}


@pytest.mark.parametrize(("text", "expected"), SCANS.values(), ids=SCANS)
def test_loops_and_branches_of_jax(text: str, expected: tuple[int, int, str]) -> None:
    found = only(text)
    row, column, message = expected
    assert (found.span.start.row, found.span.start.column) == (row, column)
    assert message in found.message


def test_a_key_that_a_function_returns_is_reported_there_and_not_where_it_is_used() -> None:
    text = (
        "def step(key):\n    key, _ = jr.split(key)\n    return jr.normal(key), key\n\n"
        "def f(key):\n    x, key = step(key)\n    return x, jr.normal(key)\n"
    )
    found = only(text)
    assert (found.code, found.span.start.row) == ("RNG209", 9)
