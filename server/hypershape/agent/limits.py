"""What a child may use: the progress it shows to the zygote, and the bounds that the zygote holds it to."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import sys
import time

# Imported where processes fork alone: see `loader.start`.
assert sys.platform != "win32"

GRACE = 2.0
"""Seconds that a child gets to stop by itself when its time is over; then it hangs in C code and is killed."""

_STATE = struct.Struct("=qdd")
_IDLE = -1

LIMIT_EXIT = 97
"""A child's exit status after it has reported itself that a bound was hit."""


class Progress:
    """What a child is doing, in memory shared with the zygote: writing it costs no system call."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _STATE.size)
        self.stop()

    def start(self, index: int, seconds: float) -> None:
        """The child begins probe `index` of its batch (0 while the slice runs), which may take `seconds`."""
        _STATE.pack_into(self._memory, 0, index, time.monotonic(), seconds)

    def stop(self) -> None:
        _STATE.pack_into(self._memory, 0, _IDLE, 0.0, 0.0)

    @property
    def index(self) -> int | None:
        """The probe in hand, or None."""
        index = _STATE.unpack_from(self._memory)[0]
        return None if index == _IDLE else index

    @property
    def overdue(self) -> float | None:
        """The time limit in seconds when the work in hand is past it and past the grace, else None."""
        index, started, seconds = _STATE.unpack_from(self._memory)
        if index == _IDLE or time.monotonic() < started + seconds + GRACE:
            return None
        return float(seconds)

    def close(self) -> None:
        self._memory.close()


def resident_mb(pid: int) -> float:
    """The resident memory of a process in MB; 0 where the system does not tell (no /proc)."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2.0**20


def die_with_parent() -> None:
    """On Linux the kernel kills this process when its parent ends, however it ends."""
    try:
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    except (ImportError, AttributeError, OSError):
        return
