"""Arrays in the place of data that is not at hand: of the shapes that a comment declares, else made for the model that is
to train on them.

Of a search on the latter only that may be believed which no data decides; the shapes of the model's own inputs and
outputs fit by definition.
"""

from __future__ import annotations

import types
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

import numpy

from .standins import SAMPLES, Assumption, StandIn

_INPUTS, _LABELS = ("0", "x"), ("1", "y")
_PAIR = "validation_data"
DATA = (*_INPUTS, *_LABELS, _PAIR)
"""By these names, or at these places, a search or a training is given what is to be learned."""


def holds_stand_in(value: Any, depth: int = 2) -> bool:
    """Whether something is data that is not at hand, or holds some."""
    if isinstance(value, StandIn):
        return True
    if depth and isinstance(value, (list, tuple)):
        return any(holds_stand_in(each, depth - 1) for each in value[:20])
    return bool(depth) and isinstance(value, dict) and holds_stand_in(list(value.values()), depth - 1)


def replaced(
    given: Mapping[str, Any],
    model: Any,
    assumption: Assumption,
    declared: Mapping[str, Any],
    labelled: bool = True,
) -> Optional[Dict[str, Any]]:
    """The arguments of a search, by name or position, with arrays for all that is missing; None where it is not
    clear what that would be.

    `declared` are the fields of a DeclaredData, nothing where no comment says the shapes. `labelled` says that labels must
    be among them.
    """
    found = dict(given)

    def inputs(count: int) -> Any:
        shapes = declared.get("x")
        return _declared(declared, "x", count) if shapes else _inputs(model, assumption, count)

    def labels(count: int) -> Any:
        shapes = declared.get("y")
        if shapes and (len(shapes) > 1 or declared.get("y_names")):
            return _declared(declared, "y", count)
        return _labels(model, count, tuple(shapes[0]) if shapes else None)

    # As many labels as there are inputs, where only one of them is missing.
    known = [len(value) for name, value in given.items() if name in (*_INPUTS, *_LABELS) and _is_array(value)]
    count = known[0] if known else SAMPLES
    for name, value in given.items():
        if not holds_stand_in(value):
            continue
        if name in (*_INPUTS, *_LABELS) and isinstance(value, StandIn):
            found[name] = inputs(count) if name in _INPUTS else labels(count)
        elif name == _PAIR and isinstance(value, (tuple, list)) and len(value) == 2:
            found[name] = (inputs(SAMPLES), labels(SAMPLES))
        else:
            return None
        made = found[name] if isinstance(found[name], tuple) else (found[name],)
        if any(each is None for each in made):
            return None
    # Without labels it is a dataset, or whatever the user's own training takes; a model is asked for predictions.
    return found if any(name in given for name in _LABELS) or not labelled else None


def lacks_samples(given: Mapping[str, Any]) -> bool:
    """Whether some of the data is an array without a sample: what was to fill it is not at hand."""
    pair = given.get(_PAIR)
    parts = [value for name, value in given.items() if name in (*_INPUTS, *_LABELS)]
    parts += pair if isinstance(pair, (list, tuple)) else []
    return any(isinstance(each, numpy.ndarray) and each.size == 0 for each in parts)


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "__len__") and not isinstance(value, StandIn)


def _inputs(model: Any, assumption: Assumption, count: int) -> Optional[numpy.ndarray]:
    shape = _single(getattr(model, "input_shape", None)) if getattr(model, "built", False) else None
    sizes = assumption.shape[1:] if shape is None else tuple(each or assumption.side for each in shape[1:])
    dtype = getattr(_first(getattr(model, "inputs", None)), "dtype", None) or "float32"
    return _many(numpy.zeros((1, *sizes), dtype if dtype != "string" else "float32"), count)


def _declared(declared: Mapping[str, Any], side: str, count: int) -> Any:
    """Zeros of the declared shapes, in the form in which they are declared: by name, in a list, or the only one."""
    dtype, names = declared.get(side + "_dtype") or "float32", declared.get(side + "_names") or ()
    arrays = [_many(numpy.zeros((1, *shape), dtype), count) for shape in declared[side]]
    return dict(zip(names, arrays)) if names else arrays[0] if len(arrays) == 1 else arrays


def _labels(model: Any, count: int, declared: Optional[Tuple[int, ...]] = None) -> Optional[numpy.ndarray]:
    """Labels that the compiled loss takes for what the model gives, or such of the declared shape; None where the loss
    or the shape is not known."""
    shape = _single(getattr(model, "output_shape", None)) if getattr(model, "built", False) else None
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", None)
    if declared is None and (shape is None or not isinstance(name, str) or None in shape[1:]):
        return None
    sizes: Tuple[Any, ...] = declared if declared is not None else tuple((shape or ())[1:])
    if isinstance(name, str) and "sparse" in name:
        return _many(numpy.zeros((1, *(sizes if declared is not None else sizes[:-1])), "int64"), count)
    labels = numpy.zeros((1, *sizes), "float32")
    labels[..., :1] = 1.0
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
