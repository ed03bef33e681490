"""What rose in Python code that TensorFlow calls for its data: a generator, a `PyDataset`, a `tf.py_function`.

TensorFlow makes an error of its own of it, in which only the text of the first one is left, together with that of its
traceback.
"""

from __future__ import annotations

import collections
import functools
from typing import Any, Deque, Optional

import keras

from . import private
from .positions import Positions

MOST = 8
"""What a pipeline reads ahead of the training may fail as well, later than what ends it."""


class Called:
    """The last exceptions that left code of the user's which TensorFlow called."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._raised: Deque[Exception] = collections.deque(maxlen=MOST)

    def install(self) -> None:
        """Watches all that TensorFlow calls from now on; with another backend Python's own errors arrive."""
        if keras.backend.backend() != "tensorflow" or not private.has(private.CALLED):
            return
        registry = private.get("tensorflow.python.ops.script_ops.FuncRegistry")
        registry.__call__ = self.watched(registry.__call__)

    def watched(self, call: Any) -> Any:
        @functools.wraps(call)
        def calling(*args: Any, **kwargs: Any) -> Any:
            try:
                return call(*args, **kwargs)
            except Exception as error:
                # The end of an iterator is none of a training.
                if not isinstance(error, StopIteration) and self._positions.frames(error.__traceback__):
                    self._raised.append(error)
                raise

        return calling

    def behind(self, error: BaseException) -> Optional[Exception]:
        """What an error of TensorFlow's was made of; None where that is not known."""
        if not type(error).__module__.startswith("tensorflow"):
            return None
        text = str(error)
        return next(
            (each for each in self._raised if "%s: %s" % (type(each).__name__, each) in text),
            None,
        )
