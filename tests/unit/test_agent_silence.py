"""A process that shows no work in hand, and does not answer what it was asked, is given up."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("no process is forked there", allow_module_level=True)

from hypershape.agent import limits, zygote


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[zygote.Zygote, Any]]:
    """A zygote with one child that was asked something, and does nothing for an hour."""
    monkeypatch.setattr(zygote, "ANSWER_SECONDS", 0.05)
    process = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    pipes = [os.pipe() for _ in range(3)]
    sockets = socket.socketpair()
    child = zygote._Child(1, process.pid, sockets[0], pipes[0][0], {})
    child.progress, child.pending = limits.Progress(), 7
    watching = zygote.Zygote(pipes[1][0], pipes[2][1])
    watching._children[1] = child
    yield watching, child
    process.kill()
    process.wait()


def test_it_is_ended_when_its_time_is_over(watched: tuple[zygote.Zygote, Any]) -> None:
    watching, child = watched
    watching._watch()
    assert child.killed_because is None
    time.sleep(0.1)
    watching._watch()
    assert child.killed_because == "It did not answer any more."
    assert os.WTERMSIG(os.waitpid(child.pid, 0)[1]) == 9


def test_one_that_shows_what_it_works_at_is_held_to_the_limits_of_that(
    watched: tuple[zygote.Zygote, Any],
) -> None:
    watching, child = watched
    watching._watch()
    child.progress.start(0, 60.0)
    time.sleep(0.1)
    watching._watch()
    child.progress.stop()
    watching._watch()
    assert child.killed_because is None
