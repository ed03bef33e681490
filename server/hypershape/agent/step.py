"""The first training step of a probe's model, by its shapes or for real."""

from __future__ import annotations

from traceback import walk_tb
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import keras
import numpy as np

from . import private
from .errors import Refusal
from .kinds import LOSS_WEIGHT, OUTPUT_KEY, classify
from .origins import values_of

_mask_of: Any = private.get("keras.src.backend.get_keras_mask")

BATCH = 32
"""The batch size of `fit` when the user names none."""

_SPARSE = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
_COMPILING = "keras.src.trainers.compile_utils"
_ASSIGNING = ("build", "_build_metrics_set", "_build_nested", "_validate_loss_weights")
_WORDS = ("accuracy", "acc", "crossentropy", "ce")
_BY_OUTPUT = (
    ("loss", "_compile_loss", "_user_loss"),
    ("loss_weights", "_compile_loss", "_user_loss_weights"),
    ("metrics", "_compile_metrics", "_user_metrics"),
    ("weighted_metrics", "_compile_metrics", "_user_weighted_metrics"),
)
"""What `compile` takes for each output, and where Keras keeps it."""


class Data:
    """Shapes (of one sample, without the batch axis) and dtypes of the data that the model is trained on."""

    def __init__(self, fields: Optional[Dict[str, Any]]) -> None:
        fields = fields or {}
        self.x = [tuple(shape) for shape in fields.get("x") or ()]
        self.y = [tuple(shape) for shape in fields.get("y") or ()]
        self.x_dtype = fields.get("x_dtype") or "float32"
        self.y_dtype = fields.get("y_dtype")
        self.x_names = tuple(fields.get("x_names") or ())
        self.y_names = tuple(fields.get("y_names") or ())
        self.batch: Optional[int] = fields.get("batch")
        self.knowledge = fields.get("knowledge") or ("declared" if self.x or self.y else "none")

    def seen_by(self, deferred: bool, fits_itself: bool) -> "Data":
        """The part of the data that says something about a model.

        What is merely assumed says nothing about a model that is not built from its data (`deferred`), and a
        HyperModel or a tuner that trains in its own way may turn the data it is given into other data.
        """
        if self.knowledge == "assumed" and not deferred:
            return NOTHING
        return NOTHING if fits_itself and self.knowledge in ("known", "assumed") else self


NOTHING = Data(None)


def built_on(model: Any, dtype: str = "float32") -> Data:
    """The shapes that a model of the user's own class was told to build on, as `model.build((None, 28, 28, 1))` does.

    Keras only warns where the forward pass then fails: the error comes with the first step. The type of the numbers
    is not said, so that whoever asks should try whole numbers, too.
    """
    config: Dict[str, Any] = getattr(model, "get_build_config", dict)() or {}
    shape = config.get("input_shape")
    if not isinstance(shape, (list, tuple)) or not shape:
        return NOTHING
    shapes = [tuple(each) for each in shape] if isinstance(shape[0], (list, tuple)) else [tuple(shape)]
    if any(not isinstance(size, int) for each in shapes for size in each[1:]) or not all(shapes):
        return NOTHING
    return Data({"x": [each[1:] for each in shapes], "x_dtype": dtype, "knowledge": "none"})


class Batch:
    """An array that has a shape and a dtype and no numbers."""

    def __init__(self, shape: Sequence[int], dtype: str) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype


def check_return(model: Any, must_be_compiled: bool) -> None:
    """Refuses what a tuner refuses: something that is no Keras model, or one that was not compiled."""
    if not isinstance(model, keras.Model):
        raise Refusal(
            "FatalTypeError",
            "Expected the model-building function, or HyperModel.build() to return a valid Keras Model "
            "instance. Received: %s of type %s." % (model, type(model)),
            "return",
            "no-model",
            {"nothing": model is None},
        )
    if must_be_compiled and not is_compiled(model):
        raise Refusal(
            "ValueError", "You must call `compile()` before using the model.", "compile", "not-compiled"
        )


def is_compiled(model: Any) -> bool:
    """Keras 3 says `compiled`, Keras 2 kept it to itself."""
    return bool(getattr(model, "compiled", getattr(model, "_is_compiled", False)))


def check_names(model: Any) -> None:
    """Refuses a loss or a metric that Keras does not know, and a weight that is no number: as the first step does."""
    metrics = getattr(model, "_compile_metrics", None)
    try:
        for each in _losses(model):
            keras.losses.get(each)
        for held in ("_user_metrics", "_user_weighted_metrics"):
            for each in _leaves(getattr(metrics, held, None)):
                if not (isinstance(each, str) and each.lower() in _WORDS):
                    keras.metrics.get(each)
    except Exception as error:
        raise Refusal(type(error).__name__, str(error), "step", *classify(error, str(error))) from None
    refused = _refused_weight(model)
    if refused is not None:
        raise refused


def _refused_weight(model: Any) -> Optional[Refusal]:
    """What a step raises of the first loss weight that is no number."""
    for each in _leaves(getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)):
        try:
            _weigh(each)
        except Exception as error:
            return Refusal(type(error).__name__, str(error), "step", LOSS_WEIGHT, {"weight": repr(each)})
    return None


def _weigh(weight: Any) -> None:
    """Multiplies a loss by its weight, as every step does: a list of metrics may have come third in `compile`."""
    weighted = private.get("keras.src.backend.compute_output_spec")
    if weighted is not None:
        weighted(lambda loss: keras.ops.multiply(loss, weight), keras.KerasTensor((), "float32"))


def build_on(model: Any, data: Data) -> Tuple[str, ...]:
    """Runs the shape part of a training step and returns the names that the step would report.

    What fails is tried with as many samples as a step of the search takes, too: a metric may have weights of that size.

    Raises what Keras raises: inputs that do not fit the model, labels that do not fit the loss. Without labels
    only the model is built; without inputs either, nothing happens.
    """
    return _asked(model, data, _built_on)


def ends_on(model: Any, data: Data, outputs: Sequence[Any]) -> None:
    """The same of a model that is compiled alike and gives other outputs, told by their shapes and dtypes.

    Nothing is known where labels are known by their form alone, or outputs go by names.
    """
    given = getattr(model, "output", None)
    if not private.has(private.STEP) or isinstance(given, dict) or any(None in each for each in data.y):
        return

    def ending(model: Any, data: Data, size: Optional[int] = None) -> Tuple[str, ...]:
        x = _inputs(model, data, Batch, size)
        seen = _Ends(model, _leaves(x)[0].shape[0], outputs)
        _build_step(model, x, _labels(model, data, Batch, size), seen)
        return ()

    _forget_the_step(model)
    _asked(model, data, ending)


def _asked(model: Any, data: Data, built: Callable[..., Tuple[str, ...]]) -> Tuple[str, ...]:
    """What a step comes to that `built` takes of a model on data, with as many samples as it is told."""
    try:
        return built(model, data)
    except Exception as error:
        refused: Optional[Exception] = _refused_weight(model)
        if refused is None or str(refused) != str(error):
            refused = _refused_key(model, error) or _refused_metrics(model, error)
        if refused is not None:
            raise refused from None
        if data.batch in (None, BATCH):
            raise
        _forget_the_step(model)
        try:
            return built(model, data, data.batch)
        except Exception:
            raise error from None


def _refused_key(model: Any, error: BaseException) -> Optional[Refusal]:
    """An error of assigning losses and metrics to outputs, where a dictionary of them has a key that is no output."""
    known = _output_names(model)
    if not known or _COMPILING not in _modules(error):
        return None
    for of, held, name in _BY_OUTPUT:
        given = getattr(getattr(model, held, None), name, None)
        keys = [each for each in given if each not in known] if isinstance(given, dict) else []
        if keys:
            details = {"of": of, "key": str(keys[0]), "known": known}
            return Refusal(type(error).__name__, str(error), "step", OUTPUT_KEY, details)
    return None


def _refused_metrics(model: Any, error: BaseException) -> Optional[Exception]:
    """An error of a metric of Keras's that does not take the outputs or the labels, with those behind it that do not either.

    Where the loss does not take them it is the loss's error: `fit` asks that first, and what cures it may be all.
    """
    for frame, _ in walk_tb(error.__traceback__):
        held = frame.f_locals
        listed, at = getattr(held.get("self"), "metrics", None), held.get("m")
        if frame.f_globals.get("__name__") != _COMPILING or not isinstance(listed, list) or at not in listed:
            continue
        function = getattr(at, "_fn", None)
        if not private.is_keras(at) or not str(getattr(function, "__module__", private.HOME)).startswith(
            private.HOME
        ):
            return None
        given = [keras.KerasTensor(held[name].shape, held[name].dtype) for name in ("y_true", "y_pred")]
        before = _refused_by_loss(model, *given)
        if before is not None:
            return before
        first = next(place for place, each in enumerate(listed) if each is at)
        others = (place for place in range(first + 1, len(listed)) if _refuses(listed[place], *given))
        shapes = [(None, *tuple(each.shape)[1:]) if each.shape else () for each in given]
        details = {
            "metric": type(at).__name__ if function is None else str(getattr(at, "name", "")),
            "refused": (first, *others),
            "labels": shapes[0],
            "output": shapes[1],
        }
        return Refusal(type(error).__name__, str(error), "step", "metric", details)
    return None


def _refused_by_loss(model: Any, labels: Any, output: Any) -> Optional[Exception]:
    """What the only loss of a model says of labels and an output, where it is one of Keras's that does not take them."""
    losses = _losses(model)
    if len(losses) != 1 or not (isinstance(losses[0], str) or private.is_keras(losses[0])):
        return None
    try:
        private.get("keras.src.backend.compute_output_spec")(keras.losses.get(losses[0]), labels, output)
    except Exception as error:
        return error
    return None


def _refuses(metric: Any, labels: Any, output: Any) -> bool:
    """Whether a metric of Keras's cannot be computed from such labels and outputs."""

    def updated(labels: Any, output: Any) -> Any:
        metric.update_state(labels, output)
        return output

    try:
        private.get("keras.src.backend.compute_output_spec")(updated, labels, output)
    except Exception:
        return True
    return False


def _output_names(model: Any) -> Tuple[str, ...]:
    """What the outputs of a model go by, where it tells: the layers that give them, and the keys of a dictionary of them."""
    made = getattr(model, "output", None) if has_inputs(model) else None
    keys = made if isinstance(made, dict) else ()
    return tuple(dict.fromkeys((*keys, *(getattr(model, "output_names", None) or ()))))


def _modules(error: BaseException) -> List[Any]:
    """The modules that a traceback leads through, outermost first."""
    return [each.f_globals.get("__name__") for each, _ in walk_tb(error.__traceback__)]


def _forget_the_step(model: Any) -> None:
    """Lets Keras build losses and metrics anew: those that a failed step left half built are asked nothing again."""
    for held in (getattr(model, "_compile_loss", None), getattr(model, "_compile_metrics", None)):
        if held is not None:
            held.built = False


def _built_on(model: Any, data: Data, size: Optional[int] = None) -> Tuple[str, ...]:
    data = _of_known_widths(model, data)
    if not _feedable(model, data):
        return ()
    x = _inputs(model, data, Batch, size)
    if not private.has(private.STEP):
        if data.x:
            train(model, data)
        return ()
    if not data.y or not is_compiled(model):
        if data.x:
            _call(model, x)
        return ()
    if data.x and model.built:
        _call(model, x)
    if model.optimizer is None:
        # A step fails in a way that depends on the backend; a real one will say how.
        raise AttributeError("'NoneType' object has no attribute 'apply_gradients'")
    _build_step(model, x, _labels(model, data, Batch, size), _as_a_step_sees_it(model, x))
    return log_names(model)


def _build_step(model: Any, x: Any, y: Any, seen: Any) -> None:
    """Keras's own shape part of a step, without the optimizer's variables: they would read all weights.

    `seen` is the model, or what stands for its forward pass.
    """
    optimizer = model.optimizer
    built = getattr(optimizer, "built", True)
    if not built:
        optimizer.built = True
    try:
        type(model)._symbolic_build(seen, data_batch=(x, y))
    finally:
        if not built:
            optimizer.built = False


class _Ends:
    """A model that is not run again: it gives a batch of the shapes and types that its layers were built to give, or
    those of a model like it."""

    def __init__(self, model: Any, batch: int, outputs: Sequence[Any] = ()) -> None:
        self._model = model
        self._batch = batch
        self._given = outputs or [(each.shape, each.dtype) for each in model.outputs]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, x: Any, training: Any = None) -> Any:
        return _nest([keras.ops.zeros((self._batch, *shape[1:]), dtype) for shape, dtype in self._given])


def _as_a_step_sees_it(model: Any, x: Any) -> Any:
    """A model on a batch; its ends alone where losses and metrics see no more: one output, no masks, no penalties."""
    given = _leaves(x)
    shapes = [tuple(each.shape)[1:] for each in given]
    if type(model).__name__ not in ("Sequential", "Functional") or not private.is_keras(model):
        return model
    if (
        not model.built
        or len(model.outputs) != 1
        or shapes != [tuple(each.shape)[1:] for each in model.inputs]
    ):
        return model
    (output,) = model.outputs
    shape = tuple(output.shape)
    layers = model._flatten_layers(include_self=False)
    plain = (
        shape[:1] == (None,) and None not in shape[1:] and _mask_of is not None and _mask_of(output) is None
    )
    nested = type(model).__name__ == "Functional" and isinstance(model.output, (list, tuple, dict))
    if not plain or nested or not all(map(_adds_no_loss, layers)):
        return model
    return _Ends(model, given[0].shape[0])


def _adds_no_loss(layer: Any) -> bool:
    return private.is_keras(layer) and getattr(layer, "activity_regularizer", None) is None


def compiled_with(model: Any) -> Optional[Tuple[Any, ...]]:
    """What decides the loss and metric part of a step, as a key; None where a user's own object takes part."""
    keys = []
    held = (
        (getattr(model, "_compile_loss", None), ("_user_loss", "_user_loss_weights", "_loss_weights")),
        (getattr(model, "_compile_metrics", None), ("_user_metrics", "_user_weighted_metrics")),
    )
    for holder, names in held:
        for name in names:
            key = identity(getattr(holder, name, None))
            if key is None:
                return None
            keys.append(key)
    return tuple(keys)


def identity(value: Any) -> Optional[Tuple[Any, ...]]:
    if value is None or isinstance(value, (str, int, float)):
        return ("value", type(value).__name__, value)
    if isinstance(value, (list, tuple)):
        inner = [identity(each) for each in value]
        return None if None in inner else (type(value).__name__, *inner)
    if isinstance(value, dict):
        inner = [identity(each) for each in value.values()]
        return None if None in inner else ("dict", tuple(value), *inner)
    if not private.is_keras(value) and not callable(value):
        return None
    if isinstance(value, (keras.losses.Loss, keras.metrics.Metric)):
        if not private.is_keras(value):
            return None
        settings = {name: _alike(each) for name, each in value.get_config().items()}
        return (
            type(value).__module__,
            type(value).__name__,
            repr(sorted(settings.items(), key=str)),
        )
    if str(getattr(value, "__module__", "")).startswith(private.HOME):
        return (value.__module__, getattr(value, "__qualname__", repr(value)))
    return None


def _alike(setting: Any) -> Any:
    """What a setting of a loss or a metric of Keras's own decides.

    A float (a smoothing, an exponent, a threshold) is one that tensors are computed with, whatever it is; what Keras
    refuses, it refuses as soon as the loss is made.
    """
    numbers = all(type(each) is float and 0.0 <= each < 1e30 for each in values_of(setting))
    return "a float" if numbers else setting


def log_names(model: Any) -> Tuple[str, ...]:
    if hasattr(model, "get_metrics_result"):
        return tuple(str(name) for name in model.get_metrics_result())
    return tuple(model.metrics_names)


def guessed_log_names(model: Any, fails: bool = False) -> Tuple[str, ...]:
    """The names that a step reports, from labels of whatever form the loss accepts; () if none is accepted.

    Of a model that `fails` they are known only where its forward pass works.

    Refuses losses and metrics that do not belong to the model's outputs, whatever the labels are.
    """
    if not (is_compiled(model) and model.built and has_inputs(model)):
        return ()
    outputs = [tuple(output.shape) for output in model.outputs]
    forms = (
        [(shape[1:], "float32") for shape in outputs],
        [(shape[1:-1], "int32") for shape in outputs],
    )
    x = _inputs(model, Data(None), Batch)
    seen = model if fails else _as_a_step_sees_it(model, x)
    structural: List[Exception] = []
    for form in forms:
        if any(None in shape for shape, _ in form):
            return ()
        labels = [Batch((BATCH, *shape), dtype) for shape, dtype in form]
        named = dict(zip(getattr(model, "output_names", None) or (), labels))
        for y in (_nest(labels), named) if len(named) == len(labels) else (_nest(labels),):
            try:
                _build_step(model, x, y, seen)
                return log_names(model)
            except Exception as error:
                if _is_structural(error):
                    structural.append(_refused_key(model, error) or error)
                elif seen is model and not _runs(model, x):
                    return ()
    if len(structural) == len(forms) * (1 + bool(named)):
        first = structural[0]
        if isinstance(first, Refusal):
            raise first
        raise Refusal(type(first).__name__, str(first), "step", *classify(first, str(first)))
    return ()


def _runs(model: Any, x: Any) -> bool:
    """Whether the forward pass works, whatever the labels are."""
    try:
        _call(model, x)
        return True
    except Exception:
        return False


def _is_structural(error: BaseException) -> bool:
    """Whether Keras raised an error while it assigned losses and metrics to outputs, before it looked at labels."""
    *_, innermost = (frame for frame, _ in walk_tb(error.__traceback__))
    return innermost.f_globals.get("__name__") == _COMPILING and innermost.f_code.co_name in _ASSIGNING


def train(model: Any, data: Data, compiled: bool = False) -> Tuple[str, ...]:
    """`fit` on one synthetic batch; returns the names that it reports.

    Raises what Keras raises. The step runs eagerly where compiling it would cost more than the step, which is
    everywhere but in JAX; `compiled` runs it as `fit` does, which refuses more and in other words.
    """
    data = _of_known_widths(model, data)
    if not _feedable(model, data):
        return ()
    x = _inputs(model, data, _random)
    if data.y:
        y = _labels(model, data, _zeros)
    elif model.built and has_inputs(model):
        y = synthetic_labels(model, x)
    else:
        if compiled and private.has(private.STEP):
            # `fit` makes a graph of it first, in which operations refuse more than one by one, and in other words.
            _call(model, x, training=True)
        model(x)
        return ()
    if keras.backend.backend() != "jax":
        model.run_eagerly = model.run_eagerly or not compiled
        if hasattr(model, "jit_compile"):
            model.jit_compile = False
    if not is_compiled(model):
        model(x)
        return ()
    try:
        history = model.fit(x, y, batch_size=_batch_size(model), epochs=1, verbose=0)
    except Exception as error:
        refused = _refused_key(model, error) or _refused_metrics(model, error)
        if refused is None:
            raise
        raise refused from None
    names = log_names(model)
    # A training step of the user's own reports what it likes.
    return names if set(names) == set(history.history) else tuple(map(str, history.history))


def synthetic_labels(model: Any, x: Any) -> Any:
    """Labels that the model's losses accept on a batch: class indices in range, one-hot rows, or numbers."""
    return _labels_for(model, [tuple(each.shape) for each in _outputs(model, x)], _samples(x))


def _labels_for(model: Any, outputs: Sequence[Tuple[Any, ...]], samples: Tuple[int, ...]) -> Any:
    losses = _losses(model)
    if len(losses) != len(outputs):
        losses = [losses[0] if losses else None] * len(outputs)
    labels = []
    for output, loss in zip(outputs, losses):
        shape = tuple(BATCH if size is None else size for size in output)
        # However many rows a model gives, a search has one label for each sample.
        shape = (*samples, *shape[1:])[: len(shape)]
        name = loss if isinstance(loss, str) else type(loss).__name__
        name = getattr(loss, "__name__", name)
        if name in _SPARSE:
            labels.append(np.random.randint(0, max(shape[-1], 1), shape[:-1]))
        elif "categorical_crossentropy" in name or name == "CategoricalCrossentropy":
            rows = np.random.randint(0, max(shape[-1], 1), shape[:-1])
            labels.append(np.eye(max(shape[-1], 1), dtype="float32")[rows])
        else:
            labels.append(np.random.randint(0, 2, shape).astype("float32"))
    return _nest(labels)


def lose(model: Any, data: Data, outputs: Sequence[Tuple[Any, ...]]) -> None:
    """Computes the loss of a model on outputs of these shapes and dtypes, with their rows; raises what it raises."""
    shapes = [shape for shape, _ in outputs]
    y = _labels(model, data, _zeros, BATCH) if data.y else _labels_for(model, shapes, (BATCH,))
    given = _nest([keras.ops.zeros(*each) for each in outputs])
    model._compile_loss(y, given)


def mixes_samples(model: Any, data: Data) -> bool:
    """Whether an output has so many rows that no labels go with them, and Keras's own losses need labels."""
    if compiled_with(model) is None or not _feedable(model, data):
        return False
    x = _inputs(model, data, Batch)
    try:
        made = _leaves(_call(model, x, training=True))
    except Exception:
        return False
    (samples,) = _samples(x)
    return any(goes_with_no_labels(size, samples) for each in made for size in tuple(each.shape)[:1])


def goes_with_no_labels(rows: Optional[int], samples: int) -> bool:
    """Whether a search has no labels for so many rows of an output.

    It has one for each sample, or for each step of each sample where both are one axis, or for some samples together.
    """
    return rows is not None and rows > 0 and rows % samples != 0 and samples % rows != 0


def _samples(x: Any) -> Tuple[int, ...]:
    """How many samples are in a batch, as the start of the shape of its labels."""
    return tuple(_leaves(x)[0].shape)[:1]


def _outputs(model: Any, x: Any) -> List[Any]:
    """Tensors of the shapes that a model really gives: what a layer tells while building may be something else."""
    try:
        return _leaves(_call(model, x, training=True))
    except Exception:
        return list(model.outputs)


def _call(model: Any, x: Any, training: bool = False) -> Any:
    """Builds and shape-checks a model on symbolic inputs, as `fit` does; returns its symbolic outputs."""

    def symbolic(batch: Any) -> Any:
        if isinstance(batch, list):
            return [symbolic(each) for each in batch]
        if isinstance(batch, dict):
            return {name: symbolic(each) for name, each in batch.items()}
        return keras.KerasTensor(batch.shape, batch.dtype)

    return private.get("keras.src.backend.compute_output_spec")(model, symbolic(x), training=training)


def _inputs(model: Any, data: Data, make: Any, size: Optional[int] = None) -> Any:
    if data.x:
        size = size or _batch_size(model)
        arrays = [make((size, *shape), data.x_dtype) for shape in data.x]
        return _nest(arrays, data.x_names)
    return _nest(
        [
            make(
                (size or _batch_size(model), *(8 if size is None else size for size in tensor.shape[1:])),
                tensor.dtype,
            )
            for tensor in model.inputs
        ]
    )


def _labels(model: Any, data: Data, make: Any, size: Optional[int] = None) -> Any:
    size = size or _batch_size(model)
    arrays = [make((size, *shape), data.y_dtype or _label_dtype(model, shape)) for shape in data.y]
    return _nest(arrays, data.y_names)


def _of_known_widths(model: Any, data: Data) -> Data:
    """Data whose labels are as wide as the output where their width is not known: only their form is to be tried.

    They are left out where the model does not tell its output either.
    """
    if not any(None in shape for shape in data.y):
        return data
    if data.x and not model.built:
        _call(model, _inputs(model, data, Batch))
    widths = [tuple(each.shape)[-1:] for each in outputs(model)]
    known = len(widths) == len(data.y) and all(width and width[0] is not None for width in widths)
    made = Data(None)
    vars(made).update(vars(data))
    made.y = (
        [tuple(width[0] if size is None else size for size in shape) for shape, width in zip(data.y, widths)]
        if known
        else []
    )
    return made


def _label_dtype(model: Any, shape: Tuple[int, ...]) -> str:
    losses = _losses(model)
    sparse = any((each if isinstance(each, str) else type(each).__name__) in _SPARSE for each in losses)
    return "int32" if sparse or not shape else "float32"


def _feedable(model: Any, data: Data) -> bool:
    """Whether the shapes of a batch are known, all axes but the first, and the model takes one.

    A class that trains its parts in a `train_step` of its own, as of a GAN, need not have a `call`.
    """
    if type(model).call is keras.Model.call:
        return False
    if data.x:
        return True
    if not has_inputs(model) or any(None in tensor.shape[1:] for tensor in model.inputs):
        return False
    # Only TensorFlow has arrays of text; elsewhere texts come from a data pipeline of the user's own.
    return keras.backend.backend() == "tensorflow" or all(each.dtype != "string" for each in model.inputs)


def _losses(model: Any) -> List[Any]:
    held = getattr(model, "_compile_loss", None)
    return _leaves(getattr(held, "_user_loss", None) or getattr(model, "loss", None))


def _batch_size(model: Any) -> int:
    if has_inputs(model) and model.inputs and model.inputs[0].shape[0] is not None:
        return int(model.inputs[0].shape[0])
    return BATCH


def has_inputs(model: Any) -> bool:
    """Whether a model knows its inputs before it sees data."""
    return _ends(model, "inputs") is not None


def outputs(model: Any) -> Any:
    """The symbolic outputs of a model; () where it knows none before it sees data."""
    return _ends(model, "outputs") or ()


def _ends(model: Any, name: str) -> Any:
    try:
        return getattr(model, name, None)
    except ValueError:
        # So says a Sequential of Keras 3.3 that was given no input shape.
        return None


def _random(shape: Sequence[int], dtype: str) -> Any:
    dtype = str(getattr(dtype, "name", dtype))
    if "float" in dtype:
        return np.random.uniform(size=shape).astype("float32")
    return _words(shape) if dtype == "string" else np.zeros(shape, dtype)


def _words(shape: Sequence[int]) -> Any:
    """Texts as `fit` takes them with TensorFlow: arrays of NumPy's own text type are refused."""
    import tensorflow as tf

    return tf.fill(shape, "a")


def _zeros(shape: Sequence[int], dtype: str) -> Any:
    return np.zeros(shape, dtype)


def _nest(arrays: List[Any], names: Sequence[str] = ()) -> Any:
    if names:
        return dict(zip(names, arrays))
    return arrays[0] if len(arrays) == 1 else arrays


def _leaves(value: Any) -> List[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in _leaves(each)]
    return [] if value is None else [value]
