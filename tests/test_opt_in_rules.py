"""RNG106, 110, 401, 402, 403: what they say, and where RNG401 offers no fix."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from expectations import fixed, program

from rnglint import Diagnostic, check_source, fix_source
from rnglint.config.resolution import Config


def only(code: str, text: str, filename: str = "program.py") -> Diagnostic:
    """The only finding of a rule that is selected."""
    found = check_source(program(text, filename), Config(extend_select=(code,)))
    (one,) = [item for item in found if item.code == code]
    return one


MESSAGES = {
    "no seed": (
        "RNG106",
        "import numpy as np\nrng = np.random.default_rng()\n",
        "`np.random.default_rng` gets no seed: no other run draws these numbers",
        "give it a seed",
    ),
    "a seed instead of rng": (
        "RNG110",
        "import numpy as np\ndef f(seed):\n    return np.random.RandomState(seed).normal()\n",
        "public `f` takes `seed`, which SPEC 7 calls `rng`, and cannot be given a generator",
        "`rng = np.random.default_rng(rng)`",
    ),
    "the global state": (
        "RNG110",
        "import numpy as np\nclass A:\n    def f(self):\n        return np.random.normal()\n",
        "public `A.f` draws from NumPy's global state, which no caller can hand to it",
        "take `rng=None` where the object is made",
    ),
    "a class": (
        "RNG110",
        "import numpy as np\nclass A:\n    def __init__(self, random_state=None):\n"
        "        self.rng = np.random.default_rng(random_state)\n",
        "public `A` takes `random_state`",
        "take `rng=None`",
    ),
    "a seed of the standard library": (
        "RNG401",
        "import random\nrandom.seed(1)\n",
        "`random.seed` seeds the hidden global state of `random`",
        "`rng = random.Random(…)`",
    ),
    "a draw of the standard library": (
        "RNG401",
        "from random import choice\nchoice('ab')\n",
        "`choice` draws from the hidden global state of `random`",
        "`rng = random.Random()`",
    ),
    "a seed of PyTorch": (
        "RNG402",
        "import torch\ntorch.manual_seed(1)\nx = torch.randn(2)\n",
        "`torch.manual_seed` seeds the hidden global state of PyTorch; `torch.randn` on line 3"
        " takes a `generator`",
        "torch.Generator().manual_seed(…)",
    ),
    "a seed of TensorFlow": (
        "RNG403",
        "import tensorflow as tf\ntf.random.set_seed(1)\n",
        "`tf.random.set_seed` seeds the hidden global state of TensorFlow",
        "tf.random.Generator.from_seed(…)",
    ),
    "a draw of TensorFlow": (
        "RNG403",
        "import tensorflow as tf\nx = tf.random.normal([3])\n",
        "`tf.random.normal` draws from the hidden global state of TensorFlow",
        "tf.random.stateless_…",
    ),
}


@pytest.mark.parametrize(("code", "text", "message", "help"), MESSAGES.values(), ids=list(MESSAGES))
def test_messages_say_what_is_wrong_and_what_to_do(
    code: str, text: str, message: str, help: str
) -> None:
    found = only(code, text)
    assert message in found.message
    assert help in found.help


@pytest.mark.parametrize("code", ["RNG106", "RNG110", "RNG401", "RNG402", "RNG403"])
def test_nothing_is_reported_that_was_not_selected(code: str) -> None:
    text = (
        "import random, torch\nimport numpy as np\nimport tensorflow as tf\ntorch.manual_seed(1)\n"
        "def f(seed):\n    rng = np.random.default_rng(seed), np.random.default_rng()\n"
        "    return rng, random.random(), torch.rand(3), tf.random.normal([3])\n"
    )
    assert only(code, text).code == code
    assert [item.code for item in check_source(program(text)) if item.code == code] == []


@pytest.mark.parametrize(
    ("filename", "text"),
    [
        ("test_it.py", ""),
        ("_hidden.py", ""),
        ("tests/helper.py", ""),
        ("docs/examples/plot.py", ""),
        ("script.py", "if __name__ == '__main__':\n    print(f(0))\n"),
    ],
)
def test_only_what_others_import_has_to_take_an_rng(filename: str, text: str) -> None:
    text = "import numpy as np\ndef f(seed):\n    return np.random.default_rng(seed)\n" + text
    found = check_source(program(text, filename), Config(extend_select=("RNG110",)))
    assert [item.code for item in found] == []


SEEDED = "import random\nrandom.seed(3)\n"
WITHOUT_FIX = {
    "no seed": "import random\nprint(random.random())\n",
    "no draw": SEEDED,
    "two seeds": SEEDED + "print(random.random())\nrandom.seed(4)\nprint(random.random())\n",
    "a draw before the seed": "import random\nprint(random.random())\nrandom.seed(3)\n",
    "a draw in a function that may be called before": (
        "import random\ndef f():\n    return random.random()\nrandom.seed(3)\n"
    ),
    "a seed under a condition": (
        "import random\nif 1 > 0:\n    random.seed(3)\nprint(random.random())\n"
    ),
    "a seed in another function": (
        "import random\ndef f():\n    random.seed(3)\ndef g():\n    return random.random()\n"
    ),
    "a saved state": SEEDED + "state = random.getstate()\nprint(random.random())\n",
    "the module is passed on": SEEDED + "print(random.random(), str(random))\n",
    "a library that may draw": SEEDED + "import others\nprint(random.random())\n",
    "workers": (
        SEEDED + "from threading import Thread\ndef f():\n    return random.random()\n"
        "Thread(target=f)\n"
    ),
    "a version": "import random\nrandom.seed('a', 1)\nprint(random.random())\n",
}


@pytest.mark.parametrize("text", WITHOUT_FIX.values(), ids=list(WITHOUT_FIX))
def test_no_fix_where_others_may_depend_on_the_global_state(text: str) -> None:
    assert fixed(text, "program.py", "RNG401") == text


def test_names_that_are_imported_one_by_one_are_followed() -> None:
    text = "from random import randint, seed\nseed(3)\nprint(randint(0, 9))\n"
    repaired = fixed(text, "program.py", "RNG401")
    assert repaired == ("from random import Random\nrng = Random(3)\nprint(rng.randint(0, 9))\n")


def test_the_seed_in_a_function_feeds_the_draws_of_that_function() -> None:
    text = (
        "import random\n\n\ndef f(rng, n):\n    random.seed(n)\n"
        "    return rng, [random.gauss(0, 1) for _ in range(n)]\n"
    )
    assert "    random_generator = random.Random(n)\n" in fixed(text, "program.py", "RNG401")


# -- what happens -----------------------------------------------------------------------------


def test_the_fix_of_the_standard_library_keeps_the_numbers() -> None:
    text = (
        "import random\nrandom.seed(5)\n"
        "print(random.random(), random.choice('abc'), random.gauss(0, 1))\n"
    )
    repaired = fixed(text, "program.py", "RNG401")
    assert "random.seed" not in repaired
    outputs = {subprocess.check_output([sys.executable, "-c", item]) for item in (text, repaired)}
    assert len(outputs) == 1


def test_a_draw_of_somebody_else_moves_the_global_stream_and_not_ones_own() -> None:
    state = random.getstate()
    try:
        random.seed(5)
        alone = random.random()
        random.seed(5)
        random.random()  # Somebody else's.
        assert random.random() != alone
        rng = random.Random(5)
        random.random()
        assert rng.random() == alone
    finally:
        random.setstate(state)


def test_a_generator_without_a_seed_draws_other_numbers_each_time() -> None:
    assert np.random.default_rng().random() != np.random.default_rng().random()
    assert np.random.SeedSequence().entropy != np.random.SeedSequence().entropy


def test_the_parameter_style_of_fixes_makes_functions_as_spec_7_wants_them() -> None:
    text = (
        "import numpy as np\ndef jitter(x):\n    return x + np.random.normal(size=x.shape)\n"
        "def twice(x):\n    return jitter(jitter(x))\n"
    )
    config = Config(extend_select=("RNG110",), numpy_rng="parameter")
    assert [each.code for each in check_source(text, config)] == ["RNG102", "RNG110"]
    result = fix_source(text, config, unsafe=True)
    assert not result.remaining
    assert "def twice(x, *, rng=None):" in result.source.program
