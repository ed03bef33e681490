"""What a probe raised, in the words of Keras and the places of the user."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Tuple

from .positions import Positions
from .trace import Trace

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MACHINERY = re.compile(r"\{\{function_node [^}]*\}\} ?| ?\[Op:\w+\](?: name: ?\S*)?\s*$")
"""What TensorFlow says of its own machinery around a message."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_STACK = re.compile(r'^[ \t]*File "[^\n]*\n*', re.MULTILINE)
"""Where TensorFlow made a node: our own files and Keras's, as part of the message."""
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?(?:e-?\d+)?")


class Refusal(Exception):
    """Raised where Keras or Keras Tuner would raise later, in the trial: `kind` is the type they would raise."""

    def __init__(self, kind: str, message: str, stage: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.stage = stage


def describe(error: BaseException, stage: str, positions: Positions, trace: Trace) -> Dict[str, Any]:
    """The fields of a ProbeError. `stage` is where the probe was; the traceback may know better."""
    frames = positions.frames(error.__traceback__)
    if isinstance(error, Refusal):
        return _fields(error.kind, str(error), error.stage, frames)
    if stage == "build":
        stage = _stage(error)
    found = _fields(type(error).__name__, _message(error), stage, frames)
    if stage in ("build", "step") and trace.refusal is not None:
        found.update(trace.refusal)
        origin = trace.origin(trace.refused_layer)
        if trace.refused_inside and origin is not None and origin not in frames:
            frames.append(origin)
    elif stage == "build":
        found["layer_class"] = _made(error)
    return found


def _fields(kind: str, message: str, stage: str, frames: List[Dict[str, Any]]) -> Dict[str, Any]:
    return {
        "type": kind,
        "message": _MACHINERY.sub("", _STACK.sub("", _COLOUR.sub("", message))),
        "stage": stage,
        "frames": frames,
        "layer": None,
        "layer_class": None,
        "input_shapes": (),
        "parameters": {},
    }


def _message(error: BaseException) -> str:
    if isinstance(error, KeyError) and len(error.args) == 1:
        return str(error.args[0]) if isinstance(error.args[0], str) else repr(error.args[0])
    return str(error)


def _modules(error: BaseException) -> List[Tuple[str, str, Any]]:
    """Module, function and frame of every line of the traceback, outermost first."""
    found = []
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if function == "error_handler":
            # Keras cuts its own frames out of tracebacks; the wrapper that did so still knows the function.
            wrapped = frame.f_locals.get("fn")
            module = getattr(wrapped, "__module__", module)
            function = getattr(wrapped, "__name__", function)
        found.append((module or "", function, frame))
        traceback = traceback.tb_next
    return found


def _stage(error: BaseException) -> str:
    for module, function, _ in _modules(error):
        if module.startswith("keras_tuner.src.engine.hyperparameters"):
            return "declare"
        if function == "compile" and module.startswith("keras."):
            return "compile"
        if module.startswith(("keras.src.optimizers", "keras.src.losses", "keras.src.metrics")):
            return "compile"
    return "build"


def _made(error: BaseException) -> Optional[str]:
    """The class of the layer whose constructor raised."""
    from keras import layers

    for _, function, frame in reversed(_modules(error)):
        if function == "__init__" and isinstance(frame.f_locals.get("self"), layers.Layer):
            return type(frame.f_locals["self"]).__name__
    return None


_OWN = tuple(
    __name__.rpartition(".")[0] + "." + module
    for module in ("engine", "trace", "symbolic", "remembered", "pretrained", "hyperparameters", "training")
)


def is_own(error: BaseException) -> bool:
    """Whether our own changes to Keras raised the error, not Keras and not the user."""
    modules = _modules(error)
    return not isinstance(error, Refusal) and bool(modules) and modules[-1][0] in _OWN


def skeleton(error: Dict[str, Any]) -> Tuple[Any, ...]:
    """What two failures with one cause have in common: type, place, and the message without names and numbers."""
    span = error["frames"][-1]["span"] if error["frames"] else {}
    message = _VARYING.sub("·", _ADDRESS.sub("", error["message"]))
    return (error["type"], error["stage"], span.get("path"), span.get("line"), span.get("column"), message)
