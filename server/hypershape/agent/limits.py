"""What a child may use: the progress it shows to the zygote, and the bounds that the zygote holds it to."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import sys
from time import monotonic, process_time
from typing import Callable, Optional

GRACE = 2.0
"""Seconds that a child gets to stop by itself when its time is over; then it hangs in C code and is killed."""

PATIENCE = 4.0
"""Limits count a process's own processor time. By the clock it gets so many times as long: another program may keep
the processors busy, but what waits for something that never comes must end all the same."""

_NUMBER, _WORK = struct.Struct("@q"), struct.Struct("@qddd")
_SIZE = _NUMBER.size + _WORK.size
_IDLE = -1

LIMIT_EXIT = 97
"""A child's exit status after it has reported itself that a bound was hit."""


class Bound:
    """The time that this process may take for some work: `seconds` of its processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started, self._used = monotonic(), process_time()

    @property
    def left(self) -> float:
        """The seconds until it can be over at the earliest; 0 or less when it is."""
        wall, used = monotonic() - self._started, process_time() - self._used
        # Of several threads, which use up time faster than it passes, none may make a limit shorter than it says.
        return min(self.seconds - min(used, wall), PATIENCE * self.seconds - wall)

    @property
    def is_used_up(self) -> bool:
        """Whether this process has computed for so long, asked so often that a system call each time would tell."""
        return monotonic() - self._started > self.seconds and process_time() - self._used > self.seconds

    @property
    def took(self) -> tuple[float, float]:
        """The seconds since its begin by the clock, and how many of them this process computed."""
        wall = monotonic() - self._started
        return wall, min(process_time() - self._used, wall)


class Progress:
    """What a child is doing, in memory shared with the zygote: writing it costs no system call.

    A process that is no fork of the zygote shares the content of a file with it, by its path. A number in front is odd
    while the child writes, and another one after it: the zygote, which looks at any time, takes no half for the whole.
    """

    def __init__(self, path: str | None = None) -> None:
        self._memory: mmap.mmap | bytearray = mmap.mmap(-1, _SIZE) if path is None else _mapped(path)
        self._number = 0
        self.stop()

    def start(self, index: int, seconds: float) -> None:
        """The child begins probe `index` of its batch (0 while the slice runs), which may take `seconds`."""
        self._write(index, monotonic(), process_time(), seconds)

    def stop(self) -> None:
        self._write(_IDLE, 0.0, 0.0, 0.0)

    def _write(self, *work: float) -> None:
        # Odd also where the alarm has ended the last writing in its midst.
        self._number = (self._number + 1) | 1
        _NUMBER.pack_into(self._memory, 0, self._number)
        _WORK.pack_into(self._memory, _NUMBER.size, *work)
        self._number += 1
        _NUMBER.pack_into(self._memory, 0, self._number)

    def _read(self) -> tuple[int, float, float, float] | None:
        """The work in hand; None where there is none, or the child is about to say which."""
        (before,) = _NUMBER.unpack_from(self._memory)
        index, started, used, seconds = _WORK.unpack_from(self._memory, _NUMBER.size)
        (after,) = _NUMBER.unpack_from(self._memory)
        return None if index == _IDLE or before != after or before % 2 else (index, started, used, seconds)

    @property
    def index(self) -> int | None:
        """The probe in hand, or None."""
        index: int = _WORK.unpack_from(self._memory, _NUMBER.size)[0]
        return None if index == _IDLE else index

    def overdue(self, processor_seconds: Callable[[], float]) -> float | None:
        """The time limit in seconds when the child's work in hand is past it and past the grace, else None.

        `processor_seconds` tells what its process has used.
        """
        work = self._read()
        if work is None:
            return None
        _, started, used, seconds = work
        wall, bound = monotonic() - started, seconds + GRACE
        if wall < bound:
            return None
        if wall < PATIENCE * bound and processor_seconds() - used < bound:
            return None
        return float(seconds)

    def detach(self) -> None:
        """In a process that user code has forked: what it does is not the job's work, and not shown."""
        self._memory = bytearray(_SIZE)

    def close(self) -> None:
        if isinstance(self._memory, mmap.mmap):
            self._memory.close()


def promise() -> str:
    """What holds the bounds of a job on this system, in words."""
    if os.path.isdir("/proc/self"):
        return "processor time and memory; all that a job starts ends with it"
    if any(_ask_ps(os.getpid())):
        return "processor time and memory, as ps tells them; what a job starts may leave its process group"
    return "time by the clock alone; what a job starts may leave its process group"


def _mapped(path: str) -> mmap.mmap:
    with open(path, "a+b") as file:
        file.truncate(_SIZE)
        return mmap.mmap(file.fileno(), _SIZE)


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The program's name, in parentheses, may hold spaces.
            user, system = file.read().rpartition(b")")[2].split()[11:13]
    except (OSError, ValueError):
        return _told_by_ps(pid)[0]
    if sys.platform == "win32":
        return 0.0
    return (int(user) + int(system)) / float(os.sysconf("SC_CLK_TCK"))


def resident_mb(pid: int) -> float:
    """The resident memory of a process in MB; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return _told_by_ps(pid)[1]
    if sys.platform == "win32":
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2.0**20


_CONTAINERS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_mb() -> float:
    """The memory of this machine, or what a container leaves of it, in MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2.0**20
    except (OSError, ValueError):
        return 0.0
    bound = container_bytes()
    return found if bound is None else min(found, bound / 2.0**20)


def container_bytes() -> Optional[int]:
    """The memory that a container may use; None where there is none, or it has no bound."""
    found: Optional[int] = None
    for place in _CONTAINERS:
        try:
            with open(place, encoding="ascii") as file:
                bound = int(file.read())
        except (OSError, ValueError):
            continue
        found = bound if found is None else min(found, bound)
    return found


def left_mb() -> Optional[float]:
    """The memory that this machine could give to another program, in MB; None where the system does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) / 1024.0
    except (OSError, ValueError, IndexError):
        pass
    return None


PS_SECONDS = 1.0
"""What `ps` has said holds for so long: to ask it starts a process."""

_TOLD: dict[int, tuple[float, tuple[float, float]]] = {}


def _told_by_ps(pid: int) -> tuple[float, float]:
    """Processor seconds and resident megabytes of a process where there is no /proc, as on macOS; else zeros."""
    if sys.platform == "win32" or os.path.isdir("/proc/self"):
        return 0.0, 0.0
    asked, told = _TOLD.get(pid, (-PS_SECONDS, (0.0, 0.0)))
    if monotonic() - asked >= PS_SECONDS:
        if len(_TOLD) > 100:
            _TOLD.clear()
        told = _ask_ps(pid)
        _TOLD[pid] = monotonic(), told
    return told


def _ask_ps(pid: int) -> tuple[float, float]:
    command = ["ps", "-o", "rss=", "-o", "time=", "-p", str(pid)]
    try:
        kilobytes, used = subprocess.run(command, capture_output=True, timeout=5).stdout.split()
        return _seconds(used.decode("ascii")), int(kilobytes) / 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0.0, 0.0


def _seconds(clock: str) -> float:
    """The seconds of `[[days-]hours:]minutes:seconds[.hundredths]`; raises ValueError."""
    days, _, rest = clock.rpartition("-")
    seconds = 0.0
    for part in rest.split(":"):
        seconds = 60 * seconds + float(part)
    return 86_400 * int(days or 0) + seconds
