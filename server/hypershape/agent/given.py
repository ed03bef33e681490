"""What a search is given, as shapes and dtypes: arrays, data frames, datasets, generators."""

from __future__ import annotations

import types
from typing import Any, Dict, List, Optional, Tuple

import numpy

from .standins import Assumption, StandIn

Part = Tuple[List[Tuple[int, ...]], List[str], List[str]]
"""The shapes of one sample, the dtypes and (for a dictionary) the names of one side of the data."""

NUMBERS = "biufc"
"""The kinds of NumPy dtypes that Keras takes."""

READ = 10**8
"""So many numbers are looked through for the largest of them."""


def describe(pair: Any, assumption: Assumption) -> Optional[Dict[str, Any]]:
    """The fields of the data behind `(x, y)`, behind which a batch size may stand; None when its shapes are not certain.

    Sizes that a stand-in made up are no knowledge: with one in play, only shapes that the code itself spells out
    count. Where the number of classes is made up, the width of one-hot labels is None.
    """
    x, y, *size = pair
    certain = not assumption.made
    whole = _batches(x, assumption) if y is None else None
    if whole is not None:
        inputs, labels, batched = whole
    else:
        inputs, labels, batched = _part(x, certain), None if y is None else _part(y, certain), True
    fields: Dict[str, Any] = {"knowledge": "known", "batch": size[0] if size else None}
    if labels is not None and len(set(labels[1])) == 1:
        fields.update(y=_widths(labels[0], assumption), y_dtype=labels[1][0], y_names=labels[2])
        fields["y_min"], fields["y_max"] = _classes(x, y, assumption)
    if inputs is not None and len(set(inputs[1])) == 1:
        fields.update(x=inputs[0], x_dtype=inputs[1][0], x_names=inputs[2], batched=batched)
        fields["rows"] = [_rows(x), _rows(y)] if certain and whole is None else []
        fields["x_max"] = _largest(x) if certain and whole is None else None
    elif whole is None or not _is_text(x) or "y" not in fields:
        return None
    return fields


def _widths(shapes: List[Tuple[int, ...]], assumption: Assumption) -> List[Any]:
    if not assumption.classes_assumed:
        return list(shapes)
    return [(*shape[:-1], None) if shape and shape[-1] != 1 else shape for shape in shapes]


def _classes(x: Any, y: Any, assumption: Assumption) -> Tuple[Optional[int], Optional[int]]:
    """The lowest and the highest class number among the labels; None where they are none, or not at hand."""
    nothing = (None, None)
    if y is None:
        names = getattr(x, "class_names", None)
        return (0, len(names) - 1) if names and not assumption.classes_assumed else nothing
    if assumption.made or (highest := _largest(y)) is None:
        return nothing
    shape, lowest = tuple(y.shape), int(numpy.min(y))
    column = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
    return (lowest, highest) if column and lowest >= 0 else nothing


def _largest(value: Any) -> Optional[int]:
    """The largest of an array of whole numbers; None for anything else, and for one that is empty or too long to read."""
    if getattr(getattr(value, "dtype", None), "kind", "") not in ("i", "u") or not hasattr(value, "max"):
        return None
    if isinstance(value, numpy.memmap) or not 0 < getattr(value, "size", 0) <= READ:
        return None
    return int(numpy.max(value))


def _rows(value: Any) -> Optional[int]:
    """How many samples an array holds; None where it is not one array."""
    shape = getattr(value, "shape", None)
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else ()
    return int(sizes[0]) if sizes and isinstance(sizes[0], int) else None


def _is_text(dataset: Any) -> bool:
    spec = getattr(dataset, "element_spec", None)
    first = spec[0] if isinstance(spec, tuple) and spec else spec
    return getattr(getattr(first, "dtype", None), "name", "") == "string"


def _batches(value: Any, assumption: Assumption) -> Optional[Tuple[Optional[Part], Optional[Part], bool]]:
    """Both sides of a dataset or a generator, and whether it yields batches; None for anything else."""
    if isinstance(value, StandIn):
        return None
    spec, nothing = getattr(value, "element_spec", None), (None, None, True)
    if spec is None and _is_generator(value):
        try:
            spec = next(value) if isinstance(value, types.GeneratorType) else value[0]
        except Exception:
            return nothing
    if spec is None:
        return None
    sides = [*spec[:2], None][:2] if isinstance(spec, tuple) else [spec, None]
    batched = _batched(sides)
    if not batched and not _surely_single(sides):
        return nothing
    if batched and hasattr(value, "take") and not assumption.classes_assumed:
        sides = _filled(sides, value)
    parts = [None if side is None else _part(side, True, int(batched)) for side in sides]
    return parts[0], parts[1], batched


def _leading(sides: List[Any]) -> List[Any]:
    """The first axis of everything that a dataset yields: None where it is open, "none" where there is no axis."""
    leading = []
    for side in sides:
        for each in _values(side):
            shape: Any = getattr(each, "shape", None)
            rank = getattr(shape, "rank", None) if not isinstance(shape, tuple) else len(shape)
            if each is not None:
                leading.append(shape[0] if rank else "none")
    return leading


def _values(side: Any) -> List[Any]:
    return (
        list(side.values())
        if isinstance(side, dict)
        else list(side)
        if isinstance(side, (list, tuple))
        else [side]
    )


def _batched(sides: List[Any]) -> bool:
    """Whether the first axis of everything that a dataset yields is that of a batch."""
    leading = _leading(sides)
    return bool(leading) and (
        leading == [None] * len(leading) or (len(leading) > 1 and len(set(leading)) == 1)
    )


def _surely_single(sides: List[Any]) -> bool:
    """Whether a dataset yields one sample after the other: what a batch holds has one length."""
    leading = _leading(sides)
    known = all(isinstance(each, int) or each == "none" for each in leading)
    return known and sides[1] is not None and len(set(leading)) > 1


def _filled(sides: List[Any], dataset: Any) -> List[Any]:
    """The sides of a dataset with the sizes that its specification leaves open, as its first batches agree on them."""
    open_ = [None in tuple(each.shape)[1:] for side in sides for each in _values(side) if _has_rank(each)]
    if not any(open_):
        return sides
    batches = []
    for batch in dataset.take(2):
        batches.append([*batch[:2], None][:2] if isinstance(batch, tuple) else [batch, None])
    shapes = [
        [tuple(each.shape)[1:] for side in found for each in _values(side) if each is not None]
        for found in batches
    ]
    return batches[0] if batches and all(each == shapes[0] for each in shapes) else sides


def _has_rank(value: Any) -> bool:
    return value is not None and getattr(getattr(value, "shape", None), "rank", None) is not None


def _is_generator(value: Any) -> bool:
    return any(
        each.__name__ in ("PyDataset", "Sequence", "Iterator") and "keras" in each.__module__
        for each in type(value).__mro__
    ) or isinstance(value, types.GeneratorType)


def _part(value: Any, certain: bool, batch_axes: int = 1) -> Optional[Part]:
    if isinstance(value, dict):
        names, values = [str(name) for name in value], list(value.values())
    elif isinstance(value, (list, tuple)) and not hasattr(value, "shape"):
        names, values = [], list(value)
    else:
        names, values = [], [value]
    arrays = [_array(each, certain, batch_axes) for each in values]
    if not arrays or any(each is None for each in arrays):
        return None
    return [each[0] for each in arrays if each], [each[1] for each in arrays if each], names


def _array(value: Any, certain: bool, batch_axes: int = 1) -> Optional[Tuple[Tuple[int, ...], str]]:
    """The shape of one sample and the dtype of an array; a Series is a column, as Keras takes it."""
    if isinstance(value, StandIn):
        shape = value.spelt_out
        return (shape, "float32") if shape is not None else None
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    kind = type(value).__name__
    if kind == "DataFrame":
        dtype = value.to_numpy().dtype
    if not certain or shape is None or dtype is None or type(value).__module__.startswith("scipy"):
        return None
    try:
        sizes = tuple(shape)
    except (TypeError, ValueError):
        return None
    name = str(getattr(dtype, "name", dtype)).replace("torch.", "")
    if (
        getattr(dtype, "kind", "f") not in NUMBERS
        or len(sizes) < batch_axes
        or name in ("object", "string", "variant")
    ):
        return None
    inner = sizes[batch_axes:] if kind != "Series" else (1,)
    if any(not isinstance(size, int) for size in inner) or sizes[:1] == (0,):
        # No rows are data that is not at hand rather than data of this shape.
        return None
    return inner, name
