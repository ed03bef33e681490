"""Agents behind a start command of several words: on another machine, in a container, as somebody else.

In the place of Keras and of a job stand a few lines, so that this takes no seconds.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hypershape.agent import loader
from hypershape.model import ProbeError, Slice, SliceFile
from hypershape.probe import Agent, AgentFailed, Folders, SliceFailed, bootstrap
from hypershape.probe.elsewhere import Back
from tests.faults import gateway
from tests.unit.test_agent_spares import JOB, PACKAGES

NO_KERAS = 'return {"python": "3", "executable": "/usr/bin/python3", "problem": "Keras is not installed."}'
ERROR = """
import os, sys
from . import errors, kin

def serve(channel, progress, scratch):
    if not kin.die_with_parent():
        channel.watch()
    from . import wire
    for message in channel.requests():
        path = message["params"]["slice"]["files"][0]["path"]
        span = {"path": path, "line": 3, "column": 5, "end_line": 3, "end_column": 9}
        frame = {"span": span, "function": "build_model", "line": 3}
        error = errors.limit("ValueError", f"in {path}: no", [frame])
        channel.send(wire.result(message["id"], {"error": error}))
"""


def hollow(monkeypatch: pytest.MonkeyPatch, before: str = "pass", job: str = JOB, host: str = "") -> None:
    """Agents that are started from now on have no Keras; where a `host` is named they believe to be there."""
    sources = {**bootstrap._sources(), "packages": PACKAGES.format(before=before), "job": job}
    if host:
        text = sources["whereabouts"]
        sources["whereabouts"] = text.replace("platform.node()", repr(host)).replace("boot_id", "no_id")
    monkeypatch.setattr(bootstrap, "_sources", lambda: sources)
    monkeypatch.setenv("HYPERSHAPE_PROCESSES", "spawn")


@pytest.fixture
def port() -> Iterator[str]:
    """Where another process runs what it is asked to."""
    with subprocess.Popen(
        [sys.executable, gateway.__file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def far(port: str) -> list[str]:
    return [sys.executable, gateway.__file__, "connect", port, sys.executable]


def cut(text: str, path: str = "/user/model.py") -> Slice:
    return Slice((SliceFile(path, "__main__", text),), "None")


async def told(agent: Agent, text: str) -> str:
    """What a job tells that runs a text."""
    await agent.environment()
    await agent.data(cut(text), 60.0)
    return agent.unread(cut(text))


@pytest.mark.parametrize(
    "command",
    [
        ["sh", "-c", 'cd / && exec env -i PATH="$PATH" "$@"', "sh", sys.executable],
        ["sh", "-c", 'exec sh -c "$*"', "sh", sys.executable],
        ["sh", "-c", 'exec sh -c "exec sh -c \\"$*\\""', "sh", sys.executable],
        ["env", "-u", "HOME", sys.executable],
    ],
    ids=["another folder and environment", "a shell", "two shells", "no home"],
)
async def test_nothing_on_the_way_takes_the_agent_s_code_apart(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hollow(monkeypatch)
    agent = Agent(command)
    try:
        environment = await agent.environment()
        assert environment.problem is None and environment.elsewhere is None
        assert "'ran': 42" in await told(agent, "found['ran'] = 6 * 7")
    finally:
        await agent.close()


def test_what_an_interpreter_is_told_to_run_means_nothing_to_a_shell() -> None:
    assert not set(loader.CODE) & set(" \t\n'\"\\|&;<>()$`*?[]#~!{}")


async def test_no_module_of_the_folder_it_starts_in_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hollow(monkeypatch)
    for name in ("os", "zlib", "binascii", "json", "platform", "encodings", "io", "codecs"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    agent = Agent(["sh", "-c", f'cd {tmp_path} && exec env -i PATH="$PATH" "$@"', "sh", sys.executable])
    try:
        assert (await agent.environment()).problem is None
    finally:
        await agent.close()
    assert not (tmp_path / "ran").exists()


async def test_a_start_command_s_own_words_say_why_nothing_started() -> None:
    refused = "ssh: connect to host gpu-box port 22: Connection refused"
    agent = Agent(["sh", "-c", f"echo '{refused}' >&2; exit 255", "ssh"])
    with pytest.raises(AgentFailed) as raised:
        await agent.environment()
    assert str(raised.value).endswith(f"did not start a Python that can probe: {refused}")
    await agent.close()


async def test_who_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hypershape.probe.agent.HELLO_SECONDS", 0.5)
    agent = Agent(["sh", "-c", "echo 'password: ' >&2; exec sleep 600", "ssh"])
    with pytest.raises(AgentFailed, match="password:"):
        await asyncio.wait_for(agent.environment(), 20)
    await agent.close()


async def test_where_keras_is_missing_is_told(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hollow(monkeypatch, NO_KERAS, host="gpu-box")
    agent = Agent(far(port))
    try:
        environment = await agent.environment()
        assert environment.elsewhere == "gpu-box"
        assert environment.problem == "On gpu-box: Keras is not installed."
    finally:
        await agent.close()


async def test_a_place_there_is_the_place_here(
    port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hollow(monkeypatch, job=ERROR, host="gpu-box")
    agent = Agent(far(port), folders=Folders(((str(tmp_path), "/srv/ml"),)))
    path = str(tmp_path / "a" / "model.py")
    try:
        with pytest.raises(SliceFailed) as raised:
            await agent.open(cut("", path))
        error: ProbeError = raised.value.error
        assert error.span is not None and (error.span.path, error.span.line) == (path, 3)
        assert error.message == f"in {path}: no"
        assert (await agent.environment()).folders == ((str(tmp_path), "/srv/ml"),)
    finally:
        await agent.close()


async def test_a_connection_that_is_lost_ends_all_of_it_there_and_the_next_one_is_new(
    port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job is busy, and whoever listens for it has ended without a word."""
    hollow(monkeypatch, host="gpu-box")
    agent = Agent(far(port))
    try:
        await agent.environment()
        slice_ = cut(f"open({str(tmp_path / 'begun')!r}, 'w').close()\nwhile True: pass")
        asked = asyncio.create_task(agent.open(slice_))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.02)
        children = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
        (server,) = (each for each in children if "serve" in each.cmdline())
        mine = [
            each
            for each in server.children(recursive=True)
            if {loader.LINE, loader.CODE} & set(each.cmdline())
        ]
        client = next(each for each in children if "connect" in each.cmdline())
        client.kill()
        with pytest.raises(AgentFailed, match=r"The connection to gpu-box was closed\."):
            await asked
        gone, left = await asyncio.to_thread(psutil.wait_procs, mine, 10)
        assert len(gone) >= 2 and not left
        assert "'ran': 1" in await told(agent, "found['ran'] = 1")
    finally:
        await agent.close()


async def test_an_agent_that_is_closed_leaves_nothing_there(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hollow(monkeypatch, host="gpu-box")
    agent = Agent(far(port))
    await agent.environment()
    pids = set((await agent.ask("agent/ping", {}))["spares"])
    await agent.close()
    deadline = time.monotonic() + 10
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert pids and not any(map(psutil.pid_exists, pids))


@pytest.mark.parametrize(
    ("pairs", "path", "expected"),
    [
        ((("/home/me", "/srv"),), "/home/me/a/b.py", "/srv/a/b.py"),
        ((("/home/me", "/srv"), ("/home/me/a", "/data")), "/home/me/a/b.py", "/data/b.py"),
        ((("/home/me", "/srv"),), "/home/mel/b.py", "/home/mel/b.py"),
        ((("/home/me", "C:\\ml"),), "/home/me/a/b.py", "C:\\ml\\a\\b.py"),
        ((("/home/me", "D:/ml"),), "/home/me/a/b.py", "D:\\ml\\a\\b.py"),
        ((), "/home/me/b.py", "/home/me/b.py"),
    ],
    ids=["below", "the nearest", "a namesake", "Windows", "a drive", "none"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="paths of a system that has no drives")
def test_paths_there(pairs: tuple[tuple[str, str], ...], path: str, expected: str) -> None:
    assert Folders(pairs).there(path, "linux") == expected


def test_only_the_names_of_the_files_themselves_are_brought_back() -> None:
    back = Back({"/a.py": "/home/me/a.py", "/srv/b.py": "/srv/b.py"})
    said = {"path": "/a.py", "message": ["in /a.py, line 3", "/lib/a.py", "/a.pyc", 7, None], "line": 3}
    assert back(said) == {
        "path": "/home/me/a.py",
        "message": ["in /home/me/a.py, line 3", "/lib/a.py", "/a.pyc", 7, None],
        "line": 3,
    }
