"""Data that no model learns from, and what Keras 3 calls otherwise: told as such, and repaired where they stand."""

import textwrap
from dataclasses import replace
from typing import Any

import pytest

from hypershape.model import Rehearsal, Stage
from hypershape.rules import findings

from .handmade import module, underlined
from .test_rules_rehearsed import TEXT as TRAINED_BY_KERAS
from .test_rules_rehearsed import analysis, failing_in_fit, rehearsal, repaired

TEXT = """
    import keras
    import keras_tuner as kt
    import numpy as np
    import pandas as pd

    table = pd.read_csv("table.csv")

    class Folds(kt.HyperModel):
        def build(self, hp):
            return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])

        def fit(self, hp, model, x, y, **kwargs):
            part = hp.Int("part", 0, 3)
            pairs = [(x[part], y[part])]
            return model.fit(x[part], y[part])

    tuner = kt.RandomSearch(Folds(), objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(rows, labels, validation_split=0.2)
"""
ARRAY = {"kind": "array", "shape": [9, 4]}
LISTS = {"0": {"kind": "list"}, "1": {"kind": "list"}}


def told(played: Rehearsal, text: str = TEXT) -> tuple[str, str]:
    """What is said of a rehearsal, and where."""
    read = module(text)
    played = replace(played, tuner=read.tuners[0].call.span)
    target = replace(analysis([]).targets[0], target=read.targets[0])
    state = replace(analysis([]), module=read, targets=(target,), rehearsals=(played,))
    (finding,) = [each for each in findings(state) if each.code.startswith("HS43")]
    return finding.message, underlined(finding, read)


def failed(type_name: str, message: str, stage: Stage = "fit", **facts: Any) -> Rehearsal:
    played = rehearsal({}, stage, message, facts=facts)
    assert played.error is not None
    return replace(played, error=replace(played.error, type=type_name))


@pytest.mark.parametrize(
    ("kind", "filled"),
    [
        ("array", "tuner.search(np.where(np.isfinite(rows), rows, np.nanmedian(rows, axis=0)), labels"),
        ("frame", "tuner.search(rows.fillna(rows.median()), labels"),
    ],
)
def test_numbers_that_are_none_are_found_in_the_data_and_filled(kind: str, filled: str) -> None:
    given = {"0": {"kind": kind, "finite_numbers": False}, "1": ARRAY}
    played = failed("NaN", "", search=given, score_is_no_number=True)
    message, where = told(played)
    assert "The inputs of the search hold NaN or infinite numbers" in message
    assert where == "rows"
    assert filled in repaired(played, TEXT)[0]


def test_a_loss_that_is_none_of_finite_data_is_not_laid_to_them() -> None:
    played = failed("NaN", "", search={"0": ARRAY, "1": ARRAY}, score_is_no_number=True)
    assert "The loss is NaN after a few batches" in told(played)[0]


@pytest.mark.parametrize("message", ["could not convert string to float: 'yes'", "Invalid dtype: object"])
def test_columns_of_texts_are_named_and_numbered(message: str) -> None:
    played = failed("ValueError", message, search={"0": {"kind": "frame", "texts": {"smoker": "yes"}}})
    said, where = told(played)
    assert "The column smoker of the data holds texts ('yes'), and Keras trains on numbers" in said
    assert where == "rows"
    numbered = 'table["smoker"] = table["smoker"].astype("category").cat.codes\n'
    assert numbered in repaired(played, TEXT)[0]


def test_lists_of_several_lengths_are_padded() -> None:
    given = {"0": {"kind": "array", "dtype": "object", "lengths": [1, 7]}, "1": ARRAY}
    played = failed("ValueError", "Invalid dtype: object", search=given)
    said, where = told(played)
    assert "The samples are lists of 1 to 7 numbers" in said
    assert where == "rows"
    assert "tuner.search(keras.utils.pad_sequences(rows), labels" in repaired(played, TEXT)[0]


def test_a_list_of_which_several_places_are_asked_is_given_as_an_array() -> None:
    message = "only integer scalar arrays can be converted to a scalar index"
    played = failing_in_fit(TEXT, "x[part]", "TypeError", message, search=LISTS)
    assert "a list, from which `x[part]` cannot take several places at once" in told(played)[0]
    assert "tuner.search(np.array(rows), np.array(labels)," in repaired(played, TEXT)[0]


def test_a_series_is_asked_by_the_number_of_a_row() -> None:
    played = failing_in_fit(TEXT, "x[part]", "KeyError", "1", by_label="Series")
    assert "`x[part]` asks a series of pandas for a label" in told(played)[0]
    first = repaired(played, TEXT)[0]
    assert "model.fit(x.iloc[part], y.iloc[part])" in first
    assert "(x.iloc[part], y.iloc[part])]" in first


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        (
            "scores = model.evaluate(x, y)\n            named = dict(zip(model.metrics_names, scores))",
            "scores = model.evaluate(x, y, return_dict=True)\n        named = scores",
        ),
        (
            "named = dict(zip(model.metrics_names, model.evaluate(x, y)))",
            "named = model.evaluate(x, y, return_dict=True)",
        ),
    ],
)
def test_metrics_are_asked_by_their_names(body: str, becomes: str) -> None:
    text = TEXT.replace("pairs = [(x[part], y[part])]", f"{body}\n            named['accuracy']")
    meant = {"written": "accuracy", "known": ["compile_metrics", "loss"]}
    played = failing_in_fit(text, "named['accuracy']", "KeyError", "accuracy", meant=meant)
    assert "`metrics_names` of Keras 3 are the loss and `compile_metrics`" in told(played, text)[0]
    assert becomes in repaired(played, text)[0]


def test_the_scale_of_a_loss_is_left_to_the_optimizer() -> None:
    lines = "scaled = opt.get_scaled_loss(y)\n            grads = opt.get_unscaled_gradients(scaled)"
    text = TEXT.replace("pairs = [(x[part], y[part])]", lines)
    message = "'Adam' object has no attribute 'get_scaled_loss'"
    played = failing_in_fit(text, "opt.get_scaled_loss", "AttributeError", message)
    assert "have `scale_loss`, and no `get_scaled_loss`" in told(played, text)[0]
    assert "scaled = opt.scale_loss(y)\n        grads = scaled" in repaired(played, text)[0]


def test_an_oracle_says_what_is_to_become_of_its_trial() -> None:
    text = TEXT.replace(
        "    class Folds",
        """
    class Own(kt.oracles.RandomSearchOracle):
        def populate_space(self, trial_id):
            return {"values": {}}

    class Folds""",
    )
    facts = {"method": "Own.populate_space", "key": "status"}
    played = failed("KeyError", "status", "search", lacking=facts)
    played = replace(played, trial=0)
    message, where = told(played, text)
    assert "`Own.populate_space` returns no 'status'" in message
    assert where == '{"values": {}}'
    assert 'return {"values": {}, "status": "RUNNING"}' in repaired(played, text)[0]


@pytest.mark.parametrize("given", ["dataset", "list"])
def test_validation_data_without_a_batch_is_told_as_such(given: str) -> None:
    text = TRAINED_BY_KERAS.replace("validation_data=(x, y)", "validation_data=held")
    facts: dict[str, Any] = {
        "search": {"validation_data": {"kind": given}},
        "reported": ["loss"],
        "tuner": {"objective": "val_loss"},
    }
    played = failed("KeyError", "val_loss", "objective", **facts)
    message, where = told(played, text)
    assert ("The validation data have not one batch" in message) == (given == "dataset")
    if given == "dataset":
        assert where == "held"
        assert repaired(played, text) == []


def test_a_traced_function_is_traced_for_each_model() -> None:
    text = """
        import keras
        import keras_tuner as kt
        import tensorflow as tf

        @tf.function
        def train_step(model, x):
            return model(x)

        class Loop(kt.HyperModel):
            def build(self, hp):
                return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])

            def fit(self, hp, model, x, **kwargs):
                for batch in x:
                    train_step(model, batch)
                return 1.0

        tuner = kt.RandomSearch(Loop(), max_trials=9, overwrite=True)
        tuner.search(rows)
    """
    message = "tf.function only supports singleton tf.Variables created on the first call."
    played = failing_in_fit(text, "train_step(model, batch)", "ValueError", message)
    assert "`train_step` is traced once for all trials" in told(played, text)[0]
    found = repaired(played, text)[0]
    assert "\n\ndef train_step(model, x):" in found
    assert "        traced_train_step = tf.function(train_step)\n        for batch in x:" in found
    assert "            traced_train_step(model, batch)" in found


def test_layers_that_a_call_makes_are_made_once() -> None:
    text = """
        import keras
        import keras_tuner as kt
        from keras import layers

        class Block(layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.units = units

            def call(self, x):
                h = layers.Dense(self.units)(x)
                return layers.Dense(x.shape[-1])(h) + x

        def build_model(hp):
            return keras.Sequential([Block(hp.Int("units", 1, 3))])

        tuner = kt.RandomSearch(build_model, "loss", max_trials=9, overwrite=True)
        tuner.search(rows, labels)
    """
    message = "tf.function only supports singleton tf.Variables created on the first call."
    played = failing_in_fit(text, "layers.Dense(self.units)(x)", "ValueError", message)
    assert "`Block.call` makes its layers anew each time it is called" in told(played, text)[0]
    found = repaired(played, text)[0]
    build = "    def build(self, input_shape):\n        self.dense_1 = layers.Dense(self.units)\n"
    assert f"{build}        self.dense_2 = layers.Dense(input_shape[-1])\n" in found
    assert "h = self.dense_1(x)\n        return self.dense_2(h) + x" in found


def test_a_layer_that_says_nothing_of_itself_is_saved_by_its_weights() -> None:
    text = TRAINED_BY_KERAS.replace(
        "callbacks=[Stop()]", 'callbacks=[keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)]'
    )
    message = "Object Lookup was created by passing non-serializable, must override `get_config()`"
    found = repaired(failed("NotImplementedError", message, "save"), text)
    saved = 'ModelCheckpoint("best.weights.h5", save_best_only=True, save_weights_only=True)'
    assert [saved in each for each in found] == [True]


def test_what_a_search_does_not_take_goes() -> None:
    message = "SklearnTuner.search() got an unexpected keyword argument 'validation_data'"
    played = replace(failed("TypeError", message, "search"), trial=0)
    found = repaired(played, TRAINED_BY_KERAS)[0]
    assert "tuner.search(x, y, callbacks=[Stop()])" in found


def test_a_key_that_is_not_there_is_told_with_those_that_are() -> None:
    meant = {"written": "val_los", "known": ["loss", "val_loss"]}
    played = failing_in_fit(TEXT, "y[part]", "KeyError", "val_los", meant=meant)
    assert "KeyError: there is no 'val_los', only loss and val_loss." in told(played)[0]
    many = {"written": "val_los", "known": [f"name_{each}" for each in range(20)]}
    played = failing_in_fit(TEXT, "y[part]", "KeyError", "val_los", meant=many)
    assert "KeyError: val_los." in told(played)[0]


def test_a_model_that_only_knows_how_to_train_is_told_so() -> None:
    steps = """
    class Net(keras.Model):
        def train_step(self, data):
            return {"loss": 0.0}

    class Folds"""
    text = TEXT.replace("\n    class Folds", steps)
    message = "No loss to compute. Provide a `loss` argument in `compile()`."
    assert (
        "`Net` has a `train_step` and no `test_step`"
        in told(failed("ValueError", message, "validate"), text)[0]
    )
    assert "No loss to compute" in told(failed("ValueError", message, "validate"))[0]


@pytest.mark.parametrize(
    ("step", "written"),
    [
        (
            """
            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    # What is missed.
                    miss = tf.reduce_mean(
                        tf.square(y - self(x, training=True))
                    )
                grads = tape.gradient(miss, self.trainable_weights)
                grads = [tf.clip_by_norm(each, 1.0) for each in grads]
                self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
                self.total.update_state(miss)
                return {"total": self.total.result()}""",
            """
            def test_step(self, data):
                x, y = data
                miss = tf.reduce_mean(
                    tf.square(y - self(x, training=False))
                )
                self.total.update_state(miss)
                return {"total": self.total.result()}""",
        ),
        (
            """
            def train_step(self, data):
                with tf.GradientTape() as tape:
                    miss = self.missed(data)
                norm = tf.norm(tape.gradient(miss, self.trainable_weights))
                return {"norm": norm}""",
            None,
        ),
        (
            """
            def train_step(self, data):
                with tf.GradientTape() as tape:
                    miss = self.missed(data)
                self.optimizer.minimize(miss, self.trainable_weights, tape)
                self.optimizer.learning_rate = 0.1
                return {"miss": miss}""",
            None,
        ),
        ("def train_step(self, data): return {}", None),
    ],
)
def test_a_model_that_only_knows_how_to_train_computes_the_same_without_gradients(
    step: str, written: str | None
) -> None:
    step, written = (
        textwrap.indent(textwrap.dedent(each or "").strip(), " " * 8) for each in (step, written)
    )
    text = TEXT.replace(
        "\n    class Folds",
        f"\n    import tensorflow as tf\n    class Net(keras.Model):\n{step}\n\n    class Folds",
    )
    found = repaired(failed("ValueError", "No loss to compute.", "validate"), text)
    given = [each for each in found if "def test_step" in each]
    assert [textwrap.indent(each, "    ").count(f"\n\n{written}\n") for each in given] == (
        [1] if written else []
    )


def test_a_callback_that_cannot_be_copied_shares_what_it_holds_with_its_copies() -> None:
    stop = """
    class Stop(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.log = open("log.txt", "w")

    class Folds"""
    text = TEXT.replace("\n    class Folds", stop)
    uncopied = {"class": "Stop", "names": ["log"]}
    played = failed("TypeError", "cannot pickle '_io.TextIOWrapper' object", "callbacks", uncopied=uncopied)
    assert "and `log` of `Stop` cannot be copied (TypeError" in told(played, text)[0]
    (found,) = [each for each in repaired(played, text) if "__deepcopy__" in each]
    assert "import copy\n" in found
    assert (
        '            if name != "log":\n                vars(other)[name] = copy.deepcopy(value, memo)'
        in found
    )
