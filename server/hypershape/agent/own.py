"""Layers and models of the user's own classes, whose code runs on stand-ins as the target itself does.

An object of such a class is one of a class derived from it (`derived`), where all that Keras does in `__init__`,
`build`, `add_weight` and `__call__` is left out, and each question that has no answer here raises `Unknown`. The
user's methods run as they are: the layers that they make and call come from the memory, and their tensors are
stand-ins. What a method raises becomes a `Stop`, so that Keras decides what it means.

A class that was seen to ask more than that is made for real from then on, if it can be remembered as a whole.
"""

from __future__ import annotations

import inspect
import math
import re
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple

import keras

from . import private, symbolic, training
from .positions import Span
from .symbols import HELD, Layer, Owned, Result, Tensor, is_model, state_of, unknown

if TYPE_CHECKING:
    from .remembered import Memory

_RUN = ("__init__", "build", "call", "compile")
PROMISE = "compute_output_shape"
"""A layer may tell by it what its call gives; a symbolic build then does not make the call."""
_NEVER_ASKED = (
    "get_config",
    "from_config",
    "get_compile_config",
    "compile_from_config",
    "summary",
    "__repr__",
    "__str__",
)
_OF_TRAINING = (
    "train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "metrics", "fit", "evaluate", "predict",
)  # fmt: skip
"""What a class of the user's may define of Keras's own names: it is run, nobody asks it, or it is how it trains."""


class State(Owned):
    """What is known about an object of a class of the user's; it stands for it among the layers of a model."""

    __slots__ = (
        "begun", "built", "called", "cls", "compiles", "failed", "gave", "key", "late", "made", "masks", "memory", "name", "phase", "result", "span",
        "told", "value", "weights",
    )  # fmt: skip

    def __init__(self, memory: "Memory", cls: Any, value: Any, made: Optional[Dict[str, Any]]) -> None:
        self.memory = memory
        self.cls = cls
        self.value = value
        self.made = made
        self.span: Optional[Span] = None if made is None else made["span"]
        self.name = ""
        self.late = memory.objects.is_late()
        self.begun = False
        """Its class called `super().__init__()`."""
        self.built = False
        self.masks = False
        """It hands the mask of its input on."""
        self.failed = False
        """One of its methods raised, and what that left behind is not known."""
        self.phase = ""
        """Which of its methods is running."""
        self.key: Any = None
        """What it is being called on."""
        self.told: Any = None
        """The shapes that it was first built on."""
        self.gave: Optional[Tuple[Any, Any]] = None
        """The one argument that it was called on by the target, and what it gave."""
        self.called: List[Any] = []
        """The layers that its `call` called."""
        self.compiles: List[Any] = []
        self.weights: List[int] = []
        self.result: Optional[Result] = None

    @property
    def trains_itself(self) -> bool:
        return any(map(self.defines, _OF_TRAINING))

    def parameters(self) -> int:
        """The numbers in its weights and in those of all that it holds, each counted once."""
        found: Dict[int, Any] = {}
        _collect(self, found)
        return sum(size(each) for each in found.values())

    @property
    def promises(self) -> bool:
        """Its class tells the shape of what it gives, and Keras believes that when it builds."""
        return self.defines(PROMISE)

    def defines(self, name: str) -> bool:
        return any(name in vars(each) for each in _own_classes(self.cls))

    def parts(self) -> List[Any]:
        """The layers and models that are its attributes."""
        found = []
        for each in _leaves(list(_attributes(self))):
            inner = state_of(each) or each
            if type(inner) in (State, Layer) or is_model(inner):
                found.append(inner)
        return found

    def holds(self, layer: Any) -> bool:
        found: Dict[int, Any] = {}
        _collect(self, found)
        return id(layer) in found

    def metrics(self) -> Tuple[Any, ...]:
        """The metrics that it reports."""
        return tuple(
            (type(each), each.name)
            for each in _leaves(list(_attributes(self)))
            if isinstance(each, keras.metrics.Metric)
        )


def _attributes(state: State) -> Iterator[Any]:
    return (each for name, each in vars(state.value).items() if name != HELD)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    else:
        yield value


def _collect(state: State, found: Dict[int, Any]) -> None:
    """Adds everything of which Keras would count the weights."""
    if id(state) in found:
        return
    found[id(state)] = state
    for each in _leaves(list(_attributes(state))):
        inner = state_of(each)
        if inner is not None:
            _collect(inner, found)
        elif type(each) is Layer or is_model(each):
            found[id(each)] = each


def size(part: Any) -> int:
    if not is_model(part) and part.failed:
        raise unknown(part.memory)
    if type(part) is State:
        return sum(part.weights)
    if part.result is not None:
        return int(part.result.parameters)
    if type(part) is Layer and part.told is not None:
        # It has weights, and was never called.
        raise unknown(part.memory)
    return 0 if type(part) is Layer else int(part.known_parameters())


def _copied(state: State, value: Any) -> Any:
    """What Keras keeps of a value that becomes an attribute: collections of its own."""
    kind = type(value)
    if kind in (list, tuple, set):
        return kind(_copied(state, each) for each in value)
    if kind is dict:
        return {name: _copied(state, each) for name, each in value.items()}
    if kind is not Layer and isinstance(value, (list, dict, set)):
        raise unknown(state.memory)
    return value


class _Refused:
    """An attribute of Keras's own that stand-ins do not have."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        raise unknown(vars(instance)[HELD].memory)

    def __set__(self, instance: Any, value: Any) -> None:
        raise unknown(vars(instance)[HELD].memory)


def _state(value: Any) -> State:
    state: State = vars(value)[HELD]
    return state


class OwnLayer(keras.layers.Layer):  # type: ignore[misc]
    """What Keras's own class does for a layer of the user's while it runs on stand-ins."""

    def __init__(
        self, *args: Any, name: Any = None, trainable: Any = True, dtype: Any = None, **kwargs: Any
    ) -> None:
        state = _state(self)
        memory = state.memory
        memory.require(not args and not kwargs and trainable is True and dtype is None and not state.begun)
        memory.require(name is None or (type(name) is str and "/" not in name))
        state.name = memory.name_of(snake_case(state.cls.__name__), name)
        state.begun = True

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, _copied(_state(self), value))

    def __delattr__(self, name: str) -> None:
        raise unknown(_state(self).memory)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        state = _state(self)
        return state.memory.objects.call(state, args, kwargs, sys._getframe(1))

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise unknown(_state(self).memory)

    def build(self, input_shape: Any) -> None:
        _state(self).built = True

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: Any = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: Any = None,
    ) -> Tensor:
        """A tensor of the shape of the weight, which has no value."""
        state = _state(self)
        memory = state.memory
        memory.require(state.begun and state.phase in ("__init__", "build"))
        sizes = memory.objects.sizes_of(() if shape is None else shape)
        policy = keras.config.dtype_policy()
        held = policy.variable_dtype if dtype is None else dtype
        memory.require(type(held) is str and type(trainable) is bool and (name is None or type(name) is str))
        if memory.tracking:
            given = initializer, regularizer, constraint
            memory.tracks.accepted("weight", given, lambda made: None)
            initializer, regularizer, constraint = memory.tracks.present(given)
        memory.require(all(each is None or training.takes_all(each) for each in (regularizer, constraint)))
        known = keras.initializers.get("glorot_uniform" if initializer is None else initializer)
        memory.require(symbolic.cannot_fail(known, sizes.present, held))
        state.weights.append(math.prod(sizes.present))
        used = policy.compute_dtype if "float" in held else held
        return memory.objects.weight(sizes, used, state)

    def add_loss(self, loss: Any) -> None:
        memory = _state(self).memory
        memory.require(type(loss) is Tensor and loss.spec[1] == () and "float" in loss.dtype)

    @property
    def name(self) -> str:
        return _state(self).name

    @property
    def built(self) -> bool:
        return _state(self).built

    @built.setter
    def built(self, value: bool) -> None:
        _state(self).built = bool(value)

    @property
    def supports_masking(self) -> bool:
        return _state(self).masks

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        _state(self).masks = bool(value)

    @property
    def trainable(self) -> bool:
        raise unknown(_state(self).memory)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        state = _state(self)
        state.memory.flag(state.name, value)

    compute_dtype = property(lambda self: keras.config.dtype_policy().compute_dtype)
    variable_dtype = dtype = property(lambda self: keras.config.dtype_policy().variable_dtype)


class OwnModel(OwnLayer, keras.Model):  # type: ignore[misc]
    """The same for a model."""

    def compile(self, *args: Any, **kwargs: Any) -> None:
        state = _state(self)
        state.compiles.append(state.memory.compiled(args, kwargs, sys._getframe(1)))

    def summary(self) -> None:
        """Prints nothing: what a summary shows is not part of a verdict."""


def _refuse_the_rest() -> None:
    plain = keras.Model(name="plain")
    for base, names in ((OwnLayer, dir(keras.layers.Layer)), (OwnModel, dir(keras.Model))):
        for name in (*names, *vars(plain)):
            if name not in dir(object) and not any(name in vars(each) for each in (OwnLayer, OwnModel)):
                if name not in ("__dict__", "__weakref__", "__module__"):
                    setattr(base, name, _Refused())


_KNOWN: Dict[Any, Optional[Any]] = {}


def derived(cls: Any) -> Optional[Any]:
    """The class whose objects run the code of a class of the user's on stand-ins; None where they cannot."""
    if cls not in _KNOWN:
        _KNOWN[cls] = _derived(cls)
    return _KNOWN[cls]


def _derived(cls: Any) -> Optional[Any]:
    if not _KNOWN:
        _refuse_the_rest()
    first = _of_keras(cls)
    if first not in (keras.Model, keras.layers.Layer) or type(cls) is not type:
        return None
    base = OwnModel if first is keras.Model else OwnLayer
    defined = {name for each in _own_classes(cls) for name in vars(each)}
    fixed = (set(dir(keras.Model)) | set(dir(object))) - {"__doc__", "__module__", "__dict__", "__weakref__"}
    allowed = {*_RUN, *_NEVER_ASKED, *(_OF_TRAINING if base is OwnModel else (PROMISE,))}
    if (defined & fixed) - allowed or "__getattr__" in defined or "__slots__" in defined:
        return None
    try:
        made = type(cls.__name__, (cls, base), {"__module__": cls.__module__, HELD: True})
    except TypeError:
        return None
    made.__init__ = _guarded("__init__", made, made.__init__)  # type: ignore[misc]
    made.build = _guarded("build", made, made.build)  # type: ignore[attr-defined]
    return made


def _own_classes(cls: Any) -> List[Any]:
    """The classes that a class of the user's is made of, without those of Keras and what Keras is made of."""
    keras_class = _of_keras(cls)
    return [each for each in cls.__mro__ if each not in keras_class.__mro__]


def _of_keras(cls: Any) -> Any:
    return next(each for each in cls.__mro__ if each.__module__.startswith(private.HOME))


def _guarded(phase: str, made: Any, method: Any) -> Any:
    """A method of the user's, of which everybody knows that it is running."""

    def run(self: Any, *args: Any, **kwargs: Any) -> None:
        state = _state(self)
        if phase == "build":
            state.memory.require(state.phase != "build" and state.begun)
            state.told = args[0] if args else next(iter(kwargs.values()), None)
        state.memory.objects.run(state, phase, method, (self, *args), kwargs)
        if phase == "build":
            state.built = True

    return run


def takes(method: Any, name: str) -> bool:
    """Whether a method of the user's has a parameter."""
    code = getattr(method, "__code__", None)
    if code is None:
        return name in inspect.signature(method).parameters
    return name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def snake_case(name: str) -> str:
    """The prefix of the names that Keras gives to objects of a class."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
