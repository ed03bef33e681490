"""Stand-ins where Keras and NumPy take only what they know: as optimizers, losses, metrics, layers, rows of an array."""

from __future__ import annotations

import functools
import re
import sys
from typing import Any

import keras
import numpy

from . import private
from .standins import Assumption, StandIn, stand_in

_TAKEN = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
"""What `compile` takes, by position."""

_HELPERS = ("to_categorical", "pad_sequences", "normalize")
"""Functions of Keras's that make an array of another one."""

_assumption = Assumption()
"""That of the job."""


def install(assumption: Assumption) -> None:
    """Lets models be compiled with, and put together of, what a missing package would have given, in the place of an
    earlier job's."""
    global _assumption
    _assumption = assumption
    assumption.gives_tensors = _take_tensors
    if getattr(keras.Model.compile, "takes_stand_ins", False):
        return
    compiled, added = keras.Model.compile, keras.Sequential.add

    @functools.wraps(compiled)
    def compile(self: Any, *args: Any, **kwargs: Any) -> Any:
        plain = [_plain(name, value) for name, value in zip(_TAKEN, args)]
        named = {name: _plain(name, value) for name, value in kwargs.items()}
        return compiled(self, *plain, *args[len(plain) :], **named)

    @functools.wraps(added)
    def add(self: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(layer, StandIn):
            layer.passes_on()
            return None
        return added(self, layer, *args, **kwargs)

    compile.takes_stand_ins = True  # type: ignore[attr-defined]
    # Keras asks whether a class of models has a `compile` of its own: a model that is loaded is compiled only without one.
    holder = next(each for each in keras.Model.__mro__ if "compile" in vars(each))
    holder.compile, keras.Sequential.add = compile, add
    numpy.array, numpy.asarray = _of_rows(numpy.array), _of_rows(numpy.asarray)
    for module in [each for name, each in list(sys.modules.items()) if name.startswith("keras.")]:
        for name in _HELPERS:
            helper = vars(module).get(name)
            if callable(helper):
                setattr(module, name, _helping(helper))


def _take_tensors() -> None:
    """From now on layers and models take what missing models have as input and output."""
    layer, functional = keras.layers.Layer, private.get("keras.src.models.functional.Functional")
    called = layer.__call__
    if functional is None or getattr(called, "takes_stand_ins", False):
        return
    joined = functional.__init__

    @functools.wraps(called)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
        return called(self, *map(_tensors, args), **kwargs)

    @functools.wraps(joined)
    def join(self: Any, *args: Any, **kwargs: Any) -> None:
        joined(self, *map(_tensors, args), **{name: _tensors(each) for name, each in kwargs.items()})

    __call__.takes_stand_ins = True  # type: ignore[attr-defined]
    layer.__call__, functional.__init__ = __call__, join


def _tensors(value: Any) -> Any:
    """What a layer or a model is given, with a tensor in the place of every stand-in for one."""
    if isinstance(value, StandIn):
        return value.as_tensor(lambda shape: keras.Input(shape=shape))
    if type(value) in (list, tuple) and any(isinstance(each, StandIn) for each in value):
        return type(value)(map(_tensors, value))
    return value


def _helping(helper: Any) -> Any:
    """A helper of Keras's that takes data which is not at hand, and gives some."""

    @functools.wraps(helper)
    def help(data: Any, *args: Any, **kwargs: Any) -> Any:
        return data.of_another() if type(data) is StandIn else helper(data, *args, **kwargs)

    return help


def _of_rows(make: Any) -> Any:
    """A function that makes arrays, and of stand-ins, which NumPy takes for numbers, one that is missing."""

    @functools.wraps(make)
    def array(rows: Any, *args: Any, **kwargs: Any) -> Any:
        if type(rows) is list and rows and type(rows[0]) is StandIn:
            return rows[0].of_many()
        if type(rows) is StandIn:
            return rows.of_same()
        return make(rows, *args, **kwargs)

    return array


def _plain(role: str, value: Any) -> Any:
    """What is given to `compile`, with something of Keras's in the place of every stand-in."""
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(role, each) for each in value])
    if isinstance(value, dict):
        return {name: _plain(role, each) for name, each in value.items()}
    if role in _TAKEN and type(value) is float and _assumption.made and role != "loss_weights":
        # A sum of two losses of a missing package, each with a weight: a number times a whole number is a number.
        value = stand_in(role, _assumption)
    if not isinstance(value, StandIn) or role not in _TAKEN:
        return value
    value.takes_part(role)
    if role == "optimizer":
        return keras.optimizers.SGD()
    return None if role == "loss_weights" else _measure(value.last_name)


def _measure(name: str) -> Any:
    """A loss or metric that takes every shape; its name is what a tuner's objective asks for."""

    def measure(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(y_pred, axis=-1)

    measure.__name__ = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return measure
