"""Small searches that are played for real: what fails in a trial is told with its stage and place, and nothing else is."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Collection, Iterable
from pathlib import Path
from textwrap import dedent

import pytest
import pytest_asyncio
from _pytest.mark import ParameterSet

from hypershape import source
from hypershape.model import Configuration, DeclaredData, Rehearsal
from hypershape.probe import Agent
from tests.thinned import one_of

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

HEAD = """
import keras
import keras_tuner as kt
import numpy as np
from keras import layers

x, y = np.random.rand(100, 5), np.random.rand(100, 1)

def build(hp):
    model = keras.Sequential([keras.Input((5,)), layers.Dense(hp.Int("units", 2, 6)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model
"""
TUNER = 'tuner = kt.RandomSearch(build, "val_loss", max_trials=4)\n'
SEARCH = "tuner.search(x, y, validation_split=0.2, epochs=3)\n"


def some(names: Iterable[str], long: Collection[str]) -> list[ParameterSet]:
    """Names of cases, of which those that take long and are of a kind with others are left to the long run."""
    return [pytest.param(each, marks=pytest.mark.long if each in long else ()) for each in names]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


async def played(
    agent: Agent,
    text: str,
    configuration: Configuration | None = None,
    path: str = "/tmp/user/model.py",
    seconds: float = 20.0,
    declared: DeclaredData | None = None,
) -> Rehearsal:
    (tuner,) = source.analyse(source.from_text(path, HEAD + dedent(text))).tuners
    assert tuner.rehearsal is not None
    return await agent.rehearse(
        tuner.rehearsal, configuration or {}, tuner.call.span, seconds, declared=declared
    )


def line(text: str, part: str) -> int:
    """The number of the line of a script that holds `part`."""
    return next(number for number, each in enumerate((HEAD + dedent(text)).splitlines(), 1) if part in each)


HEALTHY = {
    "what is asked afterwards": f"""
        {TUNER.strip()}
        {SEARCH.strip()}
        best = tuner.get_best_hyperparameters(3)[2]
        print(best.get("units"), tuner.get_best_models(2)[1].evaluate(x, y), tuner.results_summary())
    """,
    "a dataset without end": """
        import tensorflow as tf
        data = tf.data.Dataset.from_tensor_slices((x, y)).repeat().batch(16)
        tuner = kt.Hyperband(build, "val_mae", max_epochs=9)
        tuner.search(data, validation_data=data, steps_per_epoch=50, validation_steps=9, epochs=5)
    """,
    "copies of a model on several devices": """
        import tensorflow as tf

        strategy = tf.distribute.MirroredStrategy()
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4, distribution_strategy=strategy)
        tuner.search(x, y, validation_split=0.2)
        with strategy.scope():
            best = tuner.get_best_models()[0]
    """,
    "a fit that needs all the samples": """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                assert len(x) == 100
                return model.fit(x[90:], y[90:], batch_size=hp.Choice("batch", [2, 4]), **kwargs)

        tuner = kt.RandomSearch(Model(), kt.Objective("loss", "min"), max_trials=4)
        tuner.search(x, y, epochs=3)
    """,
    "a trial of the user's own": """
        class Folds(kt.RandomSearch):
            def run_trial(self, trial, x, y, epochs=50):
                model = self.hypermodel.build(trial.hyperparameters)
                model.fit(x, y, epochs=epochs)
                return model.evaluate(x, y)[0] + trial.hyperparameters.Float("more", 0, 1)

        tuner = Folds(build, max_trials=4)
        tuner.search(x, y)
    """,
    "callbacks that write into folders of the file": """
        import os
        from pathlib import Path

        if not os.path.exists("logs"):
            os.makedirs("logs")
        kept = Path("kept") / "models"
        kept.mkdir(parents=True)
        told = [keras.callbacks.CSVLogger("logs/log.csv"), keras.callbacks.CSVLogger(str(kept / "log.csv"))]
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(x, y, validation_split=0.2, callbacks=told)
    """,
    "batches of a fixed size": """
        def stateful(hp):
            given = keras.Input(batch_shape=(20, 5, 1))
            model = keras.Model(given, layers.Dense(1)(layers.LSTM(hp.Int("units", 2, 4), stateful=True)(given)))
            model.compile("sgd", "mse")
            return model

        tuner = kt.RandomSearch(stateful, "val_loss", max_trials=4)
        tuner.search(x[..., None], y, batch_size=20, shuffle=False, validation_data=(x[:40, :, None], y[:40]))
    """,
    "e-mail from where there is no network": f"""
        import smtplib

        class Tell(keras.callbacks.Callback):
            def on_train_end(self, logs=None):
                try:
                    smtplib.SMTP("mail.example.org").sendmail("a@example.org", ["b@example.org"], "done")
                except OSError:
                    print("no mail")

        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, callbacks=[Tell()])
    """,
    "predictions of all the samples": """
        class Scored(kt.RandomSearch):
            def run_trial(self, trial, x, y):
                model = self.hypermodel.build(trial.hyperparameters)
                model.fit(x, y)
                return float(np.mean(np.abs(model.predict(x) - y)))

        tuner = Scored(build, max_trials=4)
        tuner.search(np.tile(x, (10, 1)), np.tile(y, (10, 1)))
    """,
    "a long loop over a dataset": """
        import time
        import tensorflow as tf

        class Loop(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, data, **kwargs):
                for epoch in range(3):
                    for inputs, targets in data:
                        until = time.process_time() + 0.5
                        while time.process_time() < until:
                            pass
                return model.evaluate(data)[0]

        tuner = kt.RandomSearch(Loop(), max_trials=4)
        tuner.search(tf.data.Dataset.from_tensor_slices((x, y)).repeat(100).batch(10))
    """,
    "a callback that holds its tuner": f"""
        class Holds(keras.callbacks.Callback):
            def __init__(self, tuner):
                super().__init__()
                self.tuner = tuner

        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, callbacks=[Holds(tuner)])
    """,
    "a class whose constructor does more than to make an object": f"""
        import logging
        import os
        import threading

        class Project:
            def __init__(self, name):
                os.makedirs(name, exist_ok=True)
                logging.basicConfig(filename=os.path.join(name, "log.txt"), force=True)
                logging.warning("begun")
                os.environ["PROJECT"] = name
                keras.utils.set_random_seed(3)
                self.watch = threading.Thread(target=threading.Event().wait, daemon=True)
                self.watch.start()

        class Model(kt.HyperModel):
            def __init__(self, project):
                super().__init__()
                with open(os.path.join(os.environ["PROJECT"], "models.txt"), "w") as out:
                    out.write("none yet")

            def build(self, hp):
                return build(hp)

        tuner = kt.RandomSearch(Model(Project("tuning")), "val_loss", max_trials=4)
        {SEARCH.strip()}
    """,
    "data that would take hours": f"""
        table = np.zeros((100, 6))
        for row in range(10 ** 12):
            table[row % 100] += 1e-9
        x, y = table[:, :5], table[:, 5:]
        {TUNER.strip()}
        {SEARCH.strip()}
    """,
    "a dataset of which each batch takes long": """
        import time
        import tensorflow as tf

        def slow(index):
            until = time.process_time() + 0.3
            while time.process_time() < until:
                pass
            return np.ones((4, 5), "float32"), np.ones((4, 1), "float32")

        def read(index):
            first, second = tf.numpy_function(slow, [index], [tf.float32, tf.float32])
            return tf.ensure_shape(first, (4, 5)), tf.ensure_shape(second, (4, 1))

        data = tf.data.Dataset.range(100_000).map(read)
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(data, validation_data=data.take(1_000), epochs=20)
    """,
    "a generator without end": """
        def batches():
            while True:
                yield x[:10], y[:10]

        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(batches(), validation_data=batches(), validation_steps=3, epochs=20)
    """,
    "a patient callback that counts batches": f"""
        class Steady(keras.callbacks.Callback):
            def __init__(self, patience):
                super().__init__()
                self.patience = patience

            def on_epoch_begin(self, epoch, logs=None):
                self.losses = []

            def on_train_batch_end(self, batch, logs=None):
                self.losses.append(logs["loss"])

            def on_epoch_end(self, epoch, logs=None):
                if sum(self.losses) / len(self.losses) > 1e9:
                    self.patience -= 1

        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, epochs=9, callbacks=[Steady(3)])
    """,
    "files that callbacks write": f"""
        {TUNER.strip()}
        keep = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
        tuner.search(x, y, validation_split=0.2, epochs=3, callbacks=[keep])
    """,
    "labels that a function reads from files that are not there": """
        import os

        def main():
            labels = []
            for name in os.listdir("nowhere"):
                labels.append(name == "cat")
            classes = keras.utils.to_categorical(labels, num_classes=100)
            tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
            tuner.search(x, np.array(labels), validation_data=(x, classes))

        main()
    """,
}


UNHURRIED = {
    "copies of a model on several devices",
    "batches of a fixed size",
    "a long loop over a dataset",
    "data that would take hours",
    "a dataset of which each batch takes long",
}


@pytest.mark.parametrize("name", some(HEALTHY, UNHURRIED.union(list(HEALTHY)[1::2])))
async def test_what_works_in_a_search_works_in_a_rehearsal(agent: Agent, name: str, tmp_path: Path) -> None:
    found = await played(agent, HEALTHY[name], path=str(tmp_path / "model.py"))
    assert (found.verdict, found.error) == ("ok", None)
    assert (found.facts["trials"], found.facts["completed"]) == (2, 2)
    assert list(tmp_path.iterdir()) == [], "nothing of it reaches the user's folder"


FAULTS = {
    "tuner": ('tuner = kt.RandomSearch(build(kt.HyperParameters()), "val_loss")', "build(kt.", True, 0),
    "search": (f"{TUNER}tuner.oracle.populate_space = None\n{SEARCH}", "tuner.search", True, 0),
    "fit": (f"{TUNER}tuner.search(x, y[1:], validation_split=0.2)", None, False, 1),
    "callbacks": (
        f"import threading\n{TUNER}stop = keras.callbacks.Callback()\nstop.lock = threading.Lock()\n"
        "tuner.search(x, y, validation_split=0.2, callbacks=[stop])",
        None,
        True,
        1,
    ),
    "objective": (f"{TUNER.replace('val_loss', 'val_mae')}tuner.search(x, y)", None, False, 1),
    "after": (f'{TUNER}{SEARCH}print(tuner.get_best_hyperparameters()[0].get("unit"))', '"unit"', False, 0),
}


@pytest.mark.parametrize("stage", FAULTS)
async def test_a_failure_is_told_with_its_stage_and_place(agent: Agent, stage: str) -> None:
    text, place, fatal, trial = FAULTS[stage]
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.fatal, found.trial) == ("fail", stage, fatal, trial)
    assert found.error is not None
    assert [frame.span.line for frame in found.error.frames] == ([line(text, place)] if place else [])
    assert found.tolerated == (None if stage == "tuner" else 3)


VALIDATES = """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            return {"loss": keras.ops.mean(self(data[0]))}

    def own(hp):
        hp.Int("units", 1, 3)
        model = Net()
        model.compile("sgd")
        return model

    tuner = kt.RandomSearch(own, "val_loss", max_trials=4)
    tuner.search(x, y, validation_split=0.2)
"""


async def test_what_only_validation_needs_is_missed(agent: Agent) -> None:
    found = await played(agent, VALIDATES)
    assert (found.verdict, found.stage) == ("fail", "validate")


async def test_what_cannot_be_saved_is_found_when_it_is_saved(agent: Agent, tmp_path: Path) -> None:
    text = """
        class Lookup(layers.Layer):
            def __init__(self, table, **kwargs):
                super().__init__(**kwargs)
                self.table = table

            def call(self, x):
                return x

        def own(hp):
            model = keras.Sequential([keras.Input((5,)), Lookup(np.eye(5)), layers.Dense(hp.Int("units", 1, 1))])
            model.compile("sgd", "mse")
            return model

        tuner = kt.RandomSearch(own, "val_loss", max_trials=4)
        keep = keras.callbacks.ModelCheckpoint("best.keras")
        tuner.search(x, y, validation_split=0.2, callbacks=[keep])
    """
    found = await played(agent, text, path=str(tmp_path / "model.py"))
    assert (found.verdict, found.stage) == ("fail", "save")


@pytest.mark.long
async def test_a_model_that_is_loaded_after_the_search_is_compiled_as_it_was_saved(
    agent: Agent, tmp_path: Path
) -> None:
    text = f"""
        def rmse(y_true, y_pred):
            return keras.ops.sqrt(keras.ops.mean((y_true - y_pred) ** 2))

        known = build
        def build(hp):
            model = known(hp)
            model.compile("sgd", rmse)
            return model

        {TUNER.strip()}
        {SEARCH.strip()}
        tuner.get_best_models()[0].save("best.keras")
        best = keras.models.load_model("best.keras")
    """
    found = await played(agent, text, path=str(tmp_path / "model.py"))
    assert (found.verdict, found.stage, found.error and found.error.type) == ("fail", "after", "TypeError")
    assert found.error is not None
    assert found.error.frames[-1].span.line == line(text, "load_model")
    told = text.replace('load_model("best.keras"', 'load_model("best.keras", dict(rmse=rmse)')
    assert (await played(agent, told, path=str(tmp_path / "model.py"))).verdict == "ok"


async def test_what_the_first_trial_uses_up_fails_in_the_second(agent: Agent) -> None:
    text = """
        def batches():
            for start in range(0, 100, 10):
                yield x[start : start + 10], y[start : start + 10]

        tuner = kt.RandomSearch(build, "loss", max_trials=4)
        tuner.search(batches(), steps_per_epoch=10, epochs=1)
    """
    found = await played(agent, text)
    assert (found.verdict, found.trial, found.facts["completed"]) == ("fail", 2, 1)


async def test_a_dataset_over_a_generator_that_is_used_up_fails_in_the_second_trial(agent: Agent) -> None:
    text = """
        import tensorflow as tf

        def batches():
            for start in range(0, 100, 10):
                yield x[start : start + 10], y[start : start + 10]

        kinds = (tf.TensorSpec((None, 5), tf.float64), tf.TensorSpec((None, 1), tf.float64))
        once = batches()
        tuner = kt.RandomSearch(build, "loss", max_trials=4)
        tuner.search(tf.data.Dataset.from_generator(lambda: {0}, output_signature=kinds))
    """
    found = await played(agent, text.format("once"))
    assert (found.verdict, found.trial) == ("fail", 2)
    assert (await played(agent, text.format("batches()"))).verdict == "ok"


async def test_a_trial_has_the_configuration_at_hand_also_what_only_the_training_declares(
    agent: Agent,
) -> None:
    text = """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                if hp.Choice("window", [5, 7]) == 7:
                    raise RuntimeError(hp.get("units"))
                return model.fit(x, y, **kwargs)

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y)
    """
    usual = await played(agent, text, {"units": 3})
    assert usual.verdict == "ok"
    assert dict(usual.values) == {"units": 3, "window": 5}
    assert {each.name: each.values for each in usual.hyperparameters}["window"] == (5, 7)
    failing = await played(agent, text, {"units": 3, "window": 7})
    assert failing.error is not None
    assert (failing.error.type, failing.error.message) == ("RuntimeError", "3")
    assert failing.error.frames[-1].span.line == line(text, "raise RuntimeError")


async def test_the_second_trial_differs_from_the_first_in_nothing(agent: Agent) -> None:
    text = """
        SEEN = []

        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                hp.Float("rate", 0, 1)
                if hp.Boolean("wide"):
                    hp.Int("width", 1, 1000)
                SEEN.append(dict(hp.values))
                if len(SEEN) == 2:
                    raise RuntimeError(SEEN[0] == SEEN[1])
                return model.fit(x, y, **kwargs)

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y)
    """
    found = await played(agent, text, {"wide": True})
    assert found.error is not None
    assert (found.trial, found.error.message) == (2, "True")


async def test_messages_name_the_folder_that_the_file_asks_for(agent: Agent) -> None:
    text = """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, callbacks=None, **kwargs):
                return model.fit(x, y, **kwargs)

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4, directory="runs", project_name="mine")
        tuner.search(x, y)
        tuner.get_best_models()
    """
    found = await played(agent, text)
    assert found.error is not None
    assert (found.stage, "'runs/mine/trial_" in found.error.message) == ("after", True)


async def test_a_token_that_no_embedding_has_is_met_and_the_layer_is_named(agent: Agent) -> None:
    text = """
        def own(hp):
            model = keras.Sequential([
                keras.Input((3,)),
                layers.Embedding(hp.Choice("words", [100, 1000]), 4),
                layers.Flatten(),
                layers.Dense(1),
            ])
            model.compile("sgd", "mse")
            return model

        tokens = np.zeros((5000, 3), "int32")
        tokens[4321, 1] = 500
        tuner = kt.RandomSearch(own, "loss", max_trials=4)
        tuner.search(tokens, np.zeros(5000))
    """
    found = await played(agent, text)
    assert found.verdict == "fail"
    assert found.error is not None
    assert found.error.frames[-1].span.line == line(text, "layers.Embedding")
    assert found.facts["search"]["0"]["max"] == 500
    assert (await played(agent, text, {"words": 1000})).verdict == "ok"


UNKNOWN = {
    "a fit without end": (
        """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                while True:
                    pass

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y)
        """,
        "TimeLimit",
    ),
    "the network in a training of the user's own": (
        """
        import urllib.request

        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                urllib.request.urlopen("http://example.org").read()
                return model.fit(x, y, **kwargs)

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y)
        """,
        "Refused",
    ),
    "data that is not there beside a shape that the model does not take": (
        f"""
        missing = np.load("nowhere.npy")
        {TUNER.strip()}
        tuner.search(x[:, :2], y, validation_data=(missing, y))
        """,
        "Missing",
    ),
    "training of the user's own on data that is not there": (
        """
        x = np.load("nowhere.npy")

        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                return model.fit(x.iloc[:10], y[:10], **kwargs)

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y)
        """,
        "Missing",
    ),
    "a loop of the user's own that got only a part of its data": (
        """
        import time
        import tensorflow as tf

        class Loop(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, data, **kwargs):
                seen = []
                for inputs, targets in data:
                    until = time.process_time() + 0.5
                    while time.process_time() < until:
                        pass
                    seen.append(targets)
                return float(np.mean(np.concatenate(seen) - np.tile(y, (100, 1))))

        tuner = kt.RandomSearch(Loop(), max_trials=4)
        tuner.search(tf.data.Dataset.from_tensor_slices((x, y)).repeat(100).batch(10))
        """,
        "TimeLimit",
    ),
    "a trial given up on purpose": (
        f"""
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                raise kt.errors.FailedTrialError("too large")

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        {SEARCH.strip()}
        """,
        "FailedTrialError",
    ),
}


SILENCED = {
    "the network": """
        import socket

        class Bad(keras.callbacks.Callback):
            def on_train_end(self, logs=None):
                socket.create_connection(("localhost", 9))
    """,
    "what is made of an answer from the network": """
        import urllib.request

        def fetched(address):
            try:
                return urllib.request.urlopen(address).read()
            except OSError:
                return None

        class Bad(keras.callbacks.Callback):
            def on_train_end(self, logs=None):
                print(fetched("http://example.org").decode())
    """,
    "a program": """
        import subprocess

        class Bad(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                used = subprocess.check_output(["nvidia-smi", "--query-gpu=memory.used", "--format=csv"])
                print(int(used.split()[0]))
    """,
    "the server of TensorBoard": """
        import subprocess

        class Bad(keras.callbacks.TensorBoard):
            def on_train_begin(self, logs=None):
                super().on_train_begin(logs)
                self.server = subprocess.Popen(["tensorboard", "--logdir", "logs"])

            def on_train_end(self, logs=None):
                super().on_train_end(logs)
                self.server.terminate()
    """,
    "a file in another folder": """
        import os

        class Bad(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                with open("/var/hypershape-test-log.txt", "a") as out:
                    out.write(str(logs))
    """,
    "a download": """
        import urllib.request

        class Bad(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                urllib.request.urlretrieve("https://example.org/labels.txt", "labels.txt")
    """,
}


@pytest.mark.parametrize("name", some(SILENCED, SILENCED.keys() - {"the network", "a program"}))
async def test_what_a_callback_is_refused_costs_only_that_callback(
    agent: Agent, name: str, tmp_path: Path
) -> None:
    search = """
        {tuner}
        tuner.search(x, y, validation_split=0.2, epochs=3, callbacks=[Bad()])
    """
    text = dedent(SILENCED[name]) + dedent(search)
    path = str(tmp_path / "model.py")
    found = await played(agent, text.format(tuner=TUNER.strip()), path=path)
    assert (found.verdict, found.error) == ("ok", None)
    assert list(found.facts["silenced"]) == ["Bad"]
    later = await played(agent, text.format(tuner=TUNER.replace("val_loss", "val_mae").strip()), path=path)
    assert later.verdict == "ok"
    other = 'tuner = kt.RandomSearch(build, kt.Objective("val_auc", "max"), max_trials=4)'
    failing = await played(agent, text.format(tuner=other), path=path)
    assert (failing.verdict, failing.stage) == ("fail", "objective")
    assert not Path("/var/hypershape-test-log.txt").exists()


@pytest.mark.long
async def test_a_callback_of_a_package_that_is_not_there_costs_only_that_callback(agent: Agent) -> None:
    text = """
        import trackers_r_us
        from trackers_r_us.keras import Tracker

        trackers_r_us.init(project="tuning")
        {tuner}
        tuner.search(x, y, validation_split=0.2, callbacks=[Tracker(log=True), keras.callbacks.EarlyStopping()])
    """
    found = await played(agent, text.format(tuner=TUNER.strip()))
    assert (found.verdict, list(found.facts["silenced"])) == ("ok", ["Tracker"])
    assert found.facts["absent"] == ["trackers_r_us"]
    other = 'tuner = kt.RandomSearch(build, kt.Objective("val_auc", "max"), max_trials=4)'
    failing = await played(agent, text.format(tuner=other))
    assert (failing.verdict, failing.stage) == ("fail", "objective")


async def test_a_callback_that_waits_for_something_better_is_told_that_nothing_comes(agent: Agent) -> None:
    text = """
        def own(hp):
            model = keras.Sequential([keras.Input((5,)), layers.Dense(hp.Int("units", 1, 1))])
            rates = keras.optimizers.schedules.CosineDecay(0.01, 1000)
            model.compile(keras.optimizers.SGD(rates), "mse")
            return model

        tuner = kt.RandomSearch(own, "val_loss", max_trials=4)
        lower = keras.callbacks.ReduceLROnPlateau("val_loss", patience={patience})
        tuner.search(x, y, validation_split=0.2, epochs=8, callbacks=[lower])
    """
    found = await played(agent, text.format(patience=3))
    assert (found.verdict, found.stage, found.error and found.error.type) == (
        "fail",
        "callbacks",
        "TypeError",
    )
    assert found.facts["waited"] == {"class": "ReduceLROnPlateau", "monitor": "val_loss", "epochs": 3}
    assert (await played(agent, text.format(patience=30))).verdict == "ok", "the search is over before that"


async def test_what_cannot_be_made_before_the_tuner_ends_the_file(agent: Agent) -> None:
    text = f"""
        slower = keras.callbacks.ReduceLROnPlateau(factor=2.0)
        watchers = [slower]
        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, callbacks=watchers)
    """
    found = await played(agent, text)
    assert found.error is not None
    assert (found.verdict, found.stage, found.fatal) == ("fail", "slice", True)
    assert found.error.frames[-1].span.line == line(text, "factor=2.0")


async def test_arguments_that_nothing_takes_end_the_file_whatever_their_values_are(agent: Agent) -> None:
    text = f"""
        class Own(kt.HyperModel):
            def __init__(self, shape):
                self.build = build

        def main():
            x = np.load("nowhere.npy")
            model = Own(input_shape=x.shape[1:])
            tuner = kt.RandomSearch(model, "val_loss", max_trials=4)
            {SEARCH.strip()}

        main()
    """
    found = await played(agent, text)
    assert found.error is not None
    assert (found.verdict, found.stage, found.fatal) == ("fail", "slice", True)
    assert found.error.frames[-1].span.line == line(text, "Own(input_shape")


async def test_a_statement_of_missing_data_before_the_tuner_is_no_failure(agent: Agent) -> None:
    text = f"""
        def made(size):
            return size
        table = np.load("nowhere.npy").rename(columns=dict(a="b"))
        own = made(**table)
        labels = keras.utils.to_categorical(np.load("nowhere.npy"), num_classes=3)
        shown = keras.utils.load_img("nowhere.png")
        base = keras.models.load_model("nowhere.keras")
        words = layers.TextVectorization(vocabulary="words.txt")
        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, callbacks=[keras.callbacks.LambdaCallback()] if (shown, base) is (labels, words) else [])
    """
    assert (await played(agent, text)).verdict == "ok"


async def test_a_step_that_fails_by_the_size_assumed_of_a_name_that_nothing_defines_is_not_told(
    agent: Agent,
) -> None:
    text = f"""
        def wide(hp):
            model = keras.Sequential([keras.Input((5,)), layers.Dense(hp.Int("units", 2, 6)), layers.Dense(CLASSES)])
            model.compile("sgd", "binary_crossentropy")
            return model
        tuner = kt.RandomSearch(wide, "val_loss", max_trials=4)
        {SEARCH.strip()}
    """
    assert (await played(agent, text)).verdict == "unknown"


async def test_what_the_models_of_two_trials_have_in_common_is_seen(agent: Agent) -> None:
    text = """
        SETTINGS = {"optimizer": keras.optimizers.Adam(), "loss": "mse"}
        head = layers.Dense(1, name="head")

        def own(hp):
            model = keras.Sequential([keras.Input((5,)), layers.Dense(hp.Int("units", 2, 4)), head])
            model.compile(**SETTINGS)
            return model

        tuner = kt.RandomSearch(own, "val_loss", max_trials=4)
        tuner.search(x, y, validation_split=0.2)
    """
    found = await played(agent, text)
    shared = {each["kind"]: each["frame"]["span"]["line"] for each in found.facts["shared"]}
    assert shared == {"optimizer": line(text, "model.compile(**"), "layer": line(text, "head = ")}
    assert (await played(agent, TUNER + SEARCH)).facts["shared"] == []


async def test_what_a_model_gives_is_known_beside_its_labels(agent: Agent) -> None:
    text = """
        def own(hp):
            inputs = keras.Input((5,))
            scores = layers.Dense(hp.Choice("width", [1, 3]))(inputs)
            model = keras.Model(inputs, layers.Activation("softmax")(scores))
            model.compile(loss=keras.losses.CategoricalCrossentropy())
            return model

        tuner = kt.RandomSearch(own, "val_loss", max_trials=4)
        tuner.search(x, y * 50, validation_split=0.2)
    """
    (output,) = (await played(agent, text)).facts["compared"]
    assert (output["loss"], output["from_logits"], output["width"]) == ("categorical_crossentropy", False, 1)
    assert (output["activation"], output["least"], output["most"]) == ("softmax", 1.0, 1.0)
    assert output["made"]["span"]["line"] == line(text, "Activation")
    assert 40 < output["labels"]["max"] < 50
    (wider,) = (await played(agent, text, {"width": 3})).facts["compared"]
    assert (wider["width"], wider["least"], wider["most"]) == (3, 0.0, 1.0)


FIRST_BATCHES = {
    "a generator": """
        def batches():
            while True:
                yield x[:10], y[:10] + 7

        data = batches()
    """,
    "a dataset class": """
        class Batches(keras.utils.PyDataset):
            def __len__(self):
                return 5

            def __getitem__(self, index):
                return x[:10], y[:10] + 7

        data = Batches()
    """,
    "a dataset": """
        import tensorflow as tf

        data = tf.data.Dataset.from_tensor_slices((x, y + 7)).batch(10)
    """,
}


@pytest.mark.parametrize("name", one_of(3, FIRST_BATCHES))
async def test_the_labels_of_what_gives_batches_are_known(agent: Agent, name: str) -> None:
    search = 'tuner = kt.RandomSearch(build, "loss", max_trials=4)\ntuner.search(data, steps_per_epoch=3)'
    found = await played(agent, dedent(FIRST_BATCHES[name]) + search)
    assert found.verdict == "ok"
    (output,) = found.facts["compared"]
    assert 7 <= output["labels"]["min"] < output["labels"]["max"] <= 8


async def test_a_compiled_step_that_fails_names_the_line_in_which_it_does(agent: Agent) -> None:
    text = """
        class Spread(keras.metrics.Metric):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.total = self.add_weight(shape=(10, 1), initializer="zeros")

            def update_state(self, y_true, y_pred, sample_weight=None):
                self.total.assign_add(y_pred - keras.ops.cast(y_true, y_pred.dtype))

            def result(self):
                return keras.ops.mean(self.total)

        def own(hp):
            model = build(hp)
            model.compile(loss="mse", metrics=[Spread(name="spread")])
            return model

        tuner = kt.RandomSearch(own, kt.Objective("spread", "min"), max_trials=4)
        tuner.search(x, y, batch_size=8)
    """
    found = await played(agent, text)
    assert (found.verdict, found.stage) == ("fail", "fit")
    assert found.error is not None
    assert found.error.frames[-1].span.line == line(text, "assign_add")


async def test_a_callback_that_a_loop_calls_without_its_model_is_named(agent: Agent) -> None:
    text = """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, callbacks=(), **kwargs):
                for each in callbacks:
                    each.on_epoch_end(0, {"loss": 1.0})
                return 1.0

        tuner = kt.RandomSearch(Model(), "loss", max_trials=4)
        tuner.search(x, y, callbacks=[keras.callbacks.ReduceLROnPlateau("loss")])
    """
    found = await played(agent, text)
    assert (found.verdict, found.facts["without_model"]) == ("fail", "ReduceLROnPlateau")


async def test_the_first_trial_has_all_that_a_dataset_yields_once(agent: Agent) -> None:
    text = """
        import tensorflow as tf

        stock = iter(range(2))

        def batches():
            for _ in stock:
                yield x[:10], y[:10]

        data = tf.data.Dataset.from_generator(
            batches,
            output_signature=(tf.TensorSpec((None, 5), tf.float32), tf.TensorSpec((None, 1), tf.float32)),
        ).apply(tf.data.experimental.assert_cardinality(2))
        tuner = kt.RandomSearch(build, "loss", max_trials=4)
        tuner.search(data)
    """
    found = await played(agent, text)
    assert (found.verdict, found.trial) == ("fail", 2)


async def test_a_method_that_gives_no_metrics_back_is_named(agent: Agent) -> None:
    text = """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, *args, **kwargs):
                if hp.Boolean("told"):
                    return model.fit(*args, **kwargs)
                model.fit(*args, **kwargs)

        tuner = kt.RandomSearch(Model(), "val_loss", max_trials=4)
        tuner.search(x, y, validation_split=0.2)
    """
    found = await played(agent, text)
    assert (found.verdict, found.fatal, found.facts["nothing"]) == ("fail", True, "Model.fit")
    assert {each.name for each in found.hyperparameters} == {"units", "told"}
    assert "nothing" not in (await played(agent, text, {"told": True})).facts


@pytest.mark.parametrize("name", one_of(2, UNKNOWN))
async def test_what_says_nothing_about_the_search_is_unknown(agent: Agent, name: str) -> None:
    text, kind = UNKNOWN[name]
    found = await played(agent, text, seconds=3.0 if name == "a fit without end" else 20.0)
    assert found.verdict == "unknown"
    assert found.error is not None
    assert found.error.type == kind


async def test_data_of_declared_shapes_are_as_good_as_data_at_hand(agent: Agent) -> None:
    text = """
        x, y = np.load("nowhere.npy"), np.load("labels.npy")
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(x, y, validation_split=0.2)
    """
    fitting, other = DeclaredData(x=((5,),), y=((1,),)), DeclaredData(x=((4,),), y=((1,),))
    assert (await played(agent, text, declared=fitting)).verdict == "ok"
    found = await played(agent, text, declared=other)
    assert (found.verdict, found.stage) == ("fail", "fit")
    assert found.error is not None
    assert "4" in found.error.message


async def test_a_tuner_that_waits_for_a_chief_is_not_played() -> None:
    agent = Agent([sys.executable], env={"KERASTUNER_ORACLE_IP": "10.0.0.1"})
    try:
        found = await played(agent, TUNER + SEARCH)
    finally:
        await agent.close()
    assert (found.verdict, found.error and found.error.type) == ("unknown", "Chief")


async def test_what_no_data_decides_is_found_without_the_data(agent: Agent) -> None:
    text = """
        x, y = np.load("nowhere.npy"), np.load("labels.npy")

        class Told(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                print(logs["val_error"])

        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(x, y=y, validation_split=0.2, callbacks=[Told()])
    """
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.assumed) == ("fail", "callbacks", True)
    assert found.error is not None
    assert found.error.frames[-1].span.line == line(text, "logs[")
    assert found.facts["meant"]["written"] == "val_error"
    assert {"val_loss", "val_mae"} <= set(found.facts["meant"]["known"])


WITHOUT_DATA = {
    "of numbers": """
        def main():
            x, y = np.load("nowhere.npy"), np.load("labels.npy")
            tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
            tuner.search(x, y, validation_split=0.2)
            loss, error, more = tuner.get_best_models()[0].evaluate(x, y)

        main()
    """,
    "in a function": """
        def main():
            x, y = np.load("nowhere.npy"), np.load("labels.npy")
            tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
            tuner.search(x, y, validation_split=0.2)
            best = tuner.get_best_models()[0]
            print(best.evaluate(x, y), best.predict(x))
            best.save("model")

        main()
    """,
    "in a block": """
        if __name__ == "__main__":
            x, y = np.load("nowhere.npy"), np.load("labels.npy")
            tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
            tuner.search(x, y, validation_split=0.2)
            best = tuner.hypermodel.build(tuner.get_best_hyperparameters()[0])
            best.fit(x, y, epochs=3)
            best.save("model")
    """,
    "of a name of its own": """
        def main():
            x = np.load("nowhere.npy")
            tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
            tuner.search(x, y, validation_split=0.2)
            best = {"units": best["units"], "tuner": tuner}

        main()
    """,
}


@pytest.mark.parametrize("name", one_of(2, WITHOUT_DATA))
async def test_what_follows_a_search_is_found_where_its_data_is_not_at_hand(agent: Agent, name: str) -> None:
    text = WITHOUT_DATA[name]
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.assumed) == ("fail", "after", True)
    assert found.error is not None
    assert found.error.frames[-1].span.line == len((HEAD + dedent(text)).rpartition("best")[0].splitlines())


async def test_a_failure_long_after_the_network_was_refused_is_told(agent: Agent) -> None:
    text = f"""
        import smtplib

        class Tell(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                try:
                    smtplib.SMTP("mail.example.org")
                except OSError:
                    pass

        class Told(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                print(logs["val_error"])

        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, callbacks=[Tell(), Told()])
    """
    found = await played(agent, text)
    assert found.error is not None
    assert (found.verdict, found.error.type, found.error.message) == ("fail", "KeyError", "val_error")


async def test_a_value_that_an_edited_space_does_not_have_is_not_forced_upon_it(agent: Agent) -> None:
    found = await played(agent, TUNER + SEARCH, {"units": 9})
    assert dict(found.values) == {"units": 2}


@pytest.mark.parametrize(("asked", "had"), [(8, 8), (9, 4)])
async def test_nor_is_one_that_only_the_training_declares(agent: Agent, asked: int, had: int) -> None:
    text = IN_FIT.replace(
        "y, **kwargs).history", 'y, batch_size=hp.Choice("batch", [4, 8]), **kwargs).history'
    )
    text %= (0, 1)
    found = await played(agent, text, {"batch": asked})
    assert (found.verdict, found.values["batch"]) == ("ok", had)


@pytest.mark.parametrize("stage", some(["fit", "objective"], ["objective"]))
async def test_a_keras_tuner_without_its_private_part_of_a_trial_is_watched_from_outside(stage: str) -> None:
    name = "keras_tuner.Tuner._run_and_update_trial"
    agent = Agent([sys.executable], env={"HYPERSHAPE_WITHOUT": name})
    try:
        assert (await played(agent, TUNER + SEARCH)).verdict == "ok"
        found = await played(agent, FAULTS[stage][0])
    finally:
        await agent.close()
    assert found.error is not None
    if stage == "fit":
        assert (found.verdict, found.stage, found.trial) == ("fail", "fit", 1)
    else:
        assert (found.verdict, found.error.type) == ("unknown", "Results")


async def test_the_names_that_a_fit_returned_are_known_where_keras_tuner_refuses_them(agent: Agent) -> None:
    text = """
        class Model(kt.HyperModel):
            def build(self, hp):
                return build(hp)

            def fit(self, hp, model, x, y, **kwargs):
                return {"mae": model.fit(x, y, **kwargs).history["mae"][-1]}

        tuner = kt.RandomSearch(Model(), "val_mae", max_trials=4)
        tuner.search(x, y)
    """
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.facts["reported"]) == ("fail", "objective", ["mae"])


async def test_a_callback_that_cannot_be_made_in_the_search_is_not_the_tuner(agent: Agent) -> None:
    text = """
        tuner = kt.RandomSearch(build, "val_loss", max_trials=4)
        tuner.search(x, y, callbacks=[keras.callbacks.ModelCheckpoint("best.txt")])
    """
    found = await played(agent, text)
    assert found.error is not None
    assert (found.verdict, found.fatal, found.error.frames[-1].span.line) == (
        "fail",
        True,
        line(text, "ModelCheckpoint"),
    )


async def test_a_file_that_is_not_at_hand_is_no_failure_of_a_search(agent: Agent) -> None:
    found = await played(agent, f'{TUNER}tuner.search(np.load("nowhere.npy"), y)\n')
    assert (found.verdict, found.error and found.error.type) == ("unknown", "Missing")


async def test_what_only_the_second_epoch_meets_is_met(agent: Agent) -> None:
    text = f"""
        class Later(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch:
                    print(logs["loss"])

        {TUNER.strip()}
        tuner.search(x, y, validation_split=0.2, epochs=9, callbacks=[Later()])
    """
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.error and found.error.type) == ("fail", "callbacks", "KeyError")


IN_FIT = """
    class Model(kt.HyperModel):
        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, x, y, **kwargs):
            history = model.fit(x, y, **kwargs).history
            return history["loss"][%d]

    tuner = kt.RandomSearch(Model(), max_trials=4, overwrite=True)
    tuner.search(x, y, epochs=%d, verbose=0)
"""

IN_CALLBACK = """
    class Last(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.losses = []

        def on_train_batch_end(self, batch, logs=None):
            self.losses.append(logs["loss"])

        def on_train_end(self, logs=None):
            self.losses[%d]

    tuner = kt.RandomSearch(build, "loss", max_trials=4, overwrite=True)
    tuner.search(x, y, epochs=%d, batch_size=10, callbacks=[Last()], verbose=0)
"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (IN_FIT % (4, 5), "ok"),
        (IN_FIT % (5, 5), "fail"),
        (IN_FIT % (5, 5000), "unknown"),
        (IN_CALLBACK % (49, 5), "ok"),
        (IN_CALLBACK % (50, 5), "fail"),
    ],
)
async def test_what_only_a_whole_training_has_is_not_missed(agent: Agent, text: str, verdict: str) -> None:
    assert (await played(agent, text)).verdict == verdict


@pytest.mark.parametrize("place", [0, 4])
async def test_a_trial_that_was_played_twice_tells_no_time(agent: Agent, place: int) -> None:
    found = await played(agent, IN_FIT % (place, 5))
    assert found.facts["cost"]["trials"][0].get("more", False) is (place == 4)


AFTER = """
    tuner = kt.RandomSearch(build, "loss", max_trials=4, overwrite=True)
    tuner.search(x, y, epochs=2, verbose=0)
"""


@pytest.mark.parametrize(
    ("line", "verdict", "fact"),
    [
        ("[tuner.get_best_models()[0].fit(x, y, epochs=5).history][0]['val_loss']", "fail", "meant"),
        ("tuner.get_best_models()[0].fit(x, y, epochs=5).history['loss'][4]", "ok", None),
        (
            "{str(t.hyperparameters.get('units')): t for t in tuner.oracle.get_best_trials(4)}['4']",
            "unknown",
            None,
        ),
        ("one, = tuner.get_best_models()[0].evaluate(x, y), 2", "unknown", None),
    ],
)
async def test_what_other_trials_or_epochs_would_bring_is_no_failure_after_a_search(
    agent: Agent, line: str, verdict: str, fact: str | None
) -> None:
    found = await played(agent, AFTER + "    " + line)
    assert (found.verdict, fact is None or fact in found.facts) == (verdict, True)


@pytest.mark.long
async def test_values_that_have_nothing_to_do_with_the_search_fail_after_it_as_they_are(agent: Agent) -> None:
    text = f"""
        one = x[0]
        {TUNER.strip()}
        {SEARCH.strip()}
        best = tuner.get_best_models()[0]
        print(best.predict(x[:1])[one.shape[1]])
    """
    found = await played(agent, text)
    assert (found.verdict, found.stage, found.error and found.error.type) == ("fail", "after", "IndexError")
    filled = text.replace("one = x[0]", "one = list(x[0])").replace("one.shape[1]", "one[7]")
    assert (await played(agent, filled)).verdict == "unknown", "trials may fill a list"


async def test_a_callback_itself_has_nothing_of_what_its_copies_saw(agent: Agent) -> None:
    text = IN_CALLBACK.replace("self.losses[%d]", "pass").replace("epochs=%d", "epochs=2")
    text = text.replace("callbacks=[Last()]", "callbacks=[last]").replace(
        "    tuner = ", "    last = Last()\n    tuner = "
    )
    found = await played(agent, text + "    print(last.losses)")
    assert (found.stage, found.facts["copied"]) == ("after", "Last")


async def test_the_numbers_that_evaluate_gives_are_told_by_their_names(agent: Agent) -> None:
    text = """
        def measured(hp):
            model = build(hp)
            model.compile("sgd", "mse", metrics=["mae", "mape"])
            return model

        tuner = kt.RandomSearch(measured, "loss", max_trials=4, overwrite=True)
        tuner.search(x, y, verbose=0)
        loss, error = tuner.get_best_models(1)[0].evaluate(x, y)
    """
    found = await played(agent, text)
    assert (found.stage, found.facts["numbers"]) == ("after", ["loss", "mae", "mape"])


SECOND = """
    first = kt.RandomSearch(build, "loss", max_trials=2, directory="a", project_name="one", overwrite=True)
    first.search(x, y, verbose=0)
    best = first.get_best_hyperparameters()
    second = kt.RandomSearch(build, "loss", max_trials=2, hyperparameters=best%s, directory="a", project_name="one",
        overwrite=True)
    second.search(x, y, verbose=0)
    first.get_best_models()
"""


PROMOTED = {
    "a model that has no weights before its first batch": (
        """
        class Own(keras.Model):
            def __init__(self, units):
                super().__init__()
                self.inner = layers.Dense(units)

            def call(self, inputs):
                return self.inner(inputs)

        class Space(kt.HyperModel):
            def build(self, hp):
                model = Own(hp.Int("units", 1, 60))
                model.compile("sgd", "mse")
                return model

        tuner = kt.Hyperband(Space(), "loss", max_epochs=4)
        tuner.search(x, y)
        """,
        "ValueError",
    ),
    "weights that are there": ('kt.Hyperband(build, "loss", max_epochs=4).search(x, y)', None),
    "no trial that is promoted": ('kt.Hyperband(build, "loss", max_epochs=2).search(x, y)', "unknown"),
    "a builder that fails for once": (
        """
        built = []

        def counted(hp):
            built.append(hp)
            if len(built) > 3:
                raise ValueError("too many")
            return build(hp)

        tuner = kt.Hyperband(counted, "loss", max_epochs=4)
        tuner.search(x, y)
        """,
        "unknown",
    ),
}


@pytest.mark.parametrize("name", PROMOTED)
async def test_how_a_trial_begins_that_hyperband_promotes(agent: Agent, name: str) -> None:
    """Two trials have passed, and the search is not to blame for what the third is told of."""
    text, raised = PROMOTED[name]
    found = await played(agent, text)
    assert (found.verdict, found.facts["trials"], found.facts["completed"]) == ("ok", 2, 2), found.error
    told = found.facts.get("promoted", {"error": {"type": "unknown"}})["error"]
    assert (told and told["type"]) == raised


@pytest.mark.parametrize(("index", "first"), [("", "fail"), ("[0]", "ok")])
async def test_a_tuner_made_of_what_a_search_found_is_refused_after_that_search(
    agent: Agent, index: str, first: str
) -> None:
    tuners = source.analyse(source.from_text("/tmp/user/model.py", HEAD + dedent(SECOND % index))).tuners
    found = [
        await agent.rehearse(each.rehearsal, {}, each.call.span, 20.0) for each in tuners if each.rehearsal
    ]
    assert [each.verdict for each in found] == [first, "unknown"]
    assert found[0].stage == ("after" if first == "fail" else None)
    assert found[0].facts.get("hyperparameters") == ("list" if first == "fail" else None)


async def test_a_tuner_that_is_asked_before_its_own_search_fails(agent: Agent) -> None:
    text = """
        tuner = kt.RandomSearch(build, "loss", max_trials=2, overwrite=True)
        best = tuner.get_best_models()[0]
        tuner.search(x, y, verbose=0)
    """
    found = await played(agent, text)
    assert (found.verdict, found.facts.get("before_search")) == ("fail", True)


async def test_a_trial_that_trains_several_times_is_played_once_and_counts_as_often(agent: Agent) -> None:
    text = AFTER.replace("max_trials=4,", "max_trials=4, executions_per_trial=3,")
    found = await played(agent, text)
    first = found.facts["cost"]["trials"][0]
    assert found.verdict == "ok"
    assert found.facts["tuner"]["executions_per_trial"] == 3
    assert len(first["trainings"]) == 3


async def test_after_a_search_a_long_training_costs_no_more_than_a_short_one(agent: Agent) -> None:
    fit = "tuner.get_best_models()[0].fit(x, y, epochs=%d, verbose=0)"
    long = f"    history = {fit % 10_000}\n    assert len(history.epoch) == len(history.history['loss']) == 10_000\n"
    assert (await played(agent, AFTER + long, seconds=10)).verdict == "ok"


OLD_COPY = "from tensorflow.python.keras.datasets import cifar10"


@pytest.mark.parametrize(
    ("line", "stage"),
    [(OLD_COPY, "slice"), (f"try:\n    {OLD_COPY}\nexcept ImportError:\n    cifar10 = None", None)],
)
async def test_an_import_of_what_the_package_at_hand_lacks_ends_the_file_before_its_search(
    agent: Agent, line: str, stage: str | None
) -> None:
    given = "x if cifar10 is None else cifar10.load_data()"
    found = await played(agent, f"{line}\n{TUNER.strip()}\ntuner.search({given}, y, validation_split=0.2)\n")
    assert (found.verdict, found.stage) == ("ok" if stage is None else "fail", stage)


async def test_a_hundred_best_models_take_no_longer_than_a_few(agent: Agent) -> None:
    text = (
        AFTER.replace("max_trials=4,", "max_trials=900,")
        + "    best = tuner.get_best_models(num_models=900)\n"
    )
    found = await played(agent, text + "    assert len(best) == 900 and best[0] is not best[1]\n", seconds=15)
    assert found.verdict == "ok"


@pytest.mark.long
async def test_what_swallows_that_its_time_is_over_is_told_so_again(agent: Agent) -> None:
    waits = "try:\n    while tuner.oracle: pass\nexcept:\n    while tuner.oracle: pass\n"
    found = await played(agent, dedent(AFTER) + waits, seconds=6)
    assert found.verdict == "unknown"
    assert found.error is not None and found.error.message == "It took more than 6 s."
