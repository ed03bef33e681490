"""What training costs, as far as the few steps of a rehearsal show it: bytes, seconds, and how many steps a search takes.

The fact `cost` of a rehearsal: the `device` that trained (CPU, GPU), and of each trial its `seconds`, the most memory
that the process held at once above what it held before the tuner was made (`peak`, in bytes; on a GPU what its
backend tells) and its `trainings`, one for each `fit`:

`more` says that there were others, that a loop of the user's own was cut, or that the trial was played twice, so that a
search takes another time.

- `batch`, `steps` and `epochs`: the size of a batch, the batches of an epoch and the epochs that a search would train;
  `first_epoch`, with which it begins; `checks`: the batches of a validation
- `least_epochs`: after so many epochs some callback may end it
- `step`, `check`: the seconds that whole batches took, without the first, which the backend compiles
- `taken`: the seconds of all batches, that first one among them
- `parameters`, `trainable`: numbers in the model; `weights`, `slots`: bytes of the model and of its optimizer's variables

What is not known is left out.
"""

from __future__ import annotations

import contextlib
import inspect
import math
import os
import re
import sys
import threading
import time
import types
from typing import Any, Dict, Iterator, List, Optional

import keras

from . import cutting

LOOKED = 0.005
"""So many seconds lie between two looks at the memory of the process."""

MOST_TRAININGS = 20
"""So many trainings of a trial are told."""


class Meter:
    """Measures the trials of one rehearsal."""

    def __init__(self) -> None:
        self.trials: List[Dict[str, Any]] = []
        self._memory = _Memory()

    def begin(self) -> None:
        """What the process holds now is none of the search's: its tuner builds a first model before any trial."""
        self._memory.begin()

    def found(self, shortened: bool = False) -> Optional[Dict[str, Any]]:
        """The fact; None where nothing was trained. `shortened`: a loop of the user's own around it was cut."""
        if not any(each["trainings"] for each in self.trials):
            return None
        for each in self.trials if shortened else ():
            each["more"] = True
        return {"device": _device(), "trials": self.trials}

    @contextlib.contextmanager
    def trial(self) -> Iterator[None]:
        """What happens meanwhile is one trial."""
        measured: Dict[str, Any] = {"trainings": []}
        self.trials.append(measured)
        started = time.perf_counter()
        with self._memory.watched(measured):
            yield
        measured["seconds"] = time.perf_counter() - started

    def last(self) -> float:
        """The seconds that the last trial took."""
        return self.trials[-1].get("seconds", 0.0) if self.trials else 0.0

    def again(self) -> None:
        """The trial at hand is played a second time: what it took is not what one of a search takes."""
        if self.trials:
            self.trials[-1]["more"] = True

    def executed(self, times: int) -> None:
        """What the last trial trained once, a search trains so many times."""
        last = self.trials[-1]
        last["trainings"] = [dict(each) for _ in range(times) for each in last["trainings"]]
        last["more"] = last.get("more", False) or len(last["trainings"]) > MOST_TRAININGS
        del last["trainings"][MOST_TRAININGS:]
        if "seconds" in last:
            last["seconds"] *= times

    @contextlib.contextmanager
    def training(self, model: Any, given: Dict[str, Any], asked: Dict[str, Any]) -> Iterator[None]:
        """What happens meanwhile is one `fit` with the arguments `given`; `asked` is what a search would train."""
        trainings = self.trials[-1]["trainings"] if self.trials else []
        measured: Dict[str, Any] = dict(asked)
        if len(trainings) < MOST_TRAININGS:
            trainings.append(measured)
        elif self.trials:
            self.trials[-1]["more"] = True
        stopwatch = _with_stopwatch(given)
        yield
        if stopwatch is not None:
            measured.update(stopwatch.told(_ends_in_part(given)))
        with contextlib.suppress(Exception):
            measured.update(_sizes(model))


def asked(given: Dict[str, Any], assumed: bool) -> Dict[str, Any]:
    """How much a search trains: what `fit` was given before it was made small. Of data that is assumed no batches are told."""
    found: Dict[str, Any] = {}
    for name, key in (("epochs", "epochs"), ("initial_epoch", "first_epoch")):
        if type(given.get(name)) is int:
            found[key] = given[name]
    least = _least_epochs(given.get("callbacks"))
    if least is not None and "epochs" in found:
        found["least_epochs"] = min(least, found["epochs"] - found.get("first_epoch", 0))
    x, validation = given.get("x"), given.get("validation_data")
    rows = _rows(x)
    batch = _batch(x, given.get("batch_size"))
    if batch is not None:
        found["batch"] = batch
    if assumed:
        return found
    split = given.get("validation_split") or 0.0
    held = 0
    if rows is not None and validation is None and isinstance(split, float) and 0 < split < 1:
        held = rows - math.floor(rows * (1.0 - split))
        rows -= held
    steps = given.get("steps_per_epoch")
    found["steps"] = steps if type(steps) is int and steps > 0 else _steps(x, rows, batch)
    checks = given.get("validation_steps")
    if validation is None and not held:
        found["checks"] = 0
    elif type(checks) is int and checks > 0:
        found["checks"] = checks
    elif held:
        found["checks"] = _steps(None, held, batch)
    else:
        data = validation[0] if isinstance(validation, (tuple, list)) and validation else validation
        size = _batch(data, given.get("validation_batch_size") or given.get("batch_size"))
        found["checks"] = _steps(data, _rows(data), size)
    return {name: value for name, value in found.items() if value is not None}


def _rows(data: Any) -> Optional[int]:
    """How many samples arrays hold; None for what is no array."""
    counts = {cutting.samples_of(each) for each in cutting.arrays_of(data)}
    return counts.pop() if len(counts) == 1 else None


def _batch(data: Any, size: Any) -> Optional[int]:
    """The samples of one step; None where the data comes in batches of which nothing tells the size."""
    if _rows(data) is not None:
        return int(size) if isinstance(size, int) and size > 0 else cutting.BATCH
    spec = getattr(data, "element_spec", None)
    first = next(iter(cutting.arrays_of(spec)), None) if spec is not None else None
    length = next(iter(getattr(first, "shape", None) or ()), None)
    if type(length) is int:
        return length
    # A dataset whose last batch is smaller does not say it in its shapes; the step of its pipeline that batches does.
    for _ in range(20):
        size = getattr(data, "_batch_size", None)
        if size is not None:
            with contextlib.suppress(Exception):
                return int(size)
        data = getattr(data, "_input_dataset", None)
    return None


def _steps(data: Any, rows: Optional[int], batch: Optional[int]) -> Optional[int]:
    if rows is not None and batch:
        return math.ceil(rows / batch)
    count = cutting.batches(data)
    return int(count) if count is not None and count < math.inf else None


def _least_epochs(callbacks: Any) -> Optional[int]:
    """After how many epochs a callback may end a training; None where none does."""
    given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    found: List[int] = []
    for callback in given:
        if not isinstance(callback, keras.callbacks.Callback) or not _may_stop(type(callback)):
            continue
        patience, start = (
            getattr(callback, name, default) for name, default in (("patience", 0), ("start_from_epoch", 0))
        )
        # The first epoch is the best so far, whatever it gives.
        whole = type(patience) is int and type(start) is int
        found.append(1 + max(patience, 0) + max(start, 0) if whole else 1)
    return min(found) if found else None


def _may_stop(kind: type) -> bool:
    """Whether code of a class says so: only `stop_training` ends a `fit` early."""
    if kind is getattr(keras.callbacks, "TerminateOnNaN", None):
        return False
    return any(
        "stop_training" in code.co_names
        for each in kind.__mro__
        if each not in (keras.callbacks.Callback, object)
        for member in vars(each).values()
        if isinstance(member, types.FunctionType)
        for code in [member.__code__]
    )


# Seconds.


class _Stopwatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Takes the time of every batch."""

    def __init__(self) -> None:
        super().__init__()
        self._epochs: List[List[float]] = []
        self._checks: List[float] = []
        self._begun = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epochs.append([])

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._begun = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._epochs:
            self._epochs[-1].append(self._seconds(logs))

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._begun = time.perf_counter()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._checks.append(self._seconds(logs))

    def _seconds(self, logs: Any) -> float:
        """A backend that works ahead is waited for: what a step reports is there when it is over."""
        for value in (logs or {}).values():
            with contextlib.suppress(Exception):
                float(value)
        return time.perf_counter() - self._begun

    def told(self, ends_in_part: bool) -> Dict[str, Any]:
        found: Dict[str, Any] = {"taken": sum(map(sum, self._epochs)) + sum(self._checks)}
        whole = [each[:-1] if ends_in_part and len(each) > 1 else each for each in self._epochs]
        steps = [seconds for each in whole for seconds in each][1:]
        if steps:
            found["step"] = steps
        if self._checks[1:]:
            found["check"] = self._checks[1:]
        return found


def _with_stopwatch(given: Dict[str, Any]) -> Optional[_Stopwatch]:
    """Adds a stopwatch to the callbacks of a training, where these are as Keras expects them."""
    callbacks = given.get("callbacks")
    if callbacks is not None and not isinstance(callbacks, (list, tuple)):
        return None
    stopwatch = _Stopwatch()
    given["callbacks"] = [*(callbacks or ()), stopwatch]
    return stopwatch


def _ends_in_part(given: Dict[str, Any]) -> bool:
    """Whether the last batch of each epoch is smaller than the others."""
    rows = _rows(given.get("x"))
    batch = _batch(given.get("x"), given.get("batch_size"))
    return rows is None or not batch or rows % batch > 0


# Bytes.


def _sizes(model: Any) -> Dict[str, Any]:
    variables = getattr(model.optimizer, "variables", ())
    variables = variables() if inspect.ismethod(variables) else variables
    return {
        "parameters": sum(map(_count, model.weights)),
        "trainable": sum(map(_count, model.trainable_weights)),
        "weights": sum(map(_bytes, model.weights)),
        "slots": sum(map(_bytes, variables)),
    }


def _count(variable: Any) -> int:
    return math.prod(int(size) for size in variable.shape)


def _bytes(variable: Any) -> int:
    return _count(variable) * width(variable.dtype)


def width(dtype: Any) -> int:
    """The bytes of one number."""
    bits = re.search(r"\d+", str(getattr(dtype, "name", dtype)))
    return max(int(bits[0]) // 8, 1) if bits is not None else 1


class _Memory:
    """The memory that this process holds, looked at while it works."""

    def __init__(self) -> None:
        self._status: Optional[int] = None
        self._before: Optional[int] = None
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                self._status = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def _held(self) -> int:
        assert self._status is not None
        if sys.platform == "win32":
            return 0
        return int(os.pread(self._status, 200, 0).split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def begin(self) -> None:
        if self._status is not None:
            self._before = self._held()

    @contextlib.contextmanager
    def watched(self, measured: Dict[str, Any]) -> Iterator[None]:
        """Notes the most that is held meanwhile above what was held when the search began."""
        if self._status is None:
            yield
            return
        most = self._held()
        before = most if self._before is None else self._before
        over = threading.Event()

        def look() -> None:
            nonlocal most
            while not over.wait(LOOKED):
                most = max(most, self._held())

        thread = threading.Thread(target=look, name="hypershape-memory", daemon=True)
        _forget_peak()
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            most = max(most, self._held())
            card = _peak_of_card()
            measured["peak"] = most - before if card is None else card


def _device() -> str:
    """What trained: Keras's own device, once something was trained."""
    with contextlib.suppress(Exception):
        backend = keras.backend.backend()
        if backend == "tensorflow":
            import tensorflow as tf

            return "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        if backend == "jax":
            import jax

            return "CPU" if jax.default_backend() == "cpu" else "GPU"
        if backend == "torch":
            import torch

            return "GPU" if torch.cuda.is_available() else "CPU"
    return "CPU"


def _forget_peak() -> None:
    """Lets a GPU's memory be measured from here on; what its backend cannot forget is the peak of the whole process."""
    with contextlib.suppress(Exception):
        backend = keras.backend.backend()
        if backend == "tensorflow":
            import tensorflow as tf

            if tf.config.list_physical_devices("GPU"):
                tf.config.experimental.reset_memory_stats("GPU:0")
        elif backend == "torch":
            import torch

            if torch.cuda.is_available():
                torch.cuda.reset_peak_memory_stats()


def _peak_of_card() -> Optional[int]:
    """The most that was held on the GPU; None without one."""
    if _device() != "GPU":
        return None
    with contextlib.suppress(Exception):
        backend = keras.backend.backend()
        if backend == "tensorflow":
            import tensorflow as tf

            return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
        if backend == "jax":
            import jax

            return int(jax.local_devices()[0].memory_stats()["peak_bytes_in_use"])
        if backend == "torch":
            import torch

            return int(torch.cuda.max_memory_allocated())
    return None
