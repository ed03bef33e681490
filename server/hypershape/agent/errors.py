"""What a probe raised, in the words of Keras and the places of the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import kinds
from .positions import Positions, Span

if TYPE_CHECKING:
    from .trace import Trace

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MACHINERY = re.compile(r"\{\{function_node [^}]*\}\} ?| ?\[Op:\w+\](?: name: ?\S*)?\s*$")
"""What TensorFlow says of its own machinery around a message."""
_DETECTED = re.compile(
    r"Graph execution error:\s*Detected at node \S+ defined at \(most recent call last\):\s*"
    r"(?:<stack traces unavailable>\s*)?|\s*\[\[\{\{node [^}]*\}\}\]\]"
)
"""What TensorFlow says around an error of a graph: which node of its own it was."""
_NODE = re.compile(r"'\{\{node (?:[^}]*\b(compile_loss/)[^}]*|[^}]*)\}\} = (\w+)\[[^']*'")
"""A node of TensorFlow's graph: its name tells how often something like it was made before, and whether in a loss."""
_COUNTED = re.compile(r"(?<=name=keras_tensor)_\d+(?:CLONE)?(?=>)")
"""How many symbolic tensors were made before one."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""Where an object of a message lies in memory, which is another place in every probe and tells nobody anything."""
_TEMPORARY = re.compile(r"(?<=/)tmp[a-z0-9_]{8}\b")
"""A temporary folder or file, which goes by another name in every probe."""
_STACK = re.compile(r'^[ \t]*File "[^\n]*\n*', re.MULTILINE)
"""Where TensorFlow made a node: our own files and Keras's, as part of the message."""
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?(?:e-?\d+)?")


_BEGINNING = 100
"""So many characters of a message survive what Keras and TensorFlow add to it on its way out."""


class Refusal(Exception):
    """Raised where Keras or Keras Tuner would raise later, in the trial: `type_name` is what they would raise."""

    def __init__(
        self,
        type_name: str,
        message: str,
        stage: str,
        kind: Optional[str] = None,
        details: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(message)
        self.type_name = type_name
        self.stage = stage
        self.kind = kind
        self.details = details


def describe(
    error: BaseException,
    stage: str,
    positions: Positions,
    trace: Optional[Trace] = None,
    around: Sequence[Mapping[str, Any]] = (),
) -> Dict[str, Any]:
    """The fields of a ProbeError. `stage` is where the probe was; the traceback may know better.

    `trace` knows the layers of a probe; it is None where none can have been called. `around` are frames outside of
    those of the traceback.
    """
    frames = [*around, *positions.frames(error.__traceback__)]
    shown = _behind(error)
    if shown is not error:
        frames += positions.frames(shown.__traceback__)
    if isinstance(error, Refusal):
        return record(
            error.type_name, str(error), error.stage, frames, kind=error.kind, details=error.details
        )
    if isinstance(error, SyntaxError) and positions.holds(error.filename):
        frames.append({"span": _span_of(error), "function": "<module>", "line": None})
    if stage == "build":
        stage = _stage(error)
    message = _message(shown)
    refusal = trace.refusal if trace is not None and stage in ("build", "step") else None
    if trace is not None and not _comes_from(error, trace.refused_with):
        refusal = None
    if trace is None or refusal is None:
        kind, details = kinds.classify(shown, message)
        made = _made(error) if stage == "build" else None
        return record(
            type(shown).__name__, message, stage, frames, kind=kind, details=details, layer_class=made
        )
    kind, details = kinds.classify(shown, message, trace.refused_by_keras())
    origin = trace.origin(trace.refused_layer)
    if trace.refused_inside and origin is not None and origin not in frames:
        frames.append(origin)
    return record(type(shown).__name__, message, stage, frames, kind=kind, details=details, **refusal)


def _behind(error: BaseException) -> BaseException:
    """What the function of a Lambda raised, of which Keras makes an error about the shape of its output."""
    found, seen = error, error
    while seen.__context__ is not None:
        last = [(module.rpartition(".")[2], function) for module, function, _ in _modules(seen)[-1:]]
        seen = seen.__context__
        if last == [("lambda_layer", "compute_output_shape")]:
            found = seen
    return found


def _comes_from(error: BaseException, refused: Optional[BaseException]) -> bool:
    """Whether an error is what a layer raised, or what Keras or a backend made of it in other words."""
    words = cleaned(str(refused))[:_BEGINNING]
    seen: Optional[BaseException] = error
    while seen is not None:
        if seen is refused or (words and words in cleaned(str(seen))):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def record(
    type_name: str,
    message: str,
    stage: str,
    frames: Sequence[Mapping[str, Any]] = (),
    *,
    kind: Optional[str] = None,
    details: Optional[Mapping[str, Any]] = None,
    layer: Optional[str] = None,
    layer_class: Optional[str] = None,
    made: Optional[Mapping[str, Any]] = None,
    input_shapes: Sequence[kinds.Shape] = (),
    arguments: Optional[Mapping[str, Any]] = None,
) -> Dict[str, Any]:
    """The fields of a ProbeError; without a `kind`, its message tells it."""
    message = cleaned(message)
    if kind is None:
        kind, details = kinds.by_text(type_name, message, layer_class)
    return {
        "type": type_name,
        "message": message,
        "stage": stage,
        "kind": kind,
        "details": dict(details or {}),
        "frames": list(frames),
        "layer": layer,
        "layer_class": layer_class,
        "made": made,
        "input_shapes": tuple(input_shapes),
        "arguments": dict(arguments or {}),
    }


def limit(type_name: str, message: str, frames: Sequence[Mapping[str, Any]] = ()) -> Dict[str, Any]:
    """The fields of a ProbeError that names the bound that was hit."""
    return record(type_name, message, "limit", frames, kind="limit")


def cleaned(message: str) -> str:
    """A message without colours, without what TensorFlow says of its own machinery, and the same in every probe."""
    steady = _TEMPORARY.sub("tmp", _ADDRESS.sub("", message))
    plain = _DETECTED.sub("", _COUNTED.sub("", _STACK.sub("", _COLOUR.sub("", steady))))
    return _MACHINERY.sub("", _NODE.sub(r"'\1\2'", plain))


def _span_of(error: SyntaxError) -> Span:
    """Where a text of the user's does not parse."""
    line, column = error.lineno or 1, error.offset or 1
    end_line = getattr(error, "end_lineno", None) or line
    end_column = max(getattr(error, "end_offset", None) or 0, column)
    return {
        "path": error.filename or "",
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _message(error: BaseException) -> str:
    if isinstance(error, KeyError) and len(error.args) == 1:
        return cleaned(error.args[0] if isinstance(error.args[0], str) else repr(error.args[0]))
    return cleaned(str(error))


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
    for module in (
        "engine",
        "trace",
        "symbolic",
        "remembered",
        "symbols",
        "pretrained",
        "hyperparameters",
        "training",
    )
)


class _Cut:
    """The traceback that Keras has cut last: the frame that is innermost since, and the module of the one that was."""

    frame: Any = None
    module = ""


def note_cuts(utils: Any) -> None:
    """Notes in whose code an error rose before Keras, in this module of its, takes its own frames out of the traceback."""
    cut = utils._process_traceback_frames

    def noted(traceback: Any) -> Any:
        made = cut(traceback)
        before, after = _innermost(traceback), _innermost(made)
        if before is not None and before is not _Cut.frame:
            _Cut.module = before.f_globals.get("__name__", "")
        _Cut.frame = after
        return made

    utils._process_traceback_frames = noted


def _innermost(traceback: Any) -> Any:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return None if traceback is None else traceback.tb_frame


def is_own(error: BaseException) -> bool:
    """Whether our own changes to Keras raised the error, not Keras and not the user, as far as its traceback tells."""
    modules = _modules(error)
    if isinstance(error, Refusal) or not modules:
        return False
    module, _, frame = modules[-1]
    return (_Cut.module if frame is _Cut.frame else module) in _OWN


def forget_cuts() -> None:
    """Lets go of what a frame holds."""
    _Cut.frame = None


def skeleton(error: Dict[str, Any]) -> Tuple[Any, ...]:
    """What two failures with one cause have in common: type, place, and the message without names and numbers."""
    message = without_numbers(error["message"])
    places = [_place(frame) for frame in (*error["frames"][-1:], error["made"])]
    return (error["type"], error["stage"], *places, message)


def without_numbers(message: str) -> str:
    """What messages have in common that differ in names, numbers and addresses only."""
    return _VARYING.sub("·", _ADDRESS.sub("", message))


def _place(frame: Optional[Mapping[str, Any]]) -> Optional[Tuple[Any, ...]]:
    return None if frame is None else tuple(frame["span"].values())


def filtering() -> Any:
    """The module that decides whether Keras cuts its frames out of tracebacks."""
    import keras

    if hasattr(keras, "config"):
        return keras.config
    import tensorflow as tf

    return tf.debugging
