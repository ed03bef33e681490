"""What the validation of a training has of what is trained on: mistakes that raise nothing show there.

- `divided_anew`: both are taken from one shuffled dataset that has another order in each pass
- `in_order`: the classes of which nearly all samples are on one side of a `validation_split`: those that are hardly
  trained on (`untrained`) or validated on (`unvalidated`), each with its `samples` and how many of them are `there`
"""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator, Optional

import numpy

from . import cutting

CHANCE = 1e-6
"""Samples without an order would put as few of a class on one side less often than this where one is named."""

HARDLY = 0.2
"""The part of what a side should have of a class that is called hardly any."""

MOST_CLASSES = 1000


def compared(given: Dict[str, Any]) -> Dict[str, Any]:
    """What is known of the arguments of `Model.fit` before they are cut."""
    split, validation = given.get("validation_split"), given.get("validation_data")
    if validation is not None:
        return {"divided_anew": True} if _divided_anew(given.get("x"), validation) else {}
    labels = _classes(given.get("y")) if isinstance(split, float) and 0 < split < 1 else None
    found = _one_sided(labels, split) if labels is not None and isinstance(split, float) else {}
    return {"in_order": found} if found else {}


def _one_sided(labels: Any, split: float) -> Dict[str, Any]:
    border = math.floor(len(labels) * (1.0 - split))  # as Keras computes it
    names, places, counts = numpy.unique(labels, return_inverse=True, return_counts=True)
    if not 1 < len(names) <= MOST_CLASSES or not 0 < border < len(labels):
        return {}
    trained = numpy.bincount(places[:border], minlength=len(names))
    found: Dict[str, Any] = {}
    for side, there, share in (
        ("untrained", trained, border / len(labels)),
        ("unvalidated", counts - trained, 1 - border / len(labels)),
    ):
        for name, count, few in zip(names.tolist(), counts.tolist(), there.tolist()):
            if few <= HARDLY * share * count and len(names) * _chance(few, count, share) < CHANCE:
                found.setdefault(side, []).append({"class": name, "samples": count, "there": few})
    return found


def _chance(few: int, count: int, share: float) -> float:
    """At most how often that few of so many are on a side where each is with this probability (Chernoff's bound)."""
    seen = few / count
    apart = (1 - seen) * math.log((1 - seen) / (1 - share)) + (seen * math.log(seen / share) if few else 0.0)
    return math.exp(-count * apart)


def _classes(labels: Any) -> Optional[Any]:
    """The class of each sample; None where labels are no array of whole numbers or of one-hot rows."""
    if not isinstance(labels, numpy.ndarray) or not 0 < labels.size <= cutting.MOST_SEARCHED:
        return None
    if labels.dtype.kind not in "iufb" or labels.ndim not in (1, 2):
        return None
    if labels.ndim == 2 and labels.shape[1] > 1:
        one_hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()
        return labels.argmax(axis=1) if one_hot else None
    flat = labels.reshape(-1)
    whole = flat.dtype.kind in "iub" or (numpy.isfinite(flat).all() and (flat == numpy.floor(flat)).all())
    return flat.astype("int64") if whole else None


def _divided_anew(training: Any, validation: Any) -> bool:
    return bool(
        _taken(training, "Take") & _taken(validation, "Skip")
        or _taken(training, "Skip") & _taken(validation, "Take")
    )


def _taken(data: Any, step: str) -> "set[int]":
    """The steps that shuffle anew in each pass, of which a pipeline of TensorFlow takes or skips a part."""
    path = list(_pipeline(data))
    at = [place for place, each in enumerate(path) if type(each).__name__ == f"_{step}Dataset"]
    if not at:
        return set()
    found = set()
    for each in path[at[-1] + 1 :]:
        if "Cache" in type(each).__name__ or "Snapshot" in type(each).__name__:
            break
        if getattr(each, "_reshuffle_each_iteration", False):
            found.add(id(each))
    return found


def _pipeline(data: Any) -> Iterator[Any]:
    """The steps of a pipeline, from the last to the first, as long as each has one before it."""
    while data is not None:
        yield data
        data = cutting.step_before(data)
