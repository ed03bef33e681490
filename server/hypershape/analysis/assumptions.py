"""Data that is not at hand: what is declared, known or assumed of it, and what holds whatever it is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hypershape import space
from hypershape.agent.assumed import ASSUMPTIONS
from hypershape.analysis.aside import aside
from hypershape.analysis.clock import Clock
from hypershape.analysis.reports import ask, believed
from hypershape.model import Configuration, DeclaredData, ProbeError, Report, Target, key_of
from hypershape.probe import FIRST_SECONDS, Agent, AgentFailed, Job, Limits, SliceFailed

DATA_SECONDS = 3.0
"""The data that a search is given may take so much processor time to read; what takes longer, the next analysis has."""

QUOTED = 200
"""So many characters of an error are quoted where a target cannot be probed."""

CONFIRMING_SECONDS = 0.5
"""A failure may take so long to meet another assumption when the time is over: without that it would not be shown."""

TOO_SMALL = ("convolution-too-large", "pooling-too-large", "application-input")
"""The kinds of failures that larger data would not have met."""

ENOUGH = 3
"""Under so many assumptions the same failure tells as much as under all."""

LATE = "TimeLimit"
"""The type of the error of what took longer than it may."""


async def _data(target: Target, agent: Agent) -> DeclaredData | None:
    """What is declared of a target's data, or known of what its searches are given."""
    if target.data is not None or target.fed is None:
        return target.data
    with suppress(AgentFailed):
        return await agent.data(target.fed, DATA_SECONDS)
    return None


@dataclass(frozen=True, slots=True)
class Opened:
    """A job on a target, with what was said or assumed about its data, and the report of its default.

    `excuse` says why nothing can be learned from it, when that is so; `late` that it took too long.
    """

    job: Job
    data: DeclaredData | None
    assumption: int
    first: tuple[Report, ...]
    excuse: str | None = None
    late: bool = False
    certain: str | None = None
    """The message of a failure of the default that has nothing to do with the data, though nothing builds without it."""


async def open_job(target: Target, agent: Agent, clock: Clock, likely: int = 0) -> Opened:
    """A job under the first assumption about missing data under which the default configuration builds.

    `likely` is the one to try first: under it the same target built before an edit.

    A model that takes its shape from the data, and is built from none of the shapes assumed for it, is probed
    without any. A failure that is the same but for its numbers under all assumptions, or that lies beyond what fails
    under the others, may have nothing to do with the data. The first probe may take longer than there is time: without it
    nothing can be said at all.
    """
    assert target.slice is not None
    data = await _data(target, agent)
    failed: list[Opened] = []
    while len(failed) < len(ASSUMPTIONS):
        if failed and clock.left <= 0:
            break
        tried = [(each.assumption, each.first[0].error) for each in failed]
        assumption = _likeliest(tried) if tried else likely
        opened = await _opened(target, data, assumption, agent, clock)
        if _is_settled(opened):
            await _close(failed)
            return opened
        failed.append(opened)
        if len(failed) == 2 and data is not None and data.knowledge == "known" and _hinges(failed):
            # What stands for a value that other code takes from the data need not fit them, whatever it is.
            break
        if _free(failed) is not None:
            break
    failed.sort(key=lambda each: each.assumption)
    errors = [error for each in failed if (error := each.first[0].error) is not None]
    # Under the first assumption what other code sets was tried as it is: what fails for it fails there alone.
    unsettled = bool(errors) and errors[0].unsettled
    told = failed[-1] if unsettled else _furthest(failed)
    error = told.first[0].error
    holds = len(_messages(failed)) == 1 if unsettled else error is not None and _is_beyond(told, failed)
    fact = error is not None and (error.whatever_the_data or not any(_leans(each, error) for each in failed))
    if (free := _free(failed)) is not None:
        told, error, holds, fact = free, free.first[0].error, True, True
    if told.first[0].verdict == "fail" and fact and holds:
        await _close(each for each in failed if each is not told)
        return replace(told, certain=error.message if told is free and error is not None else None)
    if data is None or (unsettled and data.knowledge == "known"):
        nothing = DeclaredData(knowledge="none")
        opened = await _opened(target, nothing, 1 if unsettled else 0, agent, clock)
        if _is_settled(opened):
            await _close(failed)
            return opened
        failed.append(opened)
    await _close(failed[1:])
    return replace(failed[0], excuse=_excuse(target, _furthest(failed), errors))


def _likeliest(tried: Sequence[tuple[int, ProbeError | None]]) -> int:
    """The assumption to try next: the first one that has what the last failure wants, else the first one.

    A layer that takes other ranks, or that lacks pixels, tells more than the order of the assumptions, and with several
    targets in a file there is not the time for all of them.
    """
    left = [each for each in range(len(ASSUMPTIONS)) if each not in {number for number, _ in tried}]
    number, error = tried[-1] if tried else (None, None)
    if number is None or error is None:
        return left[0]
    rank, side, *_ = ASSUMPTIONS[number]
    wanted, at_least = error.details.get("wanted"), error.details.get("at_least")

    def suits(other: int) -> bool:
        its_rank, its_side, *_ = ASSUMPTIONS[other]
        if error.kind == "rank" and isinstance(wanted, int):
            return its_rank >= wanted if at_least else its_rank == wanted
        return error.kind in TOO_SMALL and its_rank == rank and its_side > side

    return min(left, key=lambda each: (not suits(each), each))


def _free(failed: Sequence[Opened]) -> Opened | None:
    """A failure of which several assumptions show that it has nothing to do with the data, if there is one.

    It is the same under all assumptions that come so far, where no data could be to blame, or where an argument is refused
    for a value that is the same to the digit. An assumption under which something still was as the text has it tells nothing.
    """
    settled = [each for each in failed if (error := each.first[0].error) is not None and not error.unsettled]
    if len(settled) < ENOUGH:
        return None
    told = _furthest(settled)
    error = told.first[0].error
    assert error is not None
    if error.whatever_the_data:
        same = [each for each in settled if _messages([each]) == _messages([told])]
    elif error.kind == "argument-value":
        same = [each for each in settled if (found := each.first[0].error) and found.message == error.message]
    else:
        return None
    others = [each for each in settled if each not in same]
    return told if len(same) >= ENOUGH and all(_reached(each) < _reached(told) for each in others) else None


def _messages(failed: Sequence[Opened]) -> set[str]:
    """What the default configuration fails with, without numbers."""
    return {
        re.sub(r"\d+", "", error.message) for each in failed if (error := each.first[0].error) is not None
    }


def _furthest(failed: Sequence[Opened]) -> Opened:
    """Where the default configuration came furthest, under the first assumption of several."""
    return max(failed, key=_reached)


def _is_beyond(told: Opened, failed: Sequence[Opened]) -> bool:
    """Whether a failure lies beyond those of other assumptions about the data: `Adam(lr=1)` is not met where a layer
    before it refuses what it is given."""
    (message,) = _messages([told])
    return all(_messages([each]) == {message} or _reached(each) < _reached(told) for each in failed)


def _leans(opened: Opened, error: ProbeError) -> bool:
    """Whether what was assumed may have led to a failure: something was, or it is one of training."""
    return bool(opened.job.assumptions) or error.stage != "build" or error.unsettled


def _hinges(failed: Sequence[Opened]) -> bool:
    """Whether a failure hinges on values that other code sets: under the first assumption they were as the text has them."""
    first = failed[0].first[0].error
    return first is not None and first.unsettled and len(_messages(failed)) > 1


async def _opened(
    target: Target, data: DeclaredData | None, assumption: int, agent: Agent, clock: Clock
) -> Opened:
    assert target.slice is not None
    patience = clock.patience
    job = await agent.open(target.slice, data, assumption=assumption, limits=Limits(patience=patience))
    try:
        with clock.noting(job):
            first = [each async for each in job.probe([{}], "symbolic", each=FIRST_SECONDS * patience)]
    except BaseException:
        await job.close()
        raise
    excuse = next((each.error.message for each in first if _is_limit(each) and each.error is not None), None)
    late = any(_is_limit(each) and each.error is not None and each.error.type == LATE for each in first)
    return Opened(job, data, assumption, believed(first, target), excuse, late)


def _is_settled(opened: Opened) -> bool:
    """Whether another assumption about the data would teach nothing about the default configuration."""
    report = opened.first[0] if opened.first else None
    return report is None or opened.excuse is not None or report.data != "assumed" or report.verdict == "ok"


async def _close(opened: Iterable[Opened]) -> None:
    for each in opened:
        await each.job.close()


def _reached(opened: Opened) -> tuple[bool, int]:
    """How far the default configuration came: what fails last has the least to do with a shape that does not fit."""
    report = opened.first[0]
    return report.error is not None and report.error.stage == "step", len(report.layers)


def _excuse(target: Target, furthest: Opened, errors: Sequence[ProbeError]) -> str:
    limit = next((error.message for error in errors if error.stage == "limit"), None)
    if limit is not None:
        return limit
    job, error = furthest.job, furthest.first[0].error
    assumed = f" ({'; '.join(job.assumptions[:3])})" if job.assumptions else ""
    said = f" {error.type}: {_shortened(error.message)}" if error is not None else ""
    missing = target.slice.stand_ins if target.slice is not None else {}
    if missing and job.data is not None and job.data.knowledge == "known":
        # The data are at hand: no comment about them would say what the name is.
        name, why = next(iter(missing.items()))
        whose = f" ({why})" if why else ""
        return f"It needs {name}, which is not at hand{whose}, and fails with all that was assumed of it{assumed}.{said}"
    return (
        f"It needs data that is not at hand, and builds with none of the shapes assumed for it{assumed}.{said} Declare "
        "them in a comment above the function, for example `# hypershape: x=(28, 28, 1) y=(10,)`."
    )


def _shortened(message: str) -> str:
    """The first lines of a message as one sentence."""
    line = " ".join(message.split())
    line = line if len(line) <= QUOTED else line[:QUOTED].rpartition(" ")[0] + " …"
    return line if line.endswith((".", "…", "!")) else f"{line}."


async def under_other_assumptions(
    target: Target, explorer: space.Explorer, own: Opened, agent: Agent, clock: Clock
) -> None:
    """Takes back the failures that do not occur under every assumption under which the default builds.

    A failure that has to do with data, and that only one assumption could show, is unknown.
    """
    assert target.slice is not None
    doubtful = {
        key_of(report.configuration): report
        for report in explorer.reports
        if report.verdict == "fail" and report.error is not None
        if not report.error.whatever_the_data and report.error.message != own.certain
        if _leans(own, report.error)
    }
    if not doubtful:
        return
    others = 0
    for assumption in range(len(ASSUMPTIONS)):
        if assumption == own.assumption or not doubtful:
            continue
        waiting = [report.configuration for report in doubtful.values()]
        again = await _under(assumption, target, own, waiting, agent, clock)
        if again is None:
            continue
        others += 1
        corrected = [
            _under_both(before, after)
            for before, after in itertools.zip_longest(list(doubtful.values()), again)
        ]
        await aside(explorer.correct, corrected)
        doubtful = {key_of(each.configuration): each for each in corrected if each.verdict == "fail"}
    if not others:
        await aside(explorer.correct, [replace(report, verdict="unknown") for report in doubtful.values()])


def _under_both(before: Report, after: Report | None) -> Report:
    """What is left of a failure after another assumption; what there was no time for is not known to fail."""
    if after is None:
        return replace(before, verdict="unknown")
    error = before.error if after.verdict == "fail" else after.error
    free = tuple(name for name in before.free if name in after.free)
    hinges = after.verdict == "ok"
    return replace(
        before, verdict=after.verdict, error=error, free=free, alike={}, states=(), apart={}, hinges=hinges
    )


async def _under(
    assumption: int,
    target: Target,
    own: Opened,
    configurations: Sequence[Configuration],
    agent: Agent,
    clock: Clock,
) -> list[Report] | None:
    """The reports under one assumption, as many as there was time for; None if the default does not build under it."""
    try:
        other = await _opened(target, own.data, assumption, agent, clock)
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
        return await ask(
            other.job, configurations, "symbolic", clock, max(clock.left / 2, CONFIRMING_SECONDS)
        )
    finally:
        await other.job.close()


def _is_limit(report: Report) -> bool:
    """Whether a bound of the agent ended a probe before it could answer."""
    return report.verdict == "unknown" and report.error is not None and report.error.stage == "limit"
