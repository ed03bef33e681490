"""The callbacks of a training that is played small: what one cannot do here, and what it does where nothing improves."""

from __future__ import annotations

import copy
import functools
import inspect
import traceback
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import keras

from .standins import StandIn, class_name

Callback = keras.callbacks.Callback

MOST_EPOCHS = 50
"""So long a wait for something better is played at most."""


class Hooks:
    """What became of the callbacks of one rehearsal."""

    def __init__(self, refusal: Callable[[BaseException], Optional[str]]) -> None:
        self._refusal = refusal
        self._kinds: Dict[type, str] = {}
        self._absent: Dict[str, str] = {}
        self.waited: Dict[str, Any] = {}
        """The callback that raised where nothing improved: its `class`, its `monitor` and after how many `epochs`."""

    @property
    def silenced(self) -> Dict[str, str]:
        """The classes of callbacks that wanted what a rehearsal does not let them, and did nothing from then on: why."""
        return {**self._absent, **{each.__name__: why for each, why in self._kinds.items()}}

    def at_hand(self, callbacks: Any) -> Any:
        """The callbacks of a search without those that only stand-ins are in the place of."""
        if not isinstance(callbacks, (list, tuple)):
            return callbacks
        absent = [each for each in callbacks if isinstance(each, StandIn)]
        self._absent.update((class_name(each), "It is not at hand.") for each in absent)
        return [each for each in callbacks if not isinstance(each, StandIn)] if absent else callbacks

    def is_silenced(self, kind: type) -> bool:
        return kind in self._kinds

    def watched(self, callbacks: Any) -> Callable[[], None]:
        """Lets a training survive what its callbacks are refused; what is returned takes the watch off again."""
        put: List[Tuple[Any, str]] = []
        for callback, name in _hooks(callbacks):
            if name in vars(callback):
                continue
            try:
                setattr(callback, name, self._surviving(callback, getattr(callback, name)))
            except AttributeError:
                continue
            put.append((callback, name))

        def taken_off() -> None:
            for callback, name in put:
                vars(callback).pop(name, None)

        return taken_off

    def _surviving(self, callback: Any, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def hook(*args: Any, **kwargs: Any) -> Any:
            if type(callback) in self._kinds:
                return None
            try:
                return real(*args, **kwargs)
            except Exception as error:
                why = self._refusal(error)
                if why is None:
                    raise
                self._kinds[type(callback)] = why
                return None

        return hook

    def wait(self, callbacks: Any, done: Any, asked: Any, history: Any) -> None:
        """Tells callbacks that have patience of epochs like the last one, as many as the search may have.

        Whether a number still improves is chance in a few steps; that it stops to is what these callbacks are for.
        """
        self._go_on_with_rates(callbacks, done, asked)
        logs = {name: values[-1] for name, values in getattr(history, "history", {}).items() if values}
        for callback in _listed(callbacks):
            patience = getattr(callback, "patience", None)
            if not isinstance(patience, int) or not isinstance(asked, int) or not logs:
                continue
            if not _by_epochs(callback):
                continue
            try:
                # The trial's own one keeps its count.
                waiting = copy.copy(callback)
            except Exception:
                continue
            try:
                for epoch in range(done, min(asked, done + patience + 2, done + MOST_EPOCHS)):
                    waiting.on_epoch_begin(epoch, {})
                    waiting.on_epoch_end(epoch, dict(logs))
            except Exception:
                self.waited = {
                    "class": type(callback).__name__,
                    "monitor": str(getattr(callback, "monitor", "")),
                    "epochs": patience,
                }
                raise

    @staticmethod
    def _go_on_with_rates(callbacks: Any, done: Any, asked: Any) -> None:
        """Asks a schedule of Keras's own callback for its rates in the epochs that were left out.

        Only where no other callback may end the training before them.
        """
        given = _listed(callbacks)
        scheduled = [each for each in given if type(each) is keras.callbacks.LearningRateScheduler]
        packages = ("keras", "keras_tuner", __name__.partition(".")[0])
        known = all(type(each).__module__.partition(".")[0] in packages for each in given)
        if len(scheduled) != 1 or not known or not isinstance(done, int) or not isinstance(asked, int):
            return
        if any(isinstance(getattr(each, "patience", None), int) for each in given):
            return
        going_on, optimizer = copy.copy(scheduled[0]), scheduled[0].model.optimizer
        going_on.verbose, rate = 0, getattr(optimizer, "learning_rate", None)
        if rate is None:
            return
        kept = float(rate)
        try:
            for epoch in range(done, min(asked, MOST_EPOCHS)):
                going_on.on_epoch_begin(epoch)
        finally:
            optimizer.learning_rate = kept


def log_into(folder: str, callbacks: Any) -> None:
    """Keras Tuner itself writes where a TensorBoard does, before any training: of a rehearsal that lies with its project."""
    for each in _listed(callbacks):
        if isinstance(each, keras.callbacks.TensorBoard):
            each.log_dir = folder


def refusing(error: BaseException) -> Optional[Dict[str, Any]]:
    """What a callback calls in the place of a method and does not take the arguments of that: a `LambdaCallback`'s."""
    if not isinstance(error, TypeError):
        return None
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    for callback in _listed(list(frame.f_locals.values())):
        for name, value in vars(callback).items():
            function, own = inspect.unwrap(value) if callable(value) else None, getattr(Callback, name, None)
            if not name.startswith("on_") or not isinstance(function, types.FunctionType) or own is None:
                continue
            given = list(inspect.signature(own).parameters)[1:]
            try:
                inspect.signature(function).bind(*given)
            except TypeError:
                code = function.__code__
                if str(error).startswith("%s() " % function.__qualname__):
                    told = {"function": code.co_name, "line": code.co_firstlineno}
                    return {"name": name, "given": given, **told}
    return None


def _by_epochs(callback: Any) -> bool:
    """Whether a callback counts epochs alone: one that counts batches as well would miss those of an epoch without any."""
    return not any("batch" in name or "test" in name for _, name in _hooks([callback]))


def _listed(callbacks: Any) -> List[Any]:
    found = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    return [each for each in found if isinstance(each, Callback)]


def _hooks(callbacks: Any) -> Iterator[Tuple[Any, str]]:
    """Each callback with the names of what it does at a point of the training."""
    for callback in _listed(callbacks):
        for name in dir(Callback):
            if name.startswith(("on_", "set_model")) and getattr(type(callback), name, None) is not getattr(
                Callback, name
            ):
                yield callback, name
