"""Of a layer that is only asked, Keras tracks no attribute in which nothing is to be tracked."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest

from .engine_child import in_child

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow


def _judged() -> list[tuple[str, bool, bool]]:
    """Of each value its type, whether Keras keeps it as it is, and whether it is left out."""
    import keras
    from keras.src.utils.tracking import Tracker

    from hypershape.agent.remembered import _is_never_tracked

    class Of:
        pass

    pair = namedtuple("pair", "a b")
    values: list[Any] = [
        1, "text", None, (1, 2), (1, [2]), [1], {}, set(), pair(1, 2), len, _judged, Of(), keras.layers.Dense(1),
        (keras.layers.Dense(1),), keras.Variable([1.0]), keras.metrics.Mean(), keras.random.SeedGenerator(1),
        keras.initializers.Zeros(), keras.KerasTensor((1,)), keras.layers.InputSpec(ndim=2), keras.DTypePolicy("float32"),
    ]  # fmt: skip
    found = []
    for value in values:
        tracked: list[Any] = []
        parts = (keras.Variable, keras.Layer, keras.metrics.Metric, keras.random.SeedGenerator)
        kept = Tracker({"parts": (lambda x, parts=parts: isinstance(x, parts), tracked)}).track(value)
        same = not tracked and type(kept) is type(value) and (kept is value or kept == value)
        found.append((type(value).__name__, same, _is_never_tracked(value)))
    return found


def test_only_what_keras_keeps_as_it_is_is_left_out() -> None:
    found = in_child(_judged)
    assert [name for name, same, left_out in found if left_out and not same] == []
    left_out = {name for name, _, left_out in found if left_out}
    assert {"int", "function", "Zeros", "KerasTensor", "InputSpec", "DTypePolicy", "tuple"} <= left_out
    assert {"pair", "list", "dict", "Dense", "Of"}.isdisjoint(left_out)
