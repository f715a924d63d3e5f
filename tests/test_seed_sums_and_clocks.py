"""RNG107 and RNG304: what they say, which sums get no fix, and that what they warn of happens."""

from __future__ import annotations

import subprocess
import sys

import jax
import numpy as np
import pytest
from expectations import fixed, program, reported

from rnglint import Diagnostic, check_source

HEADER = (
    "import os\nimport random\nimport time\nimport jax\nimport numpy as np\n"
    "from numpy.random import default_rng\n"
)


def only(text: str) -> Diagnostic:
    """The only finding of RNG107 or RNG304 in a program, whose own lines begin with line 7."""
    found = check_source(program(HEADER + text))
    (one,) = [item for item in found if item.code in ("RNG107", "RNG304")]
    return one


MESSAGES = {
    "a rank": (
        "def f(seed, rank):\n    return default_rng(seed + rank)\n",
        "`default_rng` is seeded with `seed + rank`: another `seed` with another `rank` gives the"
        " same stream again",
        "mix the parts, `[rank, seed]`",
    ),
    "a constant beside the seed itself": (
        "def f(seed):\n    return default_rng(seed), default_rng(seed + 1)\n",
        "`default_rng` is seeded with `seed + 1`: a run with another `seed` has the same stream",
        "`[1, seed]`",
    ),
    "a key": (
        "def f(seed, rank):\n    return jax.random.key(seed + rank)\n",
        "another `seed` with another `rank`",
        "`fold_in(jax.random.key(seed), …)`",
    ),
    "the standard library": (
        "def f(seed, rank):\n    return random.Random(seed + rank)\n",
        "`random.Random` is seeded with `seed + rank`",
        "derive the streams from one seed",
    ),
    "the clock": (
        "rng = default_rng(int(time.time()))\n",
        "`default_rng` is seeded with the time (`time.time()`): the run cannot be repeated, and"
        " processes that start together draw the same numbers",
        "give no seed",
    ),
    "a process": (
        "np.random.seed(os.getpid())\n",
        "the number of a process (`os.getpid()`)",
        "give no seed",
    ),
    "a hash": (
        "rng = random.Random(hash('name'))\n",
        "a hash of a text (`hash('name')`)",
        "give no seed",
    ),
}


@pytest.mark.parametrize(("text", "message", "help"), MESSAGES.values(), ids=list(MESSAGES))
def test_messages_say_what_is_wrong_and_what_to_do(text: str, message: str, help: str) -> None:
    found = only(text)
    assert message in found.message
    assert help in found.help


def test_what_a_variable_is_made_of_is_shown() -> None:
    found = only("now = int(time.time())\nrng = default_rng(now)\n")
    assert found.span.start.row == 8
    assert [item.span.start.row for item in found.related] == [7]


def test_the_other_stream_is_shown() -> None:
    found = only("def f(seed):\n    a = default_rng(seed)\n    return a, default_rng(seed + 1)\n")
    assert [item.span.start.row for item in found.related] == [8]


WITHOUT_FIX = {
    "a factor": "def f(seed, rank):\n    return default_rng(seed * 1000 + rank)\n",
    "a difference": "def f(seed, rank):\n    return default_rng(seed - rank)\n",
    "bits": "def f(seed, rank):\n    return default_rng(seed ^ rank)\n",
    "three parts": "def f(seed, rank, i):\n    return default_rng(seed + rank + i)\n",
    "a conversion": "def f(seed, rank):\n    return default_rng(int(seed + rank))\n",
    "a limit": "def f(seed, rank):\n    return default_rng((seed + rank) % 2**32)\n",
    "a variable": "def f(seed, rank):\n    s = seed + rank\n    return default_rng(s)\n",
    "a computed part": "def f(seed, rank):\n    return default_rng(seed + len([rank]))\n",
    "RandomState": "def f(seed, i):\n    return np.random.RandomState(seed + i)  # noqa: RNG103\n",
    "the standard library": "def f(seed, rank):\n    return random.Random(seed + rank)\n",
    "a key beside the key of the seed": (
        "def f(seed, rank):\n    return jax.random.key(seed), jax.random.key(seed + rank)\n"
    ),
}


@pytest.mark.parametrize("text", WITHOUT_FIX.values(), ids=list(WITHOUT_FIX))
def test_no_fix_where_it_would_not_be_sound(text: str) -> None:
    assert only(text).code == "RNG107"
    assert fixed(HEADER + text) == HEADER + text


def test_a_key_is_folded_in_the_style_of_the_file() -> None:
    text = "from jax.random import key, fold_in\ndef f(seed, rank):\n    return key(seed + rank)\n"
    assert "return fold_in(key(seed), rank)" in fixed(text)


def test_the_import_of_a_key_is_extended_by_what_the_fix_takes() -> None:
    text = "from jax.random import key as k\ndef f(seed, rank):\n    return k(seed + rank)\n"
    assert "from jax.random import key as k, fold_in" in fixed(text)


def test_the_same_sum_twice_is_no_pair_of_siblings() -> None:
    text = "def f(seed):\n    return default_rng(seed + 1), default_rng(seed + 1)\n"
    assert (None, 8, "RNG107") not in reported(program(HEADER + text))


# -- what happens -----------------------------------------------------------------------------


def test_runs_with_neighbouring_seeds_share_the_streams_of_their_workers() -> None:
    runs = [[np.random.default_rng(seed + rank).random() for rank in (0, 1)] for seed in (7, 8)]
    assert runs[0][1] == runs[1][0]

    runs = [[np.random.default_rng([rank, seed]).random() for rank in (0, 1)] for seed in (7, 8)]
    assert len({*runs[0], *runs[1]}) == 4


def test_keys_of_sums_are_shared_and_folded_keys_are_not() -> None:
    def draw(key: jax.Array) -> float:
        return float(jax.random.uniform(key))

    sums = {draw(jax.random.key(seed + rank)) for seed in (7, 8) for rank in (0, 1)}
    folded = {
        draw(jax.random.fold_in(jax.random.key(seed), rank)) for seed in (7, 8) for rank in (0, 1)
    }
    assert (len(sums), len(folded)) == (3, 4)


def test_zeros_at_the_end_of_a_list_make_no_difference() -> None:
    assert np.random.default_rng([1, 0]).random() == np.random.default_rng(1).random()


def test_to_fold_into_a_key_may_give_what_splitting_it_gives() -> None:
    key = jax.random.key(5)
    split = jax.random.key_data(jax.random.split(key)[1])
    assert np.array_equal(split, jax.random.key_data(jax.random.fold_in(key, 1)))


def test_processes_disagree_on_the_hash_of_a_text_but_not_of_numbers() -> None:
    def runs(expression: str) -> set[str]:
        code = f"print({expression})"
        commands = [[sys.executable, "-R", "-c", code] for _ in range(3)]
        done = [
            subprocess.run(item, capture_output=True, check=True, text=True) for item in commands
        ]
        return {item.stdout for item in done}

    assert len(runs("hash('name')")) > 1
    assert len(runs("hash((1, 2))")) == 1
