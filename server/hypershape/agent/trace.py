"""Which layer was called on which line of the user's code, with which shapes.

The recorder wraps `Layer.__new__` and `Layer.__call__` in the process that it is installed in, so it belongs in
a forked child.
"""

from __future__ import annotations

import contextlib
import numbers
import sys
from types import FrameType
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

import keras

from .kinds import Refused, Shape
from .positions import Positions, Span

PARAMETERS = (
    "units", "filters", "kernel_size", "pool_size", "strides", "padding", "dilation_rate", "groups", "data_format",
    "depth_multiplier", "size", "cropping", "target_shape", "dims", "axis", "axes", "n", "rate", "input_dim",
    "output_dim", "num_heads", "key_dim", "value_dim", "return_sequences", "output_size", "height", "width",
)  # fmt: skip
"""The arguments of built-in layers that decide shapes; a report names them when the layer refuses its input."""


_KERAS = ("keras.", "tf_keras.")
"""Where Keras 3 and both Keras 2 keep their own classes."""


class Trace:
    """The layer calls of one probe, in order, and the layer that refused its input, if one did."""

    def __init__(self) -> None:
        self.calls: List[Dict[str, Any]] = []
        self.made: Dict[int, Tuple[Any, Dict[str, Any]]] = {}
        """The layers that the user's code made, by their identity, each with the frame of the expression."""
        self.made_directly: Set[int] = set()
        """Those of them that no layer of Keras made for itself, as a recurrent layer makes its cell."""
        self.refusal: Optional[Dict[str, Any]] = None
        self.refused_layer: Any = None
        self.refused_with: Optional[BaseException] = None
        self.refused_inside = False
        self.stepping = False
        """Set for the training step: its batch axis is shown as unknown, and layers seen before are not repeated."""
        self.complete = False
        """Set where the build has called every layer: what a step calls again is not told, whether one is traced or not."""
        self._places: Dict[int, int] = {}
        self._layers: List[Any] = []
        self._stepped: List[bool] = []
        """Which of the calls belong to a step."""

    def origin(self, layer: Any) -> Optional[Dict[str, Any]]:
        """The fields of a Frame for the expression that made a layer, if that was the user's code."""
        found = self.made.get(id(layer))
        return None if found is None else found[1]

    def record(self, layer: Any, span: Optional[Span], inside: bool, inputs: Any, outputs: Any) -> None:
        """`inside`: the call came from Keras (Sequential repeats it at each `add`), not from the user's code."""
        call = {
            "span": span,
            "name": layer.name,
            "class_name": type(layer).__name__,
            "input_shapes": shapes(inputs, self.stepping),
            "output_shapes": shapes(outputs, self.stepping),
            "dtype": dtype_of(outputs),
            "parameters": count_parameters(layer),
        }
        if self.stepping and (self.complete or self._is_known(layer, call)):
            return
        key = id(layer)
        if inside and key in self._places:
            self.calls[self._places[key]] = call
            return
        if inside:
            self._places[key] = len(self.calls)
        self._layers.append(layer)
        self._stepped.append(self.stepping)
        self.calls.append(call)

    def _is_known(self, layer: Any, call: Dict[str, Any]) -> bool:
        """Whether a call in a step repeats one of the build, or of the same step."""
        seen = zip(self._layers, self._stepped, self.calls)
        return any(
            held is layer and (not stepped or known["input_shapes"] == call["input_shapes"])
            for held, stepped, known in seen
        )

    def caught(self) -> None:
        """The user's code goes on: nothing that was refused before has ended it."""
        self.refusal = self.refused_with = self.refused_layer = None

    def refused_within(self, layer: Any, error: BaseException, inputs: Any) -> None:
        """A layer that another one called: where the user made both, the inner one is what does not fit."""
        if id(layer) in self.made_directly and _is_plain_layer(layer):
            self.refused(layer, error, True, inputs)

    def refused(self, layer: Any, error: BaseException, inside: bool, inputs: Any) -> None:
        if self.refusal is None:
            self.refused_with = error
            self.refused_layer = layer
            self.refused_inside = inside
            self.refusal = {
                "layer": layer.name,
                "layer_class": type(layer).__name__,
                # What a layer of the user's own refuses is better seen inside of it, and of a model where it is called.
                "made": self.origin(layer) if _is_plain_layer(layer) else None,
                "input_shapes": shapes(inputs, self.stepping),
                "arguments": arguments(layer),
            }

    def refused_by_keras(self) -> Optional[Refused]:
        """What a layer of Keras itself refused; None where the layer is the user's own."""
        layer, refusal = self.refused_layer, self.refusal
        if refusal is None or not _is_keras(layer):
            return None
        known = {name: given["value"] for name, given in refusal["arguments"].items()}
        built = _built_on(layer) if self.stepping else None
        return Refused(type(layer).__name__, refusal["input_shapes"], known, ranks(layer), built)

    def inside(self, layer: Any) -> Tuple[Dict[str, Any], ...]:
        """The calls, without those of the layer that made them."""
        kept = zip(self.finish(), self._layers)
        return tuple(call for call, called in kept if called is not layer)

    def finish(self) -> Tuple[Dict[str, Any], ...]:
        """The calls, with the parameters that layers created after their first call."""
        for call, layer in zip(self.calls, self._layers):
            call["parameters"] = count_parameters(layer)
        return tuple(self.calls)


class Recorder:
    """Wraps Keras's Layer in this process; `trace` is where the current probe is written down.

    While `memory` is active, built-in layers are not made but remembered.
    """

    def __init__(self, memory: Any) -> None:
        self.positions = Positions(())
        self.trace: Optional[Trace] = None
        self._memory = memory
        self._call_code: Any = None
        self._quiet = False
        """Set while a ready-made model is put together: its layers are nobody's lines."""

    def install(self) -> None:
        layer_class = keras.layers.Layer
        original_new: Callable[..., Any] = layer_class.__new__
        original_call: Callable[..., Any] = layer_class.__call__
        recorder, memory = self, self._memory
        memory.watch, memory.whole = self.watch, self.whole

        def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if memory.active:
                return memory.layer(cls, args, kwargs, sys._getframe(1))
            plain = original_new is object.__new__
            layer = original_new(cls) if plain else original_new(cls, *args, **kwargs)
            trace = recorder.trace
            if trace is not None and not recorder._quiet:
                caller = sys._getframe(1)
                frame = recorder.positions.innermost(caller)
                described = None if frame is None else recorder.positions.described(frame)
                if described is not None:
                    trace.made[id(layer)] = (layer, described)
                    if frame is caller:
                        trace.made_directly.add(id(layer))
            return layer

        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            trace = recorder.trace
            if trace is None or recorder._quiet:
                return original_call(self, *args, **kwargs)
            frame, direct = recorder._caller(sys._getframe(1), trace.stepping)
            if frame is None:
                try:
                    return original_call(self, *args, **kwargs)
                except Exception as error:
                    with contextlib.suppress(Exception):
                        trace.refused_within(self, error, (args, kwargs))
                    raise
            span = recorder.positions.of_frame(frame) if recorder.positions.is_user(frame) else None
            if not direct:
                origin = trace.origin(self)
                if origin is None and span is None:
                    return recorder._unmade(original_call, self, args, kwargs)
                span = span if origin is None else origin["span"]
            inputs = (args, kwargs)
            if direct and not trace.stepping:
                trace.caught()
            try:
                outputs = original_call(self, *args, **kwargs)
            except Exception as error:
                with contextlib.suppress(Exception):
                    trace.refused(self, error, not direct, inputs)
                raise
            with contextlib.suppress(Exception):
                # What cannot be written down must not fail the call.
                trace.record(self, span, not direct, inputs, outputs)
            return outputs

        call.__name__ = "__call__"
        recorder._call_code = call.__code__
        call.__wrapped__ = original_call  # type: ignore[attr-defined]
        layer_class.__new__ = new
        layer_class.__call__ = call

    def whole(self, make: Callable[[], Any], caller: FrameType) -> Any:
        """Makes a ready-made model, which is one line of a trace however many layers it has."""
        quiet, self._quiet = self._quiet, True
        try:
            model = make()
        finally:
            self._quiet = quiet
        frame = self.positions.innermost(caller)
        if self.trace is not None and frame is not None and not quiet:
            described = self.positions.described(frame)
            if described is not None:
                self.trace.made[id(model)] = (model, described)
            self.trace.record(model, self.positions.of_frame(frame), False, model.inputs, model.outputs)
        return model

    @contextlib.contextmanager
    def watch(self, own: bool) -> Iterator[Trace]:
        """Traces what is called meanwhile, if a layer of the user's own calls it: nobody sees inside of Keras's."""
        trace = Trace()
        held, self.trace = self.trace, trace if own else self.trace
        try:
            yield trace
        finally:
            self.trace = held

    @contextlib.contextmanager
    def unseen(self) -> Iterator[None]:
        """Writes nothing down meanwhile."""
        held, self.trace = self.trace, None
        try:
            yield
        finally:
            self.trace = held

    def _unmade(self, call: Any, layer: Any, args: Any, kwargs: Any) -> Any:
        """Calls a layer that the probe did not make; what it refuses in a step is told as its refusal."""
        trace = self.trace
        try:
            return call(layer, *args, **kwargs)
        except Exception as error:
            if trace is not None and trace.stepping and _is_keras(layer) and _is_plain_layer(layer):
                with contextlib.suppress(Exception):
                    trace.refused(layer, error, True, (args, kwargs))
            raise

    def _caller(self, frame: Optional[FrameType], stepping: bool) -> Tuple[Optional[FrameType], bool]:
        """The user's frame that a layer call belongs to, and whether it made the call itself.

        None when the call is made by another layer that is already recorded. In a step, where no user code
        runs, the frame of a model that calls its layers is good enough: the layer's origin is the place.
        """
        direct = True
        while frame is not None:
            if self.positions.is_user(frame):
                return frame, direct
            if frame.f_code is self._call_code:
                caller = frame.f_locals.get("self")
                if (
                    stepping
                    and isinstance(caller, keras.Model)
                    and type(caller).__module__.startswith("keras.")
                ):
                    return frame, False
                return None, False
            if frame.f_code.co_name not in ("__call__", "error_handler"):
                direct = False
            frame = frame.f_back
        return None, False


def shapes(value: Any, without_batch: bool = False) -> Tuple[Shape, ...]:
    """The shapes of all tensors in nested lists, tuples and dicts.

    `without_batch` leaves the first axis open, whatever its length.
    """
    found: List[Shape] = []
    _collect(value, found, without_batch)
    return tuple(found)


def _collect(value: Any, found: List[Shape], without_batch: bool) -> None:
    if isinstance(value, (list, tuple)):
        for each in value:
            _collect(each, found, without_batch)
    elif isinstance(value, dict):
        for each in value.values():
            _collect(each, found, without_batch)
    else:
        shape = getattr(value, "shape", None)
        if shape is not None and hasattr(value, "dtype"):
            axes = axes_of(shape)
            found.append((None, *axes[1:]) if without_batch and axes else axes)


def axes_of(shape: Any) -> Shape:
    """A shape as numbers; sizes that are no numbers (symbolic ones of a backend) are None."""
    return tuple(int(size) if isinstance(size, numbers.Integral) else None for size in shape)


def dtype_of(value: Any) -> str:
    while isinstance(value, (list, tuple, dict)) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    dtype = getattr(value, "dtype", None)
    return "" if dtype is None else str(getattr(dtype, "name", dtype))


def count_parameters(layer: Any) -> int:
    total = 0
    for variable in layer.weights:
        size = 1
        for length in variable.shape:
            size *= int(length)
        total += size
    return total


def _is_keras(layer: Any) -> bool:
    return type(layer).__module__.startswith(_KERAS)


def _is_plain_layer(layer: Any) -> bool:
    return _is_keras(layer) and not isinstance(layer, keras.Model)


def _built_on(layer: Any) -> Optional[Tuple[Optional[int], ...]]:
    """The shape of the one input that a layer was built on."""
    told: Dict[str, Any] = getattr(layer, "get_build_config", dict)() or {}
    shape = told.get("input_shape")
    if not isinstance(shape, (list, tuple)) or not all(
        each is None or isinstance(each, int) for each in shape
    ):
        return None
    return tuple(shape)


def arguments(layer: Any) -> Dict[str, Dict[str, Any]]:
    """The layer's own arguments that decide its shapes: their text, and their value where it is a plain one."""
    held = getattr(layer, "__dict__", {})
    given = ((name, held[name]) for name in PARAMETERS if held.get(name) is not None)
    return {name: {"text": str(value), "value": _plain(value)} for name, value in given}


def _plain(value: Any) -> Any:
    """A JSON value or a tuple of such; None for anything else."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, (list, tuple)):
        inner = [each if each is None else _plain(each) for each in value]
        return None if any(a is None and b is not None for a, b in zip(inner, value)) else tuple(inner)
    return None


def ranks(layer: Any) -> Tuple[Tuple[Optional[int], Optional[int]], ...]:
    """The exact and the smallest rank of each input of a layer, where it declares no whole shape."""
    specs = getattr(layer, "input_spec", None)
    specs = specs if isinstance(specs, (list, tuple)) else [specs]
    return tuple(
        (None, None)
        if spec is None or getattr(spec, "shape", None) is not None
        else (getattr(spec, "ndim", None), getattr(spec, "min_ndim", None))
        for spec in specs
    )
