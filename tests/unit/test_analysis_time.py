"""How long an analysis takes, what it says meanwhile, and that it never loses what was known."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from hypershape import analysis, source
from hypershape.analysis import aside, turns
from hypershape.analysis.assumptions import open_job
from hypershape.analysis.clock import Clock
from hypershape.analysis.pipeline import exploring, rehearsing, replaying
from hypershape.model import Level, Module, Options, Rehearsal
from hypershape.probe import Cache
from tests.unit.scripted import PATH, Hp, ScriptedAgent
from tests.unit.test_analysis import TEXT, builds, large_kernels_fail, states


def many_targets(count: int) -> str:
    """A file of so many search spaces."""
    head, _, rest = TEXT.partition("def build_model")
    body, _, _ = f"def build_model{rest}".partition("tuner = ")
    return head + "".join(body.replace("build_model", f"build_{number}") for number in range(count))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says what takes long sooner than people want to know."""
    monkeypatch.setattr(turns, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(turns, "LONG_SECONDS", 0.1)


# ------------------------------------------------------------------- the first verdict


async def test_the_default_configuration_is_told_before_the_space() -> None:
    agent = ScriptedAgent(builds)
    document = source.from_text(PATH, TEXT)
    async with aclosing(analysis.analyse(document, agent, Options())) as found:  # type: ignore[arg-type]
        async for state in found:
            if state.targets[0].status == "probed":
                break
    assert len(state.targets[0].reports) == 1


async def test_a_first_build_that_takes_longer_than_the_budget_is_waited_for_and_said(
    impatient: None,
) -> None:
    agent = ScriptedAgent(builds, takes=lambda number: 0.0 if number else 0.8)
    found = await states(agent, budget=0.2)
    assert any("build_model: first build takes long" in (state.progress or "") for state in found)
    target = found[-1].targets[0]
    assert target.status == "probed" and target.coverage is not None and target.coverage.probed > 1


async def test_a_build_that_takes_longer_than_any_first_probe_may_is_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hypershape.analysis.assumptions.FIRST_SECONDS", 0.05)
    agent = ScriptedAgent(builds, takes=lambda number: 0.1)
    (target,) = (await states(agent, budget=0.2))[-1].targets
    assert target.status == "unprobeable" and target.reason == "The probe took more than 0.05 s."
    assert len(agent.probed) == 1 and agent.open_jobs == 0


async def test_a_long_first_build_can_be_cancelled(impatient: None) -> None:
    agent = ScriptedAgent(builds, takes=lambda number: 60.0)
    task = asyncio.create_task(states(agent))
    while not agent.probed:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert agent.open_jobs == 0


async def test_no_squiggle_and_no_repair_waits_for_a_rehearsal() -> None:
    class Rehearsing(ScriptedAgent):
        asked = 0

        async def rehearse(self, *_: Any, **__: Any) -> Rehearsal:
            self.asked += 1
            return await asyncio.Event().wait()  # type: ignore[return-value]

    text = TEXT + "tuner.search([[0.0]], [[0.0]])\n"
    agent = Rehearsing(large_kernels_fail)
    document = source.from_text(PATH, text)
    found = analysis.analyse(document, agent, Options(level="auto"))  # type: ignore[arg-type]
    async with aclosing(found):
        async for state in found:
            assert not agent.asked
            if state.progress == "Rehearsing the search":
                break
    without = (await states(large_kernels_fail, text, level="symbolic"))[-1]
    shown = [(each.code, each.message, [fix.title for fix in each.fixes]) for each in state.findings]
    assert shown == [
        (each.code, each.message, [fix.title for fix in each.fixes]) for each in without.findings
    ]
    assert any(each.cause is not None and each.settled for each in state.findings), shown


# ------------------------------------------------------------------- the budget


async def test_three_slow_models_get_their_verdicts_and_two_hundred_quick_ones_end_in_time() -> None:
    slow = ScriptedAgent(builds, takes=lambda number: 0.3)
    done = (await states(slow, many_targets(3), budget=0.1))[-1]
    assert [target.status for target in done.targets] == ["probed"] * 3

    quick = ScriptedAgent(builds, takes=lambda number: 0.02)
    done = (await states(quick, many_targets(200), budget=1.0))[-1]
    late = [target for target in done.targets if target.status != "probed"]
    assert 100 < len(late) < 200 and all("was over" in (target.reason or "") for target in late)
    assert {finding.code for finding in done.findings} >= {"HS901"}
    assert quick.open_jobs == 0


async def test_every_target_gets_its_default_probed_before_any_space_is_explored() -> None:
    agent = ScriptedAgent(builds)
    await states(agent, many_targets(3))
    assert agent.probed[:3] == [("symbolic", {})] * 3


def test_what_a_job_waits_for_a_processor_takes_none_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    whole = Clock(10)
    part = whole.part(4)
    now[0] = 6.0
    part.wait(3.0)
    assert (part.left, whole.left) == (1.0, 7.0)
    now[0] = 16.0
    part.wait(10.0)
    assert part.left == 0, "four times the time is all there is"
    assert whole.left == 7.0


# ------------------------------------------------------------------- what was known


async def test_a_known_failure_stays_when_an_analysis_sees_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    before = (await states(large_kernels_fail, cache=cache))[-1]
    assert before.targets[0].causes
    hurried = ScriptedAgent(large_kernels_fail, takes=lambda number: 0.06)
    after = await states(hurried, cache=cache, budget=0.1)
    assert all(state.targets[0].causes for state in after if state.environment is not None)
    monkeypatch.setattr("hypershape.analysis.assumptions.FIRST_SECONDS", 0.05)
    stuck = await states(ScriptedAgent(large_kernels_fail, takes=lambda number: 0.1), cache=cache)
    assert all(state.targets[0].causes for state in stuck if state.environment is not None)
    assert cache.result(before.targets[0].target, before.environment) is not None  # type: ignore[arg-type]


async def test_a_space_that_is_not_finished_is_explored_further_the_next_time(tmp_path: Path) -> None:
    def large(hp: Hp, level: Level) -> None:
        for name in "abcdef":
            hp.choice(name, *range(30))

    cache = Cache(tmp_path)
    hurried = {"cache": cache, "budget": 0.2, "verify_fixes": False}
    seen = []
    for _ in range(3):
        done = (await states(ScriptedAgent(large, takes=lambda number: 0.002), **hurried))[-1]  # type: ignore[arg-type]
        assert done.targets[0].coverage is not None
        seen.append(done.targets[0].coverage.probed)
    assert seen[0] < seen[1] < seen[2]


async def test_what_failed_before_an_edit_is_tried_first_after_it() -> None:
    before = (await states(large_kernels_fail))[-1]
    agent = ScriptedAgent(large_kernels_fail)
    document = source.from_text(PATH, TEXT.replace("Dense(units)", "Dense(units + 1)"))
    found = analysis.analyse(document, agent, Options(), previous=before)  # type: ignore[arg-type]
    async with aclosing(found):
        async for state in found:
            if state.targets[0].status == "probed":
                break
    assert state.targets[0].causes and len(state.targets[0].reports) == 2


async def test_what_an_edit_took_out_of_the_space_fails_no_more() -> None:
    def smaller(hp: Hp, level: Level) -> None:
        hp.choice("kernel", 3, 5, 7)
        hp.choice("units", *range(1, 41))

    before = (await states(large_kernels_fail))[-1]
    agent = ScriptedAgent(smaller)
    document = source.from_text(PATH, TEXT.replace("3, 9", "3, 7"))
    found = analysis.analyse(document, agent, Options(), previous=before)  # type: ignore[arg-type]
    done = [state async for state in found][-1]
    assert done.targets[0].coverage is not None and done.targets[0].coverage.mode == "exhaustive"
    assert not any(configuration.get("kernel") == 9 for _, configuration in agent.probed)


async def test_what_work_aside_waits_for_a_processor_is_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays = tmp_path / "schedstat"
    delays.write_text("5 1000000000 3")
    monkeypatch.setattr(aside, "_SCHEDULED", delays)
    clock = Clock(10)
    part = clock.part(5)
    assert await aside.aside(delays.write_text, "9 3000000000 4") > 0
    assert clock.left > 11.5 and part.left > 6.5
    assert Clock(10).left <= 10
    delays.unlink()
    assert await aside.aside(abs, -1) == 1
    assert clock.left < 12


async def test_another_document_does_not_gain_by_what_work_waits() -> None:
    async def own() -> aside.Kept:
        aside.begin()
        return aside.kept()

    one, other = await asyncio.gather(own(), own())
    assert one is not other


@pytest.mark.parametrize(("budget", "spaces"), [(2, 2), (10, 10), (50, 50), (90, 50), (100, 50), (300, 250)])
def test_of_a_large_budget_as_much_as_rehearsals_may_take_is_kept_for_them(budget: int, spaces: int) -> None:
    assert exploring(budget, on_top=True) == spaces


@pytest.mark.parametrize(("budget", "spaces"), [(3, 2), (9, 6), (30, 20), (150, 100), (300, 250)])
def test_a_third_of_the_budget_is_kept_for_rehearsals_where_somebody_waits_for_them(
    budget: int, spaces: int
) -> None:
    assert exploring(budget) == spaces


async def test_what_is_played_ends_with_the_budget(tmp_path: Path) -> None:
    agent = ScriptedAgent(large_kernels_fail)
    clock = Clock(30)
    assert 20 < rehearsing(clock, False, agent).left < 22  # type: ignore[arg-type]
    clock.wait(-25)
    assert 3 < rehearsing(clock, False, agent).left < 4  # type: ignore[arg-type]
    assert 8 < replaying(clock, False, agent).left < 10, "as much as is kept for repairs"  # type: ignore[arg-type]
    assert rehearsing(clock, True, agent).left > 29  # type: ignore[arg-type]


async def test_the_interpreter_starts_before_other_files_are_looked_at() -> None:
    happened: list[str] = []

    class Starting(ScriptedAgent):
        def begin(self) -> None:
            happened.append("begin")

    def widen(module: Module) -> Module:
        happened.append("widen")
        return module

    agent = Starting(builds)
    await analysis.run(source.from_text(PATH, TEXT), agent, Options(), widen)  # type: ignore[arg-type]
    assert happened[:2] == ["begin", "widen"]


async def test_an_edited_target_is_probed_first_under_the_assumption_that_held_before() -> None:
    agent, asked = ScriptedAgent(builds), list[int]()

    class Noting(ScriptedAgent):
        async def open(self, *given: Any, assumption: int = 0, **more: Any) -> Any:
            asked.append(assumption)
            return await agent.open(*given, assumption=assumption, **more)

    module = source.analyse(source.from_text(PATH, TEXT))
    opened = await open_job(module.targets[0], Noting(builds), Clock(5.0), likely=3)  # type: ignore[arg-type]
    await opened.job.close()
    assert asked == [3]
