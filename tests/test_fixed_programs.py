"""Programs that are written at random, fixed: JAX, running them again, finds what was promised.

A few hundred by default. For more, in the order of one seed:

    RNGLINT_JUDGE=2000 RNGLINT_JUDGE_SEED=1 python -m pytest tests/test_fixed_programs.py -s
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest
from expectations import program as source_of
from hypothesis import HealthCheck, Phase, given, seed, settings

pytest.importorskip("jax.experimental.key_reuse._core")

from judge.comparison import FAULTS, Verdicts, kind_of, verdicts
from judge.strategy import Program, programs

from rnglint import fix_source
from rnglint.config.resolution import Config

_HOW_MANY = int(os.environ.get("RNGLINT_JUDGE", "250"))
_SEED = int(os.environ.get("RNGLINT_JUDGE_SEED", "1"))


def test_a_fixed_program_runs_and_repeats_no_key() -> None:
    counts: Counter[str] = Counter()

    @seed(_SEED)
    @settings(
        max_examples=_HOW_MANY,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def judge(program: Program) -> None:
        text = _fixed(program.text, counts)
        if text == program.text:
            return
        before, after = verdicts(program), verdicts(replace(program, text=text))
        counts["repaired" if not after.reported else "in part"] += 1
        assert _fixed(text, Counter()) == text
        assert _is_better(before, after), f"{before}\n{program.text}\n=>\n{after}\n{text}"

    judge()
    print(f"\n{dict(counts)}")
    assert counts["repaired"] > 2 * counts["rejected"]


def _fixed(text: str, counts: Counter[str]) -> str:
    """The text after all fixes. One that would lead to other findings is not applied."""
    result = fix_source(source_of(text), Config(), unsafe=True)
    counts["rejected"] += len(result.rejections)
    return result.source.chunks[0].text


def _is_better(before: Verdicts, after: Verdicts) -> bool:
    """Whether less is reported, and what is no longer reported is not there."""
    fewer = len(after.reported) < len(before.reported)
    return fewer and (kind_of(after) not in FAULTS or kind_of(before) in FAULTS)
