"""A small part of what a model is to train on, in which Keras meets all that it would meet in an epoch of the whole.

Only what is given to Keras itself is cut. The user's own code gets the whole: a window, a fold or a share that a small
part does not have would be a failure that no search has.
"""

from __future__ import annotations

import contextlib
import dis
import itertools
import math
import time
import types
from typing import Any, Callable, Dict, Iterator, List, Optional

import numpy

STEPS = 2
"""So many batches of what yields batches; arrays give as many, and the incomplete one at their end."""

EPOCHS = 2
"""The second shows what the first has left: schedules, and metrics of the user's own that are not reset."""

BATCH = 32
"""Keras's own size of a batch."""

MOST_SEARCHED = 20_000_000
"""In arrays of up to so many elements the smallest and the largest are looked for."""

DRAWN_SECONDS = 1.0
"""The processor time for the rest of a dataset of which nobody knows how long it is."""

MOST_DRAWN = 100_000
"""So many batches are drawn from a generator to leave it as a search does."""


def fit(given: Dict[str, Any]) -> None:
    """Makes the arguments of `Model.fit` small, in place; what Keras refuses stays as it is."""
    given["verbose"] = 0
    first = given.get("initial_epoch", 0)
    if _whole(given.get("epochs")) and _whole(first):
        given["epochs"] = min(given["epochs"], first + EPOCHS)
    batch = _size(given.get("batch_size"))
    split, validation = given.get("validation_split") or 0.0, given.get("validation_data")
    if _is_cut(given, ("x", "y", "sample_weight"), batch, split if validation is None else 0.0):
        _limit(given, "steps_per_epoch")
    else:
        _few(given, "x", "steps_per_epoch")
    if isinstance(validation, (tuple, list)) and len(validation) in (1, 2, 3):
        parts = dict(enumerate(validation))
        if _is_cut(parts, tuple(parts), _size(given.get("validation_batch_size"), batch)):
            given["validation_data"] = type(validation)(parts.values())
        _limit(given, "validation_steps")
    elif validation is not None:
        _few(given, "validation_data", "validation_steps")


def epochs_are_alike(given: Dict[str, Any], data: Any) -> bool:
    """Whether nothing but numbers can differ between the epochs of a training: neither its data, which all of them
    take from the start, nor what its callbacks do, which are Keras's own and call nothing of the user's."""
    steady = all(samples_of(each) is not None for each in arrays_of(data)) or batches(data) not in (
        None,
        math.inf,
    )
    own = is_dataset_class(data) and not type(data).__module__.startswith("keras.")
    callbacks = given.get("callbacks") or []
    return (
        steady and not own and isinstance(callbacks, (list, tuple)) and not any(map(_calls_others, callbacks))
    )


def _calls_others(callback: Any) -> bool:
    """Whether a callback is no class of Keras's, or holds a function that it was given."""
    functions = (types.FunctionType, types.MethodType)
    return not type(callback).__module__.startswith("keras.") or any(
        isinstance(each, functions) for each in vars(callback).values()
    )


def lengthen(history: Any, epochs: int) -> None:
    """Makes the history of a training as long as it would be: its last epoch again and again."""
    missing = range(history.epoch[-1] + 1, epochs) if history.epoch else ()
    history.epoch += missing
    for values in history.history.values():
        values += values[-1:] * len(missing)


def endless(given: Dict[str, Any]) -> List[str]:
    """The data for `Model.fit` that never end, of which it is not said how many batches are an epoch.

    Keras takes 0 for not said.
    """
    pairs = (("x", "steps_per_epoch"), ("validation_data", "validation_steps"))
    return [data for data, steps in pairs if given.get(steps) in (None, 0) and _never_ends(given.get(data))]


def rounds(given: Dict[str, Any]) -> Dict[str, int]:
    """How many batches such data have until they repeat themselves, where their pipeline tells."""
    found = {name: _round(given.get(name)) for name in endless(given)}
    return {name: count for name, count in found.items() if count}


def step_before(data: Any) -> Optional[Any]:
    """The step of a pipeline of TensorFlow that the last one gets its elements from; None where it is none or several."""
    inputs = getattr(data, "_inputs", None)
    before = list(inputs()) if callable(inputs) else []
    return before[0] if len(before) == 1 else None


def _round(data: Any) -> Optional[int]:
    """The batches of a pipeline of TensorFlow that come to it before it begins again."""
    kind, before = type(data).__name__, step_before(data)
    if before is None:
        return None
    if kind == "_RepeatDataset":
        count = batches(before)
        return int(count) if count is not None and count != math.inf else None
    count = _round(before)
    if kind.endswith("BatchDataset") and count is not None:
        size = int(data._batch_size)
        return count // size if getattr(data, "_drop_remainder", False) else -(-count // size)
    return count if kind.strip("_").startswith(_AS_MANY) else None


_AS_MANY = ("Map", "ParallelMap", "Prefetch", "Shuffle", "Cache", "Options")
"""Steps of a pipeline that give one for each that they get."""


def _never_ends(data: Any) -> bool:
    """Whether a dataset says so itself, or the code of a generator has no way to return."""
    if not isinstance(data, types.GeneratorType):
        return batches(data) == math.inf
    returns = ("RETURN_VALUE", "RETURN_CONST")
    return not any(each.opname in returns for each in dis.get_instructions(data.gi_code))


def evaluate(given: Dict[str, Any]) -> None:
    """Makes the arguments of `Model.evaluate` small, in place."""
    given["verbose"] = 0
    if _is_cut(given, ("x", "y", "sample_weight"), _size(given.get("batch_size"))):
        _limit(given, "steps")
    else:
        _few(given, "x", "steps")


def predict(given: Dict[str, Any], real: Callable[[], Any]) -> Any:
    """What `Model.predict` gives, as long as it would be, from the first batches of arrays.

    What yields batches is left as it is: how many samples it has is not known before the end.
    """
    given["verbose"] = 0
    counts = {samples_of(each) for each in arrays_of(given.get("x"))}
    (whole,) = counts if len(counts) == 1 else (None,)
    if not _is_cut(given, ("x",), _size(given.get("batch_size"))) or whole is None:
        return real()
    _limit(given, "steps")
    return _repeated(real(), whole)


def _repeated(value: Any, count: int) -> Any:
    """The samples again and again, until there are so many."""
    if isinstance(value, dict):
        return {name: _repeated(each, count) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_repeated(each, count) for each in value)
    if not isinstance(value, numpy.ndarray) or not 0 < len(value) < count:
        return value
    return value[numpy.arange(count) % len(value)]


def _few(given: Dict[str, Any], data: str, steps: str) -> None:
    """Lets Keras take the first batches only of what yields batches, or of arrays that cannot be cut."""
    count = batches(given.get(data))
    if given.get(steps) not in (None, 0):
        _limit(given, steps)
    elif count is None or count > STEPS:
        given[steps] = STEPS


def _limit(given: Dict[str, Any], steps: str) -> None:
    if _whole(given.get(steps)):
        given[steps] = min(given[steps], STEPS)


def _whole(value: Any) -> bool:
    return isinstance(value, (int, numpy.integer)) and not isinstance(value, bool)


def _size(value: Any, default: int = BATCH) -> int:
    return int(value) if _whole(value) and value > 0 else default


def batches(data: Any) -> Optional[float]:
    """How many batches something yields in one pass, infinity where it never ends; None where it does not tell."""
    cardinality = getattr(data, "cardinality", None)
    if callable(cardinality):
        try:
            count = int(cardinality())
        except Exception:
            return None
        return math.inf if count == -1 else None if count < 0 else float(count)
    if is_dataset_class(data):
        try:
            return float(len(data))
        except Exception:
            return None
    return None


def is_dataset_class(data: Any) -> bool:
    return any(each.__name__ in ("PyDataset", "Sequence", "DataLoader") for each in type(data).__mro__)


# Arrays.


def _is_cut(given: Dict[Any, Any], names: Any, batch: int, split: float = 0.0) -> bool:
    """Cuts arrays, all at the same samples; says whether they are arrays that can be cut."""
    values = {name: given[name] for name in names if given.get(name) is not None}
    leaves = list(itertools.chain.from_iterable(map(arrays_of, values.values())))
    counts = {samples_of(each) for each in leaves}
    if len(counts) != 1 or None in counts:
        return False
    count = counts.pop()
    assert count is not None
    if not (isinstance(split, float) and 0 < split < 1):
        index = _chosen(leaves, 0, count, batch)
    else:
        # As Keras splits: the last samples are for validation.
        border = math.floor(count * (1.0 - split))
        index = _chosen(leaves, 0, border, batch)
        held = _chosen(leaves, border, count, batch)
        if index and held:
            given["validation_split"] = (len(held) - 0.5) / (len(index) + len(held))
        index += held
    if len(index) < count:
        given.update({name: _mapped(value, numpy.array(index)) for name, value in values.items()})
    return True


def arrays_of(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from arrays_of(each)
    else:
        yield value


def samples_of(value: Any) -> Optional[int]:
    """How many samples an array holds; None for what is no array that can be cut."""
    shape = getattr(value, "shape", None)
    if shape is None or type(value).__module__.startswith("scipy") or not hasattr(value, "dtype"):
        if type(value).__name__ != "DataFrame":
            return None
    try:
        size = next(iter(shape))  # type: ignore[arg-type]
    except (TypeError, ValueError, StopIteration):
        return None
    return size if isinstance(size, int) else None


def _chosen(leaves: List[Any], first: int, last: int, batch: int) -> List[int]:
    """Samples for two whole batches and the incomplete one that ends an epoch, the extreme ones among them."""
    count = last - first
    wanted = min(count, STEPS * batch + count % batch)
    if wanted == count:
        return list(range(first, last))
    extreme = set(sorted({place for each in leaves for place in _extremes(each, first, last)})[:wanted])
    plain = (place for place in range(first, last) if place not in extreme)
    return sorted([*extreme, *itertools.islice(plain, wanted - len(extreme))])


def _extremes(value: Any, first: int, last: int) -> Iterator[int]:
    """The samples with the smallest and the largest whole number: a label or token out of range is met."""
    if isinstance(value, numpy.ndarray) and value.dtype.kind in "iu" and 0 < value.size <= MOST_SEARCHED:
        part = value[first:last]
        width = max(part.size // max(len(part), 1), 1)
        yield first + int(part.argmin()) // width
        yield first + int(part.argmax()) // width


def _mapped(value: Any, index: numpy.ndarray) -> Any:
    if isinstance(value, dict):
        return type(value)((name, _mapped(each, index)) for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(each, index) for each in value)
    if hasattr(value, "iloc"):
        return value.iloc[index]
    if type(value).__module__.startswith("tensorflow"):
        import tensorflow

        return tensorflow.gather(value, index)
    return value[index]


# Generators.


class Counted:
    """A generator that tells how many batches were drawn from it, and which were the first."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.drawn = inner, 0
        self.first: List[Any] = []

    def batches(self) -> Iterator[Any]:
        for batch in self.inner:
            self.drawn += 1
            if self.drawn <= STEPS:
                self.first.append(batch)
            yield batch

    def drain(self, wanted: float) -> None:
        """Draws what a search would have drawn in all, so that the next trial finds what it would find."""
        for _ in range(int(min(max(wanted - self.drawn, 0), MOST_DRAWN))):
            if next(self.inner, self) is self:
                return


def counted(value: Any) -> Optional[Counted]:
    """A generator under watch; None for anything else."""
    return Counted(value) if isinstance(value, types.GeneratorType) else None


def pass_through(data: Any) -> None:
    """Takes a dataset of unknown length to its end, as the first training does: what yields only once is then used up.

    What takes long is left at a second; it shows nothing then.
    """
    if not hasattr(data, "element_spec") or batches(data) is not None:
        return
    until = time.process_time() + DRAWN_SECONDS
    with contextlib.suppress(Exception):
        for _ in itertools.islice(data, MOST_DRAWN):
            if time.process_time() > until:
                return


@contextlib.contextmanager
def noted(data: Any) -> Iterator[List[Any]]:
    """The first batches that are taken from an object of a dataset class while this holds; none of anything else."""
    first: List[Any] = []
    kind = type(data)
    if not is_dataset_class(data) or not hasattr(kind, "__getitem__"):
        yield first
        return
    real, own = kind.__getitem__, vars(kind).get("__getitem__")

    def __getitem__(self: Any, index: Any) -> Any:
        batch = real(self, index)
        if self is data and len(first) < STEPS:
            first.append(batch)
        return batch

    kind.__getitem__ = __getitem__
    try:
        yield first
    finally:
        if own is not None:
            kind.__getitem__ = own
        else:
            del kind.__getitem__
