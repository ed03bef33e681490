"""Left-over processes and folders of jobs and agents end, and nothing else does."""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from hypershape.agent import kin, scratch
from tests.unit.engine_child import in_child

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux knows whose child an orphan was"
)


def job(work: str) -> int:
    """A process of an own session, as a job has it, that runs `work` and then waits."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        kin.take_in_orphans()
        exec(work, {"os": os, "time": time})
        time.sleep(600)
        os._exit(0)
    return pid


DAEMON = "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(600)\n    os._exit(0)"
WORKERS = "for _ in range(5):\n    if os.fork() == 0: time.sleep(600)"
NESTS = "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.setsid()\n        os.fork()\n    time.sleep(600)"


def until(held: object) -> bool:
    deadline = time.monotonic() + 5
    while not held():  # type: ignore[operator]
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@linux
@pytest.mark.parametrize(
    ("work", "size"), [(DAEMON, 1), (WORKERS, 5), (NESTS, 3)], ids=["daemon", "workers", "nests"]
)
def test_all_that_a_job_has_started_ends_with_it_and_other_jobs_go_on(work: str, size: int) -> None:
    def agent() -> tuple[bool, bool, bool]:
        kin.take_in_orphans()
        one, other = job(work), job("")
        started = until(lambda: len(list(kin.descendants(one))) >= size)
        theirs = list(kin.descendants(one))
        kin.kill(one)
        os.waitpid(one, 0)
        ended = kin.end_strays({other})
        left = [pid for pid in theirs if Path(f"/proc/{pid}/exe").exists()]
        alone = kin.children(os.getpid()) == [other]
        kin.kill(other)
        os.waitpid(other, 0)
        return started, ended and not left, alone

    assert in_child(agent) == (True, True, True)


@linux
def test_a_job_that_has_started_too_many_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kin, "MOST", 3)

    def agent() -> tuple[bool, bool]:
        kin.take_in_orphans()
        few, many = job(WORKERS.replace("5", "3")), job(WORKERS.replace("5", "4"))
        until(lambda: len(kin.children(few)) == 3 and len(kin.children(many)) == 4)
        found = kin.are_too_many(few), kin.are_too_many(many)
        for each in (few, many):
            kin.kill(each)
        return found

    assert in_child(agent) == (False, True)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_its_agent(temporary: Path) -> None:
    with scratch.folder() as path:
        (Path(path) / "7" / "layer").mkdir(parents=True)
    assert not list(temporary.iterdir())


def test_what_a_killed_agent_has_left_is_removed_and_nothing_else(temporary: Path) -> None:
    killed, foreign = temporary / "hypershape-killed", temporary / "hypershape-notes"
    for each in (killed, foreign):
        (each / "7").mkdir(parents=True)
    (killed / ".lock").touch()
    with scratch.folder() as living:
        assert not killed.exists()
        with scratch.folder() as other:
            assert Path(living).exists() and other != living
    assert [each.name for each in temporary.iterdir()] == ["hypershape-notes"]


def test_a_folder_is_kept_while_a_process_of_its_agent_lives(temporary: Path) -> None:
    (temporary / "hypershape-old").mkdir()
    with (temporary / "hypershape-old" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        scratch.sweep()
        assert (temporary / "hypershape-old").exists()
    scratch.sweep()
    assert not (temporary / "hypershape-old").exists()
