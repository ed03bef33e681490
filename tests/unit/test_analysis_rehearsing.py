"""Which rehearsals are played, in which order, and when nothing more is to be learned."""

from dataclasses import replace
from typing import Any

import pytest

from hypershape.analysis.clock import Clock
from hypershape.analysis.rehearsing import MOST, Player, _doubted, _Plan, classes_of, play, rehearsed
from hypershape.model import (
    Analysis,
    Configuration,
    Hyperparameter,
    LayerCall,
    ProbeError,
    Rehearsal,
    Report,
    Span,
    Stage,
    TargetAnalysis,
)

from .handmade import module

TUNER = Span("/project/model.py", 1, 1, 1, 2)
MODULE = module("""
    def build_model(hp):
        return hp
""")


def drawn(name: str, *values: int) -> Hyperparameter:
    return Hyperparameter(name, "Choice", values[0], values, len(values))


def target(*reports: Report, values: tuple[int, ...] = (1, 2, 3)) -> TargetAnalysis:
    return TargetAnalysis(
        MODULE.targets[0], "probed", hyperparameters=(drawn("units", *values),), reports=reports
    )


def report(units: int, verdict: Any = "ok") -> Report:
    return Report({"units": units}, verdict, "symbolic", parameters=units * 10)


def outcome(configuration: Configuration, stage: Stage | None = None, **more: Any) -> Rehearsal:
    error = ProbeError("ValueError", "refused", "step") if stage else None
    verdict: Any = "fail" if stage else "ok"
    return Rehearsal(configuration, verdict, TUNER, stage, error, values=configuration, **more)


def played(plan: _Plan, fails: Any = lambda configuration: None, **more: Any) -> list[Configuration]:
    """Everything that a plan wants, where a rehearsal fails at the stage that `fails` says."""
    found = []
    while (configuration := plan.next()) is not None:
        found.append(configuration)
        plan.add(outcome(configuration, fails(configuration), **more))
    return found


def test_the_default_configuration_comes_first_then_the_smallest_and_the_largest_model() -> None:
    plan = _Plan(target(report(2), report(1), report(3)))
    assert played(plan) == [{"units": 2}, {"units": 1}, {"units": 3}]


def test_the_default_configuration_is_not_played_twice() -> None:
    assert played(_Plan(target(report(1), report(3)))) == [{"units": 1}, {"units": 3}]


def test_a_corner_whose_values_a_trial_had_already_is_not_played_again() -> None:
    plan = _Plan(target(Report({}, "ok", "symbolic"), report(1)))
    assert plan.next() == {}
    plan.add(replace(outcome({}), values={"units": 1}))
    assert plan.next() is None


def test_a_configuration_that_does_not_build_is_not_played() -> None:
    assert played(_Plan(target(report(1, "fail"), report(2)))) == [{"units": 2}]


def test_a_tuner_without_a_target_is_played_once_as_it_is() -> None:
    assert played(_Plan(None)) == [{}]


def test_a_tuner_that_cannot_be_made_is_made_once() -> None:
    plan = _Plan(target(report(1), report(2), report(3)))
    assert played(plan, lambda _: "tuner") == [{"units": 1}]


def test_nothing_follows_what_could_not_be_learned() -> None:
    plan = _Plan(target(report(1), report(3)))
    first = plan.next()
    assert first is not None
    plan.add(replace(outcome(first), verdict="unknown"))
    assert plan.next() is None


def test_trials_are_played_on_where_only_what_follows_the_search_could_not_be_learned() -> None:
    plan = _Plan(target(report(1), report(3)))
    first = plan.next()
    assert first is not None
    plan.add(replace(outcome(first), verdict="unknown", stage="after"))
    assert plan.next() == {"units": 3}


def test_the_other_values_of_the_one_hyperparameter_that_decides_are_played() -> None:
    plan = _Plan(target(report(1), report(3)))
    assert {"units": 2} in played(plan, lambda each: "fit" if each["units"] == 1 else None)


def test_values_that_only_the_training_declares_are_played() -> None:
    plan = _Plan(target(report(1)))
    space = (drawn("units", 1, 2, 3), drawn("batch", 8, 16))
    assert {"units": 1, "batch": 16} in played(plan, hyperparameters=space)


def test_the_number_of_rehearsals_is_bounded() -> None:
    plan = _Plan(target(report(1)))
    space = tuple(drawn(f"name_{index}", 1, 2, 3, 4) for index in range(9))
    assert len(played(plan, hyperparameters=space)) == MOST


class Assuming:
    """An agent that makes data up: what becomes of a search under each assumption."""

    def __init__(self, *stages: Stage | None, message: str = "refused") -> None:
        self.stages, self.asked = stages, list[int]()
        self.message = message

    async def rehearse(self, *_: Any, assumption: int, **__: Any) -> Rehearsal:
        self.asked.append(assumption)
        found = outcome({}, self.stages[assumption], assumed=True)
        error = found.error and replace(found.error, message=self.message.format(assumption))
        return replace(found, error=error)


SEARCH = module("""
    import keras_tuner as kt

    tuner = kt.RandomSearch(build_model, objective="loss", max_trials=3)
    tuner.search(x, y)
""").tuners[0]


@pytest.mark.parametrize(
    ("stages", "verdict", "plays"),
    [
        ((None,), "ok", 1),
        (("callbacks", "callbacks"), "fail", 2),
        (("callbacks", None), "ok", 2),
        (("callbacks", "objective"), "unknown", 2),
        (("tuner", "build", "callbacks", "callbacks"), "fail", 4),
        (("tuner", "tuner", "tuner", "tuner", "tuner"), "unknown", 5),
    ],
)
async def test_without_the_data_only_what_holds_under_every_assumption_is_a_failure(
    stages: tuple[Stage | None, ...], verdict: str, plays: int
) -> None:
    agent: Any = Assuming(*stages)
    found = await play(SEARCH, {}, Player(agent))
    assert (found.verdict, len(agent.asked)) == (verdict, plays)


async def test_failures_that_differ_in_numbers_alone_are_one() -> None:
    numbered: Any = Assuming("callbacks", "callbacks", message="got {} of them")
    assert (await play(SEARCH, {}, Player(numbered))).verdict == "fail"


@pytest.mark.parametrize("parameters", [None, 40])
def test_models_that_no_size_tells_apart_are_played_at_values_that_differ_the_most(
    parameters: int | None,
) -> None:
    """A batch size is no matter of parameters."""

    def alike(**values: int) -> Report:
        return Report(values, "ok", "symbolic", parameters=parameters)

    grid = [alike(width=width, start=start) for start in (4, 7) for width in (16, 32)]
    plan = _Plan(target(*grid))
    assert played(plan) == [{"width": 16, "start": 4}, {"width": 32, "start": 7}]


@pytest.mark.parametrize(
    ("before", "type_", "verdict"),
    [
        ("", "FileNotFoundError", "fail"),
        ("import os\n    os.makedirs('logs')", "FileNotFoundError", "fail"),
        (
            "import os\n    def prepare():\n        os.makedirs('logs')\n    prepare()",
            "FileNotFoundError",
            "unknown",
        ),
        ("import os\n    def prepare():\n        os.makedirs('logs')\n    prepare()", "ValueError", "fail"),
    ],
)
def test_a_missing_folder_proves_nothing_where_the_file_makes_folders_elsewhere(
    before: str, type_: str, verdict: str
) -> None:
    made = module(f"""
    import keras_tuner as kt
    {before}
    tuner = kt.RandomSearch(build_model, "val_loss", max_trials=9)
    tuner.search(x, y)
    """)
    error = ProbeError(type_, "logs/log.csv", "step")
    failed = Rehearsal({}, "fail", made.tuners[0].call.span, "callbacks", error)
    assert _doubted(failed, made).verdict == verdict


TWO_SEARCHES = module("""
    import keras_tuner as kt

    first = kt.RandomSearch(build_model, objective="loss", max_trials=3)
    first.search(x, y)
    second = kt.GridSearch(build_model, objective="loss", max_trials=3)
    second.search(x, y)
""")


@pytest.mark.parametrize(("seconds", "plays"), [(0.0, 1), (-5.0, 1), (30.0, 2)])
async def test_one_search_is_played_even_where_the_time_is_over(seconds: float, plays: int) -> None:
    agent: Any = Assuming(None)
    states = [each async for each in rehearsed(Analysis(TWO_SEARCHES), Player(agent), Clock(seconds))]
    assert len(states[-1].rehearsals) == plays


SEARCHED = module("""
    import keras_tuner as kt

    def build_model(hp):
        return hp

    tuner = kt.RandomSearch(build_model, objective="loss", max_trials=3)
    tuner.search(x, y)
""")


@pytest.mark.parametrize(("seconds", "plays"), [(0.0, 1), (30.0, 2)])
async def test_a_target_says_that_there_was_no_time_for_further_rehearsals(
    seconds: float, plays: int
) -> None:
    agent: Any = Assuming(None)
    probed = replace(target(report(1), report(2)), target=SEARCHED.targets[0])
    state = Analysis(SEARCHED, targets=(probed,))
    last = [each async for each in rehearsed(state, Player(agent), Clock(seconds))][-1].targets[0]
    assert (len(last.rehearsals), last.rehearsals_cut) == (plays, not seconds)


def test_what_computes_the_most_is_played_last_where_steps_are_measured_and_is_missed_by_no_verdict() -> None:
    def layered(units: int, places: int) -> Report:
        call = LayerCall(
            None, "a", "Conv1D", ((None, 9, 4),), ((None, places, units),), "float32", units * 10
        )
        return replace(report(units), layers=(call,))

    plan = _Plan(target(layered(1, 1), layered(2, 900), layered(3, 1)))
    assert played(plan, facts={"cost": {"trials": []}}) == [{"units": 1}, {"units": 3}]
    assert plan.next(measures=True) == {"units": 2}
    unmeasured = _Plan(target(layered(1, 1), layered(2, 900), layered(3, 1)))
    played(unmeasured)
    assert unmeasured.next(measures=True) is None


@pytest.mark.parametrize(
    ("shapes", "classes"),
    [
        ([((None, 10),)], 10),
        ([((None, 10),), ((None, 10),)], 10),
        ([((None, 10),), ((None, 12),)], None),
        ([((None, 1),)], None),
        ([((None, 10), (None, 10))], None),
        ([((None, None),)], None),
        ([], None),
    ],
)
def test_the_classes_of_a_target_are_the_width_of_its_only_output(shapes: Any, classes: int | None) -> None:
    reports = [replace(report(number), output_shapes=each) for number, each in enumerate(shapes)]
    failed = replace(report(9, "fail"), output_shapes=((None, 3),))

    assert classes_of(target(*reports, failed)) == classes
    assert classes_of(None) is None
