"""Jobs without forks: spare interpreters wait, each serves one job, is replaced, and ends with the agent.

In the place of Keras and of a job stand a few lines, so that this takes no seconds.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from hypershape.model import Slice, SliceFile
from hypershape.probe import Agent, AgentFailed, bootstrap
from tests.faults import nowhere

PACKAGES = """
import os, platform, sys, time

def described(own):
    {before}
    return {{"python": platform.python_version(), "executable": sys.executable, "problem": None}}
"""
JOB = """
import os, signal, sys, time
from . import kin, wire

def serve(channel, progress, scratch):
    if not kin.die_with_parent():
        channel.watch()
    for message in channel.requests():
        text = message["params"]["slice"]["files"][0]["text"]
        found = {}
        progress.start(0, 1.0)
        exec(text, {"found": found, "scratch": scratch})
        progress.stop()
        channel.send(wire.result(message["id"], {"error": None, "unread": repr(found), "data": None}))
"""


HEARD_SECONDS = 1.0


def hollow(monkeypatch: pytest.MonkeyPatch, before: str = "pass") -> None:
    """Agents that are started from now on have no Keras, and run `before` instead of importing it."""
    sources = {**bootstrap._sources(), "packages": PACKAGES.format(before=before), "job": JOB}
    monkeypatch.setattr(bootstrap, "_sources", lambda: sources)
    monkeypatch.setenv("HYPERSHAPE_PROCESSES", "spawn")


@pytest_asyncio.fixture
async def agent(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Agent]:
    hollow(monkeypatch)
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


async def told(agent: Agent, text: str) -> str:
    """What a job tells that runs a text; its process ends then."""
    await agent.environment()
    slice_ = Slice((SliceFile("/user/model.py", "__main__", text),), "None")
    await agent.data(slice_, 60.0)
    return agent.unread(slice_)


async def spares(agent: Agent) -> set[int]:
    return set((await agent.ask("agent/ping", {}))["spares"])


async def until(held: Callable[[], Any]) -> None:
    # Longer than a machine stands still that others keep busy.
    for _ in range(3000):
        if await held():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


async def main_process(agent: Agent) -> psutil.Process:
    await agent.environment()
    assert agent._client is not None and agent._client._server is not None
    return psutil.Process(agent._client._server.pid)


async def test_each_job_has_a_process_of_its_own_that_was_waiting_and_is_replaced(agent: Agent) -> None:
    assert (await agent.environment()).processes == "spawn"

    async def two() -> bool:
        return len(await spares(agent)) == 2

    await until(two)
    waiting = await spares(agent)
    first = await told(agent, "import os; found['pid'] = os.getpid()")
    second = await told(agent, "import os; found['pid'] = os.getpid(); found['n'] = 2")
    assert first != second and any(str(pid) in first for pid in waiting)
    await until(two)
    assert not any(str(pid) in first + second for pid in await spares(agent))


async def test_more_jobs_than_spares_wait_for_their_turn_and_that_is_told(agent: Agent) -> None:
    texts = [f"found['number'] = {number}" for number in range(6)]
    found = await asyncio.gather(*(told(agent, text) for text in texts))
    assert found == [f"{{'number': {number}}}" for number in range(6)]
    assert agent.kept_waiting > 0 and not agent._unbegun


async def test_a_job_that_is_given_up_before_it_has_a_process_takes_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hollow(monkeypatch, "time.sleep(0.5)")
    agent = Agent([sys.executable])
    try:
        await agent.environment()
        jobs = [asyncio.create_task(told(agent, f"found['n'] = {n}")) for n in range(4)]
        await asyncio.sleep(0.1)
        number = max(agent._jobs)
        agent.tell_later("job/close", {"job": number})
        done = await asyncio.wait_for(asyncio.gather(*jobs), 30)
        assert sorted(done) == ["", "{'n': 0}", "{'n': 1}", "{'n': 2}"]
    finally:
        await agent.close()


async def test_a_process_that_hangs_is_ended_and_the_next_job_is_served(agent: Agent) -> None:
    hangs = "import signal\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass"
    assert await asyncio.wait_for(told(agent, hangs), 60) == ""
    assert await told(agent, "found['well'] = True") == "{'well': True}"


async def test_what_a_job_prints_reaches_the_log_and_not_the_protocol(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hollow(monkeypatch, 'print("of the import", flush=True)')
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    try:
        text = (
            "import os\nprint('printed', flush=True)\nos.write(1, b'to the first')\nfound['in'] = input('?')"
        )
        await agent.environment()
        # What a spare printed before it had a job is heard by then, on a busy machine as well.
        await asyncio.sleep(HEARD_SECONDS)
        with pytest.raises(AssertionError):
            assert await told(agent, text) == "{}"
        await asyncio.sleep(HEARD_SECONDS)
        assert await told(agent, "found['well'] = True") == "{'well': True}"
        await until(lambda: asyncio.sleep(0, "printed" in "".join(logged)))
        assert "of the import" not in "".join(logged)
    finally:
        await agent.close()


async def test_spares_that_never_get_ready_end_the_agent_with_a_sentence_and_why_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hollow(monkeypatch, 'print("there is no such library", flush=True); os._exit(3)')
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    with pytest.raises(AgentFailed, match="did not get Keras imported"):
        await asyncio.wait_for(agent.environment(), 30)
    await until(lambda: asyncio.sleep(0, any("no such library" in line for line in logged)))
    await agent.close()


@pytest.mark.parametrize("hidden", [False, True], ids=["by the kernel", "by the channel, as on macOS"])
async def test_all_end_when_the_agent_is_killed_though_one_computes(
    hidden: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hollow(monkeypatch)
    if hidden:
        sources = dict(bootstrap._sources())
        sources["kin"] += "\n\ndef die_with_parent():\n    return False\n"
        monkeypatch.setattr(bootstrap, "_sources", lambda: sources)
    agent = Agent([sys.executable])
    begun = tmp_path / "begun"
    computing = asyncio.create_task(
        told(agent, f"open({str(begun)!r}, 'w').close()\nwhile True: sum(range(1000))")
    )
    try:
        await until(lambda: asyncio.sleep(0, begun.exists()))
        process = await main_process(agent)
        theirs = process.children(recursive=True)
        assert len(theirs) >= 2
        process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, theirs, 10)
        assert alive == []
    finally:
        computing.cancel()
        await asyncio.wait({computing})
        await agent.close()


async def test_all_end_when_the_server_is_gone(agent: Agent) -> None:
    process = await main_process(agent)
    theirs = [process, *process.children(recursive=True)]
    assert agent._client is not None and agent._client._server is not None
    assert agent._client._server.stdin is not None
    agent._client._server.stdin.close()
    _, alive = await asyncio.to_thread(psutil.wait_procs, theirs, 10)
    assert alive == []


async def test_spares_that_the_system_ends_are_replaced_and_given_to_no_job(agent: Agent) -> None:
    await agent.environment()
    await until(lambda: _two_ready(agent))
    killed = await spares(agent)
    for pid in killed:
        psutil.Process(pid).kill()

    async def replaced() -> bool:
        return not killed & await spares(agent)

    await until(replaced)
    assert await told(agent, "found['well'] = True") == "{'well': True}"


async def test_nothing_is_left_when_the_agent_is_closed(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    await told(agent, "import os; os.makedirs(scratch); open(os.path.join(scratch, 'left'), 'w').close()")
    process = await main_process(agent)
    theirs = process.children(recursive=True)
    (folder,) = tmp_path.glob("hypershape-*")
    await until(lambda: asyncio.sleep(0, not list(folder.glob("*/left"))))
    await agent.close()
    assert not folder.exists()
    _, alive = await asyncio.to_thread(psutil.wait_procs, [process, *theirs], 10)
    assert alive == []


async def test_descriptors_do_not_pile_up_over_jobs(agent: Agent) -> None:
    process = await main_process(agent)

    async def open_() -> int:
        for number in range(4):
            await told(agent, f"found['n'] = {number, os.urandom(4)}")
        await until(lambda: _two_ready(agent))
        return process.num_fds()

    first = await open_()
    await open_()
    # A thread that listens closes what it listened to a moment later.
    await until(lambda: asyncio.sleep(0, process.num_fds() <= first))
    assert process.num_threads() < 20


async def _two_ready(agent: Agent) -> bool:
    return len(await spares(agent)) == 2


async def test_none_of_it_needs_what_only_posix_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hollow(monkeypatch)
    nowhere.hide(tmp_path, monkeypatch)
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    try:
        environment = await agent.environment()
        assert environment.processes == "spawn" and "as ps tells them" in environment.bounds
        assert await told(agent, "import os; found['forks'] = hasattr(os, 'fork')") == "{'forks': False}"
        theirs = (await main_process(agent)).children(recursive=True)
    finally:
        await agent.close()
    _, alive = await asyncio.to_thread(psutil.wait_procs, theirs, 10)
    assert alive == []
    assert not any("Traceback" in line for line in logged)
