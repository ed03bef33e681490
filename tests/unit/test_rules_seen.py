"""What rehearsals saw of searches that run: mistakes that raise nothing, told at the place where they are written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pytest

from hypershape import rules
from hypershape.fixes import apply
from hypershape.model import (
    Analysis,
    Configuration,
    Finding,
    Module,
    ProbeError,
    Rehearsal,
    Report,
    Severity,
    TargetAnalysis,
)

from .handmade import at, module, underlined
from .scripted import HERE

TEXT = """
    import keras
    import keras_tuner as kt
    from keras import layers

    SETTINGS = {"optimizer": keras.optimizers.Adam(), "loss": "mse"}

    class Space(kt.HyperModel):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(8)

        def build(self, hp):
            inputs = keras.Input((4,))
            scores = layers.Dense(CLASSES)(self.head(inputs))
            outputs = layers.Activation(hp.Choice("last", ["linear", "tanh", "softmax"]))(scores)
            model = keras.Model(inputs, outputs)
            model.compile(**SETTINGS)
            return model

    tuner = kt.RandomSearch(Space(), objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(data(), validation_split=0.2)
"""
MODULE = module(TEXT)
LAYER = 'layers.Activation(hp.Choice("last", ["linear", "tanh", "softmax"]))'
DENSE = "layers.Dense(CLASSES)"


def frame(text: str, read: Module = MODULE) -> dict[str, Any]:
    """What the agent says of the place of a piece of text."""
    return {"span": asdict(at(read, text)), "function": "build", "line": None}


def output(made: str = LAYER, read: Module = MODULE, **fields: Any) -> dict[str, Any]:
    return {"made": frame(made, read), "layer": "Activation", "activation": "tanh", "width": 3, **fields}


def played(values: Configuration, read: Module = MODULE, **facts: Any) -> Rehearsal:
    return Rehearsal(values, "ok", read.tuners[0].call.span, values=values, facts=facts)


def found(
    rehearsals: Sequence[Rehearsal], code: str, read: Module = MODULE, backend: str = "tensorflow"
) -> list[Finding]:
    target, here = TargetAnalysis(read.targets[0], "probed"), replace(HERE, backend=backend)
    analysis = Analysis(read, here, targets=(target,), rehearsals=tuple(rehearsals), done=True)
    return [each for each in rules.findings(analysis) if each.code.startswith(code)]


LOGITS = {"loss": "sparse_categorical_crossentropy", "from_logits": False, "least": None, "most": None}
PRICES = {"loss": "mean_squared_error", "least": -1.0, "most": 1.0, "labels": {"min": 20.0, "max": 500.0}}

APART = {
    "numbers of any size": (LOGITS, "gives any number"),
    "less than nothing": (
        {"loss": "binary_crossentropy", "from_logits": False, "least": -1.0, "most": 1.0},
        "gives numbers from -1 to 1",
    ),
    "more than one": (
        {"loss": "categorical_crossentropy", "from_logits": False, "least": 0.0, "most": None},
        "gives nothing below 0",
    ),
    "one class": (
        {"loss": "categorical_crossentropy", "from_logits": False, "least": 0.0, "most": 1.0, "width": 1},
        "over a single unit is always 0",
    ),
    "labels of a hinge": (
        {
            "loss": "binary_crossentropy",
            "from_logits": False,
            "least": 0.0,
            "most": 1.0,
            "labels": {"min": -1, "max": 1},
        },
        "labels from 0 to 1, but those of the search go from -1 to 1",
    ),
    "prices": (PRICES, "The labels go from 20 to 500, but this output (tanh) gives numbers from -1 to 1"),
}


@pytest.mark.parametrize("name", APART)
def test_an_output_that_its_labels_or_loss_do_not_fit_is_told_at_its_activation(name: str) -> None:
    fields, words = APART[name]
    (finding,) = found([played({}, compared=[output(**fields)])], "HS312")
    assert words in finding.message
    assert finding.message.endswith("No error is raised.")
    assert underlined(finding, MODULE) == 'hp.Choice("last", ["linear", "tanh", "softmax"])'


TOGETHER: Mapping[str, dict[str, Any]] = {
    "logits that are asked for": {**LOGITS, "from_logits": True},
    "probabilities": {**LOGITS, "least": 0.0, "most": 1.0},
    "an activation that nobody knows": {"loss": "binary_crossentropy", "from_logits": False},
    "a loss of the user's": {"least": -1.0, "most": 1.0, "labels": {"min": 20.0, "max": 500.0}},
    "no labels": {"loss": "mean_squared_error", "least": -1.0, "most": 1.0},
    "labels that stick out a little": {**PRICES, "labels": {"min": -1.0, "max": 1.02}},
    "counts": {**PRICES, "least": 0.0, "most": None},
    "numbers of any size": {**PRICES, "least": None, "most": None},
    "an autoencoder": {
        "loss": "binary_crossentropy",
        "from_logits": False,
        "least": 0.0,
        "most": 1.0,
        "labels": {"min": 0.01, "max": 0.99},
    },
}


@pytest.mark.parametrize("name", TOGETHER)
def test_an_output_that_fits_is_not_told(name: str) -> None:
    rehearsal = played({}, compared=[output(**TOGETHER[name])])
    assert found([rehearsal], "HS312") == []
    assert found([rehearsal], "HS303") == []


def test_an_output_that_is_always_the_same_is_told_once() -> None:
    constant = {**PRICES, "activation": "softmax", "width": 1, "least": 1.0, "most": 1.0}
    rehearsal = played({}, compared=[output(**constant)])
    (finding,) = found([rehearsal], "HS3")
    assert finding.code == "HS303"
    assert "always 1" in finding.message


def test_the_value_that_makes_the_difference_is_named() -> None:
    good = {**LOGITS, "least": 0.0, "most": 1.0}
    rehearsals = [
        played({"last": "linear"}, compared=[output(**LOGITS)]),
        played({"last": "softmax"}, compared=[output(**good)]),
    ]
    (finding,) = found(rehearsals, "HS312")
    assert "(with last='linear')" in finding.message


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (LOGITS, 'layers.Dense(CLASSES, activation="softmax")'),
        ({**LOGITS, "loss": "binary_crossentropy"}, 'layers.Dense(CLASSES, activation="sigmoid")'),
    ],
)
def test_an_activation_is_offered_where_the_layer_has_none(fields: dict[str, Any], wanted: str) -> None:
    made = output(DENSE, **fields) | {"layer": "Dense", "activation": "linear"}
    (finding,) = found([played({}, compared=[made])], "HS312")
    (fix,) = [each for each, _ in finding.candidates()]
    assert wanted in apply(MODULE.document, fix.edits).text


def test_an_activation_that_is_always_the_same_is_told_wherever_its_width_comes_from() -> None:
    constant = output(loss="binary_crossentropy", from_logits=False, width=1, least=1.0, most=1.0)
    (finding,) = found([played({}, compared=[constant])], "HS303")
    assert "is always 1" in finding.message
    assert underlined(finding, MODULE) == 'hp.Choice("last", ["linear", "tanh", "softmax"])'
    # The width may be the number of classes that were counted in data which is not at hand.
    assert found([replace(played({}, compared=[constant]), assumed=True)], "HS303") == []


def test_an_optimizer_of_two_models_is_told_where_they_are_compiled() -> None:
    shared = [{"kind": "optimizer", "class": "Adam", "frame": frame("model.compile(**SETTINGS)")}]
    (finding,) = found([played({}, shared=shared)], "HS404")
    assert underlined(finding, MODULE) == "keras.optimizers.Adam()"
    assert "every trial but the first fails" in finding.message


def test_an_optimizer_with_which_a_second_trial_was_seen_to_fail_is_the_one_finding_and_an_error() -> None:
    shared = [{"kind": "optimizer", "class": "Adam", "frame": frame("model.compile(**SETTINGS)")}]
    error = ProbeError("ValueError", "Unknown variable", "step")
    tuner = MODULE.tuners[0].call.span
    failed = Rehearsal({}, "fail", tuner, "fit", error, trial=2, facts={"shared": shared})
    (finding,) = found([failed], "HS4")
    assert (finding.code, finding.severity) == ("HS404", Severity.ERROR)


def test_a_strategy_lets_the_first_trial_fail_as_well() -> None:
    read = module(TEXT.replace("max_trials=9", "max_trials=9, distribution_strategy=MIRRORED"))
    shared = [{"kind": "optimizer", "class": "Adam", "frame": frame("model.compile(**SETTINGS)", read)}]
    (finding,) = found([played({}, read, shared=shared)], "HS404", read)
    assert "every trial fails" in finding.message


def test_a_layer_that_two_trials_train_is_told_where_it_is_made() -> None:
    shared = [{"kind": "layer", "class": "Dense", "frame": frame("layers.Dense(8)")}]
    (finding,) = found([played({}, shared=shared)], "HS420")
    assert underlined(finding, MODULE) == "layers.Dense"


def test_a_dataset_that_a_function_returns_is_no_more_split_than_another() -> None:
    dataset = {"0": {"kind": "dataset"}, "validation_split": {"kind": "value", "value": 0.2}}
    (finding,) = found([played({}, search=dataset)], "HS419")
    assert underlined(finding, MODULE) == "validation_split=0.2"
    assert found([played({}, search={"0": {"kind": "array"}})], "HS419") == []


def test_labels_beyond_the_width_of_the_model_are_told_wherever_they_come_from() -> None:
    fields = {"loss": "sparse_categorical_crossentropy", "from_logits": False, "least": 0.0, "most": 1.0}
    exceeded = output(DENSE, **fields, labels={"min": 1, "max": 3})
    (finding,) = found([played({}, compared=[exceeded])], "HS308")
    assert finding.message.startswith("The labels go up to 3, but the model gives 3 numbers")
    assert found([played({}, compared=[output(DENSE, **fields, labels={"max": 2})])], "HS308") == []


def test_labels_beyond_the_width_of_the_model_fail_no_step_with_jax() -> None:
    fields = {"loss": "sparse_categorical_crossentropy", "from_logits": False, "least": 0.0, "most": 1.0}
    exceeded = output(DENSE, **fields, labels={"min": 1, "max": 3})
    (finding,) = found([played({}, compared=[exceeded])], "HS308", backend="jax")
    assert finding.severity is Severity.WARNING
    assert "nothing fails" in finding.message


def test_a_callback_that_was_silent_is_told_with_why() -> None:
    silenced = {"Bell": "It needs the network, which a rehearsal does not have."}
    (finding,) = found([played({}, silenced=silenced)], "HS904")
    assert finding.message == f"What the callback Bell does is not checked: {silenced['Bell']}"


def test_a_module_that_is_not_there_is_named_at_its_first_import() -> None:
    imports = """
    try:
        import maybe
    except ImportError:
        maybe = None
    import tracker.keras as track
    from tracker import Tracker
    """
    read = module(imports + TEXT)
    (finding,) = found([played({}, read, absent=["maybe", "tracker"])], "HS010", read)
    assert underlined(finding, read) == "import tracker.keras as track"
    assert finding.message.startswith("`tracker` is neither installed")


def test_a_callback_that_fails_where_nothing_improves_says_when() -> None:
    error = ProbeError("TypeError", "it is not settable", "step")
    waited = {"class": "ReduceLROnPlateau", "monitor": "val_loss", "epochs": 3}
    failed = Rehearsal(
        {}, "fail", MODULE.tuners[0].call.span, "callbacks", error, trial=1, facts={"waited": waited}
    )
    (finding,) = found([failed], "HS432")
    assert (
        "Every trial in which `val_loss` does not improve for 3 epochs in a row fails there"
        in finding.message
    )


ORDERED = module("""
    import keras
    import keras_tuner as kt
    import numpy as np

    def build_model(hp):
        return keras.Sequential([keras.layers.Dense(hp.Int("units", 3, 9))])

    x, y = np.load("x.npy"), np.load("y.npy")
    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y, validation_split=0.2)
""")


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "mse"])
def test_labels_in_order_are_told_of_classes(loss: str) -> None:
    apart = {"untrained": [{"class": n, "samples": 40, "there": 0} for n in (2, 3)]}
    arrays = {"0": {"kind": "array"}, "1": {"kind": "array"}}
    met = played({}, ORDERED, in_order=apart, compared=[{"loss": loss}], search=arrays)
    told = found([met], "HS453", ORDERED)
    assert len(told) == (loss != "mse")
    for each in told:
        assert "hardly any samples of the classes 2 and 3 are trained on" in each.message
        assert underlined(each, ORDERED) == "validation_split=0.2"
        (fix,) = each.repairs()
        text = apply(ORDERED.document, fix.edits).text
        assert "order = np.random.permutation(len(y))\ntuner.search(x[order], y[order]," in text


BAYESIAN = """
    import keras
    import keras_tuner as kt

    def build_model(hp):
        return keras.Sequential([keras.layers.Dense(hp.Int("units", 3, 9))])

    tuner = kt.BayesianOptimization(build_model, "val_loss", {})
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("max_trials=6", "its first 6 trials at random (three for each hyperparameter, of which it has 2)"),
        ("6", "its first 6 trials at random"),
        ("max_trials=7", None),
        ("max_trials=7, num_initial_points=9", "its first 9 trials at random, and this search has only 7"),
        ("max_trials=7, num_initial_points=FIRST", None),
        ("max_trials=5, hyperparameters=hp, tune_new_entries=False", None),
        ("max_trials=5, **settings", None),
    ],
)
def test_a_bayesian_search_that_only_draws_at_random(arguments: str, said: str | None) -> None:
    read = module(BAYESIAN.format(arguments))
    values: Configuration = {"units": 3, "rate": 0.1}
    target = TargetAnalysis(read.targets[0], "probed", reports=(Report(values, "ok", "symbolic"),))
    told = list(rules.findings(Analysis(read, HERE, targets=(target,), done=True), select=("HS454",)))
    assert [said in each.message for each in told if said] == [True] * (said is not None)
    assert len(told) == (said is not None)


HYPERBAND = module("""
    import keras_tuner as kt

    def build_model(hp):
        return Own(hp.Int("units", 1, 64))

    tuner = kt.Hyperband(build_model, "val_loss", max_epochs=9)
    tuner.search(x, y)
""")
UNBUILT = {
    "type": "ValueError",
    "message": "You are loading weights into a model that has not yet been built.",
}
UNSAVED = {"type": "FileNotFoundError", "message": "No such file"}
OTHER = {"type": "KeyError", "message": "'kernel'"}


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([UNBUILT, UNBUILT], "Every trial that Hyperband promotes fails: it loads .* `build` method"),
        ([UNSAVED], "Every trial .* none were saved"),
        ([OTHER, None], r"Trials that Hyperband promotes fail, as with units=1: .* \(KeyError: 'kernel'\)"),
        ([None, None], None),
        ([], None),
    ],
)
def test_trials_that_fail_once_hyperband_promotes_them(
    errors: Sequence[Mapping[str, str] | None], said: str | None
) -> None:
    met = [played({"units": n}, HYPERBAND, promoted={"error": each}) for n, each in enumerate(errors, 1)]
    told = found([*met, played({}, HYPERBAND)], "HS455", HYPERBAND)
    assert len(told) == (said is not None)
    for each in told:
        assert re.match(said or "", each.message)
        assert underlined(each, HYPERBAND) == "kt.Hyperband"
