"""A real server of SSH on this machine: what is probed through it says what is said here, also when the line is cut.

`make remote` runs it, and installs Debian's openssh-server where none is; the other tests have stand-ins for it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hypershape.model import Slice, SliceFile
from hypershape.probe import Agent, AgentFailed
from tests.faults.test_elsewhere import says_the_same

SERVER = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
CONFIG = """ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/me.pub
StrictModes no
UsePAM no
PidFile none
"""
CLIENT = """Host gpu-box
  HostName 127.0.0.1
  Port {port}
  IdentityFile {folder}/me
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking accept-new
  BatchMode yes
  LogLevel ERROR
Host other-box
  HostName 127.0.0.1
  Port {closed}
  BatchMode yes
"""


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The words that reach a shell by a server of SSH."""
    assert SERVER is not None, "openssh-server is not installed"
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("host", "me"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port, closed = _free_ports()
    (folder / "server").write_text(CONFIG.format(folder=folder, port=port))
    (folder / "client").write_text(CLIENT.format(folder=folder, port=port, closed=closed))
    words = ["ssh", "-F", str(folder / "client")]
    # It separates its privileges there, and Debian's service alone makes it.
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with subprocess.Popen([SERVER, "-D", "-f", str(folder / "server")]) as server:
        deadline = time.monotonic() + 20
        while subprocess.run([*words, "gpu-box", "true"], stderr=subprocess.DEVNULL).returncode:
            assert server.poll() is None and time.monotonic() < deadline, "sshd did not start"
            time.sleep(0.1)
        yield words
        server.terminate()


def test_a_check_over_ssh_says_the_same(ssh: list[str], tmp_path: Path) -> None:
    says_the_same(" ".join([*ssh, "gpu-box", sys.executable]), tmp_path)


async def test_a_line_that_is_cut_ends_all_of_it_there_and_the_next_one_is_new(ssh: list[str]) -> None:
    """The job is busy when the client is killed, so that nobody but the server of SSH can tell what was at work."""
    agent = Agent([*ssh, "gpu-box", sys.executable])
    try:
        await agent.environment()
        asked = asyncio.create_task(agent.open(_cut("while True: pass")))
        busy = await asyncio.to_thread(_busy, _server())
        client = next(each for each in psutil.Process().children() if each.name() == "ssh")
        client.kill()
        with pytest.raises(AgentFailed):
            await asked
        gone, left = await asyncio.to_thread(psutil.wait_procs, busy, 20)
        assert len(gone) >= 2 and not left
        await agent.open(_cut("import keras\n"))
    finally:
        await agent.close()


async def test_a_machine_that_is_not_reached_is_told_in_the_words_of_ssh(ssh: list[str]) -> None:
    agent = Agent([*ssh, "other-box", "python3"])
    with pytest.raises(AgentFailed, match=r"port [0-9]+: Connection refused"):
        await agent.environment()
    await agent.close()


async def test_a_python_without_keras_there_is_told(ssh: list[str], tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    agent = Agent([*ssh, "gpu-box", str(bare / "bin" / "python")])
    assert "Keras is not installed" in ((await agent.environment()).problem or "")
    await agent.close()


def _server() -> psutil.Process:
    return next(each for each in psutil.Process().children() if each.name() == "sshd")


def _busy(server: psutil.Process) -> list[psutil.Process]:
    """The agent there and its processes, once one of these has computed for a second."""
    before = {each.pid for each in server.children(recursive=True)}
    while True:
        time.sleep(0.2)
        now = [each for each in server.children(recursive=True) if each.name().startswith("python")]
        for each in now:
            if each.pid not in before and sum(each.cpu_times()[:2]) > 1:
                return now


def _cut(text: str) -> Slice:
    return Slice((SliceFile("/user/model.py", "__main__", text),), "None")
