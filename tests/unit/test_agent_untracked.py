"""Variables that a layer keeps and no training changes are told apart from weights, constants and counters."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from hypershape.agent import untracked


class Variable:
    """As TensorFlow's own, as far as it is looked at."""

    __module__ = "tensorflow.python.ops.resource_variable_ops"

    def __init__(self, values: Any, trainable: bool = True) -> None:
        self.values, self.trainable = numpy.array(values), trainable

    @property
    def shape(self) -> Any:
        return self.values.shape

    @property
    def dtype(self) -> Any:
        class Of:
            is_floating = self.values.dtype.kind == "f"

        return Of

    def numpy(self) -> Any:
        return self.values.copy()


class Layer:
    trainable = True
    layers: tuple[Any, ...] = ()

    def __init__(self, kept: Variable, weights: tuple[Any, ...] = ()) -> None:
        self.kept, self.weights = kept, weights


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (Variable([1.0, 2.0]), True),
        (Variable([1.0, 2.0], trainable=False), False),
        (Variable([1, 2]), False),
        (Variable(1.0), False),
    ],
)
def test_only_numbers_that_are_to_learn_are_looked_at(kept: Variable, told: bool) -> None:
    found = untracked.unchanged(untracked.before(Layer(kept)))
    assert found == ([{"class": "Layer", "attribute": "kept"}] if told else [])


def test_weights_and_what_other_code_trains_are_left_alone() -> None:
    weight, other = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    assert untracked.before(Layer(weight, weights=(weight,))) == []
    kept = untracked.before(Layer(other))
    other.values += 1
    assert untracked.unchanged(kept) == []


def test_a_model_that_refuses_to_answer_tells_nothing() -> None:
    assert untracked.before(object()) == []
