"""What a limit counts: the processor time of the process, and a multiple of it by the clock."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import limits


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    now = {"wall": 100.0, "used": 5.0, "child": 5.0}
    monkeypatch.setattr(limits, "monotonic", lambda: now["wall"])
    monkeypatch.setattr(limits, "process_time", lambda: now["used"])
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


def test_processor_time_is_only_asked_for_once_the_clock_has_come_so_far(clocks: dict[str, float]) -> None:
    bound = limits.Bound(10.0)
    clocks["used"] += 18.0  # two threads
    clocks["wall"] += 9.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "process_time", lambda: pytest.fail("it was asked for"))
        assert not bound.is_used_up
    clocks["wall"] += 2.0
    assert bound.is_used_up
    clocks["used"] -= 9.0
    assert not bound.is_used_up


@pytest.mark.parametrize(
    ("wall", "used", "overdue"), [(13, 13, 10.0), (13, 6, None), (49, 6, 10.0), (11, 11, None)]
)
def test_a_child_that_got_no_processor_is_not_taken_for_one_that_hangs(
    clocks: dict[str, float], wall: float, used: float, overdue: float | None
) -> None:
    progress = limits.Progress()
    assert progress.overdue(lambda: clocks["child"]) is None
    progress.start(3, 10.0)
    clocks["wall"] += wall
    clocks["child"] += used
    assert progress.overdue(lambda: clocks["child"]) == overdue
    progress.close()


def test_a_look_in_the_midst_of_a_word_takes_no_half_for_the_whole(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    progress, looked = limits.Progress(), []

    class Stumbling:
        """Writes field by field, with a look after each."""

        size = limits._WORK.size

        def pack_into(self, memory: Any, offset: int, *work: float) -> None:
            for count in range(1, 5):
                limits_work.pack_into(memory, offset, *work[:count], *(0.0,) * (4 - count))
                looked.append(progress.overdue(lambda: clocks["child"]))

        def unpack_from(self, memory: Any, offset: int) -> Any:
            return limits_work.unpack_from(memory, offset)

    limits_work = limits._WORK
    monkeypatch.setattr(limits, "_WORK", Stumbling())
    progress.start(0, 10.0)
    assert looked == [None] * 4
    clocks["wall"] += 13
    clocks["child"] += 13
    assert progress.overdue(lambda: clocks["child"]) == 10.0
    progress.close()


def test_an_alarm_in_the_midst_of_a_word_leaves_the_next_one_whole(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = limits.Progress()
    with monkeypatch.context() as patch, pytest.raises(TimeoutError):
        patch.setattr(limits, "monotonic", _rings)
        progress.start(0, 10.0)
    progress._number += 1  # as where it rings between the two numbers
    progress.start(0, 10.0)
    clocks["wall"] += 13
    clocks["child"] += 13
    assert progress.overdue(lambda: clocks["child"]) == 10.0
    progress.close()


def _rings() -> float:
    raise TimeoutError


def test_clocks_that_user_code_has_replaced_count_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = limits.Progress()
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    monkeypatch.setattr(time, "process_time", lambda: 0.0)
    progress.start(0, 10.0)
    assert progress.overdue(lambda: 1000.0) is None
    assert limits.Bound(10.0).left > 9.0
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


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [("0:01.23", 1.23), ("12:34.5", 754.5), ("00:00:07", 7), ("01:02:03", 3723), ("2-01:00:00", 176_400)],
)
def test_the_clock_of_ps_is_read_as_it_is_on_macos_and_on_linux(clock: str, seconds: float) -> None:
    assert limits._seconds(clock) == seconds


def test_where_there_is_no_proc_ps_tells_what_a_process_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        assert command[-1] == "77"
        return subprocess.CompletedProcess(command, 0, b" 204800   0:03.50\n")

    monkeypatch.setattr(limits, "open", lambda *_: (_ for _ in ()).throw(FileNotFoundError()), raising=False)
    monkeypatch.setattr("os.path.isdir", lambda path: path != "/proc/self")
    monkeypatch.setattr(subprocess, "run", said)
    monkeypatch.setattr(limits, "_TOLD", {})
    assert limits.resident_mb(77) == 200
    assert limits.processor_seconds(77) == 3.5


def test_progress_in_a_file_is_seen_by_the_other_process(tmp_path: Path) -> None:
    place = str(tmp_path / "progress")
    ours = limits.Progress(place)
    program = f"from hypershape.agent import limits; p = limits.Progress({place!r}); p.start(3, 10.0); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as theirs:
        assert theirs.stdout is not None
        assert ours.index is None
        theirs.stdout.readline()
        assert ours.index == 3
        theirs.communicate(b"\n")
    ours.close()
