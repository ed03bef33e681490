"""TensorFlow's own functions in the `call` of the user's layers: `tf.reduce_sum(x)`, `tf.nn.softmax(x)`.

There Keras hands over tensors of the backend. A stand-in is none, and says so when it is to become one; then
TensorFlow asks whoever has registered for it whether he knows what to do. What we do is to make the function an
operation like those of `keras.ops`, which is asked on symbolic tensors of these shapes and remembered.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, Optional

import keras

from . import computed, guard, origins
from .origins import PLAIN, Token
from .symbols import Tensor, Unconverted, is_of_tensorflow

if TYPE_CHECKING:
    from .remembered import Memory

_CLASSES: Dict[int, Any] = {}
_DISPATCH, _HANDLER = "tensorflow.python.util.dispatch", "op_dispatch_handler"


class Function(computed.Asked):
    """A call of a function of TensorFlow as an operation; each function has a class of its own."""

    function: Any = None

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return type(self).function(*args, **kwargs)


def _class_of(function: Any) -> Any:
    """The operation that a function is."""
    found = _CLASSES.get(id(function))
    if found is None:
        # Keeping the function keeps its identity its own.
        found = type(
            getattr(function, "__name__", "function"), (Function,), {"function": staticmethod(function)}
        )
        _CLASSES[id(function)] = found
    return found


def remember(memory: "Memory") -> None:
    """Lets `memory` answer for functions of TensorFlow that are called on stand-ins."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    # What Keras 2 registered with; where it is gone, such layers are made for real.
    dispatcher = getattr(getattr(tf.__internal__, "dispatch", None), "GlobalOpDispatcher", None)
    if dispatcher is None:
        return

    computed.follow_shapes(memory)

    class Dispatcher(dispatcher):  # type: ignore[misc, valid-type]
        def handle(self, function: Any, args: Any, kwargs: Any) -> Any:
            if not memory.active:
                return self.NOT_SUPPORTED
            refused = _refused(memory, sys.exc_info()[1])
            if refused is None and memory.tracking and memory.tracks.tokens((args, kwargs)):
                # Its numbers are taken for objects of another kind where they stand beside plain ones.
                args, kwargs = memory.tracks.settled((args, kwargs))
                return function(*args, **kwargs)
            if refused is None or refused.memory is not memory:
                return self.NOT_SUPPORTED
            if not _is_outermost(sys._getframe(1)):
                # What the user's code calls is asked as a whole: inside of it a stand-in may have been taken for a list.
                return self.NOT_SUPPORTED
            return _called(memory, refused, function, args, kwargs)

    Dispatcher().register()


def _called(memory: "Memory", refused: Unconverted, function: Any, args: Any, kwargs: Any) -> Any:
    memory.require(memory.objects.is_late())
    memory.broken, memory.unconverted = refused.broken, None
    return called(memory, function, args, kwargs)


def called(memory: "Memory", function: Any, args: Any, kwargs: Any) -> Any:
    """What a function of the backend gives for stand-ins."""
    args, kwargs = origins.mapped((args, kwargs), lambda leaf: _plain(memory, leaf))
    found = list(origins.leaves((args, kwargs)))
    memory.require(any(type(each) is Tensor for each in found))
    memory.require(all(_is_plain(each) for each in found))
    return memory.operate(_class_of(function)(), args, kwargs)


def _refused(memory: "Memory", error: Optional[BaseException]) -> Optional[Unconverted]:
    """The stand-in's refusal behind an error of TensorFlow's."""
    found = next((each for each in guard.chain(error) if type(each) is Unconverted), None)
    if found is None and Unconverted.WORDS in str(error):
        # Where TensorFlow converts in C++, its error holds the words of ours alone.
        return memory.unconverted
    return found


def _is_outermost(dispatch: Any) -> bool:
    """Whether no function around the one that is asked for, up to the user's code, can be asked for as well.

    `dispatch` is the frame in which TensorFlow asks, which stands in a handler around the function or in itself.
    """
    frame = dispatch.f_back
    if _is_handler(frame):
        frame = frame.f_back
    while is_of_tensorflow(frame):
        if _is_handler(frame):
            return False
        frame = frame.f_back
    return True


def _is_handler(frame: Any) -> bool:
    return bool(frame.f_globals.get("__name__") == _DISPATCH and frame.f_code.co_name == _HANDLER)


def _plain(memory: "Memory", value: Any) -> Any:
    """An argument without what decides no shape: the numbers of large tensors, and where random numbers come from."""
    if type(value).__module__ == "tensorflow.python.framework.dtypes":
        return value.name
    if type(value) is keras.random.SeedGenerator:
        return 0
    return memory.objects.in_a_graph(value)


def _is_plain(value: Any) -> bool:
    return type(value) in (Tensor, Token, *PLAIN) or value is Ellipsis or keras.ops.is_tensor(value)
