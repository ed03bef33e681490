"""Files as people publish and report them are told what a real search does with them."""

from __future__ import annotations

import asyncio

import pytest

from tests.reports import real
from tests.reports.cases import all_cases
from tests.reports.judge import Said, compared, search_again
from tests.reports.shown import Kept, shown

FAST = (
    "01_lstm_stack_plain",
    "17_hyperband_epochs_ignored",
    "23_choice_of_tuples",
    "26_generator_exhausted",
    "28_objective_val_score",
    "44_train_step_no_test_step",
    "52_range_from_one",
    "trial_fit_returns_nothing",
    "trial_callback_reads_missing_log",
    "silent_validates_on_train",
    "works_executions",
    "works_saved_on_purpose",
    "works_settings_in_dictionaries",
    "silent_grid_resumed",
    "search_best_hp_called",
)
CASES = {case.name: case for case in all_cases() if case.name in FAST}


@pytest.fixture(scope="module")
def said() -> dict[str, Said]:
    async def everything() -> list[Said]:
        found = shown(CASES.values(), Kept(None), level="auto", budget=20.0, fixes_offered=1)
        return [compared(case, each) async for case, each in found]

    done = asyncio.run(everything())
    search_again(done, Kept(None))
    return {each.case.name: each for each in done}


@pytest.mark.tensorflow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", FAST)
def test_a_file_is_told_what_its_search_does_and_its_repair_cures(name: str, said: dict[str, Said]) -> None:
    assert said[name].because == []
    assert said[name].verdict == ("found" if CASES[name].codes else "silent")


@pytest.mark.tensorflow
@pytest.mark.timeout(300)
def test_the_record_says_what_a_real_search_does() -> None:
    names = ("26_generator_exhausted", "trial_fit_returns_nothing", "works_executions")
    programs = [(name, CASES[name].text) for name in names]
    found = {name: truth for (name, _), truth in real.run(programs)}
    assert {name: (each.outcome, each.error, each.line) for name, each in found.items()} == {
        name: (truth.outcome, truth.error, truth.line) for name in names if (truth := CASES[name].truth)
    }


def test_every_case_was_recorded_and_does_what_its_kind_says() -> None:
    for case in all_cases():
        if case.kind == "outside":
            continue
        assert case.truth is not None, case.name
        if case.kind == "works" and "FailedTrialError" not in case.text:
            assert case.truth.outcome == "ends", case.name


def test_more_than_a_quarter_of_the_own_cases_work_as_they_stand() -> None:
    own = [case for case in all_cases() if case.path.parent.name == "own"]
    works = sum(case.kind == "works" for case in own)
    assert len(own) >= 60
    assert works > len(own) / 4
