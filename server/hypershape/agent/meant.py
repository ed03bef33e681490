"""What there is under other names where code of the user's asks for what is not there."""

from __future__ import annotations

import builtins
import copy
import traceback
import types
from collections.abc import Mapping
from typing import Any, Dict, Iterable, Iterator, List, Optional

import keras

from .positions import Positions

MOST = 500
"""Of so many names the nearest is looked for."""


def known(error: BaseException, positions: Positions) -> Optional[Dict[str, Any]]:
    """`written` and the `known` names beside it, for a key, an attribute or a variable that is not there.

    None where the error is of another kind, or rose elsewhere.
    """
    frame = _raising(error)
    if frame is None or not positions.is_user(frame):
        return None
    written: Any = None
    names: List[str] = []
    if isinstance(error, KeyError) and error.args:
        written = error.args[0]
        names = sorted({name for each in _mappings(frame) if written not in each for name in each})
    elif isinstance(error, NameError):
        written = getattr(error, "name", None)
        names = [*frame.f_locals, *frame.f_globals, *vars(builtins)]
    elif isinstance(error, AttributeError):
        written, owner = getattr(error, "name", None), getattr(error, "obj", None)
        names = [] if owner is None else [name for name in dir(owner) if not name.startswith("_")]
    if not isinstance(written, str) or not 0 < len(names) <= MOST:
        return None
    return {"written": written, "known": names}


def without_model(error: BaseException) -> Optional[str]:
    """The class of a callback that asks for its model, which nothing gave it; None where an error is of another kind."""
    if not isinstance(error, (AttributeError, TypeError)) or "'NoneType' object" not in str(error):
        return None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.callbacks.Callback) and getattr(owner, "model", None) is None:
            return type(owner).__name__
    return None


def not_copied(callbacks: Iterable[Any]) -> Optional[Dict[str, Any]]:
    """The `class` of the first callback that cannot be copied, as Keras Tuner does for each trial, and the `names` of the
    attributes for which it cannot; None where all can be."""
    for each in callbacks:
        if not _is_copied(each):
            names = [name for name, value in vars(each).items() if not _is_copied(value)]
            return {"class": type(each).__name__, "names": names} if names else None
    return None


def _is_copied(value: Any) -> bool:
    try:
        copy.deepcopy(value)
    except Exception:
        return False
    return True


def by_label(error: BaseException) -> Optional[str]:
    """The class of pandas that was asked for a label which it does not have, as `series[0]` is of rows left out before."""
    if not isinstance(error, KeyError):
        return None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        owner = type(frame.f_locals.get("self"))
        if owner.__module__.partition(".")[0] == "pandas" and owner.__name__ in ("Series", "DataFrame"):
            return owner.__name__
    return None


def _raising(error: BaseException) -> Optional[types.FrameType]:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1] if frames else None


def _mappings(frame: types.FrameType) -> Iterator[Mapping[str, Any]]:
    """Those that a frame has at hand, also what Keras's `fit` returned."""
    for value in frame.f_locals.values():
        for each in (value, getattr(value, "history", None)):
            if isinstance(each, Mapping) and each and all(isinstance(name, str) for name in each):
                yield each
