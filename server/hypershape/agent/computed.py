"""What the `call` of a layer of the user's computes of the sizes of its tensors: `tf.shape(x)[0]`, `n // 2`.

TensorFlow knows some of these numbers while it makes a graph, and what is shaped by them: `tf.reshape(x, (tf.shape(x)[0],
-1, 8))` has a last axis of 8. What nobody but TensorFlow knows is not worked out here. A stand-in of few numbers carries
how it was computed; whatever is called on it is asked as one operation with all of that, back to the tensors whose
numbers decide no shape.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, Tuple

import keras

from . import origins, training
from .symbols import Tensor

if TYPE_CHECKING:
    from .remembered import Memory

MOST_STEPS = 64
"""Of so many calls may be made what a stand-in carries."""

_CLASSES: Dict[Any, Any] = {}


class Asked(keras.Operation):  # type: ignore[misc]
    """What is asked as an operation and is none of Keras's own; each has a class of its own, which tells what it does."""

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return training.outputs_of(self.call, args, kwargs)


class Composed(Asked):
    """A call with all that its arguments were computed by. It is called on what is left of them: see `_taken_apart`."""

    skeleton: Any = None

    def call(self, *rest: Any) -> Any:
        return _put_together(type(self).skeleton, rest)


class Place(Asked):
    """One of several things that a call gave."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def call(self, several: Any) -> Any:
        return several[self.place]


class Size(Asked):
    """A size of a tensor, as TensorFlow's own tensor."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def call(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.shape(x)[self.axis]


class Computation:
    """How a stand-in was computed: a class of operations, what it was made of, and what it was called on."""

    __slots__ = ("args", "cls", "config", "kwargs", "regroups", "steps")

    def __init__(self, cls: Any, config: Any, args: Any, kwargs: Any) -> None:
        self.cls = cls
        self.config = config
        self.args = args
        self.kwargs = kwargs
        self.regroups: Any = None
        """What came of a call that gives another number of rows than there are samples: what is made of it may bring the
        samples back, and then a step passes."""
        self.steps: int = 1 + sum(each.steps for each in _behind((config, args, kwargs)))


def is_part_of(value: Any) -> bool:
    """Whether a structure holds a stand-in that carries how it was computed."""
    return any(True for _ in _behind(value))


def _behind(value: Any) -> Iterator[Computation]:
    for each in origins.leaves(value):
        found = each.computed if type(each) is Tensor else each
        if type(found) is Computation:
            yield found


def whole(by: Computation) -> Tuple[Any, Tuple[Any, ...]]:
    """A call together with all that its arguments were computed by: an operation, and what it is called on."""
    skeleton, rest = _taken_apart(by)
    made = _CLASSES.get(skeleton)
    if made is None:
        made = _CLASSES[skeleton] = type(by.cls.__name__, (Composed,), {"skeleton": skeleton})
    return made, tuple(rest)


def marked(memory: "Memory", outputs: Any, by: Computation) -> Any:
    """What a call gave, where each stand-in of few numbers carries how it was computed if that may decide shapes."""

    def mark(tensor: Any, computed: Computation) -> None:
        if type(tensor) is not Tensor:
            return
        decides = len(tensor.shape) < 2 and (by.steps > 1 or "int" in tensor.dtype)
        if decides or computed.regroups is not None:
            memory.require(computed.steps <= MOST_STEPS)
            tensor.computed = computed

    mark(outputs, by)
    if type(outputs) in (list, tuple):
        for place, each in enumerate(outputs):
            mark(each, Computation(Place, {"place": place}, (by,), {}))
    return outputs


def follow_shapes(memory: "Memory") -> None:
    """Lets `keras.ops.shape` give, in the `call` of a layer, a tensor for each size that only a batch tells, as it does."""
    shape = keras.ops.shape

    @functools.wraps(shape)
    def sizes(x: Any) -> Any:
        found = shape(x)
        if type(x) is not Tensor or not (memory.active and memory.objects.is_late()):
            return found
        return tuple(
            [memory.operate(Size(i), (x,), {}) if each is None else each for i, each in enumerate(found)]
        )

    for name, module in list(sys.modules.items()):
        if name.startswith("keras.") and vars(module).get("shape") is shape:
            vars(module)["shape"] = sizes


def _taken_apart(value: Any) -> Tuple[Any, Any]:
    """What of a structure is the same at all values (None where nothing in it was computed), and the rest."""
    kind = type(value)
    if kind is Tensor and value.computed is not None:
        return _taken_apart(value.computed)
    if kind is Computation:
        return _each_taken_apart(value.cls, (value.config, value.args, value.kwargs))
    if kind is slice and is_part_of(value):
        return _each_taken_apart(slice, (value.start, value.stop, value.step))
    if kind in (list, tuple) and is_part_of(value):
        return _each_taken_apart(kind, value)
    if kind is dict and is_part_of(value):
        return _each_taken_apart((dict, *value), value.values())
    return None, value


def _each_taken_apart(maker: Any, parts: Any) -> Tuple[Any, Any]:
    pairs = [_taken_apart(each) for each in parts]
    return (maker, tuple([skeleton for skeleton, _ in pairs])), [rest for _, rest in pairs]


def _put_together(skeleton: Any, rest: Any) -> Any:
    if skeleton is None:
        return rest
    maker, parts = skeleton
    made = [_put_together(*each) for each in zip(parts, rest)]
    if type(maker) is tuple:
        return dict(zip(maker[1:], made))
    if maker in (list, tuple):
        return maker(made)
    if maker is slice:
        return slice(*made)
    config, args, kwargs = made
    operation = object.__new__(maker)
    vars(operation).update(config)
    return operation.call(*args, **kwargs)
