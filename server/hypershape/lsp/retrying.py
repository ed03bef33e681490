"""What took too long is tried again by itself, with more time, when the machine has nothing better to do."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from hypershape.model import Analysis

MORE_TIME = 3.0
"""What is tried again gets so many times the time that it got before."""

MOST = 27.0
"""Of what takes longer than so many times the usual, nothing more is asked."""

IDLE = 0.5
"""The machine is idle when less of its processors than this share was wanted for a minute."""

PAUSE_SECONDS = 3.0
"""So often it is asked; where the system does not tell, it counts as idle."""


def overdue(analysis: Analysis) -> list[str]:
    """The names of the targets that were given up because they took too long."""
    return [each.target.name for each in analysis.targets if each.late and each.status == "unprobeable"]


def untried(analysis: Analysis) -> list[str]:
    """The names of the probed targets for whose repairs there was not time enough."""
    probed = {each.target.name for each in analysis.targets if each.status == "probed"}
    return sorted(probed & {each.target for each in analysis.findings if not each.settled and each.target})


def sentence(late: list[str], untried: list[str]) -> str | None:
    """What the user is told while the machine is busy; None where nothing waits for it."""
    if late:
        return f"{_listed(late)} took too long: tried again, with more time, when the machine is idle."
    if untried:
        return f"Not all repairs of {_listed(untried)} were tried: the others are when the machine is idle."
    return None


def _listed(names: list[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def named(analysis: Analysis, patience: float) -> Analysis:
    """An analysis whose progress says that it is a second try."""
    if patience <= 1 or analysis.progress is None:
        return analysis
    return replace(analysis, progress=f"Trying again with more time: {analysis.progress}")


async def until_idle(pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Returns when most of the machine's processor time was free for a while."""
    while True:
        await pause(PAUSE_SECONDS)
        if _wanted() < IDLE:
            return


def _wanted() -> float:
    """How many programs wanted a processor at a time in the last minute, for each one that there is."""
    if sys.platform != "win32":
        with suppress(OSError):
            return os.getloadavg()[0] / (os.cpu_count() or 1)
    return 0.0
