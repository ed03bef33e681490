"""What a rehearsal came to, told at its place and with what becomes of the search; no probe runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from hypershape import rules
from hypershape.fixes import apply
from hypershape.model import (
    Analysis,
    Configuration,
    Edit,
    Fate,
    Finding,
    Fix,
    Frame,
    Hyperparameter,
    ProbeError,
    Rehearsal,
    Report,
    Severity,
    Stage,
    TargetAnalysis,
)
from hypershape.rules.common import rehearsed, remedies
from hypershape.rules.common.fate import explained, sentence

from .handmade import at, module, underlined

TEXT = """
    import keras
    import keras_tuner as kt

    def build_model(hp):
        model = keras.Sequential([keras.layers.Embedding(hp.Choice("vocabulary", [50, 100, 200]), 2)])
        model.compile(loss="mse")
        return model

    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y, validation_data=(x, y), callbacks=[Stop()])
"""
MODULE = module(TEXT)
TUNER = MODULE.tuners[0].call.span


def rehearsal(
    values: Configuration,
    stage: Stage | None = None,
    message: str = "refused",
    at_text: str = "",
    **more: Any,
) -> Rehearsal:
    """One that ran, or with a stage one that failed there."""
    if stage is None:
        return Rehearsal(values, "ok", TUNER, values=values, tolerated=3)
    frames = (Frame(at(MODULE, at_text), "f"),) if at_text else ()
    error = ProbeError("ValueError", message, "step", frames)
    told = {"trial": 1, "tolerated": 3, "facts": {"tuner": {"max_trials": 9}}, **more}
    return Rehearsal(values, "fail", TUNER, stage, error, values=values, **told)


def found(played: Sequence[Rehearsal], prefix: str = "HS43") -> list[Finding]:
    return [each for each in rules.findings(analysis(played)) if each.code.startswith(prefix)]


def analysis(played: Sequence[Rehearsal]) -> Analysis:
    declared = at(MODULE, 'hp.Choice("vocabulary", [50, 100, 200])')
    vocabulary = Hyperparameter("vocabulary", "Choice", 50, (50, 100, 200), 3, span=declared)
    target = TargetAnalysis(
        MODULE.targets[0],
        "probed",
        hyperparameters=(vocabulary,),
        reports=(Report({"vocabulary": 50}, "ok", "symbolic"),),
    )
    return Analysis(MODULE, targets=(target,), rehearsals=tuple(played), done=True)


def test_a_search_that_runs_through_has_no_finding() -> None:
    assert found([rehearsal({"vocabulary": 50}), rehearsal({"vocabulary": 200})]) == []


def test_what_was_not_learned_is_no_failure() -> None:
    error = ProbeError("Refused", "no network", "limit")
    assert found([Rehearsal({}, "unknown", TUNER, error=error)]) == []


def test_a_trial_that_is_given_up_on_purpose_is_no_failure() -> None:
    given_up = rehearsal({}, "build")
    assert given_up.error is not None
    error = replace(given_up.error, type="FailedTrialError")
    assert found([replace(given_up, error=error)]) == []


@pytest.mark.parametrize(
    ("stage", "more", "code", "place"),
    [
        ("tuner", {"trial": 0, "fatal": True}, "HS430", "kt.RandomSearch"),
        ("callbacks", {"fatal": True}, "HS431", "[Stop()]"),
        ("objective", {"fatal": True}, "HS431", '"val_loss"'),
        ("validate", {}, "HS432", "(x, y)"),
        ("fit", {}, "HS432", "tuner.search"),
        ("after", {"trial": 0}, "HS433", "tuner.search"),
    ],
)
def test_a_failure_without_a_line_of_the_users_stands_at_what_is_behind_its_stage(
    stage: Stage, more: dict[str, Any], code: str, place: str
) -> None:
    (finding,) = found([rehearsal({"vocabulary": 50}, stage, **more)])
    assert (finding.code, underlined(finding, MODULE)) == (code, place)
    assert finding.severity is Severity.ERROR


def test_a_failure_stands_at_the_innermost_line_of_the_file() -> None:
    layer = 'keras.layers.Embedding(hp.Choice("vocabulary", [50, 100, 200]), 2)'
    (finding,) = found([rehearsal({}, "fit", at_text=layer)])
    assert underlined(finding, MODULE) == layer


@pytest.mark.parametrize("stage", ["validate", "fit"])
def test_a_layer_that_a_graph_names_is_the_place_unless_training_accepts_what_validation_gives_it(
    stage: Stage,
) -> None:
    layer = 'keras.layers.Embedding(hp.Choice("vocabulary", [50, 100, 200]), 2)'
    failed = rehearsal({}, stage, at_text=layer)
    assert failed.error is not None
    (finding,) = found([replace(failed, error=replace(failed.error, layer="embedding"))])
    assert underlined(finding, MODULE) == ("(x, y)" if stage == "validate" else layer)


def test_a_layer_that_fails_by_a_value_of_the_training_is_not_the_place() -> None:
    layer = 'keras.layers.Embedding(hp.Choice("vocabulary", [50, 100, 200]), 2)'
    failed = rehearsal({"vocabulary": 50, "window": 7}, "fit", at_text=layer)
    assert failed.error is not None
    called = Frame(at(MODULE, 'loss="mse"'), "fit")
    error = replace(failed.error, layer="embedding", frames=(called, *failed.error.frames))
    (finding,) = found([replace(failed, error=error), rehearsal({"vocabulary": 50, "window": 5})])
    assert underlined(finding, MODULE) == 'loss="mse"'


def test_what_fails_before_the_tuner_is_made_is_not_told_as_the_tuner() -> None:
    (finding,) = found([rehearsal({}, "slice", at_text="Stop()", fatal=True, trial=0)])
    assert (finding.code, finding.message) == ("HS430", "ValueError: refused. The search never starts.")


def test_a_dataset_of_single_samples_is_told_as_one() -> None:
    facts = {
        "search": {"0": {"kind": "dataset", "elements": [{"shape": [28, 28, 1]}, {"shape": []}]}},
        "model": {"input": [None, 28, 28, 1]},
    }
    (story,) = rehearsed.stories(analysis([rehearsal({}, "fit", facts=facts)]))
    assert rehearsed.what(story, MODULE.code).startswith(
        "The dataset is not batched: its elements have the shape (28, 28, 1)"
    )


def test_a_validation_dataset_of_single_samples_is_told_as_one() -> None:
    facts = {
        "search": {
            "0": {"kind": "dataset", "elements": [{"shape": [None, 7]}, {"shape": [None]}]},
            "validation_data": {"kind": "dataset", "elements": [{"shape": [7]}, {"shape": []}]},
        },
        "model": {"input": [None, 7]},
    }
    (story,) = rehearsed.stories(analysis([rehearsal({}, "validate", facts=facts)]))
    assert rehearsed.what(story, MODULE.code).startswith(
        "The validation dataset is not batched: its elements have the shape (7,)"
    )


def test_a_callback_that_was_never_given_the_model_is_told_as_one() -> None:
    facts = {"without_model": "ReduceLROnPlateau"}
    (story,) = rehearsed.stories(analysis([rehearsal({}, "fit", facts=facts)]))
    assert rehearsed.what(story, MODULE.code).startswith(
        "`ReduceLROnPlateau` asks for its model, which it was never given: `set_model(model)` comes before"
    )


def test_a_text_in_the_place_of_a_number_is_told_as_one() -> None:
    facts = {"tuner": {"texts": {"max_trials": "3"}}}
    failed = rehearsal({}, "search", "'>=' not supported", facts=facts)
    compared = ProbeError("TypeError", "'>=' not supported", "step")
    (story,) = rehearsed.stories(analysis([replace(failed, error=compared)]))
    assert rehearsed.what(story, MODULE.code).startswith(
        "`max_trials` is the text '3' and no number (TypeError: "
    )


def test_a_dataset_without_a_batch_is_told_as_one_at_the_search() -> None:
    facts = {"search": {"0": {"kind": "dataset", "batches": 0}}, "reported": []}
    (story,) = rehearsed.stories(analysis([rehearsal({}, "objective", "found: dict_keys([])", facts=facts)]))
    assert rehearsed.what(story, MODULE.code).startswith(
        "The dataset has not one batch, so nothing is trained"
    )
    given = at(MODULE, "x, y")
    assert rehearsed.place(story, MODULE.code) == replace(given, end_column=given.column + 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"search": {"0": {"kind": "dataset", "batches": 2}}, "reported": []},
        {"search": {"0": {"kind": "dataset", "batches": 0}}, "reported": ["loss"]},
    ],
)
def test_what_was_trained_on_is_not_told_as_empty(facts: dict[str, Any]) -> None:
    (story,) = rehearsed.stories(analysis([rehearsal({}, "objective", facts=facts)]))
    assert rehearsed.place(story, MODULE.code) == at(MODULE, '"val_loss"')


def test_an_argument_that_the_message_quotes_is_underlined() -> None:
    message = "Argument `callbacks` is only supported elsewhere"
    (finding,) = found(
        [rehearsal({}, "fit", message, "tuner.search(x, y, validation_data=(x, y), callbacks=[Stop()])")]
    )
    assert underlined(finding, MODULE) == "[Stop()]"


def test_a_generator_that_the_first_trial_used_up_is_underlined() -> None:
    facts = {"search": {"0": {"kind": "generator"}}, "tuner": {"max_trials": 9}}
    (story,) = rehearsed.stories(analysis([rehearsal({}, "fit", trial=2, facts=facts)]))
    given = at(MODULE, "x, y")
    assert rehearsed.place(story, MODULE.code) == replace(given, end_column=given.column + 1)
    assert sentence(story, None) == (
        "The first trial runs; from the second on every trial fails, and Keras Tuner stops after 3 failures in a row."
    )


RETURNS = """
    import keras_tuner as kt

    class Own(kt.HyperModel):
        def fit(self, hp, model, *args, **kwargs):
            model.fit(*args, **kwargs)
            return {"score": 0.5}

    tuner = kt.RandomSearch(Own(), objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y)
"""


def test_what_keras_tuner_refuses_of_a_fit_is_underlined_where_it_is_returned() -> None:
    made = module(RETURNS)
    error = ProbeError("FatalValueError", "Expected the returned dictionary to have val_loss", "step")
    facts = {"returning": "Own.fit"}
    failed = Rehearsal(
        {},
        "fail",
        made.tuners[0].call.span,
        "objective",
        error,
        trial=1,
        fatal=True,
        tolerated=3,
        facts=facts,
    )
    (finding,) = rules.findings(Analysis(made, rehearsals=(failed,), done=True), select=("HS43",))
    assert underlined(finding, made) == '{"score": 0.5}'


def test_what_only_validation_meets_says_so() -> None:
    (finding,) = found([rehearsal({"vocabulary": 50}, "validate")])
    assert finding.message.startswith("In validation: ValueError: refused.")


def test_a_dataset_that_the_first_trial_emptied_is_told_as_one() -> None:
    facts = {"search": {"0": {"kind": "dataset"}}, "tuner": {"max_trials": 9}, "reported": []}
    (story,) = rehearsed.stories(analysis([rehearsal({}, "objective", trial=2, facts=facts)]))
    given = at(MODULE, "x, y")
    assert rehearsed.place(story, MODULE.code) == replace(given, end_column=given.column + 1)
    assert rehearsed.what(story, MODULE.code).startswith(
        "The dataset gives nothing more: the first trial has used up"
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"0": {"kind": "list", "length": 2}}, "no labels: a pair of arrays is taken for two inputs"),
        ({"x": {"kind": "array"}}, "no labels: arrays alone are inputs"),
        ({"x": {"kind": "array"}, "y": {"kind": "array"}}, "ValueError: refused"),
        ({"x": {"kind": "dataset"}}, "ValueError: refused"),
    ],
)
def test_a_search_without_labels_is_told_as_one(given: dict[str, Any], says: str) -> None:
    facts = {"search": given, "compared": [{"loss": "mean_squared_error"}]}
    (story,) = rehearsed.stories(analysis([rehearsal({}, "fit", facts=facts)]))
    assert says in rehearsed.what(story, MODULE.code)


def test_what_ends_a_search_says_so() -> None:
    (finding,) = found([rehearsal({}, "callbacks", fatal=True)])
    assert finding.message == "ValueError: refused. The search ends there at once."


def test_every_trial_fails_where_none_ran() -> None:
    (finding,) = found([rehearsal({"vocabulary": 50}, "fit"), rehearsal({"vocabulary": 200}, "fit")])
    assert "Every trial fails, and Keras Tuner stops after 3 failures in a row." in finding.message


def test_one_trial_that_failed_says_nothing_of_other_values() -> None:
    (finding,) = found([rehearsal({"vocabulary": 50}, "fit")])
    assert finding.message.endswith("A trial with vocabulary=50 fails; no other values were played.")


def test_a_search_of_fewer_trials_than_are_tolerated_ends_without_an_error() -> None:
    few = {"tuner": {"max_trials": 2}}
    (finding,) = found([rehearsal({"vocabulary": each}, "fit", facts=few) for each in (50, 200)])
    assert "the search ends without an error and without a result" in finding.message


def test_the_values_that_fail_are_told_with_their_share_where_all_were_played() -> None:
    failing = [rehearsal({"vocabulary": each}, "fit") for each in (50, 100)]
    (finding,) = found([*failing, rehearsal({"vocabulary": 200})])
    assert (
        "vocabulary=100 or vocabulary=50 fail (67 % of the space: about 2 of your 9 trials); trials with "
        "vocabulary=200 run" in finding.message
    )
    assert finding.condition is not None
    assert finding.condition.text == "vocabulary in (50, 100)"


def test_a_share_comes_with_what_searches_came_to_that_were_played_through() -> None:
    failing = [rehearsal({"vocabulary": each}, "fit") for each in (50, 100)]
    state = analysis([*failing, rehearsal({"vocabulary": 200})])
    assert failing[0].error is not None
    fate = Fate(TUNER, 1, True, (failing[0].error,), (3.0,), 3.0, aborted=1)
    target = replace(state.targets[0], fates=(fate,))
    (finding,) = [each for each in rules.findings(replace(state, targets=(target,))) if each.code == "HS432"]
    assert "67 % of the space: 3 of the 3 trials after which the search aborts" in finding.message


def test_one_cause_has_one_finding_once_its_repair_lets_the_search_run() -> None:
    failed = rehearsal({"vocabulary": 50}, "fit", trial=2)
    state = analysis([failed])
    fix = Fix("", (Edit(at(MODULE, "[50, 100, 200]"), "[200]"),), verified=True)
    shared = Finding(
        "HS404", "shared-optimizer", Severity.WARNING, "Shared.", at(MODULE, "loss"), fixes=(fix,)
    )
    shown = Finding("HS432", "trial-fails", Severity.ERROR, "Fails.", TUNER, error=failed.error)
    (named,) = explained([shared, shown], {fix.edits: {TUNER}}, state)
    assert (named.code, named.severity) == ("HS404", Severity.ERROR)
    assert named.message.startswith("Shared. Rehearsed: the first trial runs; from the second on every trial")
    assert explained([shared, shown], {}, state) == (shared, shown)


def test_a_second_trial_that_fails_by_a_value_of_its_own_is_no_second_trial_that_always_fails() -> None:
    """What only the training declares has its default in the first trial, whatever is asked for."""
    failing = rehearsal({"vocabulary": 50, "window": 7}, "fit", trial=2)
    (finding,) = found([rehearsal({"vocabulary": 50, "window": 5}), failing])
    assert "Trials with window=7 fail; trials with window=5 run." in finding.message


def repaired(failed: Rehearsal, text: str = TEXT, *passed: Rehearsal) -> list[str]:
    """The texts that the candidates for what rehearsals found would make."""
    read = module(text)
    played = tuple(replace(each, tuner=read.tuners[0].call.span) for each in (failed, *passed))
    target = replace(analysis([]).targets[0], target=read.targets[0])
    (finding,) = [
        each
        for each in rules.findings(Analysis(read, targets=(target,), rehearsals=played, done=True))
        if each.code.startswith("HS43")
    ]
    return [apply(read.document, fix.edits).text for fix, _ in finding.candidates()]


def test_what_only_an_old_copy_of_keras_had_comes_from_the_public_one() -> None:
    line = "from tensorflow.python.keras.datasets import cifar10"
    text = f"    {line}\n{TEXT}"
    failed = rehearsal({}, "slice", at_text="keras", fatal=True, trial=0)
    assert failed.error is not None
    frames = (Frame(at(module(text), line), "<module>"),)
    failed = replace(failed, error=replace(failed.error, type="ModuleNotFoundError", frames=frames))
    assert "from tensorflow.keras.datasets import cifar10\n" in repaired(failed, text)[0]


def test_what_was_misspelt_is_written_as_it_is_called() -> None:
    text = TEXT.replace("callbacks=[Stop()]", 'epochs=logs["val_los"]')
    facts = {"meant": {"written": "val_los", "known": ["loss", "val_loss"]}}
    failed = rehearsal({}, "fit", at_text="keras")
    assert failed.error is not None
    place = at(module(text), 'logs["val_los"]')
    failed = replace(failed, facts=facts, error=replace(failed.error, frames=(Frame(place, "f"),)))
    assert 'logs["val_loss"]' in repaired(failed, text)[0]


def test_an_objective_that_no_trial_returns_becomes_one_that_is_returned() -> None:
    found = repaired(rehearsal({}, "objective", fatal=True, facts={"reported": ["val_loss_a", "loss"]}))
    assert ['objective="loss"' in each for each in found] == [True]


def test_a_fit_that_takes_too_little_takes_the_rest_and_hands_it_on() -> None:
    text = """
        import keras
        import keras_tuner as kt

        class Model(kt.HyperModel):
            def build(self, hp):
                return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])

            def fit(self, hp, model, x, y=None):
                return model.fit(x, y)

        tuner = kt.RandomSearch(Model(), objective="loss", max_trials=9, overwrite=True)
        tuner.search(x, y)
    """
    failed = rehearsal({}, "fit")
    assert failed.error is not None
    (found,) = repaired(replace(failed, error=replace(failed.error, type="TypeError")), text)
    assert "def fit(self, hp, model, x, y=None, **kwargs):" in found
    assert "model.fit(x, y, **kwargs)" in found


OWN_FIT = """
    import keras
    import keras_tuner as kt

    class Model(kt.HyperModel):
        def build(self, hp):
            return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])

        def fit(self, hp, model, x, y, callbacks=(), **kwargs):
            {body}

    tuner = kt.{tuner}(Model(), objective="loss", overwrite=True)
    tuner.search(x, y, callbacks=[keras.callbacks.ModelCheckpoint("out/best.h5")])
"""


def failing_in_fit(text: str, where: str, type_name: str, message: str, **facts: Any) -> Rehearsal:
    failed = rehearsal({}, "fit", message, facts=facts)
    assert failed.error is not None
    frames = (Frame(at(module(text), where), "fit"),)
    return replace(failed, error=replace(failed.error, type=type_name, frames=frames))


@pytest.mark.parametrize(
    ("tuner", "repaired_call"),
    [
        ("RandomSearch", 'model.fit(x, y, **{**kwargs, "epochs": hp.Int("epochs", 1, 3)})'),
        ("Hyperband", "model.fit(x, y, **kwargs)"),
    ],
)
def test_an_argument_that_the_search_gives_as_well_is_given_once(tuner: str, repaired_call: str) -> None:
    call = 'model.fit(x, y, epochs=hp.Int("epochs", 1, 3), **kwargs)'
    text = OWN_FIT.format(body=f"return {call}", tuner=tuner)
    twice = "fit() got multiple values for keyword argument 'epochs'"
    (found,) = repaired(failing_in_fit(text, call, "TypeError", twice), text)
    assert repaired_call in found


def test_callbacks_are_given_the_model_before_they_are_called() -> None:
    call = "each.on_epoch_end(epoch, {})"
    loop = f"for epoch in range(2):\n                for each in callbacks:\n                    {call}"
    text = OWN_FIT.format(body=loop, tuner="RandomSearch")
    failed = failing_in_fit(
        text, call, "AttributeError", "'NoneType' object has no attribute 'optimizer'", without_model="Stop"
    )
    (found,) = repaired(failed, text)
    assert (
        "        for each in callbacks:\n            each.set_model(model)\n        for epoch in range(2):"
        in found
    )


def test_the_path_of_a_checkpoint_ends_as_keras_wants_it() -> None:
    text = OWN_FIT.format(body="return model.fit(x, y, **kwargs)", tuner="RandomSearch")
    message = "the filepath must end in `.weights.h5` (Keras weights format). Received: filepath=out/best.h5"
    (found,) = repaired(failing_in_fit(text, "[keras.callbacks", "ValueError", message), text)
    assert 'ModelCheckpoint("out/best.weights.h5")' in found


@pytest.mark.parametrize(
    ("written", "path", "repaired_path"),
    [
        ('"out/best"', "out/best", '"out/best.keras"'),
        ('"out/" + f"best_{1}.tf"', "out/best_1.tf", '"out/" + f"best_{1}.keras"'),
        ('"best_v1.0"', "best_v1.0", '"best_v1.0.keras"'),
        ('"out/best/"', "out/best/", '"out/best.keras"'),
    ],
)
def test_the_path_of_a_saved_model_ends_as_keras_wants_it(
    written: str, path: str, repaired_path: str
) -> None:
    call = f"best.save({written})"
    text = f"{TEXT}    best = keras.Sequential()\n    {call}\n"
    message = (
        "Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras format "
        f"(recommended) or a `.h5` extension. Received: filepath={path}."
    )
    failed = replace(failing_in_fit(text, call, "ValueError", message), stage="after", trial=0)
    (found,) = repaired(failed, text)
    assert f"save({repaired_path})" in found


@pytest.mark.parametrize("call", ["pickle.dump(tuner, file)", "joblib.dump(tuner, 'tuner.pkl')"])
def test_in_the_place_of_a_tuner_that_cannot_be_pickled_what_it_found_is_kept(call: str) -> None:
    text = f"{TEXT}    {call}\n"
    message = "Can't pickle local object 'Oracle.__init__.<locals>.<lambda>'"
    failed = replace(failing_in_fit(text, call, "AttributeError", message), stage="after", trial=0)
    kept = call.replace("(tuner", "(tuner.get_best_hyperparameters()[0].values")
    assert any(kept in each for each in repaired(failed, text))
    other = text.replace("(tuner, ", "(model, ")
    where = call.replace("(tuner, ", "(model, ")
    failed = replace(failing_in_fit(other, where, "AttributeError", message), stage="after", trial=0)
    assert not any("get_best_hyperparameters" in each for each in repaired(failed, other))


def test_a_dataset_of_single_samples_is_put_into_batches() -> None:
    facts = {
        "search": {"validation_data": {"kind": "dataset", "elements": [{"shape": [7]}, {"shape": []}]}},
        "model": {"input": [None, 7]},
    }
    text = TEXT.replace("(x, y)", "held_out")
    (found,) = repaired(rehearsal({}, "validate", facts=facts), text)
    assert "validation_data=held_out.batch(32)" in found


def test_a_generator_that_ends_begins_again() -> None:
    text = """
        import keras_tuner as kt

        def build_model(hp):
            return hp

        def batches(size):
            for start in range(0, 40, size):
                yield start

        tuner = kt.RandomSearch(build_model, objective="loss", max_trials=9, overwrite=True)
        tuner.search(batches(8), steps_per_epoch=5)
    """
    (found,) = repaired(rehearsal({}, "fit", trial=2), text)
    assert (
        "(size):\n    while True:\n        for start in range(0, 40, size):\n            yield start\n"
        in found
    )


def test_a_layer_that_cannot_be_saved_says_what_it_is_made_with() -> None:
    text = """
        import keras
        import keras_tuner as kt

        class Scale(keras.layers.Layer):
            def __init__(self, factor, **kwargs):
                super().__init__(**kwargs)
                self.factor = factor

        def build_model(hp):
            return keras.Sequential([Scale(hp.Int("factor", 1, 3))])

        tuner = kt.RandomSearch(build_model, objective="loss", max_trials=9, overwrite=True)
        tuner.search(x, y)
    """
    (found,) = repaired(rehearsal({}, "save", "Object Scale was created by passing"), text)
    assert 'return {**super().get_config(), "factor": self.factor}' in found


def test_values_that_fail_are_left_out() -> None:
    failing = [rehearsal({"vocabulary": each}, "fit") for each in (50, 100)]
    (finding,) = found([*failing, rehearsal({"vocabulary": 200})])
    titles = [fix.title for fix, _ in finding.candidates()]
    assert titles and "vocabulary" in titles[0]


def test_no_share_is_told_where_a_value_was_not_played() -> None:
    (finding,) = found([rehearsal({"vocabulary": 50}, "fit"), rehearsal({"vocabulary": 200})])
    assert "%" not in finding.message


def test_an_exception_without_text_is_told_as_one() -> None:
    (finding,) = found([rehearsal({}, "fit", "")])
    assert finding.message.startswith("ValueError (without a message).")


def test_what_another_rule_names_is_not_told_again() -> None:
    text = TEXT.replace("[Stop()]", "None")
    read = module(text)
    played = replace(rehearsal({}, "callbacks", fatal=True), tuner=read.tuners[0].call.span)
    told = rules.findings(Analysis(read, rehearsals=(played,), done=True))
    assert "HS424" in [each.code for each in told]
    assert not [each for each in told if each.code.startswith("HS43")]


def test_a_rehearsal_that_was_ended_is_told_as_not_checked() -> None:
    error = ProbeError("Refused", "Hypershape does not let a probe use the network.", "limit")
    (finding,) = found([Rehearsal({}, "unknown", TUNER, error=error)], "HS904")
    assert underlined(finding, MODULE) == "tuner.search"
    assert finding.message.startswith("The trials of this search are not checked: Hypershape does not let")


def test_data_that_is_not_at_hand_is_not_told_a_second_time() -> None:
    error = ProbeError("Missing", "It needs something that is not at hand.", "limit")
    assert found([Rehearsal({}, "unknown", TUNER, error=error)], "HS904") == []


def test_a_name_that_an_earlier_model_took_is_told_where_the_target_gives_it() -> None:
    written = module(
        """
        import keras
        import keras_tuner as kt

        plain = keras.Sequential([keras.layers.Dense(1)])

        def build_model(hp):
            model = keras.Sequential([keras.layers.Dense(hp.Int("n", 1, 2), name="dense_1"), keras.layers.Dense(1)])
            model.compile(loss="mse")
            return model

        tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=9, overwrite=True)
        """
    )
    error = ProbeError(
        "ValueError",
        'All layers added to a Sequential model should have unique names. Name "dense_1" is already taken.',
        "build",
        kind="layer-name-twice",
        details={"name": "dense_1"},
    )
    played = Rehearsal({}, "fail", written.tuners[0].call.span, "tuner", error, trial=0)
    whole = Analysis(
        written, targets=(TargetAnalysis(written.targets[0], "probed"),), rehearsals=(played,), done=True
    )
    (told,) = [each for each in rules.findings(whole) if each.code in ("HS216", "HS430")]
    assert (told.code, underlined(told, written)) == ("HS216", '"dense_1"')
    assert told.message.startswith(
        "The tuner cannot be made: models that this file builds before it have taken"
    )
    first, second = told.repairs()
    assert 'name="dense_of_this_model"' in apply(written.document, first.edits).text
    assert "name=" not in apply(written.document, second.edits).text.split("def build_model")[1]


def test_a_warning_that_names_what_ends_a_search_is_an_error_and_says_so() -> None:
    text = """
        import keras
        import keras_tuner as kt

        optimizer = keras.optimizers.Adam(1e-3)

        def build_model(hp):
            model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 9))])
            model.compile(optimizer, "mse")
            return model

        tuner = kt.RandomSearch(build_model, objective="loss", max_trials=9, overwrite=True)
        tuner.search(x, y)
    """
    read = module(text)
    frames = (Frame(at(read, 'model.compile(optimizer, "mse")'), "build_model"),)
    error = ProbeError("ValueError", "Unknown variable", "step", frames)
    failed = Rehearsal(
        {},
        "fail",
        read.tuners[0].call.span,
        "fit",
        error,
        trial=2,
        tolerated=3,
        facts={"tuner": {"max_trials": 9}},
    )
    target = TargetAnalysis(read.targets[0], "probed", reports=(Report({}, "ok", "symbolic"),))
    state = Analysis(read, targets=(target,), rehearsals=(failed,), done=True)
    shown = [each for each in rules.findings(state) if each.code in ("HS404", "HS432")]
    assert [(each.code, each.severity) for each in shown] == [("HS404", Severity.ERROR)]
    assert shown[0].message.endswith("Keras Tuner stops after 3 failures in a row.")
    before = rules.findings(replace(state, rehearsals=()))
    assert [each.severity for each in before if each.code == "HS404"] == [Severity.WARNING]


LABELLED = """
    import keras
    import keras_tuner as kt

    def build_model(hp):
        model = keras.Sequential([keras.layers.Dense(hp.Choice("units", [4, 8]))])
        model.compile(loss="categorical_crossentropy")
        return model

    y = keras.utils.to_categorical(y, 4)
    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y, validation_data=(x_val, {validation}))
"""


@pytest.mark.parametrize(
    ("validation", "repaired"),
    [("y_val", "(x_val, keras.utils.to_categorical(y_val, 4))"), ("keras.utils.to_categorical(y_val)", None)],
)
def test_validation_labels_are_made_one_hot_where_those_of_the_training_are(
    validation: str, repaired: str | None
) -> None:
    read = module(LABELLED.format(validation=validation))
    frame = Frame(at(read, f"(x_val, {validation})"), "<module>")
    refused = ProbeError("ValueError", "ranks differ", "step", (frame,), kind="loss-mismatch")
    tuner = read.tuners[0].call.span
    played = Rehearsal({"units": 4}, "fail", tuner, "validate", refused, values={"units": 4}, trial=1)
    target = TargetAnalysis(read.targets[0], "probed")
    done = Analysis(read, targets=(target,), rehearsals=(played,), done=True)
    (finding,) = [each for each in rules.findings(done) if each.code == "HS432"]
    texts = [apply(read.document, fix.edits).text for fix in finding.repairs()]
    assert [text for text in texts if repaired and repaired in text] == texts
    assert bool(texts) == bool(repaired)


SILENT = """
    import keras
    import keras_tuner as kt

    class Net(keras.Model):
        def train_step(self, data):
            self.count.assign_add(1)

    class Model(kt.HyperModel):
        def build(self, hp):
            return Net()

        def fit(self, hp, model, *args, **kwargs):
            if hp.Boolean("told"):
                return model.fit(*args, **kwargs)
            model.fit(*args, **kwargs)

    tuner = kt.RandomSearch(Model(), objective="val_loss", max_trials=9, overwrite=True)
    tuner.search(x, y)
"""


@pytest.mark.parametrize(
    ("facts", "fatal", "code", "place", "says"),
    [
        ({"nothing": "Model.fit"}, True, "HS431", "fit", "`Model.fit` returns None"),
        ({}, False, "HS432", "train_step", "`Net.train_step` returns None, where Keras wants a dictionary"),
    ],
)
def test_a_method_that_returns_nothing_is_named_where_it_is_defined(
    facts: dict[str, Any], fatal: bool, code: str, place: str, says: str
) -> None:
    made = module(SILENT)
    error = ProbeError("ValueError", "list of length 0", "step")
    failed = Rehearsal(
        {}, "fail", made.tuners[0].call.span, "fit", error, trial=1, fatal=fatal, tolerated=3, facts=facts
    )
    (finding,) = rules.findings(Analysis(made, rehearsals=(failed,), done=True), select=("HS43",))
    assert (finding.code, underlined(finding, made)) == (code, place)
    assert says in finding.message


AFTER = (
    TEXT
    + """
    model = tuner.hypermodel.build(tuner.get_best_hyperparameters()[0])
    history = model.fit(x, y, epochs=3)
    told = history.history["val_loss"]
    loss, error = model.evaluate(x, y)
"""
)


def after(where: str, facts: dict[str, Any], type_: str = "KeyError") -> Rehearsal:
    failed = rehearsal({}, "after", "refused", facts=facts, trial=0)
    assert failed.error is not None
    frames = (Frame(at(module(AFTER), where), "f"),)
    return replace(failed, error=replace(failed.error, type=type_, frames=frames))


def test_a_history_without_validation_is_told_and_gets_the_data_of_the_search() -> None:
    failed = after('history.history["val_loss"]', {"meant": {"written": "val_loss", "known": ["loss"]}})
    (only,) = repaired(failed, AFTER)
    assert "model.fit(x, y, epochs=3, validation_data=(x, y))" in only
    assert "a training without validation data has no val_loss" in found([failed])[0].message


def test_numbers_for_which_there_are_too_few_names_are_told_and_taken() -> None:
    failed = after("loss, error", {"numbers": ["loss", "mae", "mape"]}, "ValueError")
    assert "`evaluate` gives 3 numbers (loss, mae, mape)" in found([failed])[0].message
    (only,) = repaired(failed, AFTER)
    assert "loss, error, *_ = model.evaluate(x, y)" in only


def test_what_a_callback_never_saw_is_told_and_not_respelt() -> None:
    facts = {"copied": "Stop", "meant": {"written": "histori", "known": ["history"]}}
    failed = after("history.history", facts, "AttributeError")
    assert (
        "every trial has a copy of the callbacks, so that this `Stop` itself never ran"
        in found([failed])[0].message
    )
    assert repaired(failed, AFTER) == []


def test_a_search_that_validates_seldom_is_told_at_that_argument() -> None:
    text = TEXT.replace("callbacks=[Stop()]", "validation_freq=2")
    facts = {"search": {"validation_freq": {"kind": "value", "value": 2}}, "reported": []}
    failed = rehearsal({}, "callbacks", "val_loss", facts=facts)
    assert failed.error is not None
    failed = replace(failed, error=replace(failed.error, type="KeyError"))
    (only,) = repaired(failed, text)
    assert "validation_freq" not in only
    assert "With validation_freq=2 not every epoch is validated" in found([failed])[0].message


def in_fit(text: str, type_: str, message: str, where: str = "", **facts: Any) -> Rehearsal:
    """A trial that fails in training, at a place of a text or nowhere in it."""
    failed = rehearsal({}, "fit", message, facts=facts)
    assert failed.error is not None
    frames = (Frame(at(module(text), where), "f"),) if where else ()
    return replace(failed, error=replace(failed.error, type=type_, frames=frames))


def told(failed: Rehearsal, text: str) -> tuple[str, str]:
    """What is underlined in a text for a rehearsal of it, and the message."""
    read = module(text)
    played = replace(failed, tuner=read.tuners[0].call.span)
    target = replace(analysis([]).targets[0], target=read.targets[0])
    every = rules.findings(Analysis(read, targets=(target,), rehearsals=(played,), done=True))
    (finding,) = [each for each in every if each.code.startswith("HS43")]
    return underlined(finding, read), finding.message


def with_class(made: str) -> str:
    return TEXT.replace("    def build_model", f"    {made}\n\n    def build_model")


def test_lists_in_the_place_of_arrays_are_told_as_such_and_made_arrays() -> None:
    text = "\n    import numpy as np" + TEXT.replace(
        "x, y, validation_data=(x, y)", "x, y, validation_data=(x, z)"
    )
    value = {"kind": "value", "type": "int", "value": 1}
    labels = {"kind": "list", "length": 2, "items": {"0": value, "1": value}}
    array = {"kind": "array", "shape": [2, 4]}
    pair = {"kind": "list", "length": 2, "items": {"0": array, "1": labels}}
    given = {"0": array, "1": labels, "validation_data": pair}
    failed = in_fit(text, "ValueError", "Unrecognized data type: x=[[0 0]], y=[1]", search=given)
    where, message = told(failed, text)
    assert (where, "The labels and the validation data are lists" in message) == ("y", True)
    (only,) = repaired(failed, text)
    assert "search(x, np.array(y), validation_data=(x, np.array(z))" in only


@pytest.mark.parametrize(
    ("length", "made"),
    [
        ("len(self.x) / 4", "-(-len(self.x) // 4)"),
        ("np.ceil(len(self.x) / 4)", "int(np.ceil(len(self.x) / 4))"),
    ],
)
def test_a_length_that_is_no_whole_number_is_told_and_made_one(length: str, made: str) -> None:
    text = with_class(
        f"class Data(keras.utils.PyDataset):\n        def __len__(self):\n            return {length}"
    )
    text = text.replace("search(x, y, ", "search(x, ")
    given = {"0": {"kind": "sequence", "length": {"method": "Data.__len__", "type": "float", "value": 2.5}}}
    failed = in_fit(text, "TypeError", "'float' object cannot be interpreted as an integer", search=given)
    where, message = told(failed, text)
    assert (where, "`Data.__len__` gives the float 2.5" in message) == ("__len__", True)
    (only,) = repaired(failed, text)
    assert f"return {made}\n" in only


def test_a_training_that_asks_for_the_labels_of_a_dataset_may_do_without() -> None:
    method = "def fit(self, hp, model, x, y, **kwargs):\n            return model.fit(x, y, **kwargs)"
    text = with_class(f"class Model(kt.HyperModel):\n        {method}")
    failed = in_fit(text, "TypeError", "Model.fit() missing 1 required positional argument: 'y'", "keras")
    assert told(failed, text)[0] == "fit"
    assert any("def fit(self, hp, model, x, y=None, **kwargs)" in each for each in repaired(failed, text))


def test_an_abbreviation_is_written_out() -> None:
    text = TEXT.replace("callbacks=[Stop()]", "epochs=optimizer.lr")
    meant = {"written": "lr", "known": ["learning_rate", "loss_rate_scale", "name"]}
    failed = in_fit(text, "AttributeError", "refused", "optimizer.lr", meant=meant)
    assert "epochs=optimizer.learning_rate" in repaired(failed, text)[0]


def test_a_list_of_search_spaces_is_told_as_one_and_its_first_taken() -> None:
    text = (
        TEXT
        + """
    best = tuner.get_best_hyperparameters()
    other = kt.RandomSearch(build_model, "val_loss", hyperparameters=best, directory="other")
"""
    )
    failed = rehearsal({}, "after", "no space", facts={"hyperparameters": "list"}, trial=0)
    assert failed.error is not None
    where = 'kt.RandomSearch(build_model, "val_loss", hyperparameters=best, directory="other")'
    error = replace(failed.error, type="AttributeError", frames=(Frame(at(module(text), where), "f"),))
    failed = replace(failed, error=error)
    assert "`hyperparameters` is a list" in told(failed, text)[1]
    assert "hyperparameters=best[0]" in repaired(failed, text)[0]


def test_a_schedule_without_a_rate_in_some_epoch_keeps_the_one_there_is() -> None:
    written = "def schedule(epoch, rate):\n        if epoch > 3:\n            return rate / 2"
    text = with_class(written).replace("Stop()", "keras.callbacks.LearningRateScheduler(schedule)")
    failed = rehearsal({}, "callbacks", "The output of the `schedule` function should be a float. Got: None")
    assert told(failed, text)[0] == "schedule"
    assert "        return rate / 2\n    return rate\n" in repaired(failed, text)[0]


def test_what_is_compared_with_none_is_taken_the_first_time() -> None:
    text = with_class(
        "def on_epoch_end(self, epoch, logs):\n        if logs < self.best:\n            self.best = logs"
    )
    message = "'<' not supported between instances of 'float' and 'NoneType'"
    failed = in_fit(text, "TypeError", message, "logs < self.best")
    assert "if self.best is None or logs < self.best:" in repaired(failed, text)[0]


def test_an_array_in_the_place_of_a_metric_is_told_where_it_is_returned() -> None:
    text = with_class(
        "class Search(kt.Tuner):\n        def run_trial(self, trial):\n            return {'val_loss': scores}"
    )
    facts = {"returning": "Search.run_trial", "arrays": {"val_loss": [2]}}
    failed = rehearsal({}, "objective", "only 0-dimensional arrays", facts=facts)
    where, message = told(failed, text)
    assert (where, "returns an array of shape (2,) as val_loss" in message) == ("{'val_loss': scores}", True)


def test_a_metric_that_no_trial_has_is_written_as_one_that_they_have() -> None:
    text = TEXT + '\n    tuner.oracle.get_best_trials()[0].metrics.get_history("val_los")\n'
    failed = rehearsal(
        {}, "after", "Unknown metric: val_los", facts={"reported": ["loss", "val_loss"]}, trial=0
    )
    assert failed.error is not None
    where = 'tuner.oracle.get_best_trials()[0].metrics.get_history("val_los")'
    failed = replace(failed, error=replace(failed.error, frames=(Frame(at(module(text), where), "f"),)))
    assert 'get_history("val_loss")' in repaired(failed, text)[0]


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("val_acc", ["val_accuracy"]),
        ("val_mea", ["val_mae"]),
        ("val_accurac", ["val_accuracy"]),
        ("val_f1", []),
    ],
)
def test_two_metrics_are_not_alike_for_being_of_the_validation(written: str, near: list[str]) -> None:
    known = ["val_accuracy", "val_mae", "val_loss", "loss"]
    assert remedies._near(written, known) == near


@pytest.mark.parametrize(("written", "known"), [("val_acc", "val_accuracy"), ("val_accuracy", "val_acc")])
def test_a_short_name_of_a_metric_and_the_long_one_stand_for_each_other(written: str, known: str) -> None:
    assert remedies._near(written, ["loss", known, "val_loss"]) == [known]


ARRAY = {"kind": "array", "shape": [200, 4]}


@pytest.mark.parametrize(
    ("names", "data", "written"),
    [
        (("x", "y"), "(x_val)", "(x_val, y_val)"),
        (("train_images", "train_labels"), "images_val", "(images_val, labels_val)"),
    ],
)
def test_validation_on_inputs_alone_is_told_and_gets_their_labels(
    names: tuple[str, str], data: str, written: str
) -> None:
    x, y = names
    text = TEXT.replace("x, y, validation_data=(x, y)", f"{x}, {y}, validation_data={data}")
    text = text.replace("    def build", "    y_val = labels_val = [0] * 4\n\n    def build", 1)
    given = {"0": ARRAY, "1": {"kind": "array", "shape": [200]}, "validation_data": ARRAY}
    failed = rehearsal({}, "validate", "None values not supported.", facts={"search": given})
    where, message = told(failed, text)
    assert where == data.strip("()") and "one array and no pair, so that it has no labels" in message
    (only,) = repaired(failed, text)
    assert f"validation_data={written}," in only


def test_labels_whose_name_nothing_tells_are_not_guessed() -> None:
    text = TEXT.replace("x, y, validation_data=(x, y)", "x, y, validation_data=held")
    given = {"0": ARRAY, "1": ARRAY, "validation_data": ARRAY}
    failed = rehearsal({}, "validate", "None values not supported.", facts={"search": given})
    assert list(repaired(failed, text)) == []


def test_a_last_batch_that_is_smaller_than_the_models_is_told_and_left_out() -> None:
    pair = {"kind": "list", "length": 2, "items": {"0": ARRAY, "1": {"kind": "array", "shape": [200]}}}
    facts = {"model": {"input": [32, 4]}, "search": {"0": ARRAY, "1": ARRAY, "validation_data": pair}}
    failed = rehearsal({}, "validate", "Incompatible shapes: [8,16] vs. [32,16]", facts=facts)
    where, message = told(failed, TEXT)
    assert (
        where,
        "batches of 32, and of the 200 rows of the validation data the last batch has 8" in message,
    ) == (
        "(x, y)",
        True,
    )
    (only,) = repaired(failed, TEXT)
    assert "search(x, y, validation_data=(x[:192], y[:192]), " in only
    other = rehearsal({}, "validate", "Incompatible shapes: [4,16] vs. [32,16]", facts=facts)
    assert "last batch" not in told(other, TEXT)[1]


@pytest.mark.parametrize(("elements", "data"), [([{}, {}], "x.map(lambda x, *_: x)"), ({}, "x"), (None, "x")])
def test_words_without_a_vocabulary_are_told_at_the_layer_that_is_adapted(
    elements: object, data: str
) -> None:
    made = "words = keras.layers.TextVectorization(max_tokens=9)"
    text = TEXT.replace("model = keras.Seq", f"{made}\n        model = keras.Seq").replace(
        "(x, y, v", "(x, v"
    )
    given = {"0": {"kind": "dataset", "elements": elements} if elements is not None else ARRAY}
    failed = in_fit(text, "FailedPreconditionError", "Table not initialized.", made[8:], search=given)
    where, message = told(failed, text)
    assert where == made[8:] and "This TextVectorization has no vocabulary" in message
    (only,) = repaired(failed, text)
    assert f"{made}\n    words.adapt({data})\n" in only


def test_a_run_trial_that_saves_nothing_is_told_and_saves_the_weights() -> None:
    text = with_class(
        """class Own(kt.RandomSearch):
        def run_trial(self, trial, x, y, **options):
            net = self.hypermodel.build(trial.hyperparameters)
            history = net.fit(x, y)
            return {"val_loss": history.history["loss"][-1]}"""
    ).replace("kt.RandomSearch(build", "Own(build")
    text += "    best = tuner.get_best_models()[0]\n"
    message = "Unable to open file: name = 'out/p/trial_0/checkpoint.weights.h5'"
    failed = in_fit(text, "FileNotFoundError", message, "tuner.get_best_models()", returning="Own.run_trial")
    failed = replace(failed, stage="after", trial=0)
    where, said = told(failed, text)
    assert (where, "`Own.run_trial` saves no weights" in said) == ("tuner.get_best_models()", True)
    (only,) = repaired(failed, text)
    assert "net.save_weights(self._get_checkpoint_fname(trial.trial_id))\n        return {" in only


def test_an_objective_that_a_trial_lacks_is_told_with_what_there_is() -> None:
    facts = {"tuner": {"objective": "val_loss", "max_trials": 9}, "reported": ["mae", "loss"]}
    failed = rehearsal({}, "objective", "val_loss", facts=facts)
    assert failed.error is not None
    failed = replace(failed, error=replace(failed.error, type="KeyError"))
    assert "The trial reports no val_loss, but loss and mae (KeyError)." in told(failed, TEXT)[1]


CALLBACK = """class Stop(keras.callbacks.Callback):
        def {method}(self, epoch, logs=None):
            print({asked})"""


@pytest.mark.parametrize(
    ("constructor", "written"),
    [
        ("", "Stop((x, y))"),
        ("def __init__(self, often):\n            self.often = often\n        ", "Stop((x, y), often=2)"),
    ],
)
def test_a_callback_that_asks_itself_for_the_validation_data_is_told_and_given_them(
    constructor: str, written: str
) -> None:
    made = CALLBACK.format(method="on_epoch_end", asked="self.validation_data")
    text = with_class(made.replace("def on", f"{constructor}def on"))
    text = text.replace("Stop()", "Stop(often=2)" if constructor else "Stop()")
    message = "'Stop' object has no attribute 'validation_data'"
    failed = in_fit(text, "AttributeError", message, "self.validation_data")
    where, said = told(failed, text)
    assert (where, "gives a callback no `validation_data` any more" in said) == ("self.validation_data", True)
    (only,) = repaired(failed, text)
    assert f"callbacks=[{written}]" in only
    assert "self.validation_data = validation_data\n" in only
    assert ("def __init__(self, validation_data, often)" if constructor else "super().__init__()") in only


@pytest.mark.parametrize(("method", "fixes"), [("on_epoch_end", 1), ("on_train_begin", 0)])
def test_a_callback_that_asks_for_the_parameters_of_an_older_keras_is_told(method: str, fixes: int) -> None:
    text = with_class(CALLBACK.format(method=method, asked="self.params['metrics']"))
    failed = in_fit(text, "KeyError", "'metrics'", "self.params['metrics']")
    assert "no `params['metrics']` any more" in told(failed, text)[1]
    assert ["print(list(logs))" in each for each in repaired(failed, text)] == [True] * fixes


@pytest.mark.parametrize(
    ("given", "made"),
    [("'out/models/best.keras'", "'out/models'"), ("path", "os.path.dirname(path)")],
)
def test_the_folder_into_which_is_saved_is_made_first(given: str, made: str) -> None:
    text = TEXT + f"\n    best = tuner.get_best_models()[0]\n    best.save({given})\n"
    message = "[Errno 2] No such file or directory: 'out/models/best.keras'"
    failed = rehearsal({}, "after", message, trial=0)
    assert failed.error is not None
    frames = (Frame(at(module(text), f"best.save({given})"), "f"),)
    failed = replace(failed, error=replace(failed.error, type="FileNotFoundError", frames=frames))
    (only,) = repaired(failed, text)
    assert f"os.makedirs({made}, exist_ok=True)\nbest.save({given})" in only
    assert "import os\n" in only


def test_a_dataset_of_texts_is_told_and_goes_through_the_layer_that_makes_numbers_of_them() -> None:
    text = TEXT.replace("    tuner =", "    words = keras.layers.TextVectorization()\n    tuner =", 1)
    text = text.replace("search(x, y, ", "search(x, ")
    elements = [{"shape": [None], "dtype": "string"}, {"shape": [None], "dtype": "int64"}]
    message = 'Invalid input shape for input Tensor("functional/Cast:0", shape=(None,), dtype=int64)'
    failed = in_fit(text, "ValueError", message, search={"0": {"kind": "dataset", "elements": elements}})
    where, said = told(failed, text)
    assert (where, "The dataset gives texts, and the model takes numbers (ValueError)." in said) == (
        "x",
        True,
    )
    (only,) = repaired(failed, text)
    assert "search(x.map(lambda texts, *others: (words(texts), *others)), " in only
    takes_texts = in_fit(
        text,
        "ValueError",
        message.replace("int64", "string"),
        search={"0": {"kind": "dataset", "elements": elements}},
    )
    assert "gives texts" not in told(takes_texts, text)[1]


def test_a_dataset_of_tensors_whose_rank_nobody_says_is_told() -> None:
    elements = [{"shape": None, "dtype": "float32"}, {"shape": None, "dtype": "int64"}]
    message = "as_list() is not defined on an unknown TensorShape."
    text = TEXT.replace("search(x, y, ", "search(x, ")
    failed = in_fit(text, "ValueError", message, search={"0": {"kind": "dataset", "elements": elements}})
    where, said = told(failed, text)
    assert (where, "does not say how many axes its tensors have" in said) == ("x", True)
    seen = {"0": {"kind": "dataset", "elements": elements, "met": [[8, 5], [8]]}}
    read = f"\n    import tensorflow as tf{text}"
    (found,) = repaired(in_fit(read, "ValueError", message, search=seen), read)
    known = "(tf.ensure_shape(inputs, (None, 5)), tf.ensure_shape(labels, (None,)))"
    assert f"search(x.map(lambda inputs, labels: {known}), " in found


@pytest.mark.parametrize(
    ("left", "right", "written"),
    [
        ("float32", "float16", "return x + tf.cast(self.codes, self.compute_dtype)"),
        ("float16", "float32", "return tf.cast(x, self.compute_dtype) + self.codes"),
    ],
)
def test_a_number_of_another_type_than_the_layers_is_cast(left: str, right: str, written: str) -> None:
    text = with_class(
        "class Codes(keras.layers.Layer):\n        def call(self, x):\n            return x + self.codes"
    )
    text = f"\n    import tensorflow as tf{text}"
    message = f"Input 'y' of 'AddV2' Op has type {left} that does not match type {right} of argument 'x'."
    failed = in_fit(text, "TypeError", message, "x + self.codes")
    assert f"A {left} and a {right} meet" in told(failed, text)[1]
    assert written in repaired(failed, text)[0]


def test_a_constructor_that_leaves_out_that_of_its_base_is_told_and_calls_it() -> None:
    text = with_class(
        "class Stop(keras.callbacks.Callback):\n        def __init__(self):\n            self.best = 0"
    )
    failed = in_fit(text, "AttributeError", "'Stop' object has no attribute '_model'")
    where, said = told(failed, text)
    assert (where, "`Stop.__init__` leaves out that of its base class" in said) == ("__init__", True)
    assert "super().__init__()\n        self.best = 0" in repaired(failed, text)[0]


def test_values_that_only_the_training_declares_and_with_which_it_fails_are_dropped() -> None:
    text = with_class(
        """class Model(kt.HyperModel):
        def build(self, hp):
            return build_model(hp)

        def fit(self, hp, model, x, y, **kwargs):
            return model.fit(x[:, : hp.Choice("window", [4, 8])], y, **kwargs)"""
    )
    text = text.replace("RandomSearch(build_model", "RandomSearch(Model()")
    window = Hyperparameter("window", "Choice", 4, (4, 8), 2)
    failed = replace(in_fit(text, "ValueError", "too long"), hyperparameters=(window,), values={"window": 8})
    found = repaired(failed, text, rehearsal({"window": 4}))
    assert [each for each in found if 'hp.Choice("window", [4])' in each]
