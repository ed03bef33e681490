"""What really happens when a file is run: each in a process and a folder of its own, with today's Keras and Keras Tuner."""

from __future__ import annotations

import contextlib
import json
import linecache
import multiprocessing
import os
import re
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["raises", "every trial fails", "some trials fail", "ends", "no answer"]

SECONDS = 600.0
_MAGIC = re.compile(r"^[%!].*", re.MULTILINE)
"""What a notebook says to IPython or the shell, of which nothing here depends."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a file did: how it ended, what it raised and on which of its lines, and what became of its trials.

    `given_up` of the failed trials were ended by a FailedTrialError, as the file wants it. `sought` are the tuners'
    objectives ("min val_loss"), `backwards` those that ask for the worst models, as far as Keras Tuner knows the metric,
    `losses` and `metrics` what models were compiled with.
    """

    outcome: Outcome
    error: str | None = None
    line: int | None = None
    completed: int = 0
    failed: int = 0
    given_up: int = 0
    sought: tuple[str, ...] = ()
    backwards: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()

    @staticmethod
    def read(row: Mapping[str, Any]) -> Truth:
        """A truth from a row of JSON or TOML."""
        return Truth(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        )


def run(
    programs: Iterable[tuple[str, str]], until: float = float("inf"), seconds: float = SECONDS
) -> Iterator[tuple[tuple[str, str], Truth]]:
    """The truth of each program (a name and its text), one after the other.

    None is begun after `until`, a time of the monotonic clock.

    Keras is imported once, in a process that does nothing else, and each program runs in a fork of that one; one that
    reads or sets the environment before its imports gets a process that has imported nothing.
    """
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tensorflow", "keras", "keras_tuner"])
    fresh = multiprocessing.get_context("spawn")
    for each in programs:
        if time.monotonic() < until:
            yield each, _in_child(*each, fresh if "os.environ" in each[1] else forks, seconds)


def text_of(path: Path) -> str:
    """The program of a file: for a notebook its code cells, one after the other."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [each for each in json.loads(text)["cells"] if each["cell_type"] == "code"]
    return _MAGIC.sub("", "\n".join("".join(each["source"]) for each in cells))


def _in_child(name: str, text: str, context: Any, seconds: float) -> Truth:
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, name, text))
    child.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return Truth("no answer")
        return Truth(**ours.recv())
    except EOFError:
        raise RuntimeError(f"{name} ended without a word") from None
    finally:
        child.kill()
        child.join()


def _child(answer: Any, name: str, text: str) -> None:
    os.environ.update({"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"})
    with tempfile.TemporaryDirectory() as own, Path(os.devnull).open("w") as nowhere:
        os.chdir(own)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            found = _truth(str(Path(own) / f"{name}.py"), text)
    answer.send(found)


def _truth(path: str, text: str) -> dict[str, Any]:
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    error, line = None, None
    watched = _Watched()
    if "os.environ" not in text:
        watched.watch()
    try:
        exec(compile(text, path, "exec"), {"__name__": "__main__", "__file__": path})
    except BaseException as raised:
        error = type(raised).__name__
        frames = [each.lineno for each in traceback.extract_tb(raised.__traceback__) if each.filename == path]
        line = frames[-1] if frames else None
    tuners = [each for each in watched.tuners if hasattr(each, "oracle")]
    trials = [trial for tuner in tuners for trial in tuner.oracle.trials.values()]
    completed = sum(trial.status == "COMPLETED" for trial in trials)
    failed = len(trials) - completed
    return {
        "outcome": _outcome(error, completed, failed),
        "error": error,
        "line": line,
        "completed": completed,
        "failed": failed,
        "given_up": sum("FailedTrialError" in (trial.message or "") for trial in trials),
        "sought": tuple(sorted({_sought(each.oracle.objective) for each in tuners})),
        "backwards": tuple(sorted({_sought(each.oracle.objective) for each in tuners if _backwards(each)})),
        "losses": tuple(sorted(watched.losses)),
        "metrics": tuple(sorted(watched.metrics)),
    }


def _outcome(error: str | None, completed: int, failed: int) -> Outcome:
    if failed and not completed:
        return "every trial fails"
    if error is not None:
        return "raises"
    return "some trials fail" if failed else "ends"


def _sought(objective: Any) -> str:
    return f"{getattr(objective, 'direction', None)} {getattr(objective, 'name', None)}"


def _backwards(tuner: Any) -> bool:
    from keras_tuner.engine import metrics_tracking

    objective = tuner.oracle.objective
    # To look a metric up makes one, which starts TensorFlow: never in the process that the tests fork from.
    known = metrics_tracking.infer_metric_direction(getattr(objective, "name", ""))
    return known is not None and known != getattr(objective, "direction", None)


class _Watched:
    """The tuners that a program makes, and what it compiles models with."""

    def __init__(self) -> None:
        self.tuners: list[Any] = []
        self.losses: set[str] = set()
        self.metrics: set[str] = set()

    def watch(self) -> None:
        import keras
        import keras_tuner

        base = next(each for each in keras_tuner.Tuner.__mro__ if each.__name__ == "BaseTuner")
        make, compiled = base.__init__, keras.Model.compile

        def making(tuner: Any, *args: Any, **options: Any) -> None:
            # Before it is made: the constructor may raise, and a tuner that nothing holds is not lost.
            self.tuners.append(tuner)
            make(tuner, *args, **options)

        def compiling(model: Any, *args: Any, **options: Any) -> Any:
            given = {
                **dict(zip(("optimizer", "loss", "loss_weights", "metrics"), args, strict=False)),
                **options,
            }
            self.losses |= set(_named(given.get("loss")))
            self.metrics |= set(_named(given.get("metrics")))
            return compiled(model, *args, **options)

        # A model that is loaded is compiled only where its class has no `compile` of its own.
        holder = next(each for each in keras.Model.__mro__ if "compile" in vars(each))
        base.__init__, holder.compile = making, compiling


def _named(given: Any) -> Iterator[str]:
    """The names of functions and objects in what `compile` was given."""
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        for each in given:
            yield from _named(each)
    elif isinstance(given, str):
        yield given
    elif given is not None:
        home = getattr(given, "__module__", "") or type(given).__module__
        yield f"{home.partition('.')[0]}.{getattr(given, '__name__', type(given).__name__)}"
