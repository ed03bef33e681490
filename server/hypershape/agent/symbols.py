"""What a target is handed while Keras's layers, tensors and models are remembered instead of made.

A stand-in answers what it was made for: a tensor its shape, a model a call of `compile`. Every other question raises
`Unknown`: the caller then runs the target again with Keras itself. A stand-in never decides that something fails.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

import keras
from keras import layers

from . import private
from .origins import Token, values_of
from .positions import Span

if TYPE_CHECKING:
    from .remembered import Memory

FunctionalModel: Any = private.get("keras.src.models.functional.Functional")
_mask_of: Any = private.get("keras.src.backend.get_keras_mask")


class Unknown(BaseException):
    """The target does something that is not remembered. Not an Exception: user code shall not catch it."""


class Stop(BaseException):
    """Something remembered is known to refuse its input.

    `again` lets Keras refuse it once more, as what it is in this model: it gives the error, and the layer with its
    input where a layer refuses. None where that is not the whole story.
    """

    def __init__(
        self, key: Any, places: Any = (), again: Optional[Callable[[], Tuple[Any, ...]]] = None
    ) -> None:
        super().__init__()
        self.key = key
        self.places = places
        """Of each frame of the user's code the expression that it was running, innermost first."""
        self.again = again
        self.made: Optional[Dict[str, Any]] = None
        """The frame of the expression that made the layer."""
        self.raised: Optional[Exception] = None
        """What the user's own code raised, if that is what happened."""
        self.inside = False
        """Keras itself called the layer, as `Sequential.add` does."""
        self.thrown = False
        """It went through the user's code as the exception that Keras raises, which was caught by nobody."""


class HandedOut:
    """Answers `isinstance` like the class that it stands for, and refuses every other question."""

    __slots__ = ("memory",)
    stands_for: Any = object

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.stands_for

    def __getattr__(self, name: str) -> Any:
        raise unknown(object.__getattribute__(self, "memory"))

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise unknown(object.__getattribute__(self, "memory"))

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


class Words(HandedOut):
    """What an exception of Keras says, which is not worked out."""

    __slots__ = ()
    stands_for = str

    def __init__(self, memory: "Memory") -> None:
        self.memory = memory


STOP = "_hypershape_stop"
"""The attribute of an exception that was raised in Keras's place."""


def thrown(memory: "Memory", stop: Stop, cls: Any) -> BaseException:
    """What is raised for a refusal: an exception of the class that Keras raises, which the user's code may catch.

    Where no exception of that very class can be made of a message alone, it is `stop` itself.
    """
    if getattr(cls, "__module__", None) != "builtins" or not issubclass(cls, Exception):
        memory.stopped = True
        return stop
    try:
        error: BaseException = cls(Words(memory))
    except TypeError:
        memory.stopped = True
        return stop
    # Keras adds its own words to any error that does not say that it has them.
    vars(error).update({STOP: stop, "_keras_call_info_injected": True})
    return error


def unknown(memory: "Memory") -> Unknown:
    memory.broken = True
    memory.objects.blame()
    return Unknown()


_NO_OPERATORS = ("__bool__", "__iter__", "__int__", "__float__", "__array__", "__repr__")
"""What a symbolic tensor of Keras defines only in order to refuse it."""

_OPERATORS = {
    name: function
    for name, function in vars(keras.KerasTensor).items()
    if callable(function) and vars(HandedOut).get(name) is HandedOut._refuse and name not in _NO_OPERATORS
}
"""The operators of Keras's own symbolic tensor, each of which makes an operation and calls it."""


def call_of_tensorflow(frame: Any) -> Any:
    """The frame of the call of TensorFlow's that the user's code made, of which a frame is a part."""
    while frame is not None and not is_of_tensorflow(frame):
        frame = frame.f_back
    while frame is not None and is_of_tensorflow(frame.f_back):
        frame = frame.f_back
    return frame


def is_of_tensorflow(frame: Any) -> bool:
    """Whether a frame runs code of TensorFlow's own; None is no frame."""
    return frame is not None and frame.f_globals.get("__name__", "").startswith("tensorflow.")


class Unconverted(TypeError):
    """A stand-in is to become a tensor of TensorFlow; what happens meanwhile must not be used unless that is mended."""

    WORDS = "a stand-in is no tensor of TensorFlow"

    def __init__(self, memory: "Memory") -> None:
        super().__init__(self.WORDS)
        self.memory = memory
        self.call = call_of_tensorflow(sys._getframe(1))
        first = memory.unconverted
        # TensorFlow may try one way after another within one call, and all that it tries is mended at once.
        same = first is not None and first.call is self.call
        self.broken: bool = first.broken if first is not None and same else memory.broken
        memory.unconverted = self
        memory.broken = True


def _asks_of_tensorflow(frame: Any, name: str) -> bool:
    """Whether code of TensorFlow asks for an attribute, by itself or by a protocol."""
    by_protocol = frame.f_globals.get("__name__") == "typing" and name in ("__tf_tensor__", "is_tensor_like")
    return by_protocol or is_of_tensorflow(frame)


class Tensor(HandedOut):
    """A symbolic tensor: its shape and dtype, and the layer call that made it."""

    __slots__ = ("computed", "dtype", "layer", "parents", "shape", "spec", "varied")
    stands_for = keras.KerasTensor

    def __init__(
        self,
        memory: "Memory",
        spec: Tuple[Any, ...],
        layer: Any,
        parents: Tuple["Tensor", ...],
        varied: Optional[Tuple[Any, ...]] = None,
    ) -> None:
        """`varied` is the spec with tokens for the sizes that vary with hyperparameters."""
        self.memory = memory
        self.spec = spec
        self.varied = varied
        self.shape = (varied or spec)[1]
        self.dtype = spec[2]
        self.layer = layer
        self.parents = parents
        self.computed: Any = None
        """How few numbers in the `call` of a layer were computed of sizes, which TensorFlow knows in part."""

    def __getattr__(self, name: str) -> Any:
        memory = self.memory
        if memory.active and memory.objects.is_late() and _asks_of_tensorflow(sys._getframe(1), name):
            raise Unconverted(memory)
        raise unknown(memory)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def name(self) -> str:
        """That of an input is the one that the user gave it; all others count Keras's own tensors."""
        name = self.layer.name if type(self.layer) is Input else None
        if name is None:
            raise unknown(self.memory)
        return str(name)


def _dtype_of(value: Any) -> Any:
    return value.dtype if type(value) is Tensor else getattr(getattr(value, "dtype", None), "name", None)


def _as_in_a_graph(name: str, function: Any) -> Any:
    """An operator, which inside of the user's own `call` meets tensors of the backend: they are not converted."""
    if name == "__getitem__":
        # Only Keras's own symbolic tensors refuse a new axis that stands alone.
        return lambda self, key: function(
            self, (None,) if key is None and self.memory.objects.running else key
        )

    def operator(self: Tensor, *others: Any) -> Any:
        memory = self.memory
        if memory.objects.running:
            kind = float if "float" in self.dtype else int
            memory.require(kind is float or "div" not in name)
            others = tuple([memory.objects.in_a_graph(other) for other in others])
            for other in others:
                memory.require(type(other) in (kind, int, Token) or _dtype_of(other) == self.dtype)
        return function(self, *others)

    return operator


for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _as_in_a_graph(_name, _function))


def _converted(self: Tensor, *args: Any, **kwargs: Any) -> Any:
    """A question about the numbers of a tensor, by which TensorFlow learns what kind of thing it is."""
    memory = self.memory
    if memory.active and memory.objects.is_late() and is_of_tensorflow(sys._getframe(1)):
        raise Unconverted(memory)
    raise unknown(memory)


for _name in ("__array__", "__float__", "__index__", "__int__", "__iter__", "__len__"):
    setattr(Tensor, _name, _converted)


class Kind:
    """A layer class with its arguments: all that decides its behaviour."""

    __slots__ = (
        "answers",
        "arguments",
        "bare",
        "cls",
        "counts",
        "input_shape",
        "key",
        "maker",
        "named",
        "own",
        "raises",
        "real",
        "refuses",
        "results",
        "reusable",
    )

    def __init__(self, key: Any, cls: Any, arguments: Tuple[Any, Any], maker: Any = None) -> None:
        self.key = key
        self.cls = cls
        self.maker = maker or cls
        """What is called with the arguments: the class, or the function that makes a ready-made model."""
        self.arguments = arguments
        self.results: Dict[Any, "Result"] = {}
        self.answers: Dict[Any, Tuple[Any, Any]] = {}
        """What layers of this kind answered to questions about shapes: the class of what was raised, or what was given."""
        self.counts: Tuple[Tuple[str, int], ...] = ()
        self.named: Optional[str] = None
        self.input_shape: Any = None
        self.own = False
        """A class of the user's, whose calls of other layers stand on lines of the user's."""
        self.real: Any = None
        """A real layer of this kind that was not called yet, or one that may be called again."""
        self.refuses: Optional[Tuple[str, str]] = None
        """What its constructor raises, if it does: the type, and the message without numbers."""
        self.raises: Any = None
        """The class of that."""
        self.reusable = False
        """A call leaves nothing behind in the layer, so that one layer serves all inputs."""
        self.bare: Optional[bool] = None
        """Such a layer holds no variables either; None as long as nobody asked."""


class Result:
    """What a layer of one kind does to one input; `outputs` is None where it refuses that."""

    __slots__ = (
        "_refusal", "call", "counts", "doubtful", "inner", "looks", "mixes", "outputs", "parameters", "raises", "refuses",
        "regroups", "stateful",
    )  # fmt: skip

    def __init__(self, outputs: Any, parameters: int, call: Dict[str, Any]) -> None:
        self.outputs = outputs
        self.parameters = parameters
        self.call = call
        self.raises: Any = None
        """The class of what is raised where it refuses the input; False where that was asked for and is nothing."""
        self.counts: Tuple[Tuple[str, int], ...] = ()
        """How many names of each prefix the call itself gave away."""
        self.inner: Tuple[Dict[str, Any], ...] = ()
        """The layers that a layer of the user's own called on lines of its own."""
        self.doubtful = False
        """A training step may end otherwise than these outputs promise."""
        self.stateful = False
        """The layer has variables, if only the state of a random draw."""
        self.looks = False
        """Its kernel refuses the values of constants that it is called on, which no shapes tell."""
        self.refuses = False
        """It surely ends otherwise: the call raises in training."""
        self.mixes = False
        """It surely ends otherwise: the call gives so many rows that no labels go with them."""
        self.regroups = False
        """The call gives another number of rows than there are samples, and is else what its build tells."""
        self._refusal: Callable[[], Any] = lambda: None

    def foresee(self, step: str, refusal: Callable[[], Any] = lambda: None) -> None:
        """Notes what a step does to the call, as `training` tells, and how to learn what the backend refuses in it."""
        self.doubtful, self.refuses, self.mixes = step != "passes", step == "refuses", step == "mixes"
        self.regroups = step in ("mixes", "regroups")
        self._refusal = refusal

    def refused_at_once(self) -> Any:
        """The class of what the backend raises where it computes the call on tensors of just these shapes; None where it
        raises nothing, as where only a step tells how many samples there are."""
        if not self.refuses:
            return None
        if self.raises is None:
            raised = self._refusal()
            self.raises = False if raised is None else type(raised)
        return self.raises or None


HELD = "_hypershape_state"
"""The one attribute of ours in an object of a class of the user's."""


class Owned:
    """The state of an object of a class of the user's that runs on stand-ins."""

    __slots__ = ()


def state_of(value: Any) -> Optional[Any]:
    """The state of an object of the user's; None for anything else."""
    return vars(value)[HELD] if getattr(type(value), HELD, False) else None


class Operation:
    """An operation that made a tensor; a model counts it among its layers."""

    __slots__ = ("given", "name", "real", "result")

    def __init__(self, real: Any, result: Result, given: Any) -> None:
        """`real` is Keras's own operation, `given` what it was called on."""
        self.real = real
        self.name: str = real.name
        self.result = result
        self.given = given


class Layer(HandedOut):
    """A layer that was made and perhaps called."""

    __slots__ = (
        "base",
        "before",
        "calls",
        "extra",
        "failed",
        "first",
        "given",
        "kind",
        "late",
        "made",
        "name",
        "owned",
        "result",
        "span",
        "told",
        "varied",
    )

    def __init__(self, memory: "Memory", kind: Kind, name: str, made: Optional[Dict[str, Any]]) -> None:
        """`made` are the fields of a Frame for the user's expression that makes it."""
        self.memory = memory
        self.kind = kind
        self.name = name
        self.made = made
        self.span: Optional[Span] = None if made is None else made["span"]
        self.base: Tuple[Tuple[str, int], ...] = ()
        """Of each prefix of names that it gives away, how many were given away before."""
        self.first: Any = None
        self.calls: List[Tuple[Any, Any]] = []
        """What it was called on so far, each once: another input meets what the layer made of the first."""
        self.given: Any = None
        self.before: Any = ()
        """What it was called on, where a step will refuse that, and the calls before that left something behind."""
        self.late = False
        """It is made anew in each call of an object of the user's."""
        self.owned = False
        """It is wrapped by another layer, which alone may call it."""
        self.extra = 0
        """The parameters of the models that it wraps."""
        self.failed = False
        """It has refused an input, and what that left behind in it is not known."""
        self.told: Optional[Tuple[Any, ...]] = None
        """The shape that it was built on before it was called."""
        self.varied: Optional[Tuple[Any, Any, Any]] = None
        """Its class and arguments, where there are tokens among them."""
        self.result: Optional[Result] = None

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.kind.cls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.memory.call(self, args, kwargs, sys._getframe(1))

    def build(self, input_shape: Any) -> None:
        self.memory.build(self, input_shape, sys._getframe(1))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.memory.shape_from(self, input_shape)


class Sealed(HandedOut):
    """A model that a layer of Keras wraps: all that the layer can tell is what it takes, and what it gives."""

    __slots__ = ("cls", "given", "made")

    def __init__(self, memory: "Memory", cls: Any, given: Any, made: Any) -> None:
        """`given` and `made` are the specs of its input and its output, with tokens for sizes that vary."""
        self.memory = memory
        self.cls = cls
        self.given = given
        self.made = made

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.cls

    def with_specs(self, change: Callable[[Any], Any]) -> "Sealed":
        return Sealed(self.memory, self.cls, change(self.given), change(self.made))


class Made(HandedOut):
    """A regularizer, an initializer or a constraint of Keras that is made of tokens."""

    __slots__ = ("arguments", "cls")

    def __init__(self, memory: "Memory", cls: Any, arguments: Tuple[Any, Any]) -> None:
        self.memory = memory
        self.cls = cls
        self.arguments = arguments

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.cls


class Input(HandedOut):
    """What `keras.Input` makes; Keras reads its `output`."""

    __slots__ = ("name", "output")
    stands_for = layers.InputLayer

    def __init__(
        self,
        memory: "Memory",
        spec: Tuple[Any, ...],
        varied: Optional[Tuple[Any, ...]] = None,
        name: Optional[str] = None,
    ) -> None:
        """`name` is the one that the user gave."""
        self.memory = memory
        self.name = name
        self.output = Tensor(memory, spec, self, (), varied)


class Constant:
    """In the place of a layer that was called on numbers alone: it gives numbers, and no model has it."""

    name = None
    result = None


CONSTANT = Constant()


class Optimizer(HandedOut):
    __slots__ = ("key", "scheduled")
    stands_for = keras.optimizers.Optimizer

    def __init__(self, memory: "Memory", key: Any, scheduled: bool) -> None:
        self.memory = memory
        self.key = key
        self.scheduled = scheduled

    def _set_rate(self, rate: Any) -> None:
        """A number in the place of another one, which decides no shape; a schedule lets none take its place."""
        self.memory.require(not self.scheduled)
        self.memory.require(all(type(each) in (int, float) and 0 <= each < 1e30 for each in values_of(rate)))

    learning_rate = property(None, _set_rate)


class Application(Layer):
    """A model of `keras.applications`: made once for its arguments, called like a layer, or continued at its output."""

    __slots__ = ("input", "output")

    def __init__(self, memory: "Memory", kind: Kind, name: str, made: Optional[Dict[str, Any]]) -> None:
        super().__init__(memory, kind, name, made)
        model = kind.real
        memory.require(len(model.inputs) == 1 and len(model.outputs) == 1)
        specs = [spec_of(each) for each in (*model.inputs, *model.outputs)]
        memory.require(None not in specs)
        self.result = kind.results.get("own")
        self.input = Input(memory, specs[0]).output  # type: ignore[arg-type]
        self.output = Tensor(memory, specs[1], self, (self.input,))  # type: ignore[arg-type]

    inputs = property(lambda self: [self.input])
    outputs = property(lambda self: [self.output])
    input_shape = property(lambda self: self.input.shape)
    output_shape = property(lambda self: self.output.shape)
    layers = property(lambda self: [Part(self.memory, each) for each in self.kind.real.layers])
    trainable = property(None, lambda self, value: self.memory.flag(self.name, value))


class Part(HandedOut):
    """A layer inside of a ready-made model: it can be frozen, and asked for its name and class."""

    __slots__ = ("layer",)

    def __init__(self, memory: "Memory", layer: Any) -> None:
        self.memory = memory
        self.layer = layer

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self.layer)

    name = property(lambda self: self.layer.name)
    trainable = property(None, lambda self, value: self.memory.flag(self.layer.name, value))


class _Model(HandedOut):
    """What all stand-ins of models have in common: they can be compiled, summarized, frozen and called like a layer."""

    __slots__ = ("called", "compiles", "late", "name", "owned", "result", "single")
    names: Tuple[Any, Any] = (None, None)
    trainable = property(None, lambda self, value: self.memory.flag(self.name, value))

    def _begin_model(self, memory: "Memory", name: Optional[str]) -> None:
        self.memory = memory
        self.name = memory.name_of(self.stands_for.__name__.lower(), name)
        self.compiles: List[Any] = []
        self.called: Any = None
        self.owned = False
        """It is wrapped by a layer, which alone may call it."""
        self.result: Optional[Result] = None
        self.single = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.memory.call_model(self, args, kwargs, sys._getframe(1))

    def ends(self) -> Tuple[Tuple[Tensor, ...], Tuple[Tensor, ...], int]:
        raise NotImplementedError

    def compile(self, *args: Any, **kwargs: Any) -> None:
        self.compiles.append(self.memory.compiled(args, kwargs, sys._getframe(1)))

    def known_parameters(self) -> int:
        """The parameters of a model that nobody has called."""
        return self.ends()[2] if getattr(self, "start", self) is not None else 0

    def summary(self) -> None:
        """Prints nothing: what a summary shows is not part of a verdict."""


class Sequential(_Model):
    __slots__ = ("stack", "start", "tensor")
    stands_for = keras.Sequential

    def __init__(self, memory: "Memory", stack: Any = None, trainable: Any = True, name: Any = None) -> None:
        if trainable is not True or not (name is None or (type(name) is str and "/" not in name)):
            raise unknown(memory)
        self._begin_model(memory, name)
        self.stack: List[Layer] = []
        self.start: Optional[Tensor] = None
        self.tensor: Optional[Tensor] = None
        if stack is not None and type(stack) not in (list, tuple):
            raise unknown(memory)
        for layer in stack or ():
            self.add(layer)

    def add(self, layer: Any) -> None:
        memory = self.memory
        layer = state_of(layer) or layer
        kind = type(layer)
        memory.require(self.called is None and not self.owned)
        if kind in CALLABLE or issubclass(kind, Owned):
            if any(held is layer or held.name == layer.name for held in self.stack):
                raise unknown(memory)
            if self.start is None and not self.stack:
                self._begin_with(layer)
            self.stack.append(layer)
            if self.tensor is not None:
                output = memory.apply(layer, self.tensor)
                if type(output) is not Tensor:
                    raise unknown(memory)
                self.tensor = output
        elif kind is Tensor and type(layer.layer) is Input:
            self._begin(layer)
        elif kind is Input:
            self._begin(layer.output)
        else:
            raise unknown(memory)

    def twin(self) -> "Sequential":
        """The same model, to which something may be added without changing this one."""
        twin = object.__new__(Sequential)
        for name in (*_Model.__slots__, *Sequential.__slots__, "memory"):
            with contextlib.suppress(AttributeError):
                # What nobody has set yet.
                setattr(twin, name, object.__getattribute__(self, name))
        twin.stack = list(self.stack)
        return twin

    def _begin_with(self, layer: Any) -> None:
        """A first layer that knows its input gives it to the model."""
        memory = self.memory
        if type(layer) is Layer:
            if layer.kind.input_shape is not None:
                self._begin(memory.input_tensor({"shape": layer.kind.input_shape}))
        elif type(layer) is not Sequential or layer.start is not None:
            own = layer.input if type(layer) is Application else layer.ends()[0][0]
            self._begin(Input(memory, own.spec, own.varied).output)

    def _begin(self, tensor: Tensor) -> None:
        if self.stack or self.start is not None:
            raise unknown(self.memory)
        self.start = self.tensor = tensor

    input = property(lambda self: self.ends()[0][0])
    output = property(lambda self: self.ends()[1][0])
    inputs = property(lambda self: [self.input])
    outputs = property(lambda self: [self.output])
    input_shape = property(lambda self: self.input.shape)
    output_shape = property(lambda self: self.output.shape)

    def ends(self) -> Tuple[Tuple[Tensor, ...], Tuple[Tensor, ...], int]:
        if self.start is None or self.tensor is None or not self.stack:
            raise unknown(self.memory)
        parameters = sum(layer.result.parameters for layer in self.stack if layer.result)
        return (self.start,), (self.tensor,), parameters


class Functional(_Model):
    __slots__ = ("given", "inputs_", "outputs_")
    stands_for = FunctionalModel
    input = property(lambda self: self.given[0])
    output = property(lambda self: self.given[1])
    inputs = property(lambda self: list(self.inputs_))
    outputs = property(lambda self: list(self.outputs_))
    input_shape = property(lambda self: _shapes(self.inputs_))
    output_shape = property(lambda self: _shapes(self.outputs_))

    def __init__(self, memory: "Memory", inputs: Any = None, outputs: Any = None, name: Any = None) -> None:
        if not (name is None or (type(name) is str and "/" not in name)):
            raise unknown(memory)
        self._begin_model(memory, name)
        self.given = inputs, outputs
        self.inputs_ = self._tensors(inputs)
        self.outputs_ = self._tensors(outputs)
        self.single = type(outputs) is Tensor

    @property
    def names(self) -> Tuple[Any, Any]:  # type: ignore[override]
        """The names of inputs and outputs that were given in dictionaries."""
        inputs, outputs = (tuple(each) if type(each) is dict else None for each in self.given)
        return inputs, outputs

    def _tensors(self, value: Any) -> Tuple[Tensor, ...]:
        if type(value) is dict and all(type(name) is str for name in value):
            value = [value[name] for name in sorted(value)]
        tensors = tuple(value) if type(value) in (list, tuple) else (value,)
        if not tensors or any(type(tensor) is not Tensor for tensor in tensors):
            raise unknown(self.memory)
        return tensors

    def ends(self) -> Tuple[Tuple[Tensor, ...], Tuple[Tensor, ...], int]:
        """Inputs, outputs and parameters; only a model that needs no other inputs than its own is remembered."""
        found: Dict[int, Layer] = {}
        sources: Dict[int, Any] = {}
        names = set()
        # An input that leads nowhere is one all the same.
        waiting = [*self.inputs_, *self.outputs_]
        seen = set()
        while waiting:
            tensor = waiting.pop()
            if id(tensor) in seen:
                continue
            seen.add(id(tensor))
            layer = tensor.layer
            if layer is CONSTANT or (type(layer) is Input and tensor.parents):
                # Numbers, or a choice between an input and something else.
                waiting.extend(tensor.parents)
                continue
            if type(layer) is Input:
                sources[id(tensor)] = tensor
            if id(layer) not in found and layer.name is not None:
                if layer.name in names:
                    raise unknown(self.memory)
                names.add(layer.name)
            if type(layer) is Input:
                continue
            found[id(layer)] = layer
            waiting.extend(tensor.parents)
        if set(sources) != {id(tensor) for tensor in self.inputs_} or len(sources) != len(self.inputs_):
            raise unknown(self.memory)
        parameters = sum(layer.result.parameters for layer in found.values() if layer.result)
        return self.inputs_, self.outputs_, parameters


def _shapes(tensors: Tuple[Tensor, ...]) -> Any:
    """The shapes of a model's tensors: alone where it is one."""
    found = [tensor.shape for tensor in tensors]
    return found[0] if len(found) == 1 else found


CALLABLE = (Layer, Application, Sequential, Functional)


def is_model(value: Any) -> bool:
    return type(value) in (Application, Sequential, Functional)


def spec_of(value: Any) -> Optional[Tuple[Any, ...]]:
    """The shape and dtype of a tensor, and of how many of its axes its mask is, if it carries one.

    None for anything that is more than that (a sparse tensor, a mask of another shape).
    """
    if type(value) is not keras.KerasTensor or value.sparse or getattr(value, "ragged", False):
        return None
    shape, mask = tuple(value.shape), _mask_of(value)
    if mask is None:
        return ("t", shape, value.dtype)
    axes = tuple(getattr(mask, "shape", (...,)))
    whole = type(mask) is keras.KerasTensor and axes == shape[: len(axes)] and mask.dtype == "bool"
    return ("t", shape, value.dtype, len(axes)) if whole else None
