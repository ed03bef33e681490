"""One trial: a file whose code does something is probed, then the next request is answered, the next text gets its
right verdict, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from hypershape.model import Slice, SliceFile
from hypershape.probe import Agent, AgentFailed, Limits, SliceFailed

LIMITS = Limits(seconds=2.0, memory_mb=3000, output_bytes=2000)
AMPLE = Limits(seconds=20.0)
"""For the next text, whose verdict no busy machine may take away."""

MOST_SECONDS = 90.0
"""A trial that takes longer by the clock is a wedge, however busy the machine is."""

MOST_COMPUTED, MOST_COMPUTED_WITH_KERAS = 2.0, 10.0
"""So many seconds of processor time the verdict of the next text may take, the second where Keras must be imported."""

AT_A_TIME = 3
"""So many interpreters may be imported meanwhile where nothing is forked: the text's own, and two for what follows."""

EVERYTHING = "HYPERSHAPE_FAULTS"
"""With `all` in this environment variable the suites try all that they have, otherwise a part of it."""

PARTS = 12
"""`make test` tries one in so many."""

NEXT = """
import keras

def build_model(hp):
    model = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(2, hp.Choice("kernel", [3, 7]))])
    model.compile(loss="mse")
    return model
"""


def some(names: Sequence[str], parts: int = PARTS) -> list[str]:
    """Those that are tried: all, or one in `parts`, spread over the table."""
    return list(names) if os.environ.get(EVERYTHING) == "all" else list(names)[::parts]


@dataclass
class World:
    """What user code must leave as it is: files beside its own folder, a process, shared memory, and who listens."""

    root: Path
    sleeper: subprocess.Popen[bytes]
    listeners: list[socket.socket] = field(default_factory=list)

    @property
    def outside(self) -> Path:
        return self.root / "outside"

    @property
    def project(self) -> Path:
        return self.root / "project"

    @classmethod
    def make(cls) -> World:
        root = Path(tempfile.mkdtemp(prefix="faults-"))
        for name in ("outside/folder", "project"):
            (root / name).mkdir(parents=True)
        (root / "outside" / "victim.txt").write_text("mine")
        (root / "outside" / "folder" / "inner.txt").write_text("mine, too")
        (root / "project" / "data.csv").write_text("a,b\n1,2\n")
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        world = cls(root, sleeper)
        world._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        world._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        world._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(root / "outside" / "socket"))
        if sys.platform.startswith("linux"):
            world._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0faults-{sleeper.pid}")
            world._listen(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0faults-{sleeper.pid}-datagrams")
        return world

    def _listen(self, family: int, kind: int, address: Any) -> None:
        listener = socket.socket(family, kind)
        listener.bind(address)
        listener.setblocking(False)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        self.listeners.append(listener)

    @property
    def names(self) -> dict[str, Any]:
        """What an attack may know."""
        return {
            "OUTSIDE": str(self.outside),
            "SLEEPER": self.sleeper.pid,
            "SERVER": os.getpid(),
            "TCP": self.listeners[0].getsockname(),
            "UDP": self.listeners[1].getsockname(),
        }

    def state(self) -> dict[str, Any]:
        """Everything that user code could have changed."""
        found: dict[str, Any] = {}
        for path in sorted([self.root, *self.root.rglob("*")]):
            if "__pycache__" in path.parts or path == self.project / "train.py":
                continue
            status = path.lstat()
            text = path.read_bytes() if path.is_file() else b""
            names = os.listxattr(path) if sys.platform.startswith("linux") else []
            # Folders of ours that we write into ourselves have times of their own.
            times = status.st_mtime_ns if path.is_relative_to(self.outside) else 0
            found[str(path)] = (text, status.st_mode, status.st_uid, status.st_nlink, times, names)
        process = psutil.Process(self.sleeper.pid)
        alive = process.is_running() and process.status() not in ("stopped", "zombie")
        limits = process.rlimit(psutil.RLIMIT_CORE) if hasattr(process, "rlimit") else None
        found["the user's process"] = (alive, alive and process.nice(), limits)
        found["whoever listens"] = [_heard(each) for each in self.listeners]
        found["shared memory"] = sorted(os.listdir("/dev/shm")) if Path("/dev/shm").is_dir() else []  # noqa: PTH208
        for table in ("shm", "sem", "msg"):
            place = Path("/proc/sysvipc") / table
            found[f"{table} of System V"] = len(place.read_text().splitlines()) if place.exists() else 0
        found["the machine"] = (socket.gethostname(), abs(time.time() - time.monotonic() - _STARTED) < 60)
        return found

    def end(self) -> None:
        for each in self.listeners:
            each.close()
        self.sleeper.kill()
        self.sleeper.wait()
        shutil.rmtree(self.root, ignore_errors=True)


_STARTED = time.time() - time.monotonic()


def _heard(listener: socket.socket) -> str:
    """What has come to a socket: nothing, as long as nobody reaches it."""
    try:
        if listener.type & 0xF == socket.SOCK_DGRAM:
            return repr(listener.recv(100))
        connection, _ = listener.accept()
        connection.close()
        return "a connection"
    except BlockingIOError:
        return "nothing"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is not as it was, by name."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def cut(text: str, path: Path) -> Slice:
    return Slice((SliceFile(str(path), "__main__", textwrap.dedent(text)),), "build_model")


async def outcome(
    agent: Agent, slice_: Slice, configurations: Sequence[dict[str, Any]], limits: Limits = AMPLE
) -> list[str]:
    """The verdicts of some configurations, or why there are none."""
    try:
        job = await agent.open(slice_, limits=limits)
    except SliceFailed as failed:
        return [f"{failed.error.stage}: {failed.error.message}"]
    except AgentFailed as failed:
        return [f"no agent: {failed}"]
    try:
        return [report.verdict async for report in job.probe(configurations, "symbolic")]
    except AgentFailed as failed:
        return [f"no agent: {failed}"]
    finally:
        await job.close()


def _pid(agent: Agent) -> int:
    client = agent._client
    return 0 if client is None or client._server is None else int(client._server.pid)


def _computed(agent: Agent) -> tuple[int, float]:
    """The process of an agent, and the seconds of processor time that it and all that it has started have had."""
    found = 0.0
    try:
        process = psutil.Process(_pid(agent))
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                found += sum(each.cpu_times()[:4])
    except psutil.Error:
        return 0, 0.0
    return process.pid, found


def _too_much(before: tuple[int, float], after: tuple[int, float], processes: str) -> str | None:
    """What is wrong with the processor time that the next text took, if that is."""
    again = before[0] != after[0]
    used = after[1] - (0.0 if again else before[1])
    most = MOST_COMPUTED_WITH_KERAS if again else MOST_COMPUTED
    if processes == "spawn":
        most = AT_A_TIME * MOST_COMPUTED_WITH_KERAS
    return f"the next text took {used:.1f} s of processor time" if used > most else None


async def _processes(agent: Agent) -> set[int]:
    """What still runs for an agent some time after its jobs have ended, but what has run nothing of the user's."""
    for job in list(agent._parked):
        agent._unpark(job)
    found: set[int] = set()
    for _ in range(100):
        try:
            answer = await agent.ask("agent/ping", {}) or {}
            children = psutil.Process(_pid(agent)).children(recursive=True)
        except (AgentFailed, psutil.NoSuchProcess):
            return set()
        found = {each.pid for each in children} - {*answer.get("spares", ())}
        if not found:
            return found
        await asyncio.sleep(0.05)
    return found


@dataclass(frozen=True)
class Trial:
    """What came of one file: the verdicts of its own space, and what was wrong afterwards."""

    verdicts: list[str]
    wrong: list[str]
    seconds: float


async def tried(agent: Agent, world: World, text: str, configurations: Sequence[dict[str, Any]]) -> Trial:
    """Probes a text in the project's folder and looks at what is left of the world."""
    path = world.project / "train.py"
    path.write_text(text)
    before, started = world.state(), time.monotonic()
    wrong: list[str] = []
    verdicts: list[str] = []
    try:
        trial = outcome(agent, cut(text, path), configurations, LIMITS)
        verdicts = await asyncio.wait_for(trial, MOST_SECONDS)
    except asyncio.TimeoutError:
        wrong.append("it was never answered")
    seconds = time.monotonic() - started
    used = _computed(agent)
    try:
        following = outcome(agent, cut(NEXT, path), [{"kernel": 3}, {"kernel": 7}])
        found = await asyncio.wait_for(following, MOST_SECONDS)
    except asyncio.TimeoutError:
        found = ["never answered"]
    if found != ["ok", "fail"]:
        wrong.append(f"the next text: {', '.join(found)}")
    elif much := _too_much(used, _computed(agent), (await agent.environment()).processes):
        wrong.append(much)
    if left := await _processes(agent):
        wrong.append(f"{len(left)} processes are left")
    wrong += [f"changed: {Path(name).name}" for name in changes(before, world.state())]
    return Trial(verdicts, wrong, seconds)
