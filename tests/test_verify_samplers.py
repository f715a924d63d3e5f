"""Every sampler of `jax.random` is verified, and gives what is known of it in each mode."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping

import pytest

from rnglint.verify import run
from rnglint.verify.fixtures import samplers
from rnglint.verify.request import Request

jax = pytest.importorskip("jax")

#: Functions of a key that draw nothing and derive nothing.
_INSPECT = {"key_data", "key_impl", "key_dtype"}

#: What a compiler may round in another way: under jit it joins multiplications and additions.
ROUNDED_UNDER_JIT = ("ball", "beta", "f", "generalized_normal", "loggamma")

#: What linear algebra computes in another way for a batch of matrices.
ROUNDED_UNDER_VMAP = ("multivariate_normal", "multivariate_normal_svd")

#: Some of all the others, which are equal bit for bit.
EXACT = ("normal", "randint", "choice_with_weights", "categorical", "split", "fold_in", "uniform")


def public_samplers() -> set[str]:
    """The public functions of `jax.random` whose first parameter is a key."""
    found = set()
    for name, function in vars(jax.random).items():
        if callable(function) and not name.startswith("_") and name not in _INSPECT:
            parameters = list(inspect.signature(function).parameters)
            if parameters[:1] == ["key"]:
                found.add(name)
    return found


def test_every_sampler_of_jax_is_covered() -> None:
    assert len(public_samplers()) > 35
    text = samplers().read("before")
    missing = {name for name in public_samplers() if f"jax.random.{name}(" not in text}
    assert not missing


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    """By sampler and mode, what came out."""
    text = samplers().read("before")
    head, *functions = text.split("\n\n\ndef ")
    wanted = {f"sample_{name}" for name in (*ROUNDED_UNDER_JIT, *ROUNDED_UNDER_VMAP, *EXACT)}
    chosen = [each for each in functions if each.partition("(")[0] in wanted]
    assert len(chosen) == len(wanted)
    path = tmp_path_factory.mktemp("samplers") / "some.py"
    path.write_text("\n\n\ndef ".join([head, *chosen]))
    return _verified(str(path))


def _verified(path: str) -> Mapping[str, Mapping[str, str]]:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(Request([path], output_format="json", modes=("jit", "vmap"), timeout=200)) == 0
    (result,) = json.loads(out.getvalue())["results"]
    return {
        function["name"]: {
            each["mode"]: each["outcome"] for each in function["after"]["comparisons"]
        }
        for function in result["functions"]
    }


@pytest.mark.parametrize("name", EXACT)
def test_most_samplers_are_equal_bit_for_bit(
    name: str, statuses: Mapping[str, Mapping[str, str]]
) -> None:
    assert statuses[f"sample_{name}"] == {"jit": "bitwise", "vmap": "bitwise"}


@pytest.mark.parametrize("name", ROUNDED_UNDER_JIT)
def test_some_samplers_are_rounded_under_jit(
    name: str, statuses: Mapping[str, Mapping[str, str]]
) -> None:
    assert statuses[f"sample_{name}"]["jit"] in ("bitwise", "close")
    assert statuses[f"sample_{name}"]["vmap"] == "bitwise"


@pytest.mark.parametrize("name", ROUNDED_UNDER_VMAP)
def test_linear_algebra_is_rounded_under_vmap(
    name: str, statuses: Mapping[str, Mapping[str, str]]
) -> None:
    assert statuses[f"sample_{name}"]["jit"] == "bitwise"
    assert statuses[f"sample_{name}"]["vmap"] in ("bitwise", "close")


def test_not_all_samplers_are_equal_bit_for_bit(
    statuses: Mapping[str, Mapping[str, str]],
) -> None:
    """Whether a given one is depends on the machine; that none is rounded would be an error."""
    assert any("close" in modes.values() for modes in statuses.values())
