"""What a child may use: the progress it shows to the zygote, and the bounds that the zygote holds it to."""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time

# Imported where processes fork alone: see `loader.start`.
assert sys.platform != "win32"

GRACE = 2.0
"""Seconds that a child gets to stop by itself when its time is over; then it hangs in C code and is killed."""

PATIENCE = 4.0
"""Limits count a process's own processor time. By the clock it gets so many times as long: another program may keep
the processors busy, but what waits for something that never comes must end all the same."""

_STATE = struct.Struct("=qddd")
_IDLE = -1

LIMIT_EXIT = 97
"""A child's exit status after it has reported itself that a bound was hit."""


class Bound:
    """The time that this process may take for some work: `seconds` of its processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started, self._used = time.monotonic(), time.process_time()

    @property
    def left(self) -> float:
        """The seconds until it can be over at the earliest; 0 or less when it is."""
        wall, used = time.monotonic() - self._started, time.process_time() - self._used
        # Of several threads, which use up time faster than it passes, none may make a limit shorter than it says.
        return min(self.seconds - min(used, wall), PATIENCE * self.seconds - wall)

    @property
    def took(self) -> tuple[float, float]:
        """The seconds since its begin by the clock, and how many of them this process computed."""
        wall = time.monotonic() - self._started
        return wall, min(time.process_time() - self._used, wall)


class Progress:
    """What a child is doing, in memory shared with the zygote: writing it costs no system call."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | bytearray = mmap.mmap(-1, _STATE.size)
        self.stop()

    def start(self, index: int, seconds: float) -> None:
        """The child begins probe `index` of its batch (0 while the slice runs), which may take `seconds`."""
        _STATE.pack_into(self._memory, 0, index, time.monotonic(), time.process_time(), seconds)

    def stop(self) -> None:
        _STATE.pack_into(self._memory, 0, _IDLE, 0.0, 0.0, 0.0)

    @property
    def index(self) -> int | None:
        """The probe in hand, or None."""
        index = _STATE.unpack_from(self._memory)[0]
        return None if index == _IDLE else index

    def overdue(self, pid: int) -> float | None:
        """The time limit in seconds when the work in hand of child `pid` is past it and past the grace, else None."""
        index, started, used, seconds = _STATE.unpack_from(self._memory)
        wall, bound = time.monotonic() - started, seconds + GRACE
        if index == _IDLE or wall < bound:
            return None
        if wall < PATIENCE * bound and processor_seconds(pid) - used < bound:
            return None
        return float(seconds)

    def detach(self) -> None:
        """In a process that user code has forked: what it does is not the job's work, and not shown."""
        self._memory = bytearray(_STATE.size)

    def close(self) -> None:
        if isinstance(self._memory, mmap.mmap):
            self._memory.close()


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used; 0 where the system does not tell (no /proc)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The program's name, in parentheses, may hold spaces.
            user, system = file.read().rpartition(b")")[2].split()[11:13]
    except (OSError, ValueError):
        return 0.0
    return (int(user) + int(system)) / float(os.sysconf("SC_CLK_TCK"))


def resident_mb(pid: int) -> float:
    """The resident memory of a process in MB; 0 where the system does not tell (no /proc)."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2.0**20
