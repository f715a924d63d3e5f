"""RNG206: where a key from a literal is one and the same at every call, and where it is not."""

from __future__ import annotations

import pytest
from expectations import expected, program, reported

from rnglint import Diagnostic, check_source
from rnglint.config.resolution import Config

HEADER = "import haiku as hk\nimport jax\nimport jax.random as jr\nfrom flax import nnx\n\n"
OPTED_IN = Config(select=("RNG206",))


def only(text: str) -> Diagnostic:
    """The only finding in a program."""
    (found,) = check_source(program(HEADER + text), OPTED_IN)
    return found


def test_the_call_is_reported_with_its_function() -> None:
    found = only("def noise(x):\n    return jr.normal(jr.key(0), x.shape)\n")
    assert found.message == (
        "`jr.key(0)` is the same at every call of `noise`: each draws the same numbers"
    )
    assert found.label == "always seeded with 0"
    assert (found.span.start.row, found.span.start.column) == (7, 22)
    assert found.fix is None


def test_a_lambda_has_no_name() -> None:
    assert "at every call of this lambda" in only("f = lambda: jr.normal(jr.key(0))\n").message


def test_the_rule_is_opt_in() -> None:
    text = "def noise(x):\n    return jr.normal(jr.key(0), x.shape)\n"
    assert check_source(program(HEADER + text)) == []


MISUSES = {
    "a keyword": "def f():\n    return jr.normal(jr.PRNGKey(seed=3))  # expect: RNG206\n",
    "a negative literal": "def f():\n    return jr.normal(jr.key(-1))  # expect: RNG206\n",
    "a nested function of main": """\
def main():
    def step():
        return jr.normal(jr.key(0))  # expect: RNG206
    return step() + step()
""",
    "a method": """\
class Net:
    def __call__(self, x):
        return x + jr.normal(jr.key(0), x.shape)  # expect: RNG206
""",
    "an asynchronous function": """\
async def f():
    return jr.normal(jr.key(0))  # expect: RNG206
""",
    "an alias": """\
make = jr.PRNGKey

def f():
    return jr.normal(make(0))  # expect: RNG206
""",
    "an import in the function": """\
def f():
    from jax.random import key, normal
    return normal(key(0))  # expect: RNG206
""",
    "a stream of Flax": "def f():\n    return Net(rngs=nnx.Rngs(0))  # expect: RNG206\n",
    "a stream of Haiku": """\
def f():
    rng = hk.PRNGSequence(42)  # expect: RNG206
    return next(rng)
""",
    "a branch that asks something else": """\
def f(train):
    if train:
        key = jr.key(0)  # expect: RNG206
    else:
        key = jr.key(1)  # expect: RNG206
    return jr.normal(key)
""",
    "shapes and samples": """\
def f(model, x):
    key = jr.key(0)  # expect: RNG206
    return jax.eval_shape(model.init, key, x), jr.normal(key)
""",
    "a dictionary": """\
def f(model, x):
    return model.init({"params": jr.key(0), "dropout": jr.key(1)}, x)  # expect: RNG206, RNG206
""",
    "a call in brackets of another": """\
def f(model, x):
    return g(jax.eval_shape(model.init, x), jr.key(0))  # expect: RNG206
""",
    "a main guard that calls another": """\
def f():
    return jr.normal(jr.key(0))  # expect: RNG206

if __name__ == "__main__":
    run()
""",
}


@pytest.mark.parametrize("text", MISUSES.values(), ids=MISUSES)
def test_misuses(text: str) -> None:
    source = program(HEADER + text)
    assert reported(source, "RNG206") == expected(source)


CLEAN = {
    "the module": "key = jr.key(0)\nfor _ in range(3):\n    key, sub = jr.split(key)\n",
    "a comprehension of the module": "keys = [jr.key(seed) for seed in range(3)]\n",
    "a class body": "class Config:\n    key = jr.key(0)\n",
    "main": "def main(argv):\n    return jr.normal(jr.key(0))\n",
    "a command of Click": """\
import click

@click.command()
def train():
    return jr.normal(jr.key(0))
""",
    "hydra.main": """\
import hydra

@hydra.main(config_path="conf")
def run(config):
    return jr.normal(jr.key(0))
""",
    "what the main guard calls": """\
def run():
    return jr.normal(jr.key(0))

if "__main__" == __name__:
    run()
""",
    "a test": "def test_f():\n    assert jr.normal(jr.key(0)) != 0\n",
    "a helper inside a test": """\
def test_f():
    def sample():
        return jr.normal(jr.key(0))
    assert sample() == sample()
""",
    "a fixture": """\
import pytest

@pytest.fixture(scope="module")
def key():
    return jr.key(0)
""",
    "a test case": """\
class KernelTest(Base):
    def setUp(self):
        self.key = jr.key(0)

    def draw(self):
        return jr.normal(jr.key(1))
""",
    "a default that is missing": """\
def f(key=None):
    if key is None:
        key = jr.key(0)
    return jr.normal(key)
""",
    "a default by or": "def f(key=None):\n    key = key or jr.key(0)\n    return jr.normal(key)\n",
    "a variable seed": "def f(seed):\n    return jr.normal(jr.key(seed))\n",
    "a seed that is computed": "def f(i):\n    return jr.normal(jr.key(i + 1))\n",
    "a seed from elsewhere": "def f():\n    return jr.normal(jr.key(next_seed()))\n",
    "shapes of a lambda": """\
def f(model, x):
    return jax.eval_shape(lambda: model.init(jr.key(0), x))
""",
    "shapes through a name": """\
def f(model, x):
    rng = jr.key(0)
    return jax.make_jaxpr(model.init)(rng, x) if x else jax.eval_shape(model.init, rng=rng, x=x)
""",
    "a base for others": "def f(step):\n    return jr.normal(jr.fold_in(jr.key(0), step))\n",
    "a dummy": """\
def f(net):
    dummy_params = net.init(jr.key(0), 1)
    return count(dummy_params)
""",
    "a function of that name": "def key(seed):\n    return seed\n\ndef f():\n    return key(0)\n",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_nothing_is_reported(text: str) -> None:
    assert check_source(program(HEADER + text), OPTED_IN) == []


@pytest.mark.parametrize("name", ["test_layers.py", "layers_test.py", "tests/conftest.py"])
def test_helpers_of_tests_are_left_alone(name: str) -> None:
    text = "def inputs():\n    return jr.normal(jr.key(0))\n"
    assert check_source(program(HEADER + text, name), OPTED_IN) == []


def test_a_seed_that_a_loop_repeats_is_another_finding() -> None:
    text = "def f():\n    for _ in range(3):\n        print(jr.normal(jr.key(0)))\n"
    found = check_source(program(HEADER + text), Config(extend_select=("RNG206",)))
    assert [each.code for each in found] == ["RNG301"]
