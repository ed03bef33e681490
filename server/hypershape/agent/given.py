"""What a search is given, as shapes and dtypes: arrays, data frames, datasets, generators."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .standins import Assumption, StandIn

Part = Tuple[List[Tuple[int, ...]], List[str], List[str]]
"""The shapes of one sample, the dtypes and (for a dictionary) the names of one side of the data."""

NUMBERS = "biufc"
"""The kinds of NumPy dtypes that Keras takes."""


def describe(pair: Any, assumption: Assumption) -> Optional[Dict[str, Any]]:
    """The fields of the data behind `(x, y)`; None when its shapes are not certain.

    Sizes that a stand-in made up are no knowledge: with one in play, only shapes that the code itself spells out
    count.
    """
    x, y = pair
    certain = not assumption.made
    parts = _pair(x) if y is None else None
    if parts is None:
        parts = (_part(x, certain), None if y is None else _part(y, certain))
    inputs, labels = parts
    if inputs is None or len(set(inputs[1])) > 1:
        return None
    fields: Dict[str, Any] = {
        "x": inputs[0],
        "x_dtype": inputs[1][0],
        "x_names": inputs[2],
        "knowledge": "known",
    }
    if labels is not None and len(set(labels[1])) == 1:
        fields.update(y=labels[0], y_dtype=labels[1][0], y_names=labels[2])
    return fields


def _pair(value: Any) -> Optional[Tuple[Optional[Part], Optional[Part]]]:
    """Both sides of a dataset or a generator, which yields batches; None for anything else."""
    if isinstance(value, StandIn):
        return None
    spec = getattr(value, "element_spec", None)
    if spec is None and _is_generator(value):
        try:
            spec = value[0]
        except Exception:
            return None, None
    if spec is None:
        return None
    sides = [*spec[:2], None][:2] if isinstance(spec, tuple) else [spec, None]
    if not _batched(sides):
        return None, None
    return _part(sides[0], True), None if sides[1] is None else _part(sides[1], True)


def _batched(sides: List[Any]) -> bool:
    """Whether the first axis of everything that a dataset yields is that of a batch."""
    leading = []
    for side in sides:
        values = (
            side.values() if isinstance(side, dict) else side if isinstance(side, (list, tuple)) else [side]
        )
        for each in values:
            shape: Any = getattr(each, "shape", None)
            rank = getattr(shape, "rank", None) if not isinstance(shape, tuple) else len(shape)
            if each is not None:
                leading.append(shape[0] if rank else "none")
    return bool(leading) and (
        leading == [None] * len(leading) or (len(leading) > 1 and len(set(leading)) == 1)
    )


def _is_generator(value: Any) -> bool:
    return any(
        each.__name__ in ("PyDataset", "Sequence", "Iterator") and "keras" in each.__module__
        for each in type(value).__mro__
    )


def _part(value: Any, certain: bool) -> Optional[Part]:
    if isinstance(value, dict):
        names, values = [str(name) for name in value], list(value.values())
    elif isinstance(value, (list, tuple)) and not hasattr(value, "shape"):
        names, values = [], list(value)
    else:
        names, values = [], [value]
    arrays = [_array(each, certain) for each in values]
    if not arrays or any(each is None for each in arrays):
        return None
    return [each[0] for each in arrays if each], [each[1] for each in arrays if each], names


def _array(value: Any, certain: bool) -> Optional[Tuple[Tuple[int, ...], str]]:
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
    if getattr(dtype, "kind", "f") not in NUMBERS or not sizes or name in ("object", "string", "variant"):
        return None
    inner = sizes[1:] if kind != "Series" else (1,)
    if any(not isinstance(size, int) for size in inner):
        return None
    return inner, name
