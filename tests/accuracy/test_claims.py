"""A claim that hyperparameters are free holds for whatever values they have, and following values changes no report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from benchmarks._spaces import SPACES, SearchSpace

from hypershape.model import Slice

from . import following
from .claims import choosing, differs, judged
from .compare import in_child

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

REPORTS = int(os.environ.get("HYPERSHAPE_ACCURACY_CLAIMS", "4"))
"""How many random configurations of each space are probed; four times as many are probed for what they claim."""

EACH = int(os.environ.get("HYPERSHAPE_ACCURACY_CLAIMS_EACH", "10"))
"""Every so many spaces one is judged; 1 for all."""

REALLY = int(os.environ.get("HYPERSHAPE_ACCURACY_REAL_CLAIMS", "0"))
"""How many configurations of each space that a claim speaks of are really built and trained."""

FOLLOWED = os.environ.get("HYPERSHAPE_ACCURACY_FOLLOWED", "examples")
"""A part of the paths of the documents whose reports are compared; empty for the whole corpus and all rules."""


@pytest.mark.parametrize("space", SPACES[EACH // 2 :: EACH], ids=lambda space: space.name)
def test_what_a_report_calls_free_changes_nothing(space: SearchSpace) -> None:
    claims = in_child(judged, space.program, REPORTS, 4, REALLY)
    assert not claims.wrong, f"{len(claims.wrong)} of {claims.comparisons}: {claims.wrong[0]}"


TARGETS = [
    target
    for document in following.documents()
    if f"/{FOLLOWED}" in document.path
    for target in following.slices(document)
]


@pytest.mark.parametrize(("name", "part"), TARGETS)
def test_no_report_changes_where_values_are_followed(name: str, part: Slice, tmp_path: Path) -> None:
    found, compared = in_child(following.differences, part, 5, str(tmp_path))
    assert not found, f"{len(found)} in {compared} reports: {found[0]}"


PLAIN = "def build(hp):\n    model.add(layers.Dense(2))\n    model.add(layers.ReLU())\n"
CHOSEN = PLAIN.replace("layers.ReLU()", "(layers.ReLU() if hp.Boolean('relu') else layers.ELU())")


def _report(*classes: str) -> dict[str, Any]:
    called = [
        {"span": {"line": line, "end_line": line}, "class_name": name}
        for line, name in enumerate(classes, start=2)
    ]
    nothing = dict.fromkeys(("verdict", "error", "log_names", "compiled"))
    return {**nothing, "configuration": {}, "apart": {}, "layers": called}


@pytest.mark.parametrize(
    ("source", "other", "same"),
    [
        (PLAIN, ("Dense", "ReLU"), True),
        (PLAIN, ("Dense", "ELU"), False),
        (PLAIN, ("Dense",), False),
        (CHOSEN, ("Dense", "ELU"), True),
        (CHOSEN, ("EinsumDense", "ReLU"), False),
    ],
)
def test_another_class_is_no_same_case_but_where_the_text_chooses_one(
    source: str, other: tuple[str, ...], same: bool
) -> None:
    found = differs(_report("Dense", "ReLU"), _report(*other), choosing(source))
    assert (found is None) is same
