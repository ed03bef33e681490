"""What user code starts, stops, forges or leaves behind: the next text gets its verdict, and nothing stays."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from hypershape.probe import Agent, AgentFailed, SliceFailed, life
from tests.faults.test_probes import GOOD, LIMITS, cut, probed, target

pytestmark = [pytest.mark.tensorflow, pytest.mark.asyncio(loop_scope="module")]

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux knows whose child an orphan was"
)

MARK = "hypershape-left-behind"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def agent() -> AsyncIterator[Agent]:
    agent = Agent([sys.executable])
    yield agent
    await agent.close()


async def zygote(agent: Agent) -> psutil.Process:
    await agent.environment()
    assert agent._client is not None and agent._client._server is not None
    return psutil.Process(agent._client._server.pid)


async def left(agent: Agent) -> list[int]:
    """The processes of an agent that are there some time after its jobs have ended."""
    process = await zygote(agent)
    for job in list(agent._parked):
        agent._unpark(job)
    for _ in range(100):
        spares = (await agent.ask("agent/ping", {}))["spares"]
        found = [each.pid for each in process.children(recursive=True) if each.pid not in spares]
        if not found:
            return []
        await asyncio.sleep(0.05)
    return found


STARTED = {
    "a fork that spins": "import os\nif os.fork() == 0:\n    while True: pass",
    "a fork that goes on with the target": "import os\nos.fork()",
    "a daemon": """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: time.sleep(600)
            os._exit(0)
    """,
    "a pool that is never closed": """
        import multiprocessing, time
        global pool
        pool = multiprocessing.get_context("fork").Pool(2)
        pool.map_async(time.sleep, [600] * 2)
    """,
}


@pytest.mark.spawned
@linux
@pytest.mark.parametrize("body", STARTED.values(), ids=STARTED)
async def test_processes_of_a_target_are_no_fault_and_end_with_it(agent: Agent, body: str) -> None:
    reports = await probed(agent, target(body))
    assert [report.verdict for report in reports] == ["ok", "ok", "ok"]
    assert [report.configuration["units"] for report in reports] == [2, 3, 4]
    assert await left(agent) == []


@linux
async def test_a_target_that_starts_processes_without_end_is_stopped(agent: Agent) -> None:
    body = "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(600)\n        os._exit(0)\n    time.sleep(.001)"
    before, broken, after = await probed(agent, target(body))
    assert (before.verdict, broken.verdict, after.verdict) == ("ok", "unknown", "ok")
    assert await left(agent) == []


@linux
@pytest.mark.parametrize(
    ("last", "says"),
    [
        ("os._exit(0)", "exit code 0"),
        (
            "while True:\n        try: sum(range(10**6))\n        except BaseException: pass",
            "had to be stopped",
        ),
    ],
    ids=["exits", "hangs"],
)
async def test_a_slice_is_answered_though_a_process_of_its_own_holds_the_channel(
    last: str, says: str, agent: Agent
) -> None:
    text = f"import os, time\ndef f():\n    if os.fork() == 0: time.sleep(600)\n    {last}\nN = f()\n{GOOD}    print(N)\n"
    with pytest.raises((SliceFailed, AgentFailed), match=says):
        job = await asyncio.wait_for(agent.open(cut(text), limits=LIMITS), 60)
        await job.close()
        raise AgentFailed("it was given a stand-in")
    assert await left(agent) == []
    assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}


FLUSHES = """
import sys
class Forever:
    closed = property(lambda self: self.flush())
    def write(self, *a): return 0
    def flush(self):
        while True: pass
sys.stdout = Forever()
"""


async def test_a_stream_of_the_user_s_that_never_flushes_keeps_nothing_waiting(agent: Agent) -> None:
    reports = await asyncio.wait_for(probed(agent, cut(FLUSHES + GOOD)), 60)
    assert {report.verdict for report in reports} == {"ok"}


FORGED = {
    "no message": 'b"garbage"',
    "another job's report": """b'{"method":"job/reports","params":{"job":999,"reports":[],"traces":{}}}'""",
    "another request's answer": """b'{"jsonrpc":"2.0","id":"none","result":{}}'""",
    "a request": """b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}'""",
    "a nest": 'b"[" * 100_000',
    "a long number": 'b"1" * 10_000',
}


@pytest.mark.parametrize("kind", ["N", "A"], ids=["report", "answer"])
@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
async def test_a_frame_that_user_code_forges_ends_its_own_process_only(
    kind: str, body: str, agent: Agent
) -> None:
    forge = f"""
        import contextlib, os, struct, stat, time, zlib
        body = {body}
        frame = struct.pack("!2scII", b"HS", b"{kind}", len(body), zlib.crc32(body)) + body
        for number in range(3, 64):
            with contextlib.suppress(OSError):
                if stat.S_IFMT(os.fstat(number).st_mode) in (stat.S_IFSOCK, stat.S_IFIFO): os.write(number, frame)
        time.sleep(1)
    """
    before, broken, after = await probed(agent, target(forge))
    assert (before.verdict, broken.verdict, after.verdict) == ("ok", "unknown", "ok")
    assert broken.error is not None and "wrote into the channel" in broken.error.message


@pytest.mark.parametrize(
    "code", ["os.kill(0, 15)", "os.killpg(os.getpgid(os.getppid()), 9)", "os.kill(os.getppid(), 19)"]
)
async def test_a_signal_reaches_neither_the_agent_nor_the_server(code: str, agent: Agent) -> None:
    before = await zygote(agent)
    reports = await probed(agent, target(f"import os\n{code}"))
    assert [report.verdict for report in reports] == ["ok", "unknown", "ok"]
    assert await zygote(agent) == before and before.status() != psutil.STATUS_STOPPED


async def test_an_agent_that_was_stopped_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hypershape.probe.agent.SILENT_SECONDS", 0.5)
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    try:
        first = await zygote(agent)
        os.kill(first.pid, signal.SIGSTOP)
        with pytest.raises(AgentFailed):
            await asyncio.wait_for(probed(agent, cut(GOOD)), 30)
        monkeypatch.setattr("hypershape.probe.agent.SILENT_SECONDS", 30.0)
        assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}
        assert not first.is_running() or first.status() == psutil.STATUS_ZOMBIE
        assert any("is replaced" in line for line in logged)
    finally:
        await agent.close()


async def test_an_agent_that_gets_no_processor_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hypershape.probe.agent.SILENT_SECONDS", 2.0)
    # As on a machine that is so busy that a process which could go on does not.
    monkeypatch.setattr("hypershape.probe.life.look", lambda pid: life.Life("R", 0.0))
    logged: list[str] = []
    agent = Agent([sys.executable], log=logged.append)
    try:
        first = await zygote(agent)
        os.kill(first.pid, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(4.0, os.kill, first.pid, signal.SIGCONT)
        assert {report.verdict for report in await probed(agent, cut(GOOD))} == {"ok"}
        assert not any("is replaced" in line for line in logged)
    finally:
        await agent.close()


PAST_PYTHON = {
    "a daemon": "if libc.fork() == 0:\n    libc.setsid()\n    if libc.fork() == 0: libc.sleep(600)\n    libc._exit(0)",
    "a fork": "if libc.fork() == 0:\n    libc.sleep(600)\n    libc._exit(0)",
    "a program": "libc.system(b'sleep 600 &')",
}


@pytest.mark.spawned
@linux
async def test_what_a_job_has_started_past_python_ends_with_an_agent_that_was_killed() -> None:
    agent = Agent([sys.executable])
    try:
        text = "\n".join(("import ctypes", "libc = ctypes.CDLL(None)", *PAST_PYTHON.values(), GOOD))
        job = await agent.open(cut(text), limits=LIMITS)
        process = await zygote(agent)
        spares = (await agent.ask("agent/ping", {}))["spares"]
        theirs = [each for each in process.children(recursive=True) if each.pid not in spares]
        assert len(theirs) > len(PAST_PYTHON)
        process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, theirs, 10)
        assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
        job.end()
    finally:
        await agent.close()


async def test_an_agent_that_was_killed_leaves_neither_processes_nor_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    agent = Agent([sys.executable])
    try:
        job = await agent.open(
            cut("import os, time\nif os.fork() == 0: time.sleep(600)\n" + GOOD), limits=LIMITS
        )
        process = await zygote(agent)
        theirs = process.children(recursive=True)
        assert theirs and len(list(tmp_path.glob("hypershape-*"))) == 1
        process.kill()
        await asyncio.sleep(0.2)
        psutil.wait_procs(theirs, timeout=5)
        assert not any(each.is_running() for each in theirs)
        job.end()
        await agent.environment()
        assert len(list(tmp_path.glob("hypershape-*"))) == 1
    finally:
        await agent.close()
    assert not list(tmp_path.glob("hypershape-*"))
