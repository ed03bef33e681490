"""What a float setting of a loss or a metric of Keras's own decides: whether it can be made, and nothing after that."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from .engine_child import in_child

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow

VALUES = (0.0, 1e-9, 0.1, 0.5, 0.999, 1.0, 2.0, 100.0)


def _settings() -> list[tuple[str, list[str]]]:
    """In a process of its own: each setting that is a float, and the different outcomes of calls over its values."""
    import keras
    import numpy as np

    random = np.random.default_rng(0)
    scores = random.random((8, 3)).astype("float32")
    labels = random.integers(0, 3, 8)
    steps = random.random((8, 4, 3)).astype("float32")
    single = random.random((8, 1)).astype("float32")
    forms = [
        (scores, scores), (np.eye(3)[labels], scores), (labels, scores), (single.round(), single), (steps, steps),
    ]  # fmt: skip

    def outcome(made: Any, y: Any, given: Any) -> str:
        try:
            if isinstance(made, keras.losses.Loss):
                return str(made(y, given).shape)
            made.update_state(y, given)
            found = made.result()
            return str(sorted(found) if isinstance(found, dict) else found.shape)
        except Exception as error:
            return type(error).__name__

    found = []
    for home in (keras.losses, keras.metrics):
        for name, cls in vars(home).items():
            if not inspect.isclass(cls) or cls in (keras.losses.Loss, keras.metrics.Metric):
                continue
            if not issubclass(cls, (keras.losses.Loss, keras.metrics.Metric)):
                continue
            takes = inspect.signature(cls.__init__).parameters
            wanted = {"num_classes": 3, "target_class_ids": [0]}
            needed = {
                each: wanted.get(each, 0.5)
                for each, how in takes.items()
                if each != "self" and how.default is how.empty and how.kind is how.POSITIONAL_OR_KEYWORD
            }
            floats = [each for each, how in takes.items() if type(how.default) is float]
            floats += [each for each, value in needed.items() if value == 0.5]
            for each in {*floats, *({"threshold"} & set(takes))}:
                seen = set()
                for value in VALUES:
                    try:
                        made = cls(**{**needed, each: value})
                    except Exception:
                        continue
                    seen.add(str([outcome(made, *form) for form in forms]))
                if seen:
                    found.append((f"{name}.{each}", sorted(seen)))
    return found


def test_no_float_of_a_loss_or_metric_decides_what_it_takes_and_gives() -> None:
    settings: Any = in_child(_settings)
    assert len(settings) > 15
    assert [name for name, outcomes in settings if len(outcomes) > 1] == []
