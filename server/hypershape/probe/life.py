"""What the system says of a process that does not answer: whether it hangs, or waits for a processor."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Life:
    """`state` is a letter of proc(5), R for a process that runs or waits for a processor; `used` are the seconds of
    processor time that it has had."""

    state: str
    used: float


def look(pid: int) -> Life | None:
    """The state of a process; None where the system does not tell (no /proc)."""
    if sys.platform == "win32":
        return None
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return Life(fields[0].decode(), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return None


def starves(before: Life | None, now: Life | None, seconds: float) -> bool:
    """Whether a process wants to go on and had less than `seconds` of a processor since it was looked at before."""
    return before is not None and now is not None and now.state in "RD" and now.used - before.used < seconds
