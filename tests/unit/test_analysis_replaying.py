"""Repairs are offered where the search of the edited file runs, or gets further; no interpreter starts."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from hypershape.analysis import repairs, replaying
from hypershape.analysis.clock import Clock
from hypershape.model import (
    Analysis,
    Configuration,
    Edit,
    Finding,
    Fix,
    Options,
    ProbeError,
    Rehearsal,
    Report,
    Severity,
    Slice,
    Span,
    Stage,
    TargetAnalysis,
)

from .handmade import at, module
from .scripted import HERE, Hp, ScriptedAgent

TEXT = """
    import keras_tuner as kt

    tuner = kt.RandomSearch(build_model, objective="val_los", max_trials=3, overwrite=True)
    tuner.search(x, y, epochs=4)
"""
MODULE = module(TEXT)
TUNER = MODULE.tuners[0].call.span


def outcome(
    tuner: Span, stage: Stage | None, trial: int = 1, values: Configuration | None = None
) -> Rehearsal:
    error = ProbeError("KeyError", "val_los", "step") if stage else None
    verdict: Any = "fail" if stage else "ok"
    return Rehearsal({}, verdict, tuner, stage, error, trial=trial, values=values or {"units": 1})


class Rehearsing(ScriptedAgent):
    """An agent that knows what becomes of a search by a piece of its text."""

    def __init__(self, **stages: Stage | tuple[Stage, int] | None) -> None:
        super().__init__(self._nothing)
        self.stages, self.played = stages, list[Configuration]()

    @staticmethod
    def _nothing(hp: Hp, level: Any) -> None:
        """No target is probed here."""

    async def rehearse(
        self, slice_: Slice, configuration: Configuration, tuner: Span, seconds: float, **_: Any
    ) -> Rehearsal:
        self.played.append(configuration)
        text = slice_.files[-1].text
        stage = next(stage for word, stage in self.stages.items() if word in text)
        return outcome(tuner, *(stage if isinstance(stage, tuple) else (stage,)))


def repair(new: str) -> Fix:
    return Fix(new, (Edit(at(MODULE, "val_los"), new),))


async def offered(
    agent: Any,
    *candidates: Fix,
    played: tuple[Rehearsal, ...],
    code: str = "HS401",
    seconds: float = 20.0,
    severity: Severity = Severity.ERROR,
    **more: Any,
) -> list[str]:
    """The titles of the repairs that are offered once searches were played."""
    finding = Finding(
        code,
        "objective",
        severity,
        "No.",
        at(MODULE, "val_los"),
        repairs=lambda: iter(candidates),
        **more,
    )
    state = Analysis(MODULE, HERE, findings=(finding,), rehearsals=played, done=True)
    done = await repairs.with_played_fixes(state, agent, Options(), Clock(seconds))
    assert not any(fix.title.endswith(repairs.UNCOVERED) for _, fix in done.preferred)
    return [fix.title for each in done.findings for fix in each.fixes]


async def test_a_repair_with_which_the_search_fails_is_not_offered() -> None:
    agent = Rehearsing(val_loss=None, val_mae="objective")
    found = await offered(
        agent, repair("val_mae"), repair("val_loss"), played=(outcome(TUNER, "objective"),), code="HS431"
    )
    assert found == ["val_loss"]


@pytest.mark.parametrize(
    ("before", "after", "is_offered"),
    [
        (("fit", 1), ("fit", 1), False),
        (("fit", 1), ("fit", 2), True),
        (("fit", 1), ("save", 1), True),
        (("objective", 1), ("fit", 1), False),
        (("objective", 1), ("after", 0), True),
        (("after", 0), ("search", 0), False),
        (("tuner", 0), ("search", 0), True),
    ],
)
async def test_a_search_that_gets_further_counts(
    before: tuple[Stage, int], after: tuple[Stage, int], is_offered: bool
) -> None:
    found = await offered(
        Rehearsing(val_loss=after), repair("val_loss"), played=(outcome(TUNER, *before),), code="HS432"
    )
    assert found == [f"val_loss{repairs.UNCOVERED}"] * is_offered


async def test_what_ran_before_an_edit_runs_after_it() -> None:
    played = (outcome(TUNER, None),)
    assert await offered(Rehearsing(val_loss="fit"), repair("val_loss"), played=played, code="HS432") == []


async def test_the_configuration_that_failed_is_played_again_with_what_only_the_training_declares() -> None:
    agent = Rehearsing(val_loss=None)
    failed = outcome(TUNER, "fit", 2, {"units": 3, "window": 7, "tuner/epochs": 2})
    await offered(agent, repair("val_loss"), played=(failed,), code="HS432")
    assert agent.played == [{"units": 3, "window": 7}]


async def test_repairs_are_kept_where_nothing_was_learned() -> None:
    unknown = replace(outcome(TUNER, None), verdict="unknown")
    fix = replace(repair("val_mae"), verified=True)
    found = await offered(Rehearsing(), repair("val_mae"), played=(unknown,), fixes=(fix,), settled=True)
    assert found == ["val_mae"]


@pytest.mark.parametrize("code", ["HS103", "HS440"])
async def test_repairs_of_what_no_search_contradicts_or_ends_at_are_not_played(code: str) -> None:
    agent, fix = Rehearsing(), replace(repair("val_mae"), verified=True)
    known = {"fixes": (fix,), "settled": True, "code": code, "severity": Severity.INFO}
    found = await offered(agent, repair("val_mae"), played=(outcome(TUNER, "fit"),), **known)
    assert (found, agent.played) == (["val_mae"], [])


async def test_an_error_of_any_family_is_repaired_where_the_search_that_failed_at_it_runs() -> None:
    """Such as an oracle of an old name: that it can be had is not that the search runs."""
    agent, fixes = Rehearsing(val_mae="save", val_loss=None), (repair("val_mae"), repair("val_loss"))
    known = {"fixes": tuple(replace(each, verified=True, preferred=True) for each in fixes), "code": "HS006"}
    assert await offered(agent, *fixes, played=(outcome(TUNER, "slice"),), **known) == ["val_loss"]
    (moved,) = await offered(agent, fixes[0], played=(outcome(TUNER, "slice"),), **known)
    assert moved == f"val_mae{repairs.UNCOVERED}"


async def test_what_an_agent_does_not_answer_is_not_offered_for_a_search_that_fails() -> None:
    class Dead(Rehearsing):
        async def rehearse(self, *_: Any, **__: Any) -> Rehearsal:
            from hypershape.probe import AgentFailed

            raise AgentFailed("gone")

    assert await offered(Dead(), repair("val_loss"), played=(outcome(TUNER, "fit"),), code="HS432") == []


OUTPUT = {
    "loss": "mean_squared_error",
    "activation": "val_los",
    "least": 0.0,
    "most": 1.0,
    "labels": {"min": 20, "max": 500},
    "made": {"span": asdict(TUNER)},
}


class Seeing(Rehearsing):
    """An agent whose searches all run, with an output that a rehearsal shows to lie apart from its labels."""

    async def rehearse(self, slice_: Slice, *rest: Any, **more: Any) -> Rehearsal:
        found = await super().rehearse(slice_, *rest, **more)
        apart = "val_loss" not in slice_.files[-1].text
        return replace(found, facts={"compared": [OUTPUT if apart else {**OUTPUT, "most": None}]})


async def test_a_repair_of_what_raises_nothing_is_offered_where_a_rehearsal_no_longer_shows_it() -> None:
    ran = replace(outcome(TUNER, None), facts={"compared": [OUTPUT]})
    agent = Seeing(kt=None)
    titles = await offered(agent, repair("val_mae"), repair("val_loss"), played=(ran,), code="HS312")
    assert titles == ["val_loss"]


@pytest.mark.parametrize(("stage", "is_offered"), [("objective", False), (None, True)])
async def test_where_there_is_no_time_to_read_a_repair_again_it_stays_only_if_no_search_fails(
    stage: Stage | None, is_offered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of repairs that were probed would take minutes."""

    async def reads(*_: Any) -> None:
        raise AssertionError("there is no time")

    monkeypatch.setattr(repairs, "edited", reads)
    monkeypatch.setattr(replaying, "OVERTIME_SECONDS", 0.0)
    known = replace(repair("val_loss"), verified=True)
    found = await offered(Rehearsing(), known, played=(outcome(TUNER, stage),), seconds=0.0, fixes=(known,))
    assert found == (["val_loss"] if is_offered else [])


async def test_a_search_that_fails_is_played_with_repairs_until_one_helps_though_the_time_is_over() -> None:
    agent = Rehearsing(val_mae="objective", val_loss=None, val_acc=None)
    candidates = repair("val_mae"), repair("val_loss"), repair("val_acc")
    found = await offered(
        agent, *candidates, played=(outcome(TUNER, "objective"),), code="HS431", seconds=0.0
    )
    assert (found, len(agent.played)) == (["val_loss"], 2)


async def test_a_repair_that_there_is_no_time_to_play_is_not_refused_and_says_so() -> None:
    """A play takes as long as it took before: longer than there is time, and longer than it may go on."""
    agent = Rehearsing(val_mae=None, val_loss=None)
    failed = replace(outcome(TUNER, "objective"), seconds=replaying.OVERTIME_SECONDS + 1)
    candidates = repair("val_mae"), repair("val_loss")
    finding = Finding(
        "HS431",
        "objective",
        Severity.ERROR,
        "No.",
        at(MODULE, "val_los"),
        repairs=lambda: iter(candidates),
    )
    state = Analysis(MODULE, HERE, findings=(finding,), rehearsals=(failed,), done=True)
    (done,) = (await repairs.with_played_fixes(state, agent, Options(), Clock(0.5))).findings
    assert [(fix.title, fix.verified, fix.preferred) for fix in done.fixes] == [
        ("val_mae (not tried)", False, False)
    ]
    assert (agent.played, done.refused, done.settled) == ([], (), False)


NEVER_BUILDS = module("""
    import keras_tuner as kt

    def build_model(hp):
        return made(hp.Int("units", 1, 2))

    tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=3, overwrite=True)
    tuner.search(windows, epochs=4)
""")


@pytest.mark.parametrize(
    ("replaced", "new", "played", "is_offered"),
    [
        ("windows", "windows.transpose(0, 2, 1)", 1, False),
        ("windows", "windows.swapaxes(1, 2)", 1, True),
        ("made", "built", 0, True),
    ],
)
async def test_where_nothing_builds_an_edit_of_the_data_is_played_and_one_of_the_model_is_not(
    replaced: str, new: str, played: int, is_offered: bool
) -> None:
    error = ProbeError("ValueError", "(1, 12) is not (12, 1)", "step")
    report = Report({"units": 1}, "fail", "step", error)
    fix = Fix(new, (Edit(at(NEVER_BUILDS, replaced), new),), verified=True)
    finding = Finding(
        "HS302", "data", Severity.ERROR, "No.", at(NEVER_BUILDS, "made"), fixes=(fix,), repairs=lambda: [fix]
    )
    target = TargetAnalysis(NEVER_BUILDS.targets[0], "probed", reports=(report,))
    state = Analysis(NEVER_BUILDS, HERE, targets=(target,), findings=(finding,), done=True)
    agent = Rehearsing(transpose="search", swapaxes=None, made=None)
    done = await repairs.with_played_fixes(state, agent, Options(), Clock(20.0))
    assert len(agent.played) == played
    assert [each.title for each in done.findings[0].fixes] == [new] * is_offered
