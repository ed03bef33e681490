"""A process that shows no work in hand, and does not answer what it was asked, is given up."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import limits, zygote
from hypershape.agent.processes import Process, Processes
from hypershape.agent.sources import Selected


class Sleeper(Process):
    """A process that does nothing for an hour."""

    def __init__(self) -> None:
        self.started = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True
        )
        super().__init__(self.started.pid, "sleeper", -1, -1, limits.Progress())

    def ended(self) -> int | None:
        return self.started.poll()


class Without(Processes):
    """No more of them is needed."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[zygote.Zygote, Any]]:
    """A zygote with one child that was asked something."""
    monkeypatch.setattr(zygote, "ANSWER_SECONDS", 0.05)
    sleeper = Sleeper()
    child = zygote._Child(1, sleeper, {})
    child.pending = 7
    watching = zygote.Zygote(-1, Selected(), Without(), str(tmp_path))
    watching._children[1] = child
    yield watching, child
    sleeper.started.kill()
    sleeper.started.wait()


def test_it_is_ended_when_its_time_is_over(watched: tuple[zygote.Zygote, Any]) -> None:
    watching, child = watched
    watching._watch()
    assert child.killed_because is None
    time.sleep(0.1)
    watching._watch()
    assert child.killed_because == "It did not answer any more."
    assert child.process.started.wait(timeout=60) != 0


def test_one_that_shows_what_it_works_at_is_held_to_the_limits_of_that(
    watched: tuple[zygote.Zygote, Any],
) -> None:
    watching, child = watched
    watching._watch()
    child.process.progress.start(0, 60.0)
    time.sleep(0.1)
    watching._watch()
    child.process.progress.stop()
    watching._watch()
    assert child.killed_because is None
