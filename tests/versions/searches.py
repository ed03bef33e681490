"""`python -m tests.versions.searches BACKEND`: small searches that run and such as fail, in code of each backend.

Prints, as one line of JSON, which of them fail in the interpreter that runs this. Of those a rehearsal is to tell an
error, and of no other.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

SECONDS = 240.0

_HEAD = """\
import numpy as np
import keras
import keras_tuner as kt
from keras import layers
{imports}

rng = np.random.default_rng(0)
x = rng.normal(size=(64, 12)).astype("float32")
y = rng.integers(0, {labels}, size=(64,))

"""
_BUILD = """
def build(hp):
    model = keras.Sequential(
        [keras.Input((12,)), layers.Dense(hp.Choice("units", [4, 8])), layers.Dense(3, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


"""
_TUNER = """
tuner = kt.{tuner}, max_trials=2, directory="found", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0{more})
"""
_FIT = """
class Space(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.Input((12,)), layers.Dense(hp.Choice("units", [4, 8])), layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        return model

    def fit(self, hp, model, x, y, **kwargs):
        if hp.Boolean("scale"):
            x = (x - x.mean(0)) / x.std(0)
        return model.fit(x, y, batch_size=hp.Choice("batch", [8, 16]), **kwargs)


"""
_LAYER = """
@keras.utils.register_keras_serializable()
class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def build(hp):
    model = keras.Sequential(
        [keras.Input((12,)), Scale(hp.Choice("factor", [0.5, 2.0])), layers.Dense(3, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


"""
_STEP = """
class Stepped(keras.Model):
{step}

def build(hp):
    inputs = keras.Input((12,))
    hidden = layers.Dense(hp.Choice("units", [4, 8]), activation="relu")(inputs)
    model = Stepped(inputs, layers.Dense(3, activation="softmax")(hidden))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


"""
_STEPS = {
    "tensorflow": """\
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            out = self(x, training=True)
            loss = self.compute_loss(x, y, out)
        {read}
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return self.compute_metrics(x, y, out, None)
""",
    "torch": """\
    def train_step(self, data):
        x, y = data
        self.zero_grad()
        out = self(x, training=True)
        loss = self.compute_loss(x, y, out)
        {read}
        loss.backward()
        with torch.no_grad():
            self.optimizer.apply([each.value.grad for each in self.trainable_weights], self.trainable_weights)
        return self.compute_metrics(x, y, out, None)
""",
    "jax": """\
    def loss_of(self, trainable, others, x, y):
        out, others = self.stateless_call(trainable, others, x, training=True)
        return self.compute_loss(x, y, out), (out, others)

    def train_step(self, state, data):
        trainable, others, optimizer, metrics = state
        x, y = data
        (loss, (out, others)), gradients = jax.value_and_grad(self.loss_of, has_aux=True)(trainable, others, x, y)
        {read}
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
        return {{"loss": loss}}, (trainable, others, optimizer, metrics)
""",
}
_IMPORTS = {"tensorflow": "import tensorflow as tf", "torch": "import torch", "jax": "import jax"}
_LOOP = """
class Loop(kt.RandomSearch):
    def run_trial(self, trial, x, y, epochs, **kwargs):
        model = self.hypermodel.build(trial.hyperparameters)
        size = trial.hyperparameters.Choice("batch", [8, 16])
        for _ in range(epochs):
            for start in range(0, len(x), size):
                model.train_on_batch(x[start : start + size], y[start : start + size])
        return model.evaluate(x, y, verbose=0, return_dict=True)["{metric}"]


"""
_CALLBACK = """
class Watch(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["{metric}"] > 0.9


"""
_BY_LOSS = 'RandomSearch(build, "val_loss"'
_CHECKPOINT = ', callbacks=[keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)]'


def searches(backend: str) -> dict[str, str]:
    """The text of each search, by what it does."""

    def text(body: str, tuner: str = _BY_LOSS, labels: int = 3, more: str = "", after: str = "") -> str:
        head = _HEAD.format(imports=_IMPORTS[backend], labels=labels)
        return head + body + _TUNER.format(tuner=tuner, more=more) + after

    def step(read: str) -> str:
        return _STEP.format(step=_STEPS[backend].format(read=read))

    metric = 'RandomSearch(Space(), kt.Objective("val_mae", "min")'
    looped = "{}(hypermodel=build"
    return {
        "a model that is asked for afterwards": text(
            _BUILD,
            'RandomSearch(build, "val_accuracy"',
            after="best = tuner.get_best_models()[0]\nbest.evaluate(x, y)\n",
        ),
        "a fit with values of its own": text(_FIT, metric),
        "a layer that is saved": text(
            _LAYER, more=_CHECKPOINT, after='tuner.get_best_models()[0].save("last.keras")\n'
        ),
        "a step of the model's own": text(step("pass")),
        "a loop over batches": text(
            _BUILD + _LOOP.format(metric="loss"), looped.format("RandomSearch")
        ).replace("tuner = kt.RandomSearch", "tuner = Loop"),
        "a step that reads its loss": text(
            step("share = float(loss.numpy())" if backend != "jax" else "share = float(loss)")
        ),
        "a loop that reports what it lacks": text(
            _BUILD + _LOOP.format(metric="val_loss"), looped.format("RandomSearch")
        ).replace("tuner = kt.RandomSearch", "tuner = Loop"),
        "labels beyond the classes": text(_BUILD, labels=6),
        "an objective that nothing reports": text(
            _BUILD, 'RandomSearch(build, kt.Objective("val_acc", "max")'
        ),
        "a callback that asks for what logs lack": text(
            _BUILD + _CALLBACK.format(metric="val_f1"), more=", callbacks=[Watch()]"
        ),
        "a callback that asks for what logs have": text(
            _BUILD + _CALLBACK.format(metric="val_accuracy"), more=", callbacks=[Watch()]"
        ),
    }


def main() -> None:
    import keras  # noqa: F401  (once, before the forks)
    import keras_tuner  # noqa: F401

    failing = {name: _fails(text) for name, text in searches(sys.argv[1]).items()}
    print(json.dumps(failing))


def _fails(text: str) -> bool:
    """Whether a search, in a process and a folder of its own, raises or has no trial that completes."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child: Any = context.Process(target=_child, args=(theirs, text))
    child.start()
    theirs.close()
    try:
        if not ours.poll(SECONDS):
            raise RuntimeError(f"no answer in {SECONDS:.0f} s")
        return bool(ours.recv())
    finally:
        child.kill()
        child.join()


def _child(answer: Any, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        os.chdir(folder)
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            names: dict[str, Any] = {"__name__": "__main__"}
            try:
                exec(compile(text, "search.py", "exec"), names)
            except Exception:
                answer.send(True)
                return
        trials = names["tuner"].oracle.trials.values()
        answer.send(not any(each.status == "COMPLETED" for each in trials))


if __name__ == "__main__":
    main()
