"""What the configurations of a search space really do: built and trained on for one step, with Keras alone.

Runs as a program of its own, so that nothing of Hypershape is in the process: it reads texts as JSON lines and answers
with what their configurations came to. Keras is imported once, and a child that is forked for each text runs it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest import mock

PATH = "/project/model.py"
MOST = 24
"""A space with more leaves is not told whole: so many of its configurations are drawn as trials draw them."""
BATCH = 32
"""What `fit` takes at once, where there is so much."""
SECONDS = 90
"""How long one text may take."""
_SHOWN_ONLY = ("matplotlib", "matplotlib.pyplot", "seaborn", "IPython", "IPython.display")
"""Packages that only show things: where they are missing, something that answers everything stands for them."""


class _Stopped(BaseException):
    """The search of a file begins, and no further statement of the file is run."""


class _Searched(NamedTuple):
    """What the first search of a file is given."""

    hypermodel: Any
    given: tuple[Any, ...]
    named: dict[str, Any]


def told(text: str) -> dict[str, Any]:
    """The configurations of the first search of a text, each with its probability and the line on which it fails.

    `whole` says whether they are all that there are; `line` is where the function stands that builds them.
    """
    import keras_tuner

    searched = _until_the_search(text, keras_tuner)
    maker = searched.hypermodel
    trial = _trial(maker.build, _data(searched, keras_tuner), keras_tuner)
    leaves = _every_leaf(trial)
    whole = leaves is not None
    if leaves is None:
        draws = random.Random(1)
        leaves = [{**trial({}, draws)[0], "odds": 1 / MOST} for _ in range(MOST)]
    return {"leaves": leaves, "whole": whole, "line": _stands(maker.build) or _stands(maker._build)}


def _stands(function: Any) -> int | None:
    """The line of the text on which a function stands."""
    code = getattr(function, "__code__", None)
    return code.co_firstlineno if code is not None and code.co_filename == PATH else None


def _until_the_search(text: str, keras_tuner: Any) -> _Searched:
    """Runs a text until its first search, with tuners that build nothing when they are made."""
    from keras_tuner.src.engine.base_tuner import BaseTuner

    found: list[_Searched] = []

    def search(self: Any, *given: Any, **named: Any) -> None:
        found.append(_Searched(self.hypermodel, given, named))
        raise _Stopped

    with (
        mock.patch.object(BaseTuner, "search", search),
        mock.patch.object(BaseTuner, "_populate_initial_space", lambda self: None),
        contextlib.suppress(_Stopped),
    ):
        exec(compile(text, PATH, "exec"), {"__name__": "__main__", "__file__": PATH})
    if not found:
        raise LookupError("no search is begun")
    return found[0]


def _data(searched: _Searched, keras_tuner: Any) -> tuple[Any, Any] | None:
    """What a training step takes; None where the file trains in its own way or a search gets no data."""
    x = searched.named.get("x", searched.given[0] if searched.given else None)
    y = searched.named.get("y", searched.given[1] if len(searched.given) > 1 else None)
    own = type(searched.hypermodel).fit is not keras_tuner.HyperModel.fit
    return None if x is None or own else (x, y)


def _trial(build: Any, data: Any, keras_tuner: Any) -> Callable[..., tuple[dict[str, Any], dict[str, Any]]]:
    """A function that runs one configuration: what came of it, and the domains of what it read."""
    import keras

    def run(
        fixed: dict[str, Any], draws: random.Random | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        domains: dict[str, list[Any]] = {}

        class Asked(keras_tuner.HyperParameters):  # type: ignore[misc]
            def _retrieve(self, hp: Any) -> Any:
                if hp.name not in domains and self.is_active(hp):
                    domains[hp.name] = _values(hp, draws)
                    first = domains[hp.name][0] if draws is None else draws.choice(domains[hp.name])
                    self.values[hp.name] = fixed.get(hp.name, first)
                return super()._retrieve(hp)

        keras.backend.clear_session()
        hp = Asked()
        line, stage, message = _tried(build, hp, data)
        values = {name: hp.values[name] for name in domains}
        odds = 1.0
        for name in values:
            odds /= len(domains[name])
        leaf = {"values": values, "odds": odds, "line": line, "stage": stage, "message": message}
        return leaf, domains

    return run


def _every_leaf(trial: Any) -> list[dict[str, Any]] | None:
    """Every path through a tree of declarations; None where there are too many."""
    waiting: list[dict[str, Any]] = [{}]
    found: list[dict[str, Any]] = []
    while waiting:
        if len(found) + len(waiting) > MOST:
            return None
        fixed = waiting.pop()
        leaf, domains = trial(fixed)
        found.append(leaf)
        new = [name for name in domains if name not in fixed]
        # The others of each new name, with the first values of those before it.
        for index, name in enumerate(new):
            before = {**fixed, **{each: domains[each][0] for each in new[:index]}}
            waiting += [{**before, name: value} for value in domains[name][1:]]
    return found


def _values(hp: Any, draws: random.Random | None) -> list[Any]:
    if type(hp).__name__ == "Boolean":
        return [False, True]
    if type(hp).__name__ == "Fixed":
        return [hp.value]
    if type(hp).__name__ == "Choice":
        return list(hp.values)
    if hp.step is None and type(hp).__name__ == "Float":
        return [hp.default if draws is None else hp.random_sample(draws.random())]
    return sorted({hp.prob_to_value(step / 4000) for step in range(4001)} - {None})


def _tried(build: Any, hp: Any, data: Any) -> tuple[int | None, str | None, str]:
    """The line on which a configuration fails and whether it is while it is built; (None, None, "") where it trains."""
    try:
        model = build(hp)
    except Exception as error:
        return _line(error), "build", f"{type(error).__name__}: {error}"
    if data is None:
        return None, None, ""
    try:
        model.run_eagerly = True
        _step(model, *data)
    except Exception as error:
        return None, "step", f"{type(error).__name__}: {error}"
    return None, None, ""


def _step(model: Any, x: Any, y: Any) -> None:
    """One step of `fit`, on the first rows of arrays or the first batch of what gives batches."""
    import tensorflow as tf

    if isinstance(x, tf.data.Dataset):
        model.fit(x.take(1), verbose=0)
    elif y is None and not hasattr(x, "shape"):
        model.fit(x, steps_per_epoch=1, verbose=0)
    else:
        model.fit(_first(x), None if y is None else _first(y), verbose=0)


def _first(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: each[:BATCH] for name, each in given.items()}
    if isinstance(given, (list, tuple)) and hasattr(given[0], "shape"):
        return type(given)(each[:BATCH] for each in given)
    return given[:BATCH]


def _line(error: BaseException) -> int | None:
    lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == PATH]
    return lines[-1] if lines else None


def _loaded(
    rows: int, tests: int, shape: tuple[int, ...], classes: int, column: bool
) -> Callable[..., tuple[tuple[Any, Any], tuple[Any, Any]]]:
    """A loader of one of Keras's data sets, whose values nobody needs."""
    import numpy as np

    def labels(count: int) -> Any:
        each = (np.arange(count) % classes).astype("uint8")
        return each[:, None] if column else each

    return lambda *_, **__: (
        (np.zeros((rows, *shape), "uint8"), labels(rows)),
        (np.zeros((tests, *shape), "uint8"), labels(tests)),
    )


def _alone() -> Iterator[None]:
    """Nothing is downloaded, shown or left behind."""
    import keras

    def refused(*_: Any, **__: Any) -> None:
        raise ConnectionError("no network")

    socket.socket.connect = refused  # type: ignore[method-assign]
    for name in _SHOWN_ONLY:
        sys.modules.setdefault(name, mock.MagicMock())
    sets = keras.datasets
    sets.mnist.load_data = sets.fashion_mnist.load_data = _loaded(60000, 10000, (28, 28), 10, False)
    sets.cifar10.load_data = _loaded(2000, 400, (32, 32, 3), 10, True)
    sets.cifar100.load_data = _loaded(2000, 400, (32, 32, 3), 100, True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        yield
        os.chdir("/")


def _in_a_child(text: str) -> dict[str, Any]:
    """What a text comes to, from a process of its own that ends when its time is over."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(SECONDS)
        with os.fdopen(writing, "w") as answer:
            for _ in _alone():
                try:
                    found = told(text)
                except BaseException as error:
                    found = {"leaves": None, "error": f"{type(error).__name__}: {error}"}
            json.dump(found, answer, default=str)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        whole = answer.read()
    os.waitpid(child, 0)
    return json.loads(whole) if whole else {"leaves": None, "error": "it took too long"}


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr
    import keras  # noqa: F401
    import keras_tuner  # noqa: F401

    for line in sys.stdin:
        answers.write(json.dumps(_in_a_child(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
