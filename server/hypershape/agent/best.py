"""What a tuner gives who asks it for its best, and who takes more of that than there is.

A search makes a known number of trials at most, so that its file fails after hours where it takes the third of two.
"""

from __future__ import annotations

import dis
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, List, Optional

_ASKS = ("get_best_models", "get_best_hyperparameters")


class Best(List[Any]):
    """A list that notes how it was read."""

    short = False
    """Whether an element was taken that is not there."""
    ended = False
    """Whether it was read from its first element to beyond its last."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except IndexError:
            self.short = True
            raise

    def __iter__(self) -> Iterator[Any]:
        self.ended = False
        yield from super().__iter__()
        self.ended = True


class Asked:
    """All that was asked for, for one tuner."""

    def __init__(self) -> None:
        self._given: List[Best] = []
        self._wanted: List[int] = []
        self._now = 0

    def noted(self, best: List[Any], wanted: int) -> List[Any]:
        """A list of the best trials, of which so many were wanted."""
        self._now = wanted
        return self._kept(best)

    def watch(self, tuner: Any) -> None:
        """Notes what becomes of the lists that this tuner gives."""
        for name in _ASKS:
            real = getattr(tuner, name, None)
            if callable(real):
                setattr(tuner, name, self._noting(real))

    def _noting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **kwargs: Any) -> Any:
            found = real(*args, **kwargs)
            return self._kept(found) if type(found) is list else found

        return noting

    def _kept(self, found: List[Any]) -> Best:
        best = Best(found)
        self._given.append(best)
        self._wanted.append(self._now)
        return best

    def lacking(self, error: BaseException) -> Optional[Dict[str, int]]:
        """How many were asked for and given where an error is that of taking more: by an index, or by so many names."""
        for best, wanted in zip(reversed(self._given), reversed(self._wanted)):
            if (best.short and isinstance(error, IndexError)) or (best.ended and _unpacks(error)):
                return {"asked": wanted, "given": len(best)}
        return None


def _unpacks(error: BaseException) -> bool:
    """Whether an error was raised by the assignment of a list's elements to several names."""
    last: Optional[TracebackType] = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or not isinstance(error, ValueError):
        return False
    return dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]] in ("UNPACK_SEQUENCE", "UNPACK_EX")
