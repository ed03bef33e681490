"""Repairs that are put to trial in a search: the edited file is played small where the file itself was."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypershape.analysis.clock import Clock
from hypershape.analysis.rehearsing import (
    Player,
    classes_of,
    declared_for,
    is_worth_it,
    play,
    same_search,
    target_of,
)
from hypershape.model import (
    Analysis,
    Configuration,
    Edit,
    Fix,
    Module,
    Rehearsal,
    Span,
    TunerCall,
    own_values,
)
from hypershape.probe import AgentFailed
from hypershape.source.code import contains

OVERTIME_SECONDS = 10.0
"""While a search fails and no repair has helped it, repairs are played for so much longer than there is time: one play takes
longer than what is kept for repairs of a small budget, and a failure is half told without its repair."""

_PHASES = (
    "slice",
    "tuner",
    "search",
    "build",
    "fit",
    "callbacks",
    "validate",
    "save",
    "objective",
    "end",
    "after",
)
"""The stages in the order in which a search meets them. A callback may strike before and after validation."""


class OutOfTime(Exception):
    """There was no time to play a search that failed again."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What the searches of a file came to, against which those of an edited text are held."""

    state: Analysis
    clock: Clock
    cured: dict[tuple[Edit, ...], set[Span]] = field(default_factory=dict)
    """Of each repair the tuners whose searches failed without it and run with it."""
    after: dict[tuple[Edit, ...], list[Rehearsal]] = field(default_factory=dict)
    """Of each repair what was played of the edited text."""
    helped: list[Fix] = field(default_factory=list)
    """The repairs with which a search that failed runs, or gets further."""

    @property
    def overtime(self) -> float:
        """How many seconds longer than there is time repairs are played."""
        failed = any(each.verdict == "fail" for each in self.state.rehearsals)
        return OVERTIME_SECONDS if failed and not self.helped else 0.0

    async def succeeds(self, fix: Fix, edited: Module, player: Player) -> bool:
        """Whether the searches that an edit changes run, or get further than they did.

        What could not be learned of a search before the edit is not asked of it afterwards. Raises `OutOfTime` where a
        search that failed could not be played again.
        """
        failed = False
        before = self.state.module.tuners
        if len(edited.tuners) != len(before):
            return not any(each.verdict == "fail" for each in self.state.rehearsals)
        for old, new in zip(before, edited.tuners, strict=True):
            if same_search(old, new):
                continue
            presumed = self._presumed(old, fix)
            for known in (*self._telling(old), *presumed):
                now = await self._played(old, new, edited, known, player)
                if known in presumed and (now is None or now.verdict == "unknown"):
                    continue
                if now is None and known.verdict == "fail":
                    return False
                if now is not None and not _is_no_worse(now, known):
                    return False
                failed = failed or known.verdict == "fail"
                if now is not None:
                    self.after.setdefault(fix.edits, []).append(now)
                if now is not None and (known.verdict, now.verdict) == ("fail", "ok"):
                    self.cured.setdefault(fix.edits, set()).add(old.call.span)
        if failed:
            self.helped.append(fix)
        return True

    def fails_further_on(self, fix: Fix) -> bool:
        """Whether a search that a repair lets begin, or go on, fails behind what it repairs."""
        return any(each.verdict == "fail" for each in self.after.get(fix.edits, ()))

    async def _played(
        self, old: TunerCall, new: TunerCall, edited: Module, known: Rehearsal, player: Player
    ) -> Rehearsal | None:
        """What was played of a tuner, played again after the edit; None where that cannot be had."""
        if new.rehearsal is None:
            return None
        if self.clock.left + self.overtime <= known.seconds:
            if known.verdict == "fail":
                raise OutOfTime
            return None
        started = time.monotonic()
        try:
            classes = classes_of(target_of(old, self.state))
            now = await play(new, _asked(known), player, declared_for(new, edited.targets), classes)
        except AgentFailed:
            return None
        self.clock.wait(max(time.monotonic() - started - now.seconds, 0.0))
        return now

    def _telling(self, tuner: TunerCall) -> Sequence[Rehearsal]:
        """One rehearsal of the tuner that failed and one that did not, as far as there are any."""
        own = [each for each in self.state.rehearsals if each.tuner == tuner.call.span]
        found = [next((each for each in own if each.verdict == verdict), None) for verdict in ("fail", "ok")]
        return [each for each in found if each is not None]

    def _presumed(self, tuner: TunerCall, fix: Fix) -> Sequence[Rehearsal]:
        """What a rehearsal would have come to of a target that never builds: it is played once with an edit outside of that,
        such as one of the data, which building alone does not try."""
        target = target_of(tuner, self.state)
        if target is None or is_worth_it(target):
            return ()
        body = target.target.body
        if all(contains(body, edit.span) for edit in fix.edits):
            return ()
        return (Rehearsal({}, "fail", tuner.call.span, stage="build", trial=1),)


def _asked(known: Rehearsal) -> Configuration:
    """The configuration that shows again what a rehearsal showed, also where only the training declares a value."""
    return {**known.configuration, **own_values(known.values)}


def _is_no_worse(now: Rehearsal, known: Rehearsal) -> bool:
    if now.verdict != "fail":
        return now.verdict == "ok" or known.verdict == "ok"
    return known.verdict == "fail" and _reached(now) > _reached(known)


def _reached(failed: Rehearsal) -> tuple[int, int, int]:
    """How far a search came before it failed: in which part of it, in which trial, at which of its stages."""
    stage = _PHASES.index(failed.stage or "slice")
    inside = _PHASES.index("build") <= stage < _PHASES.index("end")
    return (1, failed.trial, stage) if inside else (0 if stage < 3 else 2, 0, stage)
