"""What a limit counts: the processor time of the process, and a multiple of it by the clock."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hypershape.agent import limits


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    now = {"wall": 100.0, "used": 5.0, "child": 5.0}
    monkeypatch.setattr(time, "monotonic", lambda: now["wall"])
    monkeypatch.setattr(time, "process_time", lambda: now["used"])
    monkeypatch.setattr(limits, "processor_seconds", lambda pid: now["child"])
    yield now


@pytest.mark.parametrize(
    ("wall", "used", "left"),
    [
        (1.0, 1.0, 9.0),
        (9.0, 3.0, 7.0),  # another program had the processor
        (9.0, 18.0, 1.0),  # two threads
        (39.0, 0.0, 1.0),  # it waits for something
        (41.0, 0.0, -1.0),
    ],
)
def test_only_what_a_process_computes_counts_until_it_has_waited_too_long(
    clocks: dict[str, float], wall: float, used: float, left: float
) -> None:
    bound = limits.Bound(10.0)
    clocks["wall"] += wall
    clocks["used"] += used
    assert bound.left == left
    assert bound.took == (wall, min(wall, used))


@pytest.mark.parametrize(
    ("wall", "used", "overdue"), [(13, 13, 10.0), (13, 6, None), (49, 6, 10.0), (11, 11, None)]
)
def test_a_child_that_got_no_processor_is_not_taken_for_one_that_hangs(
    clocks: dict[str, float], wall: float, used: float, overdue: float | None
) -> None:
    progress = limits.Progress()
    assert progress.overdue(1) is None
    progress.start(3, 10.0)
    clocks["wall"] += wall
    clocks["child"] += used
    assert progress.overdue(1) == overdue
    progress.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells it")
def test_the_processor_time_of_another_process_is_read_from_the_system() -> None:
    program = "import time, sys\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\nsys.stdin.read()"
    busy = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert busy.stdout is not None and busy.stdin is not None
    busy.stdout.readline()
    assert 0.25 < limits.processor_seconds(busy.pid) < 3
    busy.communicate()
    assert limits.processor_seconds(busy.pid) == 0
