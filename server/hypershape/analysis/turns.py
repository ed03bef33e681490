"""The targets of one document, explored side by side as far as processors are at hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hypershape.analysis.clock import Clock
from hypershape.analysis.probing import Question, explore
from hypershape.analysis.results import unprobed
from hypershape.model import TargetAnalysis
from hypershape.probe import Agent

MOST_PAUSED = 4
"""Of no more targets the processes wait, with what they know, until every default configuration has been probed."""

FEW = 3
"""So many first probes, one after the other, may take longer than there is time."""

TICK_SECONDS = 1.0

LONG_SECONDS = 3.0
"""A first probe that takes longer is worth a word."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is known now of the target with this index."""

    index: int
    explored: TargetAnalysis


@dataclass(frozen=True, slots=True)
class Finished:
    """The target with this index: nothing more will be known of it."""

    index: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing new: the first probes of these targets have been running for so many seconds."""

    seconds: Mapping[int, float]

    @property
    def slowest(self) -> tuple[int, float] | None:
        """The target that has taken longest, and for how long."""
        return max(self.seconds.items(), key=lambda each: each[1]) if self.seconds else None


Event: TypeAlias = Result | Finished | Waiting


class Turns:
    """Who explores when: each target begins with its default configuration, then they share the time that is left.

    `processes` targets are explored at a time. A target whose turn comes when the time is over is left out, unless it
    is over by no more than a few first probes take here: three slow models want their three verdicts, two hundred quick
    ones do not want twice the time.
    """

    def __init__(self, questions: Mapping[int, Question], agent: Agent, clock: Clock, processes: int) -> None:
        self._questions, self._agent, self._clock = questions, agent, clock
        self._processes = min(processes, max(len(questions), 1))
        self._places = asyncio.Semaphore(self._processes)
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._begun: dict[int, float] = {}
        self._longest = 0.0
        self._left = len(questions)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything that is found out, as it comes, and a word every second while nothing does."""
        tasks = [asyncio.create_task(self._take(index)) for index in self._questions]
        everything = asyncio.gather(*tasks)
        try:
            while not (everything.done() and self._events.empty()):
                event = asyncio.ensure_future(self._events.get())
                waiting: set[asyncio.Future[Any]] = {event, everything}
                await asyncio.wait(waiting, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if event.done():
                    yield event.result()
                    continue
                event.cancel()
                yield Waiting(self._waiting())
            everything.result()
        finally:
            everything.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(everything, *tasks, return_exceptions=True)

    def _waiting(self) -> dict[int, float]:
        now = time.monotonic()
        return {index: now - begun for index, begun in self._begun.items() if now - begun > LONG_SECONDS}

    async def _take(self, index: int) -> None:
        """One target, from its first probe to its last, in two turns where not too many processes would wait."""
        question, pauses = self._questions[index], len(self._questions) <= MOST_PAUSED
        async with aclosing(explore(question, self._agent, self._clock, self._share)) as results:
            async with self._places:
                late = self._is_too_late()
                if late:
                    await self._events.put(Result(index, self._left_out(question)))
                else:
                    await self._first(index, results)
                    if not pauses:
                        await self._rest(index, results)
            if pauses and not late:
                async with self._places:
                    await self._rest(index, results)
        self._left -= 1
        await self._events.put(Finished(index))

    async def _first(self, index: int, results: AsyncGenerator[TargetAnalysis, None]) -> None:
        started = self._begun[index] = time.monotonic()
        try:
            await self._events.put(Result(index, await anext(results)))
        finally:
            del self._begun[index]
        self._longest = max(self._longest, time.monotonic() - started)

    async def _rest(self, index: int, results: AsyncGenerator[TargetAnalysis, None]) -> None:
        async for explored in results:
            await self._events.put(Result(index, explored))

    def _share(self) -> Clock:
        """The time for one space; some of it also where first probes took all there was."""
        together = min(self._processes, self._left)
        least = self._clock.seconds / (2 * len(self._questions))
        return self._clock.part(max(self._clock.left * together / self._left, least))

    def _is_too_late(self) -> bool:
        return bool(self._longest) and self._clock.left <= -FEW * self._longest

    def _left_out(self, question: Question) -> TargetAnalysis:
        seconds = f"{question.options.budget * question.options.patience:g} s"
        reason = f"The time for this file ({seconds}, see the budget) was over before its turn came."
        return question.known or replace(
            unprobed(question.target), status="unprobeable", reason=reason, late=True
        )
