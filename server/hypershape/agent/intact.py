"""Whether Keras is still what it was when the user's file had run: a build function that changes it for one configuration
leaves a process in which the next one fails for nothing of its own."""

from __future__ import annotations

from typing import Any, Dict, Tuple

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


def state() -> Dict[Tuple[Any, str], Any]:
    """What Keras's layers and models are, and what their methods are."""
    found: Dict[Tuple[Any, str], Any] = {}
    for module in (keras, layers, models):
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, _LAYER):
                found[module.__name__, name] = value
                found.update(((value, each), vars(value)[each]) for each in _METHODS if each in vars(value))
    return found


def is_intact(before: Dict[Tuple[Any, str], Any]) -> bool:
    """Whether nobody but Keras and the agent itself has put something else in the place of any of it."""
    now = state()
    return all(now.get(key) is value or _is_ours(now.get(key)) for key, value in before.items())


def _is_ours(value: Any) -> bool:
    # `functools.wraps` changes what a function says of its module, not where it was defined.
    return str(getattr(value, "__globals__", {}).get("__name__", "")).startswith(("hypershape.", "keras."))
