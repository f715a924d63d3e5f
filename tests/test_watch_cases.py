"""The recorded cases of key reuse, executed and watched, against our verdict on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from judge.cases import Case, cases
from watch_support import Watched, watching

jax = pytest.importorskip("jax")

REUSE_CODES = frozenset({"RNG201", "RNG202", "RNG203", "RNG205", "RNG209"})

#: What the watch does not see, running or compiled, and why.
_ONE_USE = "one operation consumes equal keys, which is one use to JAX"
NOT_SEEN = {
    "ks[jnp.array([0,0])] gather dup": _ONE_USE,
    "stack([a,a])": _ONE_USE,
    "broadcast_to(k,(3,)); vmap -> identical rows": _ONE_USE,
    "jnp.tile(k,3); vmap": _ONE_USE,
    "jnp.repeat(k[None],3); vmap": _ONE_USE,
    "vmap(lambda x: x+normal(k)) captured key": _ONE_USE,
    "vmap in_axes=(None,0)": _ONE_USE,
    "jit(vmap in_axes None)": _ONE_USE,
    "vmap split of captured key": _ONE_USE,
    "pmap in_axes None": _ONE_USE,
    "shard_map replicated key (identical per device)": _ONE_USE,
    "jit(N).lower(k).compile()(k) ; twice": "what is compiled ahead of time is called by itself",
}
NOT_SEEN_COMPILED = NOT_SEEN | {
    "split(k); fold_in(k,0)": "the bits of keys within a compiled function are not known",
    "fold_in(k,0); split(k)": "the bits of keys within a compiled function are not known",
    "ks[np.array([0,1])]; ks[0]": "elements at computed indices count as new keys",
}


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with watching() as watched:
        yield watched


def is_reused(watched: Watched, path: Path, case: Case, *, compiled: bool) -> bool:
    """Whether the watch says that the program consumes a key twice."""
    program = watched.execute(path, case.text)["program"]
    key = jax.random.key(0)
    watched.forget()
    (jax.jit(program) if compiled else program)(key)
    assert not watched.notes
    return any(each.code in REUSE_CODES for each in watched.diagnostics())


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_our_verdict_on_the_running_program(watched: Watched, tmp_path: Path, case: Case) -> None:
    verdict = is_reused(watched, tmp_path / "program.py", case, compiled=False)
    assert verdict is (bool(case.codes) and case.name not in NOT_SEEN)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in cases() if case.traced is not None]
)
def test_our_verdict_on_the_compiled_program(watched: Watched, tmp_path: Path, case: Case) -> None:
    verdict = is_reused(watched, tmp_path / "program.py", case, compiled=True)
    assert verdict is (bool(case.codes) and case.name not in NOT_SEEN_COMPILED)


def test_what_is_not_seen_is_a_case() -> None:
    assert {case.name for case in cases()} >= NOT_SEEN_COMPILED.keys()
