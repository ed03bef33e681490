"""Runs a script's search for real, with Keras Tuner and random data, in a child process of its own."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TRIALS = 3
SAMPLES = 8
SECONDS = 120.0


def error_of(text: str, failing: Mapping[str, Any]) -> str | None:
    """The last line of what a search of the script ends with, or of its first failed trial; None if all is well.

    A script with a tuner uses that one. Otherwise its `build_model` is searched by a RandomSearch, in which the
    values of the `failing` configuration are fixed as far as the script still declares them.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, text, dict(failing)))
    child.start()
    theirs.close()
    try:
        return str(ours.recv()) or None if ours.poll(SECONDS) else "no answer in time"
    except EOFError:
        return "the process died"
    finally:
        child.kill()
        child.join()


def _child(answer: Any, text: str, failing: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        os.chdir(folder)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        captured = io.StringIO()
        try:
            with contextlib.redirect_stdout(captured), contextlib.redirect_stderr(captured):
                said = _searched(text, failing)
        except BaseException as error:
            # `search` quotes the last trial's traceback in a RuntimeError: its last line is the true error.
            lines = [line for line in str(error).strip().splitlines() if line.strip()] or [""]
            said = f"{type(error).__name__}: {lines[-1].strip()}"
        answer.send(said)


def _searched(text: str, failing: dict[str, Any]) -> str:
    """Searches as the script says; returns the message of the first failed trial, or an empty text."""
    import keras_tuner
    import numpy

    x, y = numpy.ones((SAMPLES, 4), "float32"), numpy.ones((SAMPLES, 1), "float32")
    names: dict[str, Any] = {"__name__": "__main__", "x": x, "y": y}
    exec(compile(text, "script.py", "exec"), names)
    tuner = next((each for each in names.values() if isinstance(each, keras_tuner.Tuner)), None)
    searched = tuner is not None and ".search(" in text
    if tuner is None:
        own = [each for each in names.values() if _is_hypermodel(each)]
        tuner = _tuner(own[0]() if own else names["build_model"], failing)
    if not searched:
        x, y = _data(text, tuner)
        tuner.search(x, y, epochs=1, verbose=0, validation_data=(x, y))
    trials = list(tuner.oracle.trials.values())
    failed = [each for each in trials if each.status in ("FAILED", "INVALID")]
    if failed:
        return (failed[0].message or "failed").strip().splitlines()[-1]
    return "" if trials else "no trial ran"


def _is_hypermodel(value: Any) -> bool:
    """Whether a name of a script is a HyperModel class of its own."""
    import keras_tuner

    return (
        isinstance(value, type)
        and issubclass(value, keras_tuner.HyperModel)
        and value.__module__ == "__main__"
    )


def _tuner(build: Any, failing: dict[str, Any]) -> Any:
    import keras_tuner

    declared = keras_tuner.HyperParameters()
    for name, value in failing.items():
        if value is not None:
            declared.Fixed(name, value)
    if not _still_possible(build, failing):
        declared = None
    return keras_tuner.RandomSearch(
        build,
        objective="loss",
        max_trials=TRIALS,
        hyperparameters=declared,
        max_consecutive_failed_trials=1,
        overwrite=True,
        seed=1,
    )


def _still_possible(build: Any, failing: dict[str, Any]) -> bool:
    """Whether the script can still draw every value of a configuration."""
    import keras_tuner

    declared = keras_tuner.HyperParameters()
    for name, value in failing.items():
        declared.values[name] = value
    with contextlib.suppress(Exception):
        getattr(build, "build", build)(declared)
    for each in declared.space:
        if each.name not in failing or failing[each.name] is None:
            continue
        value = failing[each.name]
        low, high = getattr(each, "min_value", None), getattr(each, "max_value", None)
        if low is not None and high is not None:
            if not low <= value <= high:
                return False
            if getattr(each, "step", None) and value not in list(each.values):
                return False
        elif (isinstance(each, keras_tuner.engine.hyperparameters.Choice) and value not in each.values) or (
            isinstance(each, keras_tuner.engine.hyperparameters.Fixed) and value != each.value
        ):
            return False
    return True


def _data(text: str, tuner: Any) -> tuple[Any, Any]:
    """Random samples of the declared shapes, else of those that the first model takes and gives."""
    import numpy

    from hypershape import source

    random = numpy.random.default_rng(0)
    targets = source.analyse(source.from_text("/project/model.py", text)).targets
    data = next((target.data for target in targets if target.data is not None), None)
    if data is not None and data.x:
        x = [random.random((SAMPLES, *shape), dtype="float32") for shape in data.x]
        y = [random.random((SAMPLES, *shape), dtype="float32") for shape in data.y]
        y = [each.round() if each.ndim == 1 else each for each in y]
        return (x if len(x) > 1 else x[0]), (y if len(y) != 1 else y[0])
    with contextlib.suppress(Exception):
        model = tuner.hypermodel.build(tuner.oracle.get_space())
        x = random.random((SAMPLES, *(size or 32 for size in model.input_shape[1:])), dtype="float32")
        # Of size 1, so that the loss takes it whatever width another configuration has.
        return x, random.random((SAMPLES, *(1 for _ in model.output_shape[1:])), dtype="float32")
    return numpy.zeros((SAMPLES, 4), "float32"), numpy.zeros((SAMPLES, 1), "float32")
