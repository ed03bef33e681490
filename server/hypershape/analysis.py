"""The pipeline, written once: a document goes in, better and better analyses of it come out.

The language server and the command line both call `analyse`; neither knows how a target is found or probed.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hypershape import fixes, rules, source, space
from hypershape.fixes.guard import GIVEN_UP
from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    DataKnowledge,
    Declaration,
    DeclaredData,
    Document,
    Environment,
    Finding,
    Fix,
    Level,
    Module,
    Options,
    ProbeError,
    Report,
    Severity,
    Target,
    TargetAnalysis,
    Value,
)
from hypershape.probe import Agent, AgentFailed, Cache, Job, SliceFailed

BATCH_SECONDS = 0.15
"""A batch of probes should take about this long: short enough to stop on time and to show progress."""

SNAPSHOT_SECONDS = 0.25
"""Findings are worked out again at most this often while probes run."""

DATA_SECONDS = 3.0
"""The data that a search is given is waited for so long; when it takes longer, the next analysis has it."""

ASSUMPTIONS = 8
"""How many different assumptions about data that is not at hand the agent knows."""

SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}

SKLEARN_TUNERS = ("SklearnTuner", "Sklearn")
"""Tuners of scikit-learn models, which no probe knows."""

INDEPENDENT = (
    r"not recognized|Could not interpret|unexpected keyword argument|Unrecognized keyword|not supported in Keras 3|"
    r"missing \d+ required|module 'keras.* has no attribute|Cannot convert '\d+' to a shape"
)
"""Messages of failures that have nothing to do with the shape of any data."""


async def analyse(
    document: Document,
    agent: Agent | None,
    options: Options,
    *,
    previous: Module | None = None,
    cache: Cache | None = None,
) -> AsyncIterator[Analysis]:
    """Yields an analysis from the text alone at once, then others as probes report; the last one is `done`.

    With no agent, or at level "static", nothing of the user's code runs. What `cache` knows is shown before the
    interpreter has started; it counts only once probes have agreed with it.
    """
    module = await asyncio.to_thread(source.analyse, document, previous=previous)
    state = _with_findings(
        Analysis(module, targets=tuple(_unprobed(target) for target in module.targets)), options
    )
    probeable = [index for index, target in enumerate(module.targets) if target.slice is not None]
    if agent is None or options.level == "static" or not module.targets:
        yield await _with_fixes(_with_findings(replace(state, done=True), options), None, options)
        return
    expected = await asyncio.to_thread(_recalled, module, agent, cache)
    if expected:
        targets = tuple(expected.get(index, target) for index, target in enumerate(state.targets))
        state = _with_findings(replace(state, targets=targets), options)
    yield replace(state, progress="Starting the interpreter")

    try:
        environment = await agent.environment()
    except AgentFailed as failure:
        environment = Environment(python="", executable="", problem=str(failure))
    if cache is not None and environment.problem is None:
        await asyncio.to_thread(cache.keep_environment, agent.command, environment)
        expected = await asyncio.to_thread(_recalled, module, agent, cache)
    state = _with_findings(replace(state, environment=environment), options)
    if environment.problem is not None:
        yield replace(state, done=True)
        return
    yield state

    deadline = time.monotonic() + options.budget
    for position, index in enumerate(probeable):
        share = max((deadline - time.monotonic()) / (len(probeable) - position), 0.5)
        known = expected.get(index)
        async for explored in _explore(module, module.targets[index], agent, options, share, known):
            targets = (*state.targets[:index], explored, *state.targets[index + 1 :])
            state = _with_findings(replace(state, targets=targets), options)
            yield replace(state, progress=_progress(explored))
        if cache is not None and state.targets[index].status == "probed" and options.level == "symbolic":
            await asyncio.to_thread(cache.keep, state.targets[index], environment)
    yield await _with_fixes(_with_findings(replace(state, done=True), options), agent, options)


async def run(document: Document, agent: Agent | None, options: Options) -> Analysis:
    """The finished analysis alone."""
    return [state async for state in analyse(document, agent, options)][-1]


# --------------------------------------------------------------------------- probing


def _unprobed(target: Target) -> TargetAnalysis:
    if any(tuner.class_name in SKLEARN_TUNERS for tuner in target.tuners):
        return TargetAnalysis(target, "static-only", target.reason)
    if target.slice is None:
        return TargetAnalysis(target, "unprobeable", target.reason)
    return TargetAnalysis(target, "static-only", target.reason)


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


async def _still_true(known: TargetAnalysis, opened: _Opened, probes: int = 24) -> bool:
    """Whether probes of what mattered before give what they gave before."""
    before = {_key(report): report for report in known.reports}
    failing = [cause.first.configuration for cause in known.causes]
    spread = known.reports[:: max(1, len(known.reports) // probes)]
    wanted = _distinct([*failing, *(report.configuration for report in spread)])
    again = [*opened.first, *_believed(await _probe(opened.job, wanted, "symbolic", 5.0), known.target)]
    return len(again) > len(wanted) and all(_same_outcome(before.get(_key(each)), each) for each in again)


def _is_proof(known: TargetAnalysis) -> bool:
    """Whether a result needs no more time; what rests on assumed data is probed under several assumptions again."""
    return known.coverage is not None and known.coverage.mode == "exhaustive" and known.data != "assumed"


def _same_outcome(before: Report | None, after: Report) -> bool:
    return before is not None and (before.verdict, before.data, before.parameters, before.layers) == (
        after.verdict,
        after.data,
        after.parameters,
        after.layers,
    )


async def _explore(
    module: Module,
    target: Target,
    agent: Agent,
    options: Options,
    budget: float,
    known: TargetAnalysis | None = None,
) -> AsyncIterator[TargetAnalysis]:
    """Probes one target until its space is finished or `budget` seconds are over.

    A finished result that is `known` from before is only checked; it is probed anew where it no longer holds.
    """
    assert target.slice is not None
    started = time.monotonic()
    explorer = space.Explorer(held=space.cannot_matter(module, target), exhaustive=options.exhaustive)
    try:
        opened = await _open(target, agent)
    except SliceFailed as failure:
        yield TargetAnalysis(target, "unprobeable", _why_unprobeable(failure.error))
        return
    except AgentFailed as failure:
        yield TargetAnalysis(target, "unprobeable", str(failure))
        return
    job = opened.job
    if opened.excuse is not None:
        await job.close()
        yield TargetAnalysis(
            target, "unprobeable", opened.excuse, data="assumed", assumptions=job.assumptions
        )
        return
    try:
        if known is not None and not await _still_true(known, opened):
            known = None
        if known is not None and _is_proof(known):
            yield known
            return
        explorer.add(opened.first)
        shown, size = 0.0, 8
        while True:
            configurations = explorer.next(size)
            left = budget - (time.monotonic() - started)
            if not configurations or left <= 0:
                break
            before = time.monotonic()
            reports = await _probe(job, configurations, "symbolic", left)
            explorer.add(_believed(reports, target))
            took = (time.monotonic() - before) / max(len(reports), 1)
            size = max(1, min(4 * size, int(BATCH_SECONDS / max(took, 1e-6))))
            if known is None and time.monotonic() - shown > SNAPSHOT_SECONDS:
                yield _for_now(_summary(target, explorer, job, started))
                shown = time.monotonic()
        explored = _summary(target, explorer, job, started)
        if any(report.data == "assumed" for report in explorer.reports):
            await _under_other_assumptions(target, explorer, opened, agent)
            explored = _summary(target, explorer, job, started)
        yield explored
        if options.level == "device":
            left = max(budget - (time.monotonic() - started), budget / 2)
            on_device = await agent.open(target.slice, opened.data, assumption=opened.assumption, device=True)
            try:
                yield await _on_device(explored, on_device, left)
            finally:
                await on_device.close()
    except AgentFailed as failure:
        yield replace(_summary(target, explorer, job, started), reason=str(failure))
    finally:
        await job.close()


def _for_now(summary: TargetAnalysis) -> TargetAnalysis:
    """What can be shown already: where data is assumed, failures wait until they met every other assumption."""
    if summary.data != "assumed":
        return summary
    return replace(
        summary, causes=tuple(cause for cause in summary.causes if _whatever_the_data(cause.error))
    )


async def _probe(
    job: Job, configurations: Sequence[Configuration], level: Level, seconds: float
) -> list[Report]:
    """The reports that arrive within `seconds`; the rest of the batch is given up."""
    reports: list[Report] = []

    async def collect() -> None:
        async for report in job.probe(configurations, level):
            reports.append(report)

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(collect(), max(seconds, 1.0))
    return reports


def _summary(target: Target, explorer: space.Explorer, job: Job, started: float) -> TargetAnalysis:
    reports = explorer.reports
    counted = [report.parameters for report in reports if report.parameters is not None]
    known = any(report.verdict != "unknown" for report in reports)
    return TargetAnalysis(
        target,
        "probed" if known else "unprobeable",
        reason=None if known else _why_unknown(reports),
        data=_worst_data(reports),
        assumptions=job.assumptions,
        hyperparameters=explorer.hyperparameters,
        declarations=_declarations(reports),
        coverage=explorer.coverage,
        layers=space.layer_rows(reports),
        parameters=(min(counted), max(counted)) if counted else None,
        reports=reports,
        causes=explorer.causes(),
        elapsed_ms={"symbolic": 1000 * (time.monotonic() - started)},
    )


async def _data(target: Target, agent: Agent) -> DeclaredData | None:
    """What is declared of a target's data, or known of what its searches are given."""
    if target.data is not None or target.fed is None:
        return target.data
    with suppress(asyncio.TimeoutError, AgentFailed):
        return await asyncio.wait_for(agent.data(target.fed), DATA_SECONDS)
    return None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A job on a target, with what was said or assumed about its data, and the report of its default.

    `excuse` says why nothing can be learned from it, when that is so.
    """

    job: Job
    data: DeclaredData | None
    assumption: int
    first: tuple[Report, ...]
    excuse: str | None = None


async def _open(target: Target, agent: Agent) -> _Opened:
    """A job under the first assumption about missing data under which the default configuration builds.

    A model that takes its shape from the data, and is built from none of the shapes assumed for it, is probed
    without any. A failure that is the same but for its numbers under all assumptions may have nothing to do with the
    data.
    """
    assert target.slice is not None
    data = await _data(target, agent)
    failed: list[_Opened] = []
    for assumption in range(ASSUMPTIONS):
        opened = await _opened(target, data, assumption, agent)
        if _is_settled(opened):
            await _close(failed)
            return opened
        failed.append(opened)
    errors = [error for each in failed if (error := each.first[0].error) is not None]
    if (
        failed[0].first[0].verdict == "fail"
        and len({re.sub(r"\d+", "", each.message) for each in errors}) == 1
        and _whatever_the_data(errors[0])
    ):
        await _close(failed[1:])
        return failed[0]
    if data is None:
        opened = await _opened(target, DeclaredData(knowledge="none"), 0, agent)
        if _is_settled(opened):
            await _close(failed)
            return opened
        failed.append(opened)
    await _close(failed[1:])
    return replace(failed[0], excuse=_excuse(failed[0].job, errors))


def _believed(reports: Iterable[Report], target: Target) -> tuple[Report, ...]:
    """The reports, where a name that some other file may declare is unknown rather than a failure.

    A tuner's `hyperparameters=` can declare what the target only reads with `hp.get`.
    """
    assert target.slice is not None
    elsewhere = target.slice.hyperparameters is None and (
        not target.tuners or any("hyperparameters" in tuner.call.arguments for tuner in target.tuners)
    )
    return tuple(_unknown(report) if elsewhere and _is_undeclared(report) else report for report in reports)


def _is_undeclared(report: Report) -> bool:
    error = report.error
    return (
        report.verdict == "fail"
        and error is not None
        and error.type == "KeyError"
        and error.stage == "declare"
        and "does not exist" in error.message
    )


def _unknown(report: Report) -> Report:
    assert report.error is not None
    sentence = (
        f"It reads a hyperparameter that nothing in this file declares ({report.error.message.strip()}): "
        "a tuner in another file may declare it with `hyperparameters=`."
    )
    return replace(report, verdict="unknown", error=replace(report.error, message=sentence))


async def _opened(target: Target, data: DeclaredData | None, assumption: int, agent: Agent) -> _Opened:
    assert target.slice is not None
    job = await agent.open(target.slice, data, assumption=assumption)
    first = _believed(await _probe(job, [{}], "symbolic", 10.0), target)
    return _Opened(job, data, assumption, first)


def _is_settled(opened: _Opened) -> bool:
    """Whether another assumption about the data would teach nothing about the default configuration."""
    report = opened.first[0] if opened.first else None
    return report is None or report.data != "assumed" or report.verdict == "ok"


async def _close(opened: Iterable[_Opened]) -> None:
    for each in opened:
        await each.job.close()


def _whatever_the_data(error: ProbeError) -> bool:
    """Whether a failure cannot have come from a shape or from an object that takes the place of missing data."""
    return (
        error.stage in ("declare", "return", "compile") or re.search(INDEPENDENT, error.message) is not None
    )


def _excuse(job: Job, errors: Sequence[ProbeError]) -> str:
    limit = next((error.message for error in errors if error.stage == "limit"), None)
    if limit is not None:
        return limit
    assumed = f" ({'; '.join(job.assumptions[:3])})" if job.assumptions else ""
    return (
        f"It needs data that is not at hand, and builds with none of the shapes assumed for it{assumed}. Declare "
        "them in a comment above the function, for example `# hypershape: x=(28, 28, 1) y=(10,)`."
    )


async def _under_other_assumptions(
    target: Target, explorer: space.Explorer, own: _Opened, agent: Agent
) -> None:
    """Takes back the failures that do not occur under every assumption under which the default builds.

    A failure that has to do with data, and that only one assumption could show, is unknown.
    """
    assert target.slice is not None
    doubtful = {
        _key(report): report
        for report in explorer.reports
        if report.verdict == "fail" and report.error is not None and not _whatever_the_data(report.error)
    }
    if not doubtful:
        return
    others = 0
    for assumption in range(ASSUMPTIONS):
        if assumption == own.assumption or not doubtful:
            continue
        waiting = [report.configuration for report in doubtful.values()]
        again = await _under(assumption, target, own, waiting, agent)
        if again is None:
            continue
        others += 1
        # What there was no time for is not known to fail: no answer counts as "unknown".
        for (key, before), after in itertools.zip_longest(list(doubtful.items()), again):
            if after is None:
                explorer.correct([replace(before, verdict="unknown")])
            elif after.verdict != "fail":
                explorer.correct([replace(before, verdict=after.verdict, error=after.error)])
            else:
                continue
            del doubtful[key]
    if not others:
        explorer.correct(replace(report, verdict="unknown") for report in doubtful.values())


async def _under(
    assumption: int, target: Target, own: _Opened, configurations: Sequence[Configuration], agent: Agent
) -> list[Report] | None:
    """The reports under one assumption, as many as there was time for; None if the default does not build under it."""
    try:
        other = await _opened(target, own.data, assumption, agent)
    except SliceFailed:
        return None
    except AgentFailed:
        return []
    try:
        first = other.first[0] if other.first else None
        if first is None or _is_limit(first):
            return []
        if first.verdict != "ok":
            return None
        return await _probe(other.job, configurations, "symbolic", 10.0)
    finally:
        await other.job.close()


def _is_limit(report: Report) -> bool:
    """Whether a bound of the agent ended a probe before it could answer."""
    return report.verdict == "unknown" and report.error is not None and report.error.stage == "limit"


def _key(report: Report) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(report.configuration.items()))


async def _on_device(explored: TargetAnalysis, job: Job, seconds: float) -> TargetAnalysis:
    """Really builds and trains the most telling configurations that the symbolic probes passed.

    Those are the first ones explored (default, minima, maxima, corners), and the largest model.
    """
    started = time.monotonic()
    built = [report for report in explored.reports if report.verdict == "ok"]
    chosen = built[:6]
    if built:
        chosen += [max(built, key=lambda report: report.parameters or 0)]
    reports: list[Report] = []
    for configuration in _distinct(report.configuration for report in chosen):
        left = seconds - (time.monotonic() - started)
        if left <= 0:
            break
        reports += await _probe(job, [configuration], "device", left)
    causes: dict[tuple[str, str], Cause] = {}
    for report in reports:
        if report.verdict != "fail" or report.error is None:
            continue
        key = (report.error.type, report.error.message)
        same = causes.get(key)
        failing = (*(same.failing if same else ()), report.configuration)
        causes[key] = Cause(
            report.error,
            same.first if same else report,
            failing,
            condition=None,
            exact=False,
            share=len(failing) / len(reports),
        )
    return replace(
        explored,
        reports=explored.reports + tuple(reports),
        causes=explored.causes + tuple(causes.values()),
        elapsed_ms={**explored.elapsed_ms, "device": 1000 * (time.monotonic() - started)},
    )


def _distinct(configurations: Iterable[Configuration]) -> list[Configuration]:
    found: list[Configuration] = []
    for configuration in configurations:
        if configuration not in found:
            found.append(configuration)
    return found


def _declarations(reports: Sequence[Report]) -> tuple[Declaration, ...]:
    seen = {declaration: None for report in reports for declaration in report.declarations}
    return tuple(seen)


def _worst_data(reports: Sequence[Report]) -> DataKnowledge:
    kinds = {report.data for report in reports}
    ranked: tuple[DataKnowledge, ...] = ("assumed", "declared", "known")
    return next((kind for kind in ranked if kind in kinds), "none")


def _why_unprobeable(error: ProbeError) -> str:
    place = f" (line {error.span.line})" if error.span else ""
    return f"What the target needs could not be run{place}: {error.type}: {error.message}"


def _why_unknown(reports: Sequence[Report]) -> str:
    for report in reports:
        if report.error is not None:
            return report.error.message
    return "No probe finished in the time given."


def _progress(explored: TargetAnalysis) -> str:
    coverage = explored.coverage
    if coverage is None:
        return explored.target.name
    of = f" of {coverage.space:,}" if coverage.space else ""
    return f"{explored.target.name}: {coverage.probed:,}{of} configurations"


# --------------------------------------------------------------------------- findings and fixes


def _with_findings(state: Analysis, options: Options) -> Analysis:
    found = rules.findings(state, select=options.select, ignore=options.ignore)
    severities = dict(options.severity)
    return replace(
        state,
        findings=tuple(
            replace(finding, severity=severities.get(finding.code, finding.severity)) for finding in found
        ),
    )


async def _with_fixes(state: Analysis, agent: Agent | None, options: Options) -> Analysis:
    """Each finding with the repairs that were tried and work, best first; errors first get their share of the time."""
    deadline = time.monotonic() + options.fix_budget
    order = sorted(range(len(state.findings)), key=lambda index: SEVERITIES[state.findings[index].severity])
    fixed = dict(enumerate(state.findings))
    for position, index in enumerate(order):
        finding = state.findings[index]
        share = (deadline - time.monotonic()) / (len(order) - position)
        fixed[index] = finding.with_fixes(await _fixes(finding, state, agent, options, max(share, 0.3)))
    return replace(state, findings=tuple(fixed.values()))


async def _fixes(
    finding: Finding, state: Analysis, agent: Agent | None, options: Options, seconds: float
) -> tuple[Fix, ...]:
    """The candidates for one finding that pass their trial within `seconds`; the first is the preferred one."""
    started = time.monotonic()
    kept: list[Fix] = []
    candidates = itertools.chain(
        ((fix, True) for fix in rules.repairs(finding, state)),
        ((fix, False) for fix in rules.last_resorts(finding, state)),
    )
    for fix, repairs in candidates:
        if len(kept) == options.fixes_offered or time.monotonic() - started > seconds:
            break
        if await _verified(fix, finding, state, agent if options.verify_fixes else None):
            kept.append(replace(fix, verified=True, preferred=repairs and not kept))
    return tuple(kept)


async def _verified(fix: Fix, finding: Finding, state: Analysis, agent: Agent | None) -> bool:
    """Whether the edited text still reads, no longer has the finding, and has no failure it did not have before.

    Targets whose slice the edit does not change need no new probe.
    """
    try:
        edited = fixes.apply(state.module.document, fix.edits)
    except fixes.CannotApply:
        return False
    module = await asyncio.to_thread(source.analyse, edited)
    if len(module.broken) > len(state.module.broken) or len(module.targets) < len(state.module.targets):
        return False
    after = Analysis(
        module, state.environment, tuple(_unprobed(target) for target in module.targets), done=True
    )
    before = state.by_name
    probed = []
    for key, new in after.by_name.items():
        old = before.get(key)
        hopeless = old is None or (old.status != "probed" and old.target.name != finding.target)
        if old is None or hopeless or _same_question(new.target, old.target):
            probed.append(replace(old, target=new.target, causes=()) if old is not None else new)
            continue
        if agent is None or new.target.slice is None:
            return False
        tried = await _try(new.target, old, agent)
        if tried is None or not _no_worse(tried, old, finding, fix):
            return False
        probed.append(tried)
    remaining = rules.findings(replace(after, targets=tuple(probed)))
    return _count(remaining, finding.code) < _count(state.findings, finding.code) and not any(
        _count(remaining, new.code) > _count(state.findings, new.code)
        for new in remaining
        if new.severity in (Severity.ERROR, Severity.WARNING)
    )


def _same_question(new: Target, old: Target) -> bool:
    """Whether probes of an edited target would answer as those before the edit did."""
    declared = [None if each.data is None else replace(each.data, span=None) for each in (new, old)]
    return new.slice == old.slice and declared[0] == declared[1]


async def _try(target: Target, old: TargetAnalysis, agent: Agent, probes: int = 32) -> TargetAnalysis | None:
    """Probes an edited target at the configurations that mattered before the edit, and at its own telling ones."""
    assert target.slice is not None
    started = time.monotonic()
    try:
        opened = await _open(target, agent)
    except (SliceFailed, AgentFailed):
        return None
    job = opened.job
    try:
        if opened.excuse is not None:
            return None
        explorer = space.Explorer(held=old.coverage.held if old.coverage is not None else {})
        explorer.add(opened.first)
        while len(explorer.reports) < probes:
            configurations = explorer.next(32)
            if not configurations:
                break
            explorer.add(await _probe(job, configurations, "symbolic", 5.0))
            if time.monotonic() - started > 5.0:
                break
        known = [report.configuration for report in old.reports if report.verdict == "ok"][:probes]
        failing = [configuration for cause in old.causes for configuration in cause.failing[:probes]]
        inside = [c for c in _distinct(failing + known) if space.contains(explorer.hyperparameters, c)]
        explorer.add(await _probe(job, inside, "symbolic", 5.0))
        if any(report.data == "assumed" for report in explorer.reports):
            await _under_other_assumptions(target, explorer, opened, agent)
        return _summary(target, explorer, job, started)
    except AgentFailed:
        return None
    finally:
        await job.close()


def _no_worse(new: TargetAnalysis, old: TargetAnalysis, finding: Finding, fix: Fix) -> bool:
    """No failure remains but those of the old target's other causes; something builds, with the same outputs (if they are to stay)."""
    others = {
        (cause.error.type, cause.error.stage)
        for cause in old.causes
        if finding.cause is None or cause is not finding.cause
    }
    if finding.cause is not None and not any(report.verdict == "ok" for report in new.reports):
        return False
    if any(
        (cause.error.type, cause.error.stage) not in others and not _gives_up(cause, old)
        for cause in new.causes
    ):
        return False
    return fix.reshapes or not _outputs_changed(new.reports, old.reports)


def _gives_up(cause: Cause, old: TargetAnalysis) -> bool:
    """Whether the edited target gives up, on purpose, nothing that built before."""
    built = {_key(report) for report in old.reports if report.verdict == "ok"}
    return cause.error.type == GIVEN_UP and not any(
        tuple(sorted(failing.items())) in built for failing in cause.failing
    )


def _outputs_changed(new: Sequence[Report], old: Sequence[Report]) -> bool:
    """Whether a configuration that built before builds a model with outputs of another shape now."""
    before = {_key(report): report.output_shapes for report in old if report.verdict == "ok"}
    return any(
        report.verdict == "ok" and before.get(_key(report), report.output_shapes) != report.output_shapes
        for report in new
    )


def _count(findings: Sequence[Finding], code: str) -> int:
    return sum(finding.code == code for finding in findings)
