"""What a rehearsal notes of data, of schedules and of what was asked for in vain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from hypershape.agent import cutting, facts, hooks, meant

pytestmark = pytest.mark.tensorflow


def test_lists_of_several_lengths_in_an_array() -> None:
    ragged = numpy.array([[1, 2], [3], [4, 5, 6]], dtype=object)
    assert facts.describe(ragged)["lengths"] == [1, 3]
    assert "lengths" not in facts.describe(numpy.array([None, "a"], dtype=object))
    assert "lengths" not in facts.describe(numpy.zeros((3, 2)))


def scheduled(schedule: Any, *others: Any, epochs: int = 20) -> SimpleNamespace:
    """A model after two of its epochs, whose callbacks were told of the others."""
    keras = pytest.importorskip("keras")
    model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.25))
    callback = keras.callbacks.LearningRateScheduler(schedule, verbose=1)
    callback.set_model(model)
    noted = hooks.Hooks(lambda error: None)
    noted.wait([callback, *others], 2, epochs, SimpleNamespace(history={}))
    return model


def test_a_schedule_is_asked_for_the_rates_of_all_epochs() -> None:
    asked: list[int] = []
    model = scheduled(lambda epoch, rate: (asked.append(epoch), rate * 0.5)[1])
    assert asked == list(range(2, 20))
    assert model.optimizer.learning_rate == 0.25
    with pytest.raises(ValueError, match="should be a float"):
        scheduled(lambda epoch, rate: rate if epoch < 15 else None)
    scheduled(lambda epoch, rate: rate if epoch < 15 else None, epochs=15)


def test_a_training_that_may_end_before_is_not_played_on() -> None:
    keras = pytest.importorskip("keras")
    scheduled(lambda epoch, rate: None, keras.callbacks.EarlyStopping(patience=2))


class Step:
    """A step of a pipeline, as TensorFlow keeps it."""

    def __init__(self, before: Step | None = None, count: int = -1, **more: Any) -> None:
        self.before, self.count = before, count
        vars(self).update(more)

    def _inputs(self) -> list[Step]:
        return [] if self.before is None else [self.before]

    def cardinality(self) -> int:
        return self.count


_RepeatDataset, _PrefetchDataset, _BatchDataset, FilterDataset = (
    type(name, (Step,), {})
    for name in ("_RepeatDataset", "_PrefetchDataset", "_BatchDataset", "FilterDataset")
)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (_PrefetchDataset(_RepeatDataset(Step(count=5))), 5),
        (_BatchDataset(_RepeatDataset(Step(count=45)), _batch_size=10, _drop_remainder=False), 5),
        (_BatchDataset(_RepeatDataset(Step(count=45)), _batch_size=10, _drop_remainder=True), 4),
        (
            _BatchDataset(
                FilterDataset(_RepeatDataset(Step(count=45))), _batch_size=10, _drop_remainder=True
            ),
            None,
        ),
        (_RepeatDataset(Step(count=-2)), None),
    ],
)
def test_the_batches_until_data_begin_again(data: Step, count: int | None) -> None:
    assert cutting.rounds({"validation_data": data}) == ({} if count is None else {"validation_data": count})
    assert cutting.rounds({"x": data, "steps_per_epoch": 3}) == {}


def test_a_series_that_was_asked_for_a_label() -> None:
    made = type("Series", (), {"__module__": "pandas.core.series", "__getitem__": _refusing})()
    with pytest.raises(KeyError) as caught:
        made[1]
    assert meant.by_label(caught.value) == "Series"
    with pytest.raises(KeyError) as plain:
        {}[1]
    assert meant.by_label(plain.value) is None


def _refusing(self: Any, key: Any) -> Any:
    raise KeyError(key)
