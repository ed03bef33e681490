"""Probes on a system without fork, `/proc`, timers and the rest of POSIX: the same verdicts, and nothing stays."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from hypershape.probe import Agent
from tests.faults import nowhere
from tests.faults.test_left_behind import zygote
from tests.faults.test_probes import GOOD, LIMITS, cut, probed, target

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

LITTLE = replace(LIMITS, memory_mb=1000)
"""`ps` is asked once a second: what grows must have grown before its time is up."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Agent]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        nowhere.hide(tmp_path_factory.mktemp("site"), monkeypatch)
        agent = Agent([sys.executable], log=print)
        yield agent
        await agent.close()


async def test_a_search_space_is_probed_and_what_holds_its_bounds_is_told(agent: Agent) -> None:
    reports = await probed(agent, target("raise ValueError('units must not be 3')"))
    assert [report.verdict for report in reports] == ["ok", "fail", "ok"]
    assert [[each.output_shapes for each in report.layers] for report in reports[::2]] == [
        [((None, 2),)],
        [((None, 4),)],
    ]
    environment = await agent.environment()
    assert environment.processes == "spawn" and "as ps tells them" in environment.bounds
    assert environment.unfenced is not None and environment.barriers == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("while True: sum(range(1000))", "more than 2 s", marks=pytest.mark.long),
        ("import re; re.match('(a+)+$', 'a' * 40 + 'b')", "had to be stopped"),
        pytest.param("import os; os._exit(3)", "exit code 3", marks=pytest.mark.long),
        ("import numpy, time\nhog = numpy.ones(2**26)\ntime.sleep(6)", "of memory"),
    ],
    ids=["loops", "hangs in C", "exits", "grows"],
)
async def test_what_ends_a_probe_is_named_and_the_others_go_on(agent: Agent, body: str, reason: str) -> None:
    before, broken, after = await probed(agent, target(body), LITTLE)
    assert (before.verdict, broken.verdict, after.verdict) == ("ok", "unknown", "ok")
    assert broken.error is not None and reason in broken.error.message


async def test_a_file_of_the_user_s_is_not_written(agent: Agent, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    reports = await probed(agent, target(f"open({str(witness)!r}, 'w').write('x')"))
    assert reports[1].verdict == "unknown" and not witness.exists()


async def test_processes_end_with_an_agent_that_was_killed(agent: Agent) -> None:
    job = await agent.open(cut(GOOD))
    process = await zygote(agent)
    theirs = process.children(recursive=True)
    assert len(theirs) > 1
    process.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, theirs, 10)
    assert alive == []
    job.end()
