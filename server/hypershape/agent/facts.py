"""What a search is given, as plain values: kinds, shapes, sizes, smallest and largest numbers.

The facts of a rehearsal, each left out where it is not known:

- `tuner`: `class` (of Keras Tuner), `oracle`, `objective`, `direction`, `max_trials`, `executions_per_trial`, of Hyperband
  `max_epochs`, `factor` and `hyperband_iterations`; `texts`, what it was given as a text where its default is a number
- `search`: what `search` was given, one description each, by name ("0", "1", … where it is by position)
- `trials`: how many trials ran; `completed`: how many of them to their end
- `model`: `input`, the shape of what the model takes, batches first
- `reported`: the names of what a trial returned
- `returning`: the last method of the user's (`Model.fit`, `Search.run_trial`) that returned to Keras Tuner
- `arrays`: the metrics that it returned as arrays, which Keras Tuner does not take, each with its shape
- `nothing`: the same, where it returned None in the place of metrics
- `meant`: `written`, a key, an attribute or a variable that is not there, and the `known` ones beside it
- `lacking`: `method`, the oracle's method of the user's that returned no `key`
- `by_label`: the class of pandas that was asked for a label which it does not have
- `hook`: `name`, what of a callback of Keras's is a function of the user's which does not take the arguments `given`, with
  its `function` and `line`
- `fractions`: the arguments of a `fit` of Keras's that are floats where it counts, where Keras raised something
- `without_model`: the class of a callback that asked for its model and was never given one
- `promoted`: `error`, what a trial of a Hyperband raises that begins with the weights of an earlier one; None if nothing
- `numbers`: what the numbers are called that `evaluate` gave and that more or fewer names were to take ("" where unknown)
- `copied`: the class of a callback given to `search`, of which what only its copies have was asked for
- `hyperparameters`: the type of the search space that a tuner which cannot be made was given
- `because`: what was raised first, where Keras Tuner says something else
- `absent`: the modules that the file imports and that are not installed
- `compared`: what the model of the first trial gives and what that is compared with (`compared.outputs`)
- `shared`: what the models of several trials have in common (`shared.Shared.found`)
- `untracked`: the variables of TensorFlow's that layers keep and no training changes (`untracked.unchanged`)
- `divided_anew`, `in_order`: what validation has of what is trained on (`apart`)
- `endless`: which data for `fit` never end (`x`, `validation_data`), of which no number of steps is given
- `rounds`: how many batches each of these has until it repeats itself, where its pipeline tells
- `silenced`: the callbacks that wanted programs or the network, and did nothing from then on, each with why
- `waited`: the callback that raised once nothing improved (`hooks.Hooks.waited`)
- `cost`: what the trials took (`cost`)
- `score_is_no_number`: whether the objective of a trial was NaN, which Keras Tuner counts as a failure
"""

from __future__ import annotations

import collections
import inspect
import math
import types
from typing import Any, Dict, List, Optional, Set

import numpy

from . import cutting
from .standins import StandIn

DEPTH = 3

MOST_COLUMNS = 1000
"""In so many columns of a frame texts are looked for."""


def describe(value: Any, depth: int = 0) -> Dict[str, Any]:
    """The description of one value: `kind`, and what else that kind has."""
    if isinstance(value, StandIn):
        return {"kind": "missing"}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"kind": "value", "type": type(value).__name__, "value": plain(value)}
    if isinstance(value, type):
        return {"kind": "class", "type": value.__name__}
    known: Dict[str, Any] = {"type": type(value).__name__}
    if isinstance(value, (list, tuple, dict)):
        return {**known, **_container(value, depth)}
    if isinstance(value, types.GeneratorType):
        return {**known, "kind": "generator"}
    spec = getattr(value, "element_spec", None)
    if spec is not None:
        told = {**known, "kind": "dataset", **_batches(value), "elements": _specs(spec)}
        shuffled = _is_shuffled(value)
        return told if shuffled is None else {**told, "shuffled": shuffled}
    if cutting.is_dataset_class(value):
        return {**known, "kind": "sequence", **_batches(value), **_length(value)}
    if _shape(value) is not None:
        return {**known, **_array(value)}
    return {**known, "kind": "object", "module": type(value).__module__}


def fractions(given: Dict[str, Any]) -> Dict[str, float]:
    """What `fit` counts and is given as a float, of which Keras says only what one of its operations does not take."""
    counts = ("batch_size", "epochs", "steps_per_epoch", "validation_steps", "validation_batch_size")
    found = {name: given.get(name) for name in counts}
    return {name: float(each) for name, each in found.items() if isinstance(each, (float, numpy.floating))}


def plain(value: Any) -> Any:
    """A value as JSON has it; what it does not have becomes its text."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _container(value: Any, depth: int) -> Dict[str, Any]:
    kind = "dict" if isinstance(value, dict) else "list"
    items = value.items() if isinstance(value, dict) else enumerate(value)
    told: Dict[str, Any] = {"kind": kind, "length": len(value)}
    if kind == "dict" and value:
        told["keys"] = sorted({type(name).__name__ for name in value})
    if depth >= DEPTH or len(value) > 50:
        return told
    return {
        **told,
        "items": {str(name): describe(each, depth + 1) for name, each in items},
    }


def _batches(value: Any) -> Dict[str, Any]:
    count = cutting.batches(value)
    if count is None:
        return {}
    return {"finite": False} if count == math.inf else {"finite": True, "batches": int(count)}


def _length(value: Any) -> Dict[str, Any]:
    """What the `__len__` of a class of datasets gives where that is no whole number, which Python refuses."""
    try:
        found = type(value).__len__(value)
    except Exception:
        return {}
    if hasattr(type(found), "__index__"):
        return {}
    method = type(value).__len__.__qualname__
    return {"length": {"method": method, "type": type(found).__name__, "value": plain(found)}}


def _is_shuffled(dataset: Any) -> Optional[bool]:
    """Whether some step of a pipeline of TensorFlow's shuffles, so that no pass is like another; None where none tells."""
    inputs = getattr(dataset, "_inputs", None)
    if not callable(inputs):
        return None
    told = [_is_shuffled(each) for each in inputs()]
    if "Shuffle" in type(dataset).__name__ or True in told:
        return True
    return None if None in told else False


def _specs(spec: Any) -> Any:
    if isinstance(spec, dict):
        return {str(name): _specs(each) for name, each in spec.items()}
    if isinstance(spec, (list, tuple)):
        return [_specs(each) for each in spec]
    shape, dtype = getattr(spec, "shape", None), getattr(spec, "dtype", None)
    rank = getattr(shape, "rank", None)
    return {
        "shape": None if shape is None or rank is None else [None if s is None else int(s) for s in shape],
        "dtype": getattr(dtype, "name", None),
    }


def met(value: Any) -> Optional[List[Optional[List[int]]]]:
    """The shapes of what a dataset gives first, where it gives tuples and does not say how many axes some part has."""
    specs = _specs(getattr(value, "element_spec", None) or ())
    flat = isinstance(specs, list) and all("shape" in each for each in specs)
    if not flat or all(each["shape"] is not None for each in specs):
        return None
    try:
        return [_shape(each) for each in next(iter(value))]
    except Exception:
        return None


def _shape(value: Any) -> Optional[List[int]]:
    try:
        return [int(size) for size in value.shape]
    except (AttributeError, TypeError, ValueError):
        return None


def _array(value: Any) -> Dict[str, Any]:
    shape = _shape(value)
    frame = type(value).__name__ in ("DataFrame", "Series")
    numbers = value.to_numpy() if frame else value
    texts = _columns_of_text(value) if type(value).__name__ == "DataFrame" else {}
    dtype = getattr(numbers, "dtype", None)
    found: Dict[str, Any] = {
        "kind": "frame" if frame else "array",
        "shape": shape,
        "dtype": str(getattr(dtype, "name", dtype)),
        **({"texts": texts} if texts else {}),
        **_lengths(numbers),
    }
    if (
        isinstance(numbers, numpy.ndarray)
        and numbers.dtype.kind in "iufb"
        and 0 < numbers.size <= cutting.MOST_SEARCHED
    ):
        least, most = numbers.min().item(), numbers.max().item()
        if math.isfinite(least) and math.isfinite(most):
            found.update(min=least, max=most)
        else:
            found["finite_numbers"] = False
    return found


def _columns_of_text(frame: Any) -> Dict[str, str]:
    """The columns of a frame that hold texts, each with the first of them."""
    found: Dict[str, str] = {}
    times = collections.Counter(frame.columns)
    for name in [each for each in list(frame.columns)[:MOST_COLUMNS] if times[each] == 1]:
        values = frame[name].iloc[:1000].dropna().iloc[:1].tolist()
        if values and isinstance(values[0], str):
            found[str(name)] = values[0]
    return found


def _lengths(values: Any) -> Dict[str, Any]:
    """`lengths`, the shortest and the longest, of an array that holds lists as objects."""
    if not isinstance(values, numpy.ndarray) or values.dtype != object or values.ndim != 1 or not values.size:
        return {}
    if not all(isinstance(each, (list, tuple, numpy.ndarray)) for each in values):
        return {}
    counts = [len(each) for each in values if getattr(each, "ndim", 1)]
    return {"lengths": [min(counts), max(counts)]} if len(counts) == len(values) else {}


def of_tuner(tuner: Any) -> Dict[str, Any]:
    """What a tuner was made with."""
    oracle = tuner.oracle
    objective = getattr(oracle, "objective", None)
    found = {
        "class": type(tuner).__name__,
        "oracle": type(oracle).__name__,
        "objective": getattr(objective, "name", None),
        "direction": getattr(objective, "direction", None),
        "max_trials": getattr(oracle, "max_trials", None),
        "executions_per_trial": getattr(tuner, "executions_per_trial", None),
        **{name: getattr(oracle, name, None) for name in ("max_epochs", "factor", "hyperband_iterations")},
    }
    plainly = {name: value for name, value in found.items() if isinstance(value, (bool, int, float, str))}
    texts = {**_texts(tuner), **_texts(oracle)}
    return {**plainly, "texts": texts} if texts else plainly


def _texts(made: Any) -> Dict[str, str]:
    """The arguments of which an object keeps a text, where their defaults are numbers."""
    numbers = {
        each.name
        for kind in type(made).__mro__
        if isinstance(vars(kind).get("__init__"), types.FunctionType)
        for each in inspect.signature(vars(kind)["__init__"]).parameters.values()
        if type(each.default) in (int, float)
    }
    kept = {name: getattr(made, name, None) for name in sorted(numbers)}
    return {name: value for name, value in kept.items() if isinstance(value, str)}


def arrays(returned: Any) -> Dict[str, List[int]]:
    """The shapes of what is no single number among the metrics that a trial returns."""
    found = {str(name): _shape(each) for name, each in returned.items()} if isinstance(returned, dict) else {}
    return {name: shape for name, shape in found.items() if shape}


def of_metrics(model: Any, count: int) -> List[str]:
    """What the numbers are called that `evaluate` of a model gives, so many of them."""
    try:
        found = [str(name) for name in model.get_metrics_result()]
    except Exception:
        found = []
    return found if len(found) == count else [""] * count


def names(returned: Any) -> Set[str]:
    """The names in what a trial returns: a History, a dictionary, or a list of these; none for a number."""
    if isinstance(returned, (list, tuple)):
        return set().union(*(names(each) for each in returned[:3]))
    found = getattr(returned, "history", returned)
    return {str(each) for each in found} if isinstance(found, dict) else set()
