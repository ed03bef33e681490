"""Training loops of the user's own over a dataset: played as they are, and cut short once they take long."""

from __future__ import annotations

import math
import sys
from typing import Any, Callable, Iterator

from . import cutting, limits
from .positions import Positions

LONG_SECONDS = 4.0
"""The processor time after which a trial's own loops see only a few batches of each pass."""


class Loops:
    """The loops of one trial after the other."""

    def __init__(self, positions: Positions) -> None:
        self._positions = positions
        self._bound = limits.Bound(math.inf)
        self._inside = False
        self.shortened = False
        """Whether code of the user's got less of its data than there is: what it makes of that is not its fault."""

    def begin(self) -> None:
        """A trial begins, in which datasets are watched."""
        self._bound, self._inside = limits.Bound(LONG_SECONDS), True

    def end(self) -> None:
        self._inside = False

    def install(self) -> None:
        """Watches how the user's code runs through TensorFlow's datasets, where TensorFlow is in use."""
        tensorflow = sys.modules.get("tensorflow")
        if tensorflow is None:
            return
        kind = next(each for each in tensorflow.data.Dataset.__mro__ if "__iter__" in vars(each))
        kind.__iter__ = self._watched(kind.__iter__)

    def _watched(self, real: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def __iter__(dataset: Any) -> Any:
            found = real(dataset)
            own = self._inside and self._positions.is_user(sys._getframe(1))
            return _Pass(found, self) if own else found

        return __iter__

    def is_over(self, drawn: int) -> bool:
        """Whether a pass that has drawn so many batches ends here."""
        if drawn < cutting.STEPS or self._bound.left > 0:
            return False
        self.shortened = True
        return True


class _Pass:
    """One run through a dataset."""

    def __init__(self, inner: Any, loops: Loops) -> None:
        self._inner, self._loops, self._drawn = inner, loops, 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._loops.is_over(self._drawn):
            raise StopIteration
        self._drawn += 1
        return next(self._inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
