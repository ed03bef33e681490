"""Objects that take the place of data and packages that are not at hand, and remember which sizes they made up."""

from __future__ import annotations

import dis
import re
import sys
import types
from typing import Any, Callable, Iterator, Sequence

import numpy

from .assumed import ASSUMPTIONS

FRAMES = 16
"""How many images one clip (rank 5) has."""

LARGEST = 10**6
"""No size is larger: what is computed from sizes and exceeds it was no size."""

SAMPLES = 1000
"""The length of the first axis of a missing array."""


_LABELS = re.compile(r"(?:^|_)(?:y|labels?|targets?)(?:_|\d|$)", re.IGNORECASE)
"""Names of arrays that hold what a model is to predict."""


class Assumption:
    """What is assumed of all missing data, and what was asked of it.

    `x` and `y` are the shapes of one sample that the user declares; then missing arrays have those. `classes` is how many
    the model tells apart that is to learn from the data, where that is known: data whose classes nobody knows have as many.
    """

    def __init__(
        self, index: int = 0, x: Sequence[Any] = (), y: Sequence[Any] = (), classes: int | None = None
    ) -> None:
        self.rank, self.side, *alone = ASSUMPTIONS[index % len(ASSUMPTIONS)]
        self.size = alone[0] if alone else self.side
        self.classes = classes or self.size
        self._declared = (tuple(x[0]) if len(x) == 1 else None, tuple(y[0]) if len(y) == 1 else None)
        self.made = False
        """Whether any stand-in took the place of something."""
        self.asked: dict[str, None] = {}
        self.called: dict[str, str] = {}
        """Stand-ins that were called since the last `reset`, each with where it comes from: what they return is no tensor and no
        layer."""

        self.transformed: dict[str, str] = {}
        """Stand-ins that were given a tensor since the last `reset`, and gave it back as it was."""
        self.measures = False
        """Whether one is a metric: by which name it reports what it measures, only its package knows."""
        self.given: dict[str, str] = {}
        """Those that were given the hyperparameters since the last `reset`: what they declare is not known."""
        self.other_keras: str | None = None
        """The package of another Keras whose place this one takes: what it refuses, the other may take."""
        self.turned = False
        """Whether one became an array of plain numbers, of a shape that no code says."""
        self.classes_assumed = False
        """Whether the number of classes of some data is made up."""
        self.texts: dict[str, str] = {}
        """The text that each stand-in was taken for where the user's code compares it with one."""
        self.tensors: dict[str, Any] = {}
        """What stands for the input and the output of each model that is not at hand."""
        self.gives_tensors: Callable[[], None] = lambda: None
        """Called before the first such input or output is handed out."""
        self.classes_fit = classes is not None
        """Whether it would be made up for the model."""

    def reset(self) -> None:
        self.called.clear()
        self.transformed.clear()
        self.given.clear()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one missing array, samples first."""
        inner = [self.side] * (self.rank - 1)
        if self.rank >= 4:
            inner[-1] = 3
        if self.rank >= 5:
            inner[0] = FRAMES
        return (SAMPLES, *inner)

    @property
    def data(self) -> dict[str, Any]:
        """What a model that takes its input shape from the data is assumed to be trained on."""
        return {"x": [self.shape[1:]], "knowledge": "assumed"}

    def declared(self, name: str) -> Any:
        """The shape of one sample of a missing array, where the user declares it; else None."""
        return self._declared[1 if _LABELS.search(name) else 0]

    def takes_this_keras_for(self, package: str) -> None:
        self.other_keras = package
        self.note(package, "the Keras that is installed")

    def note(self, what: str, value: object) -> None:
        if len(self.asked) < 20:
            self.asked[f"{what} = {value}"] = None


class Shape(tuple):  # type: ignore[type-arg]
    """The shape of a missing array; an axis beyond the assumed rank has the assumed size, too."""

    # What others make of a shape, as `type(shape)(…)`, is one of which nothing is assumed any more.
    name: str = "?"
    assumption: Assumption = Assumption()
    spelt_out: bool = True
    """Whether the code says all sizes but the number of samples."""

    def __getitem__(self, index: Any) -> Any:
        own = tuple.__getitem__(self, slice(None))
        if isinstance(index, slice):
            value: Any = own[index]
            if not self.spelt_out or index.indices(len(own))[0] == 0:
                self.assumption.note(f"{self.name}.shape[{_written(index)}]", value)
            return value
        place = int(index)
        value = own[place] if -len(own) <= place < len(own) else self.assumption.side
        if not self.spelt_out or place in (0, -len(own)) or value is not own[place]:
            self.assumption.note(f"{self.name}.shape[{place}]", value)
        return value

    def __call__(self) -> Shape:
        """Classes of data that people write may have a method of this name."""
        return self

    def __iter__(self) -> Iterator[int]:
        wanted = _unpacked_into(sys._getframe(1))
        own = value = tuple.__getitem__(self, slice(None))
        if wanted is not None:
            value = (value + (self.assumption.side,) * wanted)[:wanted]
        if not self.spelt_out or len(value) > len(own):
            self.assumption.note(f"{self.name}.shape", value)
        return iter(value)


class StandIn(int):
    """Accepts attribute access, indexing, calls and arithmetic; where a size is asked for, it is the assumed one.

    It is a whole number, so that Keras takes it wherever it takes a size.
    """

    _name: str
    _home: str
    """The name under which it came into the slice, such as the dotted one of an import."""
    _assumption: Assumption

    def __new__(cls, *arguments: Any, **_: Any) -> Any:
        if not 2 <= len(arguments) <= 3 or not isinstance(arguments[1], Assumption):
            # `class Own(missing.Base)` arrives here with the name, the bases and the body of the class.
            bases = [
                each for each in (arguments[1] if len(arguments) > 1 else ()) if isinstance(each, StandIn)
            ]
            assumption = bases[0]._assumption if bases else Assumption()
            if len(arguments) == 3 and "build" in arguments[2] and "call" not in arguments[2]:
                return _builder(*arguments, assumption)
            return stand_in(str(arguments[0]) if arguments else "?", assumption)
        size = arguments[2] if len(arguments) > 2 else None
        made = super().__new__(cls, arguments[1].size if size is None else size)
        made._name, made._assumption = arguments[:2]
        made._home = made._name
        made._sample = made._result = made._length = None
        made._is_one = False
        made._asked = None
        made._assumption.made = True
        return made

    _sample: Any
    """The shape of one sample where the code says it, e.g. after a `reshape`; else None."""
    _length: Any
    """How many samples it has where the code says it, as a window `data[i:i + 24]` has 24; else None."""
    _asked: Any
    """The code and the line that compared it with 0 last; else None."""
    _is_one: bool
    """Whether it is one sample of an array, as `x[0]` is in `x[0].shape`."""
    _result: Any
    """As `_sample`, of what a call of this returns: `x.astype` gives what `x` is."""

    @property
    def spelt_out(self) -> Any:
        """The shape of one sample where the code says it, else None; a size that was made up may be part of it."""
        return self._sample if not self._assumption.asked else None

    def rename(self, name: str) -> None:
        """The name that the user's code gives it, which says more than where it comes from."""
        self._name = name
        # `x = data[0]` takes all of `x` from a pair rather than one sample.
        self._is_one = False

    def _next(self, suffix: str, sample: Any = None, size: int | None = None) -> StandIn:
        made = stand_in((self._name + suffix)[:60], self._assumption, size)
        made._sample, made._home = sample, self._home
        return made

    @property
    def shape(self) -> Shape:
        sample = self._sample if self._sample is not None else self._assumption.declared(self._name)
        first, *others = self._assumption.shape if sample is None else (SAMPLES, *sample)
        rows = () if self._is_one else (first if self._length is None else self._length,)
        made = Shape((*rows, *others))
        made.name, made.assumption, made.spelt_out = self._name, self._assumption, sample is not None
        return made

    def reshape(self, *sizes: Any, **_: Any) -> StandIn:
        return self._next(".reshape(…)", _sample(sizes))

    @property
    def ndim(self) -> int:
        self._assumption.note(f"{self._name}.ndim", self._assumption.rank)
        return self._assumption.rank

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _ENDS:
            self._assumption.gives_tensors()
        made = self._next(f".{name}", self._sample if name == "values" else None)
        made._result = self._sample if name in _KEEPING else None
        return made

    def __getitem__(self, index: Any) -> Any:
        if type(index) is int and _makes_tensors(sys._getframe(1)):
            # TensorFlow asks for the elements of elements until it finds numbers, or ends the process.
            return self.__array__()[index]
        if isinstance(index, list) and index and all(type(each) is str for each in index):
            return self._next("[…]", (len(index),))
        # Some of the rows: a range of them, or those whose numbers an array holds.
        some = isinstance(index, slice) or (isinstance(index, numpy.ndarray) and index.ndim == 1)
        made = self._next("[…]", self._sample if some else None)
        rows = index[0] if isinstance(index, tuple) and index else index
        if isinstance(rows, slice) and type(rows.start) is type(rows.stop) is int:
            made._length = rows.stop - rows.start if 0 <= rows.start < rows.stop else None
        made._is_one = type(index) is int and "(" not in self._name
        if isinstance(index, tuple) and len(index) == 2 and type(index[1]) is int:
            # One column of a table.
            made._sample = ()
        return made

    def of_rows(self, shape: tuple[int, ...]) -> StandIn:
        """This array, of whose samples the code says the shape where `shape` has any: the number of samples first."""
        self._sample = shape[1:] or None
        return self

    def of_many(self) -> StandIn:
        """An array of many such as this one."""
        sample = None if self._length is None else tuple.__getitem__(self.shape, slice(None))
        return self._next("", sample)

    def of_same(self) -> StandIn:
        """Another array such as this one."""
        return self._next("", self._sample)

    def of_another(self) -> StandIn:
        """An array that is made of this one, of whose shape nothing is known."""
        return self._next("(…)")

    def __setitem__(self, _: Any, value: Any) -> None:
        return None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._assumption.called[self._name] = self._home
        if any(map(_is_hyperparameters, (*args, *kwargs.values()))):
            self._assumption.given[self._name] = self._home
        tensor = next(filter(None, map(_tensor, (*args, *kwargs.values()))), None)
        if tensor is None:
            return self._next("(…)", self._result)
        self.passes_on()
        return tensor[0]

    def passes_on(self) -> None:
        """What it stands for is a layer or the like, which is assumed to change no shape."""
        self._assumption.transformed[self._name] = self._home
        self._assumption.note(f"the shape that {self._name} gives back", "that of what it is given")

    def as_tensor(self, make: Callable[[tuple[int, ...]], Any]) -> Any:
        """What is put into a layer or a model in its place, which is what `make` gives for the shape of one sample: the
        model that it comes from is assumed to change no shape, so that its output is its input.

        A stand-in that is no input or output of anything stays itself: layers take it as the number that it is.
        """
        if self._name.rpartition(".")[2].partition("[")[0] not in _ENDS:
            return self
        if self._home not in self._assumption.tensors:
            self._assumption.tensors[self._home] = make(self._assumption.shape[1:])
        self._assumption.note(f"{self._name}.shape", (None, *self._assumption.shape[1:]))
        return self._assumption.tensors[self._home]

    def takes_part(self, role: str) -> None:
        """It takes part in training as a loss, a metric or an optimizer, which decides no shape."""
        self._assumption.measures |= role.endswith("metrics")
        self._assumption.note(self._name, "something that Keras can train with")

    @property
    def last_name(self) -> str:
        """The last part of its dotted name, without what was called on the way."""
        return self._name.replace("(…)", "").rpartition(".")[2] or "measure"

    def __len__(self) -> int:
        if self._length is not None:
            return int(self._length)
        self._assumption.note(f"len({self._name})", self._assumption.size)
        return self._assumption.size

    def __iter__(self) -> Iterator[Any]:
        frame = sys._getframe(1)
        wanted = _unpacked_into(frame)
        if wanted is not None:
            return iter([self._next(f"[{index}]") for index in range(wanted)])
        shape = self.shape
        inner = tuple.__getitem__(shape, slice(1, None))
        if not shape.spelt_out:
            self._assumption.note(self._name, inner)
        if _is_users(frame):
            # What user code goes through may hold anything; to Keras it is the sizes of a shape.
            return iter([self._next("[…]", None, size) for size in inner])
        return iter(inner)

    def __bool__(self) -> bool:
        """What the user's code asks for is taken to be there, and a switch to be on."""
        if _is_users(sys._getframe(1)):
            self._assumption.note(self._name, True)
        return True

    def __contains__(self, _: Any) -> bool:
        """User code asks whether a column or an option is there, and raises where it is not."""
        return _is_users(sys._getframe(1))

    def __array__(self, dtype: Any = None, copy: Any = None) -> numpy.ndarray:
        shape = tuple.__getitem__(self.shape, slice(None))
        self._assumption.note(f"{self._name}.shape", shape)
        self._assumption.turned |= not self.shape.spelt_out
        return numpy.broadcast_to(numpy.zeros((), dtype or "float32"), shape)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> StandIn:
        if function is numpy.reshape and len(args) == 2 and args[0] is self:
            made: StandIn = self.reshape(args[1])
            return made
        return stand_in(f"{function.__name__}({self._name})"[:60], self._assumption)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> StandIn:
        return self._next("")

    def __eq__(self, other: Any) -> Any:
        return self._is_text(other) if _asks_for_text(other) else int.__eq__(self, other)

    def __ne__(self, other: Any) -> Any:
        return not self._is_text(other) if _asks_for_text(other) else int.__ne__(self, other)

    def _is_text(self, text: str) -> bool:
        """What the user's code compares with a text is the first that it asks for: of several ways the likely one."""
        if self._name not in self._assumption.texts:
            self._assumption.texts[self._name] = text
            self._assumption.note(self._name, repr(text))
        return self._assumption.texts[self._name] == text

    def __lt__(self, other: Any) -> Any:
        return self._number(other) < other

    def __le__(self, other: Any) -> Any:
        return self._number(other) <= other

    def __gt__(self, other: Any) -> Any:
        return self._number(other) > other

    def __ge__(self, other: Any) -> Any:
        return self._number(other) >= other

    def _number(self, other: Any) -> float:
        """What is compared with a number: the assumed size, and a share where a line of Keras's asks whether it lies
        between 0 and 1, as those of a rate do."""
        frame = sys._getframe(2)
        line = (frame.f_code, frame.f_lineno)
        if type(other) in (int, float) and other == 1 and self._asked == line and not _is_users(frame):
            self._assumption.asked.pop(f"{self._name} = {int(self)}", None)
            return self.taken_for(0.5)
        self._asked = line if type(other) in (int, float) and other == 0 else None
        return self.assumed_size()

    def assumed_size(self) -> int:
        """The assumed size, where it is used as a number: Keras compares every size that it is given."""
        self._assumption.note(self._name, int(self))
        return int(self)

    def left_out(self) -> None:
        """It is an option of a declaration, which is taken to be the usual one."""
        self._assumption.note(self._name, "what Keras Tuner takes where nothing is said")

    def one_of(self) -> StandIn:
        """One of the values that this stands for."""
        return self._next("[…]")

    def taken_for(self, number: float) -> float:
        """A number that the code draws from a range whose ends are not known."""
        self._assumption.note(self._name, number)
        return number

    def __fspath__(self) -> str:
        return self._name

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __repr__(self) -> str:
        return f"<{self._name}, which is not at hand>"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return str(int(self))

    __hash__ = int.__hash__


_ENDS = ("input", "inputs", "output", "outputs")
"""Attributes of a model that are tensors, or lists of them."""

_KEEPING = ("astype", "copy", "to_numpy")
"""Methods of an array that return one of the same shape."""


def _operator(name: str) -> Any:
    """An operation on what a stand-in stands for: on a size it gives a size, on an array one of the same shape."""
    on_sizes = getattr(int, name, None)
    # What a size leaves when it is divided may be nothing: filters are asked whether groups divide them.
    least = 0 if name in ("__mod__", "__rmod__") else 1

    def operate(self: StandIn, *others: Any) -> StandIn:
        scalar = all(isinstance(each, (int, float)) and not isinstance(each, StandIn) for each in others)
        size = None
        if on_sizes is not None and all(type(each) in (int, StandIn) for each in others):
            try:
                size = on_sizes(int(self), *map(int, others))
            except (ArithmeticError, ValueError):
                pass
        possible = type(size) is int and least <= size <= LARGEST
        return self._next("", self._sample if scalar else None, size if possible else int(self))

    return operate


for _operation in (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow "
    "matmul rmatmul and rand or ror xor rxor lshift rshift neg pos abs invert"
).split():
    setattr(StandIn, f"__{_operation}__", _operator(f"__{_operation}__"))


def _builder(name: str, bases: Any, body: dict[str, Any], assumption: Assumption) -> type:
    """A class of the user's that builds models, and whose base is not at hand: what its methods ask of that is a stand-in.

    A layer, which has a `call` as well, is a stand-in itself: it is put into models that only its base knows to take.
    """
    codes = [value.__code__ for value in body.values() if isinstance(value, types.FunctionType)]
    asked = {each for code in codes for each in _asked_of_self(code)}
    known = {each for each in asked if each.startswith("__") or hasattr(_hypermodel(), each)}
    inherited: dict[str, Any] = {each: stand_in(f"{name}.{each}", assumption) for each in asked - known}
    inherited["__init__"] = lambda self, *args, **kwargs: None
    return type(name, (type(name, (), inherited),), body)


def _asked_of_self(code: types.CodeType) -> Iterator[str]:
    """The names of attributes that a method reads of its object; all names in it where it asks its base class."""
    if "super" in code.co_names:
        yield from code.co_names
    own = code.co_varnames[:1] if code.co_argcount else ()
    instructions = list(dis.get_instructions(code))
    for before, each in zip(instructions, instructions[1:]):
        of_self = before.opname.startswith("LOAD_FAST") and before.argval in own
        if each.opname in ("LOAD_ATTR", "LOAD_METHOD") and of_self:
            yield each.argval


def stand_in(name: str, assumption: Assumption, size: int | None = None) -> StandIn:
    return StandIn(name, assumption, size)  # type: ignore[no-any-return]


def _sample(sizes: Any) -> Any:
    """What a `reshape` says of one sample; None where a size is computed or left open."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    inner = tuple(sizes[1:])
    return inner if len(sizes) > 1 and all(type(size) is int and size > 0 for size in inner) else None


def _written(index: slice) -> str:
    return ":".join("" if part is None else str(part) for part in (index.start, index.stop))


def _unpacked_into(frame: Any) -> Any:
    """How many names the running instruction unpacks into; None when it does something else."""
    code = frame.f_code.co_code
    place = frame.f_lasti
    name = dis.opname[code[place]] if 0 <= place < len(code) else ""
    if name.startswith("UNPACK_SEQUENCE"):
        return code[place + 1]
    # `first, *others`: as many as there are before and after the star.
    return code[place + 1] + 1 if name.startswith("UNPACK_EX") else None


def _asks_for_text(other: Any) -> bool:
    """Whether the user's code compares what calls this with a text that says something."""
    return type(other) is str and bool(other) and _is_users(sys._getframe(2))


def _is_users(frame: Any) -> bool:
    """Whether a frame runs code of the slice."""
    return bool(frame.f_globals.get("__hypershape__"))


def _makes_tensors(frame: Any) -> bool:
    """Whether a frame is that of the code by which TensorFlow makes tensors of sequences."""
    return str(frame.f_globals.get("__name__")).startswith("tensorflow.python.framework.")


def _tensor(value: Any) -> Any:
    """The tensor, or the first of several, that is an argument of a call, in a tuple of one; else None."""
    if isinstance(value, (list, tuple)) and value:
        return _tensor(value[0])
    if isinstance(value, dict) and value:
        return _tensor(next(iter(value.values())))
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    symbolic = kind.__module__ == f"{__package__}.symbols" and kind.__name__ == "Tensor"
    real = package in ("tensorflow", "jax", "jaxlib", "torch") and hasattr(value, "dtype")
    if symbolic or kind.__name__ == "KerasTensor" or (real and hasattr(value, "shape")):
        return (value,)
    return None


def _hypermodel() -> type:
    import keras_tuner

    return keras_tuner.HyperModel  # type: ignore[no-any-return]


def _is_hyperparameters(value: Any) -> bool:
    import keras_tuner

    return type(value) is not StandIn and isinstance(value, keras_tuner.HyperParameters)


def class_name(stand_in: StandIn) -> str:
    """The name of what something stands for, as the code has it: that of a class for its object."""
    return stand_in._home.partition("(")[0].rpartition(".")[2]
