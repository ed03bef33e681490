"""What a training counts and is given as a float is told where the file says it, and made a whole number."""

import numpy

from hypershape.agent import facts

from .test_rules_contents import failed, told
from .test_rules_rehearsed import repaired

TEXT = """
    import keras
    import keras_tuner as kt

    def build_model(hp):
        model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])
        model.compile(loss="mse")
        return model

    class Batches(kt.RandomSearch):
        def run_trial(self, trial, *args, **kwargs):
            kwargs["batch_size"] = 2 ** trial.hyperparameters.Float("log2", 3, 6, step=1)
            return super().run_trial(trial, *args, **kwargs)

    tuner = Batches(build_model, objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y, validation_split=0.2)
"""


def test_a_fraction_of_a_count_is_told_where_it_is_said_and_made_whole() -> None:
    played = failed(
        "TypeError", "Expected int32 passed to parameter 'size' of op 'Slice'", fractions={"batch_size": 8.0}
    )
    message, where = told(played, TEXT)
    assert (
        "The training is given batch_size=8.0, which is a float and no whole number (TypeError)." in message
    )
    assert where == '2 ** trial.hyperparameters.Float("log2", 3, 6, step=1)'
    fixed = 'kwargs["batch_size"] = int(2 ** trial.hyperparameters.Float("log2", 3, 6, step=1))'
    assert fixed in repaired(played, TEXT)[0]


def test_an_error_of_another_kind_is_not_laid_to_it() -> None:
    assert "whole" not in told(failed("ValueError", "no", fractions={"batch_size": 8.0}), TEXT)[0]


def test_only_floats_among_what_is_counted_are_fractions() -> None:
    given = {"batch_size": numpy.float32(8), "epochs": 3, "validation_split": 0.2, "steps_per_epoch": 12.5}
    assert facts.fractions(given) == {"batch_size": 8.0, "steps_per_epoch": 12.5}
