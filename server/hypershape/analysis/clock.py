"""The time that an analysis may take, as a machine without other work would count it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from hypershape.analysis.aside import kept
from hypershape.probe import PATIENCE, Agent, Job

AFTERWARDS = 0.3
"""This part of the time is kept for repairs, where something fails, and as much for other assumptions about data."""


class Clock:
    """So many seconds, from now on.

    What a job, or work done aside, had to wait for a processor that another program kept busy does not count, nor what
    it waits for a process: on a busy machine, and where nothing is forked, results come later, and are the same. Of what has a limit
    of its own, a slice or a first probe, waiting for a processor counts `patience` times.
    """

    def __init__(
        self,
        seconds: float,
        parent: Clock | None = None,
        patience: float = 1.0,
        agent: Agent | None = None,
    ) -> None:
        self.seconds = seconds
        self.patience: float = parent.patience if parent is not None else patience
        self._parent = parent
        self._started = time.monotonic()
        self._waited = 0.0
        self._aside = kept()
        self._aside_before = self._aside.seconds
        self._agent, self._kept_waiting = agent, 0.0
        if agent is not None:
            self.follow(agent)

    @property
    def left(self) -> float:
        """The seconds until the time is over; below 0 the time since then."""
        passed = time.monotonic() - self._started
        waited = self._waited + self._aside.seconds - self._aside_before
        if self._agent is not None:
            waited += self._agent.kept_waiting - self._kept_waiting
        return min(self.seconds - (passed - waited), PATIENCE * self.seconds - passed)

    def wait(self, seconds: float) -> None:
        """Takes so many seconds of the time passed for none."""
        self._waited += seconds
        if self._parent is not None:
            self._parent.wait(seconds)

    def stand(self, seconds: float) -> None:
        """Begins so many seconds later, in which nothing was done."""
        self._started += seconds

    def follow(self, agent: Agent) -> None:
        """From now on what jobs wait for processes of this agent is no time."""
        self._agent, self._kept_waiting = agent, agent.kept_waiting

    def part(self, seconds: float) -> Clock:
        """A clock for some of the time, whose waiting counts here, too."""
        return Clock(seconds, self, agent=self._agent)

    def noting(self, job: Job) -> _Noting:
        """Takes what a job waits meanwhile for no time."""
        return _Noting(self, job)


class _Noting:
    def __init__(self, clock: Clock, job: Job) -> None:
        self._clock, self._job, self._before = clock, job, job.waited

    def __enter__(self) -> None:
        self._before = self._job.waited

    def __exit__(self, *_: object) -> None:
        self._clock.wait(self._job.waited - self._before)


async def ticks(waiting: Awaitable[Any], seconds: float = 1.0) -> AsyncIterator[float]:
    """How long something has been waited for, every so often until it is there (or has failed)."""
    started = time.monotonic()
    task = asyncio.ensure_future(waiting)
    while not (await asyncio.wait({task}, timeout=seconds))[0]:
        yield time.monotonic() - started
