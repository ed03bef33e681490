"""Files as people publish and report them are told what a real search does with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hypershape.model import Severity
from tests.reports import real
from tests.reports.cases import Case, all_cases
from tests.reports.judge import NO_ANSWER, NOTHING, Said, compared, search_again, verdict
from tests.reports.real import Truth
from tests.reports.shown import Kept, Repair, Row, Shown, shown

FAST = (
    "01_lstm_stack_plain",
    "trial_fit_returns_nothing",
    "search_unknown_objective",
)
"""Some of every kind; `make reports` runs them all."""

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
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", FAST)
def test_a_file_is_told_what_its_search_does_and_its_repair_cures(name: str, said: dict[str, Said]) -> None:
    assert said[name].because == []
    assert said[name].verdict == ("found" if CASES[name].codes else "silent")


@pytest.mark.tensorflow
@pytest.mark.timeout(300)
def test_the_record_says_what_a_real_search_does() -> None:
    names = ("trial_fit_returns_nothing", "search_unknown_objective")
    programs = [(name, CASES[name].text) for name in names]
    found = {name: truth for (name, _), truth in real.run(programs)}
    assert {name: (each.outcome, each.error, each.line) for name, each in found.items()} == {
        name: (truth.outcome, truth.error, truth.line) for name in names if (truth := CASES[name].truth)
    }


GIVES_UP = Repair("Give such trials up at once", "raise kt.errors.FailedTrialError()")


@pytest.mark.parametrize(
    ("completed", "failed", "given_up", "came"),
    [(3, 3, 3, "cures"), (0, 3, 3, NOTHING), (0, 3, 2, "does not cure"), (3, 3, 2, "does not cure")],
)
def test_a_repair_that_gives_trials_up_is_judged_by_the_others(
    completed: int, failed: int, given_up: int, came: str
) -> None:
    row = Row("HS204", Severity.ERROR, 15, "fails", "second_layer", (GIVES_UP,))
    outcome = "some trials fail" if completed else "every trial fails"
    after = Truth(outcome, None, None, completed, failed, given_up, losses=("mse",))
    assert verdict(CASES["01_lstm_stack_plain"], row, GIVES_UP, after).startswith(came)


def test_a_repaired_search_that_takes_too_long_is_said_to_be_untried() -> None:
    row = Row("HS204", Severity.ERROR, 15, "fails", None, (GIVES_UP,))
    ((_, after),) = real.run([("slow", "import time; time.sleep(60)")], seconds=0.1)
    assert verdict(CASES["01_lstm_stack_plain"], row, GIVES_UP, after) == NO_ANSWER


def test_a_repair_that_gives_every_trial_up_does_not_cure() -> None:
    row = Row("HS204", Severity.ERROR, 15, "fails", None, (GIVES_UP,))
    after = Truth("every trial fails", None, None, 0, 3, 3)
    assert verdict(CASES["01_lstm_stack_plain"], row, GIVES_UP, after).startswith("does not cure")


@pytest.mark.parametrize(
    ("loss", "came"), [("__main__.dice", "cures"), ("__main__.other", "changes what is sought: no loss dice")]
)
def test_a_loss_in_the_place_of_its_name_is_the_same_loss(loss: str, came: str) -> None:
    case = replace(CASES["01_lstm_stack_plain"], truth=Truth("every trial fails", losses=("dice",)))
    repair = Repair("Look up dice of this file", "")
    row = Row("HS207", Severity.ERROR, 15, "fails", None, (repair,))
    assert verdict(case, row, repair, Truth("ends", losses=(loss,))) == came


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ('hp.Choice("loss", ["mae", "mse"])', "cures"),
        ('hp.Choice("loss", ["mae"])', "changes what is sought: no loss mse"),
    ],
)
def test_a_loss_that_few_trials_did_not_draw_is_not_lost(text: str, came: str) -> None:
    before = Truth("every trial fails", None, None, 0, 2, losses=("mae", "mse"))
    case = replace(CASES["01_lstm_stack_plain"], truth=before)
    repair = Repair("Run each step eagerly", text)
    row = Row("HS307", Severity.ERROR, 15, "fails", None, (repair,))
    assert verdict(case, row, repair, Truth("ends", losses=("mae",))) == came


@pytest.mark.parametrize(("completed", "came"), [(1, "cures"), (0, "does not cure")])
def test_a_repair_of_something_else_may_meet_more_luck_and_no_less(completed: int, came: str) -> None:
    before = Truth("some trials fail", None, None, 1, 1, losses=("mse",))
    case = replace(CASES["01_lstm_stack_plain"], truth=before)
    repair = Repair("Raise the maximum", "")
    row = Row("HS103", Severity.INFO, 15, "never drawn", None, (repair,))
    after = Truth("some trials fail", None, None, completed, 2 - completed, losses=("mse",))
    assert verdict(case, row, repair, after).startswith(came)


@pytest.mark.parametrize(
    ("condition", "came"),
    [("loss == 'flat'", "cures"), (None, "changes what is sought: no loss __main__.flat")],
)
def test_a_choice_that_fails_may_be_dropped_with_the_loss_that_it_alone_has(
    condition: str | None, came: str
) -> None:
    before = Truth("some trials fail", None, None, 2, 2, losses=("mse", "__main__.flat"))
    case = replace(CASES["01_lstm_stack_plain"], truth=before)
    repair = Repair("Drop 'flat' from loss", "")
    row = Row("HS399", Severity.ERROR, 15, "fails", condition, (repair,))
    assert verdict(case, row, repair, Truth("ends", losses=("mse",))) == came


def test_an_objective_that_asked_for_the_worst_may_be_turned_round() -> None:
    before = Truth("ends", sought=("max val_mae",), backwards=("max val_mae",))
    case = replace(CASES["01_lstm_stack_plain"], truth=before)
    repair = Repair("Seek the smallest", "")
    row = Row("HS403", Severity.WARNING, 15, "the worst", None, (repair,))
    assert verdict(case, row, repair, Truth("ends", sought=("min val_mae",))) == "cures"


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


@pytest.mark.parametrize(
    ("truth", "condition", "message", "verdict"),
    [
        (Truth("raises", "ValueError", 9), None, "It is refused: no search begins.", "found"),
        (Truth("raises", "ValueError", 9), None, "Keras has no such layer.", "in part"),
        (Truth("every trial fails", "RuntimeError", 9, 0, 3), None, "Every trial fails.", "found"),
        (
            Truth("every trial fails", "RuntimeError", 9, 0, 3),
            None,
            "A trial fails, with some chance.",
            "in part",
        ),
        (
            Truth("every trial fails", "RuntimeError", 9, 0, 3),
            "k >= 4",
            "when k >= 4 (33 % of the space)",
            "found",
        ),
        (Truth("some trials fail", None, None, 3, 3), "k >= 4", "A trial fails when k >= 4.", "in part"),
        (Truth("every trial fails", "FatalTypeError", 9, 0, 1), None, "The search ends at once.", "found"),
        (Truth("raises", "KeyError", 9, 3, 0), None, "This fails: KeyError.", "in part"),
        (Truth("raises", "KeyError", 9, 3, 0), None, "After the search this fails: KeyError.", "found"),
    ],
)
def test_a_finding_must_say_what_the_search_comes_to(
    truth: Truth, condition: str | None, message: str, verdict: str
) -> None:
    case = Case(Path("file.py"), "search", ("HS432",), truth=truth)
    row = Row("HS432", Severity.ERROR, 3, message, condition, ())
    assert compared(case, Shown((row,), 0.0)).verdict == verdict
