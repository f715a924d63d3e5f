"""RNG208: which raw keys are reported, how the fix is spelled, and where there is none."""

from __future__ import annotations

import pytest
from expectations import fixed, program

from rnglint import Diagnostic, check_source
from rnglint.config.resolution import Config

OPTED_IN = Config(select=("RNG208",))


def found(text: str) -> list[Diagnostic]:
    return check_source(program(text), OPTED_IN)


def test_what_is_said() -> None:
    (one,) = found("import jax\nkey = jax.random.PRNGKey(0)\n")
    assert one.message == (
        "`jax.random.PRNGKey` makes a raw key; make a typed one with `jax.random.key`"
    )
    assert (one.span.start.row, one.span.start.column, one.span.end.column) == (2, 7, 25)


def test_the_rule_is_opt_in() -> None:
    assert check_source(program("import jax\nkey = jax.random.PRNGKey(0)\n")) == []


FIXES = {
    "the full name": (
        "import jax\nk = jax.random.PRNGKey(0)\n",
        "import jax\nk = jax.random.key(0)\n",
    ),
    "an alias of the module": (
        "import jax.random as jr\nk = jr.PRNGKey(seed)\n",
        "import jax.random as jr\nk = jr.key(seed)\n",
    ),
    "a module from a package": (
        "from jax import random\nk = random.PRNGKey(seed=0)\n",
        "from jax import random\nk = random.key(seed=0)\n",
    ),
    "the function by its name": (
        "from jax.random import PRNGKey\nk = PRNGKey(0)\n",
        "from jax.random import key\nk = key(0)\n",
    ),
    "two uses of the function by its name": (
        "from jax.random import PRNGKey, normal\na = PRNGKey(0)\nb = PRNGKey(1)\n",
        "from jax.random import normal, key\na = key(0)\nb = key(1)\n",
    ),
    "the name key is taken, but there is another way": (
        "import jax\nfrom jax.random import PRNGKey\nkey = PRNGKey(0)\n",
        "import jax\nfrom jax.random import PRNGKey\nkey = jax.random.key(0)\n",
    ),
    "a reference without a call": (
        "import jax\nkeys = jax.vmap(jax.random.PRNGKey)(seeds)\n",
        "import jax\nkeys = jax.vmap(jax.random.key)(seeds)\n",
    ),
    "where an alias is made": (
        "import jax\nmake = jax.random.PRNGKey\nk = make(0)\n",
        "import jax\nmake = jax.random.key\nk = make(0)\n",
    ),
    "within another call": (
        "import jax\nx = jax.random.normal(jax.random.PRNGKey(0), (2,))\n",
        "import jax\nx = jax.random.normal(jax.random.key(0), (2,))\n",
    ),
    "another implementation": (
        "import jax\nk = jax.random.PRNGKey(0, impl='rbg')\n",
        "import jax\nk = jax.random.key(0, impl='rbg')\n",
    ),
}


@pytest.mark.parametrize(("text", "after"), FIXES.values(), ids=FIXES)
def test_the_fix_keeps_the_style_of_the_file(text: str, after: str) -> None:
    assert fixed(text, "program.py", "RNG208") == after


NO_FIX = {
    "indexed": "import jax\nk = jax.random.PRNGKey(0)[0]\n",
    "indexed by its name": "import jax\nk = jax.random.PRNGKey(0)\nseed = int(k[1])\n",
    "computed with": "import jax\nk = jax.random.PRNGKey(0) + 1\n",
    "computed with by its name": "import jax\nk = jax.random.PRNGKey(0)\nj = k ^ 3\n",
    "read as an array": "import jax\nk = jax.random.PRNGKey(0)\nprint(k.tolist())\n",
    "handed to NumPy": "import jax\nimport numpy as np\nk = np.array(jax.random.PRNGKey(0))\n",
    "handed to NumPy by its name": (
        "import jax\nimport numpy as np\n\ndef f():\n    k = jax.random.PRNGKey(0)\n"
        "    return np.asarray(k)\n"
    ),
    "a file that knows raw keys": (
        "import jax\nk = jax.random.PRNGKey(0)\nt = jax.random.wrap_key_data(k)\n"
    ),
    "a file that allocates keys": (
        "import jax, numpy as np\nk = jax.random.PRNGKey(0)\nkeys = np.zeros((3, 2), np.uint32)\n"
    ),
    "no other name is free": (
        "from jax.random import PRNGKey\n\ndef f():\n    key = PRNGKey(0)\n    return key\n"
    ),
}


@pytest.mark.parametrize("text", NO_FIX.values(), ids=NO_FIX)
def test_no_fix_where_the_array_is_needed(text: str) -> None:
    (one,) = found(text)
    assert one.fix is None


CLEAN = {
    "a typed key": "import jax\nk = jax.random.key(0)\n",
    "an import alone": "from jax.random import PRNGKey\n",
    "a method": "import jax\nk = self.PRNGKey(0)\n",
    "a function of the program": "import jax\ndef PRNGKey(s):\n    return s\nk = PRNGKey(0)\n",
    "a parameter": "import jax\ndef f(jax):\n    return jax.random.PRNGKey(0)\n",
    "an annotation": "import chex, jax\ndef f(key: chex.PRNGKey):\n    return key\n",
    "an annotation with the function": (
        "import jax\ndef f(key: jax.random.PRNGKey):\n    return key\n"
    ),
    "another library": "import mxnet.random as jr\nk = jr.PRNGKey(0)\n",
    "a parameter that is called": "import jax\ndef f(make=None):\n    return make(0)\n",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_nothing_is_reported(text: str) -> None:
    assert found(text) == []


def test_a_silenced_use_keeps_its_import() -> None:
    text = "from jax.random import PRNGKey\na = PRNGKey(0)  # noqa: RNG208\nb = PRNGKey(1)\n"
    assert "import PRNGKey" in fixed(text, "program.py", "RNG208")
