"""A small part of the data in which Keras meets all that it would meet in an epoch of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy
import pytest

from hypershape.agent import cutting


def fitted(**given: Any) -> dict[str, Any]:
    cutting.fit(given)
    return given


def test_an_epoch_has_two_whole_batches_and_the_incomplete_one() -> None:
    given = fitted(x=numpy.zeros((1003, 4)), y=numpy.zeros(1003), batch_size=50, epochs=7)
    assert len(given["x"]) == len(given["y"]) == 2 * 50 + 3
    assert given["epochs"] == 2


def test_the_samples_with_the_smallest_and_the_largest_label_are_met() -> None:
    labels = numpy.ones(1000, "int64")
    labels[700], labels[800] = 9, -1
    tokens = numpy.zeros((1000, 5), "int32")
    tokens[650, 3] = 4999
    given = fitted(x=tokens, y=labels)
    assert {-1, 9} <= set(given["y"])
    assert given["x"].max() == 4999
    assert len(given["x"]) == 2 * 32 + 1000 % 32


def test_samples_and_labels_stay_together_in_every_structure() -> None:
    numbers = numpy.arange(1000)
    given = fitted(
        x={"a": numbers, "b": [numbers, numbers[:, None]]}, y=(numbers,), sample_weight=numbers, batch_size=8
    )
    for each in (given["x"]["b"][0], given["x"]["b"][1][:, 0], given["y"][0], given["sample_weight"]):
        assert (each == given["x"]["a"]).all()
    assert len(given["x"]["a"]) == 16


def test_arrays_of_different_length_stay_different() -> None:
    given = fitted(x=numpy.zeros(1000), y=numpy.zeros(900))
    assert (len(given["x"]), len(given["y"])) == (1000, 900)


@pytest.mark.parametrize("split", [0.001, 0.1, 0.2, 0.5, 0.9, 0.997])
def test_the_last_samples_stay_those_for_validation(split: float) -> None:
    given = fitted(x=numpy.arange(1000), y=numpy.arange(1000), validation_split=split, batch_size=16)
    border = math.floor(1000 * (1 - split))
    here = math.floor(len(given["x"]) * (1 - given["validation_split"]))
    assert given["x"][here - 1] < border <= given["x"][here]
    assert here % 16 == border % 16


@pytest.mark.parametrize("epochs", [0, -1, 2.5, True, "3"])
def test_epochs_that_keras_would_refuse_stay(epochs: object) -> None:
    assert fitted(x=numpy.zeros(4), epochs=epochs)["epochs"] is epochs


def test_epochs_are_counted_from_the_first() -> None:
    assert fitted(x=numpy.zeros(4), epochs=9, initial_epoch=4)["epochs"] == 6


def test_data_for_validation_is_cut_by_its_own_batches() -> None:
    data = (numpy.zeros((1000, 2)), numpy.zeros(1000))
    given = fitted(x=numpy.zeros((64, 2)), y=numpy.zeros(64), validation_data=data, validation_batch_size=10)
    assert [len(each) for each in given["validation_data"]] == [20, 20]


class Batches:
    """Tells how many batches it has as a dataset does."""

    def __init__(self, count: int) -> None:
        self.count = count

    def cardinality(self) -> int:
        return self.count


@pytest.mark.parametrize(("count", "steps"), [(-1, 2), (-2, 2), (40, 2), (2, None), (1, None), (0, None)])
def test_what_yields_batches_is_limited_by_steps(count: int, steps: int | None) -> None:
    given = fitted(x=Batches(count), validation_data=Batches(count))
    assert given.get("steps_per_epoch") == given.get("validation_steps") == steps


def test_steps_that_are_given_become_few() -> None:
    given = fitted(x=Batches(-1), steps_per_epoch=500, validation_data=Batches(-1), validation_steps=1)
    assert (given["steps_per_epoch"], given["validation_steps"]) == (2, 1)


def test_a_generator_is_left_as_a_search_leaves_it() -> None:
    def numbers() -> Iterator[int]:
        yield from range(10)

    inner = numbers()
    counted = cutting.counted(inner)
    assert counted is not None
    batches = counted.batches()
    assert [next(batches), next(batches)] == [0, 1]
    counted.drain(5)
    assert next(inner) == 5


def test_a_generator_without_end_is_not_drawn_without_end() -> None:
    def numbers() -> Iterator[int]:
        while True:
            yield 0

    counted = cutting.counted(numbers())
    assert counted is not None
    counted.drain(10.0**12)


@pytest.mark.parametrize("several", [False, True])
def test_predictions_are_as_many_as_samples_from_a_few_of_them(several: bool) -> None:
    asked = []

    def real() -> object:
        asked.append(len(given["x"]))
        found = numpy.arange(len(given["x"]))
        return [found, found] if several else found

    given = {"x": numpy.zeros((1003, 4)), "batch_size": 50, "steps": None}
    found = cutting.predict(given, real)
    assert asked == [103]
    for each in found if several else [found]:
        assert len(each) == 1003
        assert each[103] == 0


def test_predictions_of_what_yields_batches_are_left_alone() -> None:
    assert cutting.predict({"x": iter([1, 2])}, lambda: [7]) == [7]


def test_data_without_end_are_known_by_themselves_or_by_the_code_of_their_generator() -> None:
    def forever() -> Iterator[int]:
        while True:
            yield 1

    def breaking() -> Iterator[int]:
        while True:
            yield 1
            if len([]):
                break

    class Repeated:
        def cardinality(self) -> int:
            return -1

    assert cutting.endless({"x": forever(), "validation_data": Repeated()}) == ["x", "validation_data"]
    assert cutting.endless({"x": forever(), "steps_per_epoch": 3, "validation_data": breaking()}) == []
    assert cutting.endless({"x": forever(), "steps_per_epoch": 0}) == ["x"], "as Keras takes it"
    assert fitted(x=forever(), steps_per_epoch=0)["steps_per_epoch"] == cutting.STEPS
    assert cutting.endless({"x": (each for each in [1]), "validation_data": None}) == []


class PyDataset:
    """Called as Keras's own, since a dataset class is known by its name."""

    def __getitem__(self, index: int) -> int:
        return index * 10


def test_the_first_batches_of_a_dataset_class_and_of_a_generator_are_known_without_asking_for_them_again() -> (
    None
):
    class Own(PyDataset):
        pass

    data, other = Own(), Own()
    with cutting.noted(data) as first:
        assert [other[9], data[1], data[0], data[5]] == [90, 10, 0, 50]
    assert first == [10, 0]
    assert "__getitem__" not in vars(Own)
    assert (data[7], first) == (70, [10, 0])
    with cutting.noted([1, 2]) as first:
        assert first == []
    counted = cutting.counted(each for each in "abcd")
    assert counted is not None
    assert list(counted.batches()) == list("abcd")
    assert counted.first == ["a", "b"]


@pytest.mark.parametrize(("cardinality", "drawn"), [(-2, 3), (3, 0)])
def test_only_a_dataset_of_unknown_length_is_taken_to_its_end(cardinality: int, drawn: int) -> None:
    class Dataset:
        element_spec = None
        drawn = 0

        def cardinality(self) -> int:
            return cardinality

        def __iter__(self) -> Iterator[int]:
            for number in range(3):
                self.drawn += 1
                yield number

    data = Dataset()
    cutting.pass_through(data)
    assert data.drawn == drawn


class _History:
    def __init__(self, epochs: int) -> None:
        self.epoch = list(range(epochs))
        self.history = {"loss": [0.5 - each / 10 for each in self.epoch]}


def test_a_history_is_as_long_as_it_would_be() -> None:
    history = _History(2)
    cutting.lengthen(history, 5)
    assert history.epoch == [0, 1, 2, 3, 4]
    assert history.history["loss"] == [0.5, 0.4, 0.4, 0.4, 0.4]


@pytest.mark.tensorflow
def test_epochs_of_arrays_without_code_of_the_users_are_alike() -> None:
    import keras

    class Own(keras.callbacks.Callback):
        pass

    stop, own = keras.callbacks.EarlyStopping(), Own()
    rate = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / epoch)
    rows = numpy.zeros((8, 2))
    alike = cutting.epochs_are_alike
    assert alike({"callbacks": [stop]}, rows) and alike({}, [rows, rows])
    assert not any(alike({"callbacks": [each]}, rows) for each in (own, rate))
    assert not alike({}, (each for each in rows))
