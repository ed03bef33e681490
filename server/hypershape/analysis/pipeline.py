"""Text in, better and better analyses out: what is found, what is probed, what is repaired, in this order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from hypershape import rules, source
from hypershape.analysis.aside import aside, begin
from hypershape.analysis.clock import AFTERWARDS, Clock, ticks
from hypershape.analysis.environs import fitting
from hypershape.analysis.fates import with_rehearsed_fates
from hypershape.analysis.memory import Memory, with_tried
from hypershape.analysis.probing import Question
from hypershape.analysis.rehearsing import REHEARSING_SECONDS, Player, rehearsed
from hypershape.analysis.repairs import REPLAYING_SECONDS, with_fixes, with_played_fixes
from hypershape.analysis.results import Widen, by_itself, unprobed
from hypershape.analysis.spending import SECONDS, with_spending
from hypershape.analysis.together import with_all
from hypershape.analysis.turns import LONG_SECONDS, Finished, Turns, Waiting
from hypershape.model import (
    Analysis,
    Card,
    Configuration,
    Document,
    Environment,
    Module,
    Options,
    TargetAnalysis,
)
from hypershape.probe import Agent, AgentFailed, Cache
from hypershape.rules.common.wording import number

GLANCE_SECONDS = 0.05
"""What a text says by itself is shown first where looking at other files takes longer."""

MOST_SUSPECTS = 8
"""So many failures of a target are looked for first after an edit."""


REHEARSING = "Rehearsing the search"
IMPORTING = "Importing Keras (the first time takes a while)"


async def analyse(
    document: Document,
    agent: Agent | None,
    options: Options,
    *,
    previous: Analysis | None = None,
    cache: Cache | None = None,
    widen: Widen = by_itself,
) -> AsyncGenerator[Analysis, None]:
    """Yields an analysis from the text alone at once, then others as probes report; the last one is `done`.

    With no agent, or at level "static", nothing of the user's code runs. What `cache` knows is shown before the
    interpreter has started; it counts only once probes have agreed with it. `previous` is an analysis of the text
    before an edit: what failed there is tried first. `widen` adds what other files say.
    """
    begin()
    clock = Clock(options.budget * options.patience, patience=options.patience)
    module = await aside(source.analyse, document, previous=previous.module if previous is not None else None)
    if agent is not None and options.level != "static" and module.targets:
        # Its imports take longer than the look at other files.
        agent.begin()
    wider = asyncio.create_task(asyncio.to_thread(widen, module))
    if not (await asyncio.wait({wider}, timeout=GLANCE_SECONDS))[0]:
        yield await _from_text(module, options)
    module = await wider
    state = await _from_text(module, options)
    plays = options.level == "auto" and any(each.rehearsal is not None for each in module.tuners)
    if agent is None or options.level == "static" or not (module.targets or plays):
        state = await _with_findings(replace(state, done=True), options)
        if (trying := _trying(state, options)) is not None:
            yield trying
        state = await with_fixes(state, None, options, clock, widen)
        yield await with_all(state, None, options, clock, widen)
        return
    memory = Memory(cache, module, previous)
    expected = await asyncio.to_thread(_recalled, module, agent, cache)
    if expected:
        await memory.recall(await asyncio.to_thread(_last_environment, agent, cache))
        targets = tuple(expected.get(index, target) for index, target in enumerate(state.targets))
        state = memory.over(await _with_findings(replace(state, targets=targets), options))

    before = time.monotonic()
    # Whoever asks may wait here: until other files have been probed, say. That is no time of this one's.
    yield replace(state, progress=IMPORTING)
    clock.stand(time.monotonic() - before)
    before = time.monotonic()
    starting = asyncio.ensure_future(_fitting(agent, module))
    async for seconds in ticks(starting):
        if seconds > LONG_SECONDS:
            yield replace(state, progress=f"{IMPORTING}: {seconds:.0f} s so far")
    clock.wait(time.monotonic() - before)
    plain, (agent, environment) = agent, starting.result()
    clock.follow(agent)
    if environment.problem is not None:
        state = await _unable(state, environment, environment.problem, options)
        yield await with_fixes(state, plain, options, clock, widen) if environment.script else state
        return
    if options.memory is not None:
        environment = replace(environment, cards=(Card("", total=round(options.memory * 1e9)),))
    if cache is not None:
        await asyncio.to_thread(cache.keep_environment, agent.identity, environment)
        expected = await asyncio.to_thread(_recalled, module, agent, cache)
        await memory.recall(environment)
    state = memory.over(await _with_findings(replace(state, environment=environment), options))
    yield state

    suspects = _suspects(previous)
    questions = {
        index: Question(module, target, options, expected.get(index), suspects.get(target.name, ()))
        for index, target in enumerate(module.targets)
        if target.slice is not None
    }
    share = clock if not plays else clock.part(exploring(clock.seconds, options.on_top))
    turns = Turns(questions, agent, share, options.processes)
    shown = _Shown(memory)
    async with aclosing(turns.events()) as events:
        async for event in events:
            if isinstance(event, Waiting):
                slowest = event.slowest
                if slowest is not None or shown.behind:
                    state = await shown.summed_up(state, options)
                    yield state if slowest is None else _waiting_for(state, *slowest)
                continue
            if isinstance(event, Finished):
                found = state.targets[event.index]
                if cache is not None and found.status == "probed" and options.level in ("symbolic", "auto"):
                    await asyncio.to_thread(cache.keep, found, environment)
                continue
            explored = event.explored
            if not _builds(explored) and (problem := await agent.incapable()) is not None:
                yield await _unable(state, environment, problem, options)
                return
            targets = (*state.targets[: event.index], explored, *state.targets[event.index + 1 :])
            state = replace(state, targets=targets)
            if shown.is_time():
                state = await shown.summed_up(state, options)
                yield replace(state, progress=_progress(explored), about=explored.target.name)
            else:
                shown.behind = True
    state = memory.over(await _with_findings(replace(state, done=True), options))
    if (trying := _trying(state, options)) is not None:
        yield trying
    state = await with_fixes(state, plain, options, clock, widen)
    state = await with_all(memory.with_all(state), plain, options, clock, widen)
    await memory.keep(state)
    if plays:
        yield replace(state, done=False, progress=REHEARSING)
        shown = _Shown(memory)
        own = rehearsing(clock, options.on_top, agent)
        async with aclosing(
            rehearsed(state, Player(agent, cache, environment, options.plays), own)
        ) as played:
            async for more in played:
                if shown.is_time():
                    state = with_tried(await shown.summed_up(more, options), state)
                    yield replace(state, done=False, progress=REHEARSING)
                else:
                    state = replace(more, findings=state.findings)
        state = await with_rehearsed_fates(replace(state, progress=None), agent)
        state = with_tried(await _with_findings(state, options), state)
        if options.plays:
            its = replaying(clock, options.on_top, plain)
            state = await with_played_fixes(state, plain, options, its, widen, cache)
        state = await with_all(state, plain, options, clock, widen)
        state = await with_spending(state, agent, Clock(SECONDS, agent=agent) if options.on_top else clock)
    yield state


def exploring(seconds: float, on_top: bool = False) -> float:
    """How much of the time the search spaces of a file may take where its searches are played afterwards.

    A third is kept for that, and never more than it may take; where it comes on top, of little time nothing is.
    """
    played = REHEARSING_SECONDS + REPLAYING_SECONDS
    return seconds - min(max(seconds - played, 0.0) if on_top else seconds / 3, played)


def rehearsing(clock: Clock, on_top: bool, agent: Agent) -> Clock:
    """The time for rehearsals: of their own, or of what is left but for what the trial of repairs takes."""
    if on_top:
        return Clock(REHEARSING_SECONDS, agent=agent)
    return clock.part(min((1 - AFTERWARDS) * clock.left, REHEARSING_SECONDS))


def replaying(clock: Clock, on_top: bool, agent: Agent) -> Clock:
    """The time for repairs that are put to trial in a search.

    Where what came before took longer than it should, there is still as much as is kept for repairs.
    """
    if on_top:
        return Clock(REPLAYING_SECONDS, agent=agent)
    return clock.part(min(max(clock.left, AFTERWARDS * clock.seconds), REPLAYING_SECONDS))


def _trying(state: Analysis, options: Options) -> Analysis | None:
    """What is shown while repairs are tried; None where none is to be."""
    untried = sum(not each.settled for each in state.findings)
    if not untried or not options.verify_fixes:
        return None
    return replace(state, done=False, progress=f"Trying repairs of {untried} finding{'s' * (untried > 1)}")


class _Shown:
    """When findings are worked out again: so that this takes no more than a fifth of the time, however long it takes."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.behind = False
        """Whether something is known that was not shown yet."""
        self._next = 0.0

    def is_time(self) -> bool:
        return time.monotonic() >= self._next

    async def summed_up(self, state: Analysis, options: Options) -> Analysis:
        started = time.monotonic()
        state = self._memory.over(await _with_findings(state, options))
        self._next = time.monotonic() + 4 * (time.monotonic() - started)
        self.behind = False
        return state


async def _fitting(agent: Agent, module: Module) -> tuple[Agent, Environment]:
    """The agent whose imports happen as in the module, started, and its environment."""
    environment = await _environment(agent)
    own = fitting(agent, module, environment)
    return own, environment if own is agent else await _environment(own)


async def _environment(agent: Agent) -> Environment:
    try:
        return await agent.environment()
    except AgentFailed as failure:
        return Environment(python="", executable="", problem=str(failure))


def _suspects(previous: Analysis | None) -> dict[str, tuple[Configuration, ...]]:
    """One configuration of each failure that was known before an edit, by the name of the target."""
    if previous is None:
        return {}
    return {
        each.target.name: tuple(cause.first.configuration for cause in each.causes[:MOST_SUSPECTS])
        for each in previous.targets
    }


def _waiting_for(state: Analysis, index: int, seconds: float) -> Analysis:
    """What there is to say while nothing is found out."""
    name = state.targets[index].target.name
    return replace(state, progress=f"{name}: first build takes long: {seconds:.0f} s so far", about=name)


async def run(
    document: Document, agent: Agent | None, options: Options, widen: Widen = by_itself
) -> Analysis:
    """The finished analysis alone."""
    return [state async for state in analyse(document, agent, options, widen=widen)][-1]


async def _from_text(module: Module, options: Options) -> Analysis:
    return await _with_findings(
        Analysis(module, targets=tuple(unprobed(target) for target in module.targets)), options
    )


def _builds(explored: TargetAnalysis) -> bool:
    return any(report.verdict == "ok" for report in explored.reports)


async def _unable(state: Analysis, environment: Environment, problem: str, options: Options) -> Analysis:
    """The last analysis where the interpreter can probe nothing: what built before, and why the others do not."""
    targets = tuple(
        target
        if _builds(target)
        else replace(unprobed(target.target), reason=target.target.reason or problem)
        for target in state.targets
    )
    broken = replace(environment, problem=problem)
    return await _with_findings(replace(state, environment=broken, targets=targets, done=True), options)


def _recalled(module: Module, agent: Agent, cache: Cache | None) -> dict[int, TargetAnalysis]:
    """What is remembered of a module's targets, by their index."""
    environment = _last_environment(agent, cache)
    if cache is None or environment is None:
        return {}
    found = {
        index: cache.result(target, environment)
        for index, target in enumerate(module.targets)
        if target.slice is not None
    }
    return {index: known for index, known in found.items() if known is not None}


def _last_environment(agent: Agent, cache: Cache | None) -> Environment | None:
    """What the interpreter had when it was asked last."""
    return cache.environment(agent.identity) if cache is not None else None


def _progress(explored: TargetAnalysis) -> str:
    coverage = explored.coverage
    if coverage is None:
        return explored.target.name
    of = f" of {number(coverage.space)}" if coverage.space else ""
    return f"{explored.target.name}: probing, {coverage.probed:,}{of} configurations so far"


async def _with_findings(state: Analysis, options: Options) -> Analysis:
    found = await aside(rules.findings, state, select=options.select, ignore=options.ignore)
    severities = {code.upper(): severity for code, severity in options.severity}
    return replace(
        state,
        findings=tuple(
            replace(finding, severity=severities.get(finding.code, finding.severity)) for finding in found
        ),
    )
