"""What training costs over a space, from a few rehearsals: bounds that hold what was measured, and no figure without support."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from hypershape.model import Cost, Hyperparameter, LayerCall, Rehearsal, Report, Span, Target, TargetAnalysis
from hypershape.report import details, told
from hypershape.report.cost import duration, size
from hypershape.space.cost import _rounds, cost_of, held, kept, least, work, would_gain

PLACE = Span("/project/model.py", 1, 1, 1, 5)
UNITS = Hyperparameter("units", "Choice", 16, (16, 64, 256, 1024), 4)


def report(units: int) -> Report:
    layers = (
        LayerCall(None, "dense", "Dense", ((None, 100),), ((None, units),), "float32", 101 * units),
        LayerCall(None, "dense_1", "Dense", ((None, units),), ((None, 1),), "float32", units + 1),
    )
    return Report({"units": units}, "ok", "symbolic", layers=layers, parameters=102 * units + 1)


def rehearsal(units: int, seconds: float, peak: int = 10**8, **training: Any) -> Rehearsal:
    trained = {
        "epochs": 10, "first_epoch": 0, "batch": 32, "steps": 100, "checks": 0, "step": [seconds] * 3,
        "taken": 4 * seconds, "parameters": 102 * units + 1, "trainable": 102 * units + 1,
        "weights": 4 * (102 * units + 1), "slots": 8 * (102 * units + 1), **training,
    }  # fmt: skip
    trial = {"trainings": [trained], "peak": peak, "seconds": 1 + 4 * seconds}
    tuner = {"class": "RandomSearch", "oracle": "RandomSearchOracle", "max_trials": 4}
    return Rehearsal(
        {"units": units}, "ok", PLACE, values={"units": units}, hyperparameters=(UNITS,),
        facts={"trials": 2, "tuner": tuner, "cost": {"device": "CPU", "trials": [trial]}},
    )  # fmt: skip


def target(units: Sequence[int] = (16, 64, 256, 1024)) -> TargetAnalysis:
    return TargetAnalysis(
        Target("build_model", PLACE, PLACE, "function", None),
        "probed",
        reports=tuple(map(report, units)),
        hyperparameters=(UNITS,),
    )


def cost(*played: Rehearsal, units: Sequence[int] = (16, 64, 256, 1024), on_gpu: bool = False) -> Cost:
    found = cost_of(target(units), played, on_gpu)
    assert found is not None
    return found


def test_where_nothing_was_measured_nothing_is_told() -> None:
    assert cost_of(target(), []) is None
    assert cost_of(target(), [Rehearsal({}, "ok", PLACE)]) is None
    assert told(None) is None


def test_a_measured_configuration_lies_within_the_bounds() -> None:
    found = cost(rehearsal(16, 0.02), rehearsal(256, 0.05), rehearsal(1024, 0.18))
    assert found.step is not None
    assert found.step[0] <= 0.02 and found.step[1] >= 0.18


def test_what_lies_beyond_takes_at_most_in_proportion_to_its_work() -> None:
    found = cost(rehearsal(16, 0.01), units=(16, 64))
    assert found.step is not None
    times = (work(report(64), 1) or 0) / (work(report(16), 1) or 1)
    assert found.step == pytest.approx((0.01 / 2, 0.01 * times * 2))


def test_bounds_that_say_nothing_are_not_told() -> None:
    found = cost(rehearsal(16, 0.01))
    assert found.step is None and found.search is None


def test_the_error_of_a_prediction_is_that_of_a_configuration_that_it_did_not_see() -> None:
    found = cost(rehearsal(16, 0.03), rehearsal(256, 0.12), rehearsal(1024, 0.18))
    (step, _), spent = found.errors, found.spent
    assert [each.foretold[0] is None for each in spent] == [True, False, True]
    assert spent[1].foretold[0] is not None
    assert step == pytest.approx(abs(spent[1].foretold[0] / 0.12 - 1))
    assert step is not None and step > 0.2
    assert found.step is not None
    assert found.step[1] >= 0.18 * (1 + step) * 0.9


def test_a_search_takes_its_trials_epochs_and_steps() -> None:
    found = cost(rehearsal(16, 0.01), units=(16,))
    assert found.trials == 4 and found.search is not None
    trial = 10 * 100 * 0.01
    assert found.search[0] <= 4 * trial <= found.search[1]


def test_trials_are_drawn_from_all_that_deeper_ones_declare() -> None:
    shallow, deep = rehearsal(16, 0.01), rehearsal(256, 0.05)
    shallow.facts["tuner"]["max_trials"] = 10**7
    assert cost(shallow, deep).trials == 4
    more = replace(UNITS, name="units_1")
    assert cost(shallow, replace(deep, hyperparameters=(UNITS, more))).trials == 16


def test_what_may_end_a_training_early_lowers_the_lower_bound_alone() -> None:
    whole, early = (cost(rehearsal(16, 0.01, **more), units=(16,)) for more in ({}, {"least_epochs": 2}))
    assert whole.search is not None and early.search is not None
    assert early.search[0] < 0.4 * whole.search[0] and early.search[1] == whole.search[1]


def test_of_data_that_is_not_known_no_search_is_told() -> None:
    played = rehearsal(16, 0.01)
    del played.facts["cost"]["trials"][0]["trainings"][0]["steps"]
    found = cost(played, units=(16,))
    assert found.search is None and found.step is not None


def test_seconds_of_this_cpu_say_nothing_of_a_search_on_a_gpu() -> None:
    found = cost(rehearsal(16, 0.01), units=(16,), on_gpu=True)
    assert found.search is None and found.step is None and found.memory is None


def test_hyperband_trains_as_many_trials_and_epochs_as_its_brackets_have() -> None:
    # keras_tuner.oracles.HyperbandOracle(max_epochs=9, factor=3): `_get_size` and `_get_epochs` of each round.
    assert list(_rounds(9, 3)) == [
        (3, 9, True), (5, 3, True), (2, 6, False), (9, 1, True), (3, 2, False), (1, 6, False)
    ]  # fmt: skip


def test_a_size_that_is_not_known_has_no_bytes() -> None:
    open_ = LayerCall(None, "a", "Dense", ((None, None, 4),), ((None, None, 8),), "float32", 40)
    unknown = Report({}, "ok", "symbolic", layers=(open_,), parameters=40)
    assert work(unknown, 32) is None and held(unknown, 32, 2.0) is None


def test_layers_that_are_told_with_those_inside_of_them_are_not_counted_twice() -> None:
    found = report(16)
    assert kept(found, 32) == pytest.approx(0.5 * 32 * 4 * 17)
    outer = LayerCall(None, "block", "Block", ((None, 100),), ((None, 16),), "float32", 101 * 16)
    within = Report({}, "ok", "symbolic", layers=(*found.layers, outer), parameters=found.parameters)
    assert kept(within, 32) == 0


def test_the_least_that_a_model_needs_is_no_more_than_was_measured() -> None:
    found = cost(rehearsal(16, 0.01), rehearsal(1024, 0.1))
    assert found.keeps and found.slots == pytest.approx(2.0, rel=0.01)
    assert least(report(1024), found, 32) >= 4 * 3 * report(1024).parameters
    assert not cost(rehearsal(16, 0.01, peak=10)).keeps


def test_words() -> None:
    shown = [duration(each) for each in (0.004, 3.21, 45, 600, 3600, 12000, 50 * 3600)]
    assert shown == ["4 ms", "3.2 s", "45 s", "10 min", "1 h", "3 h 20 min", "2.1 days"]
    assert [size(each) for each in (3e6, 2.14e9, 31e9)] == ["3 MB", "2.1 GB", "31 GB"]
    found = cost(rehearsal(16, 0.01), units=(16,))
    assert told(found) == "the search of 4 trials takes about 24 s to 84 s on this CPU"
    assert any("Measured at 1 configuration." in each for each in details(found))
    assert not math.isnan(found.search[0] if found.search else math.nan)


def test_a_search_that_takes_minutes_or_hours_is_told_nothing_of() -> None:
    found = cost(rehearsal(16, 0.01), units=(16,))
    for bounds, is_told in (((600.0, 6000.0), True), ((600.0, 7000.0), False)):
        wide = replace(found, search=bounds, step=bounds)
        assert (told(wide) is not None) is is_told
        assert any("step" in each for each in details(wide)) is is_told


def test_random_configurations_tell_what_a_random_search_takes() -> None:
    played = [rehearsal(16, 0.01), rehearsal(256, 0.05), rehearsal(1024, 0.18)]
    wide = replace(target(), cost=cost(*played), rehearsals=tuple(played))
    assert would_gain(wide)
    drawn = [report(units) for units in (16, 16, 16, 64) * 16]
    found = cost_of(target(), played, drawn=drawn)
    assert found is not None and found.search is not None
    # Most trials are of the smallest model: 4 trials of 10 epochs of 100 steps of about 10 to 20 ms.
    assert 20 < found.search[0] < 55 and found.search[1] < 150
    assert found.step == cost(*played).step
    grid = [
        replace(each, facts={**each.facts, "tuner": {"oracle": "GridSearchOracle", "max_trials": 2}})
        for each in played
    ]
    assert not would_gain(replace(target(), cost=cost(*grid), rehearsals=tuple(grid)))


def test_trials_that_fail_lower_the_lower_bound() -> None:
    played = [rehearsal(16, 0.01), rehearsal(256, 0.05), rehearsal(1024, 0.18)]
    ok = [report(16)] * 63 + [report(64)]
    half = [*ok[:32], *(replace(each, verdict="fail") for each in ok[32:])]
    whole, less = (cost_of(target(), played, drawn=each) for each in (ok, half + ok[:1]))
    assert whole is not None and whole.search is not None and less is not None and less.search is not None
    assert less.search[0] < 0.7 * whole.search[0]


def with_hyperparameter(played: Rehearsal, name: str, value: int, *values: int) -> Rehearsal:
    hp = Hyperparameter(name, "Choice", values[0], values, len(values))
    return replace(played, values={**played.values, name: value}, hyperparameters=(UNITS, hp))


def test_batches_and_epochs_that_the_training_draws_are_all_counted_or_none() -> None:
    # `HyperModel.fit` may declare what `build` knows nothing of.
    batch = with_hyperparameter(rehearsal(16, 0.01), "batch", 32, 32, 64)
    found = cost(batch, units=(16,))
    assert found.batch == (32, 64) and found.search is None
    epochs = with_hyperparameter(rehearsal(16, 0.01), "epochs", 10, 10, 50)
    assert cost(epochs, units=(16,)).search is None
    other = with_hyperparameter(rehearsal(16, 0.01), "rate", 7, 7, 8)
    assert cost(other, units=(16,)).search is not None


def test_of_a_trial_that_trains_more_than_was_played_no_time_is_told() -> None:
    played = rehearsal(16, 0.01)
    played.facts["cost"]["trials"][0]["more"] = True
    assert cost(played, units=(16,)).search is None


def test_hyperband_in_a_space_that_fills_no_round_has_no_known_number_of_trials() -> None:
    played = rehearsal(16, 0.01)
    bands = {
        "class": "Hyperband",
        "oracle": "HyperbandOracle",
        "max_epochs": 9,
        "factor": 3,
        "hyperband_iterations": 1,
    }
    played.facts["tuner"].update(bands)
    # Four configurations, and 17 that the brackets begin with.
    assert (cost(played, units=(16,)).trials, cost(played, units=(16,)).search) == (None, None)
    endless = Hyperparameter("rate", "Float", 0.1, None, None, 0.0, 1.0)
    whole = cost(replace(played, hyperparameters=(UNITS, endless)), units=(16,))
    assert whole.trials == 23 and whole.search is not None
    # 3 × 9 + 5 × 3 + 2 × 6 + 9 × 1 + 3 × 2 + 1 × 6 epochs of 100 steps of 10 ms.
    assert whole.search[0] < 75 + 23 < whole.search[1]


def test_bounds_of_memory_are_told_only_where_they_are_narrow() -> None:
    near = cost(rehearsal(16, 0.01, peak=10**8), units=(16, 32))
    far = cost(rehearsal(16, 0.01, peak=10**8), units=(16, 64))
    assert near.memory is not None and near.memory[0] < 10**8 < near.memory[1]
    assert far.memory is None and far.step is not None
