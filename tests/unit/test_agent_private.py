"""A Keras or a Keras Tuner that lacks a private name: probes get slower, or one sentence says why there are none."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .engine_child import in_child, probe

pytest.importorskip("keras_tuner")

from hypershape.agent import private

AGENT = Path(private.__file__).parent
SOURCE = """
import keras
from keras import layers

def build(hp):
    model = keras.Sequential([
        keras.Input((12, 12, 1)),
        layers.Conv2D(4, hp.Int("kernel", 3, 15, step=2)),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(3, activation="softmax"),
    ])
    loss = hp.Choice("loss", ["sparse_categorical_crossentropy", "rmse"])
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model
"""
CONFIGURATIONS = ({}, {"kernel": 5}, {"kernel": 13}, {"kernel": 15}, {"loss": "rmse"}, {"kernel": 5})
VERDICTS = ["ok", "ok", "fail", "fail", "fail", "ok"]


def _without(name: str, work: Any) -> Any:
    """The result of work in a process whose agent is imported anew, and finds everything but this name."""

    def hidden() -> Any:
        os.environ[private.HIDING] = name
        for module in [each for each in sys.modules if each.startswith("hypershape.agent")]:
            del sys.modules[module]
        return work()

    return in_child(hidden)


def _probed() -> list[Any]:
    from . import engine_child

    return engine_child._probe(SOURCE, CONFIGURATIONS, None, "symbolic", "build")


def _described() -> dict[str, Any]:
    return importlib.import_module("hypershape.agent.engine").describe()


def _described_and_probed() -> tuple[dict[str, Any], list[Any]]:
    return _described(), _probed()


def _each(names: list[private.Private]) -> list[Any]:
    """One name of each group in every run of the tests: what is missing decides what is done without it."""
    groups = [each.group for each in names]
    firsts = {groups.index(group) for group in groups}
    return [
        pytest.param(each, id=each.name, marks=() if place in firsts else pytest.mark.long)
        for place, each in enumerate(names)
    ]


USED = [each for each in private.TABLE if each.seen.startswith("Keras 3") or each.group == private.COUNT]
SPACE = [each for each in private.TABLE if each.group == private.SPACE and each not in USED]


@pytest.mark.tensorflow
@pytest.mark.parametrize("each", _each(USED))
def test_a_keras_without_one_private_name_gets_the_same_verdicts_and_names_what_is_missing(
    each: private.Private,
) -> None:
    found, reports = _without(each.name, _described_and_probed)
    assert [report["verdict"] for report in reports] == VERDICTS
    assert [report["error"] and report["error"]["type"] for report in reports][2:4] == ["ValueError"] * 2
    _says_what_is_missing(each, found)


@pytest.mark.tensorflow
@pytest.mark.parametrize("each", _each(SPACE))
def test_the_environment_names_what_is_missing(each: private.Private) -> None:
    _says_what_is_missing(each, _without(each.name, _described))


def _says_what_is_missing(each: private.Private, found: dict[str, Any]) -> None:
    assert found["lacks"] == (each.name,)
    assert found["symbolic"] == (each.group not in (private.VALUES, private.STEP))
    assert (found["problem"] is not None) == (each.group == private.SPACE)
    assert found["problem"] is None or each.name.partition(".")[2] in found["problem"]


@pytest.mark.tensorflow
def test_a_range_is_sampled_where_its_values_cannot_be_asked_for() -> None:
    name = "keras_tuner.src.engine.hyperparameters.hp_types.int_hp.Int._get_n_values"
    kernel = next(new for new in _without(name, _probed)[0]["new"] if new["name"] == "kernel")
    assert (kernel["values"], kernel["count"], kernel["step"]) == (None, None, 2)


@pytest.mark.tensorflow
def test_what_is_hidden_was_used() -> None:
    """Nothing is hidden here, so that the tests above would notice a name that nobody asks for."""
    assert [report["verdict"] for report in probe(SOURCE, *CONFIGURATIONS)] == VERDICTS
    found = _without("", _described)
    assert (found["lacks"], found["symbolic"], found["problem"]) == ((), True, None)


@pytest.mark.tensorflow
def test_every_group_says_what_happens_without_it() -> None:
    assert {each.group for each in private.TABLE} == set(private.WITHOUT)
    assert all(each.seen for each in private.TABLE)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("hide", "code", "said"),
    [
        ("keras.Variable._deferred_initialize", 1, "HS201"),
        ("keras_tuner.HyperParameters._retrieve", 2, "has no HyperParameters._retrieve"),
    ],
)
def test_check_gives_the_verdict_or_says_why_it_cannot(
    hide: str, code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "model.py").write_text(SOURCE.replace("def build(hp)", "def build_model(hp)"))
    command = [sys.executable, "-m", "hypershape", "check", "model.py", "--python", sys.executable]
    environment = {**os.environ, private.HIDING: hide}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


# ------------------------------------------------------------------- the door, held by the text of the agent


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(AGENT.glob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _own_names() -> set[str]:
    """What the agent's own classes and modules call private."""
    own: set[str] = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                own.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
                own.add(node.attr)
    return own


def _private_names() -> Iterator[tuple[str, str]]:
    """Every name with an underscore that is asked of something, as an attribute or by `getattr` and its like."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                yield path.name, node.attr
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "getattr",
                "hasattr",
                "setattr",
            ):
                for argument in node.args[1:2]:
                    if isinstance(argument, ast.Constant):
                        yield path.name, str(argument.value)


STANDARD = {
    "_exit",
    "_getframe",
    "_asdict",
    "_replace",
    "_fields",
    "_Environ",
    "_args_from_interpreter_flags",
    "_handle",
}
ASKED = {
    "_is_compiled": "Keras 2 alone, where Keras 3 has the public `compiled`",
    "_loss_weights": "an older name beside `_user_loss_weights`, for a key of what is remembered",
    "_hypershape_": "our own",
    "_initialize": "of TensorFlow's lazy loader, which is left as it is where it has none",
    "_reshuffle_each_iteration": "of a `tf.data` pipeline; without it nothing is told of halves that are drawn anew",
    "_drop_remainder": "of a batching step of a `tf.data` pipeline; its last batch counts where nothing is said of it",
    "_input_dataset": "of a step of a `tf.data` pipeline, on the way to the one that batches; no batch size is told without",
    "_validation_split": "of an `ImageDataGenerator`: what it keeps for validation, none where it says nothing",
    "_fn": "of a metric that averages a function; without it the metric goes by its class",
    "_save_trial": "set on a simulated oracle to spare it files in a scratch folder; it is never asked for",
}
"""What is asked for with an answer of its own where it is missing."""


def test_no_private_name_is_used_past_the_door() -> None:
    listed = {each.name.rpartition(".")[2] for each in private.TABLE} | _own_names() | STANDARD | set(ASKED)
    past = {
        (path, name) for path, name in _private_names() if name.startswith("_") and not name.startswith("__")
    }
    assert {(path, name) for path, name in past if name not in listed} == set()


def test_nothing_but_the_door_imports_from_inside_keras() -> None:
    for path, tree in _trees():
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.startswith(("keras.src", "keras_tuner.src")) for name in names), path


@pytest.mark.tensorflow
def test_modules_of_keras_that_are_compared_by_name_exist() -> None:
    texts = {
        node.value.rstrip(".")
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(("keras.src.", "keras_tuner.src.")) and " " not in node.value
    }
    listed = {each.name for each in private.TABLE}
    homes = {
        text for text in texts if not any(name == text or name.startswith(text + ".") for name in listed)
    }
    assert homes
    for home in homes:
        importlib.import_module(home)
