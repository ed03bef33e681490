"""Hovers over variables, calls and handed functions, and those for which the text alone is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hypershape.lsp.hover import hover
from hypershape.model import Analysis, Coverage, Hyperparameter, LayerCall, Report, TargetAnalysis
from hypershape.space import layer_rows

from .handmade import at, module

MODULE = module("""
import keras
import keras_tuner

ACTIVATIONS = ["relu", "tanh"]


def block(x, filters):
    return keras.layers.Conv2D(filters, 3)(x)


def build_model(hp):
    filters = hp.Int("filters", 8, 32, step=10)
    activation = hp.Choice("activation", ACTIVATIONS)
    inputs = keras.Input(shape=(28, 28, 1))
    x = inputs
    x = block(x, filters)
    x = keras.layers.Flatten()(keras.layers.Dropout(0.5)(x))
    outputs = keras.layers.Dense(10, activation)(x)
    return keras.Model(inputs, outputs)


tuner = keras_tuner.RandomSearch(build_model, objective="loss")
""")


def layer(text: str, shape: tuple[int | None, ...]) -> LayerCall:
    return LayerCall(at(MODULE, text), "", text.split(".")[2].split("(")[0], (), (shape,), "float32", 10)


def probe(filters: int) -> Report:
    layers = (
        layer("keras.layers.Conv2D(filters, 3)", (None, 26, 26, filters)),
        layer("keras.layers.Dropout(0.5)", (None, 26, 26, filters)),
        layer("keras.layers.Flatten()", (None, 676 * filters)),
        layer("keras.layers.Dense(10, activation)", (None, 10)),
    )
    configuration = {"filters": filters, "activation": "relu"}
    return Report(
        configuration, "ok", "symbolic", layers=layers, output_shapes=((None, 10),), parameters=filters
    )


REPORTS = (probe(8), probe(28))
PROBED = TargetAnalysis(
    next(each for each in MODULE.targets if each.name == "build_model"),
    "probed",
    hyperparameters=(
        Hyperparameter(
            "filters",
            "Int",
            8,
            (8, 18, 28),
            3,
            8,
            32,
            10,
            span=at(MODULE, 'hp.Int("filters", 8, 32, step=10)'),
        ),
    ),
    coverage=Coverage("exhaustive", 6, 2, 0, 0.0, (0.0, 0.0), all_ran=False),
    layers=layer_rows(REPORTS),
    reports=REPORTS,
)


def over(text: str, within: int = 0, occurrence: int = 0, probed: bool = True) -> str | None:
    """What is shown over a piece of the text."""
    place = at(MODULE, text, occurrence)
    known = (
        replace(PROBED, hyperparameters=PROBED.hyperparameters)
        if probed
        else TargetAnalysis(PROBED.target, "static-only")
    )
    found = hover(Analysis(MODULE, targets=(known,)), place.line, place.column + within)
    return None if found is None else found[0]


def test_a_variable_that_holds_a_hyperparameter_shows_what_is_drawn() -> None:
    told = "**filters** draws `8`, `18`, `28`\n\n`32` is never drawn."
    assert over("filters)\n    x =") == told
    assert over("filters = ") == told


def test_a_variable_shows_the_shape_that_the_line_above_gave_it() -> None:
    assert "| Flatten | `(None, 5408–18928)` |" in (over("(x)\n    return keras.Model", 1) or "")
    assert "**x** is what line 17 gave it." in (over("(x)\n    return keras.Model", 1) or "")
    assert "| Dense | `(None, 10)` |" in (over("outputs)\n") or "")


def test_a_variable_that_is_the_input_shows_the_shape_of_the_input() -> None:
    entrance = "| layer | output shape |\n| --- | --- |\n| Input | `(None, 28, 28, 1)` |"
    assert over("x, filters)\n    x") == entrance
    assert over("keras.Input", 7, probed=False) == entrance


def test_a_model_shows_what_it_gives_and_a_helper_the_layers_that_it_builds() -> None:
    assert over("keras.Model", 7) == "| model | output shape |\n| --- | --- |\n| output | `(None, 10)` |"
    assert "| Conv2D | `(None, 26, 26, 8–28)` |" in (over("block(x, filters)", 1, occurrence=1) or "")


def test_a_build_function_shows_what_was_proved_where_it_is_handed_to_a_tuner() -> None:
    assert over("build_model, objective", 2) == "All 6 configurations build: proved from 2."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('hp.Int("filters"', "**filters** draws `8`, `18`, `28`\n\n`32` is never drawn."),
        ("filters)\n    x =", "**filters** draws `8`, `18`, `28`\n\n`32` is never drawn."),
        ('hp.Choice("activation"', "**activation** draws `'relu'`, `'tanh'`"),
        ("activation)(x)", "**activation** draws `'relu'`, `'tanh'`"),
    ],
)
def test_what_the_text_alone_tells_is_shown_where_nothing_is_run(text: str, told: str) -> None:
    assert over(text, probed=False) == told


def test_nothing_is_said_of_words_that_mean_nothing_here() -> None:
    assert over("import keras_tuner", 2) is None
    assert over('objective="loss"', 2) is None
    assert hover(Analysis(MODULE), 1000, 1) is None
