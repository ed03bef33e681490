"""Whether Keras is still what it was when the user's file had run: a build function that changes it for one configuration
leaves a process in which the next one fails for nothing of its own."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Tuple

import keras
from keras import layers, models

_LAYER = layers.Layer
_METHODS = (
    "__init__",
    "__new__",
    "__call__",
    "call",
    "build",
    "add",
    "compile",
    "fit",
    "compute_output_shape",
)

_ABSENT = object()


class Keras:
    """Keras's layers and models and their methods, as they are now."""

    def __init__(self) -> None:
        # Asked after each failure, of which there may be thousands: a list to go through takes some 50 microseconds.
        self._held = tuple(_parts())

    def is_intact(self) -> bool:
        """Whether nobody but Keras and the agent itself has put something else in the place of any of it."""
        for owner, name, value in self._held:
            now = owner.get(name, _ABSENT)
            if now is not value and not _is_ours(now):
                return False
        return True


def _parts() -> Iterator[Tuple[Mapping[str, Any], str, Any]]:
    for module in (keras, layers, models):
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and issubclass(value, _LAYER):
                yield vars(module), name, value
                own = vars(value)
                yield from ((own, each, own[each]) for each in _METHODS if each in own)


def _is_ours(value: Any) -> bool:
    # `functools.wraps` changes what a function says of its module, not where it was defined.
    return str(getattr(value, "__globals__", {}).get("__name__", "")).startswith(("hypershape.", "keras."))
