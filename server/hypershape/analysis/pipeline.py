"""Text in, better and better analyses out: what is found, what is probed, what is repaired, in this order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from hypershape import rules, source
from hypershape.analysis.aside import aside
from hypershape.analysis.probing import explore
from hypershape.analysis.repairs import with_fixes
from hypershape.analysis.results import Widen, by_itself, unprobed
from hypershape.model import Analysis, Document, Environment, Module, Options, TargetAnalysis
from hypershape.probe import Agent, AgentFailed, Cache

GLANCE_SECONDS = 0.05
"""What a text says by itself is shown first where looking at other files takes longer."""


async def analyse(
    document: Document,
    agent: Agent | None,
    options: Options,
    *,
    previous: Module | None = None,
    cache: Cache | None = None,
    widen: Widen = by_itself,
) -> AsyncIterator[Analysis]:
    """Yields an analysis from the text alone at once, then others as probes report; the last one is `done`.

    With no agent, or at level "static", nothing of the user's code runs. What `cache` knows is shown before the
    interpreter has started; it counts only once probes have agreed with it. `widen` adds what other files say.
    """
    module = await aside(source.analyse, document, previous=previous)
    wider = asyncio.create_task(asyncio.to_thread(widen, module))
    if not (await asyncio.wait({wider}, timeout=GLANCE_SECONDS))[0]:
        yield await _from_text(module, options)
    module = await wider
    state = await _from_text(module, options)
    if agent is None or options.level == "static" or not module.targets:
        state = await _with_findings(replace(state, done=True), options)
        yield await with_fixes(state, None, options, widen)
        return
    expected = await asyncio.to_thread(_recalled, module, agent, cache)
    if expected:
        targets = tuple(expected.get(index, target) for index, target in enumerate(state.targets))
        state = await _with_findings(replace(state, targets=targets), options)
    yield replace(state, progress="Starting the interpreter")

    try:
        environment = await agent.environment()
    except AgentFailed as failure:
        environment = Environment(python="", executable="", problem=str(failure))
    if environment.problem is not None:
        yield await _unable(state, environment, environment.problem, options)
        return
    if cache is not None:
        await asyncio.to_thread(cache.keep_environment, agent.command, environment)
        expected = await asyncio.to_thread(_recalled, module, agent, cache)
    state = await _with_findings(replace(state, environment=environment), options)
    yield state

    deadline = time.monotonic() + options.budget
    probeable = [index for index, target in enumerate(module.targets) if target.slice is not None]
    for position, index in enumerate(probeable):
        share = max((deadline - time.monotonic()) / (len(probeable) - position), 0.5)
        known = expected.get(index)
        async with aclosing(explore(module, module.targets[index], agent, options, share, known)) as results:
            async for explored in results:
                if not _builds(explored) and (problem := await agent.incapable()) is not None:
                    yield await _unable(state, environment, problem, options)
                    return
                targets = (*state.targets[:index], explored, *state.targets[index + 1 :])
                state = await _with_findings(replace(state, targets=targets), options)
                yield replace(state, progress=_progress(explored))
        if cache is not None and state.targets[index].status == "probed" and options.level == "symbolic":
            await asyncio.to_thread(cache.keep, state.targets[index], environment)
    state = await _with_findings(replace(state, done=True), options)
    yield await with_fixes(state, agent, options, widen)


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
    environment = cache.environment(agent.command) if cache is not None else None
    if cache is None or environment is None:
        return {}
    found = {
        index: cache.result(target, environment)
        for index, target in enumerate(module.targets)
        if target.slice is not None
    }
    return {index: known for index, known in found.items() if known is not None}


def _progress(explored: TargetAnalysis) -> str:
    coverage = explored.coverage
    if coverage is None:
        return explored.target.name
    of = f" of {coverage.space:,}" if coverage.space else ""
    return f"{explored.target.name}: {coverage.probed:,}{of} configurations"


async def _with_findings(state: Analysis, options: Options) -> Analysis:
    found = await aside(rules.findings, state, select=options.select, ignore=options.ignore)
    severities = {code.upper(): severity for code, severity in options.severity}
    return replace(
        state,
        findings=tuple(
            replace(finding, severity=severities.get(finding.code, finding.severity)) for finding in found
        ),
    )
