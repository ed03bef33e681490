"""A part of the bench over mutants: spaces with one change each, against what all of their configurations do."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mutations.change import Mutant, chosen, mutants
from tests.mutations.judge import Truth, analyser, builders, judged

SOME = 4
FILES = builders()


@pytest.fixture(scope="module")
def truth() -> Iterator[Truth]:
    told = Truth()
    yield told
    told.close()


@pytest.fixture(scope="module")
def analysed() -> Iterator[Any]:
    running = analyser()
    yield next(running)
    next(running, None)


def test_every_kind_of_change_is_made_and_every_mutant_is_another_text_that_compiles() -> None:
    made = [each for name, text in FILES.items() for each in mutants(name, text)]
    assert {each.kind for each in made} == {
        "input", "input and data", "range", "block", "padding", "stride", "merge", "units", "loss", "labels",
        "sequences", "flatten",
    }  # fmt: skip
    assert len(made) >= 400
    for each in made:
        compile(each.text, each.name, "exec")
        assert each.text != FILES[each.name]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(each, marks=pytest.mark.long if place % 3 else ())
        for place, each in enumerate(chosen(FILES, SOME))
    ],
    ids=lambda each: f"{each.name}, {each.kind}",
)
def test_a_mutant_is_told_as_it_is(mutant: Mutant, truth: Truth, analysed: Any) -> None:
    verdict = judged(mutant, truth, analysed)
    assert verdict is not None
    assert verdict.wrong == []
