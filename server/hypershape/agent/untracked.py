"""Variables of TensorFlow's own that a layer keeps and Keras 3 does not count among its weights: nothing trains them."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

import numpy

MOST = 1_000_000
"""The values of larger ones are not compared."""

Kept = List[Tuple[str, str, Any, Any]]
"""Each variable with the class and the attribute that keeps it, and its values before the training."""


def before(model: Any) -> Kept:
    """The variables of a model that is about to be trained which are to be trained and are none of its weights."""
    try:
        return list(_found(model))
    except Exception:
        # Classes of the user's may answer in any way.
        return []


def _found(model: Any) -> Iterator[Tuple[str, str, Any, Any]]:
    for layer in _layers(model):
        if type(layer).__module__.partition(".")[0] in ("keras", "tf_keras") or not layer.trainable:
            continue
        weights = {id(each) for weight in layer.weights for each in (weight, getattr(weight, "value", None))}
        for name, value in vars(layer).items():
            if id(value) not in weights and _is_meant_to_learn(value):
                yield type(layer).__name__, name, value, value.numpy()


def unchanged(kept: Kept) -> List[Dict[str, str]]:
    """`class` and `attribute` of those which a training left as they were; code of the user's may train others."""
    return [
        {"class": owner, "attribute": name}
        for owner, name, value, values in kept
        if numpy.array_equal(value.numpy(), values)
    ]


def _is_meant_to_learn(value: Any) -> bool:
    """Whether a value is a variable of TensorFlow's with several numbers that gradients may change.

    A single number is a counter or a weight of a loss as often.
    """
    if not type(value).__module__.startswith("tensorflow.") or getattr(value, "trainable", False) is not True:
        return False
    shape = tuple(value.shape)
    return None not in shape and 1 < numpy.prod(shape) <= MOST and value.dtype.is_floating


def _layers(model: Any) -> Iterator[Any]:
    yield model
    for layer in getattr(model, "layers", None) or ():
        yield from _layers(layer)
