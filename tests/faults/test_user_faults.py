"""User code that crashes, hangs, floods, grows or forges: the next text gets its verdict, and nothing is left behind.

A part of the table; `make faults` tries it whole.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hypershape.probe import Agent
from tests.faults.faults import CONFIGURATIONS, faults, misjudged
from tests.faults.trials import World, some, tried

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the faults are those of Linux"),
]

PARTS, PARTS_SPAWNED = 18, 54
"""One in so many is tried in the checks: fewer where each needs interpreters of its own."""

NAMES = some(list(faults()), PARTS)
SPAWNED = [pytest.param(each, marks=pytest.mark.spawned) for each in some(list(faults()), PARTS_SPAWNED)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running() -> AsyncIterator[tuple[Agent, World]]:
    agent, world = Agent([sys.executable]), World.make()
    yield agent, world
    await agent.close()
    world.end()


@pytest.mark.parametrize(
    "name", [*(each for each in NAMES if each not in some(list(faults()), PARTS_SPAWNED)), *SPAWNED]
)
async def test_a_fault_in_user_code_harms_nothing_but_itself(name: str, running: tuple[Agent, World]) -> None:
    trial = await tried(*running, faults()[name], CONFIGURATIONS)
    assert [*trial.wrong, *misjudged(name, trial.verdicts)] == []


async def test_there_are_a_hundred_and_fifty() -> None:
    assert len(faults()) >= 150
