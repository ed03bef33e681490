"""Symbolic verdicts, shapes, parameter counts and errors are those of a real build and a real training step."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .compare import build_all, disagreement, in_child, probe_all
from .programs import Program, programs

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(1800)]

FULL = os.environ.get("HYPERSHAPE_ACCURACY", "fast") == "full"
BATCHES, SIZE = (40, 40) if FULL else (3, 25)


@settings(
    max_examples=BATCHES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(drawn=st.lists(programs(), min_size=SIZE, max_size=SIZE, unique=True))
def test_generated_programs_get_the_verdict_of_a_real_build(drawn: list[Program], tally) -> None:
    cases = [(program, {}) for program in drawn]
    reports = in_child(probe_all, cases)
    reals = in_child(build_all, cases)
    for (program, _), report, real in zip(cases, reports, reals, strict=True):
        tally.compare(program.source, disagreement(program, report, real), program, report, real)
    assert not tally.false_failures
    assert len(tally.disagreements) <= tally.comparisons // 1000, "\n\n".join(tally.disagreements)
