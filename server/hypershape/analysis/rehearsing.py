"""Which searches are played small, with which configurations: what a probe of the model alone cannot show."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from hypershape.analysis.aside import aside
from hypershape.analysis.clock import Clock
from hypershape.model import (
    Analysis,
    Configuration,
    DeclaredData,
    Environment,
    Module,
    ProbeError,
    Rehearsal,
    Report,
    Slice,
    SliceFile,
    Span,
    Target,
    TargetAnalysis,
    TunerCall,
    Value,
    is_the_tuners,
    key_of,
    own_values,
)
from hypershape.probe import Agent, AgentFailed, Cache
from hypershape.rules.common.rehearsed import EVERYWHERE, decisive
from hypershape.space import cost

REHEARSAL_SECONDS = 20.0
"""The processor time that one rehearsal may take, without the data that is loaded for it."""

REHEARSING_SECONDS = 30.0
"""What all rehearsals of a document may take together; none begins later."""

MOST = 8
"""So many rehearsals at most for one tuner."""

MOST_ASSUMPTIONS = 5
"""Under so many assumptions about missing data a failure is played at most."""

MOST_VALUES = 4
"""Of a hyperparameter that only the training declares so many values are tried."""

UNLIKE = 1.5
"""A model that computes so many times more than those that were played is worth a rehearsal of its own."""

KEPT = 200

_known: WeakKeyDictionary[Agent, OrderedDict[Any, Rehearsal]] = WeakKeyDictionary()
"""What was played for each interpreter: played again only when the slice has changed."""


@dataclass(frozen=True, slots=True)
class Player:
    """Who plays searches: an interpreter, and what is remembered of earlier sessions."""

    agent: Agent
    cache: Cache | None = None
    environment: Environment | None = None
    plays: bool = True
    """False: nothing is played, only remembered."""

    async def remembered(self, slice_: Slice, configuration: Configuration) -> Rehearsal | None:
        if self.cache is None or self.environment is None:
            return None
        return await asyncio.to_thread(self.cache.rehearsal, slice_, configuration, self.environment)

    async def remember(self, slice_: Slice, configuration: Configuration, found: Rehearsal) -> None:
        if self.cache is not None and self.environment is not None:
            await asyncio.to_thread(self.cache.keep_rehearsal, slice_, configuration, self.environment, found)


class NotNow(Exception):
    """A search is not to be played at present."""


async def rehearsed(state: Analysis, player: Player, clock: Clock) -> AsyncGenerator[Analysis, None]:
    """The analysis with one rehearsal after the other; it is not yielded where there is nothing to play.

    The first is played even where the time is over, and no later one that would take longer than what is left.
    """
    played, cut = list[Rehearsal](), list[TunerCall]()
    for tuner in state.module.tuners:
        own = target_of(tuner, state)
        if tuner.rehearsal is None or not is_worth_it(own):
            continue
        plan = _Plan(own)
        if not played or clock.left > 0:
            async with aclosing(_plays(tuner, plan, player, clock)) as plays:
                async for each in plays:
                    played.append(_doubted(each, state.module))
                    yield await aside(_with, played, state)
        if plan.put_off or plan.next() is not None:
            cut.append(tuner)
    if cut and (played or not player.plays):
        yield await aside(_with, played, state, cut)


def _doubted(rehearsal: Rehearsal, module: Module) -> Rehearsal:
    """A folder that is not there proves nothing where the file makes folders in places of which no rehearsal knows."""
    absent = rehearsal.error is not None and rehearsal.error.type in ("FileNotFoundError", "NotFoundError")
    kept = "".join(each.text for each in _files_of(rehearsal, module))
    if rehearsal.verdict != "fail" or not absent or _folders(module.document.text) <= _folders(kept):
        return rehearsal
    error = ProbeError(
        "Folder", "It needs a folder, and the file makes some where no search comes by.", "limit"
    )
    return replace(rehearsal, verdict="unknown", stage=None, error=error, fatal=False, trial=0)


def _files_of(rehearsal: Rehearsal, module: Module) -> Sequence[SliceFile]:
    """The texts that a rehearsal ran."""
    tuner = next((each for each in module.tuners if each.call.span == rehearsal.tuner), None)
    return tuner.rehearsal.files if tuner is not None and tuner.rehearsal is not None else ()


def _folders(text: str) -> int:
    """How often a text makes a folder, by Python or by a notebook's shell."""
    return len(re.findall(r"\b(?:mkdir|makedirs)\b", text))


def _with(played: Sequence[Rehearsal], state: Analysis, cut: Sequence[TunerCall] = ()) -> Analysis:
    """The analysis whose targets have the rehearsals of their tuners, and whether those of some ended for want of time."""
    environment = state.environment
    on_gpu = environment is not None and environment.has_gpu
    targets: list[TargetAnalysis] = []
    for target in state.targets:
        own = tuple(each for each in played if _only_target_at(each.tuner, state) is target)
        ended = any(target.target.is_given_at(each.call.span) for each in cut)
        spent = cost.cost_of(target, own, on_gpu)
        targets.append(replace(target, rehearsals=own, rehearsals_cut=ended, cost=spent))
    return replace(state, rehearsals=tuple(played), targets=tuple(targets))


def target_of(tuner: TunerCall, state: Analysis) -> TargetAnalysis | None:
    return _only_target_at(tuner.call.span, state)


def _only_target_at(tuner: Span, state: Analysis) -> TargetAnalysis | None:
    """The target that a tuner gets; None where it gets one of several, and which of them a rehearsal has is not known."""
    given = [each for each in state.targets if each.target.is_given_at(tuner)]
    return given[0] if len(given) == 1 else None


def is_worth_it(target: TargetAnalysis | None) -> bool:
    """Whether some configuration may build: that none does is said already."""
    return target is None or not target.reports or any(each.verdict != "fail" for each in target.reports)


async def _plays(
    tuner: TunerCall, plan: _Plan, player: Player, clock: Clock
) -> AsyncGenerator[Rehearsal, None]:
    """The rehearsals of one tuner: one that tells the most, then those that may differ from it."""
    target = plan.target
    while (not plan.played or clock.left > plan.took) and (
        configuration := plan.next(measures=True)
    ) is not None:
        started = time.monotonic()
        try:
            declared = declared_for(tuner, [target.target] if target is not None else [])
            rehearsal = await play(tuner, configuration, player, declared, classes_of(target))
        except AgentFailed:
            return
        except NotNow:
            plan.put_off = True
            return
        if not rehearsal.assumed:
            # Under assumptions it is several plays, of which one tells what it took.
            clock.wait(max(time.monotonic() - started - rehearsal.seconds, 0.0))
        plan.add(rehearsal)
        yield rehearsal


async def play(
    tuner: TunerCall,
    configuration: Configuration,
    player: Player,
    declared: DeclaredData | None = None,
    classes: int | None = None,
) -> Rehearsal:
    """One rehearsal, or what it came to before; raises AgentFailed. `classes` is what `classes_of` says of its target.

    With data that is not at hand it is played under one assumption after the other. What holds under every one of
    them is a failure that two of those have under which the model builds.
    """
    failed: Rehearsal | None = None
    for assumption in range(MOST_ASSUMPTIONS):
        found = await _once(tuner, configuration, player, assumption, declared, classes)
        if not found.assumed or found.verdict != "fail":
            return found
        if found.stage in ("tuner", "build"):
            continue
        if failed is not None:
            return failed if _alike(found, failed) else _undecided(failed)
        failed = found
    return _undecided(failed or found)


def declared_for(tuner: TunerCall, targets: Sequence[Target]) -> DeclaredData | None:
    """The shapes that a comment declares for the model of a tuner; where it stands does not matter here."""
    own = [each for each in targets if each.is_given_at(tuner.call.span)]
    data = own[0].data if own else None
    return replace(data, span=None) if data is not None and data.knowledge == "declared" else None


def classes_of(target: TargetAnalysis | None) -> int | None:
    """How many classes the models of a target tell apart: the width of their only output; None where that is not clear.

    A single number is no such width: it tells two classes apart, or none.
    """
    reports = target.reports if target is not None else ()
    shapes = {each.output_shapes for each in reports if each.verdict == "ok"}
    widths = {shape[-1] for found in shapes for shape in found if shape}
    width = widths.pop() if len(widths) == 1 and all(len(found) == 1 for found in shapes) else None
    return width if width is not None and width > 1 else None


def _alike(one: Rehearsal, other: Rehearsal) -> bool:
    """Whether two failures differ in nothing but numbers."""
    assert one.error is not None
    assert other.error is not None
    texts = [re.sub(r"\d+", "", each.message) for each in (one.error, other.error)]
    same = (one.stage, one.error.type, one.error.frames) == (
        other.stage,
        other.error.type,
        other.error.frames,
    )
    return same and texts[0] == texts[1]


def _undecided(failed: Rehearsal) -> Rehearsal:
    """What is left of a failure that the next assumption does not have."""
    error = ProbeError("Missing", "It needs data that is not at hand.", "limit")
    return replace(failed, verdict="unknown", stage=None, error=error, fatal=False, trial=0)


async def _once(
    tuner: TunerCall,
    configuration: Configuration,
    player: Player,
    assumption: int,
    declared: DeclaredData | None,
    classes: int | None,
) -> Rehearsal:
    """What was played before, in this session or with the same files in an earlier one, else a play."""
    assert tuner.rehearsal is not None
    known = _known.setdefault(player.agent, OrderedDict())
    key = (_key(tuner.rehearsal), key_of(configuration), assumption, declared, classes)
    found = known.get(key)
    if found is None and not assumption and declared is None:
        found = await player.remembered(tuner.rehearsal, configuration)
    if found is None and not player.plays:
        raise NotNow
    if found is None:
        found = await player.agent.rehearse(
            tuner.rehearsal,
            configuration,
            tuner.call.span,
            REHEARSAL_SECONDS,
            assumption=assumption,
            declared=declared,
            classes=classes,
        )
        if declared is None:
            await player.remember(tuner.rehearsal, configuration, found)
    if found.verdict != "unknown":
        known[key] = found
        known.move_to_end(key)
        while len(known) > KEPT:
            known.popitem(last=False)
    return replace(found, tuner=tuner.call.span)


def same_search(one: TunerCall, other: TunerCall) -> bool:
    """Whether rehearsals of two tuners run the same text."""
    if one.rehearsal is None or other.rehearsal is None:
        return one.rehearsal is other.rehearsal
    return _key(one.rehearsal) == _key(other.rehearsal)


def _key(slice_: Slice) -> tuple[Any, ...]:
    return (slice_.files, slice_.expression, tuple(sorted(slice_.stand_ins.items())), slice_.unsettled)


@dataclass
class _Plan:
    """What to play next, seen what was played."""

    target: TargetAnalysis | None

    def __post_init__(self) -> None:
        self.played: list[Rehearsal] = []
        self.put_off = False
        """Whether the next one is not to be played now."""
        self._asked: set[Any] = set()
        self._corners = tuple(_corners(self.target.reports if self.target is not None else ()))

    def add(self, rehearsal: Rehearsal) -> None:
        self.played.append(rehearsal)

    @property
    def took(self) -> float:
        """What the last rehearsal took: another one may take as long."""
        return self.played[-1].seconds if self.played else 0.0

    def next(self, measures: bool = False) -> Configuration | None:
        """The next configuration; None when there is nothing left to learn: with `measures` about times and bytes, too."""
        if len(self.played) >= MOST or self._is_over():
            return None
        for configuration in chain(self._wanted(), self._costliest() if measures else ()):
            key = key_of(configuration)
            if key not in self._asked and not self._is_known(configuration):
                self._asked.add(key)
                return configuration
        return None

    def _is_known(self, configuration: Configuration) -> bool:
        """Whether a trial with these values was played, such as the default one at a corner of the space."""
        return bool(configuration) and any(
            all(name in each.values and each.values[name] == value for name, value in configuration.items())
            for each in self.played
        )

    def _is_over(self) -> bool:
        """Whether the first rehearsal says that others would say the same."""
        first = self.played[0] if self.played else None
        return first is not None and (
            (first.verdict == "unknown" and first.stage != "after")
            or (first.verdict == "fail" and first.stage in EVERYWHERE)
        )

    def _wanted(self) -> Iterator[Configuration]:
        reports = self.target.reports if self.target is not None else ()
        yield from self._first(reports)
        yield from self._corners
        yield from self._told_apart()
        yield from self._other_values()
        yield from self._declared_in_training()

    def _first(self, reports: Sequence[Report]) -> Iterator[Configuration]:
        """The default configuration where it builds, else the first that does."""
        if not reports or reports[0].verdict != "fail":
            yield reports[0].configuration if reports else {}
            return
        yield from (each.configuration for each in reports[1:] if each.verdict == "ok")

    def _told_apart(self) -> Iterator[Configuration]:
        """What runs, with one value of what fails or gives something else: shows on which hyperparameter that depends."""
        good = next((each for each in self.played if each.verdict == "ok"), None)
        bad = next((each for each in self.played if each.verdict == "fail"), None)
        if good is not None and bad is None:
            bad = next((each for each in self.played if _gives(each) != _gives(good)), None)
        if good is None or bad is None:
            return
        for name, value in bad.values.items():
            if name in good.values and good.values[name] != value and not is_the_tuners(name):
                yield {**own_values(good.values), name: value}

    def _other_values(self) -> Iterator[Configuration]:
        """The other values of a hyperparameter on which alone a failure was seen to depend."""
        if self.target is None:
            return
        bad, good = ([each for each in self.played if each.verdict == verdict] for verdict in ("fail", "ok"))
        found = decisive(bad, good)
        for name in found if len(found) == 1 else ():
            listed = next((each.values for each in self.target.hyperparameters if each.name == name), None)
            for value in listed if listed is not None and len(listed) <= MOST_VALUES else ():
                yield {**own_values(good[0].values), name: value}

    def _declared_in_training(self) -> Iterator[Configuration]:
        """Values of hyperparameters of which the model knows nothing, such as those of `HyperModel.fit`."""
        if not self.played or self.target is None:
            return
        own = {each.name for each in self.target.hyperparameters}
        for name, values in _space(self.played[0]).items():
            if name not in own:
                for value in values[:MOST_VALUES]:
                    if self.played[0].values.get(name) != value:
                        yield {**self.played[0].configuration, name: value}

    def _costliest(self) -> Iterator[Configuration]:
        """The model that computes the most, where that is far more than was measured: it need not be the largest."""
        ran = (
            [each for each in self.target.reports if each.verdict == "ok"] if self.target is not None else []
        )
        works = [(found, each.configuration) for each in ran if (found := cost.work(each, 1)) is not None]
        seen = [
            found
            for found, configuration in works
            if any(configuration.items() <= each.values.items() for each in self.played)
        ]
        if seen and any(each.facts.get("cost") for each in self.played):
            most, configuration = max(works, key=lambda each: each[0])
            if most > UNLIKE * max(seen):
                yield configuration


def _gives(rehearsal: Rehearsal) -> list[tuple[Any, ...]]:
    """Of each output of its model between which numbers it lies, how many they are, and what they are compared by."""
    names = ("least", "most", "loss", "from_logits")
    found = rehearsal.facts.get("compared") or ()
    return [(*(each.get(name) for name in names), each.get("width") == 1) for each in found]


def _space(rehearsal: Rehearsal) -> dict[str, list[Value]]:
    """The hyperparameters that the oracle knew at the end, with their values where these are few."""
    return {each.name: list(each.values) for each in rehearsal.hyperparameters if each.values}


def _corners(reports: Sequence[Report]) -> Iterator[Configuration]:
    """The smallest and the largest model, and what probes could not decide.

    Where all are as large, or no model is counted before it has trained, as of a class of the user's that builds itself in
    its first step, those that have the most values which no earlier one had.
    """
    counted = [each for each in reports if each.verdict == "ok" and each.parameters is not None]
    if len({each.parameters for each in counted}) > 1:
        yield min(counted, key=lambda each: each.parameters or 0).configuration
        yield max(counted, key=lambda each: each.parameters or 0).configuration
    else:
        yield from _spread([each.configuration for each in reports if each.verdict == "ok"])
    yield from [each.configuration for each in reports[1:] if each.verdict == "unknown"][:1]


def _spread(configurations: Sequence[Configuration]) -> Iterator[Configuration]:
    """At most two that differ the most from the first and from each other."""
    met = {*configurations[0].items()} if configurations else set()
    for _ in range(2):
        farthest = max(configurations, key=lambda each: len(each.items() - met), default={})
        if not farthest.items() - met:
            return
        yield farthest
        met |= {*farthest.items()}
