"""The memory that the processes of all jobs hold together is bounded: those that rest go first, then the largest."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import limits, zygote
from hypershape.agent.processes import Process, Processes
from hypershape.agent.sources import Selected


class Holding(Process):
    """A process that says how much it holds, and ends when it is told to."""

    def __init__(self, megabytes: float) -> None:
        super().__init__(-1, f"holds-{megabytes}", -1, -1, limits.Progress())
        self.megabytes = megabytes
        self.code: int | None = None

    def own_mb(self) -> float:
        return self.megabytes

    def ended(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.code = -9


class Without(Processes):
    """No more of them is needed."""

    def pids(self) -> set[int]:
        return set()


def watched(folder: Path, *held: float) -> tuple[zygote.Zygote, list[Any]]:
    """A zygote whose jobs may hold 1,000 MB together, and are all asked something."""
    watching = zygote.Zygote(-1, Selected(), Without(), str(folder))
    watching._most_mb = 1000.0
    children = [zygote._Child(number, Holding(each), {}) for number, each in enumerate(held)]
    for child in children:
        child.pending = 7
        watching._children[child.job] = child
    return watching, children


def test_jobs_that_hold_less_go_on(tmp_path: Path) -> None:
    watching, children = watched(tmp_path, 400, 500)
    watching._bound_together()
    assert [each.process.code for each in children] == [None, None]


def test_of_jobs_that_all_work_the_largest_is_ended_and_says_why(tmp_path: Path) -> None:
    watching, children = watched(tmp_path, 300, 600, 200)
    watching._bound_together()
    assert [each.process.code for each in children] == [None, -9, None]
    assert children[1].killed_because == "All probes together took more than 1,000 MB of memory."


def test_jobs_that_rest_are_ended_before_one_that_works_the_oldest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching, children = watched(tmp_path, 200, 200, 900)
    monkeypatch.setattr(watching, "_end_strays", lambda: None)
    monkeypatch.setattr(watching._sources, "remove", lambda descriptor: None)
    for child in children[:2]:
        child.pending, child.idle_since = None, time.monotonic() - 60
    watching._bound_together()
    assert [each.process.code for each in children] == [-9, -9, None]
    assert list(watching._children) == [2]


def test_a_job_that_waits_a_moment_for_its_next_batch_does_not_rest(tmp_path: Path) -> None:
    watching, children = watched(tmp_path, 300, 800)
    children[0].pending = None
    watching._bound_together()
    assert [each.process.code for each in children] == [None, -9]


def test_where_another_program_uses_the_memory_up_one_job_ends_at_each_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching, children = watched(tmp_path, 100, 300, 200)
    monkeypatch.setattr(limits, "left_mb", lambda: 99.0)
    watching._bound_together()
    assert [each.process.code for each in children] == [None, -9, None]
    assert children[1].killed_because == "Only 99 MB of this machine's memory were left."
    monkeypatch.setattr(limits, "left_mb", lambda: 101.0)
    watching._bound_together()
    assert [each.process.code for each in children] == [None, -9, None]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not tell")
def test_what_is_left_of_the_memory_is_known() -> None:
    left = limits.left_mb()
    assert left is not None and left > 0


def test_the_bound_is_a_part_of_this_machine_s_memory(tmp_path: Path) -> None:
    assert 0 < zygote.Zygote(-1, Selected(), Without(), str(tmp_path))._most_mb < limits.machine_mb()
