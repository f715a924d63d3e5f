"""RNG108: what it says, which defaults get no fix, and what sharing and the fix do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from expectations import fixed, program

from rnglint import Diagnostic, check_source

HEADER = (
    "import random\nfrom dataclasses import dataclass\nfrom typing import NamedTuple\n"
    "import flax.linen as nn\nfrom flax import nnx\nimport jax\nimport numpy as np\n"
)


def only(text: str) -> Diagnostic:
    """The only finding of RNG108 in a program, whose own lines begin with line 8."""
    found = check_source(program(HEADER + text))
    (one,) = [item for item in found if item.code == "RNG108"]
    return one


MESSAGES = {
    "a generator": (
        "def f(rng=np.random.default_rng(0)):\n    return rng.normal()\n",
        "`np.random.default_rng(0)` is made once, for the default of `rng`: all calls of `f` share"
        " one stream",
        "make `None` the default of `rng`",
    ),
    "a key": (
        "def f(*, key=jax.random.key(0)):\n    return jax.random.normal(key)\n",
        "all calls of `f` draw the same numbers",
        "let the caller pass the key",
    ),
    "a draw": (
        "def f(x=random.random()):\n    return x\n",
        "all calls of `f` get the same draw",
        "`None`",
    ),
    "a draw with a key, which is the whole default": (
        "def f(x=jax.random.normal(jax.random.key(0))):\n    return x\n",
        "`jax.random.normal(jax.random.key(0))` is made once",
        "`None`",
    ),
    "a lambda": (
        "f = lambda rng=random.Random(0): rng.random()\n",
        "all calls of the lambda share one stream",
        "`None`",
    ),
    "a method": (
        "class A:\n    def f(self, rng=random.Random(0)):\n        return rng.random()\n",
        "all calls of `f` share one stream",
        "`None`",
    ),
    "a NamedTuple": (
        "class A(NamedTuple):\n    key: jax.Array = jax.random.key(0)\n",
        "all objects of `A` draw the same numbers",
        "let the caller",
    ),
    "a module of Flax": (
        "class A(nn.Module):\n    rng: object = random.Random(0)\n",
        "all objects of `A` share one stream",
        "`None`",
    ),
    "a class whose methods use it": (
        "class A:\n    rng = random.Random(0)\n    def f(self):\n"
        "        return self.rng.random()\n",
        "all objects of `A` share one stream",
        "`None`",
    ),
    "a list of generators": (
        "def f(rngs=[random.Random(i) for i in range(3)]):\n    return rngs[0].random()\n",
        "`random.Random(i)` is made once",
        "`None`",
    ),
}


@pytest.mark.parametrize(("text", "message", "help"), MESSAGES.values(), ids=list(MESSAGES))
def test_messages_say_what_is_shared_and_what_to_do(text: str, message: str, help: str) -> None:
    found = only(text)
    assert message in found.message
    assert help in found.help


WITHOUT_FIX = {
    "a stream of keys": "def f(rngs=nnx.Rngs(0)):\n    return rngs.params()\n",
    "a generator of bits of one's own": (
        "def f(rng=np.random.Generator(np.random.PCG64(0))):\n    return rng.normal()\n"
    ),
    "a key": "def f(key=jax.random.key(0)):\n    return jax.random.normal(key)\n",
    "a part of a default": "def f(x=[random.Random(0)]):\n    return x[0].random()\n",
    "a lambda": "f = lambda rng=random.Random(0): rng.random()\n",
    "a body in the same line": "def f(rng=random.Random(0)): return rng.random()\n",
    "two statements in a line": "def f(rng=random.Random(0)):\n    x = 1; return rng.random()\n",
    "no body but documentation": 'def f(rng=random.Random(0)):\n    """Nothing."""\n',
    "a default of several lines": "def f(rng=random.Random(\n    0)):\n    return rng.random()\n",
    "an annotation that is evaluated": (
        "def f(rng: random.Random = random.Random(0)):\n    return rng.random()\n"
    ),
    "a function in a function": (
        "def f(n):\n    def g(rng=random.Random(n)):\n        return rng.random()\n    return g\n"
    ),
    "a name that the body binds": (
        "seed = 1\ndef f(rng=random.Random(seed)):\n    seed = 2\n    return rng.random() + seed\n"
    ),
    "a name of the class": (
        "class A:\n    seed = 1\n    def f(self, rng=random.Random(seed)):\n"
        "        return rng.random()\n"
    ),
    "a NamedTuple": "class A(NamedTuple):\n    x: float = random.random()\n",
    "a class body": (
        "class A:\n    rng = random.Random(0)\n    def f(self):\n        return self.rng.random()\n"
    ),
}


@pytest.mark.parametrize("text", WITHOUT_FIX.values(), ids=list(WITHOUT_FIX))
def test_no_fix_where_it_would_not_be_sound(text: str) -> None:
    assert only(text).code == "RNG108"
    assert fixed(HEADER + text) == HEADER + text


# -- what happens -----------------------------------------------------------------------------

STREAM = "import numpy as np\ndef f(rng=np.random.default_rng(0)):\n    return rng.random()\n"


def function(text: str) -> Callable[..., Any]:
    """The function `f` that a program defines."""
    names: dict[str, Any] = {}
    exec(text, names)
    result: Callable[..., Any] = names["f"]
    return result


def test_a_call_depends_on_the_calls_before_it() -> None:
    alone, after_another = function(STREAM), function(STREAM)
    after_another()
    assert alone() != after_another()


def test_after_the_fix_calls_have_streams_of_their_own_that_can_be_seeded() -> None:
    repaired = function(fixed(STREAM))
    assert repaired() != repaired()
    assert repaired(3) == repaired(3)


@pytest.mark.parametrize("make", ["np.random.default_rng(0)", "np.random.RandomState(0)"])
def test_a_generator_that_is_given_is_used_after_the_fix_as_before(make: str) -> None:
    text = STREAM.replace("np.random.default_rng(0)", make)
    rngs = [np.random.default_rng(5), np.random.default_rng(5)]
    assert fixed(text) != text
    assert function(text)(rngs[0]) == function(fixed(text))(rngs[1])


def test_objects_of_a_dataclass_share_a_stream_until_it_is_fixed() -> None:
    text = (
        "import random\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass A:\n"
        "    rng: random.Random = random.Random(0)\n\n\nf = A\n"
    )
    make = function(text)
    assert make().rng is make().rng
    make = function(fixed(text))
    assert make().rng.random() != make().rng.random()


def test_calls_with_a_default_key_or_draw_get_the_same_numbers() -> None:
    def noise(key: jax.Array = jax.random.key(0)) -> float:  # noqa: B008
        return float(jax.random.normal(key))

    def start(x: float = float(np.random.default_rng().random())) -> float:
        return x

    assert noise() == noise()
    assert start() == start()
