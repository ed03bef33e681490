"""Which of several assumptions about data that is not at hand is tried next."""

from __future__ import annotations

import pytest

from hypershape.agent.assumed import ASSUMPTIONS
from hypershape.analysis.assumptions import _likeliest
from hypershape.model import ProbeError


def failing(kind: str, **details: object) -> ProbeError:
    return ProbeError("ValueError", "refused", "build", kind=kind, details=details)


@pytest.mark.parametrize(
    ("tried", "error", "rank", "side"),
    [
        ([], None, 2, 32),
        ([(2, 32)], failing("other"), 4, 32),
        ([(2, 32)], failing("rank", wanted=3, at_least=False), 3, 24),
        ([(2, 32)], failing("rank", wanted=4, at_least=True), 4, 32),
        ([(2, 32), (4, 32)], failing("pooling-too-large"), 4, 96),
        ([(2, 32), (4, 32), (4, 96)], failing("convolution-too-large"), 4, 256),
        ([(2, 32), (4, 32)], failing("rank", wanted=5, at_least=False), 5, 16),
        ([(2, 32), (5, 16)], failing("convolution-too-large"), 5, 112),
        ([(2, 32), (4, 256)], failing("convolution-too-large"), 4, 32),
    ],
)
def test_the_next_assumption_is_the_one_that_has_what_the_last_failure_wants(
    tried: list[tuple[int, int]], error: ProbeError | None, rank: int, side: int
) -> None:
    numbers = [[each[:2] for each in ASSUMPTIONS].index(each) for each in tried]
    assert ASSUMPTIONS[_likeliest([(number, error) for number in numbers])][:2] == (rank, side)


def test_every_assumption_is_tried_once_whatever_fails() -> None:
    tried: list[tuple[int, ProbeError | None]] = []
    for error in [failing("rank", wanted=5), failing("pooling-too-large"), None] * 4:
        if len(tried) < len(ASSUMPTIONS):
            tried.append((_likeliest(tried), error))
    assert sorted(number for number, _ in tried) == list(range(len(ASSUMPTIONS)))
