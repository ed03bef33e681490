"""What is said of search spaces with known truth is true."""

from __future__ import annotations

import pytest

pytest.importorskip("keras_tuner")

from tests.space.measure import explore
from tests.space.spaces import SPACES, TrueSpace


@pytest.mark.parametrize(
    "space", [each for each in SPACES if each.name == "threshold"], ids=lambda each: each.name
)
def test_every_cause_is_found(space: TrueSpace) -> None:
    explorer, _ = explore(space)
    assert {cause.error.message for cause in explorer.causes()} == set(space.causes)
