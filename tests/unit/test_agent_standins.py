"""What stands for unknown data answers as data does, and says what it made up."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy
import pytest

from hypershape.agent.standins import Assumption, StandIn, stand_in


def run(text: str, assumption: Assumption | None = None) -> dict[str, Any]:
    """The names that user code binds which finds `missing` in the place of its data."""
    scope = {"missing": stand_in("missing", assumption or Assumption()), "__hypershape__": True}
    exec(compile(ast.parse(text), "model.py", "exec"), scope)
    return scope


@pytest.mark.parametrize(
    "text",
    [
        "for number, (train, test) in enumerate(missing.split(1, 2)):\n    found = train",
        "for left, right in zip(missing, missing):\n    found = left[0].shape[1]",
        "first, *others = missing.columns\nfound = first",
        "(a, b), (c, d) = missing.load()\nfound = b.reshape(-1, 4)",
        "found = [each.lower() for each in missing.names]",
        "found = missing.iloc[:, 1:-1].values.astype('float32') / 255.0",
        "with missing.open() as file:\n    found = file['x']",
        "found = missing if 'age' in missing.columns else None",
        "import os\nfound = os.path.join(missing, 'x.csv')",
        "found = f'{missing.rate:.3f} {len(missing)} {missing!r}'",
        "missing['new'] = missing.a - missing.b\nfound = -missing['new'] // 2",
        "found = max(missing.a, 3) > min(missing.b, 2)",
    ],
)
def test_data_that_is_not_at_hand_is_unpacked_gone_through_and_computed_with(text: str) -> None:
    assert "found" in run(text)


def test_sizes_computed_from_sizes_are_the_sizes_that_arithmetic_gives() -> None:
    found = run("n = len(missing)\nhalf, double = missing.n // 2, 2 * missing.n\nall = missing.n * missing.m")
    assert (int(found["half"]), int(found["double"]), int(found["all"])) == (16, 64, 1024)
    assert math.prod([found["half"], found["double"]]) == 1024


def test_what_is_no_size_after_arithmetic_stays_as_large_as_it_was() -> None:
    found = run("scaled, none, huge = missing.x / 255.0, missing.x - missing.x, missing.x ** 9")
    assert {int(found[name]) for name in ("scaled", "none", "huge")} == {32}


def test_a_shape_read_from_missing_data_is_one_of_plain_sizes_for_keras() -> None:
    missing = stand_in("x", Assumption(3))
    assert [type(each) for each in missing] == [int, int, int]
    assert tuple(missing.shape[1:]) == (96, 96, 3)
    assert missing.__array__().shape == (1000, 96, 96, 3)


def test_clips_are_some_frames_of_images() -> None:
    shapes = {Assumption(index).shape[1:] for index in range(9)}
    assert {(16, 16, 16, 3), (16, 112, 112, 3)} <= shapes


@pytest.mark.parametrize("given", [{}, {"training": False}])
def test_a_missing_layer_gives_back_the_tensor_that_it_is_given_and_says_so(given: dict[str, Any]) -> None:
    tensor = type("KerasTensor", (), {"shape": (None, 4)})()
    assumption = Assumption()
    layer = run("layer = missing.Block(8)", assumption)["layer"]
    assert (
        layer(tensor, **given) is tensor and layer([tensor, 3]) is tensor and layer({"a": tensor}) is tensor
    )
    assert list(assumption.transformed) == ["missing.Block(…)"]
    assert list(assumption.asked) == ["the shape that missing.Block(…) gives back = that of what it is given"]
    assumption.reset()
    assert not assumption.transformed


def test_an_array_that_a_missing_function_is_given_is_data_and_no_tensor() -> None:
    assumption = Assumption()
    made = stand_in("scale", assumption)(numpy.zeros((3, 4)))
    assert isinstance(made, StandIn) and not assumption.transformed
