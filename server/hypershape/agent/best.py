"""What a tuner gives who asks it for its best, and a model who asks how good it is, and who takes more of that than there
is, or less.

A search makes a known number of trials at most, so that its file fails after hours where it takes the third of two.
"""

from __future__ import annotations

import dis
import inspect
from types import CodeType, TracebackType
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

_ASKS = ("get_best_models", "get_best_hyperparameters")


class Best(List[Any]):
    """A list that notes how it was read."""

    short: Optional[IndexError] = None
    """What was raised when an element was taken that is not there."""
    reader: Optional[Tuple[CodeType, int]] = None
    """The code, and the place in it, that last went through it."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except IndexError as error:
            self.short = error
            raise

    def __iter__(self) -> Iterator[Any]:
        self.reader = _running()
        yield from super().__iter__()


class Asked:
    """All that was asked for, for one tuner."""

    def __init__(self) -> None:
        self._given: List[Best] = []
        self._wanted: List[int] = []
        self._numbers: List[Tuple[Best, Sequence[str]]] = []
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

    def measured(self, numbers: List[Any], names: Sequence[str]) -> List[Any]:
        """What `evaluate` gives, with what its numbers are called."""
        self._numbers.append((Best(numbers), names))
        return self._numbers[-1][0]

    def lacking(self, error: BaseException) -> Optional[Dict[str, int]]:
        """How many were asked for and given where an error is that of taking more: by an index, or by so many names."""
        place = _unpacks(error) if str(error).startswith("not enough") else None
        for best, wanted in zip(reversed(self._given), reversed(self._wanted)):
            # A tuner that was played no trial of has some in a search.
            if best and (best.short is error or (place and best.reader == place)):
                return {"asked": wanted, "given": len(best)}
        return None

    def ill_taken(self, error: BaseException) -> Optional[List[str]]:
        """The names of the numbers that `evaluate` gave where an error is that of assigning them to more or fewer names."""
        place = _unpacks(error)
        found = [names for numbers, names in self._numbers if place and numbers.reader == place]
        return list(found[-1]) if found else None


def _running() -> Optional[Tuple[CodeType, int]]:
    """Where the code is that takes the first element of a list."""
    here = inspect.currentframe()
    frame = here.f_back.f_back if here is not None and here.f_back is not None else None
    return None if frame is None else (frame.f_code, frame.f_lasti)


def _unpacks(error: BaseException) -> Optional[Tuple[CodeType, int]]:
    """Where an error was raised by the assignment of a list's elements to several names."""
    last: Optional[TracebackType] = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or not isinstance(error, ValueError):
        return None
    code = last.tb_frame.f_code
    unpacks = dis.opname[code.co_code[last.tb_lasti]] in ("UNPACK_SEQUENCE", "UNPACK_EX")
    return (code, last.tb_lasti) if unpacks else None
