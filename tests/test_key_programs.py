"""JAX judges programs that are written at random: our verdict is its, but for known reasons.

A few hundred programs by default. For more, in the order of one seed:

    RNGLINT_JUDGE=5000 RNGLINT_JUDGE_SEED=1 python -m pytest tests/test_key_programs.py -s
"""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

pytest.importorskip("jax.experimental.key_reuse._core")

from judge.comparison import FAULTS, kind_of, verdicts
from judge.strategy import Program, programs

HOW_MANY = int(os.environ.get("RNGLINT_JUDGE", "250"))
_SEED = int(os.environ.get("RNGLINT_JUDGE_SEED", "0"))
#: In what share of the programs the two verdicts have to occur, or nothing is compared.
_LEAST = 0.1


def test_the_verdict_is_that_of_jax() -> None:
    counts: Counter[str] = Counter()
    judged: set[str] = set()
    start = time.perf_counter()

    @seed(_SEED)
    @settings(
        max_examples=HOW_MANY,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def judge(program: Program) -> None:
        if program.text in judged:
            return
        found = verdicts(program)
        kind = kind_of(found)
        if kind not in FAULTS:
            judged.add(program.text)
        counts[kind.name] += 1
        assert kind not in FAULTS, f"{kind.name}: {kind.reason}\n{found}\n\n{program.text}"

    judge()
    rate = len(judged) / (time.perf_counter() - start)
    print(f"\n{len(judged)} programs, {rate:.1f} a second")
    print("\n".join(f"{count:6} {name}" for name, count in counts.most_common()))
    assert counts["both pass"] > _LEAST * len(judged)
    assert counts["both report"] > _LEAST * len(judged)
