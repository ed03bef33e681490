"""The processes that a job's code starts, and their end: none of them outlives the job.

On Linux a job takes in the descendants whose parents have ended (it is their "subreaper"), and the zygote takes in
those of jobs that have ended: whoever is a child of the zygote and no job is left over from one. On macOS only the
job's process group ends with it, on Windows its job object (`windows`).
"""

from __future__ import annotations

import glob
import os
import signal
import sys
import time
from typing import Callable, Container, Iterator, List

MOST = max(64, 4 * (os.cpu_count() or 1))
"""A job with more descendants is a fork bomb: pools have as many workers as there are processors."""

SECONDS = 2.0
"""So long left-over processes are looked for at a time."""

_PARENT_DEATH_SIGNAL, _CHILD_SUBREAPER = 1, 36


def die_with_parent() -> bool:
    """On Linux the kernel kills this process when its parent ends, however it ends. Returns whether it will."""
    return _prctl(_PARENT_DEATH_SIGNAL, 9)


def take_in_orphans() -> None:
    """On Linux a descendant whose parent ends becomes a child of this process."""
    _prctl(_CHILD_SUBREAPER, 1)


def give_way() -> None:
    """Lets other programs have the processor first: the user's own training, and what the user waits for."""
    if sys.platform != "win32" and hasattr(os, "nice"):
        os.nice(5)


def children(pid: int) -> List[int]:
    """The processes that a process has started or taken in; none where the system does not tell."""
    found: List[int] = []
    for place in glob.iglob("/proc/%d/task/*/children" % pid):
        try:
            with open(place, "rb") as file:
                found += map(int, file.read().split())
        except OSError:
            pass
    return found


def descendants(pid: int) -> Iterator[int]:
    waiting = children(pid)
    while waiting:
        each = waiting.pop()
        yield each
        waiting += children(each)


def are_too_many(pid: int) -> bool:
    return sum(1 for _, _ in zip(descendants(pid), range(MOST + 1))) > MOST


def kill(pid: int) -> None:
    """Ends a process and the group that it leads."""
    if sys.platform == "win32" or not hasattr(os, "killpg"):
        ends: tuple[Callable[[int, int], None], ...] = (os.kill,)
    else:
        ends = (os.killpg, os.kill)
    for end in ends:
        try:
            # On Windows any number but those of the console's events ends the process.
            end(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        except OSError:
            pass


def end_strays(jobs: Container[int]) -> bool:
    """Ends the children of this process that are no jobs, with all that they have started.

    Returns whether none is left; what forks faster than it can be killed is for the next time.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        strays = [pid for pid in children(os.getpid()) if pid not in jobs]
        if not strays:
            return True
        for pid in [each for stray in strays for each in (stray, *descendants(stray))]:
            kill(pid)
        for pid in strays:
            _reap(pid)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)


def _reap(pid: int) -> None:
    if sys.platform == "win32":
        return
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def in_every_fork(act: Callable[[], None]) -> None:
    """Calls `act` in every process that this one, or one of its descendants, forks in Python; each of them ends with its parent."""

    def begun() -> None:
        die_with_parent()
        act()

    if sys.platform != "win32" and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=begun)


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return bool(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)
    except (ImportError, AttributeError, OSError):
        return False
