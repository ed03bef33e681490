"""What code attempts past its own folder is not done, whichever way. `make faults` tries the same in a real agent."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hypershape.agent import guard
from tests.faults import escapes
from tests.faults.trials import World, changes, some

if sys.platform == "win32":
    pytest.skip("there are no barriers in its kernel", allow_module_level=True)

from hypershape.agent import kin

SECONDS = 30.0
PLAIN = [name for name, code in escapes.escapes().items() if "keras" not in code and "tensorflow" not in code]
"""Attacks that need no Keras: their process is a plain fork of this one, behind the same barriers."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World.make()
    yield world
    world.end()


def attack(world: World, code: str, scratch: Path) -> None:
    """Runs an attack as a job of an agent, which ends what the attack leaves behind; raises TimeoutError."""
    text = escapes.text(code, world.names).replace("import keras\n", "").partition("def build_model")[0]
    agent = os.fork()
    if agent == 0:
        try:
            kin.take_in_orphans()
            os.setsid()
            job = os.fork()
            if job == 0:
                _become(text, world, scratch)
            os.waitpid(job, 0)
            kin.end_strays(set())
        finally:
            os._exit(0)
    deadline = time.monotonic() + SECONDS
    while not os.waitpid(agent, os.WNOHANG)[0]:
        if time.monotonic() > deadline or psutil.Process(agent).status() == psutil.STATUS_STOPPED:
            kin.kill(agent)
            os.waitpid(agent, 0)
            raise TimeoutError("the agent was stopped, or hangs")
        time.sleep(0.005)


def _become(text: str, world: World, scratch: Path) -> None:
    """In the process of the job; never returns."""
    try:
        faulthandler.disable()
        kin.die_with_parent()
        os.setsid()
        kin.take_in_orphans()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        guard.install(str(scratch / "agent" / "job"), str(world.project))
        signal.alarm(int(SECONDS / 2))
        exec(text, {"__name__": "__main__", "__file__": str(world.project / "train.py")})
    finally:
        os._exit(0)


@pytest.mark.parametrize("name", some(PLAIN, 4))
def test_an_attack_changes_nothing(name: str, world: World, tmp_path: Path) -> None:
    if set(guard.standing()) < set(guard.BARRIERS):
        pytest.skip("this kernel does not have all barriers")
    before = world.state()
    attack(world, escapes.escapes()[name], tmp_path)
    assert changes(before, world.state()) == []


def test_there_are_a_hundred_and_fifty() -> None:
    assert len(escapes.escapes()) >= 150
