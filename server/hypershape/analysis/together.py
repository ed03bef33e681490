"""All repairs of a text as one edit, which is itself tried: two that pass alone may give up more than either says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hypershape.analysis.clock import AFTERWARDS, Clock
from hypershape.analysis.repairs import CutShort, Trial, after_edit, agent_for, better, edited
from hypershape.analysis.results import Widen, by_itself
from hypershape.model import Analysis, Edit, Finding, Fix, Options, Together
from hypershape.probe import Agent

TITLE = "Apply all verified Hypershape fixes"

LEAST_SECONDS = 2.0
"""So long the whole edit is tried, also where the time is over."""


@dataclass(frozen=True, slots=True)
class _Some:
    """Repairs that can be applied at once, and the findings that they repair."""

    fixes: tuple[Fix, ...] = ()
    findings: tuple[Finding, ...] = ()

    def with_(self, fix: Fix, *findings: Finding) -> _Some:
        return _Some((*self.fixes, fix), (*self.findings, *findings))

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(edit for fix in self.fixes for edit in fix.edits)

    def touches(self, fix: Fix) -> bool:
        return any(new.span.meets(old.span) for new in fix.edits for old in self.edits)

    @property
    def whole(self) -> Fix:
        kept = 1.0
        for fix in self.fixes:
            kept *= 1 - fix.drops
        reshapes = any(fix.reshapes for fix in self.fixes)
        return Fix(TITLE, self.edits, verified=True, reshapes=reshapes, drops=1 - kept)


async def with_all(
    state: Analysis, agent: Agent | None, options: Options, clock: Clock, widen: Widen = by_itself
) -> Analysis:
    """The same with its preferred repairs as one edit, if that passes; what no longer fails is not repaired again.

    Where there is no time to try all of them there is no such edit.
    """
    of = tuple(fix.edits for _, fix in state.preferred)
    if not (options.verify_fixes and options.fix_all) or (
        state.together is not None and state.together.of == of
    ):
        return state
    own = clock.part(max(clock.left, AFTERWARDS * clock.seconds, LEAST_SECONDS))
    trial = Trial(state, agent, own, widen)
    chosen = _Some()
    for repaired in _groups(state):
        if own.left <= 0:
            return replace(state, together=Together(None, of))
        chosen = await _more(chosen, repaired, trial)
    return replace(state, together=Together(chosen.whole if chosen.fixes else None, of))


def _groups(state: Analysis) -> Iterator[list[tuple[Finding, Fix]]]:
    """The findings of each search space that fails, then each of the others, with their preferred repairs."""
    failing: dict[str | None, list[tuple[Finding, Fix]]] = {}
    for finding, fix in state.preferred:
        if finding.cause is not None:
            failing.setdefault(finding.target, []).append((finding, fix))
    yield from failing.values()
    yield from ([(finding, fix)] for finding, fix in state.preferred if finding.cause is None)


async def _more(chosen: _Some, repaired: Sequence[tuple[Finding, Fix]], trial: Trial) -> _Some:
    """What was chosen with the repairs of one search space: those that together keep most of it and cure all."""
    for some in sorted(_ways(chosen, repaired), key=lambda some: some.whole.drops):
        alone = len(some.fixes) == 1
        if alone or await _passes(some, trial):
            return some
    return await _one_by_one(chosen, repaired, trial)


def _ways(chosen: _Some, repaired: Sequence[tuple[Finding, Fix]]) -> Iterator[_Some]:
    """All preferred repairs of one search space at once, or one repair after which nothing of it fails."""
    findings = [finding for finding, _ in repaired]
    whole = chosen
    for finding, fix in repaired:
        if whole.touches(fix):
            break
        whole = whole.with_(fix, finding)
    else:
        yield whole
    for finding in findings if len(findings) > 1 else ():
        for fix in finding.fixes:
            if fix.verified and fix.leaves == 0 and not chosen.touches(fix):
                yield chosen.with_(fix, *findings)


async def _one_by_one(chosen: _Some, repaired: Sequence[tuple[Finding, Fix]], trial: Trial) -> _Some:
    """As many of the repairs as pass with those before."""
    for finding, fix in repaired:
        more = chosen.with_(fix, finding)
        if not chosen.touches(fix) and (not chosen.fixes or await _passes(more, trial)):
            chosen = more
    return chosen


async def _passes(some: _Some, trial: Trial) -> bool:
    """Whether an edit made of several repairs cures all that it is to cure, and leaves nothing worse."""
    module = await edited(some.whole, trial)
    if module is None:
        return False
    agent, state = trial.agent, trial.state
    if agent is not None and state.environment is not None:
        agent, environment = await agent_for(agent, module, state.environment)
        state = replace(state, environment=environment)
    try:
        after = await after_edit(some.whole, some.findings, trial, module, state, agent)
    except CutShort:
        return False
    return (
        after is not None
        and not after.moved
        and all(better(after, finding, state) for finding in some.findings)
    )
