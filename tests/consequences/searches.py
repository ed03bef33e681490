"""Small searches that fail in part, run for real in a process of their own: what is said of them is held against it."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypershape import analysis, source
from hypershape.model import Fate, Finding, Options
from hypershape.probe import Agent

SECONDS = 150.0

SCIKIT_LEARN = Path(__file__).parents[2] / ".tools" / "scikit-learn"
"""What BayesianOptimization needs; it stands by itself, since all other tests run without it, as many users do."""

Told = tuple[Finding, tuple[Fate, ...]]

TEXT = """
import keras
import keras_tuner as kt
import numpy as np
from keras import layers

def build_model(hp):
{body}
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, kernel), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model

tuner = kt.{tuner}(build_model, objective="loss", {arguments}, overwrite=True)
tuner.search(np.zeros((4, 8, 8, 1)), np.zeros((4, 1)), epochs=1, verbose=0)
"""


@dataclass(frozen=True)
class Seen:
    """What a real search came to."""

    trials: int
    failed: int
    end: str
    """How it ended: "refused" by the constructor, "aborted" by failures in a row, or "finished"."""


def script(body: str, tuner: str, arguments: str) -> str:
    lines = body.strip().splitlines()
    return TEXT.format(body="\n".join(f"    {line}" for line in lines), tuner=tuner, arguments=arguments)


def seen(text: str) -> Seen:
    """Runs a script's search; its tuner is `tuner`."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, text))
    child.start()
    theirs.close()
    try:
        assert ours.poll(SECONDS), "no answer in time"
        return Seen(*ours.recv())
    finally:
        child.kill()
        child.join()


def _child(answer: Any, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        os.chdir(folder)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        answer.send(_searched(text))


def telling() -> Iterator[Callable[[str], Told]]:
    """What is said of a script's convolution that is too large, and what becomes of its search."""
    # Imported before the first fork, so that each search has it at once.
    import keras_tuner  # noqa: F401

    loop = asyncio.new_event_loop()
    agent = Agent([sys.executable])

    def analyse(text: str) -> Told:
        document = source.from_text("/project/model.py", text)
        done = loop.run_until_complete(analysis.run(document, agent, Options(verify_fixes=False)))
        finding = next(each for each in done.findings if each.code == "HS201")
        return finding, done.targets[0].fates

    yield analyse
    loop.run_until_complete(agent.close())
    loop.close()


def _with_scikit_learn() -> None:
    """Gives Keras Tuner the package that was not there when it was imported."""
    sys.path.append(str(SCIKIT_LEARN))
    bayesian = importlib.import_module("keras_tuner.src.tuners.bayesian")
    for name in ("sklearn.exceptions", "sklearn.gaussian_process", "scipy.optimize"):
        package = name.partition(".")[0]
        importlib.import_module(name)
        setattr(bayesian, package, sys.modules[package])


def _searched(text: str) -> tuple[int, int, str]:
    if "BayesianOptimization" in text:
        _with_scikit_learn()
    making, _, searching = text.partition("tuner.search(")
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(making, "script.py", "exec"), names)
    except ValueError:
        return 0, 0, "refused"
    end = "finished"
    try:
        exec(compile(f"tuner.search({searching}", "script.py", "exec"), names)
    except RuntimeError:
        end = "aborted"
    trials = names["tuner"].oracle.trials.values()
    return len(trials), sum(each.status == "FAILED" for each in trials), end
