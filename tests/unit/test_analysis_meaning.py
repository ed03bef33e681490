"""Repairs that would run and seek something else are refused."""

from dataclasses import replace

import pytest

from hypershape.analysis.meaning import is_kept, space_is_kept
from hypershape.analysis.results import unprobed
from hypershape.fixes import apply
from hypershape.model import Analysis, Edit, Fix, Hyperparameter, Report
from hypershape.rules.common.directions import inferred, nature, own_metrics

from .handmade import at, module

SEARCH = """
import keras_tuner as kt

def tversky(y, p):
    return p

def build_model(hp):
    model.compile(loss=hp.Choice("loss", ["mse", "tversky"]))
    hp.Int("tversky", 1, 2)

tuner = kt.RandomSearch(build_model, kt.Objective("val_score", direction="max"), max_trials=3)
"""


def kept(*replaced: tuple[str, str]) -> bool:
    before = module(SEARCH)
    fix = Fix("", tuple(Edit(at(before, old), new) for old, new in replaced))
    return is_kept(fix, Analysis(before), Analysis(module(apply(before.document, fix.edits).text)))


def test_a_repair_that_maximises_a_loss_is_refused() -> None:
    assert not kept(('"val_score"', '"val_loss"'))
    assert kept(('"val_score"', '"val_loss"'), ('"max"', '"min"'))
    assert kept(('"val_score"', '"val_accuracy"'))


def test_a_direction_that_was_wrong_before_does_not_forbid_other_repairs() -> None:
    before = module(SEARCH.replace("val_score", "val_loss"))
    fix = Fix("", (Edit(at(before, "max_trials=3"), "max_trials=2"),))
    assert is_kept(fix, Analysis(before), Analysis(module(apply(before.document, fix.edits).text)))


def test_a_namesake_never_takes_the_place_of_a_function_of_the_file() -> None:
    assert not kept(('"tversky"', '"tversky_loss"'))
    assert kept(('"tversky"', "tversky"))
    assert kept(('"mse"', '"mae"'))


def test_a_hyperparameter_that_is_called_like_a_function_may_be_renamed() -> None:
    assert kept(('hp.Int("tversky"', 'hp.Int("tversky"'), ("1, 2)", "1, 3)"))
    before = module(SEARCH)
    fix = Fix("", (Edit(at(before, '"tversky"', 1), '"tversky_2"'),))
    assert is_kept(fix, Analysis(before), Analysis(module(apply(before.document, fix.edits).text)))


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("val_loss", "min"),
        ("val_kind_loss", "min"),
        ("val_kind_categorical_accuracy", "max"),
        ("val_auc_1", "max"),
        ("weighted_mae", "min"),
        ("val_mean_io_u", "max"),
        ("val_f1_score", "max"),
        ("val_cosine_similarity", "max"),
        ("val_mean", None),
        ("val_score", None),
    ],
)
def test_the_nature_of_a_metric_says_which_values_are_better(objective: str, expected: str | None) -> None:
    assert nature(objective) == expected


def test_what_keras_tuner_infers_of_a_plain_name() -> None:
    assert [inferred(name) for name in ("val_loss", "weighted_acc", "val_f1_score", "val_kind_accuracy")] == [
        "min",
        "max",
        "min",
        None,
    ]


@pytest.mark.parametrize(
    ("left", "expected"),
    [((1, 2, 3), True), ((1, 2, 3, 4), True), ((1, 2), False), (None, True)],
    ids=["as it was", "wider", "what built is gone", "under another name"],
)
def test_a_repair_may_not_take_a_value_that_builds(left: tuple[int, ...] | None, expected: bool) -> None:
    units = Hyperparameter("units", "Int", 1, (1, 2, 3), 3, 1, 3, 1, "linear")
    reports = tuple(Report({"units": each}, "ok", "symbolic") for each in (1, 2, 3))
    before = module(SEARCH)
    old = replace(unprobed(before.targets[0]), hyperparameters=(units,), reports=reports)
    other = replace(units, name="other") if left is None else replace(units, values=left, max=max(left))
    assert space_is_kept(replace(old, hyperparameters=(other,)), old) == expected


def test_a_default_that_is_never_drawn_is_no_value_to_keep() -> None:
    units = Hyperparameter("units", "Int", 8, (1, 2, 3), 3, 1, 3, 1, "linear")
    reports = (Report({"units": 8}, "ok", "symbolic"),)
    old = replace(unprobed(module(SEARCH).targets[0]), hyperparameters=(units,), reports=reports)
    assert space_is_kept(old, old)


def test_what_a_metric_of_the_file_stands_for_is_not_read_from_its_name() -> None:
    code = module("""
        import keras

        def weight_loss(y, p):
            return p

        lost = keras.metrics.Mean(name="pounds_loss")
        head = keras.layers.Dense(1, name="kind")
    """).code
    own = own_metrics(code)
    assert [
        nature(name, own) for name in ("val_weight_loss", "pounds_loss", "val_kind_loss", "val_loss")
    ] == [
        None,
        None,
        "min",
        "min",
    ]
