"""Who takes more of a tuner's best than there is, told apart from other errors of the same types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hypershape.agent import best


class Tuner:
    """Gives as many as are asked for, and two at most."""

    def __init__(self, asked: best.Asked) -> None:
        self._asked = asked
        asked.watch(self)

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[str]:
        return [each.upper() for each in self._asked.noted(["a", "b"][:num_trials], num_trials)]


def third(tuner: Tuner) -> Any:
    return tuner.get_best_hyperparameters(3)[2]


def second_of_one(tuner: Tuner) -> Any:
    return tuner.get_best_hyperparameters()[1]


def three_names(tuner: Tuner) -> Any:
    one, other, more = tuner.get_best_hyperparameters(3)
    return one + other + more


def list_of_its_own(tuner: Tuner) -> Any:
    return [*tuner.get_best_hyperparameters(2)][:1][1]


def list_beside(tuner: Tuner) -> Any:
    return tuner.get_best_hyperparameters(2) and [1.0][3]


def word_for_a_number(tuner: Tuner) -> Any:
    return [int(each) for each in tuner.get_best_hyperparameters(2)]


def first_of_none(tuner: Tuner) -> Any:
    """Of a second tuner in a loop, of whose search nothing is played."""
    return tuner.get_best_hyperparameters(0)[0]


def fewer_names(tuner: Tuner) -> Any:
    (only,) = tuner.get_best_hyperparameters(2)
    return only


def numbers_beside(tuner: Tuner) -> Any:
    """Of what Keras Tuner goes through itself, which is read to its end."""
    one, other = [tuner.get_best_hyperparameters(), 2.0, 3.0][:1]
    return one, other


@pytest.mark.parametrize(
    ("take", "lacks"),
    [
        (third, {"asked": 3, "given": 2}),
        (second_of_one, {"asked": 1, "given": 1}),
        (three_names, {"asked": 3, "given": 2}),
        (list_of_its_own, None),
        (list_beside, None),
        (word_for_a_number, None),
        (fewer_names, None),
        (first_of_none, None),
        (numbers_beside, None),
    ],
)
def test_only_taking_more_than_there_is_counts(
    take: Callable[[Tuner], Any], lacks: dict[str, int] | None
) -> None:
    asked = best.Asked()
    with pytest.raises((IndexError, ValueError)) as raised:
        take(Tuner(asked))
    assert asked.lacking(raised.value) == lacks


@pytest.mark.parametrize(("names", "taken"), [("one, other", True), ("a, b, c, d", True), ("a, *b", False)])
def test_numbers_that_more_or_fewer_names_are_to_take_are_told_by_name(names: str, taken: bool) -> None:
    asked = best.Asked()
    numbers = asked.measured([0.1, 0.2, 0.3], ["loss", "accuracy", "auc"])
    seen = None
    try:
        exec(f"{names} = numbers", {"numbers": numbers})
        one, other = numbers[:2], numbers[2]
        (one,) = [one, other]
    except ValueError as error:
        seen = asked.ill_taken(error)
    assert seen == (["loss", "accuracy", "auc"] if taken else None)
