"""Faults of the machine: what is missing, full, slow or gone while the server runs. Each is a function that raises
where the server, or what follows, is not as it should be."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from hypershape.probe import Agent, AgentFailed
from tests.faults.client import TEXT, Client
from tests.faults.trials import NEXT, cut, outcome

Start = Callable[..., Client]
"""Starts a server, with or without somebody's trust, and opens a document in it."""

Fault = Callable[[Path, Start], None]


@contextlib.contextmanager
def _served(start: Start, **options: object) -> Iterator[Client]:
    client = start(**options)
    try:
        yield client
    finally:
        client.close()


def _right(client: Client) -> None:
    assert client.is_right(10) and client.is_right(9), client.told


def _variables(**variables: str) -> Fault:
    def fault(folder: Path, start: Start) -> None:
        with _served(
            start, environment={name: value.format(folder=folder) for name, value in variables.items()}
        ) as client:
            _right(client)

    return fault


def _shell(*lines: str) -> Fault:
    """The server behind some lines of a shell."""

    def fault(folder: Path, start: Start) -> None:
        script = folder / "before.sh"
        script.write_text("\n".join((*lines, 'exec "$@"')).replace("{folder}", str(folder)))
        with _served(start, before=("sh", str(script))) as client:
            _right(client)

    return fault


def _unshared(*lines: str) -> Fault:
    """The same with mounts of its own, for which somebody must be root, or a namespace of users allowed."""

    def fault(folder: Path, start: Start) -> None:
        script = folder / "before.sh"
        script.write_text("\n".join(("set -e", *lines, 'exec "$@"')).replace("{folder}", str(folder)))
        with _served(
            start, before=("unshare", "--user", "--map-root-user", "--mount", "sh", str(script))
        ) as client:
            _right(client)

    return fault


def _all_end(theirs: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(theirs, timeout=30)
    assert not alive, alive


def _with_its_own(pid: int) -> list[psutil.Process]:
    server = psutil.Process(pid)
    return [server, *server.children(recursive=True)]


def client_goes(folder: Path, start: Start) -> None:
    with _served(start) as client:
        _right(client)
        theirs = _with_its_own(client.process.pid)
        assert client.process.stdin is not None
        client.process.stdin.close()
        _all_end(theirs)


def server_dies(folder: Path, start: Start) -> None:
    with _served(start) as client:
        _right(client)
        theirs = _with_its_own(client.process.pid)
        client.process.kill()
        client.process.wait()
        _all_end(theirs)


def client_dies(folder: Path, start: Start) -> None:
    """A client that is killed, with the server's process as its child."""
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from tests.faults.client import Client;"
        f"c = Client.{start.__name__}(); assert c.is_right(10) and c.is_right(9);"
        "print(c.process.pid, flush=True); time.sleep(600)"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", code, root], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        theirs = _with_its_own(int(parent.stdout.readline()))
        parent.kill()
    _all_end(theirs)


def client_is_deaf(folder: Path, start: Start) -> None:
    """Nobody reads the answers for a while, longer than a pipe holds."""
    with _served(start) as client:
        client.hears.clear()
        place = {"textDocument": {"uri": client.uri}, "position": {"line": 3, "character": 18}}

        def ask() -> None:
            for number in range(2000):
                client.say(
                    {"jsonrpc": "2.0", "id": f"d{number}", "method": "textDocument/hover", "params": place}
                )

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        time.sleep(3.0)
        client.hears.set()
        asking.join(60)
        assert not asking.is_alive()
        _right(client)


def clock_jumps(folder: Path, start: Start) -> None:
    """Forwards by a day, and back to a time before the start."""
    (folder / "sitecustomize.py").write_text(JUMPING)
    with _served(
        start, environment={"PYTHONPATH": str(folder), "HYPERSHAPE_TEST_CLOCK": str(folder / "clock")}
    ) as client:
        _right(client)
        for seconds in (86_400, -86_400):
            (folder / "clock").write_text(str(seconds))
            _right(client)


JUMPING = """
import os, time
true = time.time

def jumped():
    try:
        with open(os.environ["HYPERSHAPE_TEST_CLOCK"]) as file:
            return true() + float(file.read())
    except (OSError, ValueError):
        return true()

time.time = jumped
"""


def client_never_answers(folder: Path, start: Start) -> None:
    with _served(start) as client:
        client.answers = False
        _right(client)


def sleep(folder: Path, start: Start) -> None:
    """The lid of a laptop: all stands still for a while."""
    with _served(start) as client:
        os.kill(client.process.pid, signal.SIGSTOP)
        time.sleep(2.0)
        os.kill(client.process.pid, signal.SIGCONT)
        _right(client)


def two_servers(folder: Path, start: Start) -> None:
    with _served(start, cache=str(folder)) as one, _served(start, cache=str(folder)) as other:
        _right(one)
        _right(other)
        _right(one)


def hundred_files(folder: Path, start: Start) -> None:
    with _served(start) as client:
        for number in range(100):
            item = {
                "uri": (folder / f"f{number}.py").as_uri(),
                "languageId": "python",
                "version": 1,
                "text": TEXT % 10,
            }
            client.tell("textDocument/didOpen", {"textDocument": item})
        _right(client)


def cache_is_garbage(folder: Path, start: Start) -> None:
    for number in range(20):
        (folder / "hypershape").mkdir(exist_ok=True)
        (folder / "hypershape" / f"{number}.json").write_bytes(os.urandom(1000))
    with _served(start, cache=str(folder)) as client:
        _right(client)


def cache_goes(folder: Path, start: Start) -> None:
    cache = folder / "cache"
    cache.mkdir()
    with _served(start, cache=str(cache)) as client:
        shutil.rmtree(cache)
        _right(client)


def folder_goes(folder: Path, start: Start) -> None:
    (folder / "here").mkdir()
    with _served(start, cwd=folder / "here") as client:
        (folder / "here").rmdir()
        _right(client)


# ------------------------------------------------------------------- with an agent


def _probed(fault: Callable[[Agent, Path], object], **variables: str) -> Fault:
    """The next text gets its verdict from an agent to which something happens, or that starts with some variables."""

    async def run(folder: Path) -> None:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update({name: value.format(folder=folder) for name, value in variables.items()})
        tempfile.tempdir = None
        agent = Agent([sys.executable])
        try:
            found = fault(agent, folder)
            if asyncio.iscoroutine(found):
                await found
            slice_ = cut(NEXT, folder / "train.py")
            found = await asyncio.wait_for(outcome(agent, slice_, [{"kernel": 3}, {"kernel": 7}]), 120)
            assert found == ["ok", "fail"], found
        finally:
            await agent.close()
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
            tempfile.tempdir = None

    return lambda folder, start: asyncio.run(run(folder))


def _nothing(agent: Agent, folder: Path) -> None:
    return


def _pid(agent: Agent) -> int:
    assert agent._client is not None and agent._client._server is not None
    return int(agent._client._server.pid)


async def _killed(agent: Agent, folder: Path) -> None:
    await agent.environment()
    os.kill(_pid(agent), signal.SIGKILL)
    await asyncio.sleep(0.2)


async def _slept(agent: Agent, folder: Path) -> None:
    await agent.environment()
    for number in (signal.SIGSTOP, signal.SIGCONT):
        os.kill(_pid(agent), number)
        await asyncio.sleep(2.0)


async def _scratch_gone(agent: Agent, folder: Path) -> None:
    await agent.environment()
    for each in folder.glob("hypershape-*"):
        shutil.rmtree(each)


async def _interpreter_gone(agent: Agent, folder: Path) -> None:
    """It is removed under a running agent, which dies, and comes back."""
    environment = folder / "environment"
    # A virtual environment is known by the folder of its interpreter.
    environment.symlink_to(Path(sys.executable).parents[1], target_is_directory=True)
    agent.command = (str(environment / "bin" / Path(sys.executable).name),)
    await agent.environment()
    environment.unlink()
    os.kill(_pid(agent), signal.SIGKILL)
    await asyncio.sleep(0.2)
    try:
        await agent.environment()
    except AgentFailed as failure:
        assert "cannot be started" in str(failure)
    else:
        raise AssertionError("an interpreter that is gone was started")
    environment.symlink_to(Path(sys.executable).parents[1], target_is_directory=True)


LIGHT: dict[str, Fault] = {
    "no HOME": _shell("unset HOME"),
    "a HOME that is not there": _variables(HOME="/nowhere/at/all"),
    "a HOME that cannot be written": _variables(
        HOME="/proc", XDG_CACHE_HOME="/proc/x", XDG_STATE_HOME="/proc/y"
    ),
    "a cache that is a file": _shell(
        "touch {folder}/f; export XDG_CACHE_HOME={folder}/f XDG_STATE_HOME={folder}/f"
    ),
    "a cache that is garbage": cache_is_garbage,
    "a cache that goes": cache_goes,
    "a folder for temporary files that is not there": _variables(TMPDIR="/nowhere/at/all"),
    "no PATH": _variables(PATH=""),
    "no locale": _variables(LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii"),
    "another time zone": _variables(TZ="Pacific/Chatham"),
    "few descriptors": _shell("ulimit -n 40"),
    # Less than this and Keras itself cannot be imported.
    "little memory": _shell("ulimit -v 2500000"),
    "small files only": _shell("ulimit -f 1"),
    "no standard error": _shell("exec 2>&-"),
    "no /tmp": _unshared("mount -t tmpfs -o ro none /tmp || true", "export TMPDIR="),
    "a full disk for the cache": _unshared(
        "mkdir -p {folder}/full; mount -t tmpfs -o size=64k none {folder}/full",
        "dd if=/dev/zero of={folder}/full/x bs=1k 2>/dev/null || true",
        "export XDG_CACHE_HOME={folder}/full XDG_STATE_HOME={folder}/full",
    ),
    "a full disk for temporary files": _unshared(
        "mkdir -p {folder}/full; mount -t tmpfs -o size=64k none {folder}/full",
        "dd if=/dev/zero of={folder}/full/x bs=1k 2>/dev/null || true",
        "export TMPDIR={folder}/full",
    ),
    "a disk that is full": _unshared(
        "mkdir -p {folder}/full; mount -t tmpfs -o size=64k none {folder}/full",
        "dd if=/dev/zero of={folder}/full/x bs=1k 2>/dev/null || true",
        "export TMPDIR={folder}/full HOME={folder}/full XDG_CACHE_HOME={folder}/full XDG_STATE_HOME={folder}/full",
    ),
    "a working directory that goes": folder_goes,
    "a client that goes": client_goes,
    "a client that dies": client_dies,
    "a server that is killed": server_dies,
    "a clock that jumps": clock_jumps,
    "a client that asks more than it reads": client_is_deaf,
    "a client that never answers": client_never_answers,
    "a sleep": sleep,
    "two servers on one cache": two_servers,
    "a hundred files": hundred_files,
}
HEAVY: dict[str, Fault] = {
    "an agent that is killed": _probed(_killed),
    "an agent that sleeps": _probed(_slept),
    "an agent whose scratch folder goes": _probed(_scratch_gone, TMPDIR="{folder}"),
    "an interpreter that goes and comes back": _probed(_interpreter_gone),
    "a HOME that no agent can write": _probed(_nothing, HOME="/proc"),
    "an agent without a folder for temporary files": _probed(_nothing, TMPDIR="/nowhere/at/all"),
}
FAULTS = {**LIGHT, **HEAVY}
