"""Objects that take the place of data and packages that are not at hand, and remember which sizes they made up."""

from __future__ import annotations

import dis
import sys
from typing import Any, Iterator

import numpy

ASSUMPTIONS = (
    (2, 32),
    (4, 32),
    (3, 24),
    (4, 96),
    (2, 7),
    (5, 16),
)
"""Rank and size of missing arrays under each assumption; the last axis of images (rank 4 and 5) holds 3 channels."""

SAMPLES = 1000
"""The length of the first axis of a missing array."""


class Assumption:
    """What is assumed of all missing data, and what was asked of it."""

    def __init__(self, index: int = 0) -> None:
        self.rank, self.size = ASSUMPTIONS[index % len(ASSUMPTIONS)]
        self.asked: dict[str, None] = {}
        self.called: dict[str, None] = {}
        """Stand-ins that were called since the last `reset`: what they return is no tensor and no layer."""

    def reset(self) -> None:
        self.called.clear()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one missing array, samples first."""
        inner = [self.size] * (self.rank - 1)
        if self.rank >= 4:
            inner[-1] = 3
        return (SAMPLES, *inner)

    def note(self, what: str, value: object) -> None:
        if len(self.asked) < 20:
            self.asked[f"{what} = {value}"] = None


class Shape(tuple):  # type: ignore[type-arg]
    """The shape of a missing array; an axis beyond the assumed rank has the assumed size, too."""

    name: str
    assumption: Assumption

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            value = tuple(self)[index]
            self.assumption.note(f"{self.name}.shape[{_written(index)}]", value)
            return value
        place = int(index)
        value = tuple(self)[place] if -len(self) <= place < len(self) else self.assumption.size
        self.assumption.note(f"{self.name}.shape[{place}]", value)
        return value

    def __iter__(self) -> Iterator[int]:
        wanted = _unpacked_into(sys._getframe(1))
        value = tuple.__getitem__(self, slice(None))
        if wanted is not None:
            value = (value + (self.assumption.size,) * wanted)[:wanted]
        self.assumption.note(f"{self.name}.shape", value)
        return iter(value)


class StandIn(int):
    """Accepts attribute access, indexing, calls and arithmetic; where a size is asked for, it is the assumed one.

    It is a whole number, so that Keras takes it wherever it takes a size.
    """

    _name: str
    _assumption: Assumption

    def __new__(cls, *arguments: Any, **_: Any) -> Any:
        if len(arguments) != 2 or not isinstance(arguments[1], Assumption):
            # `class Own(missing.Base)` arrives here with the name, the bases and the body of the class.
            bases = [
                each for each in (arguments[1] if len(arguments) > 1 else ()) if isinstance(each, StandIn)
            ]
            return stand_in(
                str(arguments[0]) if arguments else "?", bases[0]._assumption if bases else Assumption()
            )
        made = super().__new__(cls, arguments[1].size)
        made._name, made._assumption = arguments
        return made

    def _next(self, suffix: str) -> StandIn:
        return stand_in((self._name + suffix)[:60], self._assumption)

    @property
    def shape(self) -> Shape:
        made = Shape(self._assumption.shape)
        made.name, made.assumption = self._name, self._assumption
        return made

    @property
    def ndim(self) -> int:
        self._assumption.note(f"{self._name}.ndim", self._assumption.rank)
        return self._assumption.rank

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._next(f".{name}")

    def __getitem__(self, _: Any) -> StandIn:
        return self._next("[…]")

    def __setitem__(self, _: Any, value: Any) -> None:
        return None

    def __call__(self, *_: Any, **__: Any) -> StandIn:
        self._assumption.called[self._name] = None
        return self._next("(…)")

    def __len__(self) -> int:
        self._assumption.note(f"len({self._name})", self._assumption.size)
        return self._assumption.size

    def __iter__(self) -> Iterator[Any]:
        wanted = _unpacked_into(sys._getframe(1))
        if wanted is not None:
            return iter([self._next(f"[{index}]") for index in range(wanted)])
        inner = self._assumption.shape[1:]
        self._assumption.note(self._name, inner)
        return iter(inner)

    def __contains__(self, _: Any) -> bool:
        return False

    def __array__(self, dtype: Any = None, copy: Any = None) -> numpy.ndarray:
        self._assumption.note(f"{self._name}.shape", self._assumption.shape)
        return numpy.broadcast_to(numpy.zeros((), dtype or "float32"), self._assumption.shape)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> StandIn:
        return stand_in(f"{function.__name__}({self._name})"[:60], self._assumption)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> StandIn:
        return self._next("")

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __repr__(self) -> str:
        return f"<{self._name}, which is not at hand>"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return str(self._assumption.size)

    __hash__ = int.__hash__


def _passed_on(self: StandIn, *_: Any) -> StandIn:
    return self._next("")


for _operation in (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow "
    "matmul rmatmul and rand or ror xor rxor lshift rshift neg pos abs invert"
).split():
    setattr(StandIn, f"__{_operation}__", _passed_on)


def stand_in(name: str, assumption: Assumption) -> StandIn:
    return StandIn(name, assumption)  # type: ignore[no-any-return]


def _written(index: slice) -> str:
    return ":".join("" if part is None else str(part) for part in (index.start, index.stop))


def _unpacked_into(frame: Any) -> Any:
    """How many names the running instruction unpacks into; None when it does something else."""
    code = frame.f_code.co_code
    place = frame.f_lasti
    if 0 <= place < len(code) and dis.opname[code[place]].startswith("UNPACK_SEQUENCE"):
        return code[place + 1]
    return None
