"""Calls of the user's own layers and models on stand-ins: what Keras does around `build` and `call`, and nothing else."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

import keras
import numpy as np

from . import origins, own
from .own import State
from .step import BATCH
from .symbols import HELD, STOP, HandedOut, Layer, Result, Stop, Tensor, Unconverted, thrown, unknown

if TYPE_CHECKING:
    from .remembered import Memory


class Sizes(NamedTuple):
    """The sizes of a weight, as they are in this run and as they vary."""

    present: Tuple[int, ...]
    varied: Optional[Tuple[Any, ...]]


class Objects:
    """The objects of the user's own classes in one run, and which classes cannot run on stand-ins."""

    def __init__(self, memory: "Memory") -> None:
        self._memory = memory
        self._opaque: Set[Tuple[str, str]] = set()
        self.met: Set[Any] = set()
        """The classes of which there are objects in this run."""
        self.running: List[State] = []
        """The objects whose code is running, innermost last."""
        self._training: Any = None
        self._asked_for_training = False

    def begin(self) -> None:
        self.met = set()
        self.running = []
        self._training, self._asked_for_training = None, False

    def distrust(self, classes: Any) -> None:
        """These classes are made for real from now on."""
        self._opaque |= {(cls.__module__, cls.__qualname__) for cls in classes}

    def blame(self) -> None:
        """The code that is running asked what stand-ins do not answer."""
        if self.running and not self._memory.tracking:
            self.distrust([self.running[-1].cls])

    def make(self, cls: Any, frame: Any) -> Optional[Any]:
        """An object of a class of the user's, whose `__init__` Python is about to run; None where it is made for real."""
        if (cls.__module__, cls.__qualname__) in self._opaque:
            return None
        memory = self._memory
        memory.active = False
        try:
            made = own.derived(cls)
        finally:
            memory.active = True
        if made is None:
            return None
        value = object.__new__(made)
        vars(value)[HELD] = State(memory, cls, value, memory.made_at(frame))
        self.met.add(cls)
        return value

    def run(self, state: State, phase: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Runs a method of the user's."""
        held, state.phase = state.phase, phase
        self.running.append(state)
        try:
            return method(*args, **kwargs)
        except Exception as error:
            raise self._outside(state, error) from None
        finally:
            self.running.pop()
            state.phase = held

    def _outside(self, state: State, error: Exception) -> BaseException:
        """What an error in the user's method is to whoever called it: Keras adds words to what a `call` raises."""
        memory, stopped = self._memory, self._memory.stopped
        if STOP not in vars(error) and _is_of_tensorflow(error):
            # It got a stand-in, which is none of its tensors.
            return unknown(memory)
        state.failed = not memory.asking_again
        if STOP not in vars(error):
            stop = memory.raised(error)
            if memory.broken:
                return stop
            memory.stopped = stopped
            vars(error)[STOP] = stop
        if state.phase not in ("call", own.PROMISE):
            return error
        return thrown(memory, vars(error)[STOP], type(error)).with_traceback(error.__traceback__)

    def inside(self) -> Tuple[Any, ...]:
        """What Keras says about a failure beside itself: the objects in which it happened, and their inputs."""
        return tuple((state.cls.__qualname__, state.name, state.phase, state.key) for state in self.running)

    def is_late(self) -> bool:
        """Whether something that is made now is made by a call, anew each time."""
        return any(state.phase == "call" for state in self.running)

    def called(self, layer: Any, result: Result) -> None:
        """The user's code has called a layer."""
        self._memory.require(not (layer.late and result.stateful))
        if self.running:
            self.running[-1].called.append(layer)

    # ------------------------------------------------------------------ weights

    def sizes_of(self, shape: Any) -> Sizes:
        memory = self._memory
        given = (shape,) if type(shape) in (int, origins.Token) else shape
        memory.require(type(given) in (list, tuple))
        present = memory.tracks.present(tuple(given)) if memory.tracking else tuple(given)
        memory.require(all(type(size) is int and size > 0 for size in present))
        varied = tuple(given) if any(type(size) is origins.Token for size in given) else None
        return Sizes(present, varied)

    def weight(self, sizes: Sizes, dtype: str, state: State) -> Tensor:
        varied = None if sizes.varied is None else ("t", sizes.varied, dtype)
        return Tensor(self._memory, ("t", sizes.present, dtype), state, (), varied)

    # ------------------------------------------------------------------ calls

    def call(self, state: State, args: Any, kwargs: Any, frame: Any) -> Any:
        """A call of an object on tensors. `frame` is the caller's, or None when a model calls its layer."""
        memory = self._memory
        args, kwargs = self._tensors(args), self._tensors(kwargs)
        memory.leaves_its_call((args, kwargs))
        parents: List[Tensor] = []
        key = (memory.input_key(args, parents), memory.input_key(kwargs, parents) if kwargs else None)
        memory.require(state.begun and bool(parents) and all(_is_tensors(each) for each in args))
        memory.require(not state.failed)
        if any(len(each.spec) > 3 for each in parents) and (
            state.masks or own.takes(state.value.call, "mask")
        ):
            # Stand-ins in its code carry no mask.
            self.distrust([state.cls])
            memory.require(False)
        if state.promises and not self.is_late():
            outputs = self._promised(state, key, args, kwargs)
            self._train(state, key, args, kwargs, outputs)
        else:
            outputs = self._outputs(state, key, args, kwargs)
            if not self.running and self._asked_for_training:
                self._train(state, key, args, kwargs, outputs)
        span = state.span if frame is None else memory.place(frame)
        state.result = self._result(state, key, args, kwargs, outputs)
        state.result.stateful = state.result.parameters > 0
        state.gave = (args[0], outputs) if len(args) == 1 and not kwargs else None
        memory.record(state.result, state.name, span)
        if frame is not None:
            self.called(state, state.result)
        return _made(outputs, state, tuple(parents))

    def forward(self, state: State, value: Any) -> Any:
        """What a model gives for data, called by nobody's line."""
        self._memory.stepped = True
        if state.gave is not None and _of_one_sample(state.gave[0]) == _of_one_sample(value):
            return state.gave[1]
        key = self._memory.input_key((value,), [])
        outputs = self._outputs(state, key, (value,), {})
        if self._asked_for_training:
            self._train(state, key, (value,), {}, outputs)
        return outputs

    def _tensors(self, value: Any) -> Any:
        """The same arguments with stand-ins for arrays, on which a model is called in order to build it."""
        kind = type(value)
        if kind in (list, tuple):
            return kind([self._tensors(each) for each in value])
        if kind is dict:
            return {name: self._tensors(each) for name, each in value.items()}
        if issubclass(kind, HandedOut) or kind in origins.PLAIN:
            return value
        if kind is np.ndarray or keras.ops.is_tensor(value):
            self._memory.require(str(value.dtype) not in ("object", "string"))
            dtype = keras.backend.standardize_dtype(value.dtype)
            return Tensor(self._memory, ("t", tuple(value.shape), dtype), None, ())
        return value

    def in_a_graph(self, value: Any) -> Any:
        """A value in the code of a `call`; a stand-in for a tensor that was made before, unless it may hold sizes or axes."""
        known = type(value) in (Tensor, origins.Token, *origins.PLAIN) or isinstance(value, HandedOut)
        if known or not keras.ops.is_tensor(value):
            return value
        dtype = keras.backend.standardize_dtype(value.dtype)
        if len(value.shape) < 2 and "int" in dtype:
            return value
        self._memory.require(dtype not in ("object", "string"))
        return Tensor(self._memory, ("t", tuple(value.shape), dtype), None, ())

    def _outputs(self, state: State, key: Any, args: Any, kwargs: Any) -> Any:
        """What the user's `call` gives, built before if it was not."""
        memory = self._memory
        held, state.key = state.key, key
        args, kwargs = _fresh(memory, args), _fresh(memory, kwargs)
        self._build(state, args, kwargs)
        call = state.value.call
        training, self._training = self._training, self._mode(call, kwargs)
        if own.takes(call, "mask"):
            kwargs.setdefault("mask", None)
        called, state.called = state.called, []
        try:
            outputs = self.run(state, "call", call, args, kwargs)
            for layer in state.called:
                memory.require(own.size(layer) == 0 or layer.late or state.holds(layer))
        finally:
            self._training, state.key, state.called = training, held, called
        memory.require(_is_tensors(outputs) and outputs is not None)
        memory.leaves_its_call(outputs)
        return outputs

    def _build(self, state: State, args: Any, kwargs: Any) -> None:
        if not state.built:
            state.value.build(_shapes(args[0] if args else next(iter(kwargs.values()))))

    def _promised(self, state: State, key: Any, args: Any, kwargs: Any) -> Any:
        """What the user's `compute_output_shape` says that a call gives, which a symbolic build does not make.

        Where layers in it are not built and it has no `build` of its own, Keras makes the call in order to build them.
        """
        memory = self._memory
        memory.require(not self.running)
        if not state.built and not state.defines("build") and not all(map(_is_built, state.parts())):
            try:
                self._outputs(state, key, args, kwargs)
            except (Exception, Stop):
                # Keras warns, and believes the promise.
                memory.require(False)
        held, state.key = state.key, key
        try:
            self._build(state, args, kwargs)
            promise = state.value.compute_output_shape
            shapes = self._told(promise, state.value.call, args, kwargs)
            return self._tensors_of(self.run(state, own.PROMISE, promise, (), shapes))
        finally:
            state.key = held

    def _told(self, promise: Any, call: Any, args: Any, kwargs: Any) -> Dict[str, Any]:
        """The shapes that Keras tells a `compute_output_shape`: the first, or those that it names after arguments."""
        memory = self._memory
        given = inspect.signature(call).bind(*args, **kwargs).arguments
        found = {
            name: _shapes(each)
            for name, each in given.items()
            if _is_tensors(each) and any(True for _ in _each(each))
        }
        parameters = inspect.signature(promise).parameters
        memory.require(all(each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters.values()))
        memory.require(bool(found) and not {"args", "kwargs", "mask"} & set(found))
        if len(parameters) == 1:
            return {next(iter(parameters)): next(iter(found.values()))}
        memory.require(
            all(name.endswith("_shape") and name[: -len("_shape")] in found for name in parameters)
        )
        return {name: found[name[: -len("_shape")]] for name in parameters}

    def _tensors_of(self, promised: Any) -> Any:
        """Stand-ins for tensors of the shapes that the user's code promised."""
        memory, kind = self._memory, type(promised)
        if kind is dict:
            return {name: self._tensors_of(each) for name, each in promised.items()}
        if kind not in (list, tuple):
            # A TensorShape, as older code gives it.
            memory.require(kind.__module__.startswith("tensorflow."))
            promised = tuple(promised)
        if promised and all(type(each) in (list, tuple, dict) for each in promised):
            return kind(self._tensors_of(each) for each in promised)
        sizes = tuple(promised)
        memory.require(all(size is None or (_is_whole(size) and not size < 0) for size in sizes))
        dtype = keras.config.dtype_policy().compute_dtype
        present = memory.tracks.present(sizes) if memory.tracking else sizes
        varied = ("t", sizes, dtype) if any(type(size) is origins.Token for size in sizes) else None
        return Tensor(memory, ("t", present, dtype), None, (), varied)

    def _mode(self, call: Any, kwargs: Dict[str, Any]) -> Any:
        """Whether a call is one in training, which `call` is told if it asks."""
        asks = own.takes(call, "training")
        mode = kwargs["training"] if "training" in kwargs else self._training
        if asks:
            self._asked_for_training = True
            if mode is None and "training" not in kwargs:
                mode = _default(call)
            if mode is not None:
                kwargs["training"] = mode
        return mode

    def _train(self, state: State, key: Any, args: Any, kwargs: Any, outputs: Any) -> None:
        """Calls it once more as a step does; a step may end otherwise than the build where that gives something else."""
        memory = self._memory
        with memory.unseen() as doubt:
            self._training = True
            try:
                if "training" not in kwargs or state.promises:
                    again = self._outputs(state, key, args, kwargs)
                    if _specs(again) != _specs(outputs):
                        doubt(("training", _specs(again)))
            except Stop as stop:
                doubt(("training", stop.key))
            except Exception as error:
                doubt(("training", getattr(memory.raised(error), "key", None)))
            finally:
                self._training = None

    def _result(self, state: State, key: Any, args: Any, kwargs: Any, outputs: Any) -> Result:
        parameters = state.parameters()
        return self._memory.result_for(
            ("own", state.cls.__qualname__, key, _specs(outputs), parameters),
            state.cls.__name__, (args, kwargs), outputs, parameters,
        )  # fmt: skip

    # ------------------------------------------------------------------ models that are returned

    def outcome(self, state: State, data: Any) -> Tuple[Any, Optional[int]]:
        """What decides the outcome of a step of a model that the target returned, and its parameters."""
        memory = self._memory
        kind = ("own", tuple(state.compiles), state.metrics())
        if data.x:
            shapes: Any = [(BATCH, *shape) for shape in data.x]
            value = self._batch(shapes, data.x_dtype, data.x_names)
            outputs = self.forward(state, value)
        elif state.told is not None:
            memory.require(not data.y)
            outputs = self._on_what_it_was_told(state)
        else:
            return (*kind, "deferred", state.built), None
        parameters = state.parameters()
        if memory.tracking:
            memory.tracks.depend_on_sizes(list(_each(outputs)))
        memory.require(not (data.y and state.trains_itself))
        given = (tuple(data.x), data.x_dtype) if data.x else state.told
        return (*kind, given, _specs(outputs), parameters == 0), parameters

    def _on_what_it_was_told(self, state: State) -> Any:
        """Its outputs for data of the shape that it was built on, as the first kind of numbers that it takes."""
        memory = self._memory
        told = state.told
        several = bool(told) and isinstance(told[0], (list, tuple))
        shapes = [tuple(each) for each in told] if several else [tuple(told)]
        memory.require(all(shape and all(type(size) is int for size in shape[1:]) for shape in shapes))
        shapes = [(BATCH, *shape[1:]) for shape in shapes]
        return self.forward(state, self._batch(shapes, "float32", ()))

    def _batch(self, shapes: Any, dtype: str, names: Any) -> Any:
        tensors = [Tensor(self._memory, ("t", tuple(shape), dtype), None, ()) for shape in shapes]
        if names:
            return dict(zip(names, tensors))
        return tensors[0] if len(tensors) == 1 else tensors


def _is_built(part: Any) -> bool:
    if type(part) is State:
        return bool(part.built)
    return part.result is not None or (type(part) is Layer and part.told is not None)


def _is_whole(size: Any) -> bool:
    """Whether a size is a whole number at all values that it stands for."""
    return type(size) is int or (type(size) is origins.Token and size.__class__ is int)


def _is_of_tensorflow(error: BaseException) -> bool:
    """Whether TensorFlow's own code raised an error, or a stand-in that was to become one of its tensors."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    home = "" if frame is None else str(frame.tb_frame.f_globals.get("__name__", ""))
    return isinstance(error, Unconverted) or home.startswith("tensorflow.")


def _default(call: Any) -> Any:
    parameter = inspect.signature(call).parameters["training"]
    return None if parameter.default is parameter.empty else parameter.default


def _each(value: Any) -> Iterator[Tensor]:
    return (each for each in origins.leaves(value) if type(each) is Tensor)


def _is_tensors(value: Any) -> bool:
    """Whether a value is a stand-in of a tensor, or a structure of such."""
    if type(value) in (list, tuple):
        return all(map(_is_tensors, value))
    if type(value) is dict:
        return all(map(_is_tensors, value.values()))
    return type(value) is Tensor or value is None


def _changed(change: Callable[[Tensor], Any], value: Any) -> Any:
    if type(value) is Tensor:
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(_changed(change, each) for each in value)
    if type(value) is dict:
        return {name: _changed(change, each) for name, each in value.items()}
    return value


def _fresh(memory: "Memory", value: Any) -> Any:
    """The same tensors as inputs of their own, in the precision in which a layer computes."""
    computes = keras.config.dtype_policy().compute_dtype

    def fresh(tensor: Tensor) -> Tensor:
        dtype = computes if "float" in tensor.dtype else tensor.dtype
        varied = None if tensor.varied is None else (*tensor.varied[:2], dtype)
        made = Tensor(memory, (*tensor.spec[:2], dtype), None, (), varied)
        memory.require(tensor.computed is None or dtype == tensor.dtype)
        made.computed = tensor.computed
        return made

    return _changed(fresh, value)


def _made(outputs: Any, state: State, parents: Tuple[Tensor, ...]) -> Any:
    """Outputs as seen from outside: made by the object, of what it was called on."""

    def made(tensor: Tensor) -> Tensor:
        outside = Tensor(tensor.memory, tensor.spec, state, parents, tensor.varied)
        outside.computed = tensor.computed if tensor.memory.objects.is_late() else None
        return outside

    return _changed(made, outputs)


def _specs(value: Any) -> Any:
    if type(value) is dict:
        return (dict, *[(name, _specs(each)) for name, each in value.items()])
    if type(value) in (list, tuple):
        return (type(value), *[_specs(each) for each in value])
    return None if value is None else value.spec


def _of_one_sample(value: Any) -> Any:
    """What tensors are apart from their number of samples."""
    return _changed(lambda tensor: (tensor.spec[1][1:], tensor.dtype), value)


def _shapes(value: Any) -> Any:
    return _changed(lambda tensor: tuple(tensor.shape), value)
