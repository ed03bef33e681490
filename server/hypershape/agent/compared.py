"""What a model gives beside what its training compares that with: mistakes that raise nothing show there.

One description for each output, each part left out where it is not known:

- `width`: how many numbers the output gives for each sample, and `layer`, the class of what gives them
- `activation`, and `least` and `most`, between which it lies whatever it is given (None where it has no bound)
- `loss`, the function of Keras that compares, and `from_logits`, whether that expects numbers before a softmax or sigmoid
- `labels`: what the training is given for it, as `facts.describe` says it; of batches the first ones
- `made`: the frame in which the layer was made
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, Optional, Sequence

import keras
import numpy

from . import cutting

FAR = 60.0
"""An activation is asked at inputs up to so large, at which all that are bounded have come to their bounds."""

BEYOND = 20.0
"""What an activation gives there beyond this is no bound."""

SAMPLES = 256


def outputs(
    model: Any, labels: Any, describe: Callable[[Any], Any], made: Callable[[Any], Any]
) -> List[Dict[str, Any]]:
    """The outputs of a compiled model; none where it does not tell them, or where a class of the user's may train it
    in another way."""
    if not type(model).__module__.startswith("keras."):
        return []
    try:
        tensors = list(model.outputs or ())
        layers = [_giving(tensor, model) for tensor in tensors]
    except Exception:
        return []
    losses = _each(getattr(model, "loss", None), layers)
    given = _each(labels, layers)
    return [
        {
            "width": tensor.shape[-1] if len(tensor.shape) > 1 else None,
            **_of_layer(layer, tensor, made),
            **_of_loss(loss),
            **({"labels": describe(label)} if label is not None else {}),
        }
        for tensor, layer, loss, label in zip(tensors, layers, losses, given)
    ]


def _giving(tensor: Any, model: Any) -> Any:
    """The layer whose output is an output of the model; None where an operation or a model within gives it."""
    for layer in reversed(model.layers):
        try:
            if layer.output is tensor:
                return layer
        except (AttributeError, ValueError):
            continue
    return None


def _each(value: Any, layers: List[Any]) -> List[Any]:
    """What is given for each output: by its name, by its place, or for the only one."""
    if isinstance(value, dict):
        return [value.get(getattr(layer, "name", None)) for layer in layers]
    if isinstance(value, (list, tuple)):
        return list(value) if len(value) == len(layers) else [None] * len(layers)
    return [value if len(layers) == 1 else None] * len(layers)


def _of_layer(layer: Any, tensor: Any, made: Callable[[Any], Any]) -> Dict[str, Any]:
    if layer is None:
        return {}
    found: Dict[str, Any] = {"layer": type(layer).__name__, "made": made(layer)}
    activation = getattr(layer, "activation", None)
    if type(layer).__module__.startswith("keras.") and callable(activation):
        found["activation"] = getattr(activation, "__name__", type(activation).__name__)
        found.update(_bounds(activation, tensor.shape))
    return found


def _bounds(activation: Any, shape: Any) -> Dict[str, Any]:
    """Between which numbers an activation lies, as its values at all kinds of inputs show."""
    width = shape[-1]
    if len(shape) < 2 or not isinstance(width, int) or not 0 < width <= SAMPLES:
        return {}
    inputs = numpy.random.default_rng(0).uniform(-FAR, FAR, (SAMPLES, width)).astype("float32")
    inputs[0], inputs[1] = -FAR, FAR
    try:
        values = _values(activation, inputs)
    except Exception:
        return {}
    least, most = round(float(values.min()), 4), round(float(values.max()), 4)
    if not (math.isfinite(least) and math.isfinite(most)):
        return {}
    return {"least": least if least > -BEYOND else None, "most": most if most < BEYOND else None}


def _values(activation: Any, inputs: Any) -> Any:
    if not hasattr(keras, "ops"):
        return keras.layers.Activation(activation)(inputs).numpy()
    return keras.ops.convert_to_numpy(activation(keras.ops.convert_to_tensor(inputs)))


def _of_loss(given: Any) -> Dict[str, Any]:
    try:
        loss = keras.losses.get(given) if given is not None else None
    except Exception:
        return {}
    function = getattr(loss, "fn", loss)
    if function is None or not str(getattr(function, "__module__", "")).startswith("keras."):
        return {}
    name = getattr(function, "__name__", None)
    if not name or getattr(loss, "ignore_class", None) is not None:
        return {}
    return {"loss": name, "from_logits": bool(getattr(loss, "from_logits", False))}


def labels_of_dataset(data: Any) -> Optional[Any]:
    """The labels in the first batches of a dataset that is surely finite; None of anything else.

    This takes them from it once more: ask when the training has had its own.
    """
    try:
        count = cutting.batches(data)
        if count in (None, math.inf) or not isinstance(getattr(data, "element_spec", None), tuple):
            return None
        return of_batches(list(data.take(cutting.STEPS)))
    except Exception:
        # What its pipeline raises is the training's to say.
        return None


def of_batches(batches: Sequence[Any]) -> Any:
    """The labels of pairs of inputs and labels; None of anything else, such as what weights come with."""
    pairs = [each for each in batches if isinstance(each, (tuple, list)) and len(each) == 2]
    return _joined([pair[1] for pair in pairs]) if pairs and len(pairs) == len(batches) else None


def _joined(parts: Sequence[Any]) -> Any:
    """The parts behind each other, in dictionaries and lists each by itself; None where they are no arrays of one shape."""
    first = parts[0]
    if isinstance(first, dict):
        return {name: _joined([each[name] for each in parts]) for name in first}
    if isinstance(first, (list, tuple)):
        return [_joined(each) for each in zip(*parts)]
    arrays = [numpy.asarray(each) for each in parts]
    same = all(each.shape[1:] == arrays[0].shape[1:] and each.ndim for each in arrays)
    return numpy.concatenate(arrays) if same else None
