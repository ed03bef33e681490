"""Built-in layers whose shapes are remembered, so that a space that repeats them costs almost nothing.

While active, `Layer.__new__`, `Sequential.__new__`, `Model.__new__` and `Optimizer.__new__` hand out stand-ins
that know nothing but their arguments. A stand-in that is called on tensors looks its result up under its class,
arguments and input shapes; the first time, the real layer is made and called. Operations on tensors (`x + y`,
`x[:, 1:]`, `keras.ops`) and whole models that are called like layers are remembered in the same way. This is sound
because only what Keras itself defines is remembered, where its arguments are plain values, and of the user's own
layers and functions those that read nothing which could change between two configurations (`purity`).

Anything else raises `Unknown`: the caller then runs the target again with Keras itself. A stand-in never
answers a question that it was not made for, and it never decides that something fails.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import math
import sys
import types
from collections import defaultdict
from typing import Any, Callable, ContextManager, Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

import keras
import numpy as np
from keras import layers

from . import (
    agreement,
    computed,
    errors,
    foreign,
    guard,
    joining,
    live,
    named,
    origins,
    own,
    private,
    purity,
    rewritten,
    sealed,
    tracked,
    training,
)
from .positions import Positions
from .standins import StandIn
from .step import BATCH, identity
from .symbols import (
    CONSTANT,
    STOP,
    Application,
    Functional,
    FunctionalModel,
    HandedOut,
    Input,
    Kind,
    Layer,
    Made,
    Operation,
    Optimizer,
    Result,
    Sealed,
    Sequential,
    Stop,
    Tensor,
    Unconverted,
    Unknown,
    spec_of,
    state_of,
    thrown,
    unknown,
)
from .trace import Trace, count_parameters, dtype_of, shapes

_set_mask: Any = private.get("keras.src.backend.set_keras_mask")
global_state: Any = private.get("keras.src.backend.common.global_state")


def _depends_on_more(cls: Any) -> bool:
    """Whether the shapes of a layer of Keras may depend on more than its plain arguments: on data, a file, a draw.

    What adapts to data without a vocabulary learns numbers of a shape that its input has.
    """
    own = cls.__module__.startswith("keras.src.layers.")
    return own and (hasattr(cls, "get_vocabulary") or cls.__name__ in named.NEVER_REMEMBERED)


_PARTS = (keras.regularizers.Regularizer, keras.initializers.Initializer, keras.constraints.Constraint)

MOST_NUMBERS = 10_000
"""Larger arrays are no arguments but data."""

SOME_RATE = 0.01
"""A learning rate in the place of a schedule."""


class Memory:
    """Everything remembered in one process. `active` says that stand-ins are handed out."""

    def __init__(self) -> None:
        self.active = False
        self.watch: Callable[[bool], ContextManager[Trace]] = lambda own: contextlib.nullcontext(Trace())
        """Watches which layers a layer of the user's own calls."""
        self.whole: Callable[[Callable[[], Any], Any], Any] = lambda make, caller: make()
        """Makes a ready-made model that counts as one call."""
        self.broken = False
        self.stopped = False
        self.asking = False
        self.positions: Positions = Positions(())
        self.calls: List[Tuple[Any, ...]] = []
        self.failures: Dict[Any, Dict[str, Any]] = {}
        self._names: Dict[str, int] = {}
        self._kinds: Dict[Any, Kind] = {}
        self._optimizers: Dict[Any, bool] = {}
        self._schedules: Dict[Any, bool] = {}
        """Whether schedules of the user's give a rate with their numbers."""
        self._inputs: Dict[Any, Tuple[Any, ...]] = {}
        self._tensors: Dict[Any, Any] = {}
        self._settings: Any = None
        self._operations: Dict[Any, Result] = {}
        self._models: Dict[Any, Result] = {}
        self._enlarged: Dict[Tuple[int, int], Tuple[Result, Result]] = {}
        self.pure_keys = purity.Keys()
        self._agreed: Set[Any] = set()
        self.foretelling = {late: agreement.Foretelling() for late in (False, True)}
        self.flags: List[Any] = []
        """What was frozen or thawed meanwhile."""
        self._steps: List[Any] = []
        self._quiet: List[Tuple[Any, ...]] = []
        self._doubtful = False
        self._unsettled = False
        self._refusing: List[Any] = []
        self._mixing: List[Any] = []
        """What gives so many rows that no labels go with them, once for each call."""
        self.own_losses = False
        """Code of the user's computes a loss or a metric."""
        self.looks = False
        """A kernel refuses the values of a constant."""
        self.asking_again = False
        """What is called meanwhile was called before, but in training."""
        self.stepped = False
        """A model was run on data as a step does."""
        self.joins = joining.Joins(self)
        self.tracks = tracked.Tracks(self)
        self.tracking = False
        """Values of hyperparameters, and the sizes that come of them, are tokens."""
        self.objects = live.Objects(self)
        self.unconverted: Optional[Unconverted] = None
        """The last refusal of a stand-in that nobody has mended."""

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
            if memory.active and cls is keras.Model:
                return Functional(memory, *args, **kwargs)
            if memory.active:
                made = memory.objects.make(cls, sys._getframe(1))
                memory.require(made is not None)
                return made
            return model_new(cls, *args, **kwargs)

        def new_optimizer(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                return memory.optimizer(cls, args, kwargs)
            return (
                object.__new__(cls)
                if optimizer_new is object.__new__
                else optimizer_new(cls, *args, **kwargs)
            )

        for parts in _PARTS:
            self._follow(parts)
        self._skip_tracking()
        self._settle_in_the_backend()
        self._remember_operations()
        self._remember_applications()
        foreign.remember(self)
        self._follow_names_of_optimizers()
        keras.Sequential.__new__ = new_sequential
        keras.Model.__new__ = new_model
        keras.optimizers.Optimizer.__new__ = new_optimizer

    def _follow(self, parts: Any) -> None:
        """Lets what is made of tokens be a stand-in."""
        memory = self

        def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if (
                memory.tracking
                and memory.active
                and _is_of_keras(cls)
                and memory.tracks.tokens((args, kwargs))
            ):
                return Made(memory, cls, (args, kwargs))
            return object.__new__(cls)

        parts.__new__ = new

    def _settle_in_the_backend(self) -> None:
        """Lets the backend, which asks its arguments for their types, meet no token: `ops.arange(n)` makes numbers."""
        memory = self

        def settling(function: Any) -> Any:
            @functools.wraps(function)
            def run(*args: Any, **kwargs: Any) -> Any:
                if memory.active:
                    if memory.objects.is_late() and computed.is_part_of((args, kwargs)):
                        return foreign.called(memory, function, args, kwargs)
                    if memory.tracking:
                        args, kwargs = memory.tracks.settled((args, kwargs))
                return function(*args, **kwargs)

            return run

        for part in ("numpy", "random"):
            # A package of the same name as this attribute is another backend.
            functions = vars(private.get("keras.src.backend"))[part]
            for name, value in list(vars(functions).items()):
                if type(value) is types.FunctionType and value.__module__ == functions.__name__:
                    setattr(functions, name, settling(value))

    def _follow_names_of_optimizers(self) -> None:
        """Lets the name of an optimizer be one of several, as `compile` does."""
        memory, get = self, keras.optimizers.get

        @functools.wraps(get)
        def named(identifier: Any) -> Any:
            if memory.tracking and memory.active and memory.tracks.tokens(identifier):
                memory.tracks.accepted("optimizer", identifier, get)
                identifier = memory.tracks.present(identifier)
            return get(identifier)

        for name, module in list(sys.modules.items()):
            if name.startswith("keras.") and name.endswith("optimizers") and vars(module).get("get") is get:
                vars(module)["get"] = named

    def _skip_tracking(self) -> None:
        """Leaves out the tracking of attributes, a third of the time, for layers that are only asked."""
        memory, plain, layer_class = self, object.__setattr__, keras.layers.Layer
        set_tracked = layer_class.__setattr__

        def set_attribute(layer: Any, name: str, value: Any) -> None:
            (plain if memory.asking and _is_never_tracked(value) else set_tracked)(layer, name, value)

        layer_class.__setattr__ = set_attribute
        self._keep_signatures()
        self._know_what_is_no_tensor()
        self._skip_tracking_of_the_backend()

    def _keep_signatures(self) -> None:
        """Works out the signature of each of Keras's own methods once, not for each layer that has it."""
        module = sys.modules[keras.layers.Layer.__module__]
        if vars(module).get("inspect") is inspect:
            vars(module)["inspect"] = _Signatures()

    def _know_what_is_no_tensor(self) -> None:
        """Answers for plain values and symbolic tensors, of which TensorFlow asks a protocol with all its members."""
        backend = private.get("keras.src.backend")
        asked, never = backend.is_tensor, frozenset((*origins.PLAIN, keras.KerasTensor))

        def is_tensor(value: Any) -> bool:
            return type(value) not in never and bool(asked(value))

        backend.is_tensor = is_tensor

    def _skip_tracking_of_the_backend(self) -> None:
        """The same for TensorFlow's own tracking of what is left."""
        if keras.backend.backend() != "tensorflow" or not private.has(private.TRACKING):
            # Elsewhere the import would load all of TensorFlow, in each job anew.
            return
        tracking = private.get("keras.src.backend.tensorflow.trackable.KerasAutoTrackable")
        track = tracking.__setattr__
        memory, plain = self, object.__setattr__

        def set_attribute(layer: Any, name: str, value: Any) -> None:
            (plain if memory.asking else track)(layer, name, value)

        tracking.__setattr__ = set_attribute

    def _remember_operations(self) -> None:
        """Wraps the symbolic call of operations, behind the operators of tensors and all of `keras.ops`."""
        memory, operation = self, keras.Operation
        make, call = operation.__new__, operation.symbolic_call
        self._call_operation = call

        def new_operation(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if (memory.active and _is_operation(cls)) or (memory.asking and _writes_itself_down(cls)):
                # Keras would write down the arguments in order to save the operation, at ten times the cost.
                return object.__new__(cls)
            return make(cls, *args, **kwargs)

        def symbolic_call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                return memory.operate(self, args, kwargs)
            return call(self, *args, **kwargs)

        operation.__new__ = new_operation
        operation.symbolic_call = symbolic_call

    def _remember_applications(self) -> None:
        """Wraps the functions of `keras.applications` that make models, wherever they were imported to."""
        memory = self

        def wrapped(function: Any) -> Any:
            @functools.wraps(function)
            def make(*args: Any, **kwargs: Any) -> Any:
                caller = sys._getframe(1)
                if memory.active:
                    return memory.application(function, args, kwargs, caller)
                return memory.whole(lambda: function(*args, **kwargs), caller)

            return make

        made: Dict[int, Any] = {}
        for name, module in list(sys.modules.items()):
            if not name.startswith("keras.") or ".applications" not in name or module is None:
                continue
            for attribute, value in list(vars(module).items()):
                if _makes_application(value):
                    setattr(module, attribute, made.setdefault(id(value), wrapped(value)))

    def forget_texts(self) -> None:
        """Forgets what rests on the user's own text or stands at lines of it; what Keras does stays the same."""
        self._kinds = {
            key: kind
            for key, kind in self._kinds.items()
            if not kind.own and not any(result.inner for result in kind.results.values())
        }
        self._models = {}
        self.pure_keys = purity.Keys()
        self.joins = joining.Joins(self)
        self.tracks = tracked.Tracks(self)
        self.objects = live.Objects(self)
        self.broken = self.stopped = False

    def begin(self) -> None:
        self.active, self.broken, self.stopped = True, False, False
        self.calls = []
        self.flags = []
        self.chosen_losses: List[Tuple[Any, Any]] = []
        self._steps = []
        self._quiet = []
        self._doubtful = self._unsettled = False
        self._refusing, self._mixing = [], []
        self.unconverted = None
        self.objects.begin()
        self.stepped = self.own_losses = self.looks = self.asking_again = False
        # Metrics and operations are made for real, and count their names together with layers.
        self._names = defaultdict(int)
        self._settings = settings()
        global_state.set_global_attribute("object_name_uids", self._names)

    def end(self) -> bool:
        """Stops handing out stand-ins; False when what happened meanwhile must not be used."""
        self.active = False
        return not self.broken and self._settings == settings()

    def require(self, condition: bool) -> None:
        if not condition:
            raise unknown(self)

    def layer(self, cls: Any, args: Any, kwargs: Any, frame: Any) -> Any:
        """A stand-in for a layer that is being made; its class may be one of several of Keras's."""
        chosen = cls if type(cls) is origins.Token else None
        if chosen is not None:
            named = {own.snake_case(each.__name__) for each in self.tracks.values_of(chosen)}
            self.tracks.tracker.shifted |= named
            cls = self.tracks.present(chosen)
        if cls is layers.InputLayer:
            self.require(len(args) <= 1)
            return self._input({**({"shape": args[0]} if args else {}), **kwargs})
        if not _is_of_keras(cls):
            made = self.objects.make(cls, frame)
            if made is not None:
                return made
        extra = 0
        if _is_of_keras(cls):
            args, kwargs, extra = self._sealed(args, kwargs)
        varied = self.tracks.layer(chosen or cls, args, kwargs) if self.tracking else None
        if self.tracking:
            args, kwargs = self.tracks.present((args, kwargs))
        kind = self.kind_of(cls, args, kwargs)
        self._require_made(kind, frame)
        base = tuple((prefix, self._names.get(prefix, 0)) for prefix, _ in kind.counts) if kind.own else ()
        layer = Layer(self, kind, self._named(kind), self.made_at(frame))
        layer.base, layer.varied, layer.extra = base, varied, extra
        layer.late = self.objects.is_late()
        return layer

    def _sealed(self, args: Any, kwargs: Any) -> Tuple[Any, Any, int]:
        """Arguments with what can be told of models for these, and the parameters of the models."""
        extra = 0

        def seal(value: Any) -> Any:
            nonlocal extra
            if type(value) not in (Sequential, Functional):
                return value
            extra += value.ends()[2]
            return self._seal(value)

        args, kwargs = origins.mapped((args, kwargs), seal)
        return args, kwargs, extra

    def _seal(self, model: Any) -> Sealed:
        """A model that is wrapped: from now on only the layer that wraps it may call what is in it."""
        inputs, outputs, _ = model.ends()
        parts = [each for each in behind(outputs) if type(each) is not Input and each is not CONSTANT]
        self.require(not model.owned and model.called is None and model.names == (None, None))
        self.require(len(inputs) == len(outputs) == 1 and model.single and bool(parts))
        for each in parts:
            self.require(type(each) is Operation or (type(each) is Layer and len(each.calls) == 1))
            self.require(not getattr(each, "owned", False) and not each.result.doubtful)
        for spec in (inputs[0].spec, outputs[0].spec):
            shape = spec[1]
            self.require(len(spec) == 3 and shape[:1] == (None,) and None not in shape[1:])
        model.owned = True
        for each in parts:
            if type(each) is Layer:
                each.owned = True
        return Sealed(self, type(model), *[each.varied or each.spec for each in (inputs[0], outputs[0])])

    def _larger(self, result: Result, extra: int) -> Result:
        """What a layer does that has so many more parameters, the same object each time."""
        known = self._enlarged.get((id(result), extra))
        if known is None:
            larger = copy.copy(result)
            larger.parameters += extra
            larger.call = dict(result.call, parameters=larger.parameters)
            # Keeping the result keeps its identity its own.
            known = self._enlarged[id(result), extra] = result, larger
        return known[1]

    def kind_of(self, cls: Any, args: Any, kwargs: Any) -> Kind:
        """What decides the behaviour of a layer made of these arguments."""
        own = not cls.__module__.startswith("keras.src.layers.")
        key = (self._pure(cls) if own else cls, self._argument_key(cls, args, kwargs), self._settings)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._learn(key, cls, args, kwargs)
            kind.own = own
        return kind

    def _require_made(self, kind: Kind, frame: Any) -> None:
        """Stops at a constructor that refuses its arguments."""
        if kind.refuses is None:
            return
        names = dict(self._names)
        partly = kind.own or any(state.phase != "__init__" for state in self.objects.running)
        again = None if partly else lambda: self._refused_to_be_made(kind, names)
        raise thrown(self, self.stop(("constructor", id(kind), self._named(kind)), frame, again), kind.raises)

    def _refused_to_be_made(self, kind: Kind, names: Dict[str, int]) -> Tuple[Any, ...]:
        """The error of a constructor where so many names were given away before."""
        self.asking = True
        try:
            with _FreshNames() as counts:
                args, kwargs = self._real_arguments(kind)
                counts.clear()
                counts.update(names)
                kind.maker(*args, **kwargs)
        except Exception as error:
            return error, None, None
        finally:
            self.asking = False
        raise AssertionError("it was refused before")

    def _named(self, kind: Kind) -> str:
        """The name of the next layer of a kind; the names that are then given away."""
        name, names = kind.named, self._names
        if name is not None and self.tracking:
            self.tracks.tracker.uses(name)
        for prefix, count in kind.counts:
            number = names.get(prefix, 0)
            name = name or _numbered(prefix, number)
            names[prefix] = number + count
        return name or ""

    def name_of(self, prefix: str, name: Optional[str]) -> str:
        """The name of the next model."""
        if name is None:
            number = self._names[prefix]
            self._names[prefix] = number + 1
            name = _numbered(prefix, number)
        return name

    def flag(self, name: str, value: Any) -> None:
        """Something is frozen or thawed, which changes no shape but what a step trains."""
        value = origins.settled(value)
        self.require(type(value) is bool)
        self.flags.append((name, value))

    def application(self, function: Any, args: Any, kwargs: Any, frame: Any) -> Application:
        """A stand-in for a ready-made model, which is made once for its arguments."""
        self.require("layers" not in kwargs)
        if self.tracking:
            # Each would be made once for all values: some hundred layers each.
            args, kwargs = self.tracks.settled((args, kwargs))
        key = (
            function,
            tuple(map(self._plain, args)),
            self._plain(kwargs) if kwargs else None,
            self._settings,
        )
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._learn(key, FunctionalModel, args, kwargs, function)
        self._require_made(kind, frame)
        model = Application(self, kind, self._named(kind), self.made_at(frame))
        assert model.result is not None
        self.record(model.result, model.name, model.span)
        return model

    def made_at(self, frame: Any) -> Optional[Dict[str, Any]]:
        """The fields of a Frame for the user's expression that makes something."""
        user = self.positions.innermost(frame)
        return None if user is None else self.positions.described(user)

    def apply(self, layer: Any, tensor: Tensor) -> Any:
        """Calls a layer or a model as a Sequential does, which is of no use after a refusal."""
        try:
            return self._applied(layer, tensor)
        except Exception as error:
            stop = self.raised(error)
            if type(stop) is Stop:
                stop.thrown = False
            raise stop from None

    def _applied(self, layer: Any, tensor: Tensor) -> Any:
        if type(layer) in (Sequential, Functional):
            return self.call_model(layer, (tensor,), {}, None)
        if type(layer) is own.State:
            return self.objects.call(layer, (tensor,), {}, None)
        return self.call(layer, (tensor,), {}, None)

    def call_model(self, model: Any, args: Any, kwargs: Any, frame: Any) -> Any:
        """A call of a model of the user's on tensors like those that it was made with."""
        parents: List[Tensor] = []
        self.leaves_its_call((args, kwargs))
        if self.tracking:
            args, kwargs = self.tracks.settled((args, kwargs))
        key = self.input_key(args, parents)
        self.require(not model.owned)
        self.require(set(kwargs) <= {"training"} and all(tensor.memory is self for tensor in parents))
        self.require(len(args) == 1 and bool(parents) and kwargs.get("training") in (None, True, False))
        if type(model) is Sequential and model.start is None:
            self.require(len(parents) == 1 and type(args[0]) is Tensor)
            self._begin_quietly(model, parents[0])
        inputs, outputs, parameters = model.ends()
        self.require(type(model) is Sequential or model.names == (None, None))
        self.require([each.spec for each in inputs] == [each.spec for each in parents])
        # Tokens in sizes are equal only where the sizes are equal at all their values.
        self.require([each.shape for each in inputs] == [each.shape for each in parents])
        model.called = key
        name = type(model).__name__
        specs = tuple(each.spec for each in outputs)
        made = (name, key, specs, model.single, parameters)
        value = outputs[0] if model.single else list(outputs)
        model.result = self.result_for(made, name, args, value, parameters)
        self.record(model.result, model.name, self.place(frame) if frame is not None else None)
        if frame is not None:
            model.late = False
            self.objects.called(model, model.result)
        varied = tuple(each.varied or each.spec for each in outputs)
        return self._made(varied[0] if model.single else (list, varied), model, tuple(parents))

    def result_for(self, key: Any, name: str, inputs: Any, outputs: Any, parameters: int) -> Result:
        """What a model does to one input, the same object each time."""
        result = self._models.get(key)
        if result is None:
            result = self._models[key] = Result(None, parameters, _call(name, inputs, outputs, parameters))
        return result

    @contextlib.contextmanager
    def unseen(self) -> Iterator[Callable[[Any], None]]:
        """What is called meanwhile is in no trace; what it gives says when a step may end otherwise, and how."""
        calls, names = len(self.calls), dict(self._names)

        def doubt(how: Any) -> None:
            self.stopped, self._doubtful = False, True
            self._steps.append(how)

        self.asking_again = True
        try:
            yield doubt
        finally:
            self.asking_again = False
        del self.calls[calls:]
        self._names.clear()
        self._names.update(names)

    @contextlib.contextmanager
    def aside(self) -> Iterator[Callable[[], Optional[Tuple[int, Dict[str, int]]]]]:
        """What happens meanwhile leaves nothing behind in this run.

        It gives the parameters of the layers that were called, and how many names were given away by then; None where
        only a step tells what became of the calls.
        """
        inside = [self.objects.running[-1].called] if self.objects.running else []
        kept = [self.calls, self._steps, self._quiet, self._refusing, self._mixing, self.flags, *inside]
        lengths, names = [len(each) for each in kept], dict(self._names)
        told = self._doubtful, self._unsettled, self.looks, self.stopped, self.broken
        met = set(self.objects.met)

        def happened() -> Optional[Tuple[int, Dict[str, int]]]:
            now = self._doubtful, self._unsettled, self.looks, self.stopped, self.broken
            surely = [len(each) for each in kept[3:6]] == lengths[3:6] and now == told
            made = [*self.calls[lengths[0] :], *self._quiet[lengths[2] :]]
            return (sum(call[-1].parameters for call in made), dict(self._names)) if surely else None

        try:
            yield happened
        finally:
            for each, length in zip(kept, lengths):
                del each[length:]
            self._names.clear()
            self._names.update(names)
            self._doubtful, self._unsettled, self.looks, self.stopped, self.broken = told
            self.objects.met = met

    def _begin_quietly(self, model: Sequential, tensor: Tensor) -> None:
        """Builds a Sequential without an input on its first tensor; the calls inside are seen in a step only."""
        calls, self.calls = self.calls, []
        self.run(model, tensor.spec, tensor.varied)
        self._quiet += self.calls
        self.calls = calls

    def operate(self, operation: Any, args: Any, kwargs: Any) -> Any:
        """A call of an operation of `keras.ops` on stand-ins."""
        cls: Any = type(operation)
        self.require(_is_operation(cls))
        late, varied = self.objects.is_late(), None
        if late:
            self._take_back(operation.name)
            by = computed.Computation(cls, self.config_of(operation), args, kwargs)
            if by.steps > 1:
                made_of, args = computed.whole(by)
                operation, kwargs = made_of(), {}
        if self.tracking:
            varied = self.tracks.operate(operation, args, kwargs)
            operation = self.tracks.operation(operation, self.tracks.present)
            args, kwargs = self.tracks.present((args, kwargs))
        parents: List[Tensor] = []
        result = self.result_of_operation(operation, args, kwargs, parents)
        # On numbers alone the backend computes, and what stands first may answer for itself.
        self.require(parents[0].layer is not CONSTANT)
        if self.ends_here(result):
            again = None if self.objects.running else lambda: self._refused(operation, args, kwargs)
            raise thrown(self, self.stop(("operation", id(result)), None, again), result.raises)
        made = Operation(operation, result, (args, kwargs))
        if late and result.regroups:
            by.regroups = result
        else:
            self._note(result)
        if result.refuses:
            self._refused_later(made)
        if result.mixes and not late:
            self._mixing.append(made)
        outputs = self._made(varied or result.outputs, made, tuple(parents))
        return computed.marked(self, outputs, by) if late else outputs

    def leaves_its_call(self, tensors: Any) -> None:
        """What is made of tensors does not know how they were computed in the `call` of a layer."""
        for each in origins.leaves(tensors):
            if type(each) is Tensor and each.computed is not None and each.computed.regroups is not None:
                self._note(each.computed.regroups)

    def ends_here(self, result: Result) -> bool:
        """Whether a call raises where it stands.

        In the `call` of a layer of the user's it computes on tensors of the backend, which may refuse what no formula
        of Keras does.
        """
        if result.outputs is None:
            return True
        if not (result.refuses and self.objects.is_late()):
            return False
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                return result.refused_at_once() is not None
        finally:
            self.active, self.asking = True, False

    def _take_back(self, name: str) -> None:
        """In the `call` of a layer Keras computes on tensors of the backend: there no operation takes a name."""
        prefix = name if name in self._names else name.rpartition("_")[0]
        if self._names.get(prefix):
            self._names[prefix] -= 1

    def result_of_operation(
        self, operation: Any, args: Any, kwargs: Any, parents: Optional[List[Tensor]] = None
    ) -> Result:
        """What an operation does to its arguments, of which the tensors are added to `parents`."""
        parents = [] if parents is None else parents
        key = self._operation_key(operation, args, kwargs, parents)
        self.require(bool(parents) and all(tensor.memory is self for tensor in parents))
        result = self._operations.get(key)
        if result is None:
            result = self._operations[key] = self._try_operation(operation, key, args, kwargs)
        return result

    def known_result_of_operation(
        self, operation: Any, args: Any, kwargs: Any
    ) -> Tuple[Optional[Result], Optional[agreement.Call]]:
        """What is known of a call of an operation, and what it has in common with others."""
        key = self._operation_key(operation, args, kwargs, [])
        return self._operations.get(key), agreement.asked_of_operation(key[0], key[1], key[2:4], key[4])

    def _operation_key(self, operation: Any, args: Any, kwargs: Any, parents: List[Tensor]) -> Any:
        return (
            type(operation), self._plain(self.config_of(operation)), self.input_key(args, parents),
            self.input_key(kwargs, parents), self._settings,
        )  # fmt: skip

    def config_of(self, operation: Any) -> Dict[str, Any]:
        """What an operation was made of."""
        return {name: value for name, value in vars(operation).items() if name not in _bookkeeping()}

    def _try_operation(self, operation: Any, key: Any, args: Any, kwargs: Any) -> Result:
        """Calls the real operation once on inputs of these shapes."""
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                real_args, real_kwargs = self._symbolic(args), self._symbolic(kwargs)
                try:
                    value = self._call_operation(operation, *real_args, **real_kwargs)
                except Exception as error:
                    return _refusal(error)
                if not any(map(_is_sparse, training.tree.flatten((real_args, real_kwargs)))):
                    # So Keras takes what it makes of a number and a tensor, in this order.
                    value = training.tree.map_structure(_dense, value)
                result = Result(self._specs(value), 0, {})
                result.foresee(
                    self._foreseen_of(operation, key, real_args, real_kwargs, value),
                    lambda: training.refusal_at_once(operation, real_args, real_kwargs),
                )
                # Where only its kernel refuses, a trace of the whole model tells nothing either.
                asks = training.asks_its_kernel(operation, real_args, real_kwargs)
                result.looks = result.doubtful and not result.refuses and asks
            return result
        finally:
            self.active, self.asking = True, False

    def _foreseen_of(self, operation: Any, key: Any, args: Any, kwargs: Any, value: Any) -> str:
        """What a step does to an operation.

        An operation that gives a tensor of the shape that all its tensors have, and whose call did so in training
        once, does so for every size: it works on each number, or along an axis that is there.
        """
        tensors = [
            each for each in training.tree.flatten((args, kwargs)) if isinstance(each, keras.KerasTensor)
        ]
        shapes = {tuple(each.shape) for each in (*tensors, value) if hasattr(each, "shape")}
        uniform = len(shapes) == 1 and not isinstance(value, (list, tuple))
        uniform = uniform and not any(map(training.holds_places, training.tree.flatten((args, kwargs))))
        alike = (type(operation), key[1], len(next(iter(shapes))), *[each.dtype for each in tensors])
        if uniform and alike in self._agreed:
            return training.PASSES
        call = agreement.operated(key[0], key[1], key[2:4], key[4])
        found = training.foreseen(operation, args, kwargs, value, call)
        if uniform and found is training.PASSES:
            self._agreed.add(alike)
        return found

    def _note(self, result: Result) -> None:
        self._steps.append(id(result))
        self.looks = self.looks or result.looks
        self._doubtful = self._doubtful or result.doubtful
        known = result.refuses or (result.mixes and not self.objects.running)
        self._unsettled = self._unsettled or (result.doubtful and not known)

    def record(self, result: Result, name: str, span: Any, base: Any = ()) -> None:
        self._note(result)
        self.calls.append((id(span), name, id(result), base, span, result))

    def place(self, frame: Any) -> Any:
        """Where the user's code calls a layer; None where a ready-made search space does, such as `HyperResNet`."""
        user = self.positions.innermost(frame)
        caller = frame.f_back if _is_function_of_layer(frame) else frame
        self.require(user is caller or user is frame or (user is None and _is_of_keras_tuner(caller)))
        return None if user is None else self.positions.of_frame(user)

    def _made(self, outputs: Any, layer: Any, parents: Tuple[Tensor, ...]) -> Any:
        """Stand-ins for what a call gave, in the same lists and dictionaries."""
        kind, *rest = outputs
        if kind == "t":
            if self.tracking and any(type(size) is origins.Token for size in outputs[1]):
                return Tensor(self, self.tracks.present(outputs), layer, parents, outputs)
            return Tensor(self, outputs, layer, parents)
        if kind is dict:
            return {name: self._made(each, layer, parents) for name, each in rest[0]}
        return kind(self._made(each, layer, parents) for each in rest[0])

    def _specs(self, value: Any) -> Any:
        """The shapes and dtypes of what a call gave; unknown where it is more than that."""
        if type(value) in (list, tuple):
            return type(value), tuple(self._specs(each) for each in value)
        if type(value) is dict:
            return dict, tuple((name, self._specs(each)) for name, each in value.items())
        spec = spec_of(value)
        self.require(spec is not None)
        return spec

    def _pure(self, value: Any) -> Any:
        try:
            return self.pure_keys.of(value)
        except purity.Impure:
            raise unknown(self) from None

    def call(self, layer: Layer, args: Any, kwargs: Any, frame: Any) -> Any:
        """A call of a stand-in. `frame` is the caller's, or None when a model calls its layer."""
        parents: List[Tensor] = []
        varied, given = None, (args, kwargs)
        self.leaves_its_call(given)
        earlier = self._earlier(layer)
        if self.tracking:
            varied = self.tracks.call(layer, args, kwargs, earlier)
            args, kwargs = self.tracks.present((args, kwargs))
        key = self._call_key(args, kwargs, parents)
        self.require(not layer.owned and not layer.failed)
        if layer.told is not None and not layer.calls:
            # So it is built as the call itself would have built it.
            self.require(len(given[0]) == 1 and set(given[1]) <= {"training"} and type(given[0][0]) is Tensor)
            self.require(layer.told == given[0][0].shape)
        alone = not parents and not self.objects.running
        if alone:
            # Its weights belong to no model; whoever calls it once more may find them there.
            self.require(not layer.kind.own and not layer.calls and layer.told is None)
        layer.first = layer.first or self._built_on(args, kwargs)
        result = self.result_of(layer.kind, args, kwargs, earlier)
        if alone:
            return self._numbers(layer, result, varied, frame)
        if not any(self._are_alike(given, each) for each in layer.calls):
            layer.calls.append(given)
        span = layer.span if frame is None else self.place(frame)
        if self.ends_here(result):
            whole = layer.kind.own or self.objects.running
            again = None if whole else lambda: self._refused_by(layer, args, kwargs, earlier)
            before = tuple([self._built_on(*each) for each in earlier])
            stop = self.stop(("layer", id(layer.kind), before, key, layer.name, id(layer.span)), frame, again)
            stop.made, stop.inside = layer.made, frame is None
            layer.failed = not self.asking_again
            for prefix, count in result.counts:
                self._names[prefix] = self._names.get(prefix, 0) + count
            raise thrown(self, stop, result.raises)
        if layer.extra:
            result = self._larger(result, layer.extra)
        if tracked.is_chosen(layer):
            self.tracks.tracker.optional += result.parameters
        if layer.result is None:
            # The first call may make layers and operations, which count their names.
            for prefix, count in result.counts:
                layer.base = (*layer.base, (prefix, self._names.get(prefix, 0)))
                self._names[prefix] = self._names.get(prefix, 0) + count
        layer.result = result
        if result.mixes:
            self._mixing.append(layer)
        if result.refuses and layer.given is not None:
            self._unsettled = True
        elif result.refuses:
            layer.given, layer.before = (args, kwargs), earlier
            self._refused_later(layer)
        if span is None and frame is not None:
            # No line of the user's shows what it gives.
            self._note(result)
        else:
            self.record(result, layer.name, span, layer.base if result.inner else ())
        if frame is not None:
            self.objects.called(layer, result)
        return self._made(varied or result.outputs, layer, tuple(parents))

    def _numbers(self, layer: Layer, result: Result, varied: Any, frame: Any) -> Any:
        """What a layer gives for numbers: others, of which the shape is known."""
        unsure = result.doubtful or result.refuses or result.mixes or result.looks or result.inner
        self.require(not (self.ends_here(result) or unsure))
        outputs = varied or result.outputs
        self.require(outputs[0] == "t" and len(outputs) == 3 and None not in outputs[1])
        layer.failed = True
        for prefix, count in result.counts:
            self._names[prefix] = self._names.get(prefix, 0) + count
        self.require(frame is not None)
        self.record(result, layer.name, self.place(frame))
        return self._made(outputs, CONSTANT, ())

    def build(self, layer: Layer, shape: Any, frame: Any) -> None:
        """The user's code builds a layer of Keras before it is called."""
        shape = self._shape_of_layer(layer, shape)
        self.require(layer.told is None and not layer.calls)
        if self.tracking:
            self.tracks.build(layer, shape)
        present = self.tracks.present(shape) if self.tracking else shape
        raises = self.refusal_of_build(layer.kind, present)
        if raises is not None:
            layer.failed = True
            key = ("built", id(layer.kind), present, layer.name, id(layer.span))
            raise thrown(self, self.stop(key, frame), raises)
        layer.told = shape

    def shape_from(self, layer: Layer, shape: Any) -> Any:
        """What a layer of Keras makes of a shape, as the user's code asks it."""
        shape = self._shape_of_layer(layer, shape)
        varied = self.tracks.shape_from(layer, shape) if self.tracking else None
        spec = varied or self.spec_from(layer.kind, self.tracks.present(shape) if self.tracking else shape)
        self.require(spec is not None)
        assert spec is not None
        return spec[1]

    def _shape_of_layer(self, layer: Layer, shape: Any) -> Tuple[Any, ...]:
        """A shape that a layer is asked about; nothing is known of layers that hold others, or take several shapes."""
        self.require(type(layer) is Layer and not (layer.owned or layer.failed or layer.kind.own))
        self.require(type(shape) in (list, tuple) and not layer.extra)
        self.require(all(type(size) in (int, type(None), origins.Token) for size in shape))
        return tuple(shape)

    def refusal_of_build(self, kind: Kind, shape: Tuple[Any, ...]) -> Any:
        """The class of what a layer raises when it is built on a shape; None where it raises nothing."""
        return self._asked_about(kind, ("build", shape), lambda layer: layer.build(shape))[0]

    def spec_from(self, kind: Kind, shape: Tuple[Any, ...]) -> Optional[Tuple[Any, ...]]:
        """The shape that a layer makes of another, as that of a tensor; None where that is no one shape, the same before
        and after the layer is built."""

        def made(layer: Any) -> Any:
            before = tuple(layer.compute_output_shape(shape))
            layer.build(shape)
            plain = all(type(size) in (int, type(None)) for size in before)
            return before if plain and tuple(layer.compute_output_shape(shape)) == before else None

        found = self._asked_about(kind, ("shape", shape), made)[1]
        return None if found is None else ("t", found, "float32")

    def _asked_about(self, kind: Kind, key: Any, ask: Callable[[Any], Any]) -> Tuple[Any, Any]:
        """What a new layer of a kind answers: the class of what it raises, or what it gives."""
        found = kind.answers.get(key)
        if found is None:
            self.active, self.asking = False, True
            try:
                with _FreshNames():
                    layer = self._real(kind)
                    try:
                        found = None, ask(layer)
                    except Exception as error:
                        found = type(error), None
            finally:
                self.active, self.asking = True, False
            kind.answers[key] = found
        return found

    def _refused_later(self, called: Any) -> None:
        """A layer or an operation will refuse its input in a step, if that comes so far."""
        if self.objects.running:
            self._unsettled = True
        else:
            self._refusing.append(called)

    def refusal_key(self, layer: Any) -> Tuple[Any, ...]:
        """What decides how a step ends at a layer or an operation that refuses its input."""
        if type(layer) is Operation:
            return ("refused", id(layer.result), layer.name)
        called = tuple([self._built_on(*each) for each in (*layer.before, layer.given)])
        return ("refused", id(layer.kind), called, layer.name, id(layer.span))

    def _built_on(self, args: Any, kwargs: Any) -> Any:
        """What of a call decides how a layer is built."""
        return self._call_key(args, {name: each for name, each in kwargs.items() if name != "training"}, [])

    def _call_key(self, args: Any, kwargs: Any, parents: List[Tensor]) -> Any:
        """What a layer is called on; the tensors are added to `parents`."""
        key = (self.input_key(args, parents), self.input_key(kwargs, parents) if kwargs else None)
        # In a graph, as the code of the user's own layers runs in, constants are tensors like others.
        self.require(bool(parents) or _is_constant(args[0] if args else None))
        self.require(not parents or parents[0].layer is not CONSTANT)
        self.require(all(tensor.memory is self for tensor in parents))
        return key

    def _earlier(self, layer: Layer) -> List[Tuple[Any, Any]]:
        """The calls before that left something behind in a layer."""
        return [] if layer.kind.reusable and not tracked.is_chosen(layer) else list(layer.calls)

    def _are_alike(self, one: Any, other: Any) -> bool:
        """Whether two calls are on the same input, at all values."""
        if self._built_on(*one) != self._built_on(*other):
            return False
        return not self.tracking or self.tracks.are_equal(one, other)

    def result_of(self, kind: Kind, args: Any, kwargs: Any, earlier: Any = ()) -> Result:
        """What a layer of one kind does to its arguments, after it was called on others."""
        if kind.refuses is not None:
            return Result(None, 0, {})
        key = self._call_key(args, kwargs, [])
        before = self._before(kind, args, kwargs, earlier)
        if before:
            after = ("after", *before, key)
            return kind.results.get(after) or self._try(kind, after, args, kwargs, [*before.values()])
        return kind.results.get(key) or self._try(kind, key, args, kwargs)

    def _before(self, kind: Kind, args: Any, kwargs: Any, earlier: Any) -> Dict[Any, Any]:
        """The earlier calls by which a layer is another than it would be if this call were its first."""
        before = {self._built_on(*each): each for each in earlier}
        own = self._built_on(args, kwargs) if before else None
        if kind.reusable or not before or next(iter(before)) == own:
            return {}
        before.pop(own, None)
        return before

    def known_result(
        self, kind: Kind, args: Any, kwargs: Any, earlier: Any
    ) -> Tuple[Optional[Result], Optional[agreement.Call]]:
        """What is known of a call that leaves nothing behind, and what it has in common with others."""
        if kind.refuses is not None or kind.own or self._before(kind, args, kwargs, earlier):
            return None, None
        key = self._call_key(args, kwargs, [])
        return kind.results.get(key), agreement.asked(kind, key)

    def _refused_by(self, layer: Layer, args: Any, kwargs: Any, earlier: Any) -> Tuple[Any, ...]:
        """The error of a layer under its own name, the real layer, and its input."""
        with self._once_more(layer, args, kwargs) as (real, given):
            for before in earlier:
                real(*self._symbolic(before[0]), **self._symbolic(before[1]))
            try:
                real(*given[0], **given[1])
            except Exception as error:
                return error, real, given
        raise AssertionError("it was refused before")

    def refused_in_training(self, layer: Any) -> Tuple[Any, ...]:
        """What a layer or an operation raises in a step under its own name, the real one, and its input."""
        if type(layer) is Operation:
            given = self._symbolic(layer.given[0]), self._symbolic(layer.given[1])
            return training.refusal(layer.real, *given), layer.real, given
        with self._once_more(layer, *layer.given) as (real, given):
            for before in layer.before:
                real(*self._symbolic(before[0]), **self._symbolic(before[1]))
            real(*given[0], **given[1])
            return training.refusal(real, *given), real, given

    @contextlib.contextmanager
    def _once_more(self, layer: Layer, args: Any, kwargs: Any) -> Iterator[Tuple[Any, Tuple[Any, Any]]]:
        """The layer that a stand-in stands for, under its own name, and its input."""
        self.asking = True
        try:
            with _FreshNames():
                yield self._real_as(layer), (self._symbolic(args), self._symbolic(kwargs))
        finally:
            self.asking = False

    def _real_as(self, layer: Layer) -> Any:
        """The layer that a stand-in stands for, under its own name."""
        args, kwargs = self._real_arguments(layer.kind)
        if "name" not in kwargs and layer.kind.maker is layer.kind.cls:
            kwargs["name"] = layer.name
        return layer.kind.maker(*args, **kwargs)

    def _refused(self, operation: Any, args: Any, kwargs: Any) -> Tuple[Any, ...]:
        try:
            self._call_operation(operation, *self._symbolic(args), **self._symbolic(kwargs))
        except Exception as error:
            return error, None, None
        raise AssertionError("it was refused before")

    def stop(self, key: Any, frame: Any = None, again: Any = None) -> Stop:
        """The failure `key` at this place of the user's code: known before, or to be found out by Keras."""
        places = []
        frame = self.positions.innermost(frame or sys._getframe(1))
        while frame is not None:
            places.append(id(self.positions.of_frame(frame)))
            while frame is not None and rewritten.is_thunk(frame.f_code):
                # It stands for a part of an expression in the frame around it.
                frame = self.positions.innermost(frame.f_back)
            frame = None if frame is None else self.positions.innermost(frame.f_back)
        return Stop((key, tuple(places), *self.objects.inside()), tuple(places), again)

    def raised(self, error: Exception) -> BaseException:
        """What the user's own code raised, of which Keras shall say what it comes to."""
        if self.broken:
            return Unknown()
        self.stopped = True
        held = vars(error).get(STOP)
        if held is not None:
            held.thrown = True
            return held.with_traceback(error.__traceback__)  # type: ignore[no-any-return]
        frames = self.positions.frames(error.__traceback__)
        places = tuple((each["function"], each["line"], *each["span"].values()) for each in frames)
        try:
            stop = self.stop(("raised", type(error).__name__, str(error), places, *_refusals_behind(error)))
        except Unknown as asked:
            return asked
        stop.raised = error
        return stop

    def seen(self) -> List[Tuple[Any, ...]]:
        """The calls that Keras would show: those inside of a Sequential without an input only in a first step."""
        return self.calls + (self._quiet if self.stepped else [])

    def refusing(self, outputs: Any) -> Any:
        """The layer or operation at which a step of a model with these outputs surely ends; None where none is surely
        the first."""
        if self._unsettled or self._mixing or not self._refusing:
            return None
        called = behind(outputs)
        found = list(dict.fromkeys(each for each in self._refusing if each in called))
        if not found or (type(found[0]) is Layer and not _is_all_of_keras(found[0].kind)):
            return None
        surely = all(found[0] in behind(_tensors(each.given)) for each in found[1:])
        return found[0] if surely else None

    def mixes(self, outputs: Any) -> bool:
        """Whether some output surely has so many rows that no labels go with it.

        All other calls keep the rows that they are given. After two that do not there may be as many again, and a call
        that is given both kinds of rows may refuse them.
        """
        if len(self._mixing) != 1 or self._unsettled or self._refusing or self.own_losses:
            return False
        rows = _rows(outputs, self._mixing[0])
        return None not in rows and True in rows

    def with_rows(self, outputs: Any) -> Optional[List[Tuple[Any, ...]]]:
        """The shapes and dtypes of the outputs of a model that mixes samples, as a step on a batch makes them; None
        where it is no operation of Keras that does so."""
        mixer = self._mixing[0]
        if type(mixer) is not Operation:
            return None
        with _FreshNames():
            given = self._symbolic(mixer.given[0]), self._symbolic(mixer.given[1])
            mixed = training.rows(mixer.real, *given)
        if mixed is None:
            return None
        numbers = [mixed if each else BATCH for each in _rows(outputs, mixer)]
        return [((rows, *each.spec[1][1:]), each.dtype) for rows, each in zip(numbers, outputs)]

    def doubts(self) -> Optional[Tuple[Any, ...]]:
        """All calls, where one of them may fail in training only; None where none does."""
        return tuple(self._steps) if self._doubtful else None

    def input_tensor(self, arguments: Dict[str, Any]) -> Tensor:
        return self._input(arguments).output

    def _input(self, arguments: Dict[str, Any]) -> Input:
        varied, name = None, arguments.get("name")
        if self.tracking:
            varied = self.tracks.input_spec(arguments)
            arguments = self.tracks.present(arguments)
        spec = self.input_spec_of(arguments)
        return Input(self, spec, varied, name if type(name) is str else None)

    def run(self, model: Sequential, spec: Tuple[Any, ...], varied: Optional[Tuple[Any, ...]] = None) -> None:
        """Builds a Sequential that names no input on a tensor of this shape and dtype, as its first call does."""
        start = tensor = Input(self, spec, varied).output
        for layer in model.stack:
            tensor = self.apply(layer, tensor)
            self.require(type(tensor) is Tensor)
        model.start, model.tensor = start, tensor

    def optimizer(self, cls: Any, args: Any, kwargs: Any) -> Optimizer:
        rate = args[0] if args else kwargs.get("learning_rate")
        schedule = self._schedule(rate)
        if schedule is not None:
            # Keras keeps it, and asks it nothing before it trains: what is accepted with it is with a number.
            if args:
                args = (SOME_RATE, *args[1:])
            else:
                kwargs = {**kwargs, "learning_rate": SOME_RATE}
        if self.tracking:
            made_of = cls, args, kwargs
            self.tracks.accepted("optimizer", made_of, lambda given: given[0](*given[1], **given[2]))
            cls, args, kwargs = self.tracks.present(made_of)
        self.require(cls.__module__.startswith("keras.src.optimizers"))
        arguments = dict(kwargs)
        if args:
            self.require(len(args) == 1 and "learning_rate" not in arguments)
            arguments["learning_rate"] = args[0]
        rate = arguments.get("learning_rate")
        if schedule is not None:
            arguments["learning_rate"] = schedule
        elif type(rate) is float and 0.0 <= rate < 1e30:
            arguments["learning_rate"] = "a float"
        else:
            self.require(rate is None)
        key = (cls, self._plain(arguments))
        if key not in self._optimizers:
            self.require(self.tracks.is_made(lambda given: cls(*given[0], **given[1]), (args, kwargs)))
            self._optimizers[key] = True
        # A rate of decay or a momentum changes no shape, whatever it is.
        known = {name: "a float" if _is_positive(each) else each for name, each in arguments.items()}
        return Optimizer(self, (cls, self._plain(known)), schedule is not None)

    def _schedule(self, rate: Any) -> Optional[str]:
        """What a learning rate is where it is a schedule of nothing but numbers: they decide nothing of a model.

        One of the user's own computes, and may fail: it is asked for a rate with its numbers.
        """
        if not isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            return None
        numbers = {name: each for name, each in vars(rate).items() if name != "name"}
        if not all(map(_are_numbers, numbers.values())):
            return None
        if private.is_keras(rate):
            return "a schedule"
        try:
            key = self.pure_keys.of(type(rate))
        except purity.Impure:
            return None

        def asked(given: Any) -> None:
            own = object.__new__(type(rate))
            vars(own).update({**vars(rate), **given})
            training.ask(own)

        if self.tracking:
            self.tracks.accepted(("schedule", key), numbers, asked)
            numbers = self.tracks.present(numbers)
        plain = {name: float(each) if keras.ops.is_tensor(each) else each for name, each in numbers.items()}
        known = key, self._plain(plain)
        if known not in self._schedules:
            self._schedules[known] = self.tracks.is_made(asked, numbers)
        self.require(self._schedules[known])
        return "a schedule of the user's"

    def compiled(self, args: Any, kwargs: Any, frame: Any) -> Tuple[Any, Any]:
        """What a call of `compile` decides, and where it stands."""
        user = self.positions.innermost(frame)
        key = self.compile_key(args, kwargs)
        return key, None if user is None else id(self.positions.of_frame(user))

    def compile_key(self, args: Any, kwargs: Any) -> Tuple[Any, ...]:
        if self.tracking:
            kwargs = {n: _weights(each) if n == "loss_weights" else each for n, each in kwargs.items()}
        names = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
        self.require(len(args) <= len(names))
        given = dict(zip(names, args))
        given.update(kwargs)
        if self.tracking and type(given.get("optimizer")) is origins.Token:
            # Which of Keras's optimizers takes a step changes no shape, if it is one.
            self.tracks.accepted("optimizer", given["optimizer"], keras.optimizers.get)
            given["optimizer"] = self.tracks.present(given["optimizer"])
        chosen = given.get("loss")
        if self.tracking and type(chosen) is origins.Token:
            # What another loss would come to is asked once the ends of the model are known.
            given["loss"] = self.tracks.present(chosen)
        given = self.tracks.settled(given) if self.tracking else given
        found = []
        for name in sorted(given):
            value = _weights(given[name]) if name == "loss_weights" else given[name]
            if type(value) is Optimizer:
                key: Any = ("optimizer", value.key)
            elif name == "optimizer" and type(value) is str and self._is_optimizer(value):
                # Which of Keras's optimizers takes a step changes no shape.
                key = ("optimizer", "as it is")
            else:
                key = self._trained_with(value)
            found.append((name, key))
        if self.tracking and type(chosen) is origins.Token:
            self.chosen_losses.append((tuple(found), chosen))
        return tuple(found)

    def take_losses(self, compiles: Any) -> List[Any]:
        """The losses that are chosen where a model was compiled as it is, if it was so once; others are settled."""
        held = self.chosen_losses
        if len(held) != 1 or [key for key, _ in compiles] != [key for key, _ in held]:
            return []
        self.chosen_losses = []
        return [loss for _, loss in held]

    def compiled_with(self, key: Tuple[Any, ...], loss: Any) -> Tuple[Any, ...]:
        """What the same call of `compile` would decide with another loss."""
        return tuple((name, self._trained_with(loss) if name == "loss" else each) for name, each in key)

    def _is_optimizer(self, name: str) -> bool:
        """Whether Keras has an optimizer of a name."""
        known = self._optimizers.get(name)
        if known is None:
            known = self._optimizers[name] = self.tracks.is_made(keras.optimizers.get, name)
        return known

    def _trained_with(self, value: Any) -> Any:
        """What a loss or a metric does: what Keras knows, or code of the user's that is pure."""
        key = identity(value)
        if key is not None:
            return key
        kind = type(value)
        if kind in (list, tuple):
            return (kind.__name__, *map(self._trained_with, value))
        if kind is dict:
            return ("dict", tuple(value), *map(self._trained_with, value.values()))
        self.own_losses = True
        if isinstance(value, (keras.losses.Loss, keras.metrics.Metric)):
            noted = _notes_of(
                keras.losses.Loss if isinstance(value, keras.losses.Loss) else keras.metrics.Metric
            )
            held = ((name, each) for name, each in sorted(vars(value).items()) if name not in noted)
            return (self._pure(kind), *[(name, self._held_by_metric(each)) for name, each in held])
        return self._pure(value)

    def _held_by_metric(self, value: Any) -> Any:
        if isinstance(value, keras.Variable):
            return ("variable", tuple(value.shape), str(value.dtype))
        return self._plain(value)

    def input_spec_of(self, arguments: Dict[str, Any]) -> Tuple[Any, ...]:
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
                raise unknown(self) from None
            finally:
                self.active = True
            self._inputs[key] = spec
        return spec

    def _argument_key(self, cls: Any, args: Any, kwargs: Any) -> Any:
        self.require(not _depends_on_more(cls))
        if cls.__name__ in named.DROPPING_A_SHARE:
            if len(args) == 1 and type(args[0]) is float and 0.0 < args[0] < 1.0:
                args = ("a rate",)
            elif type(kwargs.get("rate")) is float and 0.0 < kwargs["rate"] < 1.0:
                kwargs = dict(kwargs, rate="a rate")
        return (tuple(self._plain(each) for each in args), self._plain(kwargs) if kwargs else None)

    def plain_key(self, value: Any) -> Any:
        return self._plain(value)

    def settings_now(self) -> Any:
        return self._settings

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
        state = state_of(value)
        if state is not None:
            # Who wraps or keeps it needs a real one.
            self.objects.distrust([state.cls])
        if kind is Layer:
            if not self._is_bare(value.kind):
                self.require(not value.owned and value.first is None and value.told is None)
                value.owned = True
            return (Layer, value.kind)
        if kind is Sequential:
            return self._wrapped_stack(value)
        if kind is Sealed:
            return (value.cls, value.given, value.made)
        if kind is Application:
            return (Application, value.kind)
        module = str(getattr(kind, "__module__", ""))
        if module.startswith("keras.src.regularizers.") and kind.__name__ in ("L1", "L2", "L1L2"):
            return (kind,)
        if module.startswith(
            ("keras.src.initializers.", "keras.src.constraints.", "keras.src.regularizers.")
        ):
            config = value.get_config()
            # A layer is made of the object itself, which must not hold a token.
            self.require(not self.tracking or not self.tracks.tokens(config))
            return (kind, self._plain(config))
        if isinstance(value, _PARTS):
            return self._own_part(value)
        if str(getattr(value, "__module__", "")).startswith("keras.src.activations."):
            return (value.__module__, value.__qualname__)
        if kind is types.FunctionType:
            return (kind, self._pure(value))
        if isinstance(value, type) and _is_of_keras(value):
            return (type, value)
        if kind is slice:
            return (kind, self._plain(value.start), self._plain(value.stop), self._plain(value.step))
        if value is Ellipsis:
            return (kind,)
        if kind is np.ndarray and value.dtype.kind in "fiub" and value.size <= MOST_NUMBERS:
            return (kind, value.shape, value.dtype.str, value.tobytes())
        if isinstance(value, np.generic):
            return (kind, value.tobytes())
        if _is_constant(value):
            return ("constant", self._plain(keras.ops.convert_to_numpy(value)))
        raise unknown(self)

    def _is_bare(self, kind: Kind) -> bool:
        """Whether layers of a kind hold nothing, and a call leaves nothing in them, as an activation: one may be a part of
        many layers, and be called besides."""
        if kind.bare is None:
            kind.bare = not kind.own and kind.refuses is None and self._stays_bare(kind)
        return kind.bare

    def _stays_bare(self, kind: Kind) -> bool:
        """Calls a real layer of a kind on vectors of any number."""
        active, asking = self.active, self.asking
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                layer = self._real(kind)
                before = _state_of(layer)
                layer(keras.KerasTensor((None, 2)))
            return not layer.variables and _state_of(layer) == before
        except Exception:
            return False
        finally:
            self.active, self.asking = active, asking

    def _wrapped_stack(self, model: Sequential) -> Any:
        """A model that another layer wraps, as `TimeDistributed` does: the layers in it, and its input."""
        plain = all(type(each) is Layer and not each.owned for each in model.stack)
        self.require(plain and model.start is not None and not model.owned and model.called is None)
        assert model.start is not None
        if self.tracking:
            self.tracks.settled([model.start.varied, [each.varied for each in model.stack]])
        model.owned = True
        for each in model.stack:
            each.owned = True
        return (Sequential, model.start.spec, *[each.kind for each in model.stack])

    def _own_part(self, part: Any) -> Any:
        """A regularizer, an initializer or a constraint of a class of the user's: its class, and what it holds."""
        held = vars(part)
        if self.tracking:
            # Layers are made of the object itself, which must not hold a token.
            held.update({name: self.tracks.settled(each) for name, each in held.items()})
        return (self._pure(type(part)), *[(name, self._plain(each)) for name, each in sorted(held.items())])

    def input_key(self, value: Any, parents: List[Tensor]) -> Any:
        kind = type(value)
        if kind is Tensor:
            parents.append(value)
            return value.spec
        if kind in (list, tuple):
            return (kind, *[self.input_key(each, parents) for each in value])
        if kind is dict:
            return (dict, *[(name, self.input_key(each, parents)) for name, each in value.items()])
        self.require(kind is not Layer)
        return self._plain(value)

    def _learn(self, key: Any, cls: Any, args: Any, kwargs: Any, maker: Any = None) -> Kind:
        """Makes the real layer once, to see whether it can be made and how it names itself."""
        # A function is looked up at the present value; what is made of it must not hold the others.
        self.require(not purity.holds_tokens([*args, *kwargs.values()]))
        kind = Kind(key, cls, (args, kwargs), maker)
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                real_args, real_kwargs = self._real_arguments(kind)
            with _FreshNames() as counts:
                layer = self._make_first(kind, real_args, real_kwargs)
            if layer is None:
                kind.named, kind.counts = kwargs.get("name"), tuple(counts.items())
            else:
                self._note_names(kind, layer, counts)
                kind.input_shape = getattr(layer, "_input_shape_arg", None)
                kind.real = layer
            if layer is not None and maker is not None:
                self._learn_application(kind, layer)
        except Exception:
            raise unknown(self) from None
        finally:
            self.active, self.asking = True, False
        self._kinds[key] = kind
        return kind

    def _note_names(self, kind: Kind, layer: Any, counts: Dict[str, int]) -> None:
        """How a layer names itself, and how many names of each prefix its constructor gave away."""
        own = [(prefix, count) for prefix, count in counts.items() if layer.name == prefix]
        others = [(prefix, count) for prefix, count in counts.items() if layer.name != prefix]
        named = kind.arguments[1].get("name") is not None or kind.maker is not kind.cls
        kind.named = layer.name if named else None
        kind.counts = tuple(own + others)
        self.require(named or bool(own))

    def _make_first(self, kind: Kind, args: Any, kwargs: Any) -> Any:
        """The first layer of a kind; None where its constructor refuses the arguments, which it then always does."""
        try:
            return kind.maker(*args, **kwargs)
        except (OSError, MemoryError, RecursionError):
            # Files, the memory and the stack may be others next time.
            raise
        except Exception as error:
            if guard.refusal(error) is not None:
                raise
            kind.refuses = type(error).__name__, errors.without_numbers(str(error))
            kind.raises = type(error)
            return None

    def _learn_application(self, kind: Kind, model: Any) -> None:
        """What a ready-made model does to its own input."""
        parameters = count_parameters(model)
        call = _call(type(model).__name__, model.inputs, model.outputs, parameters)
        result = Result(self._specs(model.output), parameters, call)
        result.doubtful = not training.surely_trains(model)
        kind.results["own"] = result

    def _try(self, kind: Kind, key: Any, args: Any, kwargs: Any, earlier: Any = ()) -> Result:
        """Calls the real layer once on inputs of these shapes, after some earlier calls."""
        self.active, self.asking = False, True
        try:
            with _FreshNames():
                layer = self._real(kind) if earlier else kind.real or self._real(kind)
                before = _state_of(layer)
            with _FreshNames() as counts:
                real_args, real_kwargs = self._symbolic(args), self._symbolic(kwargs)
                constant = bool(args) and _is_constant(args[0])
                if constant:
                    real_args = [keras.Input(batch_shape=args[0].shape, dtype=_dtype(args[0])), *args[1:]]
                try:
                    for each in earlier:
                        layer(*self._symbolic(each[0]), **self._symbolic(each[1]))
                    with self.watch(kind.own) as trace:
                        value = layer(*real_args, **real_kwargs)
                except Exception as error:
                    self.require(not self.broken)
                    result = _refusal(error)
                    result.counts = tuple(counts.items())
                else:
                    # A wrapped model was given something else than it takes.
                    self.require(not self.broken)
                    result = self._result(layer, (args, kwargs), value)
                    result.inner = trace.inside(layer)
                    result.stateful = bool(layer.variables)
                    result.counts = tuple(counts.items())
                    given = real_args, real_kwargs
                    result.foresee(
                        self._foreseen(kind, key, layer, given, value, not earlier),
                        lambda: training.refusal_at_once(layer, *given),
                    )
                    if constant and not training.takes(layer, args, kwargs):
                        result.foresee(training.DOUBTFUL)
                        result.looks = True
                if not earlier:
                    kind.reusable = not kind.own and _state_of(layer) == before
                    kind.real = layer if kind.reusable or kind.maker is not kind.cls else None
        finally:
            self.active, self.asking = True, False
        kind.results[key] = result
        return result

    def _foreseen(self, kind: Kind, key: Any, layer: Any, inputs: Any, value: Any, first: bool) -> str:
        own = kind.results.get("own")
        if own is not None and own.outputs == self._specs(value):
            return training.DOUBTFUL if own.doubtful else training.PASSES
        args, kwargs = inputs
        call = agreement.split(kind, key) if first else None
        return training.foreseen(layer, args, kwargs, value, call, first)

    def _result(self, layer: Any, inputs: Any, value: Any) -> Result:
        parameters = count_parameters(layer)
        return Result(self._specs(value), parameters, _call(type(layer).__name__, inputs, value, parameters))

    def _symbolic(self, value: Any) -> Any:
        if type(value) is Tensor:
            tensor = self._tensors.get(value.spec)
            if tensor is None:
                # An Input would be made at three times the cost, and remember each layer that was ever called on it.
                tensor = keras.KerasTensor(value.spec[1], value.dtype)
                for axes in value.spec[3:]:
                    _set_mask(tensor, keras.KerasTensor(value.spec[1][:axes], "bool"))
                self._tensors[value.spec] = tensor
            return tensor
        if type(value) in (list, tuple):
            return type(value)(self._symbolic(each) for each in value)
        if type(value) is dict:
            return {name: self._symbolic(each) for name, each in value.items()}
        return value

    def _real(self, kind: Kind) -> Any:
        args, kwargs = self._real_arguments(kind)
        return kind.maker(*args, **kwargs)

    def _real_arguments(self, kind: Kind) -> Tuple[List[Any], Dict[str, Any]]:
        args, kwargs = kind.arguments
        return [self._deep(each) for each in args], {name: self._deep(each) for name, each in kwargs.items()}

    def _deep(self, value: Any) -> Any:
        if type(value) is Layer:
            self.require(value.first is None or self._is_bare(value.kind))
            return self._real(value.kind)
        if type(value) is Sequential:
            assert value.start is not None
            start = keras.Input(batch_shape=value.start.spec[1], dtype=value.start.dtype)
            return keras.Sequential([start, *[self._real(each.kind) for each in value.stack]])
        if type(value) is Application:
            return value.kind.real
        if type(value) is Sealed:
            return sealed.model(value, lambda: unknown(self))
        if type(value) in (list, tuple):
            return type(value)(self._deep(each) for each in value)
        if type(value) is dict:
            return {name: self._deep(each) for name, each in value.items()}
        return value


def _refusal(error: Exception) -> Result:
    """What is known of a call that raises."""
    result = Result(None, 0, {})
    result.raises = type(error)
    return result


def _refusals_behind(error: Optional[BaseException]) -> List[Any]:
    """The refusals in whose place an error was raised, which a report of it tells."""
    held = (vars(each).get(STOP) for each in guard.chain(error))
    return [each.key for each in held if each is not None]


def _are_numbers(value: Any) -> bool:
    if type(value) is origins.Token:
        return all(map(_are_numbers, origins.values_of(value)))
    if keras.ops.is_tensor(value):
        return bool(value.shape == ())
    if isinstance(value, (list, tuple)):
        return all(map(_are_numbers, value))
    return value is None or isinstance(value, (int, float))


def _is_positive(value: Any) -> bool:
    return type(value) is float and 0.0 < value < math.inf


def _weights(value: Any) -> Any:
    """The weights of losses, of which finite ones do the same to every shape."""
    if type(value) in (list, tuple):
        return type(value)(map(_weights, value))
    if type(value) is dict:
        return {name: _weights(each) for name, each in value.items()}
    finite = all(type(each) is float and math.isfinite(each) for each in origins.values_of(value))
    return "a float" if finite else value


def _call(class_name: str, inputs: Any, outputs: Any, parameters: int) -> Dict[str, Any]:
    """The fields of a LayerCall whose place and name are still open."""
    return {
        "span": None,
        "name": "",
        "class_name": class_name,
        "input_shapes": shapes(inputs),
        "output_shapes": shapes(outputs),
        "dtype": dtype_of(outputs),
        "parameters": parameters,
    }


def renamed(name: str, base: Tuple[Tuple[str, int], ...]) -> str:
    """The name of a layer inside of another where so many of its prefix were given away before."""
    prefix, _, number = name.rpartition("_")
    if not number.isdigit():
        prefix, number = name, "0"
    for each, before in base:
        if each == prefix and before:
            return _numbered(prefix, int(number) + before)
    return name


def _numbered(prefix: str, number: int) -> str:
    """How Keras names the layer of a prefix that so many came before."""
    return "%s_%d" % (prefix, number) if number else prefix


@functools.lru_cache(maxsize=None)
def _notes_of(base: Any) -> FrozenSet[str]:
    """What Keras itself notes down in each loss or metric, apart from what decides how it is computed."""
    return frozenset(vars(base(name="plain"))) - {"reduction", "dtype", "_dtype"}


def _is_constant(value: Any) -> bool:
    """Whether a value is a tensor of the backend with few numbers that are known."""
    if issubclass(type(value), HandedOut) or not keras.ops.is_tensor(value):
        return False
    if None in tuple(value.shape) or math.prod(value.shape) > MOST_NUMBERS:
        return False
    return hasattr(value, "numpy") and str(keras.backend.standardize_dtype(value.dtype)) != "string"


def _dtype(value: Any) -> str:
    return str(keras.backend.standardize_dtype(value.dtype))


def _dense(value: Any) -> Any:
    return keras.KerasTensor(value.shape, value.dtype) if _is_sparse(value) else value


def _is_sparse(value: Any) -> bool:
    return bool(getattr(value, "sparse", False))


def _is_of_keras(cls: Any) -> bool:
    return str(cls.__module__).startswith(private.HOME)


def behind(tensors: Any) -> Set[Any]:
    """The layers and operations that some tensors are made by, directly or not."""
    seen: Set[Any] = set()
    found: Set[Any] = set()
    waiting = list(tensors)
    while waiting:
        tensor = waiting.pop()
        if tensor not in seen:
            seen.add(tensor)
            found.add(tensor.layer)
            waiting.extend(tensor.parents)
    return found


def _rows(outputs: Any, mixer: Any) -> List[Optional[bool]]:
    """Which kind of rows each output has: those of `mixer` (True), those of the inputs, or None where a call met both."""
    known: Dict[int, Optional[bool]] = {}
    waiting = list(outputs)
    while waiting:
        tensor = waiting[-1]
        above = [each for each in tensor.parents if id(each) not in known]
        if above:
            waiting += above
            continue
        waiting.pop()
        given = {known[id(each)] for each in tensor.parents} or {False}
        same = given.pop() if len(given) == 1 else None
        known[id(tensor)] = True if tensor.layer is mixer and same is False else same
    return [known[id(each)] for each in outputs]


def _tensors(value: Any) -> List[Tensor]:
    """The tensors in nested lists, tuples and dictionaries."""
    if type(value) is Tensor:
        return [value]
    parts = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
    return [tensor for each in parts for tensor in _tensors(each)]


def _is_all_of_keras(kind: Kind) -> bool:
    """Whether a layer is Keras's own, and so are the layers that it wraps; a model it may not wrap."""
    return not kind.own and all(map(_wraps_keras_alone, kind.arguments))


def _wraps_keras_alone(value: Any) -> bool:
    if type(value) is Layer:
        return _is_all_of_keras(value.kind)
    parts = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
    return type(value) is not Sealed and all(map(_wraps_keras_alone, parts))


@functools.lru_cache(maxsize=None)
def _writes_itself_down(cls: Any) -> bool:
    """Whether a class of Keras says by itself what its objects were made of, if they are ever saved."""
    inherited = (keras.Operation.get_config, keras.layers.Layer.get_config)
    nnx = getattr(keras.config, "is_nnx_enabled", lambda: False)
    return _is_of_keras(cls) and cls.get_config not in inherited and not nnx()


@functools.lru_cache(maxsize=None)
def _is_operation(cls: Any) -> bool:
    """Whether a class is one of Keras's operations, as those of `keras.ops` and of `keras.activations` are."""
    is_plain = issubclass(cls, keras.Operation) and not issubclass(cls, keras.layers.Layer)
    return is_plain and (_is_of_keras(cls) or issubclass(cls, computed.Asked))


@functools.lru_cache(maxsize=None)
def _bookkeeping() -> FrozenSet[str]:
    """What every operation keeps for Keras itself, whatever it does."""
    return frozenset(vars(keras.Operation(name="operation")))


def _makes_application(value: Any) -> bool:
    """Whether a function makes one of the models of `keras.applications`: they share these arguments."""
    if type(value) is not types.FunctionType or not value.__module__.startswith("keras.src.applications."):
        return False
    code = value.__code__
    names = code.co_varnames[: code.co_argcount]
    return value.__name__[:1].isupper() and {"include_top", "weights", "input_shape", "pooling"} <= set(names)


@functools.lru_cache(maxsize=None)
def _noted() -> FrozenSet[str]:
    """What Keras itself notes down in every layer that is called."""
    layer = layers.Identity()
    before = dict(vars(layer))
    layer(keras.Input((1,)))
    return frozenset(name for name, each in vars(layer).items() if before.get(name, before) is not each)


def _state_of(layer: Any) -> Any:
    """What a layer holds, in order to see whether a call changes it."""
    noted = _noted()
    held = tuple((name, id(each)) for name, each in vars(layer).items() if name not in noted)
    parts = any(
        isinstance(each, layers.Layer) for some in vars(layer).values() if type(some) is list for each in some
    )
    return held, tuple(map(id, layer.variables)), object() if parts else None


def _is_never_tracked(value: Any) -> bool:
    """Whether Keras keeps a value that becomes an attribute as it is, because nothing in it is a variable or a layer."""
    kind: Any = type(value)
    if kind is tuple:
        return all(type(each) in origins.PLAIN for each in value)
    return kind in origins.PLAIN or _is_no_part(kind)


@functools.lru_cache(maxsize=None)
def _is_no_part(kind: Any) -> bool:
    """Whether no value of a type is a part of a layer, or a collection that may hold one."""
    parts = (keras.Variable, keras.Layer, keras.metrics.Metric, keras.random.SeedGenerator)
    # A backend may wrap what it knows itself.
    known = _is_of_keras(kind) or kind.__module__ in ("builtins", "inspect")
    return known and not issubclass(kind, (*parts, tuple, list, dict, set))


class _Signatures:
    """The module `inspect`, with a memory for methods of Keras."""

    def __init__(self) -> None:
        self._known: Dict[Any, inspect.Signature] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(inspect, name)

    def signature(self, value: Any) -> inspect.Signature:
        if type(value) is not types.MethodType or not _is_of_keras(value):
            return inspect.signature(value)
        known = self._known.get(value.__func__)
        if known is None:
            known = self._known[value.__func__] = inspect.signature(value)
        return known


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


def _is_of_keras_tuner(frame: Any) -> bool:
    """Whether a frame is one of Keras Tuner's own code, whose ready-made search spaces call layers as users do."""
    return frame is not None and bool(frame.f_globals.get("__name__", "").startswith("keras_tuner."))


def settings() -> Tuple[Any, ...]:
    return (keras.config.dtype_policy().name, keras.config.floatx(), keras.config.image_data_format())
