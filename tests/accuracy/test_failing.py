"""Spaces that fail in many styles: each condition is the one that stands beside its line, and each share exact.

All configurations are built: what is said must hold for every one that fails there and for none that builds.
"""

from __future__ import annotations

import os
import re

import pytest
from benchmarks._spaces import SearchSpace, of_files

from .beside import Beside, beside_everything
from .shares import analysed

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

EACH = int(os.environ.get("HYPERSHAPE_ACCURACY_FAILING", "12"))
"""Every so many spaces one is built whole; 1 for all."""

SPACES = of_files("failing")[::EACH]
FAILS = re.compile(r"# fails(?: when (?P<conditions>.*))?$")


@pytest.fixture(scope="module", params=SPACES, ids=lambda space: space.name)
def beside(request: pytest.FixtureRequest) -> Beside:
    return beside_everything(request.param, analysed(request.param))


def expected(space: SearchSpace) -> dict[int, list[str]]:
    """For each line that fails what is to be said of it; nothing where no short condition is true."""
    found = {number: FAILS.search(line) for number, line in enumerate(space.text.splitlines(), 1)}
    return {
        number: (match["conditions"] or "").split(" | ")
        for number, match in found.items()
        if match is not None
    }


def test_every_failing_line_has_the_condition_that_a_person_would_write(beside: Beside) -> None:
    assert beside.conditions == expected(beside.space)


def test_a_condition_holds_where_its_line_fails_and_nowhere_where_a_model_builds(beside: Beside) -> None:
    assert not beside.refuted


def test_a_share_is_that_of_all_configurations(beside: Beside) -> None:
    assert beside.told
    assert [str(each) for each in beside.told if not each.right] == []
