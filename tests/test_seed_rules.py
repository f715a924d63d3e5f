"""What RNG301, RNG302 and RNG303 say of seeds that several functions, files or libraries share."""

from __future__ import annotations

import random
from pathlib import Path

import jax
import numpy as np
import pytest
from expectations import fixed, program

from rnglint import check_source
from rnglint.diagnostics import Diagnostic
from rnglint.engine import view_source
from rnglint.source.reading import Source

SEEDS = ("RNG301", "RNG302", "RNG303")


def found(source: Source) -> list[Diagnostic]:
    return [each for each in check_source(source) if each.code in SEEDS]


def rows(text: str, filename: str = "program.py") -> list[tuple[int, str]]:
    """The rows and codes of what these rules report of a text."""
    return [(each.span.start.row, each.code) for each in found(program(text, filename))]


# -- several files -------------------------------------------------------------------------------

UTILITIES = """\
import numpy as np
import random

def noised(values, seed):
    rng = np.random.default_rng(seed)
    return values + rng.normal(size=len(values))

def prepare(seed=3):
    random.seed(seed)

def deeper(x):
    prepare()
    return x

def plain(x, seed):
    return x + seed
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "pyproject.toml": "",
        "pkg/__init__.py": "from .utilities import noised\n",
        "pkg/utilities.py": UTILITIES,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def in_project(project: Path, text: str, name: str = "pkg/main.py") -> list[Diagnostic]:
    path = project / name
    path.write_text(text)
    return found(Source.read(path))


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        pytest.param(
            "from .utilities import noised\n"
            "def f(shards, seed):\n    return [noised(each, seed) for each in shards]\n",
            [3],
            id="a function of a module beside",
        ),
        pytest.param(
            "from pkg import noised\n"
            "def f(shards, seed):\n    return [noised(each, seed) for each in shards]\n",
            [3],
            id="a function that the package hands on",
        ),
        pytest.param(
            "from . import utilities as u\n"
            "def f(rands):\n    for each in rands:\n        u.deeper(each)\n",
            [4],
            id="a default, two calls away in a module under another name",
        ),
        pytest.param(
            "from .utilities import noised, plain\n"
            "def f(shards):\n    return [noised(plain(each, 0), i) for i, each in "
            "enumerate(shards)]\n",
            [],
            id="a seed that varies",
        ),
        pytest.param(
            "from .utilities import plain\n"
            "def f(shards, seed):\n    return [plain(each, seed) for each in shards]\n",
            [],
            id="a function that seeds nothing",
        ),
    ],
)
def test_functions_of_other_files_are_followed(
    project: Path, text: str, reported: list[int]
) -> None:
    assert [(each.span.start.row, each.code) for each in in_project(project, text)] == [
        (row, "RNG302") for row in reported
    ]


def test_the_line_that_seeds_is_shown_in_its_own_file(project: Path) -> None:
    text = "from .utilities import deeper\nseeds = [deeper(each) for each in range(3)]\n"
    (only,) = in_project(project, text)
    (seeded, loop) = only.related
    assert only.message == (
        "`deeper` seeds `random.seed` with `3` at each call: every round of the comprehension"
        " replays the same numbers"
    )
    assert Path(seeded.filename or "") == project / "pkg/utilities.py"
    assert (seeded.span.start.row, loop.filename) == (9, None)


def test_a_file_depends_on_the_files_whose_functions_it_calls(project: Path) -> None:
    path = project / "pkg/main.py"
    path.write_text("from .utilities import plain\nseeds = [plain(each, 0) for each in range(3)]\n")
    consulted = view_source(Source.read(path)).consulted
    assert [Path(each) for each in consulted] == [project / "pkg/utilities.py"]


# -- imports and constructors --------------------------------------------------------------------

IMPORTED = "import random\nrandom.seed(0)\n\ndef f():\n    return random.random()\n"
MADE = """\
import random

class Policy:
    def __init__(self, size):
        random.seed(SEED)
        self.size = size
"""


@pytest.mark.parametrize(
    ("name", "text", "reported"),
    [
        pytest.param("pkg/sampling.py", IMPORTED, [2], id="a module of a package"),
        pytest.param("pkg/train.py", IMPORTED, [], id="a script that lies in a package"),
        pytest.param("pkg/test_sampling.py", IMPORTED, [], id="a test"),
        pytest.param("sampling.py", IMPORTED, [], id="a file that belongs to no package"),
        pytest.param(
            "pkg/tool.py",
            f"{IMPORTED}\nif __name__ == '__main__':\n    f()\n",
            [],
            id="a module that is run",
        ),
        pytest.param("pkg/policy.py", MADE, [5], id="a constructor"),
        pytest.param(
            "pkg/policy.py",
            MADE.replace("(self, size)", "(self, size, seed)").replace("SEED", "seed"),
            [],
            id="a constructor that is given the seed",
        ),
        pytest.param(
            "pkg/policy.py",
            MADE.replace("Policy", "Trainer"),
            [],
            id="an object of which there is one",
        ),
    ],
)
def test_packages_do_not_seed_for_everybody(
    project: Path, name: str, text: str, reported: list[int]
) -> None:
    rows_found = [each.span.start.row for each in in_project(project, text, name)]
    assert rows_found == reported


# -- every library -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("imported", "call"),
    [
        ("import torch", "torch.manual_seed(0)"),
        ("import torch", "torch.cuda.manual_seed_all(0)"),
        ("import torch", "g = torch.Generator().manual_seed(0)"),
        ("import random", "random.Random().seed(0)"),
        ("import numpy as np", "np.random.SeedSequence(0)"),
        ("import cupy", "cupy.random.seed(0)"),
        ("import tensorflow as tf", "tf.random.set_seed(0)"),
        ("import keras", "keras.utils.set_random_seed(0)"),
        ("from lightning.pytorch import seed_everything", "seed_everything(0)"),
        ("from transformers import set_seed", "set_seed(seed=0)"),
        ("import haiku as hk", "keys = hk.PRNGSequence(0)"),
        ("from flax import nnx", "rngs = nnx.Rngs(0)"),
    ],
)
def test_every_library_is_known_to_reset_in_a_loop(imported: str, call: str) -> None:
    looped = f"{imported}\n\ndef f(n):\n    for i in range(n):\n        {call}\n        print(i)\n"
    called = f"{imported}\n\ndef g():\n    {call}\n\ndef f(n):\n    while n:\n        g()\n"
    assert rows(looped) == [(5, "RNG301")]
    seeds_globally = "=" not in call.partition("(")[0] and "Random()" not in call
    expected = [(8, "RNG302")] if seeds_globally and "SeedSequence" not in call else []
    assert rows(called) == expected
    assert rows(looped.replace("(0)", "(i)").replace("=0", "=i")) == []


def test_a_method_that_seeds_a_known_generator() -> None:
    text = """\
import torch

def perturb(parameters, seed):
    generator = torch.Generator()
    for each in parameters:
        generator.manual_seed(int(seed))
        print(torch.rand(2, generator=generator))
"""
    assert rows(text) == [(6, "RNG301")]
    assert "    generator.manual_seed(int(seed))\n    for" in fixed(text)


# -- duplicates without a fix --------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "cards = random.Random(seed)\n    dice = random.Random(seed)\n"
            "    return cards.random(), dice.randint(1, 6)",
            id="the standard library",
        ),
        pytest.param(
            "weights = nnx.Rngs(0)\n    dropout = nnx.Rngs(0)\n"
            "    return weights.params(), dropout.dropout()",
            id="streams of keys",
        ),
        pytest.param(
            "weights, dropout = torch.Generator(), torch.Generator()\n"
            "    weights.manual_seed(1); dropout.manual_seed(1)\n"
            "    return torch.rand(2, generator=weights), torch.randn(2, generator=dropout)",
            id="methods that seed",
        ),
        pytest.param(
            "data_rng = np.random.default_rng(seed)\n    points = data_rng.normal()\n"
            "    noise_rng = np.random.default_rng(seed)\n"
            "    return points + noise_rng.normal(), data_rng.random()",
            id="lines apart",
        ),
    ],
)
def test_a_duplicate_is_reported_without_a_fix(body: str) -> None:
    head = "import random\nimport numpy as np\nimport torch\nfrom flax import nnx\n"
    (only,) = found(program(f"{head}\ndef f(seed):\n    {body}\n"))
    assert (only.code, only.fix) == ("RNG303", None)


def test_names_that_are_bound_again_are_no_duplicates() -> None:
    text = """\
import numpy as np

def f(seed, flip):
    one = np.random.default_rng(seed)
    other = np.random.default_rng(seed)
    if flip:
        one = np.random.default_rng(flip)
    return one.normal(), other.normal()
"""
    assert rows(text) == []


# -- what the rules claim is so ------------------------------------------------------------------


def test_two_generators_of_one_seed_are_one_stream_and_spawned_ones_are_not() -> None:
    one, other = np.random.default_rng(5), np.random.default_rng(5)
    assert np.array_equal(one.normal(size=9), other.normal(size=9))
    one, other = np.random.default_rng(5).spawn(2)
    assert not np.array_equal(one.normal(size=9), other.normal(size=9))


def test_keys_of_both_kinds_draw_alike() -> None:
    with_type = jax.random.normal(jax.random.key(3), (4,))
    assert np.array_equal(with_type, jax.random.normal(jax.random.PRNGKey(3), (4,)))


def test_a_callee_that_seeds_takes_the_seed_of_its_caller_away() -> None:
    state = random.getstate()

    def helper() -> None:
        random.seed(0)

    def drawn_after(seed: int) -> float:
        random.seed(seed)
        helper()
        return random.random()

    try:
        assert drawn_after(1) == drawn_after(2)
    finally:
        random.setstate(state)


def test_a_generator_made_of_a_generator_is_the_same_one() -> None:
    rng = np.random.default_rng(0)
    assert np.random.default_rng(rng) is rng
