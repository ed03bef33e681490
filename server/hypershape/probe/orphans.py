"""What a killed agent leaves behind: the process that has started it takes that in, and ends it.

An agent ends what its jobs have started, and the kernel ends its jobs with it. What a job has started past Python, and
that has left its group (a daemon of a C library), only hears of the end of an agent that was killed this way.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "HYPERSHAPE_AGENT"
"""The environment variable by which processes of an agent are known; programs that this process itself starts for
somebody else, such as a browser, do not have it."""

SECONDS = 5.0
QUIET_SECONDS = 0.5
"""They come one after the other, as those between them end: so long after the last one there is none left."""

_CHILD_SUBREAPER = 36


def take_in() -> None:
    """On Linux a descendant whose parent ends becomes a child of this process, if of none between."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(mark: str) -> None:
    """Ends the children of this process that have the mark of an agent which has ended, and theirs."""
    if sys.platform == "win32":
        return
    began = last = time.monotonic()
    while (now := time.monotonic()) - last < QUIET_SECONDS and now - began < SECONDS:
        for pid in _children():
            if _has(pid, mark) or _is_sealed_and_ended(pid):
                last = now
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(OSError):
                    os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)


def _children() -> Iterator[int]:
    for place in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            yield from map(int, place.read_text().split())


def _has(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _is_sealed_and_ended(pid: int) -> bool:
    """Whether it has ended behind a job's barriers, which this process has not: its environment is gone by then."""
    return _status(pid) == ("Z", "1") and _status(os.getpid())[1] == "0"


def _status(pid: int) -> tuple[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return "", ""
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return fields.get("State", "").strip()[:1], fields.get("NoNewPrivs", "").strip()
