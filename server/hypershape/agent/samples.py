"""Arrays in the place of data that is not at hand, made for the model that is to train on them.

Of such a search only that may be believed which no data decides; the shapes of the model's own inputs and outputs
fit by definition.
"""

from __future__ import annotations

import types
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

import numpy

from .standins import SAMPLES, Assumption, StandIn

_INPUTS, _LABELS = ("0", "x"), ("1", "y")
_PAIR = "validation_data"


def holds_stand_in(value: Any, depth: int = 2) -> bool:
    """Whether something is data that is not at hand, or holds some."""
    if isinstance(value, StandIn):
        return True
    if depth and isinstance(value, (list, tuple)):
        return any(holds_stand_in(each, depth - 1) for each in value[:20])
    return bool(depth) and isinstance(value, dict) and holds_stand_in(list(value.values()), depth - 1)


def replaced(given: Mapping[str, Any], model: Any, assumption: Assumption) -> Optional[Dict[str, Any]]:
    """The arguments of a search, by name or position, with arrays for all that is missing; None where it is not
    clear what that would be."""
    found = dict(given)
    # As many labels as there are inputs, where only one of them is missing.
    known = [len(value) for name, value in given.items() if name in (*_INPUTS, *_LABELS) and _is_array(value)]
    count = known[0] if known else SAMPLES
    for name, value in given.items():
        if not holds_stand_in(value):
            continue
        if name in (*_INPUTS, *_LABELS) and isinstance(value, StandIn):
            found[name] = _inputs(model, assumption, count) if name in _INPUTS else _labels(model, count)
        elif name == _PAIR and isinstance(value, (tuple, list)) and len(value) == 2:
            found[name] = (_inputs(model, assumption, SAMPLES), _labels(model, SAMPLES))
        else:
            return None
        made = found[name] if isinstance(found[name], tuple) else (found[name],)
        if any(each is None for each in made):
            return None
    # Without labels it is a dataset, or whatever the user's own training takes.
    return found if any(name in given for name in _LABELS) else None


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "__len__") and not isinstance(value, StandIn)


def _inputs(model: Any, assumption: Assumption, count: int) -> Optional[numpy.ndarray]:
    shape = _single(getattr(model, "input_shape", None)) if getattr(model, "built", False) else None
    sizes = assumption.shape[1:] if shape is None else tuple(each or assumption.side for each in shape[1:])
    dtype = getattr(_first(getattr(model, "inputs", None)), "dtype", None) or "float32"
    return _many(numpy.zeros((1, *sizes), dtype if dtype != "string" else "float32"), count)


def _labels(model: Any, count: int) -> Optional[numpy.ndarray]:
    """Labels that the compiled loss takes for what the model gives; None where either is not known."""
    shape = _single(getattr(model, "output_shape", None)) if getattr(model, "built", False) else None
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", None)
    if shape is None or not isinstance(name, str) or None in shape[1:]:
        return None
    sizes: Tuple[Any, ...] = tuple(shape[1:])
    if "sparse" in name:
        return _many(numpy.zeros((1, *sizes[:-1]), "int64"), count)
    labels = numpy.zeros((1, *sizes), "float32")
    labels[..., 0] = 1.0
    return _many(labels, count)


def _many(sample: numpy.ndarray, count: int) -> numpy.ndarray:
    """So many of them, in the memory of one."""
    return numpy.broadcast_to(sample, (count, *sample.shape[1:]))


def _single(shape: Any) -> Optional[Sequence[Any]]:
    if isinstance(shape, tuple) and all(each is None or isinstance(each, int) for each in shape):
        return shape
    return None


def _first(values: Any) -> Any:
    return next(iter(values), None) if isinstance(values, (list, tuple)) else None


def stand_ins_in(frame_values: Iterator[Any]) -> bool:
    """Whether any of the values that a frame works with is data that is not at hand."""
    for value in frame_values:
        if holds_stand_in(value) or any(map(holds_stand_in, _fields(value))):
            return True
    return False


def _fields(value: Any) -> Iterator[Any]:
    fields = getattr(value, "__dict__", None)
    if isinstance(fields, dict) and not isinstance(value, (type, types.ModuleType, types.FunctionType)):
        yield from list(fields.values())[:50]
