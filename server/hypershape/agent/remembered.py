"""Built-in layers whose shapes are remembered, so that a space that repeats them costs almost nothing.

While active, `Layer.__new__`, `Sequential.__new__`, `Model.__new__` and `Optimizer.__new__` hand out stand-ins
that know nothing but their arguments. A stand-in that is called on tensors looks its result up under its class,
arguments and input shapes; the first time, the real layer is made and called. This is sound because only
layers of Keras itself are remembered, and only where their arguments are plain values.

Anything else raises `Unknown`: the caller then runs the target again with Keras itself. A stand-in never
answers a question that it was not made for, and it never decides that something fails.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any, Dict, List, Optional, Tuple

import keras
from keras import layers

from . import private, training
from .positions import Positions, Span
from .standins import StandIn
from .step import identity
from .trace import count_parameters, dtype_of, shapes

global_state: Any = private.get("keras.src.backend.common.global_state")
_mask_of: Any = private.get("keras.src.backend.get_keras_mask")

_STATEFUL = (
    "Normalization", "Discretization", "StringLookup", "IntegerLookup", "TextVectorization", "FeatureSpace",
    "HashedCrossing", "Hashing", "Lambda", "Wrapper", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer",
    "Pipeline", "RandomErasing",
)  # fmt: skip
"""Built-in layers whose shapes depend on more than plain arguments."""

_REUSABLE = (
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "Flatten",
    "Dropout", "Activation", "ReLU", "LeakyReLU", "ELU", "GaussianNoise", "GaussianDropout", "ZeroPadding2D",
    "UpSampling2D", "Rescaling",
)  # fmt: skip
"""Layers without weights that keep nothing of an input: one real layer serves all inputs."""

_RATES = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "GaussianDropout",
    "AlphaDropout",
)


class Unknown(BaseException):
    """The target does something that is not remembered. Not an Exception: user code shall not catch it."""


class Stop(BaseException):
    """A remembered layer is known to refuse its input, with the error that Keras raised for it before."""

    def __init__(self, key: Any) -> None:
        super().__init__()
        self.key = key


class _StandIn:
    """Answers `isinstance` like the class that it stands for, and refuses every other question."""

    __slots__ = ("memory",)
    stands_for: Any = object

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.stands_for

    def __getattr__(self, name: str) -> Any:
        raise _unknown(object.__getattribute__(self, "memory"))

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise _unknown(object.__getattribute__(self, "memory"))

    __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = __contains__ = __call__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = (
        _refuse
    )
    __neg__ = __abs__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __invert__ = _refuse
    __str__ = __repr__ = __format__ = __float__ = __int__ = __index__ = __array__ = _refuse
    __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = __reduce_ex__ = __copy__ = __deepcopy__ = (
        _refuse
    )
    __hash__ = object.__hash__


def _unknown(memory: "Memory") -> Unknown:
    memory.broken = True
    return Unknown()


class Tensor(_StandIn):
    """A symbolic tensor: its shape and dtype, and the layer call that made it."""

    __slots__ = ("dtype", "layer", "parents", "shape", "spec")
    stands_for = keras.KerasTensor

    def __init__(
        self, memory: "Memory", spec: Tuple[Any, ...], layer: Any, parents: Tuple["Tensor", ...]
    ) -> None:
        self.memory = memory
        self.spec = spec
        self.shape = spec[1]
        self.dtype = spec[2]
        self.layer = layer
        self.parents = parents

    @property
    def ndim(self) -> int:
        return len(self.shape)


class _Kind:
    """A layer class with its arguments: all that decides its behaviour."""

    __slots__ = ("arguments", "cls", "counts", "input_shape", "named", "real", "results")

    def __init__(self, cls: Any, arguments: Tuple[Any, Any]) -> None:
        self.cls = cls
        self.arguments = arguments
        self.results: Dict[Any, "_Result"] = {}
        self.counts: Tuple[Tuple[str, int], ...] = ()
        self.named: Optional[str] = None
        self.input_shape: Any = None
        self.real: Any = None
        """A real layer of this kind that was not called yet, or one that may be called again."""


class _Result:
    """What a layer of one kind does to one input."""

    __slots__ = ("call", "doubtful", "outputs", "parameters")

    def __init__(self, outputs: Any, parameters: int, call: Dict[str, Any]) -> None:
        self.outputs = outputs
        self.parameters = parameters
        self.call = call
        self.doubtful = False
        """A training step may end otherwise than these outputs promise."""


class Layer(_StandIn):
    """A layer that was made and perhaps called."""

    __slots__ = ("first", "kind", "name", "owned", "result", "span")

    def __init__(self, memory: "Memory", kind: _Kind, name: str, span: Optional[Span]) -> None:
        self.memory = memory
        self.kind = kind
        self.name = name
        self.span = span
        self.first: Any = None
        self.owned = False
        """It is wrapped by another layer, which alone may call it."""
        self.result: Optional[_Result] = None

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.kind.cls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.memory.call(self, args, kwargs, sys._getframe(1))


class Input(_StandIn):
    """What `keras.Input` makes; Keras reads its `output`."""

    __slots__ = ("output",)
    stands_for = layers.InputLayer

    def __init__(self, memory: "Memory", spec: Tuple[Any, ...]) -> None:
        self.memory = memory
        self.output = Tensor(memory, spec, self, ())


class Optimizer(_StandIn):
    __slots__ = ("key",)
    stands_for = keras.optimizers.Optimizer

    def __init__(self, memory: "Memory", key: Any) -> None:
        self.memory = memory
        self.key = key


class _Model(_StandIn):
    """What all stand-ins of models have in common: they can be compiled and summarized."""

    __slots__ = ("compiles", "made")

    def compile(self, *args: Any, **kwargs: Any) -> None:
        memory = self.memory
        frame = memory.positions.innermost(sys._getframe(1))
        key = memory.compile_key(args, kwargs)
        self.compiles.append((key, None if frame is None else id(memory.positions.of_frame(frame))))

    def summary(self) -> None:
        """Prints nothing: what a summary shows is not part of a verdict."""


class Sequential(_Model):
    __slots__ = ("stack", "start", "tensor")
    stands_for = keras.Sequential

    def __init__(self, memory: "Memory", stack: Any = None, trainable: Any = True, name: Any = None) -> None:
        self.memory = memory
        if trainable is not True or not (name is None or (type(name) is str and "/" not in name)):
            raise _unknown(memory)
        self.compiles: List[Any] = []
        self.stack: List[Layer] = []
        self.start: Optional[Tensor] = None
        self.tensor: Optional[Tensor] = None
        self.made = False
        if stack is not None and type(stack) not in (list, tuple):
            raise _unknown(memory)
        for layer in stack or ():
            self.add(layer)

    def add(self, layer: Any) -> None:
        memory = self.memory
        kind = type(layer)
        if kind is Layer:
            if any(held is layer or held.name == layer.name for held in self.stack):
                raise _unknown(memory)
            if self.start is None and not self.stack and layer.kind.input_shape is not None:
                self._begin(memory.input_tensor({"shape": layer.kind.input_shape}))
            self.stack.append(layer)
            if self.tensor is not None:
                output = memory.call(layer, (self.tensor,), {}, None)
                if type(output) is not Tensor:
                    raise _unknown(memory)
                self.tensor = output
        elif kind is Tensor and type(layer.layer) is Input:
            self._begin(layer)
        elif kind is Input:
            self._begin(layer.output)
        else:
            raise _unknown(memory)

    def _begin(self, tensor: Tensor) -> None:
        if self.stack or self.start is not None:
            raise _unknown(self.memory)
        self.start = self.tensor = tensor

    def ends(self) -> Tuple[Tuple[Tensor, ...], Tuple[Tensor, ...], int]:
        if self.start is None or self.tensor is None or not self.stack:
            raise _unknown(self.memory)
        parameters = sum(layer.result.parameters for layer in self.stack if layer.result)
        return (self.start,), (self.tensor,), parameters


class Functional(_Model):
    __slots__ = ("inputs_", "outputs_")
    stands_for = keras.Model

    def __init__(self, memory: "Memory", inputs: Any = None, outputs: Any = None, name: Any = None) -> None:
        self.memory = memory
        if not (name is None or (type(name) is str and "/" not in name)):
            raise _unknown(memory)
        self.compiles: List[Any] = []
        self.inputs_ = self._tensors(inputs)
        self.outputs_ = self._tensors(outputs)
        self.made = False

    def _tensors(self, value: Any) -> Tuple[Tensor, ...]:
        tensors = tuple(value) if type(value) in (list, tuple) else (value,)
        if not tensors or any(type(tensor) is not Tensor for tensor in tensors):
            raise _unknown(self.memory)
        return tensors

    def ends(self) -> Tuple[Tuple[Tensor, ...], Tuple[Tensor, ...], int]:
        """Inputs, outputs and parameters; only a model that uses exactly its inputs is remembered."""
        found: Dict[int, Layer] = {}
        sources: Dict[int, Any] = {}
        names = set()
        waiting = list(self.outputs_)
        seen = set()
        while waiting:
            tensor = waiting.pop()
            if id(tensor) in seen:
                continue
            seen.add(id(tensor))
            layer = tensor.layer
            if type(layer) is Input:
                sources[id(tensor)] = tensor
                continue
            if id(layer) not in found:
                if layer.name in names:
                    raise _unknown(self.memory)
                names.add(layer.name)
                found[id(layer)] = layer
            waiting.extend(tensor.parents)
        if set(sources) != {id(tensor) for tensor in self.inputs_} or len(sources) != len(self.inputs_):
            raise _unknown(self.memory)
        parameters = sum(layer.result.parameters for layer in found.values() if layer.result)
        return self.inputs_, self.outputs_, parameters


class Memory:
    """Everything remembered in one process. `active` says that stand-ins are handed out."""

    def __init__(self) -> None:
        self.active = False
        self.broken = False
        self.stopped = False
        self.asking = False
        self.positions: Positions = Positions(())
        self.calls: List[Tuple[Any, ...]] = []
        self.failures: Dict[Any, Dict[str, Any]] = {}
        self._names: Dict[str, int] = {}
        self._kinds: Dict[Any, _Kind] = {}
        self._optimizers: Dict[Any, bool] = {}
        self._inputs: Dict[Any, Tuple[Any, ...]] = {}
        self._tensors: Dict[Any, Any] = {}
        self._settings: Any = None

    def install(self) -> None:
        """Wraps the constructors of models and optimizers; `Layer.__new__` is wrapped by the recorder."""
        memory = self
        sequential_new, model_new = keras.Sequential.__new__, keras.Model.__new__
        optimizer_new = keras.optimizers.Optimizer.__new__

        def new_sequential(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                memory.require(cls is keras.Sequential)
                return Sequential(memory, *args, **kwargs)
            return sequential_new(cls, *args, **kwargs)

        def new_model(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                memory.require(cls is keras.Model)
                return Functional(memory, *args, **kwargs)
            return model_new(cls, *args, **kwargs)

        def new_optimizer(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                return memory.optimizer(cls, args, kwargs)
            return (
                object.__new__(cls)
                if optimizer_new is object.__new__
                else optimizer_new(cls, *args, **kwargs)
            )

        self._skip_tracking()
        keras.Sequential.__new__ = new_sequential
        keras.Model.__new__ = new_model
        keras.optimizers.Optimizer.__new__ = new_optimizer

    def _skip_tracking(self) -> None:
        """Leaves out TensorFlow's tracking of attributes, a fifth of the time, for layers that are only asked."""
        if keras.backend.backend() != "tensorflow" or not private.has(private.TRACKING):
            # Elsewhere the import would load all of TensorFlow, in each job anew.
            return
        tracking = private.get("keras.src.backend.tensorflow.trackable.KerasAutoTrackable")
        track = tracking.__setattr__
        memory, plain = self, object.__setattr__

        def set_attribute(layer: Any, name: str, value: Any) -> None:
            (plain if memory.asking else track)(layer, name, value)

        tracking.__setattr__ = set_attribute

    def begin(self) -> None:
        self.active, self.broken, self.stopped = True, False, False
        self.calls = []
        self._names = {}
        self._settings = settings()
        # Metrics are made for real, and shall get the names that they get after `clear_session`.
        global_state.set_global_attribute("object_name_uids", defaultdict(int))

    def end(self) -> bool:
        """Stops handing out stand-ins; False when what happened meanwhile must not be used."""
        self.active = False
        return not self.broken and self._settings == settings()

    def require(self, condition: bool) -> None:
        if not condition:
            raise _unknown(self)

    def layer(self, cls: Any, args: Any, kwargs: Any, frame: Any) -> Any:
        """A stand-in for a layer that is being made."""
        if cls is layers.InputLayer:
            self.require(not args)
            return Input(self, self._input_spec(kwargs))
        key = (cls, self._argument_key(cls, args, kwargs), self._settings)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._learn(key, cls, args, kwargs)
        user = self.positions.innermost(frame)
        span = None if user is None else self.positions.of_frame(user)
        names = self._names
        name = kind.named
        for prefix, count in kind.counts:
            number = names.get(prefix, 0)
            if name is None:
                name = prefix if number == 0 else "%s_%d" % (prefix, number)
            names[prefix] = number + count
        return Layer(self, kind, name or "", span)

    def call(self, layer: Layer, args: Any, kwargs: Any, frame: Any) -> Any:
        """A call of a stand-in. `frame` is the caller's, or None when a model calls its layer."""
        parents: List[Tensor] = []
        key = (self._input_key(args, parents), self._input_key(kwargs, parents) if kwargs else None)
        self.require(bool(parents) and all(tensor.memory is self for tensor in parents))
        self.require(not layer.owned and (layer.first is None or layer.first == key))
        layer.first = key
        result = layer.kind.results.get(key)
        if result is None:
            result = self._try(layer.kind, key, args, kwargs)
        if frame is None:
            span = layer.span
        else:
            user = self.positions.innermost(frame)
            self.require(user is frame or (user is frame.f_back and _is_function_of_layer(frame)))
            assert user is not None
            span = self.positions.of_frame(user)
        if result.outputs is None:
            raise self.stop(("layer", id(layer.kind), key, layer.name, id(layer.span)), frame)
        layer.result = result
        self.calls.append((id(span), layer.name, id(result), span, result))
        made = tuple(parents)
        if type(result.outputs) is list:
            return [Tensor(self, spec, layer, made) for spec in result.outputs]
        return Tensor(self, result.outputs, layer, made)

    def stop(self, key: Any, frame: Any = None) -> BaseException:
        """The failure `key` at this place of the user's code: known before, or to be found out by Keras."""
        places = []
        frame = self.positions.innermost(frame or sys._getframe(1))
        while frame is not None:
            places.append(id(self.positions.of_frame(frame)))
            frame = self.positions.innermost(frame.f_back)
        self.stopped = True
        return Stop((key, tuple(places)))

    def doubts(self) -> Optional[Tuple[Any, ...]]:
        """All calls, where one of them may fail in training only; None where none does."""
        if not any(call[4].doubtful for call in self.calls):
            return None
        return tuple(call[:3] for call in self.calls)

    def input_tensor(self, arguments: Dict[str, Any]) -> Tensor:
        return Input(self, self._input_spec(arguments)).output

    def run(self, model: Sequential, shape: Tuple[int, ...], dtype: str) -> None:
        """Builds a Sequential that names no input on data of this shape, as the first step does."""
        start = tensor = Input(self, ("t", shape, dtype)).output
        for layer in model.stack:
            tensor = self.call(layer, (tensor,), {}, None)
            self.require(type(tensor) is Tensor)
        model.start, model.tensor = start, tensor

    def optimizer(self, cls: Any, args: Any, kwargs: Any) -> Optimizer:
        self.require(cls.__module__.startswith("keras.src.optimizers"))
        arguments = dict(kwargs)
        if args:
            self.require(len(args) == 1 and "learning_rate" not in arguments)
            arguments["learning_rate"] = args[0]
        rate = arguments.get("learning_rate")
        if type(rate) is float and 0.0 <= rate < 1e30:
            arguments["learning_rate"] = "a float"
        else:
            self.require(rate is None)
        key = (cls, self._plain(arguments))
        if key not in self._optimizers:
            self.active = False
            try:
                cls(*args, **kwargs)
            except Exception:
                raise _unknown(self) from None
            finally:
                self.active = True
            self._optimizers[key] = True
        return Optimizer(self, key)

    def compile_key(self, args: Any, kwargs: Any) -> Tuple[Any, ...]:
        found = []
        names = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
        self.require(len(args) <= 2)
        given = dict(zip(names, args))
        given.update(kwargs)
        for name in sorted(given):
            value = given[name]
            if type(value) is Optimizer:
                key: Any = ("optimizer", value.key)
            else:
                key = identity(value)
                self.require(key is not None)
            found.append((name, key))
        return tuple(found)

    def _input_spec(self, arguments: Dict[str, Any]) -> Tuple[Any, ...]:
        key = (
            self._plain({name: each for name, each in arguments.items() if each is not None}),
            self._settings,
        )
        spec = self._inputs.get(key)
        if spec is None:
            self.active = False
            try:
                tensor = layers.InputLayer(**arguments).output
                self.require(type(tensor) is keras.KerasTensor and not tensor.sparse)
                spec = ("t", tuple(tensor.shape), tensor.dtype)
            except Exception:
                raise _unknown(self) from None
            finally:
                self.active = True
            self._inputs[key] = spec
        return spec

    def _argument_key(self, cls: Any, args: Any, kwargs: Any) -> Any:
        self.require(cls.__module__.startswith("keras.src.layers.") and cls.__name__ not in _STATEFUL)
        if cls.__name__ in _RATES:
            if len(args) == 1 and type(args[0]) is float and 0.0 < args[0] < 1.0:
                args = ("a rate",)
            elif type(kwargs.get("rate")) is float and 0.0 < kwargs["rate"] < 1.0:
                kwargs = dict(kwargs, rate="a rate")
        return (tuple(self._plain(each) for each in args), self._plain(kwargs) if kwargs else None)

    def _plain(self, value: Any) -> Any:
        """A key for an argument that is plain data or a built-in object made of plain data."""
        kind = type(value)
        if kind in (str, int, float, bool, type(None)):
            # 2, 2.0 and True are equal in Python and different to Keras; nan is equal to nothing.
            self.require(value == value)
            return (kind, value)
        if kind in (list, tuple):
            return (kind, *[self._plain(each) for each in value])
        if kind is dict:
            return (dict, *[(self._plain(name), self._plain(each)) for name, each in sorted(value.items())])
        if kind is StandIn:
            return (kind, value.assumed_size())
        if kind is Layer:
            self.require(not value.owned and value.first is None)
            value.owned = True
            return (Layer, id(value.kind))
        module = str(getattr(kind, "__module__", ""))
        if module.startswith("keras.src.regularizers.") and kind.__name__ in ("L1", "L2", "L1L2"):
            return (kind,)
        if module.startswith(
            ("keras.src.initializers.", "keras.src.constraints.", "keras.src.regularizers.")
        ):
            return (kind, self._plain(value.get_config()))
        if str(getattr(value, "__module__", "")).startswith("keras.src.activations."):
            return (value.__module__, value.__qualname__)
        raise _unknown(self)

    def _input_key(self, value: Any, parents: List[Tensor]) -> Any:
        kind = type(value)
        if kind is Tensor:
            parents.append(value)
            return value.spec
        if kind in (list, tuple):
            return (kind, *[self._input_key(each, parents) for each in value])
        if kind is dict:
            return (dict, *[(name, self._input_key(each, parents)) for name, each in value.items()])
        self.require(kind in (bool, type(None)))
        return (kind, value)

    def _learn(self, key: Any, cls: Any, args: Any, kwargs: Any) -> _Kind:
        """Makes the real layer once, to see that it can be made and how it names itself."""
        kind = _Kind(cls, (args, kwargs))
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                real_args, real_kwargs = self._real_arguments(kind)
            with _FreshNames() as counts:
                layer = cls(*real_args, **real_kwargs)
            own = [(prefix, count) for prefix, count in counts.items() if layer.name == prefix]
            others = [(prefix, count) for prefix, count in counts.items() if layer.name != prefix]
            named = kwargs.get("name") is not None
            kind.named = layer.name if named else None
            kind.counts = tuple(own + others)
            self.require(named or bool(own))
            kind.input_shape = getattr(layer, "_input_shape_arg", None)
            kind.real = layer
        except Exception:
            raise _unknown(self) from None
        finally:
            self.active, self.asking = True, False
        self._kinds[key] = kind
        return kind

    def _try(self, kind: _Kind, key: Any, args: Any, kwargs: Any) -> _Result:
        """Calls the real layer once on inputs of these shapes."""
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                layer = kind.real or self._real(kind)
                kind.real = layer if kind.cls.__name__ in _REUSABLE else None
                real_args, real_kwargs = self._symbolic(args), self._symbolic(kwargs)
                try:
                    value = layer(*real_args, **real_kwargs)
                except Exception:
                    result = _Result(None, 0, {})
                else:
                    result = self._result(layer, (args, kwargs), value)
                    result.doubtful = not training.passes(layer, real_args, real_kwargs, value)
        finally:
            self.active, self.asking = True, False
        kind.results[key] = result
        return result

    def _result(self, layer: Any, inputs: Any, value: Any) -> _Result:
        outputs: Any = [_spec(each) for each in value] if type(value) in (list, tuple) else _spec(value)
        self.require(type(value) is not tuple and outputs is not None)
        self.require(type(outputs) is not list or None not in outputs)
        parameters = count_parameters(layer)
        call = {
            "span": None,
            "name": "",
            "class_name": type(layer).__name__,
            "input_shapes": shapes(inputs),
            "output_shapes": shapes(value),
            "dtype": dtype_of(value),
            "parameters": parameters,
        }
        return _Result(outputs, parameters, call)

    def _symbolic(self, value: Any) -> Any:
        if type(value) is Tensor:
            tensor = self._tensors.get(value.spec)
            if tensor is None:
                tensor = keras.Input(batch_shape=value.shape, dtype=value.dtype)
                self._tensors[value.spec] = tensor
            return tensor
        if type(value) in (list, tuple):
            return type(value)(self._symbolic(each) for each in value)
        if type(value) is dict:
            return {name: self._symbolic(each) for name, each in value.items()}
        return value

    def _real(self, kind: _Kind) -> Any:
        args, kwargs = self._real_arguments(kind)
        return kind.cls(*args, **kwargs)

    def _real_arguments(self, kind: _Kind) -> Tuple[List[Any], Dict[str, Any]]:
        args, kwargs = kind.arguments
        return [self._deep(each) for each in args], {name: self._deep(each) for name, each in kwargs.items()}

    def _deep(self, value: Any) -> Any:
        if type(value) is Layer:
            self.require(value.first is None)
            return self._real(value.kind)
        if type(value) in (list, tuple):
            return type(value)(self._deep(each) for each in value)
        return value


class _FreshNames:
    """Lets Keras count layer names from the start, and gives the counts that were used."""

    def __enter__(self) -> Dict[str, int]:
        self._held = global_state.get_global_attribute("object_name_uids")
        counts: Dict[str, int] = defaultdict(int)
        global_state.set_global_attribute("object_name_uids", counts)
        return counts

    def __exit__(self, *error: Any) -> None:
        global_state.set_global_attribute("object_name_uids", self._held)


def _is_function_of_layer(frame: Any) -> bool:
    """Whether a frame is one of Keras's functions that only make a layer and call it, e.g. `concatenate`."""
    return bool(frame.f_globals.get("__name__", "").startswith("keras.src.layers.merging."))


def settings() -> Tuple[Any, ...]:
    return (keras.config.dtype_policy().name, keras.config.floatx(), keras.config.image_data_format())


def _spec(value: Any) -> Optional[Tuple[Any, ...]]:
    """The shape and dtype of a tensor; None for anything that is more than that (sparse, masked)."""
    if type(value) is not keras.KerasTensor or value.sparse or getattr(value, "ragged", False):
        return None
    if _mask_of(value) is not None:
        return None
    return ("t", tuple(value.shape), value.dtype)
