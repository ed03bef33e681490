"""What a proof says of configurations that were never probed is what a real build and a training step say of them."""

from __future__ import annotations

import os
import random

import pytest
from benchmarks._spaces import SPACES, SearchSpace

from hypershape.space import diagrams, domains

from .compare import build_all, each_in_child
from .programs import Program
from .shares import analysed

pytest.importorskip("keras_tuner")
pytestmark = [pytest.mark.tensorflow, pytest.mark.timeout(7200)]

BUILT = int(os.environ.get("HYPERSHAPE_ACCURACY_PROOFS", "3"))
"""How many random configurations of each space are really built and trained."""

QUICK = ("scoped blocks", "skips that meet")
"""The spaces that are looked at where that number is not set."""

PROVED = (
    *QUICK, "branches that meet", "towers that add", "windows of a series", "causal stack", "cnn per level", "decoder per level", "pooling kinds", "pooling per level",
    "recurrent per level", "residual strides", "residual widths", "conv lstm", "masked embedding", "raw operations",
    "subclassed resnet", "wrapped functional model",
)  # fmt: skip
CHOSEN = [each for each in SPACES if each.name in (PROVED if BUILT > 4 else QUICK)]


@pytest.mark.parametrize("space", CHOSEN, ids=lambda space: space.name)
def test_a_proof_speaks_the_truth_about_what_was_never_probed(space: SearchSpace) -> None:
    said = analysed(space, 60.0)
    assert said.coverage is not None and said.coverage.mode == "exhaustive"
    hps = {each.name: each for each in said.hyperparameters}
    whole = diagrams.of(
        said.reports, {name: hp for name, hp in hps.items() if name not in said.coverage.held}
    )
    assert whole is not None and whole.done
    generator = random.Random(5)
    drawn = [{name: domains.draw(hp, generator) for name, hp in hps.items()} for _ in range(BUILT)]
    cubes = [whole.find(each) for each in drawn]
    reals = each_in_child(build_all, [(Program(space.program), each) for each in drawn])
    wrong = [
        f"{each}: {cube.report.verdict} by the proof, but {real['error']}"
        for each, cube, real in zip(drawn, cubes, reals, strict=True)
        if cube is not None and (cube.report.verdict == "fail") is not (real["error"] is not None)
    ]
    assert not wrong, wrong[0]
