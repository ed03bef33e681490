"""Edits that are tried before they are offered: applied in memory, and probed again."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice

from hypershape import fixes, rules, source, space
from hypershape.analysis.aside import aside
from hypershape.analysis.assumptions import open_job, under_other_assumptions
from hypershape.analysis.clock import AFTERWARDS, Clock
from hypershape.analysis.environs import fitting
from hypershape.analysis.meaning import is_kept, space_is_kept
from hypershape.analysis.rehearsing import Player, is_worth_it
from hypershape.analysis.replaying import OutOfTime, Replay
from hypershape.analysis.reports import ask, distinct
from hypershape.analysis.results import Widen, by_itself, summary_of, unprobed
from hypershape.fixes.guard import GIVEN_UP
from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Edit,
    Environment,
    Finding,
    Fix,
    Hyperparameter,
    Module,
    Options,
    ProbeError,
    Report,
    Severity,
    Shape,
    Target,
    TargetAnalysis,
    key_of,
)
from hypershape.probe import Agent, AgentFailed, Cache, Job, SliceFailed, placed
from hypershape.rules.common import fate
from hypershape.rules.common.failure import COSTLY
from hypershape.rules.common.rehearsed import Story, is_in_the_way, stories
from hypershape.rules.common.shaping import fits_labels
from hypershape.space.shares import SEEN, of_failures, percent

TRIAL_SECONDS = 10.0
"""One candidate is tried for so long; half of it on configurations of its own."""

LEAST_TRIAL_SECONDS = 1.0
"""A trial that has begun gets so much."""

LEAST_SECONDS = 0.3
"""Each finding gets so much for its repairs while there is time."""

_NOTED = re.compile(r" \([a-z][^()]*\)$")
"""A title that ends with a note: `(changes the output)`, and not `(-1, 1)`."""
UNCOVERED = "; then another failure shows"

REPLAYING_SECONDS = 20.0
"""What all repairs of a document that are put to trial in a search may take together."""

FIRST_STEPS = 3
SECOND_STEPS = 6
"""So many repairs that show another failure are followed, each by so many repairs of that one."""

PLAYED = ("HS3", "HS4")
"""Families of findings whose repairs a search can contradict: about training and about the search itself."""

NEEDLESS = 10
"""A repair that drops half of the space, and so many times what fails, is offered only if there is no other."""

_STAGES = ("build", "return", "compile", "step")

SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}


async def with_fixes(
    state: Analysis, agent: Agent | None, options: Options, clock: Clock, widen: Widen = by_itself
) -> Analysis:
    """Each finding with the repairs that were tried and work, best first; errors first get their share of the time.

    What was tried before stays as it is.
    Where probing took longer than it should, there is still as much for repairs as would have been kept for them.
    """
    own = clock.part(min(options.patience * options.fix_budget, max(clock.left, AFTERWARDS * clock.seconds)))
    trial = Trial(state, agent if options.verify_fixes else None, own, widen)
    untried = [index for index, finding in enumerate(state.findings) if not finding.settled]
    return await _with_fixes(trial, untried, options)


async def with_played_fixes(
    state: Analysis,
    agent: Agent,
    options: Options,
    clock: Clock,
    widen: Widen = by_itself,
    cache: Cache | None = None,
) -> Analysis:
    """The same where searches were rehearsed: what they contradict is not offered, and what they found is repaired.

    Repairs whose trial there was no time for stay only where no rehearsal failed.
    """
    never = any(not (target.rehearsals or is_worth_it(target)) for target in state.targets)
    learned = any(each.verdict != "unknown" for each in state.rehearsals)
    if not options.verify_fixes or not (learned or never):
        return state
    passed = frozenset(fix.edits for finding in state.findings for fix in finding.fixes if fix.verified)
    replay = Replay(state, clock)
    trial = Trial(state, agent, clock, widen, replay, passed, cache)
    told = tuple(stories(state))
    played = [index for index, each in enumerate(state.findings) if _is_played(each, told)]
    done = await _with_fixes(trial, played, options)
    return replace(done, findings=await aside(fate.explained, done.findings, replay.cured, state))


def _is_played(finding: Finding, told: Sequence[Story]) -> bool:
    """Whether a search can contradict the repairs of a finding, is what showed it, or failed where it stands.

    One play takes longer than all else that a file takes: what is good to know, and ends nothing, is not worth it.
    """
    if finding.severity in (Severity.HINT, Severity.INFO):
        return False
    of_a_search = finding.error is not None and finding.cause is None
    return (
        of_a_search or finding.code.startswith(PLAYED) or any(is_in_the_way(finding, each) for each in told)
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What repairs are tried against: the analysis that they are to better, and who probes the edited text.

    `replay` holds the searches of the edited text against those of the text before; edits in `passed` were probed.
    """

    state: Analysis
    agent: Agent | None
    clock: Clock
    widen: Widen
    replay: Replay | None = None
    passed: frozenset[tuple[Edit, ...]] = frozenset()
    cache: Cache | None = None
    next_failures: dict[tuple[Edit, ...], tuple[Finding, ...]] = field(default_factory=dict)
    """What is found in a text after edits that only showed another failure of the target."""

    @property
    def overtime(self) -> float:
        """What the repairs of a search that fails may take longer than there is time."""
        return self.replay.overtime if self.replay is not None else 0.0

    @property
    def left(self) -> float:
        """The seconds until the time for repairs is over."""
        return self.clock.left + self.overtime

    def target_of(self, finding: Finding) -> TargetAnalysis | None:
        """The target as it was when a finding was made about it."""
        return next((each for each in self.state.targets if each.target.name == finding.target), None)


async def _with_fixes(trial: Trial, indices: Sequence[int], options: Options) -> Analysis:
    """Errors first; the findings that are not asked for keep what they have."""
    findings = list(trial.state.findings)
    order = sorted(indices, key=lambda index: SEVERITIES[findings[index].severity])
    for position, index in enumerate(order):
        left = trial.left
        # What was probed is read again to be played; of hundreds of repairs that is more than there is time for.
        if left <= (0 if trial.replay is None else -trial.clock.seconds):
            _give_up(findings, order[position:], trial)
            for late in order[position:] if trial.replay is None else ():
                findings[late] = await _with_the_first(findings[late], trial)
            break
        share = trial.clock.part(max(_share(left, findings, order[position:]), min(left, LEAST_SECONDS)))
        tried = findings[index].with_fixes(*await _fixes(findings[index], trial, options, share))
        findings[index] = await _with_the_first(tried, trial)
    return replace(trial.state, findings=tuple(findings))


async def _with_the_first(finding: Finding, trial: Trial) -> Finding:
    """An error for whose repairs there was no time with the first that keeps the space, untried.

    One build, or one play of a search, may take longer than there is for all, and a name that is written otherwise now
    needs none.
    """
    shown = finding.cause is not None or trial.replay is not None
    unknown = finding.severity is Severity.ERROR and shown and not finding.settled
    if not unknown or finding.fixes or trial.agent is None:
        return finding
    for fix, repairs in await aside(list, islice(finding.candidates(), FIRST_STEPS)):
        if repairs and not fix.drops and fix.title not in finding.refused and await edited(fix, trial):
            untried = replace(fix, title=f"{fix.title} (not tried)", verified=False, preferred=False)
            return finding.with_fixes((untried,), finding.refused, settled=False)
    return finding


def _share(left: float, findings: Sequence[Finding], order: Sequence[int]) -> float:
    """What the first of some findings gets of the time that is left: hints, at the end, wait with little for the others."""
    hints = sum(findings[index].severity is Severity.HINT for index in order)
    if hints == len(order):
        return left / hints
    return (left - min(hints * LEAST_SECONDS, left / 2)) / (len(order) - hints)


def _give_up(findings: list[Finding], left: Sequence[int], trial: Trial) -> None:
    """Findings for whose repairs there was no time: where a search fails they have none that it did not let run."""
    if trial.replay is not None and any(each.verdict == "fail" for each in trial.state.rehearsals):
        for index in left:
            findings[index] = findings[index].with_fixes((), settled=False)


async def _fixes(
    finding: Finding, trial: Trial, options: Options, clock: Clock
) -> tuple[tuple[Fix, ...], tuple[str, ...], bool]:
    """The candidates for one finding that pass their trial in time; the first is the preferred one.

    With them the titles of those that did not pass, and whether there was time for all.
    """
    kept: list[tuple[Fix, bool]] = []
    following: list[Fix] = []
    moving: list[Fix] = []
    refused: list[str] = []
    tried: list[tuple[Edit, ...]] = []
    told = True
    candidates = finding.candidates()
    while (candidate := await aside(next, candidates, None)) is not None:
        fix, repairs = candidate
        if len(kept) == options.fixes_offered:
            break
        if clock.left + trial.overtime <= 0 and fix.edits not in trial.passed:
            return _ranked(kept, trial.target_of(finding)), tuple(refused), False
        if fix.edits in tried:
            continue
        tried.append(fix.edits)
        if fix.title in finding.refused or _needless(fix, finding, kept):
            verdict, passed = Verdict.FAILS, fix
        else:
            verdict, passed = await _verified(fix, finding, trial)
        if verdict is Verdict.CURES:
            kept.append((replace(passed, verified=True), repairs))
        elif verdict is Verdict.UNTOLD:
            told = False
        elif verdict is Verdict.UNCOVERS:
            title = f"{fix.title}{UNCOVERED}"
            following.append(replace(passed, title=title, verified=True, preferred=False))
        else:
            refused.append(fix.title)
        if repairs and fix.edits in trial.next_failures:
            moving.append(fix)
    if not any(repairs for _, repairs in kept):
        kept += [(fix, True) for fix in await _in_two_steps(finding, trial, moving, clock)]
    ranked = _ranked(kept, trial.target_of(finding))
    if not any(fix.preferred for fix in ranked):
        ranked = (*following[: options.fixes_offered - len(ranked)], *ranked)
    return ranked, tuple(refused), told


async def _in_two_steps(finding: Finding, trial: Trial, moving: Sequence[Fix], clock: Clock) -> list[Fix]:
    """Two repairs as one where no single one lets anything build: the second is one of the failure behind the first.

    Layers whose shapes fit at last may still not fit the labels; who applies the repair wants a model that trains.
    """
    for first in moving[:FIRST_STEPS]:
        candidates = (
            fix
            for behind in trial.next_failures[first.edits][:1]
            for fix in islice(behind.repairs(), SECOND_STEPS)
        )
        while clock.left > 0 and (second := await aside(next, candidates, None)) is not None:
            both = _both(first, second, trial)
            if both is None:
                continue
            verdict, passed = await _verified(both, finding, trial)
            if verdict is Verdict.CURES:
                return [replace(passed, verified=True)]
    return []


def _both(first: Fix, second: Fix, trial: Trial) -> Fix | None:
    """Two repairs, the second of the text after the first, as one of the text before; None where they meet."""
    try:
        made = fixes.composed(trial.state.module.document, first.edits, second.edits)
    except fixes.CannotApply:
        return None
    (title, note), (then, noted) = _parted(first.title), _parted(second.title)
    notes = "; ".join(dict.fromkeys(each for each in (note, noted) if each))
    return Fix(
        fixes.in_one([title, then]) + (f" ({notes})" if notes else ""),
        made,
        reshapes=first.reshapes or second.reshapes,
        drops=1 - (1 - first.drops) * (1 - second.drops),
    )


def _parted(title: str) -> tuple[str, str]:
    """A title and the remark in parentheses at its end; a shape is none."""
    said, _, note = title.removesuffix(")").rpartition(" (")
    return (said, note) if said and title.endswith(")") and note[:1].isalpha() else (title, "")


def _ranked(kept: Sequence[tuple[Fix, bool]], old: TargetAnalysis | None) -> tuple[Fix, ...]:
    """What passed its trial; what gives up models that build after what does not, then what only moves the failure.

    What repairs nothing comes last. Of the others those come first after which nothing of the space fails; else the
    order of the rule stays. The first that repairs is the preferred one. What gives up a part of the space and leaves
    another failing is left out where one gives up nothing and leaves none, and what only moves the failure where one
    does more.
    """
    before = _builds(old)
    if any(repairs and not fix.drops and fix.leaves == 0 for fix, repairs in kept):
        kept = [each for each in kept if not each[0].drops or (each[0].leaves or 0.0) <= SEEN]

    def moves(fix: Fix) -> bool:
        """Whether as much of the space fails after a repair as before it, elsewhere."""
        return fix.leaves is not None and bool(before) and fix.leaves >= 1 - before - SEEN

    if any(repairs and not moves(fix) for fix, repairs in kept):
        kept = [each for each in kept if not each[1] or not moves(each[0])]

    def cost(each: tuple[Fix, bool]) -> tuple[bool, bool, float, bool]:
        fix, repairs = each
        dear = fix.drops >= COSTLY or (fix.drops > SEEN and before - fix.keeps > SEEN)
        return not repairs, moves(fix), 1 - fix.keeps if dear else 0.0, (fix.leaves or 0.0) > SEEN

    ranked = sorted(kept, key=cost)
    return tuple(
        replace(fix, preferred=repairs and not number) for number, (fix, repairs) in enumerate(ranked)
    )


def _builds(target: TargetAnalysis | None) -> float:
    """The share of a target's space that builds for certain; 0 where it was not measured."""
    figure = of_failures(target) if target is not None else None
    return 1 - figure.high if figure is not None and figure.told else 0.0


def _needless(fix: Fix, finding: Finding, kept: Sequence[tuple[Fix, bool]]) -> bool:
    """Whether a repair gives up half of the space, ten times what fails, where another one gives up nothing."""
    if finding.cause is None or fix.drops < max(COSTLY, NEEDLESS * finding.cause.share):
        return False
    return any(not each.drops for each, _ in kept)


class Verdict(Enum):
    """What a trial of a repair came to."""

    CURES = "cures"
    UNCOVERS = "uncovers"
    """The failure is gone; where nothing had built or no search had run, another one, later and elsewhere, shows."""
    FAILS = "fails"
    UNTOLD = "untold"
    """The trial was cut short: on a machine with more time it may pass."""


class CutShort(Exception):
    """There was no time for all that an edit has to be tried at."""


async def _verified(fix: Fix, finding: Finding, trial: Trial) -> tuple[Verdict, Fix]:
    """Whether the edited text still reads, no longer has the finding, and has no failure it did not have before.

    With the repair as its trial showed it: what is left of the space, and how much of that still fails.
    """
    module = await edited(fix, trial)
    if module is None:
        return Verdict.FAILS, fix
    agent, environment = trial.agent, trial.state.environment
    if agent is not None and environment is not None:
        agent, environment = await agent_for(agent, module, environment)
    if fix.edits in trial.passed:
        verdict, fix = _known_verdict(fix, finding)
    else:
        state = replace(trial.state, environment=environment)
        verdict, fix = await _probes(fix, finding, trial, module, state, agent)
    if verdict is not Verdict.CURES or trial.replay is None or agent is None:
        return verdict, fix
    try:
        succeeds = await trial.replay.succeeds(fix, module, Player(agent, trial.cache, environment))
    except OutOfTime:
        return Verdict.UNTOLD, fix
    if not succeeds:
        return Verdict.FAILS, fix
    shown = await aside(_shown_after, fix, finding, trial, module)
    if not trial.replay.fails_further_on(fix):
        return (Verdict.FAILS if any(each.code == finding.code for each in shown) else verdict), fix
    # What other findings tell already has its own repairs.
    behind = tuple(each for each in shown if each.severity in (Severity.ERROR, Severity.WARNING))
    if behind:
        trial.next_failures[fix.edits] = behind
    return (Verdict.UNCOVERS if behind else verdict), fix


def _shown_after(fix: Fix, finding: Finding, trial: Trial, module: Module) -> tuple[Finding, ...]:
    """What the rehearsals of the edited text show that was not found before: also what was to be repaired, where it is
    nothing that lets a search fail."""
    assert trial.replay is not None
    played = trial.replay.after.get(fix.edits, ())
    if not played:
        return ()
    targets = tuple(unprobed(target) for target in module.targets)
    state = Analysis(module, trial.state.environment, targets, rehearsals=tuple(played), done=True)
    now = rules.findings(state)
    others = [each for each in trial.state.findings if each is not finding]
    return tuple(each for each in now if _count(now, each.code) > _count(others, each.code))


def _known_verdict(fix: Fix, finding: Finding) -> tuple[Verdict, Fix]:
    """What a repair came to whose probes passed before: one that uncovers another failure says so in its title."""
    before = next((each for each in finding.fixes if each.edits == fix.edits), fix)
    return (Verdict.UNCOVERS, fix) if before.title.endswith(UNCOVERED) else (Verdict.CURES, before)


async def edited(fix: Fix, trial: Trial) -> Module | None:
    """The edited text as it is read; None where it is no better text."""
    state = trial.state
    try:
        document = await aside(fixes.apply, state.module.document, fix.edits)
    except fixes.CannotApply:
        return None
    if document.text == state.module.document.text:
        return None
    known = state.module if not state.module.broken else None
    module = await aside(source.analyse, document, previous=known)
    module = await asyncio.to_thread(trial.widen, module)
    if len(module.broken) > len(state.module.broken) or len(module.targets) < len(state.module.targets):
        return None
    return module


async def _probes(
    fix: Fix, finding: Finding, trial: Trial, module: Module, state: Analysis, agent: Agent | None
) -> tuple[Verdict, Fix]:
    """Whether probes of the edited text show the finding gone and nothing new."""
    try:
        after = await after_edit(fix, (finding,), trial, module, state, agent)
    except CutShort:
        return Verdict.UNTOLD, fix
    if after is None:
        return Verdict.FAILS, fix
    behind = [cause for each in after.changed if _another(*each, finding) for cause in each[0].causes]
    if behind:
        trial.next_failures[fix.edits] = tuple(
            each for each in after.remaining if each.cause in behind and each.target == finding.target
        )
    if after.moved:
        return Verdict.FAILS, fix
    uncovered = [
        cause for tried, old in after.changed if _only_the_next(tried, old, finding) for cause in tried.causes
    ]
    if not better(after, finding, state, uncovered):
        return Verdict.FAILS, fix
    told = next((_told(fix, *each) for each in after.changed if each[1].target.name == finding.target), fix)
    return (Verdict.UNCOVERS if uncovered else Verdict.CURES), told


@dataclass(frozen=True, slots=True)
class After:
    """An edited text: the targets that it changed, each with what it was before, and the findings that are left.

    `moved`: it repairs nothing, but another failure shows at the place of the one before.
    """

    changed: tuple[tuple[TargetAnalysis, TargetAnalysis], ...]
    remaining: tuple[Finding, ...]
    moved: bool = False


async def after_edit(
    fix: Fix,
    repaired: Sequence[Finding],
    trial: Trial,
    module: Module,
    state: Analysis,
    agent: Agent | None,
) -> After | None:
    """The edited text probed; None as soon as something in it is worse than before, or cannot be told.

    Raises `CutShort` where there is no time to tell.
    Targets of which the edit changes no more than the lines on which they stand need no new probe.
    """
    after = Analysis(
        module, state.environment, tuple(unprobed(target) for target in module.targets), done=True
    )
    if not await aside(is_kept, fix, state, after):
        return None
    before = state.by_name
    about = {finding.target for finding in repaired}
    probed: list[TargetAnalysis] = []
    changed: list[tuple[TargetAnalysis, TargetAnalysis]] = []
    moved = False
    for key, new in after.by_name.items():
        old = before.get(key)
        hopeless = old is None or (old.status != "probed" and old.target.name not in about)
        if old is None or hopeless:
            probed.append(replace(old, target=new.target, causes=()) if old is not None else new)
            continue
        same = await aside(placed, old, new.target)
        if same is not None:
            probed.append(replace(same, causes=()))
            continue
        if agent is None or new.target.slice is None:
            return None
        tried = await _try(
            new.target, old, agent, trial.clock, [each.cause for each in repaired if each.cause]
        )
        if tried is None or _fails_more(tried, old):
            return None
        for finding in repaired:
            if not await aside(_no_worse, tried, old, finding, fix):
                if not _another(tried, old, finding):
                    return None
                moved = True
        # An edited search is not rehearsed here: what it takes is known from the one before.
        tried = replace(tried, cost=old.cost)
        probed.append(tried)
        changed.append((tried, old))
    remaining = await aside(rules.findings, replace(after, targets=tuple(probed)))
    return After(tuple(changed), remaining, moved)


def better(after: After, finding: Finding, state: Analysis, uncovered: Sequence[Cause] = ()) -> bool:
    """Whether a finding is gone from an edited text and no other came."""
    left = after.remaining
    return _count(left, finding.code) < _count(state.findings, finding.code) and not any(
        _count(left, new.code) > _count(state.findings, new.code)
        for new in left
        if new.severity in (Severity.ERROR, Severity.WARNING) and new.cause not in uncovered
    )


def _fails_more(new: TargetAnalysis, old: TargetAnalysis) -> bool:
    """Whether surely a larger share of what an edit leaves fails than before: it took away what builds."""
    after, before = of_failures(new), of_failures(old)
    return after is not None and before is not None and after.low > before.high + SEEN


def _told(fix: Fix, new: TargetAnalysis, old: TargetAnalysis) -> Fix:
    """A repair with what is left after it, in its title where something else fails, too."""
    figure = of_failures(new)
    if figure is None or not figure.told:
        return fix
    told = replace(fix, leaves=figure.share)
    gives_up = any(GIVEN_UP in edit.text for edit in fix.edits)
    if len(old.causes) < 2 or gives_up:
        # Where trials are given up, the title says what still fails, and that it is wanted.
        return told
    if new.coverage is not None and new.coverage.all_fail:
        return replace(told, title=f"{fix.title}{UNCOVERED}")
    about = "" if figure.exact else "about "
    left = f"{about}{percent(figure.share)} of the rest still fails" if figure.share else "nothing fails then"
    noted = _NOTED.search(fix.title) is not None
    title = f"{fix.title[:-1]}; {left})" if noted else f"{fix.title} ({left})"
    return replace(told, title=title)


async def agent_for(agent: Agent, module: Module, known: Environment) -> tuple[Agent, Environment]:
    """The agent for an edited text, and what it has; an edit may take back what the script sets for its imports."""
    try:
        own = fitting(agent, module, await agent.environment())
        # What the searches run on stays what it was said to be.
        return own, replace(await own.environment(), cards=known.cards, memory=known.memory)
    except AgentFailed:
        return agent, known


async def _try(
    target: Target,
    old: TargetAnalysis,
    agent: Agent,
    clock: Clock,
    repaired: Sequence[Cause],
    probes: int = 32,
) -> TargetAnalysis | None:
    """Probes an edited target at the configurations that mattered before the edit, and at its own telling ones.

    First at one that showed what the edit is to repair: most edits that repair nothing are told by it at once, and
    take no time from the others.
    """
    assert target.slice is not None
    started, own = time.monotonic(), clock.part(min(TRIAL_SECONDS, max(clock.left, LEAST_TRIAL_SECONDS)))
    try:
        opened = await open_job(target, agent, own, likely=old.assumption)
    except (SliceFailed, AgentFailed):
        return None
    job = opened.job
    try:
        if opened.late:
            raise CutShort
        if opened.excuse is not None:
            return None
        explorer = space.Explorer(held=old.coverage.held if old.coverage is not None else {})
        await aside(explorer.add, opened.first)
        shown = await aside(_inside, explorer, [cause.failing[0] for cause in repaired if cause.failing])
        await aside(explorer.add, await _of_the_space(explorer, shown, job, own))
        if any(_still_fails(cause, explorer.reports) for cause in repaired):
            return None
        while len(explorer.reports) < probes and own.left > TRIAL_SECONDS / 2:
            configurations = await aside(explorer.next, 32)
            if not configurations:
                break
            await aside(explorer.add, await ask(job, configurations, "symbolic", own))
        failing = [configuration for cause in old.causes for configuration in cause.failing[:probes]]
        inside = await aside(_inside, explorer, failing)
        again = await _of_the_space(explorer, inside, job, own)
        if len(again) < len(inside):
            raise CutShort
        await aside(explorer.add, again)
        known = [report.configuration for report in old.reports if report.verdict == "ok"][:probes]
        inside = await aside(_inside, explorer, known)
        await aside(explorer.add, await _of_the_space(explorer, inside, job, own))
        if any(report.data == "assumed" for report in explorer.reports):
            await under_other_assumptions(target, explorer, opened, agent, own)
        return await aside(summary_of, target, explorer, job, started)
    except AgentFailed:
        return None
    finally:
        await job.close()


async def _of_the_space(
    explorer: space.Explorer, configurations: Sequence[Configuration], job: Job, clock: Clock
) -> list[Report]:
    """Probes of configurations that an edited space may hold.

    A name that is declared under a condition is met by the probe alone: where the edit left its value out, the
    default takes its place, since no trial can have that value any more.
    """
    reports = await ask(job, configurations, "symbolic", clock)
    met = tuple(each for report in reports for each in report.new)
    kept, drawn = await aside(_drawn, reports, (*explorer.hyperparameters, *met))
    if not drawn:
        return reports
    kept += await ask(job, drawn, "symbolic", clock)
    return [replace(each, new=() if number else met) for number, each in enumerate(kept)]


def _drawn(
    reports: Sequence[Report], declared: Sequence[Hyperparameter]
) -> tuple[list[Report], list[Configuration]]:
    """The reports of what can be drawn, and of the other configurations what can be drawn of each."""
    kept = [each for each in reports if space.contains(declared, each.configuration)]
    others = [each.configuration for each in reports if each not in kept]
    return kept, [
        {name: value for name, value in each.items() if space.contains(declared, {name: value})}
        for each in others
    ]


def _inside(explorer: space.Explorer, configurations: Sequence[Configuration]) -> list[Configuration]:
    """The configurations that an edited space still holds, each once."""
    return [each for each in distinct(configurations) if space.contains(explorer.hyperparameters, each)]


def _no_worse(new: TargetAnalysis, old: TargetAnalysis, finding: Finding, fix: Fix) -> bool:
    """No failure remains but those of the old target's other causes; something builds, with the same outputs (if they are to stay)."""
    others = {
        (cause.error.type, cause.error.stage)
        for cause in old.causes
        if finding.cause is None or cause is not finding.cause
    }
    if finding.cause is not None and _still_fails(finding.cause, new.reports):
        return False
    if _only_the_next(new, old, finding):
        return True
    # Another target of the file may fail in every configuration, as it did before.
    must_build = old.target.name == finding.target or any(each.verdict == "ok" for each in old.reports)
    if finding.cause is not None and must_build and not any(each.verdict == "ok" for each in new.reports):
        return _leaves_the_others(new, old, finding)
    if any(
        (cause.error.type, cause.error.stage) not in others and not _gives_up(cause, old)
        for cause in new.causes
    ):
        return False
    if not fix.drops and not space_is_kept(new, old):
        return False
    return fix.reshapes or not _outputs_changed(new.reports, old)


def _leaves_the_others(new: TargetAnalysis, old: TargetAnalysis, finding: Finding) -> bool:
    """Whether nothing built before for several reasons, and now for all of them but the one that was repaired."""
    if any(each.verdict == "ok" for each in old.reports) or not _declares_all(new, old):
        return False
    others = {_starts(each.error) for each in old.causes if each is not finding.cause}
    return bool(new.causes) and {_starts(each.error) for each in new.causes} <= others


def _only_the_next(new: TargetAnalysis, old: TargetAnalysis, finding: Finding) -> bool:
    """Whether nothing built before, and what fails now is another failure, at another place, that comes later.

    One failure hides the next: a model whose layers fit at last may still not fit its labels.
    """
    cause = finding.cause
    return (
        cause is not None
        and _another(new, old, finding)
        and all(
            each.error.kind != cause.error.kind
            and (each.error.span is None or _starts(each.error) != _starts(cause.error))
            for each in new.causes
        )
    )


def _another(new: TargetAnalysis, old: TargetAnalysis, finding: Finding) -> bool:
    """Whether nothing built before, and what fails now is not what failed, but comes as late or later."""
    cause = finding.cause
    if cause is None or not new.causes or any(report.verdict == "ok" for report in old.reports):
        return False
    if len(old.causes) != 1 or new.coverage is None or not _declares_all(new, old):
        return False
    if _still_fails(cause, new.reports):
        return False
    return all(_rank(each.error) >= _rank(cause.error) for each in new.causes)


def _starts(error: ProbeError) -> tuple[str, int, int] | None:
    """Where what failed begins; an edit may have made it longer."""
    return None if error.span is None else (error.span.path, error.span.line, error.span.column)


def _declares_all(new: TargetAnalysis, old: TargetAnalysis) -> bool:
    """Whether all that was declared still is: a repair that leaves some of it out may only have left out a failure.

    Behind a failure that is gone more may be declared.
    """
    domains = {each.name: each.values for each in new.hyperparameters}
    return all(domains.get(each.name, ()) == each.values for each in old.hyperparameters)


def _rank(error: ProbeError) -> int:
    """How far a probe came."""
    return _STAGES.index(error.stage) if error.stage in _STAGES else 0


def _still_fails(cause: Cause, reports: Iterable[Report]) -> bool:
    """Whether the edited target fails at one of a cause's configurations as it did, at the same place.

    Counting findings does not tell: a rule may have found two failures, and the edit may repair the other.
    """
    return any(
        report.error is not None
        and (report.error.message, report.error.span) == (cause.error.message, cause.error.span)
        and report.configuration in cause.failing
        for report in reports
    )


def _gives_up(cause: Cause, old: TargetAnalysis) -> bool:
    """Whether the edited target gives up, on purpose, nothing that built before."""
    built = {key_of(report.configuration) for report in old.reports if report.verdict == "ok"}
    return cause.error.type == GIVEN_UP and not any(key_of(failing) in built for failing in cause.failing)


def _outputs_changed(new: Sequence[Report], old: TargetAnalysis) -> bool:
    """Whether a configuration that built before builds a model with outputs of another shape now, and not with those
    that the labels ask for."""
    built = {key_of(each.configuration): each.output_shapes for each in old.reports if each.verdict == "ok"}
    return any(
        report.verdict == "ok"
        and built.get(key_of(report.configuration), report.output_shapes) != report.output_shapes
        and not _fits_at_last(report.output_shapes, built[key_of(report.configuration)], old)
        for report in new
    )


def _fits_at_last(new: Sequence[Shape], old: Sequence[Shape], target: TargetAnalysis) -> bool:
    """Whether an output fits the labels of the search that did not before, though no loss refused it."""
    labels = target.known_data.y if target.known_data is not None else ()
    if not len(new) == len(old) == len(labels) == 1:
        return False
    whole = (None, *labels[0])
    return fits_labels(whole, new[0]) and not fits_labels(whole, old[0])


def _count(findings: Sequence[Finding], code: str) -> int:
    return sum(finding.code == code for finding in findings)
