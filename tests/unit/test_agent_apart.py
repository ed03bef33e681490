"""What the validation of a training has of what is trained on."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from hypershape.agent import apart

ORDERED = numpy.repeat([0, 1, 2], 60)


OF_ORDERED = {
    "untrained": [{"class": 2, "samples": 60, "there": 5}],
    "unvalidated": [{"class": number, "samples": 60, "there": 0} for number in (0, 1)],
}


class Step:
    """A step of a pipeline, as TensorFlow keeps it."""

    def __init__(self, *before: Step, **more: Any) -> None:
        self.before = before
        vars(self).update(more)

    def _inputs(self) -> list[Step]:
        return list(self.before)


class _TakeDataset(Step):
    pass


class _SkipDataset(Step):
    pass


class CacheDataset(Step):
    pass


@pytest.mark.parametrize(
    ("labels", "split", "told"),
    [
        (ORDERED, 0.3, OF_ORDERED),
        (numpy.eye(3)[ORDERED], 0.3, OF_ORDERED),
        (
            numpy.repeat([0.0, 1.0], 100)[:, None],
            0.2,
            {"unvalidated": [{"class": 0, "samples": 100, "there": 0}]},
        ),
        (numpy.random.default_rng(0).permutation(ORDERED), 0.3, {}),
        (numpy.arange(200), 0.3, {}),
        (numpy.repeat([0, 1, 2], 5), 0.3, {}),
        (numpy.linspace(0, 1, 200), 0.3, {}),
        (list(ORDERED), 0.3, {}),
        (numpy.array(["a", "b"] * 50), 0.3, {}),
        (ORDERED, 0.0, {}),
    ],
)
def test_classes_of_which_one_side_of_a_split_has_hardly_any(labels: Any, split: float, told: Any) -> None:
    assert apart.compared({"y": labels, "validation_split": split}).get("in_order", {}) == told


def test_what_is_validated_on_apart_is_not_compared_in_its_order() -> None:
    given = {"y": ORDERED, "validation_split": 0.3, "validation_data": (ORDERED, ORDERED)}
    assert apart.compared(given) == {}


@pytest.mark.parametrize("anew", [True, False])
@pytest.mark.parametrize("kept", [True, False])
def test_two_parts_of_a_dataset_that_each_pass_shuffles_anew(anew: bool, kept: bool) -> None:
    shuffled = Step(Step(), _reshuffle_each_iteration=anew)
    whole = CacheDataset(shuffled) if kept else shuffled
    train, validation = Step(_TakeDataset(whole)), Step(_SkipDataset(whole))
    told = {"divided_anew": True} if anew and not kept else {}
    assert apart.compared({"x": train, "validation_data": validation}) == told
    assert apart.compared({"x": validation, "validation_data": train}) == told


def test_parts_of_datasets_that_are_shuffled_each_by_itself() -> None:
    one, other = (Step(Step(), _reshuffle_each_iteration=True) for _ in range(2))
    assert apart.compared({"x": _TakeDataset(one), "validation_data": _SkipDataset(other)}) == {}
    assert apart.compared({"x": Step(one), "validation_data": Step(_TakeDataset(one))}) == {}
