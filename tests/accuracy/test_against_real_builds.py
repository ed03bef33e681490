"""Symbolic verdicts, shapes, parameter counts and errors are those of a real build and a real training step."""

from __future__ import annotations

import importlib.util
import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from .compare import build_all, disagreement, in_child, probe_all
from .handwritten import CASES
from .programs import Program, programs

pytest.importorskip("keras_tuner")
pytest.importorskip("hypershape.agent.engine")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(1800)]

COUNT = int(os.environ.get("HYPERSHAPE_ACCURACY", "60"))
"""How many programs are generated; `python -m tests.accuracy` asks for more."""


NAMES = [
    name
    for name, program in CASES.items()
    if "import tensorflow" not in program.source or importlib.util.find_spec("tensorflow")
]


def generated(count: int) -> list[Program]:
    """So many different programs, the same in every run."""
    found: dict[Program, None] = {}

    @settings(
        max_examples=count, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(programs())
    def collect(program: Program) -> None:
        found[program] = None

    collect()
    return list(found)


def test_generated_programs_get_the_verdict_of_a_real_build(tally) -> None:
    drawn = generated(COUNT)
    for start in range(0, len(drawn), 60):
        cases = [(program, {}) for program in drawn[start : start + 60]]
        reports = in_child(probe_all, cases)
        reals = in_child(build_all, cases)
        for (program, _), report, real in zip(cases, reports, reals, strict=True):
            tally.compare(program.source, disagreement(program, report, real), program, report, real)
    assert not tally.false_failures
    # What only values can tell is missed, e.g. a rate of 1 that divides by zero while training.
    assert len(tally.disagreements) <= tally.comparisons // 100, "\n\n".join(tally.disagreements)


@pytest.fixture(scope="module")
def outcomes():
    """Report and reality of every handwritten case, by name."""
    cases = [(CASES[name], {}) for name in NAMES]
    reports, reals = in_child(probe_all, cases), in_child(build_all, cases)
    return dict(zip(NAMES, zip(reports, reals, strict=True), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_handwritten_models_get_the_verdict_of_a_real_build(name: str, outcomes, tally) -> None:
    program = CASES[name]
    report, real = outcomes[name]
    difference = disagreement(program, report, real)
    tally.compare(f"{name}:\n{program.source}", difference, program, report, real)
    assert difference is None
