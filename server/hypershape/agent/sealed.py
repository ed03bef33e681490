"""Real models that stand for others of the user's which a layer of Keras wraps, as `TimeDistributed` does.

What is in the model was asked layer by layer when it was made. The layer around it only calls it, so that any model
does that takes the same and gives the same, as long as it is called on nothing else.
"""

from __future__ import annotations

from typing import Any, Callable, Tuple

import keras

Spec = Tuple[Any, ...]
"""("t", shape, dtype), the batch size being None."""


class _Within(keras.layers.Layer):  # type: ignore[misc]
    """Gives numbers of one shape and dtype for those of another."""

    def __init__(self, given: Spec, made: Spec, strange: Callable[[], BaseException]) -> None:
        super().__init__(name="within")
        self._takes, self._gives, self._strange = given, made, strange

    def compute_output_spec(self, x: Any, **kwargs: Any) -> Any:
        self._check(x)
        return keras.KerasTensor((x.shape[0], *self._gives[1][1:]), self._gives[2])

    def call(self, x: Any) -> Any:
        self._check(x)
        _, shape, dtype = self._gives
        # They depend on what it is given, as the gradients of a step do.
        number = keras.ops.cast(keras.ops.mean(keras.ops.cast(x, "float32")), dtype)
        return keras.ops.broadcast_to(number, (keras.ops.shape(x)[0], *shape[1:]))

    def _check(self, x: Any) -> None:
        _, shape, dtype = self._takes
        if tuple(x.shape)[1:] != tuple(shape[1:]) or keras.backend.standardize_dtype(x.dtype) != dtype:
            raise self._strange()


def model(sealed: Any, strange: Callable[[], BaseException]) -> Any:
    """A model of the class and with the ends of a `symbols.Sealed`; it raises what `strange` gives where it is called on
    anything but its input."""
    start = keras.Input(batch_shape=sealed.given[1], dtype=sealed.given[2])
    within = _Within(sealed.given, sealed.made, strange)
    if sealed.cls is keras.Sequential:
        return keras.Sequential([start, within])
    return keras.Model(start, within(start))
